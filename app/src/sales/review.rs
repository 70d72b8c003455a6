//! Comments that a person must look at: what they claim, if anything, is decided here.

use domain::{
    problem::Problem,
    sales::{
        CatalogItem,
        choices::{MOST_CHOICES, choices},
        view::{ReviewLine, SaleView},
    },
};
use leptos::{form::ActionForm, prelude::*};

use super::{
    deeds::{Deed, Deeds},
    desk::Desk,
    keys::{Keyboard, focus},
    lines::preview,
    stop::Stop,
    teach::TeachForm,
};
use crate::{
    error::AppError,
    form::{Form, Returned, use_form},
    ui::{Notice, Section, Tone, ToneMark, typed_in_step},
};

/// Comments shown at once; the next come as these are decided.
const MOST_SHOWN: usize = 30;

/// Decides what a comment claims: a variant and how many, or what it is to be read as. `buyer` says for whom, if not for
/// its author.
#[server(prefix = "/api", endpoint = "sales/review/answer")]
pub async fn answer_review(
    comment: String,
    #[server(default)] variant: String,
    #[server(default)] quantity: String,
    #[server(default)] reads: String,
    #[server(default)] buyer: String,
) -> Result<Deed, AppError> {
    use domain::problem::FieldCode;
    use services::sales::{
        actions,
        review::{Answer, decide},
    };

    let caller = crate::server::signed_in()?;
    let plain = super::paste::is_plain_form();
    let comment = crate::server::id(&comment)?;
    let field = |name: &str, code| AppError(Problem::field(name, code));
    let answer = if variant.is_empty() {
        Answer::Read(reads)
    } else {
        let variant_id = crate::server::id(&variant).map_err(|_| field("variant", FieldCode::Missing))?;
        let quantity = quantity
            .trim()
            .parse()
            .ok()
            .filter(|quantity| (1..=MOST_PIECES).contains(quantity))
            .ok_or_else(|| field("quantity", FieldCode::NotANumber))?;
        Answer::Claim { variant_id, quantity }
    };
    let (services, actor) = (&caller.services, &caller.actor);
    let decided = decide(services, actor, comment, answer, buyer.trim()).await?;
    match (decided.unclear, decided.action) {
        // A page without a script learns of what is wrong, and of nothing else.
        (Some(_), _) if plain => Err(field("reads", FieldCode::NotAChoice)),
        (Some(why), _) => Ok(Deed { comment: Some(comment), ..Deed::unclear(why) }),
        (None, Some(id)) => Ok(Deed::action(&actions::view(services, actor, id).await?)),
        (None, None) => Ok(Deed::passed_over(comment)),
    }
}

/// Decides that a comment claims nothing.
#[server(prefix = "/api", endpoint = "sales/review/ignore")]
pub async fn ignore_review(comment: String) -> Result<Deed, AppError> {
    use services::sales::review::{Answer, decide};

    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&comment)?;
    decide(&caller.services, &caller.actor, id, Answer::Ignore, "").await?;
    Ok(Deed::passed_over(id))
}

/// The most pieces that one answer claims.
#[cfg(feature = "ssr")]
const MOST_PIECES: u32 = 999;

/// A variant of the item that a comment speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offered {
    id: String,
    name: String,
    is_gone: bool,
}

/// The variants of the item that a comment speaks of, if they can be offered side by side.
fn offered(catalog: &[CatalogItem], about_code: &str) -> Vec<Offered> {
    let item = catalog.iter().find(|item| !about_code.is_empty() && item.code == about_code);
    let variants = item.map_or(&[][..], |item| item.variants.as_slice());
    if variants.len() > MOST_CHOICES {
        return Vec::new();
    }
    let offered = variants.iter().map(|variant| Offered {
        id: variant.id.to_string(),
        name: if variant.name.is_empty() { about_code.to_owned() } else { variant.name.clone() },
        is_gone: variant.left <= 0,
    });
    offered.collect()
}

