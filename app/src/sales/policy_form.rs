//! The rules by which claims are held, as a form.

use domain::sales::policy::{Repeats, SellingPolicyForm};
use leptos::{form::ActionForm, prelude::*};

use crate::{
    accounts::form_problems::FormProblems,
    error::AppError,
    form::{Returned, use_form},
    ui::{Notice, SelectField, SubmitButton, TextField, Tone},
};

/// Saves the rules of a sale, or those of the business where no sale is named.
#[server(prefix = "/api", endpoint = "sales/rules/policy")]
pub async fn save_policy(
    #[server(default)] sale: String,
    #[server(default)] form: SellingPolicyForm,
) -> Result<(), AppError> {
    use services::sales::policy;

    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    if sale.is_empty() {
        return Ok(policy::save(services, actor, &form).await?);
    }
    let id = crate::server::id(&sale)?;
    Ok(policy::save_of_sale(services, actor, id, &form).await?)
}

/// The form.
#[component]
pub fn PolicySection(
    /// The sale's id; empty for the business.
    sale: String,
    stored: SellingPolicyForm,
    returned: Option<Returned>,
) -> impl IntoView {
    let form = use_form::<SavePolicy>(&returned);
    let value = move |name: &str, stored: &str| form.value(&format!("form[{name}]"), stored);
    let repeats: Vec<_> =
        Repeats::ALL.iter().map(|choice| (choice.as_str().to_owned(), choice.label().to_owned())).collect();
    let done = form.is_done();
    let saved = move || done.get().then(|| view! { <Notice tone=Tone::Ok text="Saved." /> });
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate="">
            <FormProblems form=form prefix="policy-" />
            <input type="hidden" name="sale" value=sale />
            <div class="form-three">
                <TextField
                    label="Hold time"
                    name="form[hold_hours]"
                    id="policy-hold_hours"
                    value=value("hold_hours", &stored.hold_hours)
                    error=form.error("hold_hours")
                    inputmode="numeric"
                    autocomplete="off"
                    suffix="hours"
                    placeholder="no end"
                />
                <TextField
                    label="Limit per buyer"
                    name="form[limit_per_buyer]"
                    id="policy-limit_per_buyer"
                    value=value("limit_per_buyer", &stored.limit_per_buyer)
                    error=form.error("limit_per_buyer")
                    inputmode="numeric"
                    autocomplete="off"
                    suffix="of an item"
                    placeholder="none"
                />
                <TextField
                    label="Put-backs"
                    name="form[put_backs]"
                    id="policy-put_backs"
                    value=value("put_backs", &stored.put_backs)
                    error=form.error("put_backs")
                    inputmode="numeric"
                    autocomplete="off"
                    suffix="per buyer"
                    placeholder="any"
                />
            </div>
            <p class="hint">
                "What is held too long goes to who waits next. What goes beyond a limit comes to you for review. An empty field sets no limit."
            </p>
            <SelectField
                label="When a buyer claims the same again"
                name="form[repeats]"
                id="policy-repeats"
                options=repeats
                value=value("repeats", &stored.repeats)
                error=form.error("repeats")
            />
            {saved}
            <div class="actions">
                <SubmitButton label="Save the rules" kind="" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
