//! What there is to count, a large field for each.

use domain::inventory::count::{CountLine, CountQuery, CountView, LineForm};
use leptos::{html, prelude::*};

use super::{forms::Forms, one::address};
use crate::{
    error::AppError,
    form::Returned,
    ui::{EmptyState, Pager, SteadyRows, SubmitButton, Tone, ToneMark},
};

/// Keeps what was counted of a variant; gives the variant.
#[server(prefix = "/api", endpoint = "stock/counts/line")]
pub async fn keep_line(form: LineForm) -> Result<String, AppError> {
    let caller = crate::server::signed_in()?;
    services::inventory::count::set(&caller.services, &caller.actor, &form).await?;
    Ok(form.variant)
}

/// A stretch of what there is to count.
#[component]
pub fn Lines(
    /// The stock-take, with the stretch that is shown.
    view: RwSignal<CountView>,
    /// What is looked for.
    query: Memo<CountQuery>,
    /// The forms of the page.
    forms: Forms,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let id = StoredValue::new(view.with_untracked(|view| view.id.to_string()));
    let lines = Memo::new(move |_| view.with(|view| view.lines.rows.clone()));
    let next = Memo::new(move |_| view.with(|view| view.lines.next.clone()));
    let is_any = Memo::new(move |_| lines.with(|lines| !lines.is_empty()));
    let shown = move || super::variants(i64::try_from(lines.with(Vec::len)).unwrap_or(i64::MAX));
    let to = move |after: String| {
        id.with_value(|id| query.with(|query| address(id, &CountQuery { after, ..query.clone() })))
    };
    let first =
        Signal::derive(move || query.with(|query| !query.after.is_empty()).then(|| to(String::new())));
    let next = Signal::derive(move || next.get().map(to));
    let returned = StoredValue::new(returned);
    let line = move |line| {
        view! { <Line id=id.get_value() line=line forms=forms returned=returned.get_value() /> }.into_any()
    };
    let list = move || match is_any.get() {
        false => view! { <NoLines query=query /> }.into_any(),
        true => view! {
            <ul class="rows count-lines">
                <SteadyRows rows=lines key=|line: &CountLine| line.variant_id row=line />
            </ul>
            <Pager shown=Signal::derive(shown) first=first next=next />
        }
        .into_any(),
    };
    view! { {list} }.into_any()
}

#[component]
fn NoLines(query: Memo<CountQuery>) -> impl IntoView {
    let (title, text) = match query.with_untracked(|query| query.search.is_empty()) {
        true => ("Nothing to count", "No item for sale is found by the words of this stock-take."),
        false => ("Nothing matches", "Items are found by their code, title and the other words for them."),
    };
    view! { <EmptyState title=title text=text /> }.into_any()
}

/// A variant and the field for its pieces. It is kept as soon as the field is left.
#[component]
fn Line(id: String, line: Signal<CountLine>, forms: Forms, returned: Option<Returned>) -> impl IntoView {
    let Forms { keep: form, wrong, .. } = forms;
    let CountLine { variant_id, code, title, variant: choice, .. } = line.get_untracked();
    let variant = variant_id.to_string();
    // All lines are one form on the server; what came back belongs to the line that it names.
    let came_back = returned.is_some_and(|returned| {
        returned.values.iter().any(|(name, value)| name == "form[variant]" && *value == variant)
    });
    let counted = Memo::new(move |_| {
        line.with(|line| line.counted.map(|counted| counted.to_string()).unwrap_or_default())
    });
    let typed = if came_back {
        form.value("form[counted]", &counted.get_untracked())
    } else {
        counted.get_untracked()
    };
    let node = NodeRef::<html::Form>::new();
    // The browser keeps what was typed; the form is sent once the field is left or Enter is pressed.
    let keep = move || {
        if let Some(form) = node.get_untracked() {
            // A form that cannot be sent says so itself.
            let _ = form.request_submit();
        }
    };
    let input = NodeRef::<html::Input>::new();
    let is_wrong = {
        let variant = variant.clone();
        move || wrong.with_untracked(|wrong| wrong.contains_key(&variant))
    };
    // Since the field was entered.
    let is_typed = StoredValue::new(false);
    let left = {
        let is_wrong = is_wrong.clone();
        move || {
            if let Some(input) = input.get_untracked().filter(|_| !is_typed.get_value() && !is_wrong()) {
                // It may have been counted elsewhere meanwhile.
                input.set_value(&counted.get_untracked());
            }
        }
    };
    Effect::new({
        let arrived_with = typed.clone();
        move |met: Option<bool>| {
            let stored = counted.get();
            let Some(input) = input.get() else { return met.unwrap_or(false) };
            if met != Some(true) {
                if input.value() != arrived_with {
                    // It was typed before the page woke up.
                    keep();
                }
                return true;
            }
            let is_being_typed = input.matches(":focus").unwrap_or_default();
            if !is_being_typed && !is_wrong() {
                // It was counted elsewhere, or scanned.
                input.set_value(&stored);
            }
            true
        }
    });
    let is_awake = RwSignal::new(false);
    Effect::new(move |_| is_awake.set(true));
    let field = format!("count-{variant}");
    let error_id = format!("{field}-error");
    let error = Memo::new({
        let variant = variant.clone();
        move |_| wrong.with(|wrong| wrong.get(&variant).cloned())
    });
    let described_by = {
        let error_id = error_id.clone();
        move || error.get().map(|_| error_id.clone())
    };
    let name = if choice.is_empty() { title } else { format!("{title} · {choice}") };
    let unsure = move || {
        line.with(|line| line.unsure).then(|| {
            view! {
                <span class="field-error" data-tone="review">
                    <ToneMark tone=Tone::Review />
                    "Pieces came or went while you scanned. Count again and type the number."
                </span>
            }
        })
    };
    view! {
        <li class="row count-line">
            <div class="row-words">
                <label class="row-title" for=field.clone()>
                    <span class="code">{code}</span>
                    " "
                    {name}
                </label>
                <span class="row-sub">{move || line.with(hints)}</span>
                {unsure}
                {move || {
                    error
                        .get()
                        .map(|error| {
                            view! {
                                <span class="field-error" id=error_id.clone() data-tone="wrong">
                                    <ToneMark tone=Tone::Wrong />
                                    {error}
                                </span>
                            }
                        })
                }}
            </div>
            <ActionForm action=form.action node_ref=node attr:class="count-form" attr:novalidate=true>
                <input type="hidden" name="form[count]" value=id />
                <input type="hidden" name="form[variant]" value=variant />
                <input
                    class="input count-input"
                    type="text"
                    id=field
                    name="form[counted]"
                    inputmode="numeric"
                    autocomplete="off"
                    value=typed
                    node_ref=input
                    placeholder="–"
                    aria-invalid=move || error.get().is_some().then_some("true")
                    aria-describedby=described_by
                    on:focus=move |_| is_typed.set_value(false)
                    on:input=move |_| is_typed.set_value(true)
                    on:change=move |_| keep()
                    on:blur=move |_| left()
                />
                <span hidden=move || is_awake.get()>
                    <SubmitButton label="Keep" kind="small" pending=form.pending() />
                </span>
            </ActionForm>
        </li>
    }
    .into_any()
}

/// What is to be known while it is counted.
fn hints(line: &CountLine) -> String {
    let mut hints: Vec<String> = Vec::new();
    hints.extend(line.expected.map(|expected| format!("{expected} by the books")));
    if line.to_ship > 0 {
        hints.push(format!("{} more sold and not sent: do not count them", line.to_ship));
    }
    hints.join(" · ")
}
