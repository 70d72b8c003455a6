//! One stock-take: counting, and looking at the differences before it is closed.

use domain::inventory::count::{CountQuery, CountView, Scanned};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    forms::{Forms, use_forms},
    lines::Lines,
    review::{Closed, Review, load_differences},
    variants,
};
use crate::{
    accounts::live_search::{LiveSearch, list_address},
    error::AppError,
    form::{Returned, use_returned},
    inventory::scan::ScanButton,
    live::use_changes,
    ui::{Notice, PageHead, PageProblem, SubmitButton, TextField, Tone, suspend},
};

/// A stretch of what a stock-take counts.
#[server(prefix = "/api", endpoint = "stock/counts/one", input = GetUrl)]
pub async fn load_count(id: String, query: CountQuery) -> Result<CountView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::count::view(&caller.services, &caller.actor, id, &query).await?)
}

/// Adds one piece of what a code means.
#[server(prefix = "/api", endpoint = "stock/counts/scan")]
pub async fn scan_piece(id: String, code: String) -> Result<Scanned, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::count::scan(&caller.services, &caller.actor, id, &code).await?)
}

/// Shows the figures to those who count, or hides them.
#[server(prefix = "/api", endpoint = "stock/counts/figures")]
pub async fn hide_figures(id: String, blind: bool) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::count::hide_figures(&caller.services, &caller.actor, id, blind).await?)
}

/// Throws an open stock-take away and leads to the list of them.
#[server(prefix = "/api", endpoint = "stock/counts/discard")]
pub async fn discard_count(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::inventory::count::discard(&caller.services, &caller.actor, id).await?;
    leptos_axum::redirect("/stock/count");
    Ok(())
}

/// The address of a stock-take.
pub(super) fn address(id: &str, query: &CountQuery) -> String {
    list_address(&format!("/stock/count/{id}"), &[("q", &query.search), ("after", &query.after)])
}

/// The page.
#[component]
pub fn CountPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let forms = returned.with_value(use_forms);
    let changes = use_changes();
    let id = Memo::new({
        let params = use_params_map();
        move |_| params.with(|params| params.get("id")).unwrap_or_default()
    });
    let address_query = use_query_map();
    let query = Memo::new(move |_| {
        address_query.with(|query| CountQuery {
            search: query.get("q").unwrap_or_default(),
            after: query.get("after").unwrap_or_default(),
        })
    });
    let is_review = Memo::new(move |_| address_query.with(|query| query.get("review").is_some()));
    let count = Resource::new(
        move || (id.get(), query.get(), changes.count()),
        |(id, query, _)| load_count(id, query),
    );
    let differences = Resource::new(
        move || (is_review.get().then(|| id.get()), changes.count()),
        |(id, _)| async move {
            match id {
                Some(id) => load_differences(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let times_shown = StoredValue::new(0_u32);
    let page = move || {
        suspend(async move {
            let (count, differences) = (count.await, differences.await);
            times_shown.update_value(|times| *times = times.saturating_add(1));
            let returned = returned.get_value();
            match (count, differences) {
                (Ok(view), _) if view.closed => view! { <Closed view=view form=forms.reopen /> }.into_any(),
                (Ok(view), Ok(Some(differences))) => {
                    view! { <Review view=view differences=differences form=forms.close /> }.into_any()
                }
                (Ok(view), Ok(None)) => {
                    let query = query.get_untracked();
                    let is_first = times_shown.get_value() == 1;
                    view! { <Counting view=view query=query forms=forms is_first=is_first returned=returned /> }.into_any()
                }
                (Err(AppError(problem)), _) | (_, Err(AppError(problem))) => view! {
                    <PageHead title="Stock-take" back=back() />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }.into_any()
}

/// The way to all stock-takes.
pub(super) fn back() -> (String, String) {
    ("/stock/count".to_owned(), "All stock-takes".to_owned())
}

#[component]
fn Counting(
    view: CountView,
    query: CountQuery,
    forms: Forms,
    is_first: bool,
    returned: Option<Returned>,
) -> impl IntoView {
    let id = StoredValue::new(view.id.to_string());
    let Forms { figures, discard, keep, .. } = forms;
    let counted = format!("{} of {} counted", view.counted, variants(view.of));
    let review = format!("/stock/count/{}?review=1", view.id);
    let action = move || view! { <a class="button primary" href=review>"See the differences"</a> };
    let blind = view.blind;
    let search = StoredValue::new(query.search.clone());
    let path = StoredValue::new(format!("/stock/count/{}", view.id));
    let messages = [figures.message(), discard.message(), keep.message()];
    let refused = Signal::derive(move || messages.iter().find_map(|message| message.get()));
    view! {
        <Title text=format!("{} · Stock-take", view.what) />
        <PageHead title=view.what.clone() back=back() action=action subtitle=move || view! { <span>{counted}</span> } />
        <Scan forms=forms id=id.get_value() />
        {move || refused.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        <div class="tools">
            <LiveSearch path=path.get_value() label="Find an item to count" value=search.get_value() />
            <ActionForm action=figures.action>
                <input type="hidden" name="id" value=id.get_value() />
                <input type="hidden" name="blind" value=(!blind).to_string() />
                <SubmitButton label=if blind { "Show the figures" } else { "Hide the figures" } kind="quiet" pending=figures.pending() />
            </ActionForm>
            <ActionForm action=discard.action>
                <input type="hidden" name="id" value=id.get_value() />
                <SubmitButton label="Throw away" kind="quiet" pending=discard.pending() />
            </ActionForm>
        </div>
        <Lines id=id.get_value() lines=view.lines query=query forms=forms is_first=is_first returned=returned />
    }
    .into_any()
}

/// The field into which codes are typed or scanned.
#[component]
fn Scan(forms: Forms, id: String) -> impl IntoView {
    let Forms { scan: form, code, said, .. } = forms;
    let message = form.message();
    view! {
        <ActionForm action=form.action attr:class="scan-form" attr:novalidate=true>
            <input type="hidden" name="id" value=id />
            <TextField
                label="Scan or type a code: one piece more"
                name="code"
                id="field-code"
                autocomplete="off"
                bind=code
                error=form.error("code")
            />
            <div class="scan-buttons">
                <ScanButton field="#field-code" goes_on=true />
                <SubmitButton label="Add one" kind="" pending=form.pending() pending_label="Adding…" />
            </div>
            <p class="scan-said" role="status">{move || said.get()}</p>
        </ActionForm>
        {move || message.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
    }
    .into_any()
}
