//! Registering a member with their business.

use domain::{
    accounts::{PASSWORD_LENGTH, RegistrationForm},
    address::PostalAddress,
    money::Currency,
    weight::WeightUnit,
};
use leptos::prelude::*;

use super::{address_fields::AddressFields, form_problems::FormProblems, sign_in::send_members_in};
use crate::{
    error::AppError,
    form::{Returned, use_form, use_returned},
    ui::{Mark, Notice, SelectField, SubmitButton, TextField, Title, Tone},
};

/// Registers and signs in.
#[server(prefix = "/api", endpoint = "register")]
pub async fn register(form: RegistrationForm) -> Result<(), AppError> {
    let request = crate::server::request()?;
    let response = super::cookie::response()?;
    let visitor = super::cookie::visitor(&request);
    let signed_in = services::accounts::register::register(&request.services, &form, &visitor).await?;
    super::cookie::set(&response, &request.services.settings.public_url, &signed_in)?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Whether the operator lets strangers register. The browser is told by the server.
fn is_open() -> bool {
    #[cfg(feature = "ssr")]
    return crate::server::request().is_ok_and(|request| request.services.settings.registration);
    #[cfg(not(feature = "ssr"))]
    true
}

/// The currencies by code: `USD ($)`.
fn currency_choices() -> Vec<(String, String)> {
    let words = |currency: Currency| match currency.symbol().trim() {
        symbol if symbol == currency.code() => symbol.to_owned(),
        symbol => format!("{} ({symbol})", currency.code()),
    };
    Currency::ALL.into_iter().map(|currency| (currency.code().to_owned(), words(currency))).collect()
}

fn weight_unit_choices() -> Vec<(String, String)> {
    WeightUnit::ALL.into_iter().map(|unit| (unit.symbol().to_owned(), unit.label().to_owned())).collect()
}

/// The page where a newcomer registers.
#[component]
pub fn RegisterPage() -> impl IntoView {
    send_members_in();
    let returned = use_returned();
    let is_open = SharedValue::new(is_open).into_inner();
    let body = if is_open {
        view! { <RegistrationFields returned=returned /> }.into_any()
    } else {
        view! {
            <Notice tone=Tone::Waiting text="This server takes no new businesses. Ask whoever runs it to let you in." />
        }
        .into_any()
    };
    view! {
        <Title text="Create your business" />
        <main class="alone">
            <p class="alone-mark">
                <Mark />
                "SellTrac"
            </p>
            <h1>"Create your business"</h1>
            <p class="quiet">
                "SellTrac turns the comments of a live sale into invoices, payments and printed labels."
            </p>
            {body}
            <p class="quiet">"Already here? " <a href="/sign-in">"Sign in"</a></p>
        </main>
    }
    .into_any()
}

/// The IANA name of the browser's time zone, or nothing where it does not tell.
fn browser_time_zone() -> String {
    use leptos::web_sys::js_sys::{Array, Intl::DateTimeFormat, JsString, Object, Reflect};
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let name = Reflect::get(&options, &JsString::from("timeZone"));
    name.ok().and_then(|name| name.as_string()).unwrap_or_default()
}

#[component]
fn RegistrationFields(returned: Option<Returned>) -> impl IntoView {
    let form = use_form::<Register>(&returned);
    // Only the browser knows it, so it comes after the page has woken up; without a script the address tells the zone.
    let time_zone = RwSignal::new(String::new());
    Effect::new(move |_| time_zone.set(browser_time_zone()));
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <FormProblems form=form />
            <input type="hidden" name="form[time_zone]" prop:value=time_zone />
            <TextField
                label="Your name"
                name="form[name]"
                id="field-name"
                autocomplete="name"
                required=true
                value=form.value("form[name]", "")
                error=form.error("name")
            />
            <TextField
                label="Business name"
                name="form[business_name]"
                id="field-business_name"
                autocomplete="organization"
                required=true
                hint="Buyers see it on invoices."
                value=form.value("form[business_name]", "")
                error=form.error("business_name")
            />
            <TextField
                label="E-mail"
                name="form[email]"
                id="field-email"
                kind="email"
                autocomplete="email"
                required=true
                hint="You sign in with it, and buyers' answers go there."
                value=form.value("form[email]", "")
                error=form.error("email")
            />
            <TextField
                label="Password"
                name="form[password]"
                id="field-password"
                kind="password"
                autocomplete="new-password"
                required=true
                hint=format!("At least {} characters; a short sentence is good.", PASSWORD_LENGTH.start())
                error=form.error("password")
            />
            <fieldset>
                <legend>"Where you post from"</legend>
                <AddressFields form=form stored=PostalAddress::default() required=true />
            </fieldset>
            <fieldset>
                <legend>"How you count"</legend>
                <div class="form-pair">
                    <SelectField
                        label="Currency"
                        name="form[currency]"
                        id="field-currency"
                        options=currency_choices()
                        value=form.value("form[currency]", Currency::USD.code())
                        hint="Stays for good."
                        error=form.error("currency")
                    />
                    <SelectField
                        label="Weight unit"
                        name="form[weight_unit]"
                        id="field-weight_unit"
                        options=weight_unit_choices()
                        value=form.value("form[weight_unit]", WeightUnit::Oz.symbol())
                        hint="For items and parcels."
                        error=form.error("weight_unit")
                    />
                </div>
            </fieldset>
            <div class="actions">
                <SubmitButton label="Create my business" pending=form.pending() pending_label="Creating…" />
            </div>
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_show_their_symbol_once() {
        let choices = currency_choices();
        let words =
            |code: &str| choices.iter().find(|(known, _)| known == code).map(|(_, words)| words.as_str());
        assert_eq!(words("USD"), Some("USD ($)"));
        assert_eq!(words("CHF"), Some("CHF"));
        assert_eq!(words("CZK"), Some("CZK (Kč)"));
    }
}
