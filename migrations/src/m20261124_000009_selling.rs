//! Rules of selling, words and rules of reading, and what is done to claims by hand.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut settings = Table::create();
    settings
        .table("selling_settings")
        .col(uuid("business_id").primary_key())
        .col(big_integer_null("hold_hours"))
        .col(big_integer_null("limit_per_buyer"))
        .col(big_integer_null("put_backs"))
        .col(string("repeats"))
        // JSON; empty where nothing is changed.
        .col(text("words"))
        .foreign_key(&mut reference("selling_settings", "business_id", "businesses"));

    let mut rules = of_business("reading_rules");
    rules
        // Folded as the reader folds comments.
        .col(string("phrase"))
        // As typed; empty where the phrase is passed over.
        .col(string("meaning"))
        .col(big_integer("created_at"));

    let mut actions = of_business("sale_actions");
    actions
        .col(uuid("sale_id"))
        .col(uuid("member_id"))
        .col(string("kind"))
        .col(uuid("customer_id"))
        .col(uuid("variant_id"))
        .col(big_integer("quantity"))
        // JSON: each claim that it changed, as it was before and after.
        .col(text("changes"))
        .col(big_integer("created_at"))
        .col(big_integer_null("undone_at"))
        .foreign_key(&mut reference("sale_actions", "sale_id", "sales"));

    create(
        manager,
        [&mut settings, &mut rules, &mut actions],
        [
            unique("reading_rules", &["business_id", "phrase"]),
            index("sale_actions", &["business_id", "sale_id", "id"]),
        ],
    )
    .await?;

    for (table, mut column) in [
        // A sale's own copy of the rules, and what it changes about the words of its business.
        ("sales", big_integer_null("hold_hours")),
        ("sales", big_integer_null("limit_per_buyer")),
        ("sales", big_integer_null("put_backs")),
        ("sales", string("repeats").default("add").to_owned()),
        ("sales", text("words").default("").to_owned()),
        // Since when its pieces have been held.
        ("claims", big_integer_null("held_at")),
        // The comment by which the buyer let go of it.
        ("claims", uuid_null("let_go_by")),
        ("comments", boolean("edited").default(false).to_owned()),
        // Which rule of selling sent it to review; empty where none did.
        ("comments", string("flag").default("").to_owned()),
        ("customers", big_integer_null("blocked_at")),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    for index in
        [index("customers", &["business_id", "blocked_at"]), index("comments", &["paste_id", "position"])]
    {
        manager.create_index(index).await?;
    }
    // Claims that are held already were changed last when they came to be held.
    let held = "UPDATE claims SET held_at = updated_at WHERE state = 'held'";
    manager.get_connection().execute_unprepared(held).await?;
    Ok(())
}
