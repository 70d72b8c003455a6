//! Buyers and the names they use.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    address::PostalAddress,
    contact,
    invoices::InvoiceRow,
    problem::{Check, Problem},
    sales::Platform,
    text,
};

/// A customer's page as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerForm {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub address: PostalAddress,
    pub note: String,
}

/// A customer, checked. Everything but the name may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerInput {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub address: PostalAddress,
    pub note: String,
}

impl CustomerForm {
    /// Checks every field.
    pub fn parse(&self) -> Result<CustomerInput, Problem> {
        let mut check = Check::new();
        let name = check.take("name", text::required(&self.name, 120));
        let email = check.take("email", contact::optional_email(&self.email));
        let phone = check.take("phone", contact::optional_phone(&self.phone));
        let address = self.address.parse("address_", false, &mut check);
        let note = check.take("note", text::paragraph(&self.note, 2_000));
        let input =
            (|| Some(CustomerInput { name: name?, email: email?, phone: phone?, address, note: note? }))();
        check.finish(input)
    }
}

/// A name that a customer uses on one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    pub platform: Platform,
    pub handle: String,
}

/// A line of the customer list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    /// City and country, or empty.
    pub place: String,
    pub has_address: bool,
    /// The key of the row in the list.
    pub key: String,
}

/// A customer's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    pub id: Uuid,
    pub form: CustomerForm,
    pub handles: Vec<Handle>,
    pub invoices: Vec<InvoiceRow>,
}
