//! Bill: who is to be billed, who has not paid, and every invoice.

use domain::{
    invoices::{BillQuery, BillView, Billed, InvoiceRow, InvoiceState},
    page::Page,
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map, location::Url};

use super::InvoiceBadge;
use crate::{
    error::AppError,
    form::{Form, use_form, use_returned},
    live::use_changes,
    network::fetched,
    shipping::ShipmentBadge,
    ui::{
        Amount, EmptyState, Notice, PageHead, PageProblem, Pager, SearchBox, Stat, SubmitButton, Title, Tone,
        suspend,
    },
};

/// The invoices that match a query, and the sums of all of them.
#[server(prefix = "/api", endpoint = "bill/list", input = leptos::server_fn::codec::GetUrl)]
pub async fn list_invoices(query: BillQuery) -> Result<BillView, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::invoices::list::view(&caller.services, &caller.actor, &query).await?)
}

/// Bills all held claims. What was done is told by the address that follows, so that it is told without JavaScript too.
#[server(prefix = "/api", endpoint = "bill/everyone")]
pub async fn bill_everyone() -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let billed = services::invoices::bill::bill_everyone(&caller.services, &caller.actor).await?;
    leptos_axum::redirect(&billed_address(&billed));
    Ok(())
}

/// The states by which the list can be narrowed.
const FILTERS: [InvoiceState; 3] = [InvoiceState::Open, InvoiceState::PartPaid, InvoiceState::Paid];

