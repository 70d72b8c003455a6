//! Something done to claims by hand, and how to undo it.

use sea_orm::entity::prelude::*;

/// Something done to claims by hand, and how to undo it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_actions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub sale_id: Uuid,
    pub member_id: Uuid,
    pub kind: String,
    pub customer_id: Uuid,
    pub variant_id: Uuid,
    pub quantity: i64,
    #[sea_orm(column_type = "Text")]
    pub changes: String,
    pub created_at: i64,
    pub undone_at: Option<i64>,
    /// A hash of what was asked for, in hexadecimal digits; empty where no form with a key asked for it.
    pub asked: String,
}

impl ActiveModelBehavior for ActiveModel {}
