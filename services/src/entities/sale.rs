//! A live show or post.

use sea_orm::entity::prelude::*;

/// A live show or post.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sales")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub title: String,
    pub platform: String,
    pub preset: String,
    pub comment_order: String,
    pub seller: String,
    pub closed_at: Option<i64>,
    pub created_at: i64,
    pub hold_hours: Option<i64>,
    pub limit_per_buyer: Option<i64>,
    pub put_backs: Option<i64>,
    pub repeats: String,
    #[sea_orm(column_type = "Text")]
    pub words: String,
    pub layout: String,
}

impl ActiveModelBehavior for ActiveModel {}