/// The address of the list with a search and a filter, from a row on.
fn address(query: &BillQuery) -> String {
    let parts: Vec<String> = [("q", &query.search), ("state", &query.state), ("after", &query.after)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", Url::escape(value)))
        .collect();
    if parts.is_empty() { "/bill".to_owned() } else { format!("/bill?{}", parts.join("&")) }
}

/// The list's address with what billing did.
#[cfg(any(feature = "ssr", test))]
fn billed_address(billed: &Billed) -> String {
    let Billed { invoices, joined, without_email } = billed;
    format!("/bill?billed={invoices}&joined={joined}&without_email={without_email}")
}

fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What billing did, as a sentence or two: "31 invoices, 2 joined an open one. 3 buyers have no e-mail yet: send them
/// their link."
fn billed_sentence(billed: &Billed) -> String {
    if billed.invoices == 0 {
        return "Nobody was left to bill.".to_owned();
    }
    let mut sentence = count(billed.invoices, "invoice", "invoices");
    if billed.joined > 0 {
        sentence += &format!(", {} joined an open one", billed.joined);
    }
    sentence.push('.');
    match billed.without_email {
        0 => {}
        1 => sentence += " 1 buyer has no e-mail yet: send them their link.",
        several => sentence += &format!(" {several} buyers have no e-mail yet: send them their link."),
    }
    sentence
}

/// The page of all invoices.
#[component]
pub fn BillPage() -> impl IntoView {
    let changes = use_changes();
    let form = use_form::<BillEveryone>(&use_returned());
    let asked = use_query_map();
    let query = Memo::new(move |_| {
        let asked = asked.read();
        let text = |name: &str| asked.get(name).unwrap_or_default();
        BillQuery { search: text("q"), state: text("state"), after: text("after") }
    });
    let billed = Memo::new(move |_| {
        let asked = asked.read();
        let number = |name: &str| asked.get(name).and_then(|number| number.parse::<i64>().ok());
        let invoices = number("billed")?;
        Some(Billed {
            invoices,
            joined: number("joined").unwrap_or_default(),
            without_email: number("without_email").unwrap_or_default(),
        })
    });
    Effect::new(move |_| {
        if form.action.version().get() > 0 {
            changes.note();
        }
    });
    let found = fetched(move || (query.get(), changes.count()), |(query, _)| list_invoices(query));
    let told = move || {
        billed.get().map(|billed| {
            let tone = if billed.without_email > 0 { Tone::Waiting } else { Tone::Ok };
            view! { <Notice tone=tone text=billed_sentence(&billed) /> }
        })
    };
    let failed =
        move || form.message().get().map(|message| view! { <Notice tone=Tone::Wrong text=message /> });
    view! {
        <Title text="Bill" />
        <Transition fallback=|| view! { <PageHead title="Bill" /> }>
            {move || suspend(async move {
                match found.await {
                    Ok(view) => {
                        view! {
                            <Head buyers=view.buyers_to_bill form=form />
                            {told}
                            {failed}
                            <Sums view=view.clone() />
                            <Invoices query=query.get_untracked() page=view.invoices buyers=view.buyers_to_bill />
                        }
                            .into_any()
                    }
                    Err(AppError(problem)) => {
                        view! {
                            <PageHead title="Bill" />
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

/// The page's head, with the button that bills everyone while there is somebody to bill.
#[component]
fn Head(buyers: i64, form: Form<BillEveryone>) -> impl IntoView {
    if buyers == 0 {
        return view! { <PageHead title="Bill" /> }.into_any();
    }
    let label = format!("Bill {}", count(buyers, "buyer", "buyers"));
    view! {
        <PageHead
            title="Bill"
            action=move || {
                view! {
                    <ActionForm action=form.action>
                        <SubmitButton label=label pending=form.pending() pending_label="Billing…" />
                    </ActionForm>
                }
            }
        />
    }
    .into_any()
}

#[component]
fn Sums(view: BillView) -> impl IntoView {
    let buyers = match view.buyers_to_bill {
        0 => "Nobody waits for an invoice".to_owned(),
        buyers => count(buyers, "buyer", "buyers"),
    };
    let to_bill = if view.buyers_to_bill > 0 { Tone::Review } else { Tone::Quiet };
    let unpaid = if view.unpaid_count > 0 { Tone::Waiting } else { Tone::Quiet };
    view! {
        <div class="stats">
            <Stat href="/bill" label="To bill" tone=to_bill note=buyers>
                <Amount money=view.to_bill />
            </Stat>
            <Stat
                href="/bill?state=open"
                label="Unpaid"
                tone=unpaid
                note=count(view.unpaid_count, "invoice", "invoices")
            >
                <Amount money=view.unpaid />
            </Stat>
            <Stat href="/bill?state=paid" label="Paid this week" note="In the last seven days">
                <Amount money=view.paid_this_week />
            </Stat>
        </div>
    }
    .into_any()
}

/// Search, filter and rows.
#[component]
fn Invoices(query: BillQuery, page: Page<InvoiceRow>, buyers: i64) -> impl IntoView {
    let is_narrowed = !query.search.is_empty() || InvoiceState::parse(&query.state).is_some();
    let is_first = query.after.is_empty();
    if page.rows.is_empty() && !is_narrowed && is_first {
        return view! { <NoInvoices buyers=buyers /> }.into_any();
    }
    let rows = page.rows;
    let shown = count(i64::try_from(rows.len()).unwrap_or(i64::MAX), "invoice", "invoices");
    let next = page.next.map(|after| address(&BillQuery { after, ..query.clone() }));
    let first = (!is_first).then(|| address(&BillQuery { after: String::new(), ..query.clone() }));
    let tabs = std::iter::once(("", "All"))
        .chain(FILTERS.map(|state| (state.as_str(), state.label())))
        .map(|(state, label)| {
            let href = address(&BillQuery { state: state.to_owned(), after: String::new(), ..query.clone() });
            view! { <a href=href aria-current=(query.state == state).then_some("page")>{label}</a> }
        })
        .collect_view();
    let keep: Vec<(String, String)> = [("state".to_owned(), query.state.clone())]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let list = if rows.is_empty() {
        view! {
            <EmptyState title="No invoice matches" text="Try fewer letters of a name or number, or look at all of them." />
        }
        .into_any()
    } else {
        view! { <InvoiceTable rows=rows /> }.into_any()
    };
    view! {
        <div class="tools">
            <SearchBox action="/bill" label="Search invoices" value=query.search.clone() keep=keep />
            <nav class="tabs" aria-label="State">{tabs}</nav>
        </div>
        {list}
        <Pager shown=shown first=first next=next />
    }
    .into_any()
}

/// What the page says before the first invoice.
#[component]
fn NoInvoices(buyers: i64) -> impl IntoView {
    if buyers > 0 {
        return view! {
            <EmptyState
                title="Your buyers wait for their invoices"
                text="Bill them all at once: each gets one invoice, with a link to pay it."
            />
        }
        .into_any();
    }
    view! {
        <EmptyState
            title="No invoices yet"
            text="Here you see who owes what. Hold the claims of a sale, then bill everyone at once: one invoice a buyer."
            action=|| {
                view! {
                    <A href="/sell" attr:class="button primary">
                        "Go to your sales"
                    </A>
                }
            }
        />
    }
    .into_any()
}

/// Invoices as a table; on a phone each is a card of two lines.
#[component]
pub fn InvoiceTable(rows: Vec<InvoiceRow>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let shipment = row.shipment.map(|state| view! { <ShipmentBadge state=state /> });
            view! {
                <tr>
                    <td class="main">
                        <A href=format!("/bill/{}", row.id) attr:class="row-link">
                            {row.customer_name}
                        </A>
                    </td>
                    <td class="sub wide-cut">{row.summary}</td>
                    <td class="code wide-only">{row.number}</td>
                    <td class="age">{row.age}</td>
                    <td class="wide-only">{shipment}</td>
                    <td class="state">
                        <InvoiceBadge state=row.state />
                    </td>
                    <td class="num lead">
                        <Amount money=row.total />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="hidden-words">"Invoices"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Buyer"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Invoice"</th>
                        <th scope="col">"Age"</th>
                        <th scope="col">"Parcel"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="num">
                            "Amount"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_billing_did_is_told_in_whole_sentences() {
        let told =
            |invoices, joined, without_email| billed_sentence(&Billed { invoices, joined, without_email });
        assert_eq!(
            told(31, 2, 3),
            "31 invoices, 2 joined an open one. 3 buyers have no e-mail yet: send them their link."
        );
        assert_eq!(told(1, 0, 1), "1 invoice. 1 buyer has no e-mail yet: send them their link.");
        assert_eq!(told(4, 0, 0), "4 invoices.");
        assert_eq!(told(0, 0, 0), "Nobody was left to bill.");
    }

    #[test]
    fn the_address_holds_what_was_asked_and_nothing_else() {
        assert_eq!(address(&BillQuery::default()), "/bill");
        let query = BillQuery { search: "ana & kim".into(), state: "paid".into(), after: "12".into() };
        assert_eq!(address(&query), "/bill?q=ana%20%26%20kim&state=paid&after=12");
        let billed = Billed { invoices: 3, joined: 1, without_email: 0 };
        assert_eq!(billed_address(&billed), "/bill?billed=3&joined=1&without_email=0");
    }
}
