//! One try at paying an invoice through a gateway.

use sea_orm::entity::prelude::*;

/// One try at paying an invoice through a gateway.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub invoice_id: Uuid,
    pub gateway_account_id: Uuid,
    pub gateway: String,
    pub amount: i64,
    pub currency: String,
    pub state: String,
    pub reference: Option<String>,
    pub url: Option<String>,
    pub expires_at: i64,
    pub created_at: i64,
    pub updated_at: i64,
    #[sea_orm(column_type = "Text")]
    pub customer_email: String,
    #[sea_orm(column_type = "Text")]
    pub return_url: String,
    pub closing: bool,
    pub unchecked_since: Option<i64>,
    pub refunded: i64,
    pub disputed: bool,
}

impl ActiveModelBehavior for ActiveModel {}