/// What is wrong with an answer, as one sentence above all of them.
fn sentence(problem: &Problem) -> String {
    match problem.fields.first().map(|field| field.field.as_str()) {
        Some("variant" | "reads") => {
            "Choose a variant, or write what is claimed as a buyer would: A12 7 x2.".to_owned()
        }
        Some("quantity") => "Write how many pieces, from 1 to 999.".to_owned(),
        Some("buyer") => "Write for whom it is, as one customer's handle or name.".to_owned(),
        _ => problem.code.message().to_owned(),
    }
}

/// The comments that wait for a person; nothing while there are none.
#[component]
pub fn ReviewPane(
    sale: RwSignal<SaleView>,
    desk: Desk,
    deeds: Deeds,
    keyboard: Keyboard,
    returned: Option<Returned>,
) -> impl IntoView {
    let answer = use_form::<AnswerReview>(&returned);
    let ignore = use_form::<IgnoreReview>(&returned);
    deeds.follow(answer);
    deeds.follow(ignore);
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
        <div id="review" class="stack tight">
            {wrong}
            <Show when=move || is_any.get()>
                <Section title="To review">
                    <ul class="rows">
                        <For each=move || shown.get() key=|line| line.id let:line>
                            <Card
                                line=line
                                sale=sale
                                desk=desk
                                deeds=deeds
                                keyboard=keyboard
                                answer=answer
                                ignore=ignore
                            />
                        </For>
                    </ul>
                    {rest}
                </Section>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Card(
    line: ReviewLine,
    sale: RwSignal<SaleView>,
    desk: Desk,
    deeds: Deeds,
    keyboard: Keyboard,
    answer: Form<AnswerReview>,
    ignore: Form<IgnoreReview>,
) -> impl IntoView {
    let id = line.id.to_string();
    let stop = format!("review-{id}");
    let author = if line.author.is_empty() { "Nobody named".to_owned() } else { line.author.clone() };
    let (phrase, of) = (line.text.clone(), author.clone());
    let (said, said_by) = (line.text.clone(), author.clone());
    let reason = line.reason.clone();
    view! {
        <Stop class="review-line" id=stop keyboard=keyboard>
            <p>
                <b>{said_by}</b>
                " "
                <span class="review-said">{said}</span>
            </p>
            <p class="hint">{reason}</p>
            <div class="review-answers">
                <Decide line=line sale=sale desk=desk answer=answer />
                <ActionForm action=ignore.action>
                    <input type="hidden" name="comment" value=id />
                    <button type="submit" class="button small quiet" data-key="x">
                        <span>"Pass over" <span class="hidden-words">" what " {of} " wrote"</span></span>
                    </button>
                </ActionForm>
                <details class="teach">
                    <summary class="button small quiet" data-key="t">
                        "Teach"
                        <span class="hidden-words">" the reader what " {author} " meant"</span>
                    </summary>
                    <TeachForm phrase=phrase reader=desk.reader deeds=deeds />
                </details>
            </div>
        </Stop>
    }
    .into_any()
}

/// The answers to one comment.
#[component]
fn Decide(
    line: ReviewLine,
    sale: RwSignal<SaleView>,
    desk: Desk,
    answer: Form<AnswerReview>,
) -> impl IntoView {
    let id = line.id.to_string();
    let nobody = line.author.is_empty();
    let author = if nobody { "nobody named".to_owned() } else { line.author.clone() };
    let about = line.about_code.clone();
    let offered = Memo::new(move |_| sale.with(|sale| offered(&sale.catalog, &about)));
    let pieces = RwSignal::new("1".to_owned());
    let text = line.text.clone();
    // What the comment says of how many is known once the reader of this tab is there.
    Effect::new(move |known: Option<bool>| {
        if known == Some(true) {
            return true;
        }
        desk.reader.with(|reader| {
            let Some(reader) = reader.as_ref() else { return false };
            if let Some((_, quantity)) = choices(reader, &text).first().and_then(|choice| choice.takes()) {
                pieces.set(quantity.to_string());
            }
            true
        })
    });
    let reads = RwSignal::new(String::new());
    let comment = line.id;
    let refused = move || {
        answer.action.value().with(|value| match value {
            Some(Ok(deed)) if deed.unclear && deed.comment == Some(comment) => Some(deed.words.clone()),
            _ => None,
        })
    };
    let told = move || {
        let typed = reads.get();
        let told = if typed.trim().is_empty() {
            None
        } else {
            desk.reader.with(|reader| {
                let reader = reader.as_ref()?;
                Some(preview(reader.catalog(), &domain::sales::by_hand::read_typed(reader, &typed)))
            })
        };
        told.or_else(|| refused().map(|why| (Tone::Review, why))).map(|(tone, words)| {
            view! {
                <span class="tool-preview" data-tone=tone.name()>
                    <ToneMark tone=tone />
                    {words}
                </span>
            }
        })
    };
    let of = author.clone();
    let chips = move || {
        let offered = offered.get();
        let only = offered.len() == 1;
        (1..)
            .zip(offered)
            .map(|(number, variant): (usize, Offered)| {
                let key = if only { "enter".to_owned() } else { number.to_string() };
                let label = format!("{} for {of}", variant.name);
                view! {
                    <button
                        type="submit"
                        class="chip"
                        class:gone=variant.is_gone
                        name="variant"
                        value=variant.id
                        data-key=key
                        aria-label=label
                    >
                        {variant.name}
                    </button>
                }
            })
            .collect_view()
    };
    let has_chips = move || offered.with(|offered| !offered.is_empty());
    let of = author.clone();
    let amount = move || {
        has_chips().then(|| {
            view! {
                <input
                    class="input review-pieces"
                    name="quantity"
                    value=pieces.get_untracked()
                    node_ref=typed_in_step(pieces)
                    on:input:target=move |event| pieces.set(event.target().value())
                    inputmode="numeric"
                    autocomplete="off"
                    aria-label=format!("Pieces for {of}")
                />
                <span class="quiet">"×"</span>
            }
        })
    };
    let (reads_id, buyer_id) = (format!("reads-{id}"), format!("for-{id}"));
    let (to_reads, to_buyer) = (reads_id.clone(), buyer_id.clone());
    let buyer = nobody.then(|| {
        view! {
            <input
                class="input review-buyer"
                name="buyer"
                id=buyer_id
                placeholder="For whom? @kim"
                autocomplete="off"
                aria-label="For whom is what nobody named wrote?"
            />
        }
    });
    view! {
        <ActionForm action=answer.action attr:class="review-answer">
            <input type="hidden" name="comment" value=id />
            {buyer}
            <span class="read-choices">{amount} {chips}</span>
            <input
                class="input review-reads"
                name="reads"
                id=reads_id
                placeholder="A12 7 x2"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-label=format!("Read what {author} wrote as")
                value=reads.get_untracked()
                node_ref=typed_in_step(reads)
                on:input:target=move |event| reads.set(event.target().value())
            />
            <button type="submit" class="button small">
                "Hold it"
            </button>
            <button type="button" hidden data-key="e" on:click=move |_| focus(&to_reads)></button>
            <button type="button" hidden data-key="a" on:click=move |_| focus(&to_buyer)></button>
            <span class="tool-told" aria-live="polite">
                {told}
            </span>
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
            code: String::new(),
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
    fn the_variants_that_a_comment_speaks_of_are_offered() {
        let many: Vec<(String, i64)> = (0..=MOST_CHOICES).map(|size| (size.to_string(), 1)).collect();
        let many: Vec<(&str, i64)> = many.iter().map(|(name, left)| (name.as_str(), *left)).collect();
        let catalog = [item("A12", &[("6", 2), ("7", 0)]), item("B1", &[("", 1)]), item("C1", &many)];
        let names = |code: &str| {
            let offered = offered(&catalog, code);
            offered.into_iter().map(|variant| (variant.name, variant.is_gone)).collect::<Vec<_>>()
        };
        assert_eq!(names("A12"), [("6".to_owned(), false), ("7".to_owned(), true)]);
        assert_eq!(names("B1"), [("B1".to_owned(), false)]);
        assert!(names("").is_empty() && names("C1").is_empty(), "too many are typed instead");
    }

    #[test]
    fn a_wrong_answer_is_told_in_a_sentence() {
        let problem = Problem::field("quantity", FieldCode::NotANumber);
        assert_eq!(sentence(&problem), "Write how many pieces, from 1 to 999.");
        let problem = Problem::from(domain::problem::Code::WrongState);
        assert_eq!(sentence(&problem), domain::problem::Code::WrongState.message());
    }
}
