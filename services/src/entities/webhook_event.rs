//! A gateway's event that was believed.

use sea_orm::entity::prelude::*;

/// A gateway's event that was believed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub gateway_account_id: Uuid,
    pub event_id: String,
    pub kind: String,
    pub received_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
