//! Something done to many rows at once.

use sea_orm::entity::prelude::*;

/// Something done to many rows at once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_actions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub member_id: Uuid,
    pub list: String,
    pub kind: String,
    pub value: String,
    pub count: i64,
    pub created_at: i64,
    pub undone_at: Option<i64>,
    /// A hash of what was asked for, in hexadecimal digits; empty where no form with a key asked for it.
    pub asked: String,
}

impl ActiveModelBehavior for ActiveModel {}
