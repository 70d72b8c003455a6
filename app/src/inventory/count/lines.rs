//! What there is to count, a large field for each.

use domain::{
    inventory::count::{CountLine, CountQuery, LineForm},
    page::Page,
};
use leptos::{html, prelude::*};

use super::{forms::Forms, one::address};
use crate::{
    error::AppError,
    form::Returned,
    ui::{EmptyState, Pager, SubmitButton, Tone, ToneMark},
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
    /// The stock-take.
    id: String,
    lines: Page<CountLine>,
    query: CountQuery,
    /// The forms of the page.
    forms: Forms,
    /// Whether they are shown for the first time since the page was loaded.
    is_first: bool,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    if lines.rows.is_empty() {
        let (title, text) = match query.search.is_empty() {
            true => ("Nothing to count", "No item for sale is found by the words of this stock-take."),
            false => {
                ("Nothing matches", "Items are found by their code, title and the other words for them.")
            }
        };
        return view! { <EmptyState title=title text=text /> }.into_any();
    }
    let shown = super::variants(i64::try_from(lines.rows.len()).unwrap_or(i64::MAX));
    let to = |after: String| address(&id, &CountQuery { after, ..query.clone() });
    let first = (!query.after.is_empty()).then(|| to(String::new()));
    let next = lines.next.map(to);
    let rows = lines
        .rows
        .into_iter()
        .map(|line| view! { <Line id=id.clone() line=line forms=forms is_first=is_first returned=returned.clone() /> })
        .collect_view();
    view! {
        <ul class="rows count-lines">{rows}</ul>
        <Pager shown=shown first=first next=next />
    }
    .into_any()
}

/// A variant and the field for its pieces. It is kept as soon as the field is left.
#[component]
fn Line(
    id: String,
    line: CountLine,
    forms: Forms,
    is_first: bool,
    returned: Option<Returned>,
) -> impl IntoView {
    let Forms { keep: form, wrong, .. } = forms;
    let variant = line.variant_id.to_string();
    // All lines are one form on the server; what came back belongs to the line that it names.
    let came_back = returned.is_some_and(|returned| {
        returned.values.iter().any(|(name, value)| name == "form[variant]" && *value == variant)
    });
    let counted = line.counted.map(|counted| counted.to_string()).unwrap_or_default();
    let typed = if came_back { form.value("form[counted]", &counted) } else { counted };
    let node = NodeRef::<html::Form>::new();
    // The browser keeps what was typed; the form is sent once the field is left or Enter is pressed.
    let keep = move || {
        if let Some(form) = node.get_untracked() {
            // A form that cannot be sent says so itself.
            let _ = form.request_submit();
        }
    };
    let input = NodeRef::<html::Input>::new();
    Effect::new({
        let (variant, stored) = (variant.clone(), typed.clone());
        move |_| {
            let Some(input) = input.get().filter(|input| input.value() != stored) else { return };
            let is_being_typed = input.matches(":focus").unwrap_or_default();
            if is_first {
                // It was typed before the page woke up.
                keep();
            } else if !is_being_typed && !wrong.with_untracked(|wrong| wrong.contains_key(&variant)) {
                // It was counted elsewhere, or scanned.
                input.set_value(&stored);
            }
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
    let name = if line.variant.is_empty() {
        line.title.clone()
    } else {
        format!("{} · {}", line.title, line.variant)
    };
    let mut hints: Vec<String> = Vec::new();
    hints.extend(line.expected.map(|expected| format!("{expected} by the books")));
    if line.to_ship > 0 {
        hints.push(format!("{} more sold and not sent: do not count them", line.to_ship));
    }
    let unsure = line.unsure.then(|| {
        view! {
            <span class="field-error" data-tone="review">
                <ToneMark tone=Tone::Review />
                "Pieces came or went while you scanned. Count again and type the number."
            </span>
        }
    });
    view! {
        <li class="row count-line">
            <div class="row-words">
                <label class="row-title" for=field.clone()>
                    <span class="code">{line.code}</span>
                    " "
                    {name}
                </label>
                <span class="row-sub">{hints.join(" · ")}</span>
                {unsure}
                {move || {
                    error
                        .get()
                        .map(|error| view! { <span class="field-error" id=error_id.clone() data-tone="wrong">{error}</span> })
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
                    on:change=move |_| keep()
                />
                <span hidden=move || is_awake.get()>
                    <SubmitButton label="Keep" kind="small" pending=form.pending() />
                </span>
            </ActionForm>
        </li>
    }
    .into_any()
}
