//! Customers: found by their handles, listed, edited.

pub mod block;
pub mod buyer;
pub mod customer;
pub mod handles;
pub mod list;

use domain::address::PostalAddress;

use crate::entities::customer as row;

/// Where a customer lives.
pub(crate) fn address(customer: &row::Model) -> PostalAddress {
    PostalAddress {
        line1: customer.line1.clone(),
        line2: customer.line2.clone(),
        city: customer.city.clone(),
        region: customer.region.clone(),
        postal_code: customer.postal_code.clone(),
        country: customer.country.clone(),
    }
}
