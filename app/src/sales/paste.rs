//! The pane into which comments are pasted, and the button that holds their claims.

#[cfg(feature = "ssr")]
use domain::sales::corrections::Corrections;
use domain::sales::view::Held;
use leptos::{form::ActionForm, prelude::*};
use wasm_bindgen::JsCast;

use super::{claims::ClaimFilter, desk::Desk, reader::Outcome, told};
use crate::{
    error::AppError,
    form::Form,
    live::Changes,
    ui::{Notice, SubmitButton, TextAreaField, Tone, ToneMark},
};

/// The id of the field for the comments.
pub const PASTE_FIELD: &str = "paste";
/// The id of the form around it; the button stands in the page's head.
const PASTE_FORM: &str = "hold";
/// What the button says before it is known what it will do.
const HOLD: &str = "Hold the claims";

/// Holds the claims of a paste, read on the server with the code that showed them in the browser.
#[server(prefix = "/api", endpoint = "sales/hold")]
pub async fn hold_claims(
    sale: String,
    #[server(default)] paste: String,
    // What was put right before, as JSON; the server looks all of it up.
    #[server(default)] corrections: String,
) -> Result<Held, AppError> {
    use domain::problem::{FieldCode, Problem};
    use services::sales::hold::hold_corrected;

    let caller = crate::server::signed_in()?;
    let plain = is_plain_form();
    let id = crate::server::id(&sale)?;
    let corrections: Corrections = match corrections.as_str() {
        "" => Corrections::default(),
        json => serde_json::from_str(json)
            .map_err(|_| AppError(Problem::field("corrections", FieldCode::BadCharacter)))?,
    };
    let held = hold_corrected(&caller.services, &caller.actor, id, paste, corrections).await?;
    if plain {
        leptos_axum::redirect(&format!("/sell/{id}?{}", told::query(&held)));
    }
    Ok(held)
}

/// Whether a browser without JavaScript sent the form: it goes to another page, which must then tell what was done.
#[cfg(feature = "ssr")]
pub fn is_plain_form() -> bool {
    use axum::http::{header::ACCEPT, request::Parts};

    use_context::<Parts>()
        .and_then(|request| Some(request.headers.get(ACCEPT)?.to_str().ok()?.contains("text/html")))
        .unwrap_or(false)
}

/// Clears the field and tells what was done when the claims are held, and only then.
pub fn when_held(hold: Form<HoldClaims>, desk: Desk, done: RwSignal<Option<Held>>, changes: Changes) {
    let text = desk.text;
    let sent = StoredValue::new(String::new());
    Effect::new(move |_| {
        if let Some(input) = hold.action.input().get() {
            sent.set_value(input.paste.replace('\r', ""));
        }
    });
    Effect::new(move |_| {
        let Some(Ok(held)) = hold.action.value().get() else { return };
        done.set(Some(held));
        // What was added while the answer was awaited is not held yet, so it stays.
        if text.with_untracked(|text| sent.with_value(|sent| text.replace('\r', "") == *sent)) {
            text.set(String::new());
            desk.clear();
        }
        changes.note();
    });
    Effect::new(move |_| {
        if text.with(|text| !text.is_empty()) {
            done.set(None);
        }
    });
}

/// The button, named by what it will do, while the sale is open. Without JavaScript nobody has read the paste yet, and it holds what it finds.
#[component]
pub fn HoldButton(closed: Memo<bool>, outcome: RwSignal<Outcome>, hold: Form<HoldClaims>) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    let result =
        Memo::new(move |_| outcome.with(|outcome| outcome.paste().and_then(|paste| paste.hold_label())));
    let label = Signal::derive(move || result.get().unwrap_or_else(|| HOLD.to_owned()));
    let disabled = Signal::derive(move || awake.get() && result.with(Option::is_none));
    // Nothing is held in a closed sale, so there is no button for it.
    let button = move || {
        (!closed.get()).then(|| {
            view! {
                <SubmitButton attr:form=PASTE_FORM label=label pending=hold.pending() pending_label="Holding…" disabled=disabled />
            }
        })
    };
    view! { {button} }.into_any()
}

