//! Comments that a person must look at: what they claim, if anything, is decided here.

use domain::{
    problem::Problem,
    sales::{
        CatalogItem,
        view::{ReviewLine, SaleView},
    },
};
use leptos::{form::ActionForm, prelude::*};

use super::lines::with_variant;
use crate::{
    error::AppError,
    form::{Form, Returned, use_form},
    live::Changes,
    ui::{Notice, Section, SubmitButton, Tone},
};

/// Comments shown at once; the next come as these are decided.
const MOST_SHOWN: usize = 30;
/// Items offered at first besides those that the comment speaks of. All are offered when the list is opened.
const MOST_OFFERED: usize = 60;

/// Claims a variant for the author of a comment.
#[server(prefix = "/api", endpoint = "sales/review/answer")]
pub async fn answer_review(
    comment: String,
    #[server(default)] variant: String,
    #[server(default)] quantity: String,
) -> Result<(), AppError> {
    use domain::problem::FieldCode;
    use services::sales::review::{Answer, answer};

    let caller = crate::server::signed_in()?;
    let comment = crate::server::id(&comment)?;
    let field = |name: &str, code| AppError(Problem::field(name, code));
    let variant_id = crate::server::id(&variant).map_err(|_| field("variant", FieldCode::Missing))?;
    let quantity = quantity
        .trim()
        .parse()
        .ok()
        .filter(|quantity| (1..=MOST_PIECES).contains(quantity))
        .ok_or_else(|| field("quantity", FieldCode::NotANumber))?;
    answer(&caller.services, &caller.actor, comment, Answer::Claim { variant_id, quantity }).await?;
    Ok(())
}

/// Decides that a comment claims nothing.
#[server(prefix = "/api", endpoint = "sales/review/ignore")]
pub async fn ignore_review(comment: String) -> Result<(), AppError> {
    use services::sales::review::{Answer, answer};

    let caller = crate::server::signed_in()?;
    let comment = crate::server::id(&comment)?;
    Ok(answer(&caller.services, &caller.actor, comment, Answer::Ignore).await?)
}

/// The most pieces that one answer claims.
#[cfg(feature = "ssr")]
const MOST_PIECES: u32 = 999;

/// A variant to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    id: String,
    words: String,
}

/// The variants of the item that a comment speaks of, and all others.
fn choices(catalog: &[CatalogItem], about_code: &str) -> (Vec<Choice>, Vec<Choice>) {
    let (about, others): (Vec<&CatalogItem>, Vec<&CatalogItem>) =
        catalog.iter().partition(|item| !about_code.is_empty() && item.code == about_code);
    let of = |items: Vec<&CatalogItem>| {
        items
            .into_iter()
            .flat_map(|item| item.variants.iter().map(move |variant| (item, variant)))
            .map(|(item, variant)| {
                let left =
                    if variant.left > 0 { format!("{} left", variant.left) } else { "gone".to_owned() };
                let title = with_variant(&item.title, &variant.name);
                Choice { id: variant.id.to_string(), words: format!("{} {title} ({left})", item.code) }
            })
            .collect()
    };
    (of(about), of(others))
}

/// What is wrong with an answer, as one sentence above all of them.
fn sentence(problem: &Problem) -> String {
    match problem.fields.first().map(|field| field.field.as_str()) {
        Some("variant") => "Choose an item for the comment first, then hold it.".to_owned(),
        Some("quantity") => "Write how many pieces, from 1 to 999.".to_owned(),
        _ => problem.code.message().to_owned(),
    }
}

/// The comments that wait for a person; nothing while there are none.
#[component]
pub fn ReviewPane(sale: RwSignal<SaleView>, changes: Changes, returned: Option<Returned>) -> impl IntoView {
    let answer = use_form::<AnswerReview>(&returned);
    let ignore = use_form::<IgnoreReview>(&returned);
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.action.value().get() {
            changes.note();
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = ignore.action.value().get() {
            changes.note();
        }
    });
    let shown = Memo::new(move |_| {
        sale.with(|sale| sale.review.iter().take(MOST_SHOWN).cloned().collect::<Vec<ReviewLine>>())
    });
    let more = Memo::new(move |_| {
        sale.with(|sale| sale.tally.to_review.saturating_sub(sale.review.len().min(MOST_SHOWN) as i64))
    });
    let is_any = Memo::new(move |_| shown.with(|shown| !shown.is_empty()));
    let (answered, ignored) = (answer.problem(), ignore.problem());
    let wrong = move || {
        let problem = answered.get().or_else(|| ignored.get())?;
        Some(view! { <Notice tone=Tone::Wrong text=sentence(&problem) /> })
    };
    let rest = move || {
        let more = more.get();
        (more > 0).then(|| view! { <p class="hint">{format!("{more} more come as you decide these.")}</p> })
    };
    view! {
        {wrong}
        <Show when=move || is_any.get()>
            <Section title="To review">
                <ul class="rows">
                    <For each=move || shown.get() key=|line| line.id let:line>
                        <Card line=line sale=sale answer=answer ignore=ignore />
                    </For>
                </ul>
                {rest}
            </Section>
        </Show>
    }
    .into_any()
}

