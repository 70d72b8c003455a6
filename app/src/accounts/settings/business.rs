//! The business itself: its name, where it posts from, what a delivery costs, how its buyers write.

use domain::{accounts::BusinessForm, sales::Preset};
use leptos::prelude::*;

use crate::{
    accounts::{address_fields::AddressFields, business_frame::use_viewer, form_problems::FormProblems},
    error::AppError,
    form::{FILLED, Returned, use_form},
    live::use_changes,
    ui::{Notice, SelectField, SubmitButton, TextField, Tone},
};

/// Saves the business, and gives what is stored by then.
#[server(prefix = "/api", endpoint = "settings/business")]
pub async fn save_business(form: BusinessForm) -> Result<Option<BusinessForm>, AppError> {
    use services::accounts::business;

    let caller = crate::server::signed_in()?;
    business::save(&caller.services, &caller.actor, &form).await?;
    Ok(business::view(&caller.services, &caller.actor).await.ok())
}

fn preset_choices() -> Vec<(String, String)> {
    Preset::ALL.into_iter().map(|preset| (preset.as_str().to_owned(), preset.label().to_owned())).collect()
}

/// The zones by their names, with blanks where the names have none: `America/New York`.
fn zone_choices(names: Vec<String>) -> Vec<(String, String)> {
    names.into_iter().map(|name| (name.clone(), name.replace('_', " "))).collect()
}

/// The form of the business.
#[component]
pub fn BusinessSection(
    stored: BusinessForm,
    time_zones: Vec<String>,
    returned: Option<Returned>,
) -> impl IntoView {
    let form = use_form::<SaveBusiness>(&returned);
    let filled = form.filled_anew(&stored.filled);
    let changes = use_changes();
    let is_saved = form.is_done();
    Effect::new(move |_| {
        form.action.version().track();
        if is_saved.get_untracked() {
            changes.note();
        }
    });
    let symbol = use_viewer().with_untracked(|viewer| viewer.currency.symbol().trim().to_owned());
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <FormProblems form=form />
            <input type="hidden" name=FILLED value=move || filled.get() />
            <TextField
                label="Business name"
                name="form[name]"
                id="field-name"
                autocomplete="organization"
                required=true
                value=form.value("form[name]", &stored.name)
                error=form.error("name")
            />
            <TextField
                label="E-mail"
                name="form[email]"
                id="field-email"
                kind="email"
                autocomplete="email"
                required=true
                hint="Buyers' answers go there."
                value=form.value("form[email]", &stored.email)
                error=form.error("email")
            />
            <AddressFields form=form stored=stored.address required=true />
            <TextField
                label="Delivery fee"
                name="form[shipping_fee]"
                id="field-shipping_fee"
                inputmode="decimal"
                required=true
                prefix=symbol
                hint="What each invoice adds for the delivery; 0 for none."
                value=form.value("form[shipping_fee]", &stored.shipping_fee)
                error=form.error("shipping_fee")
            />
            <SelectField
                label="How your buyers write"
                name="form[preset]"
                id="field-preset"
                options=preset_choices()
                value=form.value("form[preset]", &stored.preset)
                hint="The words that claim an item. Each sale can choose its own."
                error=form.error("preset")
            />
            <SelectField
                label="Time zone"
                name="form[time_zone]"
                id="field-time_zone"
                options=zone_choices(time_zones)
                value=form.value("form[time_zone]", &stored.time_zone)
                hint="Days on Today, in reports and on invoices begin and end by its clock."
                error=form.error("time_zone")
            />
            {move || is_saved.get().then(|| view! { <Notice tone=Tone::Ok text="Saved." /> })}
            <div class="actions">
                <SubmitButton label="Save" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
