//! A paste that shows by its ages and times that it runs the other way than the sale says.

use domain::sales::{CommentOrder, InferredOrder, infer_order, view::SaleView};
use leptos::{form::ActionForm, prelude::*};

use super::reader::Outcome;
use crate::{
    error::AppError,
    form::{Returned, use_form},
    live::Changes,
    ui::{Notice, SubmitButton, Tone},
};

/// Bytes of a paste that are looked at: the order shows early, and typing must not wait for it.
const LOOKED_AT: usize = 32 * 1024;

/// Says in which order the comments of a sale are pasted.
#[server(prefix = "/api", endpoint = "sales/order")]
pub async fn set_order(sale: String, #[server(default)] order: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&sale)?;
    Ok(services::sales::sale::set_order(&caller.services, &caller.actor, id, &order).await?)
}

/// The order that the beginning of a paste shows, if it is another one than the sale says.
fn other_order(text: &str, said: CommentOrder) -> Option<InferredOrder> {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    infer_order(text.get(..end)?).filter(|inferred| inferred.order != said)
}

/// The hint, with the way to follow it. Who came first is served first, so the order matters.
#[component]
pub fn OrderHint(
    sale: RwSignal<SaleView>,
    outcome: RwSignal<Outcome>,
    changes: Changes,
    returned: Option<Returned>,
) -> impl IntoView {
    let form = use_form::<SetOrder>(&returned);
    Effect::new(move |_| {
        if let Some(Ok(())) = form.action.value().get() {
            changes.note();
        }
    });
    let id = StoredValue::new(sale.with_untracked(|sale| sale.id.to_string()));
    let other = Memo::new(move |_| {
        let said = sale.with(|sale| sale.settings.order);
        outcome.with(|outcome| outcome.paste().and_then(|paste| other_order(paste.text(), said)))
    });
    let hint = move || {
        let InferredOrder { order, reason } = other.get()?;
        let text = format!(
            "{reason} The sale says: {}.",
            sale.with_untracked(|sale| sale.settings.order.label()).to_lowercase()
        );
        let label = format!("Read it {}", order.label().to_lowercase());
        Some(view! {
            <Notice tone=Tone::Review text=text>
                <ActionForm action=form.action>
                    <input type="hidden" name="sale" value=id.get_value() />
                    <input type="hidden" name="order" value=order.as_str() />
                    <SubmitButton label=label kind="small" pending=form.pending() pending_label="Reading…" />
                </ActionForm>
            </Notice>
        })
    };
    view! { {hint} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_that_runs_the_other_way_is_told() {
        let paste = "Ana Ruiz\nsold A12\n5m\nLike\nReply\nKim Lee\nsold A12\n2h\nLike\nReply\nMax Orr\nsold A12\n3h\nLike\nReply\n";
        let told = other_order(paste, CommentOrder::OldestFirst).map(|inferred| inferred.order);
        assert_eq!(told, Some(CommentOrder::NewestFirst));
        assert_eq!(other_order(paste, CommentOrder::NewestFirst), None);
        assert_eq!(other_order("Ana: sold A12\nKim: sold A12", CommentOrder::OldestFirst), None);
    }
}
