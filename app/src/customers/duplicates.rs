//! Customers who may be the same person.

use domain::customers::duplicates::{Duplicates, Pair, Twin};
use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    error::AppError,
    form::{Form, use_form, use_returned},
    live::use_changes,
    network::fetched,
    ui::{Badge, EmptyState, Notice, PageHead, PageProblem, Title, Toast, Told, Tone, suspend},
};

/// Pairs of customers who may be the same person.
#[server(prefix = "/api", endpoint = "customers/duplicates", input = GetUrl)]
pub async fn load_duplicates() -> Result<Duplicates, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::customers::duplicates::list(&caller.services, &caller.actor).await?)
}

/// Remembers that two customers are not the same, and gives them, by which it can be taken back.
#[server(prefix = "/api", endpoint = "customers/duplicates/apart")]
pub async fn tell_apart(one: String, other: String) -> Result<(String, String), AppError> {
    let caller = crate::server::signed_in()?;
    let ids = (crate::server::id(&one)?, crate::server::id(&other)?);
    services::customers::duplicates::tell_apart(&caller.services, &caller.actor, ids.0, ids.1).await?;
    Ok((one, other))
}

/// Takes that back.
#[server(prefix = "/api", endpoint = "customers/duplicates/again")]
pub async fn suggest_again(one: String, other: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let (one, other) = (crate::server::id(&one)?, crate::server::id(&other)?);
    Ok(services::customers::duplicates::suggest_again(&caller.services, &caller.actor, one, other).await?)
}

/// The page of all suggestions.
#[component]
pub fn DuplicatesPage() -> impl IntoView {
    let returned = use_returned();
    let apart = use_form::<TellApart>(&returned);
    let again = use_form::<SuggestAgain>(&returned);
    let changes = use_changes();
    let loaded = fetched(move || changes.count(), |_| load_duplicates());
    let last = Told::<(String, String)>::nothing();
    Effect::new(move |_| {
        let Some(Ok(pair)) = apart.action.value().get() else { return };
        changes.note();
        last.tell(pair);
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = again.action.value().get() {
            last.clear();
            changes.note();
        }
    });
    let list = move || {
        suspend(async move {
            match loaded.await {
                Ok(found) => view! { <Pairs found=found apart=apart /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let said = Signal::derive(move || last.get().map(|_| "They are told apart from now on.".to_owned()));
    let undo = move || {
        let (one, other) = last.get().unwrap_or_default();
        view! {
            <ActionForm action=again.action>
                <input type="hidden" name="one" value=one />
                <input type="hidden" name="other" value=other />
                <button type="submit">"Undo"</button>
            </ActionForm>
        }
    };
    let (wrong, wrong_again) = (apart.message(), again.message());
    view! {
        <Title text="Likely duplicates" />
        <PageHead title="Likely duplicates" back=("/customers".to_owned(), "Back to the customers".to_owned()) />
        {move || wrong.get().or_else(|| wrong_again.get()).map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        <Transition>{list}</Transition>
        <Toast text=said undo=undo />
    }
    .into_any()
}

#[component]
fn Pairs(found: Duplicates, apart: Form<TellApart>) -> impl IntoView {
    if found.pairs.is_empty() {
        return view! {
            <EmptyState
                title="Nobody is here twice"
                text="Buyers who write from two platforms become two customers. Those who share an e-mail, a phone number, a name and place, or a handle are shown here, to be made one."
                action=|| view! { <a class="button" href="/customers">"Go to the customers"</a> }
            />
        }
        .into_any();
    }
    let pairs = found.pairs.into_iter().map(|pair| one_pair(pair, apart)).collect_view();
    let more =
        found.more.then(|| view! { <p class="hint">"There are more. They follow when these are done."</p> });
    view! {
        <ul class="rows">{pairs}</ul>
        {more}
    }
    .into_any()
}

fn one_pair(pair: Pair, apart: Form<TellApart>) -> impl IntoView {
    let Pair { first, second, likeness } = pair;
    let look = format!("/customers/{}/merge?with={}", first.id, second.id);
    let both = format!(" {} and {}", first.name, second.name);
    let why = likeness
        .into_iter()
        .map(|likeness| view! { <Badge tone=Tone::Review text=likeness.label() /> })
        .collect_view();
    view! {
        <li class="pair">
            <div class="tools">{why}</div>
            <div class="twins">{one_twin(&first)} {one_twin(&second)}</div>
            <div class="tools">
                <a class="button small" href=look>
                    <span>"Look and merge" <span class="hidden-words">{both.clone()}</span></span>
                </a>
                <ActionForm action=apart.action>
                    <input type="hidden" name="one" value=first.id.to_string() />
                    <input type="hidden" name="other" value=second.id.to_string() />
                    <button type="submit" class="button small quiet">
                        <span>"Not the same" <span class="hidden-words">{both}</span></span>
                    </button>
                </ActionForm>
            </div>
        </li>
    }
    .into_any()
}

fn one_twin(twin: &Twin) -> impl IntoView + use<> {
    let facts =
        twin.facts.iter().map(|fact| view! { <li class="row-sub">{fact.clone()}</li> }).collect_view();
    view! {
        <div>
            <a class="row-title" href=format!("/customers/{}", twin.id)>
                {twin.name.clone()}
            </a>
            <ul>{facts}</ul>
        </div>
    }
    .into_any()
}
