//! A demand on a variant.

use sea_orm::entity::prelude::*;

/// A demand on a variant.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claims")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub sale_id: Uuid,
    pub comment_id: Option<Uuid>,
    pub customer_id: Uuid,
    pub variant_id: Uuid,
    pub quantity: i64,
    pub price: i64,
    pub state: String,
    pub invoice_id: Option<Uuid>,
    pub place: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub held_at: Option<i64>,
    pub let_go_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
