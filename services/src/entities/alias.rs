//! Another word for an item.

use sea_orm::entity::prelude::*;

/// Another word for an item.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "aliases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub item_id: Uuid,
    pub alias: String,
    pub alias_folded: String,
    pub position: i64,
}

impl ActiveModelBehavior for ActiveModel {}
