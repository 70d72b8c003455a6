//! A business' account at a carrier service.

use sea_orm::entity::prelude::*;

/// A business' account at a carrier service.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "carrier_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub carrier: String,
    pub live: bool,
    pub key_ends_with: String,
    #[sea_orm(column_type = "Text")]
    pub sealed_key: String,
    pub created_at: i64,
    pub removed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
