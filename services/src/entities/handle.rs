//! A name that a customer uses on one platform.

use sea_orm::entity::prelude::*;

/// A name that a customer uses on one platform.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "handles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub customer_id: Uuid,
    pub platform: String,
    pub handle: String,
    pub handle_folded: String,
    /// By what the platform knows its owner, folded, once a paste linked to it. No two handles of a platform share one.
    pub profile: Option<String>,
    /// The name that stands beside comments, folded. Buyers of one name share it, though their handles differ.
    pub shown_folded: String,
}

impl ActiveModelBehavior for ActiveModel {}
