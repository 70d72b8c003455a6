//! A view of a list under a name.

use sea_orm::entity::prelude::*;

/// A view of a list under a name.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_views")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub list: String,
    pub name: String,
    pub name_folded: String,
    #[sea_orm(column_type = "Text")]
    pub query: String,
    pub created_at: i64,
    pub removed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
