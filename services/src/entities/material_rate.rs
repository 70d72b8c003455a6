//! What a material cost from some moment on.

use sea_orm::entity::prelude::*;

/// What a material cost from some moment on.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "material_rates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub business_id: Uuid,
    pub material_id: Uuid,
    pub member_id: Option<Uuid>,
    pub rate: Option<i64>,
    pub unit: String,
    pub at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
