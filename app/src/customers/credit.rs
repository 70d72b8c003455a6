//! Giving and using credit.

use domain::customers::{CustomerView, credit::CreditForm};
use leptos::prelude::*;

use crate::{
    accounts::{business_frame::use_viewer, form_problems::FormProblems},
    error::AppError,
    form::{Returned, use_form},
    live::use_changes,
    ui::{Disclosure, SelectField, SubmitButton, TextField},
};

/// Gives or uses credit.
#[server(prefix = "/api", endpoint = "customers/credit")]
pub async fn change_credit(id: String, form: CreditForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::customers::credit::change(&caller.services, &caller.actor, id, &form).await?)
}

/// The form, folded away until it is wanted.
#[component]
pub fn CreditFields(
    /// The customer.
    id: String,
    customer: RwSignal<CustomerView>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let form = use_form::<ChangeCredit>(&returned);
    let changes = use_changes();
    // The fields are empty again after what was typed was taken.
    let taken = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if let Some(Ok(())) = form.action.value().get() {
            taken.update(|taken| *taken = taken.wrapping_add(1));
            changes.note();
        }
    });
    let symbol = use_viewer().with_untracked(|viewer| viewer.currency.symbol().trim().to_owned());
    let key = form.key("form[key]").served(customer.with_untracked(|customer| customer.key));
    let came_back = form.problem().with_untracked(Option::is_some);
    let kinds =
        || vec![("give".to_owned(), "Give credit".to_owned()), ("use".to_owned(), "Use credit".to_owned())];
    let fields = move || {
        let is_first = taken.get() == 0;
        let value = |name: &str| if is_first { form.value(name, "") } else { String::new() };
        view! {
            <SelectField
                label="What is done"
                name="form[kind]"
                id="field-kind"
                options=kinds()
                value=value("form[kind]")
                error=form.error("kind")
            />
            <TextField
                label="Amount"
                name="form[amount]"
                id="field-amount"
                inputmode="decimal"
                autocomplete="off"
                prefix=symbol.clone()
                value=value("form[amount]")
                error=form.error("amount")
            />
            <TextField
                label="Reason"
                name="form[reason]"
                id="field-reason"
                autocomplete="off"
                placeholder="A chipped ring"
                value=value("form[reason]")
                error=form.error("reason")
            />
        }
    };
    view! {
        <Disclosure class="more-rows" open=came_back line=|| "Give or use credit">
            <ActionForm action=form.action attr:class="form" attr:novalidate=true>
                <FormProblems form=form />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="form[key]" value=move || key.get() />
                {fields}
                <div class="actions">
                    <SubmitButton label="Note it" kind="small" pending=form.pending() />
                </div>
            </ActionForm>
        </Disclosure>
    }
    .into_any()
}
