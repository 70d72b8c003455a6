//! The words by which comments are read, as a form.

use domain::sales::words::{WordChanges, WordsForm};
use leptos::{form::ActionForm, prelude::*};

use super::test_box::ReadBy;
use crate::{
    accounts::form_problems::FormProblems,
    error::AppError,
    form::{FILLED, Returned, use_form},
    live::use_changes,
    ui::{Notice, SelectField, SubmitButton, TextAreaField, Tone},
};

/// Saves the words of a sale, or those of the business where no sale is named, and gives what is stored by
/// then.
#[server(prefix = "/api", endpoint = "sales/rules/words")]
pub async fn save_words(
    #[server(default)] sale: String,
    #[server(default)] form: WordsForm,
) -> Result<Option<WordsForm>, AppError> {
    use services::sales::words;

    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    if sale.is_empty() {
        words::save(services, actor, &form).await?;
        return Ok(words::view(services, actor).await.ok().as_ref().map(WordsForm::from));
    }
    let id = crate::server::id(&sale)?;
    words::save_of_sale(services, actor, id, &form).await?;
    Ok(words::view_of_sale(services, actor, id).await.ok().as_ref().map(WordsForm::from))
}

/// The lists: field, label, hint.
const LISTS: [(&str, &str, &str); 6] = [
    ("claim", "Words that claim", "dibs, grab it"),
    ("cancel", "Words that let go", "changed my mind"),
    ("next", "Words that queue", "if it falls through"),
    ("ignore", "Words to pass over", "bestie"),
    ("question", "Words that ask", "wondering"),
    ("without", "Words that mean nothing here", "mine"),
];

/// The form. What is typed is tried out beside it.
#[component]
pub fn WordsSection(
    /// The sale's id; empty for the business.
    sale: String,
    stored: WordsForm,
    /// The words of the business, below those of a sale.
    below: WordChanges,
    read_by: ReadBy,
    returned: Option<Returned>,
) -> impl IntoView {
    let form = use_form::<SaveWords>(&returned);
    let filled = form.filled_anew(&stored.filled);
    let changes = use_changes();
    let value = |name: &str, stored: &str| RwSignal::new(form.value(&format!("form[{name}]"), stored));
    let lists = [
        value("claim", &stored.claim),
        value("cancel", &stored.cancel),
        value("next", &stored.next),
        value("ignore", &stored.ignore),
        value("question", &stored.question),
        value("without", &stored.without),
    ];
    let (titles, slips) = (value("titles", &stored.titles), value("slips", &stored.slips));
    let [claim, cancel, next, ignore, question, without] = lists;
    let is_sale = !sale.is_empty();
    Effect::new(move |_| {
        let typed = WordsForm {
            claim: claim.get(),
            cancel: cancel.get(),
            next: next.get(),
            ignore: ignore.get(),
            question: question.get(),
            without: without.get(),
            titles: titles.get(),
            slips: slips.get(),
            filled: String::new(),
        };
        // While a word is wrong, what was right before is tried.
        if let Ok(words) = typed.parse() {
            read_by.typed.set(Some(words.over(&below)));
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(_)) = form.action.value().get() {
            changes.note();
        }
    });
    let fields = LISTS
        .into_iter()
        .zip(lists)
        .map(|((name, label, example), typed)| {
            view! {
                <TextAreaField
                    label=label
                    name=format!("form[{name}]")
                    id=format!("words-{name}")
                    rows=2
                    bind=typed
                    error=form.error(name)
                    placeholder=example
                />
            }
        })
        .collect_view();
    let switch = move |unsaid: &str| {
        let unsaid = if is_sale { unsaid } else { "No" };
        let mut options = vec![(String::new(), unsaid.to_owned()), ("yes".to_owned(), "Yes".to_owned())];
        if is_sale {
            options.push(("no".to_owned(), "No".to_owned()));
        }
        options
    };
    // A business that said no says the same as one that said nothing.
    for signal in [titles, slips] {
        if !is_sale && signal.get_untracked() == "no" {
            signal.set(String::new());
        }
    }
    let done = form.is_done();
    let saved = move || done.get().then(|| view! { <Notice tone=Tone::Ok text="Saved." /> });
    view! {
        <ActionForm action=form.action attr:class="form words-form" attr:novalidate="">
            <FormProblems form=form prefix="words-" />
            <input type="hidden" name="sale" value=sale />
            <input type="hidden" name=FILLED value=move || filled.get() />
            <p class="hint">"One word or phrase a line, or several between commas. They join those that buyers of your kind use anyway."</p>
            <div class="words-lists">{fields}</div>
            <div class="form-pair">
                <SelectField
                    label="A title claims as a code does"
                    name="form[titles]"
                    id="words-titles"
                    options=switch("As the business has it")
                    bind=titles
                    error=form.error("titles")
                />
                <SelectField
                    label="A slip of one letter is understood"
                    name="form[slips]"
                    id="words-slips"
                    options=switch("As the business has it")
                    bind=slips
                    error=form.error("slips")
                    hint="In aliases of six letters and more."
                />
            </div>
            {saved}
            <div class="actions">
                <SubmitButton label="Save the words" kind="" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
