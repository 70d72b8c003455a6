//! A line of an invoice.

use sea_orm::entity::prelude::*;

/// A line of an invoice.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub invoice_id: Uuid,
    pub claim_id: Uuid,
    pub code: String,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    pub quantity: i64,
    pub unit_price: i64,
    pub total: i64,
    pub weight: i64,
    pub position: i64,
}

impl ActiveModelBehavior for ActiveModel {}
