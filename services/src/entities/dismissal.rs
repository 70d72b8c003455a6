//! What a member set aside, and why.

use sea_orm::entity::prelude::*;

/// What a member set aside, and why.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dismissals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub subject_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub member_id: Uuid,
    pub dismissed_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
