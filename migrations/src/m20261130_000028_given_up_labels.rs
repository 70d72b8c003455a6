//! Labels of which nobody can tell any more whether they were bought, and who said that they were not; and why a lane of jobs
//! rests.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{index, migration};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, mut column) in [
        // When a member said that it was not bought, who that was and how they know.
        ("labels", big_integer_null("given_up_at")),
        ("labels", uuid_null("given_up_by")),
        ("labels", text("given_up_note").default("").to_owned()),
        // What the lane rests for, as a word; empty where it does not.
        ("job_lanes", string("reason").default("").to_owned()),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    // What was bought after all is shown with what is stuck.
    manager.create_index(index("labels", &["business_id", "state", "id"])).await
}
