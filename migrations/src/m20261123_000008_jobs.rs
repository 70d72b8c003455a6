//! The queue of what must happen outside.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut jobs = of_business("jobs");
    jobs.col(string("kind"))
        // What the job is about: an invoice's mail, an attempt, a label.
        .col(uuid("subject_id"))
        .col(string("state"))
        .col(big_integer("run_at"))
        .col(big_integer("tries"))
        // Until when the worker that took it may be presumed alive.
        .col(big_integer_null("lease_until"))
        .col(string("last_error"))
        .col(big_integer("created_at"));

    create(
        manager,
        [&mut jobs],
        [
            index("jobs", &["state", "run_at"]),
            index("jobs", &["business_id", "state"]),
            // One job of a kind for one subject at a time.
            unique("jobs", &["kind", "subject_id"]),
        ],
    )
    .await
}
