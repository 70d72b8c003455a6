//! The stock of one item: its figures, what changes them by hand, and every movement that made them.

use domain::inventory::stock::{Booked, HandKind, MovementLine, StockForm, StockView, VariantStock};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;

use super::list::stock_words;
use crate::{
    accounts::form_problems::FormProblems,
    error::AppError,
    form::{Form, FormKey, Returned, use_form},
    live::use_changes,
    network::fetched,
    ui::{
        Badge, Notice, PageProblem, Section, SelectField, StockBar, SubmitButton, TextField, Toast, Told,
        Tone, suspend,
    },
};

/// The stock of an item, and its movements before the one with the key `after`.
#[server(prefix = "/api", endpoint = "stock/ledger", input = GetUrl)]
pub async fn load_stock(id: String, after: String) -> Result<StockView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::stock::history::view(&caller.services, &caller.actor, id, &after).await?)
}

/// Changes the stock of a variant by hand.
#[server(prefix = "/api", endpoint = "stock/change")]
pub async fn change_stock(form: StockForm) -> Result<Booked, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::stock::by_hand::change(&caller.services, &caller.actor, &form).await?)
}

/// Undoes a change that was made by hand.
#[server(prefix = "/api", endpoint = "stock/undo")]
pub async fn undo_stock(movement: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let movement = crate::server::id(&movement)?;
    Ok(services::inventory::stock::by_hand::undo(&caller.services, &caller.actor, movement).await?)
}

