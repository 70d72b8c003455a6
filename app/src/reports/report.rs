//! Reports: what was sold, collected, owed and shipped, and the same as a file.

use domain::reports::{Report, ReportLine, ReportQuery};
use leptos::prelude::*;
use leptos_router::{components::A, components::Form as AddressForm, hooks::use_query_map, location::Url};

use crate::{
    accounts::fresh::keep_fresh,
    error::AppError,
    live::use_changes,
    network::fetched,
    ui::{Amount, EmptyState, Notice, PageHead, PageProblem, SelectField, Stat, Title, Tone, suspend},
};

/// The report of a sale or of everything.
#[server(prefix = "/api", endpoint = "report/view", input = leptos::server_fn::codec::GetUrl)]
pub async fn view_report(query: ReportQuery) -> Result<Report, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::reports::report::view(&caller.services, &caller.actor, &query).await?)
}

/// Where the file of a report is.
fn csv_address(sale: &str) -> String {
    format!("/reports.csv?sale={}", Url::escape(sale))
}

fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The page of reports.
#[component]
pub fn ReportPage() -> impl IntoView {
    let asked = use_query_map();
    let query = Memo::new(move |_| ReportQuery { sale: asked.read().get("sale").unwrap_or_default() });
    let found = fetched(move || query.get(), view_report);
    view! {
        <Title text="Reports" />
        <Transition fallback=|| view! { <PageHead title="Reports" /> }>
            {move || suspend(async move {
                match found.await {
                    Ok(report) => view! { <Shown first=report query=query.get_untracked() /> }.into_any(),
                    Err(AppError(problem)) => {
                        view! {
                            <PageHead title="Reports" />
                            <PageProblem code=problem.code />
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

/// The figures, which follow every change, and the choice of a sale, which stays while somebody chooses.
#[component]
fn Shown(first: Report, query: ReportQuery) -> impl IntoView {
    let csv = csv_address(&first.sale);
    let is_narrowed = !first.sale.is_empty();
    let report = RwSignal::new(first);
    keep_fresh(report, use_changes(), move || view_report(query.clone()));
    let has_lines = Memo::new(move |_| report.with(|report| !report.lines.is_empty()));
    let sales = Memo::new(move |_| report.with(|report| (report.sales.clone(), report.sale.clone())));
    let filter = move || {
        let (sales, sale) = sales.get();
        view! { <SaleFilter sales=sales sale=sale /> }
    };
    let table = move || {
        if has_lines.get() {
            return view! { <Lines report=report.get() /> }.into_any();
        }
        view! { <EmptyState title="No invoice of this sale" text="Bill its buyers, and the figures follow." /> }
            .into_any()
    };
    let shown = move || {
        if !has_lines.get() && !is_narrowed {
            return view! { <NothingYet /> }.into_any();
        }
        let csv = csv.clone();
        view! {
            <PageHead
                title="Reports"
                action=move || {
                    view! {
                        <a class="button primary" href=csv rel="external" download="report.csv">
                            "Download CSV"
                        </a>
                    }
                }
            />
            {filter}
            {move || view! { <Figures report=report.get() /> }}
            {table}
        }
        .into_any()
    };
    view! { {shown} }.into_any()
}

#[component]
fn NothingYet() -> impl IntoView {
    view! {
        <PageHead title="Reports" />
        <EmptyState
            title="Nothing to report yet"
            text="As soon as you have billed somebody, you see here what was sold, collected, owed and shipped, to the cent."
            action=|| {
                view! {
                    <A href="/bill" attr:class="button primary">
                        "Go to Bill"
                    </A>
                }
            }
        />
    }
    .into_any()
}

/// Chooses a sale; the choice is an address.
#[component]
fn SaleFilter(sales: Vec<(String, String)>, sale: String) -> impl IntoView {
    let options: Vec<(String, String)> =
        std::iter::once((String::new(), "All sales".to_owned())).chain(sales).collect();
    view! {
        <AddressForm method="GET" action="/reports" attr:class="tools report-filter">
            <SelectField label="Sale" name="sale" options=options value=sale />
            <button type="submit" class="button">
                "Show"
            </button>
        </AddressForm>
    }
    .into_any()
}

/// What the figures leave out, because it was paid in another currency than the books are kept in.
fn postage_elsewhere(report: &Report) -> Option<String> {
    let sums: Vec<String> = report
        .postage_elsewhere
        .iter()
        .map(|sum| format!("{} {}", sum.decimal(), sum.currency.code()))
        .collect();
    (!sums.is_empty()).then(|| {
        format!(
            "Labels were also paid in another currency: {}. These amounts are not in the figures above, which are in {}.",
            sums.join(", "),
            report.postage.currency.code()
        )
    })
}

#[component]
fn Figures(report: Report) -> impl IntoView {
    let pieces = format!(
        "{}, {}",
        count(report.invoices, "invoice", "invoices"),
        count(report.pieces, "piece", "pieces")
    );
    let owed = if report.owed.minor > 0 { Tone::Waiting } else { Tone::Quiet };
    let overpaid = (report.overpaid.minor > 0).then(|| {
        let text = format!("{} more was paid than was asked. Give it back at the gateway.", report.overpaid);
        view! { <Notice tone=Tone::Wrong text=text /> }
    });
    let elsewhere = postage_elsewhere(&report).map(|text| view! { <p class="hint">{text}</p> });
    view! {
        <div class="stats">
            <Stat href="/bill" label="Sold" note=pieces>
                <Amount money=report.sold />
            </Stat>
            <Stat href="/bill?state=paid" label="Collected">
                <Amount money=report.collected />
            </Stat>
            <Stat href="/bill?state=paid" label="Fees" note="As far as the gateways have told">
                <Amount money=report.fees />
            </Stat>
            <Stat href="/bill?state=open" label="Owed" tone=owed>
                <Amount money=report.owed />
            </Stat>
            <Stat href="/ship?done=1" label="Shipped" note="Parcels with a label">
                {report.shipped}
            </Stat>
            <Stat href="/ship?done=1" label="Postage">
                <Amount money=report.postage />
            </Stat>
        </div>
        {overpaid}
        {elsewhere}
    }
    .into_any()
}

#[component]
fn Lines(report: Report) -> impl IntoView {
    let lines = report.lines.into_iter().map(|line| view! { <Line line=line /> }).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="hidden-words">"Invoices of the report"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Invoice"</th>
                        <th scope="col">"Issued"</th>
                        <th scope="col">"Buyer"</th>
                        <th scope="col" class="num">
                            "Pieces"
                        </th>
                        <th scope="col" class="num">
                            "Total"
                        </th>
                        <th scope="col" class="num">
                            "Paid"
                        </th>
                        <th scope="col" class="num">
                            "Fee"
                        </th>
                        <th scope="col" class="num">
                            "Owed"
                        </th>
                        <th scope="col" class="num">
                            "Postage"
                        </th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
                <tfoot>
                    <tr>
                        <td class="main">"Sum"</td>
                        <td></td>
                        <td></td>
                        <td class="num">{report.pieces}</td>
                        <td class="num lead">
                            <Amount money=report.sold />
                        </td>
                        <td class="num">
                            <Amount money=report.collected />
                        </td>
                        <td class="num">
                            <Amount money=report.fees />
                        </td>
                        <td class="num">
                            <Amount money=report.owed />
                        </td>
                        <td class="num">
                            <Amount money=report.postage />
                        </td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Line(line: ReportLine) -> impl IntoView {
    view! {
        <tr>
            <td class="sub code">{line.number}</td>
            <td class="age nowrap">{line.issued}</td>
            <td class="main">{line.customer_name}</td>
            <td class="num">{line.pieces}</td>
            <td class="num lead">
                <Amount money=line.total />
            </td>
            <td class="num">
                <Amount money=line.paid />
            </td>
            <td class="num">
                <Amount money=line.fee />
            </td>
            <td class="num state">
                <span class="phone-only">"owed "</span>
                <Amount money=line.owed />
            </td>
            <td class="num">
                <Amount money=line.postage />
            </td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_of_the_sale_that_is_shown() {
        assert_eq!(csv_address(""), "/reports.csv?sale=");
        assert_eq!(csv_address("a b"), "/reports.csv?sale=a%20b");
        assert_eq!(count(1, "piece", "pieces"), "1 piece");
        assert_eq!(count(2, "piece", "pieces"), "2 pieces");
    }
}
