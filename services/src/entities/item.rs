//! A thing for sale.

use sea_orm::entity::prelude::*;

/// A thing for sale.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub code: String,
    pub code_folded: String,
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    #[sea_orm(column_type = "Text")]
    pub search: String,
    pub price: i64,
    pub weight: i64,
    pub material_id: Option<Uuid>,
    pub category: String,
    pub category_folded: String,
    pub pricing: String,
    pub sale_price: Option<i64>,
    pub cost: Option<i64>,
    pub net_weight: Option<i64>,
    pub tax_class: String,
    pub origin: String,
    pub hs_code: String,
    pub handling_days: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub low_stock: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub options: String,
    /// What is left to claim of all variants, which `inventory::stock` keeps true.
    pub pieces_left: i64,
    pub archived_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
