//! One delivery.

use sea_orm::entity::prelude::*;

/// One delivery.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shipments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub invoice_id: Uuid,
    pub customer_id: Uuid,
    pub state: String,
    pub contents_weight: i64,
    pub packaging_id: Option<Uuid>,
    pub carrier_account_id: Option<Uuid>,
    pub quote_reference: Option<String>,
    pub problem: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub quote_hash: Option<String>,
    pub contents_weighed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
