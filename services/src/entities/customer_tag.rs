//! A word by which a seller groups customers.

use sea_orm::entity::prelude::*;

/// A word by which a seller groups customers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_tags")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub customer_id: Uuid,
    pub tag: String,
    pub tag_folded: String,
}

impl ActiveModelBehavior for ActiveModel {}