#[component]
fn Card(
    line: ReviewLine,
    sale: RwSignal<SaleView>,
    answer: Form<AnswerReview>,
    ignore: Form<IgnoreReview>,
) -> impl IntoView {
    let id = line.id.to_string();
    let nobody = line.author.is_empty();
    let author = if nobody { "Nobody named".to_owned() } else { line.author };
    let decide = if nobody {
        view! { <p class="hint">"Without a name there is nobody to bill, so this can only be ignored here."</p> }.into_any()
    } else {
        decide_form(id.clone(), author.clone(), line.about_code, sale, answer).into_any()
    };
    view! {
        <li class="review-line">
            <p>
                <b>{author.clone()}</b>
                " "
                <span class="review-said">{line.text}</span>
            </p>
            <p class="hint">{line.reason}</p>
            <div class="review-answers">
                {decide} <ActionForm action=ignore.action>
                    <input type="hidden" name="comment" value=id />
                    <button type="submit" class="button small quiet">
                        <span>"Ignore" <span class="hidden-words">" what " {author} " wrote"</span></span>
                    </button>
                </ActionForm>
            </div>
        </li>
    }
    .into_any()
}

fn decide_form(
    id: String,
    author: String,
    about_code: String,
    sale: RwSignal<SaleView>,
    answer: Form<AnswerReview>,
) -> impl IntoView {
    let (about, others) = sale.with_untracked(|sale| choices(&sale.catalog, &about_code));
    let opened = RwSignal::new(false);
    let options = |choices: &[Choice], selected: bool| {
        choices
            .iter()
            .map(|choice| view! { <option value=choice.id.clone() selected=selected>{choice.words.clone()}</option> })
            .collect_view()
    };
    // Only what has no alternative is chosen beforehand.
    let is_plain = about.len() == 1;
    let suggested = (!about.is_empty())
        .then(|| view! { <optgroup label="What it speaks of">{options(&about, is_plain)}</optgroup> });
    let all = move || {
        let most = if opened.get() { others.len() } else { others.len().min(MOST_OFFERED) };
        options(&others[..most], false)
    };
    view! {
        <ActionForm action=answer.action attr:class="review-answer">
            <input type="hidden" name="comment" value=id />
            <select
                class="input"
                name="variant"
                aria-label=format!("Item for {author}")
                on:focus=move |_| opened.set(true)
            >
                <option value="">"Which item?"</option>
                {suggested}
                <optgroup label="All other items">{all}</optgroup>
            </select>
            <input
                class="input review-pieces"
                name="quantity"
                value="1"
                inputmode="numeric"
                autocomplete="off"
                aria-label=format!("Pieces for {author}")
            />
            <SubmitButton label="Hold it" kind="small" pending=answer.pending() pending_label="Holding…" />
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::{problem::FieldCode, sales::CatalogVariant};
    use uuid::Uuid;

    use super::*;

    fn item(code: &str, variants: &[(&str, i64)]) -> CatalogItem {
        let variants = variants.iter().map(|(name, left)| CatalogVariant {
            id: Uuid::nil(),
            name: (*name).into(),
            left: *left,
            price: 100,
        });
        CatalogItem {
            code: code.into(),
            title: "Ring".into(),
            aliases: Vec::new(),
            variants: variants.collect(),
        }
    }

    #[test]
    fn what_a_comment_speaks_of_is_offered_first() {
        let catalog = [item("A12", &[("6", 2), ("7", 0)]), item("B1", &[("", 1)])];
        let words = |choices: Vec<Choice>| choices.into_iter().map(|choice| choice.words).collect::<Vec<_>>();
        let (about, others) = choices(&catalog, "A12");
        assert_eq!(words(about), ["A12 Ring · 6 (2 left)", "A12 Ring · 7 (gone)"]);
        assert_eq!(words(others), ["B1 Ring (1 left)"]);
        let (about, others) = choices(&catalog, "");
        assert_eq!((about.len(), others.len()), (0, 3));
    }

    #[test]
    fn a_wrong_answer_is_told_in_a_sentence() {
        let problem = Problem::field("variant", FieldCode::Missing);
        assert_eq!(sentence(&problem), "Choose an item for the comment first, then hold it.");
        let problem = Problem::from(domain::problem::Code::WrongState);
        assert_eq!(sentence(&problem), domain::problem::Code::WrongState.message());
    }
}
