//! What was counted of one variant.

use sea_orm::entity::prelude::*;

/// What was counted of one variant.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_count_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub count_id: Uuid,
    pub variant_id: Uuid,
    pub counted: i64,
    pub moved: i64,
    pub unsure: bool,
    pub member_id: Uuid,
    pub counted_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
