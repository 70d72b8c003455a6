//! A buyer.

use sea_orm::entity::prelude::*;

/// A buyer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub search: String,
    pub email: String,
    pub phone: String,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub country: String,
    pub blocked_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
