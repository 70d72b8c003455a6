//! Where the comments of a sale are copied, if the seller says so.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::migration;

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut layout = string("layout").default("auto").to_owned();
    manager.alter_table(Table::alter().table("sales").add_column(&mut layout).to_owned()).await
}
