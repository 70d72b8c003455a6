//! A row that a merge moved or made.

use sea_orm::entity::prelude::*;

/// A row that a merge moved or made.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_merge_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub merge_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_id: Uuid,
    pub business_id: Uuid,
    pub kind: String,
}

impl ActiveModelBehavior for ActiveModel {}
