//! A further address of a customer; the one that parcels go to stands with the customer.

use sea_orm::entity::prelude::*;

/// A further address of a customer; the one that parcels go to stands with the customer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_addresses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub customer_id: Uuid,
    pub label: String,
    pub created_at: i64,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub country: String,
}

impl ActiveModelBehavior for ActiveModel {}
