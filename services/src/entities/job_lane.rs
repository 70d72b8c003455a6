//! How a lane of the queue stands.

use sea_orm::entity::prelude::*;

/// How a lane of the queue stands.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_lanes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lane: String,
    pub served: Option<Uuid>,
    pub failures: i64,
    pub paused_until: i64,
    pub reason: String,
}

impl ActiveModelBehavior for ActiveModel {}
