//! Two servers that start at once, and one that freezes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::problem::Code;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement, TransactionTrait,
    prelude::Expr,
};
use services::{database::Database, database_tests, entities::business, testing::World};

database_tests! {
    async fn servers_that_start_at_once_all_come_up(database: TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let url = match database.database.read().get_database_backend() {
            DbBackend::Postgres => {
                let empty = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
                database.database.read().execute_unprepared(empty).await.unwrap();
                database.url.clone()
            }
            _ => format!("sqlite://{}", folder.path().join("new.db").display()),
        };
        let mut servers = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let url = url.clone();
            servers.spawn(async move {
                let database = Database::connect(&url).await.map_err(|error| format!("connecting: {error}"))?;
                database.migrate().await.map_err(|error| format!("migrating: {error}"))
            });
        }
        while let Some(started) = servers.join_next().await {
            assert_eq!(started.unwrap(), Ok(()));
        }
        let database = Database::connect(&url).await.unwrap();
        assert_eq!(business::Entity::find().one(database.read()).await.unwrap(), None);
    }

    async fn a_row_that_another_server_holds_is_not_waited_for_without_end(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let frozen = world.services.database.write(shop.business_id).await.unwrap();
        let other = world.database.another_server().await;
        let transaction = other.read().begin().await.unwrap();
        let impatient = match transaction.get_database_backend() {
            DbBackend::Postgres => "SET LOCAL lock_timeout = '1ms'",
            _ => "PRAGMA busy_timeout = 0",
        };
        transaction.execute_unprepared(impatient).await.unwrap();
        let refused = business::Entity::update_many()
            .col_expr(business::Column::Revision, Expr::value(7_i64))
            .filter(business::Column::Id.eq(shop.business_id))
            .exec(&transaction)
            .await
            .unwrap_err();
        assert_eq!(services::Error::from(refused).problem().code, Code::Busy);
        frozen.commit().await.unwrap();
    }

    async fn postgresql_frees_what_a_frozen_server_holds(database: TestDatabase) {
        let connection = database.database.read();
        if connection.get_database_backend() != DbBackend::Postgres {
            return;
        }
        for (setting, bound) in [
            ("idle_in_transaction_session_timeout", "1min"),
            ("lock_timeout", "10s"),
            ("statement_timeout", "5min"),
        ] {
            let question = Statement::from_string(DbBackend::Postgres, format!("SHOW {setting}"));
            let row = connection.query_one_raw(question).await.unwrap().unwrap();
            let value: String = row.try_get_by_index(0).unwrap();
            assert_eq!(value, bound, "{setting}");
        }
    }
}
