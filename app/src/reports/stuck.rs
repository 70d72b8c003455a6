//! What does not go on by itself: tried again, or dismissed with a reason.

use domain::reports::{DismissForm, Dismissed, Stuck, StuckView};
use leptos::{prelude::*, server_fn::codec::GetUrl};

use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    error::AppError,
    form::{Form, use_form, use_returned},
    live::use_changes,
    ui::{
        EmptyState, Notice, PageHead, PageProblem, Pager, Section, SubmitButton, TextField, Title, Tone,
        ToneMark, suspend,
    },
};

/// Where the page is.
pub const STUCK: &str = "/stuck";

/// Everything that is stuck, from the thing with the key `after` on.
#[server(prefix = "/api", endpoint = "stuck", input = GetUrl)]
pub async fn view_stuck(after: String) -> Result<StuckView, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::jobs::stuck::view(&caller.services, &caller.actor, &after).await?)
}

/// One thing that is stuck.
#[server(prefix = "/api", endpoint = "stuck/one", input = GetUrl)]
pub async fn view_one_stuck(id: String) -> Result<Stuck, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::jobs::stuck::one(&caller.services, &caller.actor, id).await?)
}

/// Tries again what had given up: one thing, or everything if no id is given.
#[server(prefix = "/api", endpoint = "stuck/try-again")]
pub async fn retry_stuck(#[server(default)] id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    match id.as_str() {
        "" => services::jobs::stuck::retry_all(&caller.services, &caller.actor).await?,
        id => {
            let id = crate::server::id(id)?;
            services::jobs::stuck::retry_one(&caller.services, &caller.actor, id).await?;
        }
    }
    Ok(())
}

/// Sets a stuck thing aside and leads to the others.
#[server(prefix = "/api", endpoint = "stuck/dismiss")]
pub async fn dismiss_stuck(id: String, form: DismissForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::jobs::stuck::dismiss(&caller.services, &caller.actor, id, &form).await?;
    leptos_axum::redirect(STUCK);
    Ok(())
}

/// Takes a dismissal back.
#[server(prefix = "/api", endpoint = "stuck/put-back")]
pub async fn put_back_stuck(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::jobs::stuck::put_back(&caller.services, &caller.actor, id).await?)
}

