//! The keys of the forms that changed stock and credit by hand, beside the ids of what they made. Keys are made in browsers, at
//! random, and ids tell an order.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

use crate::tables::{create, migration, unique};

migration!(up);

const TABLES: [&str; 2] = ["stock_movements", "customer_credits"];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for table in TABLES {
        let mut key = uuid_null("form_key");
        manager.alter_table(Table::alter().table(table).add_column(&mut key).to_owned()).await?;
    }
    note_keys(manager.get_connection()).await?;
    create(manager, [], TABLES.map(|table| unique(table, &["business_id", "form_key"]))).await
}

/// Notes the keys of what is there: until now the key was the id. Whoever sends a form whose answer was lost before this step
/// is answered as they would have been.
///
/// # Errors
/// The database fails.
pub async fn note_keys(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    for statement in KEYS_SO_FAR {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

const KEYS_SO_FAR: [&str; 2] = [
    "UPDATE stock_movements SET form_key = id \
     WHERE cause IN ('restock', 'elsewhere', 'return', 'correction') AND undoes IS NULL AND count_id IS NULL",
    "UPDATE customer_credits SET form_key = id",
];
