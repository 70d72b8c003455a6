//! A change of what a seller owes a customer; the balance is their sum.

use sea_orm::entity::prelude::*;

/// A change of what a seller owes a customer; the balance is their sum.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_credits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub customer_id: Uuid,
    pub amount: i64,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub member_id: Uuid,
    pub created_at: i64,
    /// The key of the form that asked for it, if it had one.
    pub form_key: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
