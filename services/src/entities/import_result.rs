//! What became, or would become, of the rows of one thing.

use sea_orm::entity::prelude::*;

/// What became, or would become, of the rows of one thing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_results")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub import_id: Uuid,
    pub pass: String,
    pub kind: String,
    pub line: i64,
    pub label: String,
    #[sea_orm(column_type = "Text")]
    pub problems: String,
    pub subject_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub journal: String,
    pub undo: String,
}

impl ActiveModelBehavior for ActiveModel {}
