//! A change of a variant's stock, with its cause.

use sea_orm::entity::prelude::*;

/// A change of a variant's stock, with its cause.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_movements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub variant_id: Uuid,
    pub cause: String,
    pub on_hand: i64,
    pub held: i64,
    pub sold: i64,
    pub claim_id: Option<Uuid>,
    pub at: i64,
    pub waitlisted: i64,
    pub shipped: i64,
    pub member_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub undoes: Option<Uuid>,
    pub count_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub changes: String,
    /// The business' revision in which it was carried out.
    pub revision: i64,
    /// The key of the form that asked for it, if one did.
    pub form_key: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
