//! One buyer's words in a paste, as read.

use sea_orm::entity::prelude::*;

/// One buyer's words in a paste, as read.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub sale_id: Uuid,
    pub paste_id: Uuid,
    pub position: i64,
    pub author: String,
    /// By what the platform knows the author, if the paste linked to it; otherwise empty.
    pub profile: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub fingerprint: String,
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub about_item_id: Option<Uuid>,
    pub created_at: i64,
    pub edited: bool,
    pub flag: String,
}

impl ActiveModelBehavior for ActiveModel {}
