//! A buyer.

use sea_orm::entity::prelude::*;

/// A buyer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub search: String,
    pub email: String,
    pub phone: String,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub country: String,
    pub blocked_at: Option<i64>,
    pub language: String,
    pub phone_e164: String,
    pub tax_exempt_at: Option<i64>,
    pub tax_id: String,
    pub address_label: String,
    /// The id of the address, which it keeps when parcels go elsewhere; the customer's own where it is nothing.
    pub address_id: Option<Uuid>,
    pub merged_into: Option<Uuid>,
    pub name_folded: String,
    pub email_folded: String,
    pub city_folded: String,
    pub postal_folded: String,
}

impl ActiveModelBehavior for ActiveModel {}
