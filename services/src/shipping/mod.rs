//! Shipping: packagings, carrier accounts, the queue, rates and labels.

pub mod account;
pub mod document;
pub mod given_up;
pub mod packaging;
mod pieces;
pub mod purchase;
pub mod queue;
pub mod quote;
mod request;
pub mod shipment;

use domain::stored_enum;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, prelude::Expr,
};
use uuid::Uuid;

use crate::{
    Result,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{self, label, rate},
    error::OrNotFound,
};

stored_enum! {
    /// Where the purchase of a label stands.
    LabelState {
        /// Ordered; the carrier was not asked yet.
        Buying = "buying", "Being bought";
        /// The carrier was asked, and what came of it is not known.
        Unsure = "unsure", "Not known yet";
        Bought = "bought", "Bought";
        /// The carrier said that it was not bought.
        Failed = "failed", "Not bought";
        /// A member said so, because the carrier could not be asked any more.
        GivenUp = "given-up", "Said not to be bought";
        /// It was bought after all, and its parcel went on without it.
        Stray = "stray", "Bought after all";
    }
}

impl LabelState {
    /// Whether a label in this state may get into another. Nothing leads away from one that was bought, and none becomes
    /// bought for which the carrier was not asked. A parcel that went on without a label stays without it.
    pub fn may_become(self, next: LabelState) -> bool {
        use LabelState::{Bought, Buying, Failed, GivenUp, Stray, Unsure};
        matches!(
            (self, next),
            (Buying, Unsure | Failed)
                | (Unsure, Unsure | Bought | Failed | GivenUp)
                | (Failed | GivenUp, Stray)
        )
    }
}

/// The stored words of the states in which a shipment still needs a label and none may be there: ready and failed.
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

/// What is told of a label: all but its document, which is large.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct LabelFacts {
    pub id: Uuid,
    pub state: String,
    pub service: String,
    pub price: i64,
    pub currency: String,
    pub is_price_of_rate: bool,
    pub tracking_number: String,
    pub tracking_url: String,
    pub recipient: String,
    pub has_document: bool,
    pub fetch_failed_at: Option<i64>,
    pub look_at: Option<i64>,
    pub asked_at: Option<i64>,
    pub created_at: i64,
    pub bought_at: Option<i64>,
}

/// The label that was bought for a shipment.
pub(crate) async fn bought_label(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    shipment_id: Uuid,
) -> Result<Option<LabelFacts>> {
    label_in(connection, business_id, shipment_id, &[LabelState::Bought]).await
}

/// The label of a shipment that is in one of these states.
pub(crate) async fn label_in(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    shipment_id: Uuid,
    states: &[LabelState],
) -> Result<Option<LabelFacts>> {
    use label::Column::{
        AskedAt, BoughtAt, BusinessId, CreatedAt, Currency, Document, FetchFailedAt, Id, IsPriceOfRate,
        LookAt, Price, Recipient, Service, ShipmentId, State, TrackingNumber, TrackingUrl,
    };
    let found = label::Entity::find()
        .select_only()
        .columns([
            Id,
            State,
            Service,
            Price,
            Currency,
            IsPriceOfRate,
            TrackingNumber,
            TrackingUrl,
            Recipient,
            FetchFailedAt,
            LookAt,
            AskedAt,
            CreatedAt,
            BoughtAt,
        ])
        .expr_as(Expr::col(Document).is_not_null(), "has_document")
        .filter(BusinessId.eq(business_id))
        .filter(ShipmentId.eq(shipment_id))
        .filter(State.is_in(states.iter().map(|state| state.as_str())))
        .order_by_desc(Id)
        .limit(1)
        .into_model::<LabelFacts>()
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
    let of_customer = entities::shipment::Column::CustomerId.eq(customer_id);
    forget_quotes_where(write, business_id, Condition::all().add(of_customer), now).await
}

/// As [`forget_quotes`], for many customers.
pub(crate) async fn forget_quotes_of_customers(
    write: &Write,
    business_id: Uuid,
    customers: &[Uuid],
    now: i64,
) -> Result<()> {
    for some in customers.chunks(ROWS_AT_ONCE) {
        let of_these = entities::shipment::Column::CustomerId.is_in(some.iter().copied());
        forget_quotes_where(write, business_id, Condition::all().add(of_these), now).await?;
    }
    Ok(())
}

/// Forgets all rates of a business, because where it posts from or with which account has changed.
pub(crate) async fn forget_all_quotes(write: &Write, business_id: Uuid, now: i64) -> Result<()> {
    forget_quotes_where(write, business_id, Condition::all(), now).await
}

/// Forgets the rates of those parcels that fit a condition.
pub(crate) async fn forget_quotes_where(
    write: &Write,
    business_id: Uuid,
    which: Condition,
    now: i64,
) -> Result<()> {
    use entities::shipment::{Column, Entity};
    let mut after = Uuid::nil();
    loop {
        let shipments: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::BusinessId.eq(business_id))
            .filter(Column::State.is_in(WITHOUT_LABEL))
            .filter(Column::QuoteReference.is_not_null())
            .filter(which.clone())
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(ROWS_AT_ONCE as u64)
            .into_tuple()
            .all(&**write)
            .await?;
        let Some(last) = shipments.last() else { return Ok(()) };
        after = *last;
        forget_quotes_of(write, business_id, &shipments, now).await?;
    }
}

/// Forgets the rates of some shipments. Those for which a label is there or under way keep what it was asked with.
pub(crate) async fn forget_quotes_of(
    write: &Write,
    business_id: Uuid,
    shipments: &[Uuid],
    now: i64,
) -> Result<()> {
    use entities::shipment::{Column, Entity};
    rate::Entity::delete_many()
        .filter(rate::Column::BusinessId.eq(business_id))
        .filter(rate::Column::ShipmentId.is_in(shipments.iter().copied()))
        .exec(&**write)
        .await?;
    Entity::update_many()
        .col_expr(Column::QuoteReference, Expr::value(Option::<String>::None))
        .col_expr(Column::QuoteHash, Expr::value(Option::<String>::None))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::BusinessId.eq(business_id))
        .filter(Column::Id.is_in(shipments.iter().copied()))
        .filter(Column::State.is_in(WITHOUT_LABEL))
        .exec(&**write)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::LabelState;

    #[test]
    fn no_arrow_leads_away_from_a_label_that_was_bought_nor_back_to_one_that_its_parcel_went_on_without() {
        for next in LabelState::ALL {
            assert!(
                !LabelState::Bought.may_become(*next) && !LabelState::Stray.may_become(*next),
                "{next:?}"
            );
            for gone in [LabelState::Failed, LabelState::GivenUp] {
                assert_eq!(gone.may_become(*next), *next == LabelState::Stray, "{gone:?} {next:?}");
            }
        }
        assert!(!LabelState::Buying.may_become(LabelState::Bought), "the carrier was not asked");
    }
}
