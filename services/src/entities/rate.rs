//! An offer to carry a shipment.

use sea_orm::entity::prelude::*;

/// An offer to carry a shipment.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub shipment_id: Uuid,
    pub reference: String,
    pub carrier: String,
    pub service: String,
    pub price: i64,
    pub currency: String,
    pub days: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
