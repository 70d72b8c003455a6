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
}

impl ActiveModelBehavior for ActiveModel {}
