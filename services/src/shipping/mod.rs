//! Shipping: packagings, carrier accounts, the queue, rates and labels.

pub mod account;
pub mod packaging;
pub mod purchase;
pub mod queue;
pub mod quote;
pub mod shipment;

use domain::stored_enum;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Expr,
};
use uuid::Uuid;

use crate::{
    Result,
    database::Write,
    entities::{self, label, rate},
    error::OrNotFound,
};

stored_enum! {
    /// Where the purchase of a label stands.
    LabelState {
        Buying = "buying", "Being bought";
        Bought = "bought", "Bought";
        Failed = "failed", "Not bought";
    }
}

/// The stored words of the states in which a shipment still needs a label: ready and failed.
pub(crate) const WITHOUT_LABEL: [&str; 2] = ["ready", "failed"];

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<entities::shipment::Model> {
    entities::shipment::Entity::find_by_id(id)
        .filter(entities::shipment::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The label that was bought for a shipment, without its document.
pub(crate) async fn bought_label(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    shipment_id: Uuid,
) -> Result<Option<label::Model>> {
    let found = label::Entity::find()
        .filter(label::Column::BusinessId.eq(business_id))
        .filter(label::Column::ShipmentId.eq(shipment_id))
        .filter(label::Column::State.eq(LabelState::Bought.as_str()))
        .order_by_desc(label::Column::Id)
        .limit(1)
        .one(connection)
        .await?;
    Ok(found)
}

/// Forgets the rates that were asked for a customer's parcels, because something they depend on changed.
pub(crate) async fn forget_quotes(
    write: &Write,
    business_id: Uuid,
    customer_id: Uuid,
    now: i64,
) -> Result<()> {
    let shipments: Vec<Uuid> = entities::shipment::Entity::find()
        .select_only()
        .column(entities::shipment::Column::Id)
        .filter(entities::shipment::Column::BusinessId.eq(business_id))
        .filter(entities::shipment::Column::CustomerId.eq(customer_id))
        .filter(entities::shipment::Column::State.is_in(WITHOUT_LABEL))
        .into_tuple()
        .all(&**write)
        .await?;
    forget_quotes_of(write, business_id, &shipments, now).await
}

/// As [`forget_quotes`], for many customers.
pub(crate) async fn forget_quotes_of_customers(
    write: &Write,
    business_id: Uuid,
    customers: &[Uuid],
    now: i64,
) -> Result<()> {
    for some in customers.chunks(crate::customers::handles::ROWS_AT_ONCE) {
        let shipments: Vec<Uuid> = entities::shipment::Entity::find()
            .select_only()
            .column(entities::shipment::Column::Id)
            .filter(entities::shipment::Column::BusinessId.eq(business_id))
            .filter(entities::shipment::Column::CustomerId.is_in(some.iter().copied()))
            .filter(entities::shipment::Column::State.is_in(WITHOUT_LABEL))
            .into_tuple()
            .all(&**write)
            .await?;
        if !shipments.is_empty() {
            forget_quotes_of(write, business_id, &shipments, now).await?;
        }
    }
    Ok(())
}

/// Forgets the rates of some shipments.
pub(crate) async fn forget_quotes_of(
    write: &Write,
    business_id: Uuid,
    shipments: &[Uuid],
    now: i64,
) -> Result<()> {
    rate::Entity::delete_many()
        .filter(rate::Column::BusinessId.eq(business_id))
        .filter(rate::Column::ShipmentId.is_in(shipments.iter().copied()))
        .exec(&**write)
        .await?;
    entities::shipment::Entity::update_many()
        .col_expr(entities::shipment::Column::QuoteReference, Expr::value(Option::<String>::None))
        .col_expr(entities::shipment::Column::UpdatedAt, Expr::value(now))
        .filter(entities::shipment::Column::BusinessId.eq(business_id))
        .filter(entities::shipment::Column::Id.is_in(shipments.iter().copied()))
        .exec(&**write)
        .await?;
    Ok(())
}
