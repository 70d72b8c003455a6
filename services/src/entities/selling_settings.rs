//! The rules by which a business sells, and its words.

use sea_orm::entity::prelude::*;

/// The rules by which a business sells, and its words.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "selling_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub business_id: Uuid,
    pub hold_hours: Option<i64>,
    pub limit_per_buyer: Option<i64>,
    pub put_backs: Option<i64>,
    pub repeats: String,
    #[sea_orm(column_type = "Text")]
    pub words: String,
}

impl ActiveModelBehavior for ActiveModel {}
