//! A member's role in a business.

use sea_orm::entity::prelude::*;

/// A member's role in a business.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub business_id: Uuid,
    pub role: String,
}

impl ActiveModelBehavior for ActiveModel {}
