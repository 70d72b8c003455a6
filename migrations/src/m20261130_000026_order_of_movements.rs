//! The order of stock movements: by the revision of the business in which each was carried out. Their ids follow the clocks
//! of the servers that made them, which need not agree.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // What is there already was carried out before everything to come, in the order of its ids as far as is known.
    let mut revision = big_integer("revision").default(0).to_owned();
    manager.alter_table(Table::alter().table("stock_movements").add_column(&mut revision).to_owned()).await?;
    manager
        .drop_index(Index::drop().name("stock_movements_variant_id_id").table("stock_movements").to_owned())
        .await?;
    create(manager, [], [index("stock_movements", &["variant_id", "revision", "id"])]).await
}
