//! Failed sign-ins of one e-mail address or network address.

use sea_orm::entity::prelude::*;

/// Failed sign-ins of one e-mail address or network address.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_tries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    pub failures: i64,
    pub since: i64,
}

impl ActiveModelBehavior for ActiveModel {}
