//! Tries to come in that are counted together.

use sea_orm::entity::prelude::*;

/// Tries to come in that are counted together: of one e-mail address, one browser, one network.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_tries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    pub tries: i64,
    pub since: i64,
}

impl ActiveModelBehavior for ActiveModel {}
