//! A stretch of comments pasted into a sale.

use sea_orm::entity::prelude::*;

/// A stretch of comments pasted into a sale.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pastes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub sale_id: Uuid,
    pub comments: i64,
    pub new_comments: i64,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
