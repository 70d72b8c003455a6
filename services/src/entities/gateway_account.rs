//! A business' account at a gateway.

use sea_orm::entity::prelude::*;

/// A business' account at a gateway.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gateway_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub gateway: String,
    pub live: bool,
    pub key_ends_with: String,
    #[sea_orm(column_type = "Text")]
    pub sealed_key: String,
    pub sealed_webhook_secret: Option<String>,
    pub created_at: i64,
    pub removed_at: Option<i64>,
    pub external_id: Option<String>,
    pub webhook_reference: Option<String>,
    /// Since when the gateway does not take the key, UTC milliseconds; nothing while it does.
    pub refused_at: Option<i64>,
    /// Whether it was the making or closing of a page that was refused: only that this works again takes it back.
    pub makes_no_pages: bool,
}

impl ActiveModelBehavior for ActiveModel {}
