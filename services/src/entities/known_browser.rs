//! A browser in which a member signed in before.

use sea_orm::entity::prelude::*;

/// A browser in which a member signed in before.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "known_browsers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: Uuid,
    pub created_at: i64,
    pub seen_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
