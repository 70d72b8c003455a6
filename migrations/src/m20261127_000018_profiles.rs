//! By what a platform knows an author, so that buyers of one name stay apart from one paste to the next.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, mut column) in [
        ("handles", string_null("profile")),
        ("handles", string("shown_folded").default("").to_owned()),
        ("comments", string("profile").default("").to_owned()),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    let shown = Query::update().table("handles").value("shown_folded", Expr::col("handle_folded")).to_owned();
    manager.get_connection().execute(&shown).await?;
    let indexes = [
        // Where no profile is known, rows differ all the same.
        unique("handles", &["business_id", "platform", "profile"]),
        index("handles", &["business_id", "platform", "shown_folded"]),
    ];
    create(manager, [], indexes).await
}
