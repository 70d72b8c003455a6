//! Two customers of whom a person said that they are not the same.

use sea_orm::entity::prelude::*;

/// Two customers of whom a person said that they are not the same.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_distinctions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub first_id: Uuid,
    pub second_id: Uuid,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