/// What is about what, in one line.
fn in_a_line(parts: [&str; 2]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Rows of stuck things, each with what can be done about it.
#[component]
pub fn StuckRows(stuck: Vec<Stuck>, form: Form<RetryStuck>) -> impl IntoView {
    let rows = stuck.into_iter().map(|stuck| view! { <StuckRow stuck=stuck form=form /> }).collect_view();
    view! { <ul class="rows">{rows}</ul> }.into_any()
}

#[component]
fn StuckRow(stuck: Stuck, form: Form<RetryStuck>) -> impl IntoView {
    let Stuck { id, what, about, why, path, can_retry } = stuck;
    let name = in_a_line([&what, &about]);
    let try_again = can_retry.then(|| {
        let name = name.clone();
        view! {
            <ActionForm action=form.action>
                <input type="hidden" name="id" value=id.to_string() />
                <button type="submit" class="button small" disabled=move || form.pending().get()>
                    <span>
                        "Try again"
                        <span class="hidden-words">{format!(": {name}")}</span>
                    </span>
                </button>
            </ActionForm>
        }
    });
    view! {
        <li class="row" data-tone=Tone::Wrong.name()>
            <ToneMark tone=Tone::Wrong />
            <div class="row-words">
                <a href=path class="row-title">
                    {what}
                </a>
                <span class="row-sub">{in_a_line([&about, &why])}</span>
            </div>
            <div class="row-aside in-order">
                {try_again}
                <a href=format!("{STUCK}/{id}") class="button small quiet">
                    <span>
                        "Dismiss"
                        <span class="hidden-words">{format!(": {name}")}</span>
                    </span>
                </a>
            </div>
        </li>
    }
    .into_any()
}

/// That mails wait at the moment, where they do.
#[component]
pub fn MailRests(words: Option<String>) -> impl IntoView {
    words.map(|words| view! { <Notice tone=Tone::Waiting text=words /> })
}

/// Tries everything again that is stuck.
#[component]
pub fn RetryAll(form: Form<RetryStuck>) -> impl IntoView {
    view! {
        <ActionForm action=form.action>
            <SubmitButton label="Try all again" pending=form.pending() pending_label="Trying…" kind="small" />
        </ActionForm>
    }
    .into_any()
}

/// The page of everything that is stuck.
#[component]
pub fn StuckPage() -> impl IntoView {
    let changes = use_changes();
    let returned = use_returned();
    let retry = use_form::<RetryStuck>(&returned);
    let put_back = use_form::<PutBackStuck>(&returned);
    let query = use_query_map();
    let after = Memo::new(move |_| query.read().get("after").unwrap_or_default());
    Effect::new(move |_| {
        if retry.action.version().get() + put_back.action.version().get() > 0 {
            changes.note();
        }
    });
    let found = Resource::new(move || (after.get(), changes.count()), |(after, _)| view_stuck(after));
    let (wrong, wrong_back) = (retry.message(), put_back.message());
    let refused = move || {
        let message = wrong.get().or_else(|| wrong_back.get());
        message.map(|text| view! { <Notice tone=Tone::Wrong text=text /> })
    };
    view! {
        <Title text="Stuck" />
        <PageHead title="Stuck" back=("/".to_owned(), "Back to Today".to_owned()) />
        {refused}
        <Transition fallback=|| ()>
            {move || suspend(async move {
                match found.await {
                    Ok(view) => {
                        let after = after.get_untracked();
                        view! { <Everything view=view after=after retry=retry put_back=put_back /> }.into_any()
                    }
                    Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Everything(
    view: StuckView,
    after: String,
    retry: Form<RetryStuck>,
    put_back: Form<PutBackStuck>,
) -> impl IntoView {
    let StuckView { count, mail_rests, stuck, dismissed } = view;
    let list = match stuck.rows.is_empty() && after.is_empty() {
        true => view! { <EmptyState title="Nothing is stuck" text="What cannot go on by itself is shown here." /> }
            .into_any(),
        false => {
            let shown = format!("{} of {count}", stuck.rows.len());
            let first = (!after.is_empty()).then(|| STUCK.to_owned());
            let next = stuck.next.map(|after| format!("{STUCK}?after={after}"));
            view! {
                <Section title="Waits for you" aside=move || view! { <RetryAll form=retry /> }>
                    <StuckRows stuck=stuck.rows form=retry />
                    <Pager shown=shown first=first next=next />
                </Section>
            }
            .into_any()
        }
    };
    let dismissed = (!dismissed.is_empty()).then(|| {
        let rows =
            dismissed.into_iter().map(|row| view! { <DismissedRow row=row form=put_back /> }).collect_view();
        view! {
            <Section title="Dismissed lately">
                <ul class="rows">{rows}</ul>
            </Section>
        }
    });
    view! {
        <MailRests words=mail_rests />
        {list}
        {dismissed}
    }
    .into_any()
}

#[component]
fn DismissedRow(row: Dismissed, form: Form<PutBackStuck>) -> impl IntoView {
    let Dismissed { id, what, about, path, note, by, age } = row;
    let name = in_a_line([&what, &about]);
    view! {
        <li class="row">
            <div class="row-words">
                <a href=path class="row-title">
                    {name.clone()}
                </a>
                <span class="row-sub">{format!("“{note}” {by}, {age}")}</span>
            </div>
            <div class="row-aside">
                <ActionForm action=form.action>
                    <input type="hidden" name="id" value=id.to_string() />
                    <button type="submit" class="button small quiet" disabled=move || form.pending().get()>
                        <span>
                            "Put back"
                            <span class="hidden-words">{format!(": {name}")}</span>
                        </span>
                    </button>
                </ActionForm>
            </div>
        </li>
    }
    .into_any()
}

fn back() -> (String, String) {
    (STUCK.to_owned(), "Back to what is stuck".to_owned())
}

/// The page on which one thing is dismissed.
#[component]
pub fn DismissPage() -> impl IntoView {
    let form = use_form::<DismissStuck>(&use_returned());
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let found = Resource::new(move || id.get(), view_one_stuck);
    view! {
        <Title text="Dismiss" />
        <PageHead title="Dismiss" back=back() />
        <Transition fallback=|| ()>
            {move || suspend(async move {
                match found.await {
                    Ok(stuck) => view! { <Dismiss stuck=stuck form=form /> }.into_any(),
                    Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Dismiss(stuck: Stuck, form: Form<DismissStuck>) -> impl IntoView {
    let Stuck { id, what, about, why, path, .. } = stuck;
    let wrong = form.message();
    view! {
        {move || wrong.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        <p>
            <a href=path>{in_a_line([&what, &about])}</a>
            ". "
            {why}
        </p>
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <input type="hidden" name="id" value=id.to_string() />
            <TextField
                label="Why is nothing more to be done?"
                name="form[note]"
                value=form.value("form[note]", "")
                hint="Nothing is sent, bought or booked by this. It is kept with your name, and can be put back."
                error=form.error("note")
            />
            <div class="actions">
                <SubmitButton label="Dismiss" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
