//! The fields of a postal address, the same for a business and a customer.

use domain::address::{COUNTRIES, PostalAddress};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    error::AppError,
    form::Form,
    ui::{SelectField, TextField},
};

/// The countries by name, after the choice of none.
pub fn country_choices() -> Vec<(String, String)> {
    let mut countries = COUNTRIES;
    countries.sort_unstable_by_key(|(_, name)| *name);
    let none = (String::new(), "Choose a country".to_owned());
    std::iter::once(none).chain(countries.map(|(code, name)| (code.to_owned(), name.to_owned()))).collect()
}

/// The fields of `form[address]`; their problems are named `address_line1` and so on.
#[component]
pub fn AddressFields<S>(
    /// The form they belong to.
    form: Form<S>,
    /// The address so far.
    stored: PostalAddress,
    /// Whether the form needs an address.
    #[prop(optional)]
    required: bool,
) -> impl IntoView
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let field = move |part: &'static str,
                      label: &'static str,
                      stored: &str,
                      autocomplete: &'static str,
                      needed: bool| {
        let name = format!("form[address][{part}]");
        view! {
            <TextField
                label=label
                value=form.value(&name, stored)
                name=name
                id=format!("field-address_{part}")
                autocomplete=autocomplete
                required=required && needed
                error=form.error(format!("address_{part}"))
            />
        }
    };
    let country = "form[address][country]";
    view! {
        {field("line1", "Street and number", &stored.line1, "address-line1", true)}
        {field("line2", "Flat, floor, company (optional)", &stored.line2, "address-line2", false)}
        <div class="form-pair">
            {field("postal_code", "Postal code", &stored.postal_code, "postal-code", true)}
            {field("city", "City", &stored.city, "address-level2", true)}
        </div>
        <div class="form-pair">
            {field("region", "State or region (optional)", &stored.region, "address-level1", false)}
            <SelectField
                label="Country"
                name=country
                id="field-address_country"
                options=country_choices()
                value=form.value(country, &stored.country)
                autocomplete="country"
                error=form.error("address_country")
            />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_listed_by_name_after_none() {
        let choices = country_choices();
        assert_eq!(choices.len(), COUNTRIES.len() + 1);
        assert_eq!(choices[0].0, "");
        assert!(choices[1..].is_sorted_by_key(|(_, name)| name.clone()));
    }
}
