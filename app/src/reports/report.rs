//! Reports: what was sold, collected, owed and shipped, and the same as a file.

use domain::reports::{Figures, Period, Report, ReportLine, ReportQuery};
use leptos::prelude::*;
use leptos_router::{components::A, components::Form as AddressForm, hooks::use_query_map};

use crate::{
    accounts::{fresh::keep_fresh, live_search::list_address},
    error::AppError,
    live::use_changes,
    network::fetched,
    ui::{
        Amount, EmptyState, Notice, PageHead, PageProblem, Pager, SelectField, Stat, TextField, Title, Tone,
        suspend,
    },
};

/// The report of a sale or of everything.
#[server(prefix = "/api", endpoint = "report/view", input = leptos::server_fn::codec::GetUrl)]
pub async fn view_report(query: ReportQuery) -> Result<Report, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::reports::report::view(&caller.services, &caller.actor, &query).await?)
}

/// The address of a report.
fn address(query: &ReportQuery) -> String {
    list_address("/reports", &query.parameters())
}

/// Where the file of a report is. It has all lines, from whichever one the page goes on.
fn file_address(query: &ReportQuery) -> String {
    list_address("/reports.csv", &query.from_start().parameters())
}

fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The page of reports.
#[component]
pub fn ReportPage() -> impl IntoView {
    let asked = use_query_map();
    let query = Memo::new(move |_| {
        asked.with(|asked| {
            let value = |name: &str| asked.get(name).unwrap_or_default();
            ReportQuery { sale: value("sale"), from: value("from"), to: value("to"), after: value("after") }
        })
    });
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

/// The figures, which follow every change, and the choice of a sale and a period, which stays while somebody chooses.
#[component]
fn Shown(first: Report, query: ReportQuery) -> impl IntoView {
    let file = file_address(&query);
    let is_narrowed = query.from_start() != ReportQuery::default();
    let report = RwSignal::new(first);
    let asked = query.clone();
    keep_fresh(report, use_changes(), move || view_report(asked.clone()));
    let has_invoices = Memo::new(move |_| report.with(|report| report.figures.invoices > 0));
    let choices = Memo::new(move |_| report.with(|report| (report.sales.clone(), report.periods.clone())));
    let query = StoredValue::new(query);
    let filter = move || {
        let (sales, periods) = choices.get();
        view! { <Filter query=query.get_value() sales=sales periods=periods /> }
    };
    let table = move || {
        if has_invoices.get() {
            return view! { <Lines report=report.get() query=query.get_value() /> }.into_any();
        }
        view! {
            <EmptyState
                title="No invoices here"
                text="Nothing was billed in this sale or period. Choose another one, or bill the buyers, and the figures follow."
            />
        }
        .into_any()
    };
    let shown = move || {
        if !has_invoices.get() && !is_narrowed {
            return view! { <NothingYet /> }.into_any();
        }
        let file = file.clone();
        view! {
            <PageHead
                title="Reports"
                action=move || {
                    view! {
                        <a class="button primary" href=file rel="external" download="report.csv">
                            "Download CSV"
                        </a>
                    }
                }
            />
            {filter}
            {move || view! { <FiguresShown figures=report.with(|report| report.figures.clone()) /> }}
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

/// Chooses a sale and a period; the choice is an address.
#[component]
fn Filter(query: ReportQuery, sales: Vec<(String, String)>, periods: Vec<Period>) -> impl IntoView {
    let options: Vec<(String, String)> =
        std::iter::once((String::new(), "All sales".to_owned())).chain(sales).collect();
    let chips = periods
        .into_iter()
        .map(|period| {
            let is_chosen = (&period.from, &period.to) == (&query.from, &query.to);
            let target = ReportQuery { from: period.from, to: period.to, ..query.from_start() };
            view! {
                <a href=address(&target) class="chip" aria-current=is_chosen.then_some("true")>
                    {period.name}
                </a>
            }
        })
        .collect_view();
    let is_reversed = query.is_reversed();
    let error = Signal::stored(is_reversed.then(|| "This is before the first day.".to_owned()));
    view! {
        <AddressForm method="GET" action="/reports" attr:class="tools report-filter">
            <SelectField label="Sale" name="sale" options=options value=query.sale />
            <TextField label="From" name="from" kind="date" value=query.from />
            <TextField label="To" name="to" kind="date" value=query.to error=error />
            <button type="submit" class="button">
                "Show"
            </button>
        </AddressForm>
        <nav class="list-chips" aria-label="Periods">
            {chips}
        </nav>
    }
    .into_any()
}

/// What the figures leave out, because it was paid in another currency than the books are kept in.
fn postage_elsewhere(figures: &Figures) -> Option<String> {
    let sums: Vec<String> = figures
        .postage_elsewhere
        .iter()
        .map(|sum| format!("{} {}", sum.decimal(), sum.currency.code()))
        .collect();
    (!sums.is_empty()).then(|| {
        format!(
            "Labels were also paid in another currency: {}. These amounts are not in the figures above, which are in {}.",
            sums.join(", "),
            figures.postage.currency.code()
        )
    })
}

#[component]
fn FiguresShown(figures: Figures) -> impl IntoView {
    let pieces = format!(
        "{}, {}",
        count(figures.invoices, "invoice", "invoices"),
        count(figures.pieces, "piece", "pieces")
    );
    let owed = if figures.owed.minor > 0 { Tone::Waiting } else { Tone::Quiet };
    let overpaid = (figures.overpaid.minor > 0).then(|| {
        let text = format!("{} more was paid than was asked. Give it back at the gateway.", figures.overpaid);
        view! { <Notice tone=Tone::Wrong text=text /> }
    });
    let elsewhere = postage_elsewhere(&figures).map(|text| view! { <p class="hint">{text}</p> });
    let refunded = (figures.refunded.minor > 0).then(|| {
        let text = format!(
            "{} was refunded at the gateways. The sums here and the CSV do not take refunds off yet.",
            figures.refunded
        );
        view! { <Notice tone=Tone::Waiting text=text /> }
    });
    view! {
        <div class="stats">
            <Stat href="/bill" label="Sold" note=pieces>
                <Amount money=figures.sold />
            </Stat>
            <Stat href="/bill?state=paid" label="Collected">
                <Amount money=figures.collected />
            </Stat>
            <Stat href="/bill?state=paid" label="Fees" note="As far as the gateways have told">
                <Amount money=figures.fees />
            </Stat>
            <Stat href="/bill?state=open" label="Owed" tone=owed>
                <Amount money=figures.owed />
            </Stat>
            <Stat href="/ship?done=1" label="Shipped" note="Parcels with a label">
                {figures.shipped}
            </Stat>
            <Stat href="/ship?done=1" label="Postage">
                <Amount money=figures.postage />
            </Stat>
        </div>
        {overpaid}
        {elsewhere}
        {refunded}
    }
    .into_any()
}

#[component]
fn Lines(report: Report, query: ReportQuery) -> impl IntoView {
    let Report { figures, lines, .. } = report;
    let shown = match usize::try_from(figures.invoices) == Ok(lines.rows.len()) {
        true => count(figures.invoices, "invoice", "invoices"),
        false => format!("{} of {}", lines.rows.len(), count(figures.invoices, "invoice", "invoices")),
    };
    let first = (!query.after.is_empty()).then(|| address(&query.from_start()));
    let next = lines.next.map(|after| address(&ReportQuery { after, ..query }));
    let rows = lines.rows.into_iter().map(|line| view! { <Line line=line /> }).collect_view();
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
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr>
                        <td class="main">"Sum of all"</td>
                        <td></td>
                        <td></td>
                        <td class="num">{figures.pieces}</td>
                        <td class="num lead">
                            <Amount money=figures.sold />
                        </td>
                        <td class="num">
                            <Amount money=figures.collected />
                        </td>
                        <td class="num">
                            <Amount money=figures.fees />
                        </td>
                        <td class="num">
                            <Amount money=figures.owed />
                        </td>
                        <td class="num">
                            <Amount money=figures.postage />
                        </td>
                    </tr>
                </tfoot>
            </table>
        </div>
        <Pager shown=shown first=first next=next />
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
    fn the_file_has_all_lines_of_what_is_shown() {
        let query = ReportQuery {
            sale: "a b".into(),
            from: "2026-11-01".into(),
            after: "120".into(),
            ..Default::default()
        };
        assert_eq!(address(&query), "/reports?sale=a%20b&from=2026%2D11%2D01&after=120");
        assert_eq!(file_address(&query), "/reports.csv?sale=a%20b&from=2026%2D11%2D01");
        assert_eq!(file_address(&ReportQuery::default()), "/reports.csv");
        assert_eq!(count(1, "piece", "pieces"), "1 piece");
        assert_eq!(count(2, "piece", "pieces"), "2 pieces");
    }
}
