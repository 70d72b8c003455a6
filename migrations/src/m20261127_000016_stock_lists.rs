//! Materials that were removed, what is left of an item beside the item itself, and what its material is called among what
//! it is found by.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::tables::migration;

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, mut column) in [
        // Items that are made of it keep it.
        ("materials", big_integer_null("removed_at")),
        // On hand less held, of all variants that are for sale.
        ("items", big_integer("pieces_left").default(0).to_owned()),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    let connection = manager.get_connection();
    for statement in FILL_IN.iter().chain(&LIST_INDEXES) {
        connection.execute_unprepared(statement).await?;
    }
    if manager.get_database_backend() == DbBackend::Postgres {
        connection.execute_unprepared(TRIGRAMS).await?;
    }
    Ok(())
}

const FILL_IN: [&str; 2] = [
    "UPDATE items SET pieces_left = (SELECT CAST(COALESCE(SUM(variants.on_hand - variants.held), 0) AS BIGINT) \
     FROM variants WHERE variants.business_id = items.business_id AND variants.item_id = items.id \
     AND variants.removed_at IS NULL)",
    "UPDATE items SET search = search || ' ' || (SELECT materials.name_folded FROM materials \
     WHERE materials.id = items.material_id) WHERE material_id IS NOT NULL",
];

/// The order by what is left, and what runs low in the usual order.
const LIST_INDEXES: [&str; 2] = [
    "CREATE INDEX items_for_sale_left ON items (business_id, pieces_left, id) WHERE archived_at IS NULL",
    "CREATE INDEX items_low ON items (business_id, code_folded, id) \
     WHERE archived_at IS NULL AND low_stock IS NOT NULL AND pieces_left <= low_stock",
];

/// Words are looked for anywhere in what an item or a customer is found by, and only an index of trigrams helps with that.
/// Who runs the server may not be allowed to make the extension: then searches read all texts of the business, as on SQLite.
const TRIGRAMS: &str = "DO $$ BEGIN \
     CREATE EXTENSION IF NOT EXISTS pg_trgm; \
     CREATE INDEX items_search ON items USING gin (search gin_trgm_ops); \
     CREATE INDEX customers_search ON customers USING gin (search gin_trgm_ops); \
     EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'pg_trgm cannot be used here'; \
     END $$";
