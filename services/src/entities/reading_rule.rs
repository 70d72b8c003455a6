//! What a seller taught the reader.

use sea_orm::entity::prelude::*;

/// What a seller taught the reader.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reading_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub phrase: String,
    pub meaning: String,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
