//! Sales, pastes, comments and claims.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut sales = of_business("sales");
    sales
        .col(string("title"))
        .col(string("platform"))
        .col(string("preset"))
        .col(string("comment_order"))
        .col(string("seller"))
        .col(big_integer_null("closed_at"))
        .col(big_integer("created_at"));

    let mut pastes = of_business("pastes");
    pastes
        .col(uuid("sale_id"))
        .col(big_integer("comments"))
        .col(big_integer("new_comments"))
        .col(big_integer("created_at"))
        .foreign_key(&mut reference("pastes", "sale_id", "sales"));

    let mut comments = of_business("comments");
    comments
        .col(uuid("sale_id"))
        .col(uuid("paste_id"))
        .col(big_integer("position"))
        .col(string("author"))
        .col(text("text"))
        // The same for the same comment in any copy of the stream, so that a second paste adds nothing.
        .col(string("fingerprint"))
        .col(string("status"))
        .col(text("reason"))
        .col(uuid_null("about_item_id"))
        .col(big_integer("created_at"))
        .foreign_key(&mut reference("comments", "sale_id", "sales"))
        .foreign_key(&mut reference("comments", "paste_id", "pastes"));

    let mut claims = of_business("claims");
    claims
        .col(uuid("sale_id"))
        .col(uuid_null("comment_id"))
        .col(uuid("customer_id"))
        .col(uuid("variant_id"))
        .col(big_integer("quantity"))
        // Frozen when the claim is made.
        .col(big_integer("price"))
        .col(string("state"))
        .col(uuid_null("invoice_id"))
        // First come, first served: the smaller was first.
        .col(big_integer("place"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .foreign_key(&mut reference("claims", "sale_id", "sales"))
        .foreign_key(&mut reference("claims", "comment_id", "comments"))
        .foreign_key(&mut reference("claims", "customer_id", "customers"))
        .foreign_key(&mut reference("claims", "variant_id", "variants"))
        .check(Expr::col("quantity").gte(1));

    create(
        manager,
        [&mut sales, &mut pastes, &mut comments, &mut claims],
        [
            index("sales", &["business_id", "created_at"]),
            index("pastes", &["sale_id"]),
            unique("comments", &["sale_id", "fingerprint"]),
            index("comments", &["business_id", "status"]),
            index("claims", &["business_id", "state"]),
            index("claims", &["business_id", "place"]),
            index("claims", &["sale_id", "state"]),
            index("claims", &["variant_id", "state", "place"]),
            index("claims", &["invoice_id"]),
            index("claims", &["customer_id"]),
        ],
    )
    .await
}
