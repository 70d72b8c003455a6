//! The few shapes that all tables share.

use sea_orm_migration::{prelude::*, schema::*};

/// A table of a business: its own key, and the business it belongs to.
pub fn of_business(name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).col(pk_uuid("id")).col(uuid("business_id")).foreign_key(&mut reference(
        name,
        "business_id",
        "businesses",
    ));
    table
}

/// A foreign key from `column` to the `id` of another table. Nothing is deleted in its wake: a row that others speak of
/// stays.
pub fn reference(from: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from, column).to(to, "id").on_delete(ForeignKeyAction::Restrict).to_owned()
}

/// The columns of a postal address.
pub fn address(table: &mut TableCreateStatement) -> &mut TableCreateStatement {
    table
        .col(string("line1"))
        .col(string("line2"))
        .col(string("city"))
        .col(string("region"))
        .col(string("postal_code"))
        .col(string("country"))
}

/// An index over `columns` of `table`.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// An index over `columns` of `table` that lets no two rows agree in all of them.
pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).unique().to_owned()
}

/// Creates tables, then indexes.
pub async fn create(
    manager: &SchemaManager<'_>,
    tables: impl IntoIterator<Item = &mut TableCreateStatement>,
    indexes: impl IntoIterator<Item = IndexCreateStatement>,
) -> Result<(), DbErr> {
    for table in tables {
        manager.create_table(table.to_owned()).await?;
    }
    for index in indexes {
        manager.create_index(index).await?;
    }
    Ok(())
}

/// Declares the migration of a file, whose `up` is written there; a step back is a restored backup, never a guess at
/// what was lost.
macro_rules! migration {
    ($up:path) => {
        #[derive(DeriveMigrationName)]
        pub struct Migration;

        #[async_trait::async_trait]
        impl MigrationTrait for Migration {
            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }

            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                $up(manager).await
            }
        }
    };
}
pub(crate) use migration;
