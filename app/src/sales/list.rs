//! The sales, newest first.

use domain::{
    page::Page,
    sales::view::{SaleRow, Tally},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};

use crate::{
    error::AppError,
    live::use_changes,
    network::fetched,
    ui::{Amount, Badge, EmptyState, PageHead, PageProblem, Pager, Progress, Title, Tone, suspend},
};

/// A stretch of the sales, after the row with the key `after`.
#[server(prefix = "/api", endpoint = "sales/list", input = leptos::server_fn::codec::GetUrl)]
pub async fn list_sales(#[server(default)] after: String) -> Result<Page<SaleRow>, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::sales::sale::list(&caller.services, &caller.actor, &after).await?)
}

/// The list of sales.
#[component]
pub fn SalesPage() -> impl IntoView {
    let changes = use_changes();
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get("after").unwrap_or_default()));
    let sales = fetched(move || (after.get(), changes.count()), |(after, _)| list_sales(after));
    let page = move || {
        let is_first = after.get().is_empty();
        suspend(async move {
            match sales.await {
                Ok(page) if page.rows.is_empty() && is_first => no_sales().into_any(),
                Ok(page) => table(page, is_first).into_any(),
                Err(AppError(problem)) => view! {
                    <PageHead title="Sell" />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! {
        <Title text="Sell" />
        <Transition fallback=|| view! { <Progress label="Looking up your sales" /> }>{page}</Transition>
    }
    .into_any()
}

fn open_link() -> impl IntoView {
    view! {
        <A href="/sell/new" attr:class="button primary">
            "Open a sale"
        </A>
    }
}

fn no_sales() -> impl IntoView {
    view! {
        <PageHead title="Sell" />
        <EmptyState
            title="No sales yet"
            text="A sale is one live show or one post. Open it, paste its comments, and every comment that claims an item is \
            held for its buyer, ready to be billed."
            action=open_link
        />
    }
    .into_any()
}

/// The one state of a sale that matters most, in words.
fn state(closed: bool, tally: &Tally) -> (Tone, String) {
    match (tally.to_review, closed) {
        (1.., _) => (Tone::Review, format!("{} to review", tally.to_review)),
        (_, true) => (Tone::Quiet, "Closed".to_owned()),
        (_, false) => (Tone::Ok, "Open".to_owned()),
    }
}

fn table(page: Page<SaleRow>, is_first: bool) -> impl IntoView {
    let shown = match page.rows.len() {
        1 => "1 sale".to_owned(),
        several => format!("{several} sales"),
    };
    let next = page.next.map(|key| format!("/sell?after={key}"));
    let first = (!is_first).then(|| "/sell".to_owned());
    let rows = page.rows.into_iter().map(row).collect_view();
    view! {
        <PageHead title="Sell" action=open_link />
        <div class="table-wrap">
            <table class="table">
                <thead>
                    <tr>
                        <th>"Sale"</th>
                        <th>"Where and when"</th>
                        <th class="num">"Held"</th>
                        <th class="num">"Waiting"</th>
                        <th>"State"</th>
                        <th class="num">"Claimed"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager shown=shown first=first next=next />
    }
    .into_any()
}

fn row(sale: SaleRow) -> impl IntoView {
    let (tone, word) = state(sale.closed, &sale.tally);
    let when = format!("{} · {}", sale.platform.label(), sale.age);
    view! {
        <tr>
            <td class="main">
                <A href=format!("/sell/{}", sale.id) attr:class="row-link">
                    {sale.title}
                </A>
            </td>
            <td class="sub">{when}</td>
            <td class="num">{sale.tally.held}</td>
            <td class="num">{sale.tally.waiting}</td>
            <td class="state">
                <Badge tone=tone text=word />
            </td>
            <td class="num lead">
                <Amount money=sale.tally.claimed />
            </td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};

    use super::*;

    #[test]
    fn what_needs_the_seller_is_told_before_anything_else() {
        let quiet = Tally {
            held: 4,
            billed: 0,
            waiting: 1,
            to_review: 0,
            buyers: 2,
            claimed: Money::zero(Currency::USD),
        };
        assert_eq!(state(false, &quiet), (Tone::Ok, "Open".to_owned()));
        assert_eq!(state(true, &quiet), (Tone::Quiet, "Closed".to_owned()));
        assert_eq!(state(true, &Tally { to_review: 2, ..quiet }), (Tone::Review, "2 to review".to_owned()));
    }
}
