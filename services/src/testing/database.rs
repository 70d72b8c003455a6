//! A fresh, migrated database for one test.

#![expect(clippy::expect_used, reason = "a test without its database has failed")]

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;

use crate::database::Database;

/// Where the PostgreSQL for tests is; `make test` starts one.
const POSTGRES_VARIABLE: &str = "SELLTRAC_TEST_POSTGRES";

/// A database that goes away with the test.
pub struct TestDatabase {
    pub database: Database,
    pub url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// A file in a folder of its own.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self::open(url, Some(folder)).await
    }

    /// A database of its own name on the server that the environment names. The server is thrown away after the tests,
    /// and with it this database.
    pub async fn postgresql() -> Self {
        let server = std::env::var(POSTGRES_VARIABLE)
            .expect("SELLTRAC_TEST_POSTGRES names the PostgreSQL server for tests; `make test` starts one");
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let connection: DatabaseConnection =
            sea_orm::Database::connect(server.as_str()).await.expect("PostgreSQL answers");
        connection
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("a database of its own");
        connection.close().await.expect("closing works");
        let mut url = url::Url::parse(&server).expect("the variable holds a URL");
        url.set_path(&name);
        Self::open(url.to_string(), None).await
    }

    async fn open(url: String, folder: Option<TempDir>) -> Self {
        let database = Database::connect(&url).await.expect("the database opens");
        database.migrate().await.expect("the schema is made");
        TestDatabase { database, url, _folder: folder }
    }

    /// A second set of connections to the same database, as another server would have.
    pub async fn another_server(&self) -> Database {
        Database::connect(&self.url).await.expect("the database opens twice")
    }
}