/// The section, below the item's form.
#[component]
pub fn StockSection(
    /// The item.
    #[prop(into)]
    id: Signal<String>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let changes = use_changes();
    let query = use_query_map();
    // The key of the last movement shown, in the address of the page.
    let after = Memo::new(move |_| query.with(|query| query.get("moves")).unwrap_or_default());
    let stored =
        fetched(move || (id.get(), after.get(), changes.count()), |(id, after, _)| load_stock(id, after));
    let form = use_form::<ChangeStock>(&returned);
    let undo = use_form::<UndoStock>(&returned);
    let key = form.key("form[key]");
    let last = Told::<Booked>::nothing();
    // They live as long as the page, so that what is typed outlives the figures' being read anew.
    let typed = Typed {
        quantity: RwSignal::new(form.value("form[quantity]", "")),
        note: RwSignal::new(form.value("form[note]", "")),
    };
    Effect::new(move |_| {
        let Some(Ok(booked)) = form.action.value().get() else { return };
        typed.quantity.set(String::new());
        typed.note.set(String::new());
        changes.note();
        last.tell(booked);
    });
    Effect::new(move |_| {
        if undo.action.value().get().is_some() {
            last.clear();
            changes.note();
        }
    });
    let section = move || {
        suspend(async move {
            match stored.await {
                Ok(view) => {
                    let id = id.get_untracked();
                    let after = after.get_untracked();
                    view! { <Ledger view=view id=id after=after form=form key=key typed=typed undo=undo /> }
                        .into_any()
                }
                // The item's own page says what is wrong with it.
                Err(AppError(problem)) if problem.code == domain::problem::Code::NotFound => ().into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let said = last.words(|booked| booked.told.clone());
    let take_back = move || {
        let movement = last.get().map(|booked| booked.movement).unwrap_or_default();
        view! {
            <ActionForm action=undo.action>
                <input type="hidden" name="movement" value=movement />
                <button type="submit">"Undo"</button>
            </ActionForm>
        }
    };
    view! {
        <div id="stock" class="ledger">
            <Transition>{section}</Transition>
        </div>
        <Toast text=said undo=take_back />
    }
    .into_any()
}

/// What is being typed about a change.
#[derive(Clone, Copy)]
struct Typed {
    quantity: RwSignal<String>,
    note: RwSignal<String>,
}

#[component]
fn Ledger(
    view: StockView,
    id: String,
    after: String,
    form: Form<ChangeStock>,
    key: FormKey,
    typed: Typed,
    undo: Form<UndoStock>,
) -> impl IntoView {
    let is_low = view.is_low();
    let StockView { variants, low_mark, movements, key: served } = view;
    let key = key.served(served);
    let low = is_low.then(|| {
        let words = format!("Running low: the mark is {}", low_mark.unwrap_or_default());
        view! { <p><Badge tone=Tone::Waiting text=words /></p> }
    });
    let tags = format!("/stock/tags?item={id}");
    let several = variants.len() > 1;
    let rows = variants.iter().map(figures).collect_view();
    let next = movements.next.map(|next| format!("/stock/{id}?moves={next}#stock"));
    let first = (!after.is_empty()).then(|| format!("/stock/{id}#stock"));
    let lines = movements
        .rows
        .into_iter()
        .map(|line| view! { <Movement line=line several=several undo=undo /> })
        .collect_view();
    let refused = undo.message();
    let pager = (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Movements">
                <span class="pager-links">
                    {first.map(|first| view! { <a class="button small" href=first>"Latest movements"</a> })}
                    {next.map(|next| view! { <a class="button small" href=next>"Earlier movements"</a> })}
                </span>
            </nav>
        }
    });
    view! {
        <Section
            title="Stock"
            aside=move || view! { <a href=tags>"Print tags"</a> }
        >
            <div class="stack">
                {low}
                <ul class="rows">{rows}</ul>
                <ChangeForm form=form typed=typed item=id variants=variants key=key />
                {move || refused.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
                <div class="table-wrap">
                    <table class="table movements">
                        <caption class="hidden-words">"Movements, the newest first"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"What happened"</th>
                                <th scope="col" class="num">"Change"</th>
                                <th scope="col" class="num">"On hand"</th>
                                <th scope="col">"Who and why"</th>
                                <th scope="col">"When"</th>
                                <th scope="col"><span class="hidden-words">"Undo"</span></th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
                {pager}
            </div>
        </Section>
    }
    .into_any()
}

/// A variant and its figures.
fn figures(variant: &VariantStock) -> impl IntoView + use<> {
    let stock = variant.stock;
    let to_ship = stock.sold - variant.shipped;
    let mut words = stock_words(&stock);
    if stock.held > 0 {
        words = format!("{} on hand · {words}", stock.on_hand);
    }
    if to_ship > 0 {
        words = format!("{words}, {to_ship} of them not sent yet");
    }
    let name = if variant.name.is_empty() { "All pieces".to_owned() } else { variant.name.clone() };
    view! {
        <li class="row stock-figures">
            <span class="row-title">{name}</span>
            <span class="stock-figures-bar"><StockBar left=stock.left() held=stock.held sold=stock.sold /></span>
            <span class="row-sub">{words}</span>
        </li>
    }
}

/// Pieces, a note, and a button for each thing that is done by hand.
#[component]
fn ChangeForm(
    form: Form<ChangeStock>,
    typed: Typed,
    item: String,
    variants: Vec<VariantStock>,
    key: FormKey,
) -> impl IntoView {
    let which = match variants.as_slice() {
        [only] => view! { <input type="hidden" name="form[variant]" value=only.id.to_string() /> }.into_any(),
        several => {
            let options: Vec<(String, String)> =
                several.iter().map(|variant| (variant.id.to_string(), variant.name.clone())).collect();
            view! {
                <SelectField
                    label="Variant"
                    name="form[variant]"
                    id="stock-variant"
                    options=options
                    value=form.value("form[variant]", "")
                    error=form.error("variant")
                />
            }
            .into_any()
        }
    };
    let buttons = HandKind::ALL
        .iter()
        .map(|kind| {
            let sends = ("form[kind]".to_owned(), kind.as_str().to_owned());
            view! {
                <SubmitButton label=kind.label() kind="small" pending=form.pending() sends=sends />
            }
        })
        .collect_view();
    let hints = HandKind::ALL
        .iter()
        .map(|kind| view! { <div><dt>{kind.label()}</dt><dd>{kind.hint()}</dd></div> })
        .collect_view();
    view! {
        <ActionForm
            action=form.action
            attr:class="panel stack tight stock-change"
            attr:novalidate=true
            attr:data-about=item
        >
            <FormProblems form=form prefix="stock-" />
            <input type="hidden" name="form[key]" value=move || key.get() />
            <div class="stock-change-fields">
                {which}
                <TextField
                    label="Pieces"
                    name="form[quantity]"
                    id="stock-quantity"
                    autocomplete="off"
                    required=true
                    bind=typed.quantity
                    error=form.error("quantity")
                />
                <TextField
                    label="Note (optional)"
                    name="form[note]"
                    id="stock-note"
                    autocomplete="off"
                    bind=typed.note
                    error=form.error("note")
                />
            </div>
            <div class="tools">{buttons}</div>
            <details class="hint">
                <summary>"What these do"</summary>
                <dl class="stock-hints">{hints}</dl>
            </details>
        </ActionForm>
    }
    .into_any()
}

/// One movement.
#[component]
fn Movement(line: MovementLine, several: bool, undo: Form<UndoStock>) -> impl IntoView {
    let mut words = line.change.words(line.cause).to_owned();
    if line.undoes {
        words = format!("Undone: {}", lower_first(&words));
    }
    let of = (several && !line.variant.is_empty())
        .then(|| view! { <span class="quiet">" · " {line.variant.clone()}</span> });
    let change = line.change.change();
    let who = match (line.who.is_empty(), line.note.is_empty()) {
        (false, false) => format!("{}: {}", line.who, line.note),
        (false, true) => line.who,
        (true, _) => line.note,
    };
    let link = line.link.map(|(address, words)| view! { <a href=address>{words}</a> });
    let between = (link.is_some() && !who.is_empty()).then_some(" · ");
    let undo_button = line.can_be_undone.then(|| {
        let what = format!(" {words} {change}");
        view! {
            <ActionForm action=undo.action>
                <input type="hidden" name="movement" value=line.id.to_string() />
                <button type="submit" class="button small quiet">
                    <span>"Undo" <span class="hidden-words">{what}</span></span>
                </button>
            </ActionForm>
        }
    });
    let undone = line.undone.then(|| view! { <span class="quiet">" (undone)"</span> });
    view! {
        <tr>
            <td class="main">{words}{of}{undone}</td>
            <td class="num lead">{change}</td>
            <td class="num wide-only">{line.on_hand_after.to_string()}</td>
            <td class="sub">{link}{between}{who}</td>
            <td class="age wide-only">{line.when.clone()}</td>
            <td class="state">{undo_button}<span class="hint phone-only">{line.when}</span></td>
        </tr>
    }
    .into_any()
}

fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_within_a_sentence_begins_small() {
        assert_eq!(lower_first("Sold elsewhere"), "sold elsewhere");
        assert_eq!(lower_first(""), "");
    }
}
