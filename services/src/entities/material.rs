//! What items are made of.

use sea_orm::entity::prelude::*;

/// What items are made of.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "materials")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub name: String,
    pub name_folded: String,
    pub purity: String,
    pub unit: String,
    pub rate: Option<i64>,
    pub wastage: i64,
    pub origin: String,
    pub hs_code: String,
    pub removed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
