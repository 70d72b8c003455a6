//! Postage that was or is being bought.

use sea_orm::entity::prelude::*;

/// Postage that was or is being bought.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "labels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub shipment_id: Uuid,
    pub state: String,
    pub quote_reference: String,
    pub rate_reference: String,
    pub service: String,
    pub price: i64,
    pub currency: String,
    pub tracking_number: String,
    #[sea_orm(column_type = "Text")]
    pub tracking_url: String,
    #[sea_orm(column_type = "Text")]
    pub label_url: String,
    pub document: Option<Vec<u8>>,
    pub created_at: i64,
    pub bought_at: Option<i64>,
    pub carrier_account_id: Option<Uuid>,
    pub request_hash: String,
    #[sea_orm(column_type = "Text")]
    pub recipient: String,
    pub asked_at: Option<i64>,
    pub asks: i64,
    pub failed_looks: i64,
    pub look_at: Option<i64>,
    pub is_price_of_rate: bool,
    pub fetch_failed_at: Option<i64>,
    pub given_up_at: Option<i64>,
    pub given_up_by: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub given_up_note: String,
}

impl ActiveModelBehavior for ActiveModel {}
