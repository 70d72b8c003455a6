//! Coming in, and going: counts of tries that are told by one statement, browsers that are known, imports whose check can be
//! gone on with, and the indexes by which old rows are found.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // What stands there is some minutes old and counts failures only.
    manager.drop_table(Table::drop().table("sign_in_tries").to_owned()).await?;
    let mut tries = Table::create();
    tries
        .table("sign_in_tries")
        // What is counted together: its kind, and a hash or a place in the network.
        .col(string("subject").primary_key())
        .col(big_integer("tries"))
        .col(big_integer("since"));

    let mut browsers = Table::create();
    browsers
        .table("known_browsers")
        // SHA-256 of the token in the browser's cookie; the token itself is stored nowhere.
        .col(binary("token_hash"))
        .col(uuid("member_id"))
        .col(big_integer("created_at"))
        .col(big_integer("seen_at"))
        .primary_key(Index::create().col("token_hash").col("member_id"))
        .foreign_key(&mut reference("known_browsers", "member_id", "members"));

    // Whose turn it is to throw old rows away.
    let mut turns = Table::create();
    turns.table("sweeps").col(string("name").primary_key()).col(big_integer("began_at"));

    // What a check met in some rows, so that the rows after them can be compared with it.
    let mut met = of_business("import_keys");
    met.col(uuid("import_id"))
        // JSON: folded keys with their lines, and folded names of materials.
        .col(text("keys"))
        .foreign_key(&mut reference("import_keys", "import_id", "imports"));

    // Rises with every start of a check or an import, so that work that was left behind is known.
    let mut run = big_integer("run");
    run.default(0);
    manager.alter_table(Table::alter().table("imports").add_column(&mut run).to_owned()).await?;

    create(
        manager,
        [&mut tries, &mut browsers, &mut turns, &mut met],
        [
            index("sign_in_tries", &["since"]),
            index("sessions", &["member_id", "seen_at"]),
            index("known_browsers", &["member_id", "seen_at"]),
            index("known_browsers", &["seen_at"]),
            index("import_keys", &["business_id", "import_id"]),
            index("imports", &["updated_at"]),
            index("webhook_events", &["received_at"]),
            index("bulk_actions", &["created_at"]),
            index("mails", &["created_at"]),
            index("attempts", &["updated_at"]),
        ],
    )
    .await
}
