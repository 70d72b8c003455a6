//! Some rows of a file that is imported.

use sea_orm::entity::prelude::*;

/// Some rows of a file that is imported.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_chunks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub import_id: Uuid,
    pub first: i64,
    #[sea_orm(column_type = "Text")]
    pub rows: String,
}

impl ActiveModelBehavior for ActiveModel {}
