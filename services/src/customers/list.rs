//! The list of customers, the newest first.

use domain::{
    address::country_name,
    customers::{CustomerRow, search::words},
    page::{PAGE_ROWS, Page},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Expr,
};
use uuid::Uuid;

use super::address;
use crate::{Result, Services, accounts::Actor, entities::customer, inventory::list::containing};

/// A stretch of the customers that match `search`, after the row with the key `after`.
pub async fn list(
    services: &Services,
    actor: &Actor,
    search: &str,
    after: &str,
) -> Result<Page<CustomerRow>> {
    let mut select = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::MergedInto.is_null())
        .order_by_desc(customer::Column::Id)
        .limit(PAGE_ROWS + 1);
    for word in words(search) {
        select = select.filter(Expr::col(customer::Column::Search).like(containing(&word)));
    }
    if let Ok(after) = Uuid::parse_str(after) {
        select = select.filter(Condition::all().add(customer::Column::Id.lt(after)));
    }
    let page = Page::new(select.all(services.database.read()).await?, PAGE_ROWS, |row| row.id.to_string());
    let rows = page
        .rows
        .into_iter()
        .map(|customer| {
            let address = address(&customer);
            let place = match address.is_empty() {
                true => String::new(),
                false => format!("{}, {}", address.city, country_name(&address.country)),
            };
            CustomerRow {
                id: customer.id,
                key: customer.id.to_string(),
                name: customer.name,
                email: customer.email,
                place,
                has_address: address.is_complete(),
                is_blocked: customer.blocked_at.is_some(),
            }
        })
        .collect();
    Ok(Page { rows, next: page.next })
}
