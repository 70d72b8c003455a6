//! The list of customers.

use domain::{
    address::country_name,
    customers::{CustomerList, CustomerQuery, CustomerRow, CustomerSort, search::words},
    invoices::InvoiceState,
    lists::{Cursor, Point, Stretch, searched},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoSimpleExpr, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, prelude::Expr, sea_query::Func,
};

use super::address;
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{customer, customer_tag, invoice},
    inventory::list::{MAX_CHOICES, containing, each_once},
    lists::{
        keyset::{self, Bound, Sorting, ordered},
        views,
    },
    new_id,
};

/// The page of all customers: a stretch of the list, and the views that are kept of it.
pub async fn show(services: &Services, actor: &Actor, query: &CustomerQuery) -> Result<CustomerList> {
    let customers = list(services, actor, query).await?;
    let views = views::of_list(services.database.read(), actor.business_id, CustomerList::NAME).await?;
    Ok(CustomerList { customers, views, key: new_id(), done: None })
}

/// A stretch of the customers.
pub async fn list(services: &Services, actor: &Actor, query: &CustomerQuery) -> Result<Stretch<CustomerRow>> {
    let read = services.database.read();
    let mut point = Point::read(&query.after, &query.before);
    let mut found = search(read, actor, query, &point).await?;
    if keyset::is_short(&point, found.len()) {
        point = Point::Start;
        found = search(read, actor, query, &point).await?;
    }
    let found = keyset::stretch(found, &point, |row| cursor(query, row));
    let rows = found.rows.iter().map(row).collect();
    Ok(found.of(rows))
}

/// The customers that match a query, in no order. Those who were merged into others are not among them.
pub(crate) fn matching(business_id: uuid::Uuid, query: &CustomerQuery) -> Select<customer::Entity> {
    let mut select = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::MergedInto.is_null());
    for word in words(&query.search) {
        select =
            select.filter(Expr::col((customer::Entity, customer::Column::Search)).like(containing(&word)));
    }
    if !query.tag.is_empty() {
        let tagged = customer_tag::Entity::find()
            .select_only()
            .column(customer_tag::Column::CustomerId)
            .filter(customer_tag::Column::BusinessId.eq(business_id))
            .filter(customer_tag::Column::TagFolded.eq(domain::text::fold(searched(&query.tag))));
        select = select.filter(customer::Column::Id.in_subquery(tagged.into_query()));
    }
    if query.blocked {
        select = select.filter(customer::Column::BlockedAt.is_not_null());
    }
    if query.without_address {
        let is_missing = customer::Column::Line1.eq("").or(customer::Column::City.eq(""));
        select = select.filter(is_missing);
    }
    if query.owing {
        let owed = [InvoiceState::Open, InvoiceState::PartPaid];
        let owing = invoice::Entity::find()
            .select_only()
            .column(invoice::Column::CustomerId)
            .filter(invoice::Column::BusinessId.eq(business_id))
            .filter(invoice::Column::State.is_in(owed.map(InvoiceState::as_str)));
        select = select.filter(customer::Column::Id.in_subquery(owing.into_query()));
    }
    select
}

fn cursor(query: &CustomerQuery, row: &customer::Model) -> Cursor {
    let value = match query.order().0 {
        CustomerSort::Newest => String::new(),
        CustomerSort::Name => row.name.clone(),
    };
    Cursor { id: row.id, value }
}

/// One row more than a stretch has, in the direction of the point.
async fn search(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    query: &CustomerQuery,
    point: &Point,
) -> Result<Vec<customer::Model>> {
    let (sort, is_opposite) = query.order();
    let by = match sort {
        CustomerSort::Newest => None,
        CustomerSort::Name => Some(Func::lower(customer::Column::Name.into_simple_expr()).into()),
    };
    let sorting =
        Sorting { by, id: customer::Column::Id, ascending: (sort == CustomerSort::Name) != is_opposite };
    let bound = |cursor: &Cursor| Bound {
        by: (sort == CustomerSort::Name).then(|| Func::lower(cursor.value.as_str()).into()),
        id: cursor.id,
    };
    let (backwards, bound) = match point {
        Point::Start => (false, None),
        Point::After(cursor) => (false, Some(bound(cursor))),
        Point::Before(cursor) => (true, Some(bound(cursor))),
    };
    let select = ordered(matching(actor.business_id, query), &sorting, bound, backwards);
    Ok(select.all(connection).await?)
}

fn row(customer: &customer::Model) -> CustomerRow {
    let address = address(customer);
    let place = match address.is_empty() {
        true => String::new(),
        false => format!("{}, {}", address.city, country_name(&address.country)),
    };
    CustomerRow {
        id: customer.id,
        name: customer.name.clone(),
        email: customer.email.clone(),
        place,
        has_address: address.is_complete(),
        is_blocked: customer.blocked_at.is_some(),
    }
}

/// The tags that the list can be filtered by.
pub async fn tags(services: &Services, actor: &Actor) -> Result<Vec<String>> {
    let tags = customer_tag::Entity::find()
        .select_only()
        .column(customer_tag::Column::Tag)
        .distinct()
        .filter(customer_tag::Column::BusinessId.eq(actor.business_id))
        .order_by_asc(customer_tag::Column::Tag)
        .limit(MAX_CHOICES);
    Ok(each_once(tags.into_tuple().all(services.database.read()).await?))
}
