//! A mail about an invoice.

use sea_orm::entity::prelude::*;

/// A mail about an invoice.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mails")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub invoice_id: Uuid,
    pub kind: String,
    pub recipient: String,
    pub created_at: i64,
    pub sent_at: Option<i64>,
    /// How many lines of the invoice, from the first on, stand in it; nothing while it is not sent, and for mails of other kinds.
    pub told_lines: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
