//! The addresses of a customer. The one that parcels go to stands in the customer's own row, with its id; the others are rows
//! of their own. So there is one truth about where a parcel goes, and who ships reads one row. An address keeps its id when
//! parcels begin or cease to go to it: a form that was open before still means the same address.

use domain::{
    address::PostalAddress,
    customers::{AddressForm, AddressInput, MAX_ADDRESSES},
    problem::{FieldCode, Problem},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::{address, further_address};
use crate::{
    Result,
    database::Write,
    entities::{customer, customer_address},
    new_id,
};

/// The further addresses of a customer in the order in which they were added.
pub(super) async fn further(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    customer_id: Uuid,
) -> Result<Vec<customer_address::Model>> {
    Ok(customer_address::Entity::find()
        .filter(customer_address::Column::BusinessId.eq(business_id))
        .filter(customer_address::Column::CustomerId.eq(customer_id))
        .order_by_asc(customer_address::Column::CreatedAt)
        .order_by_asc(customer_address::Column::Id)
        .all(connection)
        .await?)
}

/// All addresses of a customer for the form, the one that parcels go to first.
pub(crate) fn forms(customer: &customer::Model, further: &[customer_address::Model]) -> Vec<AddressForm> {
    let default = address(customer);
    let first = (!default.is_empty()).then(|| AddressForm {
        id: id_of_first(customer).to_string(),
        label: customer.address_label.clone(),
        address: default,
    });
    let others = further.iter().map(|row| AddressForm {
        id: row.id.to_string(),
        label: row.label.clone(),
        address: further_address(row),
    });
    first.into_iter().chain(others).collect()
}

/// The id of the address that parcels go to.
pub(crate) fn id_of_first(customer: &customer::Model) -> Uuid {
    customer.address_id.unwrap_or(customer.id)
}

/// An address of a customer.
pub(super) struct Entry {
    pub id: Uuid,
    pub label: String,
    pub address: PostalAddress,
    created_at: i64,
}

/// Stores what a form says of a customer's addresses, and gives the one that parcels go to. Addresses that the form does not
/// name stay.
pub(super) async fn store(
    write: &Write,
    customer: &customer::Model,
    inputs: &[AddressInput],
    now: i64,
) -> Result<Entry> {
    let stored = further(&**write, customer.business_id, customer.id).await?;
    let mut entries: Vec<Entry> = Vec::new();
    let first_id = id_of_first(customer);
    let present = address(customer);
    if !present.is_empty() {
        entries.push(Entry {
            id: first_id,
            label: customer.address_label.clone(),
            address: present,
            created_at: customer.created_at,
        });
    }
    entries.extend(stored.iter().map(|row| Entry {
        id: row.id,
        label: row.label.clone(),
        address: further_address(row),
        created_at: row.created_at,
    }));
    let mut default = None;
    for input in inputs {
        let known = input.id.and_then(|id| entries.iter_mut().find(|entry| entry.id == id));
        let id = match known {
            Some(entry) => {
                entry.label.clone_from(&input.label);
                entry.address.clone_from(&input.address);
                entry.id
            }
            // A row that has gone meanwhile and is to go, or an address that is there already.
            None if input.address.is_empty() => continue,
            None => match entries.iter().find(|entry| entry.address == input.address) {
                Some(entry) => entry.id,
                None => {
                    let id = new_id();
                    let (label, address) = (input.label.clone(), input.address.clone());
                    entries.push(Entry { id, label, address, created_at: now });
                    id
                }
            },
        };
        if input.is_default {
            default = Some(id);
        }
    }
    entries.retain(|entry| !entry.address.is_empty());
    if entries.len() > MAX_ADDRESSES {
        return Err(Problem::field("addresses", FieldCode::TooMuch(MAX_ADDRESSES as i64)).into());
    }
    let position = |id: Uuid| entries.iter().position(|entry| entry.id == id);
    let chosen = default.and_then(position).or_else(|| position(first_id)).unwrap_or_default();
    let first = match chosen < entries.len() {
        true => entries.remove(chosen),
        false => {
            Entry { id: first_id, label: String::new(), address: PostalAddress::default(), created_at: now }
        }
    };
    replace(write, customer, entries).await?;
    Ok(first)
}

/// Makes the further addresses of a customer those. Rows keep their ids.
async fn replace(write: &Write, customer: &customer::Model, entries: Vec<Entry>) -> Result<()> {
    customer_address::Entity::delete_many()
        .filter(customer_address::Column::BusinessId.eq(customer.business_id))
        .filter(customer_address::Column::CustomerId.eq(customer.id))
        .exec(&**write)
        .await?;
    let rows = entries.into_iter().map(|entry| {
        row(entry.id, customer.business_id, customer.id, entry.label, entry.address, entry.created_at)
    });
    insert(write, rows.collect()).await
}

/// Stores further addresses.
pub(crate) async fn insert(write: &Write, rows: Vec<customer_address::ActiveModel>) -> Result<()> {
    if !rows.is_empty() {
        customer_address::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// The row of a further address.
pub(crate) fn row(
    id: Uuid,
    business_id: Uuid,
    customer_id: Uuid,
    label: String,
    address: PostalAddress,
    created_at: i64,
) -> customer_address::ActiveModel {
    customer_address::ActiveModel {
        id: Set(id),
        business_id: Set(business_id),
        customer_id: Set(customer_id),
        label: Set(label),
        created_at: Set(created_at),
        line1: Set(address.line1),
        line2: Set(address.line2),
        city: Set(address.city),
        region: Set(address.region),
        postal_code: Set(address.postal_code),
        country: Set(address.country),
    }
}
