//! A file that is imported.

use sea_orm::entity::prelude::*;

/// A file that is imported.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub member_id: Uuid,
    pub file_name: String,
    pub format: String,
    #[sea_orm(column_type = "Text")]
    pub first_row: String,
    #[sea_orm(column_type = "Text")]
    pub samples: String,
    pub fingerprint: String,
    pub source: String,
    pub remembered: bool,
    #[sea_orm(column_type = "Text")]
    pub mapping: String,
    pub state: String,
    pub rows: i64,
    pub done: i64,
    pub to_do: i64,
    pub added: i64,
    pub changed: i64,
    pub same: i64,
    pub problems: i64,
    pub kept: i64,
    pub run: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
