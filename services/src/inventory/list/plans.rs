//! That both engines answer the questions of a long list by an index, without looking through all items or sorting them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::allow_attributes, reason = "what the macro imports, not every test uses")]

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, TransactionTrait};

use super::*;
use crate::{database_tests, testing::TestDatabase};

/// How the engine means to answer a question, a line a step.
async fn plan(connection: &DatabaseTransaction, select: Select<item::Entity>) -> String {
    let backend = connection.get_database_backend();
    let question = select.build(backend);
    let (explain, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", 3),
        _ => ("EXPLAIN", 0),
    };
    let sql = format!("{explain} {}", question.sql);
    let explained = match question.values {
        Some(values) => Statement::from_sql_and_values(backend, sql, values.0),
        None => Statement::from_string(backend, sql),
    };
    let steps = connection.query_all_raw(explained).await.unwrap();
    let steps: Vec<String> = steps.iter().map(|row| row.try_get_by_index(column).unwrap()).collect();
    steps.join("\n")
}

/// A transaction in which PostgreSQL uses indexes for the few rows of a test as it would for many.
async fn begin(database: &TestDatabase) -> DatabaseTransaction {
    let transaction = database.database.read().begin().await.unwrap();
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction
            .execute_unprepared("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            .await
            .unwrap();
    }
    transaction
}

database_tests! {
    async fn each_order_and_the_low_ones_are_read_from_an_index(database: TestDatabase) {
        let connection = begin(&database).await;
        // Codes are unique, so several indexes stand in their order; which of them SQLite takes differs by its version.
        let low_ones = if connection.get_database_backend() == DbBackend::Sqlite { "" } else { "items_low" };
        for (sort, low, index) in [
            ("", false, "_code"),
            ("title", false, "items_for_sale_title"),
            ("newest", false, "items_for_sale_newest"),
            ("price", false, "items_for_sale_price"),
            ("left", false, "items_for_sale_left"),
            ("-left", false, "items_for_sale_left"),
            ("", true, low_ones),
        ] {
            let query = StockQuery { sort: sort.into(), low, ..Default::default() };
            let select = ordered(matching(Uuid::nil(), &query), &sorting(&query), None, false);
            let plan = plan(&connection, select).await;
            assert!(plan.contains("INDEX") || plan.contains("Index"), "{sort} {low}: {plan}");
            assert!(plan.contains(index), "{sort} {low}: {plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{sort} {low}: {plan}");
        }
        connection.rollback().await.unwrap();
    }

    async fn a_word_is_looked_up_where_the_engine_has_trigrams(database: TestDatabase) {
        let connection = database.database.read().begin().await.unwrap();
        if connection.get_database_backend() != DbBackend::Postgres {
            // SQLite reads all search texts of the business for what no code begins with.
            let query = StockQuery { search: "moon".into(), ..Default::default() };
            let plan = plan(&connection, matching(Uuid::nil(), &query)).await;
            assert!(plan.contains("SEARCH items USING INDEX"), "at least no other business' items: {plan}");
            return;
        }
        connection.execute_unprepared("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off").await.unwrap();
        let select = item::Entity::find()
            .filter(Expr::col((item::Entity, item::Column::Search)).like(containing("moon")));
        let plan = plan(&connection, select).await;
        assert!(plan.contains("items_search"), "{plan}");
        connection.rollback().await.unwrap();
    }
}
