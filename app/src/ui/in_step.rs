//! Keeping a control and a signal in step.
//!
//! A control works before the browser's part has loaded, and nobody hears what is typed, chosen or ticked until then. So
//! whoever has a signal beside a control asks the control first, and only then follows both.

use leptos::{html, prelude::*};

/// What a control says.
pub(super) struct Said<T> {
    pub value: T,
    /// Whether somebody changed it since it came to be. What came with the page is no answer.
    pub is_changed: bool,
}

/// Keeps a control and a signal in step: `read` asks the control, once it is there, and `write` changes it. What was
/// changed before the browser's part had loaded wins at first; after that whichever changed last.
pub(super) fn keep_in_step<T: Clone + PartialEq + Send + Sync + 'static>(
    signal: RwSignal<T>,
    read: impl Fn() -> Option<Said<T>> + 'static,
    write: impl Fn(&T) + 'static,
) {
    Effect::new(move |met: Option<bool>| {
        let wanted = signal.get();
        let Some(there) = read() else { return met.unwrap_or(false) };
        if there.value != wanted {
            if there.is_changed && met != Some(true) {
                signal.set(there.value);
            } else {
                write(&wanted);
            }
        }
        true
    });
}

/// A line of text that is none of the fields: the reference for its `node_ref`. What is typed later is told by its own
/// `on:input`.
pub fn typed_in_step(signal: RwSignal<String>) -> NodeRef<html::Input> {
    let control = NodeRef::<html::Input>::new();
    keep_in_step(
        signal,
        move || {
            control.get().map(|control| {
                let value = control.value();
                Said { is_changed: value != control.default_value(), value }
            })
        },
        move |value| {
            if let Some(control) = control.get_untracked() {
                control.set_value(value);
            }
        },
    );
    control
}

/// What is typed over something that is stored: `typed` at first, then what is stored now, unless something else is being
/// typed.
pub fn typed_over(stored: Memo<String>, typed: String) -> RwSignal<String> {
    let typed = RwSignal::new(typed);
    Effect::new(move |before: Option<String>| {
        let now = stored.get();
        if before.is_some_and(|before| typed.with_untracked(|typed| *typed == before)) {
            typed.set(now.clone());
        }
        now
    });
    typed
}

/// A radio button of a group whose chosen value a signal knows. Its label stands around it.
#[component]
pub fn Radio(
    /// The name that the buttons of the group share.
    #[prop(into)]
    name: String,
    /// What is sent, and what the signal says, while it is the chosen one.
    #[prop(into)]
    value: String,
    /// What is chosen of the group.
    bind: RwSignal<String>,
    /// The id, where something leads to it.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let control = NodeRef::<html::Input>::new();
    let own = StoredValue::new(value.clone());
    let is_own = move || bind.with(|chosen| own.with_value(|own| own == chosen));
    Effect::new(move |met: Option<bool>| {
        let wanted = is_own();
        let Some(control) = control.get() else { return met.unwrap_or(false) };
        let is_changed = control.checked() != control.default_checked();
        if met == Some(true) || !is_changed {
            control.set_checked(wanted);
        } else if control.checked() {
            // It was chosen before the browser's part had loaded. Only one of the group can say so.
            bind.set(own.get_value());
        }
        true
    });
    view! {
        <input
            type="radio"
            id=id
            name=name
            value=value
            checked=bind.with_untracked(|chosen| own.with_value(|own| own == chosen))
            node_ref=control
            on:change=move |_| bind.set(own.get_value())
        />
    }
    .into_any()
}