/// Begins at the field, where a sale without claims is begun by pasting and nothing else of the page has the focus. The page
/// stays where it is.
pub fn begin_at_field(is_empty: bool) {
    Effect::new(move |_| {
        let document = document();
        let is_elsewhere = document.active_element() != document.body().map(Into::into);
        if !is_empty || is_elsewhere {
            return;
        }
        // Drawn first, then focused.
        request_animation_frame(move || {
            let field = document.get_element_by_id(PASTE_FIELD);
            if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                // A field that cannot take the focus stays without it.
                let _ = field.focus_with_options(&options);
            }
        });
    });
}

/// The field, with what came of the last paste above it.
#[component]
pub fn PastePane(
    /// The sale's id.
    id: String,
    closed: Memo<bool>,
    desk: Desk,
    hold: Form<HoldClaims>,
    /// What the last paste did.
    done: RwSignal<Option<Held>>,
    /// Which claims are shown.
    shown: RwSignal<ClaimFilter>,
    children: Children,
) -> impl IntoView {
    let outcome = desk.outcome;
    let (wrong, message) = (hold.error("paste"), hold.message());
    let unfit = hold.error("corrections");
    let error = Signal::derive(move || {
        let refused = outcome.with(Outcome::refusal).or_else(|| message.get());
        refused.or_else(|| wrong.get()).or_else(|| unfit.get())
    });
    let replies = format!("/sell/{id}/replies");
    let told = move || done.get().map(|held| the_end(&held, replies.clone(), shown));
    let shut = move || {
        closed.get().then(|| {
            view! { <Notice tone=Tone::Quiet text="This sale is closed. Open it again to hold more claims." /> }
        })
    };
    let corrections = move || {
        desk.corrections.with(|corrections| match corrections.is_empty() {
            true => String::new(),
            false => serde_json::to_string(corrections).unwrap_or_default(),
        })
    };
    view! {
        <div class="sale-paste">
            {told} {shut} <ActionForm action=hold.action attr:id=PASTE_FORM>
                <input type="hidden" name="sale" value=id />
                <input type="hidden" name="corrections" value=corrections />
                <TextAreaField
                    label="Paste comments here"
                    name="paste"
                    id=PASTE_FIELD
                    class="paste"
                    rows=8
                    bind=desk.text
                    error=error
                    placeholder="Ana Ruiz\nsold A12 x2"
                />
            </ActionForm>
            <p class="hint desk-only">
                <kbd>"Ctrl"</kbd>
                " "
                <kbd>"V"</kbd>
                " pastes from anywhere on this page."
            </p>
            {children()}
        </div>
    }
    .into_any()
}

/// What holding a paste did, each number leading to what it counts.
fn the_end(held: &Held, replies: String, shown: RwSignal<ClaimFilter>) -> impl IntoView + use<> {
    let show = move |filter: ClaimFilter| move |_| shown.set(filter);
    let aside = told::aside(held);
    // Those who waited may have been served, so that fewer wait than before.
    let (kept, waiting, review) = (held.held, held.waitlisted.max(0), held.to_review);
    view! {
        <div class="notice sale-end" data-tone="ok" role="status">
            <ToneMark tone=Tone::Ok />
            <div class="notice-words">
                <p>
                    <a href="#claims" rel="external" on:click=show(ClaimFilter::Held)>
                        {format!("{kept} held")}
                    </a>
                    ", "
                    <a href="#claims" rel="external" on:click=show(ClaimFilter::Waiting)>
                        {format!("{waiting} waiting")}
                    </a>
                    ", "
                    <a href="#review" rel="external">
                        {format!("{review} to review")}
                    </a>
                    {aside}
                </p>
                <p>
                    <a href=replies>"Copy the replies"</a>
                </p>
            </div>
        </div>
    }
}
