//! What a gateway did.

use sea_orm::entity::prelude::*;

/// What a gateway did.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub invoice_id: Uuid,
    pub attempt_id: Uuid,
    pub kind: String,
    pub gateway: String,
    pub reference: String,
    pub amount: i64,
    pub fee: Option<i64>,
    pub currency: String,
    pub at: i64,
    pub other_fee: Option<i64>,
    pub other_fee_currency: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
