//! What a customer owes.

use sea_orm::entity::prelude::*;

/// What a customer owes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub sequence: i64,
    pub customer_id: Uuid,
    pub state: String,
    pub currency: String,
    pub subtotal: i64,
    pub shipping: i64,
    pub total: i64,
    pub paid: i64,
    pub token: String,
    #[sea_orm(column_type = "Text")]
    pub search: String,
    pub issued_at: i64,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
