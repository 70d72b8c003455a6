//! A customer who is added by hand.

use domain::customers::{CustomerForm, HandleForm};
use leptos::prelude::*;

use super::{customer::SaveCustomer, fields::Fields};
use crate::{
    form::{use_form, use_returned},
    ui::{PageHead, Title},
};

/// The page of a new customer.
#[component]
pub fn NewCustomerPage() -> impl IntoView {
    let returned = use_returned();
    let form = use_form::<SaveCustomer>(&returned);
    let rows = RwSignal::new((Vec::<HandleForm>::new(), Vec::new()));
    view! {
        <Title text="New customer" />
        <PageHead title="New customer" back=("/customers".to_owned(), "Back to the customers".to_owned()) />
        <Fields id=String::new() stored=CustomerForm::default() rows=rows filled=RwSignal::new(String::new()) form=form returned=returned />
    }
    .into_any()
}
