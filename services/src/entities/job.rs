//! Something that must happen outside.

use sea_orm::entity::prelude::*;

/// Something that must happen outside.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub kind: String,
    pub subject_id: Uuid,
    pub state: String,
    pub run_at: i64,
    pub tries: i64,
    pub lease_until: Option<i64>,
    pub last_error: String,
    pub created_at: i64,
    pub lane: String,
    pub generation: i64,
    pub due_again: bool,
    pub reason: String,
}

impl ActiveModelBehavior for ActiveModel {}
