//! One stock-take: counting, and looking at the differences before it is closed.

use domain::{
    inventory::count::{CountQuery, CountView, Scanned},
    problem::Code,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    forms::{Forms, use_forms},
    lines::Lines,
    review::{Closed, Review, load_differences},
    variants,
};
use crate::{
    accounts::{
        fresh::ask_again,
        live_search::{LiveSearch, list_address},
    },
    error::AppError,
    form::{Returned, use_returned},
    inventory::scan::ScanButton,
    live::use_changes,
    network::fetched,
    ui::{Notice, PageHead, PageProblem, SubmitButton, TextField, Title, Tone, suspend},
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
    // While it is counted, the page keeps up by itself: what is being typed stays in its line.
    let is_counting = RwSignal::new(false);
    let news = Memo::new(move |before: Option<&u32>| match before {
        Some(before) if is_counting.get() => *before,
        _ => changes.count(),
    });
    let found = fetched(
        // The query is no reason to ask anew, but it is read here: what is asked may outlive the page.
        move || (id.get(), is_review.get(), news.get(), query.get_untracked()),
        |(id, is_review, _, query)| async move {
            let view = load_count(id.clone(), query).await?;
            let differences = if is_review { Some(load_differences(id).await?) } else { None };
            Ok::<_, AppError>((view, differences))
        },
    );
    let page = move || {
        suspend(async move {
            let found = found.await;
            // On the server nothing is asked for twice, and whoever would be told of it may be gone by then.
            if cfg!(feature = "hydrate") {
                is_counting.set(matches!(&found, Ok((view, None)) if !view.closed));
            }
            match found {
                Ok((view, _)) if view.closed => view! { <Closed view=view form=forms.reopen /> }.into_any(),
                Ok((view, Some(differences))) => {
                    view! { <Review view=view differences=differences form=forms.close /> }.into_any()
                }
                Ok((view, None)) => {
                    let returned = returned.get_value();
                    view! { <Counting first=view query=query forms=forms is_counting=is_counting returned=returned /> }
                        .into_any()
                }
                Err(AppError(problem)) => view! {
                    <Title text="Stock-take" />
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

/// The lines to count, which follow what is looked for and every change.
#[component]
fn Counting(
    first: CountView,
    query: Memo<CountQuery>,
    forms: Forms,
    /// Cleared when it was closed or thrown away elsewhere.
    is_counting: RwSignal<bool>,
    returned: Option<Returned>,
) -> impl IntoView {
    let changes = use_changes();
    let id = StoredValue::new(first.id.to_string());
    let what = first.what.clone();
    let view = RwSignal::new(first);
    // Why the lines are not those that were asked for last.
    let stale = RwSignal::new(None::<Code>);
    ask_again(
        false,
        move || (query.get(), changes.count()),
        move || load_count(id.get_value(), query.get_untracked()),
        move |answer| match answer {
            Ok(fresh) if fresh.closed => is_counting.set(false),
            Ok(fresh) => {
                stale.set(None);
                view.set(fresh);
            }
            Err(AppError(problem)) if problem.code == Code::NotFound => is_counting.set(false),
            Err(AppError(problem)) => stale.set(Some(problem.code)),
        },
    );
    let Forms { figures, discard, keep, .. } = forms;
    let counted = move || view.with(|view| format!("{} of {} counted", view.counted, variants(view.of)));
    let review = move || format!("/stock/count/{}?review=1", id.get_value());
    let action = move || view! { <a class="button primary" href=review()>"See the differences"</a> };
    let blind = Memo::new(move |_| view.with(|view| view.blind));
    let messages = [figures.message(), discard.message(), keep.message()];
    let refused = Signal::derive(move || {
        let refused = messages.iter().find_map(|message| message.get());
        refused.or_else(|| stale.get().map(|code| code.message().to_owned()))
    });
    view! {
        <Title text=format!("{what} · Stock-take") />
        <PageHead title=what back=back() action=action subtitle=move || view! { <span>{counted}</span> } />
        <Scan forms=forms id=id.get_value() />
        {move || refused.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        <div class="tools">
            <LiveSearch
                path=format!("/stock/count/{}", id.get_value())
                label="Find an item to count"
                value=query.with_untracked(|query| query.search.clone())
            />
            <ActionForm action=figures.action>
                <input type="hidden" name="id" value=id.get_value() />
                <input type="hidden" name="blind" value=move || (!blind.get()).to_string() />
                <SubmitButton
                    label=Signal::derive(move || if blind.get() { "Show the figures" } else { "Hide the figures" }.to_owned())
                    kind="quiet"
                    pending=figures.pending()
                />
            </ActionForm>
            <ActionForm action=discard.action>
                <input type="hidden" name="id" value=id.get_value() />
                <SubmitButton label="Throw away" kind="quiet" pending=discard.pending() />
            </ActionForm>
        </div>
        <Lines view=view query=query forms=forms returned=returned />
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
