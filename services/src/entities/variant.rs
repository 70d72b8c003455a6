//! One size, colour… of an item, with its own stock.

use sea_orm::entity::prelude::*;

/// One size, colour… of an item, with its own stock.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "variants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub item_id: Uuid,
    pub name: String,
    pub name_folded: String,
    #[sea_orm(column_type = "Text")]
    pub values: String,
    pub code: String,
    pub code_folded: String,
    pub net_weight: Option<i64>,
    pub weight: Option<i64>,
    pub barcode: String,
    pub position: i64,
    pub price: Option<i64>,
    pub on_hand: i64,
    pub held: i64,
    pub sold: i64,
    pub waitlisted: i64,
    pub shipped: i64,
    pub removed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
