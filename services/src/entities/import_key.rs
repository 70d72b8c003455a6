//! What a check met in some rows of a file.

use sea_orm::entity::prelude::*;

/// What a check met in some rows of a file.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub import_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub keys: String,
}

impl ActiveModelBehavior for ActiveModel {}
