//! The keywords of an item beside what they would match, while they are typed.

use domain::{
    inventory::{ItemForm, KeywordQuery},
    sales::keywords::{Keyword, KeywordKind},
};
use leptos::{
    leptos_dom::helpers::debounce, prelude::*, reactive::spawn_local_scoped_with_cancellation,
    server_fn::codec::GetUrl,
};

use super::{
    item::SaveItem,
    item_form::{Field, Measure},
};
use crate::{
    error::AppError,
    form::Form,
    ui::{Fold, Tone, ToneMark},
};

/// How long the typing pauses before the other items are asked about.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(400);

/// What buyers could type for an item as it is typed, and which other items could be meant.
#[server(prefix = "/api", endpoint = "stock/keywords", input = GetUrl)]
pub async fn check_keywords(
    #[server(default)] id: String,
    query: KeywordQuery,
) -> Result<Vec<Keyword>, AppError> {
    let caller = crate::server::signed_in()?;
    let id = if id.is_empty() { None } else { Some(crate::server::id(&id)?) };
    Ok(services::inventory::keywords::check(&caller.services, &caller.actor, id, &query).await?)
}

/// How many keywords could mean something else.
fn in_doubt(keywords: &[Keyword]) -> usize {
    keywords.iter().filter(|keyword| !keyword.conflicts.is_empty()).count()
}

/// What the folded part says of them.
fn doubt_words(in_doubt: usize) -> Option<String> {
    match in_doubt {
        0 => None,
        1 => Some("1 word could mean another item".to_owned()),
        several => Some(format!("{several} words could mean other items")),
    }
}

/// The words that stand for an item.
#[component]
pub fn KeywordPart(
    /// The form.
    form: Form<SaveItem>,
    /// What is stored.
    stored: ItemForm,
    /// Code and title as they are typed.
    code: RwSignal<String>,
    /// See above.
    title: RwSignal<String>,
    /// The item, empty for a new one.
    item_id: String,
    /// What the stored words match.
    keywords: Vec<Keyword>,
) -> impl IntoView {
    let field = Field::of(form);
    let aliases = RwSignal::new(field.value("aliases", &stored.aliases));
    let found = RwSignal::new(keywords);
    let ask = move |query: KeywordQuery| {
        let id = item_id.clone();
        spawn_local_scoped_with_cancellation(async move {
            // Without an answer what was known stays; it is asked again when the item is saved.
            if let Ok(keywords) = check_keywords(id, query).await {
                found.set(keywords);
            }
        });
    };
    let typed =
        Memo::new(move |_| KeywordQuery { code: code.get(), title: title.get(), aliases: aliases.get() });
    let owner = Owner::current();
    let mut later = debounce(PAUSE, move |query: KeywordQuery| match &owner {
        Some(owner) => owner.with(|| ask(query)),
        None => ask(query),
    });
    Effect::new(move |before: Option<KeywordQuery>| {
        let query = typed.get();
        if before.is_some_and(|before| before != query) && !query.code.is_empty() {
            later(query.clone());
        }
        query
    });
    let doubt = Memo::new(move |_| found.with(|found| doubt_words(in_doubt(found))));
    let about = move || doubt.get().unwrap_or_else(|| aliases.get());
    let tone = move || doubt.with(Option::is_some).then_some(Tone::Waiting);
    let is_wrong = form.has_error(&["aliases"]);
    let was_in_doubt = doubt.with_untracked(Option::is_some);
    view! {
        <Fold
            title="Keywords"
            about=Signal::derive(about)
            tone=Signal::derive(tone)
            open=Signal::derive(move || was_in_doubt || is_wrong.get())
        >
            {field.bound(
                "aliases",
                "Also called",
                aliases,
                "Other words that buyers use for it, with commas between them.",
                Measure::default(),
            )}
            {move || found.with(|found| (!found.is_empty()).then(|| view! { <ul class="keywords">{found.iter().map(keyword_line).collect_view()}</ul> }))}
        </Fold>
        <p class="hidden-words" role="status">{doubt}</p>
    }
    .into_any()
}

/// A keyword: what it is, what is read as it, and what else it could mean.
fn keyword_line(keyword: &Keyword) -> AnyView {
    let kind = match keyword.kind {
        KeywordKind::Alias => "",
        other => other.label(),
    };
    let mut read = keyword.matches.join(", ");
    if keyword.slips {
        read.push_str(", and one slip of a letter");
    }
    let useless = keyword.useless.map(|useless| view! { <p class="keyword-doubt" data-tone="quiet"><ToneMark tone=Tone::Quiet />{useless.label()}</p> });
    let conflicts = keyword
        .conflicts
        .iter()
        .map(|conflict| {
            let words = format!("{} A comment with it goes to review.", conflict.message());
            view! { <p class="keyword-doubt" data-tone="waiting"><ToneMark tone=Tone::Waiting />{words}</p> }
        })
        .collect_view();
    let has_matches = !keyword.matches.is_empty();
    view! {
        <li>
            <b class="code">{keyword.text.clone()}</b>
            <span class="hint">{kind}</span>
            {has_matches.then(|| view! { <span class="hint">{format!("reads {read}")}</span> })}
            {useless}
            {conflicts}
        </li>
    }
    .into_any()
}
