//! Keeping a control and a signal in step.
//!
//! A control works before the browser's part has loaded, and nobody hears what is typed, chosen or ticked until then. So
//! whoever has a signal beside a control asks the control first, and only then follows both.

use leptos::{html, prelude::*};

/// Keeps a control and a signal in step: `read` asks the control, once it is there, and `write` changes it. What the
/// control said before the browser's part had loaded wins at first; after that whichever changed last.
pub(super) fn keep_in_step<T: Clone + PartialEq + Send + Sync + 'static>(
    signal: RwSignal<T>,
    read: impl Fn() -> Option<T> + 'static,
    write: impl Fn(&T) + 'static,
) {
    Effect::new(move |met: Option<bool>| {
        let wanted = signal.get();
        let Some(there) = read() else { return met.unwrap_or(false) };
        if there != wanted {
            if met == Some(true) {
                write(&wanted);
            } else {
                signal.set(there);
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
        move || control.get().map(|control| control.value()),
        move |value| {
            if let Some(control) = control.get_untracked() {
                control.set_value(value);
            }
        },
    );
    control
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
        if met == Some(true) {
            control.set_checked(wanted);
        } else if control.checked() && !wanted {
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
