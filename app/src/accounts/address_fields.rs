//! The fields of a postal address, the same for a business and a customer.

use domain::address::{COUNTRIES, PostalAddress, rules};
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

/// What is asked of a part of an address, and whether it may be left out.
fn asked(label: &'static str, needed: bool) -> String {
    if needed { label.to_owned() } else { format!("{label} (optional)") }
}

/// The fields of an address, in the words of its country. Their problems are named `address_line1` and so on.
#[component]
pub fn AddressFields<S>(
    /// The form they belong to.
    form: Form<S>,
    /// The address so far.
    stored: PostalAddress,
    /// Whether the form needs an address.
    #[prop(optional)]
    required: bool,
    /// The name of the address in the form.
    #[prop(default = "form[address]".to_owned(), into)]
    name: String,
    /// What stands before the names of its parts in problems.
    #[prop(default = "address_".to_owned(), into)]
    field: String,
) -> impl IntoView
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let country_name = format!("{name}[country]");
    let country_field = format!("{field}country");
    let country = RwSignal::new(form.value(&country_name, &stored.country));
    let rules = Memo::new(move |_| country.with(|country| rules::of(country)));
    let part = move |part: &'static str,
                     label: Signal<String>,
                     stored: &str,
                     autocomplete: &'static str,
                     needed: bool| {
        let name = format!("{name}[{part}]");
        let field = format!("{field}{part}");
        view! {
            <TextField
                label=label
                value=form.value(&name, stored)
                name=name
                id=format!("field-{field}")
                autocomplete=autocomplete
                required=required && needed
                error=form.error(field)
            />
        }
    };
    let city = Signal::derive(move || rules.with(|rules| asked(rules.city, rules.needs_city())));
    let region = Signal::derive(move || rules.with(|rules| asked(rules.region, rules.needs_region())));
    let postal = Signal::derive(move || rules.with(|rules| asked(rules.postal, rules.needs_postal_code())));
    view! {
        {part("line1", "Street and number".into(), &stored.line1, "address-line1", true)}
        {part("line2", "Flat, floor, company (optional)".into(), &stored.line2, "address-line2", false)}
        <div class="form-pair">
            {part("postal_code", postal, &stored.postal_code, "postal-code", true)}
            {part("city", city, &stored.city, "address-level2", true)}
        </div>
        <div class="form-pair">
            {part("region", region, &stored.region, "address-level1", false)}
            <SelectField
                label="Country"
                name=country_name
                id=format!("field-{country_field}")
                options=country_choices()
                bind=country
                autocomplete="country"
                error=form.error(country_field)
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
