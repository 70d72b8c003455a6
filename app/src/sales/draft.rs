//! A paste that is not held yet, kept while another page of the house is looked at.

use std::{cell::RefCell, collections::HashMap};

use domain::sales::corrections::Corrections;
use leptos::prelude::*;

thread_local! {
    /// By the sale's id. It lives as long as the tab; the server puts nothing into it.
    static DRAFTS: RefCell<HashMap<String, (String, Corrections)>> = RefCell::new(HashMap::new());
}

/// What was pasted and put right before the page was left, if it was left with anything.
pub fn take_draft(sale: &str) -> (String, Corrections) {
    DRAFTS.with(|drafts| drafts.borrow_mut().remove(sale)).unwrap_or_default()
}

/// Keeps what is pasted and put right when the page is left.
pub fn keep_draft(sale: &str, text: RwSignal<String>, corrections: RwSignal<Corrections>) {
    let awake = StoredValue::new(false);
    Effect::new(move |_| awake.set_value(true));
    let id = sale.to_owned();
    on_cleanup(move || {
        let kept = (text.try_get_untracked(), corrections.try_get_untracked());
        let (Some(kept), Some(put_right)) = kept else { return };
        if awake.try_get_value() == Some(true) && !kept.is_empty() {
            DRAFTS.with(|drafts| drafts.borrow_mut().insert(id.clone(), (kept, put_right)));
        }
    });
}
