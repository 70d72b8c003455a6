//! Pictures of items, saved views of lists, what was done to many rows at once, and the indexes that long lists need.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut pictures = of_business("pictures");
    pictures
        .col(uuid("item_id"))
        // Names its files; random, because buyers fetch them without signing in.
        .col(string("token"))
        .col(big_integer("position"))
        .col(string("alt"))
        // Pixels of the full size.
        .col(big_integer("width"))
        .col(big_integer("height"))
        .col(big_integer("created_at"))
        // The files go a day later.
        .col(big_integer_null("removed_at"))
        .foreign_key(&mut reference("pictures", "item_id", "items"));

    let mut views = of_business("saved_views");
    views
        .col(string("list"))
        .col(string("name"))
        .col(string("name_folded"))
        // The query of the list's address.
        .col(text("query"))
        .col(big_integer("created_at"))
        .col(big_integer_null("removed_at"));

    let mut actions = of_business("bulk_actions");
    actions
        .col(uuid("member_id"))
        .col(string("list"))
        .col(string("kind"))
        // The tag, the category or the per cent that it was done with; may be empty.
        .col(string("value"))
        // Rows that it changed.
        .col(big_integer("count"))
        .col(big_integer("created_at"))
        .col(big_integer_null("undone_at"));

    let mut changes = Table::create();
    changes
        .table("bulk_changes")
        .col(uuid("action_id"))
        .col(uuid("subject_id"))
        // What the row held before and after, as the action writes it.
        .col(text("before"))
        .col(text("after"))
        .primary_key(Index::create().col("action_id").col("subject_id"))
        .foreign_key(&mut reference("bulk_changes", "action_id", "bulk_actions"));

    create(
        manager,
        [&mut pictures, &mut views, &mut actions, &mut changes],
        [
            index("pictures", &["business_id", "item_id", "position"]),
            unique("pictures", &["token"]),
            index("pictures", &["business_id", "removed_at"]),
            index("saved_views", &["business_id", "list", "id"]),
            index("bulk_actions", &["business_id", "created_at"]),
        ],
    )
    .await?;
    for statement in LIST_INDEXES {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(CODE_PATTERN_INDEX).await?;
    }
    Ok(())
}

const CODE_PATTERN_INDEX: &str =
    "CREATE INDEX items_code_pattern ON items (business_id, code_folded text_pattern_ops)";

/// One for each order of a list, so that a stretch of it is read without sorting what comes before. They are partial,
/// because a list shows either what is for sale or what is archived, and neither engine sees that an `IS NULL` on an
/// index' middle column leaves the order of the columns after it as it is.
///
/// A search finds the beginnings of codes first. SQLite finds them by the usual index; PostgreSQL, whose order of words is
/// that of a language, needs an index in the order of letters for it.
const LIST_INDEXES: [&str; 7] = [
    "CREATE INDEX items_for_sale_code ON items (business_id, code_folded, id) WHERE archived_at IS NULL",
    "CREATE INDEX items_for_sale_title ON items (business_id, lower(title), id) WHERE archived_at IS NULL",
    "CREATE INDEX items_for_sale_newest ON items (business_id, id) WHERE archived_at IS NULL",
    "CREATE INDEX items_for_sale_price ON items (business_id, price, id) WHERE archived_at IS NULL",
    "CREATE INDEX items_archived ON items (business_id, code_folded, id) WHERE archived_at IS NOT NULL",
    "CREATE INDEX customers_newest ON customers (business_id, id)",
    "CREATE INDEX customers_name ON customers (business_id, lower(name), id)",
];
