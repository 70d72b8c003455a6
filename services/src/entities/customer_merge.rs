//! A customer that was merged into another, and how to undo it.

use sea_orm::entity::prelude::*;

/// A customer that was merged into another, and how to undo it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_merges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub from_id: Uuid,
    pub into_id: Uuid,
    pub member_id: Uuid,
    pub form_key: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub changes: String,
    pub created_at: i64,
    pub undone_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
