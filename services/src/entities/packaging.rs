//! A box or mailer.

use sea_orm::entity::prelude::*;

/// A box or mailer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "packagings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub name: String,
    pub weight: i64,
    pub length: i64,
    pub width: i64,
    pub height: i64,
    pub cost: Option<i64>,
    pub stock: Option<i64>,
    pub created_at: i64,
    pub removed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
