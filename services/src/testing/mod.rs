//! Databases and stand-ins for tests.
//!
//! A database test is written once and runs on both engines: see [`database_tests`](crate::database_tests).

pub mod database;
pub mod gate;
pub mod ports;
mod stock;
pub mod store;
pub mod workers;
pub mod world;

pub use database::TestDatabase;
pub use gate::{Gate, Held};
pub use world::World;

/// Makes of each `async fn name(database: TestDatabase)` two tests, `name::on_sqlite` and `name::on_postgresql`.
#[macro_export]
macro_rules! database_tests {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident: TestDatabase) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                #[allow(unused_imports, reason = "a test need not use all that its file imports")]
                use super::*;

                async fn test($database: $crate::testing::TestDatabase) $body

                #[tokio::test(flavor = "multi_thread")]
                async fn on_sqlite() {
                    test($crate::testing::TestDatabase::sqlite().await).await;
                }

                #[tokio::test(flavor = "multi_thread")]
                async fn on_postgresql() {
                    test($crate::testing::TestDatabase::postgresql().await).await;
                }
            }
        )+
    };
}
