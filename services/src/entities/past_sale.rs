//! A sale that was made before, somewhere else.

use sea_orm::entity::prelude::*;

/// A sale that was made before, somewhere else.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "past_sales")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub customer_id: Uuid,
    pub source: String,
    pub reference: String,
    pub reference_folded: String,
    pub sold_at: i64,
    pub currency: String,
    #[sea_orm(column_type = "Text")]
    pub lines: String,
    pub discount: i64,
    pub shipping: i64,
    pub tax: i64,
    pub total: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
