//! A picture of an item.

use sea_orm::entity::prelude::*;

/// A picture of an item.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pictures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub item_id: Uuid,
    pub token: String,
    pub position: i64,
    pub alt: String,
    pub width: i64,
    pub height: i64,
    pub created_at: i64,
    pub removed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
