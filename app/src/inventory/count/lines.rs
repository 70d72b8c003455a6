//! What there is to count, a large field for each.

use domain::{
    inventory::count::{CountLine, CountQuery, LineForm},
    page::Page,
};
use leptos::{ev, html, prelude::*};

use super::one::address;
use crate::{
    error::AppError,
    form::{Returned, use_form},
    live::use_changes,
    ui::{EmptyState, Pager, SubmitButton, Tone, ToneMark},
};

/// Keeps what was counted of a variant.
#[server(prefix = "/api", endpoint = "stock/counts/line")]
pub async fn keep_line(form: LineForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::count::set(&caller.services, &caller.actor, &form).await?)
}

/// A stretch of what there is to count.
#[component]
pub fn Lines(
    /// The stock-take.
    id: String,
    lines: Page<CountLine>,
    query: CountQuery,
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
        .map(|line| view! { <Line id=id.clone() line=line returned=returned.clone() /> })
        .collect_view();
    view! {
        <ul class="rows count-lines">{rows}</ul>
        <Pager shown=shown first=first next=next />
    }
    .into_any()
}

/// A variant and the field for its pieces. It is kept as soon as the field is left.
#[component]
fn Line(id: String, line: CountLine, returned: Option<Returned>) -> impl IntoView {
    let variant = line.variant_id.to_string();
    // All lines are one form on the server; what came back belongs to the line that it names.
    let own = returned.filter(|returned| {
        returned.values.iter().any(|(name, value)| name == "form[variant]" && *value == variant)
    });
    let form = use_form::<KeepLine>(&own);
    let changes = use_changes();
    let counted = line.counted.map(|counted| counted.to_string()).unwrap_or_default();
    let typed = form.value("form[counted]", &counted);
    let node = NodeRef::<html::Form>::new();
    // The browser keeps what was typed; the form is sent once the field is left or Enter is pressed.
    let keep = move |_: ev::Event| {
        if let Some(form) = node.get_untracked() {
            // A form that cannot be sent says so itself.
            let _ = form.request_submit();
        }
    };
    Effect::new(move |_| {
        if matches!(form.action.value().get(), Some(Ok(()))) {
            changes.note();
        }
    });
    let is_awake = RwSignal::new(false);
    Effect::new(move |_| is_awake.set(true));
    let field = format!("count-{variant}");
    let error_id = format!("{field}-error");
    let error = form.error("counted");
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
    let message = form.message();
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
                        .or_else(|| message.get())
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
                    placeholder="–"
                    aria-invalid=move || error.get().is_some().then_some("true")
                    aria-describedby=described_by
                    on:change=keep
                />
                <span hidden=move || is_awake.get()>
                    <SubmitButton label="Keep" kind="small" pending=form.pending() />
                </span>
            </ActionForm>
        </li>
    }
    .into_any()
}
