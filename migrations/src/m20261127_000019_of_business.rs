//! What belongs to one row is asked for within its business. SQLite believes that a business has ten rows of everything, so
//! of an index by the business and one by the row it takes the first, and reads all that the business has. An index by both
//! leaves no choice.

use sea_orm_migration::prelude::*;

use crate::tables::{create, index, migration};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let indexes = [
        ("item_tags", "item_id"),
        ("customer_tags", "customer_id"),
        ("handles", "customer_id"),
        ("comments", "sale_id"),
        ("claims", "sale_id"),
        ("claims", "customer_id"),
        ("claims", "variant_id"),
        ("claims", "comment_id"),
        ("claims", "invoice_id"),
        ("invoices", "customer_id"),
        ("ledger", "invoice_id"),
        ("ledger", "attempt_id"),
        ("shipments", "customer_id"),
        ("jobs", "subject_id"),
        ("past_sales", "customer_id"),
    ];
    create(manager, [], indexes.map(|(table, column)| index(table, &["business_id", column]))).await
}
