//! The rules by which claims are held, as a form.

use domain::sales::policy::{Repeats, SellingPolicyForm};
use leptos::{form::ActionForm, prelude::*};

use crate::{
    accounts::{form_fields::Fields, form_problems::FormProblems},
    error::AppError,
    form::{FILLED, Returned, use_form},
    ui::SubmitButton,
};

/// Saves the rules of a sale, or those of the business where no sale is named, and gives what is stored
/// by then.
#[server(prefix = "/api", endpoint = "sales/rules/policy")]
pub async fn save_policy(
    #[server(default)] sale: String,
    #[server(default)] form: SellingPolicyForm,
) -> Result<Option<SellingPolicyForm>, AppError> {
    use services::sales::policy;

    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    if sale.is_empty() {
        policy::save(services, actor, &form).await?;
        return Ok(policy::view(services, actor).await.ok().map(Into::into));
    }
    let id = crate::server::id(&sale)?;
    policy::save_of_sale(services, actor, id, &form).await?;
    Ok(policy::view_of_sale(services, actor, id).await.ok().map(Into::into))
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
    let filled = form.filled_anew(&stored.filled);
    let fields = Fields::of(form, "policy-");
    let repeats = Repeats::ALL.iter().map(|choice| (choice.as_str(), choice.label()));
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate="">
            <FormProblems form=form prefix="policy-" />
            <input type="hidden" name="sale" value=sale />
            <input type="hidden" name=FILLED value=move || filled.get() />
            <div class="form-three">
                {fields.count("hold_hours", "Hold time", &stored.hold_hours, "hours", "no end")}
                {fields.count("limit_per_buyer", "Limit per buyer", &stored.limit_per_buyer, "of an item", "none")}
                {fields.count("put_backs", "Put-backs", &stored.put_backs, "per buyer", "any")}
            </div>
            <p class="hint">
                "What is held too long goes to who waits next. What goes beyond a limit comes to you for review. An empty field sets no limit."
            </p>
            {fields.choice("repeats", "When a buyer claims the same again", repeats, &stored.repeats)}
            {fields.saved()}
            <div class="actions">
                <SubmitButton label="Save the rules" kind="" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
