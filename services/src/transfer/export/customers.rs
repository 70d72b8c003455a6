//! Customers, one row an address, the one that parcels go to first.

use domain::transfer::{Field, export::CUSTOMER_COLUMNS, values::list_cell};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Cell, PAGE_ROWS, Page, last_of};
use crate::{
    Result,
    accounts::Actor,
    entities::customer,
    transfer::customers::{KnownCustomer, with_all},
};

/// The customers that follow one.
pub async fn page(connection: &impl ConnectionTrait, actor: &Actor, after: Uuid) -> Result<Page> {
    let customers = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::MergedInto.is_null())
        .filter(customer::Column::Id.gt(after))
        .order_by_asc(customer::Column::Id)
        .limit(PAGE_ROWS)
        .all(connection)
        .await?;
    let last = last_of(&customers, |customer| customer.id);
    let order: Vec<Uuid> = customers.iter().map(|customer| customer.id).collect();
    let mut known = with_all(connection, actor.business_id, customers).await?;
    let rows = order.into_iter().filter_map(move |id| known.remove(&id)).flat_map(rows_of);
    Ok((Box::new(rows), last))
}

fn rows_of(known: KnownCustomer) -> impl Iterator<Item = Vec<Cell>> + Send {
    let form = known.form();
    let handles = known.handles_cell();
    let several = form.addresses.len() > 1;
    let places: Vec<_> = match form.addresses.is_empty() {
        true => vec![domain::customers::AddressForm::default()],
        false => form.addresses,
    };
    places.into_iter().map(move |place| {
        let (row, address) = (&known.row, &place.address);
        let cell = |field: Field| match field {
            // What puts the addresses of one customer together.
            Field::Group if several => Cell::text(row.id.to_string()),
            Field::Name => Cell::text(&row.name),
            Field::Email => Cell::text(&row.email),
            Field::Phone => Cell::text(&row.phone),
            Field::Handles => Cell::text(&handles),
            Field::AddressLabel => Cell::text(&place.label),
            Field::Line1 => Cell::text(&address.line1),
            Field::Line2 => Cell::text(&address.line2),
            Field::City => Cell::text(&address.city),
            Field::Region => Cell::text(&address.region),
            Field::PostalCode => Cell::text(&address.postal_code),
            Field::Country => Cell::text(&address.country),
            Field::Language => Cell::text(&row.language),
            Field::Tags => Cell::text(list_cell(known.tags.iter().map(String::as_str))),
            Field::TaxExempt => Cell::truth(row.tax_exempt_at.is_some()),
            Field::TaxId => Cell::text(&row.tax_id),
            Field::Note => Cell::text(&row.note),
            Field::Blocked => Cell::truth(row.blocked_at.is_some()),
            _ => Cell::empty(),
        };
        CUSTOMER_COLUMNS.iter().map(|field| cell(*field)).collect::<Vec<Cell>>()
    })
}
