//! Lanes of jobs, turns of businesses within them, and what a person set aside.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

/// The lane of each kind of job that was queued before there were lanes.
const LANES: [(&str, &[&str]); 4] = [
    ("money", &["check-attempt", "expire-attempt", "release-claims"]),
    ("labels", &["buy-label", "fetch-label"]),
    ("mail", &["send-mail"]),
    ("files", &["import", "forget-picture"]),
];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for mut column in [
        string("lane").default("").to_owned(),
        // Raised whenever a worker takes the job, so that one that was thought dead is told apart from its successor.
        big_integer("generation").default(0).to_owned(),
        // Whether somebody made it due again while it ran.
        boolean("due_again").default(false).to_owned(),
        // Why the last try failed, as a word; empty where none did.
        string("reason").default("").to_owned(),
    ] {
        manager.alter_table(Table::alter().table("jobs").add_column(&mut column).to_owned()).await?;
    }
    for (lane, kinds) in LANES {
        let update = Query::update()
            .table("jobs")
            .value("lane", lane)
            .and_where(Expr::col("kind").is_in(kinds.iter().copied()))
            .to_owned();
        manager.get_connection().execute(&update).await?;
    }

    let mut lanes = Table::create();
    lanes
        .table("job_lanes")
        .col(string("lane").primary_key())
        // The business that was served last; the next one in the order of their ids comes next.
        .col(uuid_null("served"))
        // How often in a row what the whole lane works with did not answer.
        .col(big_integer("failures"))
        // Until when nothing of the lane is taken.
        .col(big_integer("paused_until"));

    let mut dismissals = of_business("dismissals");
    dismissals
        // A job that gave up, or an attempt whose payment is not what was asked.
        .col(uuid("subject_id"))
        .col(text("note"))
        .col(uuid("member_id"))
        .col(big_integer("dismissed_at"))
        .foreign_key(&mut reference("dismissals", "member_id", "members"));

    for outdated in ["jobs_state_run_at", "jobs_business_id_state"] {
        manager.drop_index(Index::drop().name(outdated).table("jobs").to_owned()).await?;
    }
    create(
        manager,
        [&mut lanes, &mut dismissals],
        [
            // What waits for its moment, what is due by business, and whose lease is over.
            index("jobs", &["lane", "state", "run_at"]),
            index("jobs", &["lane", "state", "business_id", "run_at", "id"]),
            index("jobs", &["lane", "state", "lease_until"]),
            index("jobs", &["business_id", "state", "id"]),
            index("attempts", &["business_id", "state", "id"]),
            index("mails", &["business_id", "invoice_id"]),
            unique("dismissals", &["business_id", "subject_id"]),
            index("dismissals", &["business_id", "dismissed_at"]),
        ],
    )
    .await
}
