//! Whose turn it is to do something that one server does for all.

use sea_orm::entity::prelude::*;

/// Whose turn it is to do something that one server does for all.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sweeps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub began_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
