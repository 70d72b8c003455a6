//! Whether anything speaks of a row is asked whenever one is deleted, as by taking an import back, and asked by the row's
//! key alone: without an index each such question reads a whole table.

use sea_orm_migration::prelude::*;

use crate::tables::{create, index, migration};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let indexes = [
        ("variants", "item_id"),
        ("pictures", "item_id"),
        ("items", "material_id"),
        ("material_rates", "material_id"),
        ("customer_addresses", "customer_id"),
        ("customer_credits", "customer_id"),
        ("shipments", "customer_id"),
    ];
    create(manager, [], indexes.map(|(table, column)| index(table, &[column]))).await
}
