//! A stock-take.

use sea_orm::entity::prelude::*;

/// A stock-take.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_counts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub search: String,
    pub blind: bool,
    pub member_id: Uuid,
    pub created_at: i64,
    pub closed_at: Option<i64>,
    pub closed_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub changes: String,
}

impl ActiveModelBehavior for ActiveModel {}
