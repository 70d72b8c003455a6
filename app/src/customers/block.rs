//! Blocking a buyer, and taking it back.

use leptos::prelude::*;

use crate::{
    error::AppError,
    form::{Returned, use_form},
    live::use_changes,
    ui::{Notice, SubmitButton, Toast, Told, Tone},
};

/// Blocks a customer or takes the block back; gives whether they are blocked now.
#[server(prefix = "/api", endpoint = "customers/block")]
pub async fn block_customer(id: String, blocked: bool) -> Result<bool, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    if blocked {
        services::customers::block::block(&caller.services, &caller.actor, id).await?;
    } else {
        services::customers::block::unblock(&caller.services, &caller.actor, id).await?;
    }
    Ok(blocked)
}

/// The button, and the toast with the way back.
#[component]
pub fn Blocking(
    /// The customer.
    id: String,
    /// Whether they are blocked.
    blocked: Memo<bool>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let form = use_form::<BlockCustomer>(&returned);
    let changes = use_changes();
    let told = Told::nothing();
    Effect::new(move |_| {
        let Some(Ok(blocked)) = form.action.value().get() else { return };
        changes.note();
        if blocked { told.tell(()) } else { told.clear() }
    });
    let id = StoredValue::new(id);
    let message = form.message();
    let undo = move || {
        view! {
            <ActionForm action=form.action>
                <input type="hidden" name="id" value=id.get_value() />
                <input type="hidden" name="blocked" value="false" />
                <button type="submit">"Undo"</button>
            </ActionForm>
        }
    };
    let label = Signal::derive(move || {
        if blocked.get() { "Take the block back" } else { "Block this buyer" }.to_owned()
    });
    view! {
        <ActionForm action=form.action>
            <input type="hidden" name="id" value=id.get_value() />
            <input type="hidden" name="blocked" value=move || (!blocked.get()).to_string() />
            <SubmitButton label=label kind="quiet" pending=form.pending() />
        </ActionForm>
        {move || message.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        <Toast text=told.words(|()| "Blocked. Their comments go to review from now on.".to_owned()) undo=undo />
    }
    .into_any()
}
