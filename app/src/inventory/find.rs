//! The address that stands on tags: it leads to the item that has the code, and where none has, to the list that searches
//! for it. A scanner that types into the search of the stock ends here as well.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::{NavigateOptions, components::Redirect, hooks::use_query_map};

use crate::{
    error::AppError,
    network::fetched,
    ui::{PageHead, PageProblem, Title, suspend},
};

/// The address of what a code means.
#[server(prefix = "/api", endpoint = "stock/find", input = GetUrl)]
pub async fn find_code(code: String) -> Result<String, AppError> {
    let caller = crate::server::signed_in()?;
    let found = services::inventory::find::item(&caller.services, &caller.actor, &code).await?;
    Ok(match found {
        Some(item) => format!("/stock/{item}"),
        None => crate::accounts::live_search::list_address(
            "/stock",
            &[("q", &domain::inventory::shelf::scanned(&code))],
        ),
    })
}

/// The page, which nobody sees unless something fails.
#[component]
pub fn FindPage() -> impl IntoView {
    let query = use_query_map();
    // The search of the list calls it `q`.
    let code = Memo::new(move |_| {
        query.with(|query| query.get("code").or_else(|| query.get("q"))).unwrap_or_default()
    });
    let found = fetched(move || code.get(), find_code);
    let lead = move || {
        suspend(async move {
            match found.await {
                Ok(address) => {
                    let options = NavigateOptions { replace: true, ..Default::default() };
                    view! { <Redirect path=address options=options /> }.into_any()
                }
                Err(AppError(problem)) => view! {
                    <Title text="Stock" />
                    <PageHead title="Stock" />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition>{lead}</Transition> }.into_any()
}
