//! Customers: found by their handles, listed, edited, made one of two.

pub mod addresses;
pub mod authors;
pub mod block;
pub mod bulk;
pub mod buyer;
pub mod credit;
pub mod customer;
pub mod duplicates;
pub mod handles;
pub mod history;
pub mod list;
pub mod merge;
pub mod phone;
pub mod search;
mod tags;
pub mod unmerge;
pub mod view;

use domain::address::PostalAddress;

use crate::entities::{customer as row, customer_address};

/// Where a customer lives: the address that parcels go to. It stands in the customer's own row; the others have a table
/// of their own.
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

/// A further address of a customer.
pub(crate) fn further_address(row: &customer_address::Model) -> PostalAddress {
    PostalAddress {
        line1: row.line1.clone(),
        line2: row.line2.clone(),
        city: row.city.clone(),
        region: row.region.clone(),
        postal_code: row.postal_code.clone(),
        country: row.country.clone(),
    }
}
