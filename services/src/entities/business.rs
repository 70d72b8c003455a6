//! A tenant.

use sea_orm::entity::prelude::*;

/// A tenant.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "businesses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub currency: String,
    pub weight_unit: String,
    pub preset: String,
    pub shipping_fee: i64,
    pub next_invoice: i64,
    pub revision: i64,
    pub created_at: i64,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub country: String,
    /// IANA name of the time zone by whose clock its days are counted.
    pub time_zone: String,
}

impl ActiveModelBehavior for ActiveModel {}
