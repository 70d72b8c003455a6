//! Businesses, members, memberships and sessions.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{address, create, index, migration, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut businesses = Table::create();
    businesses
        .table("businesses")
        .col(pk_uuid("id"))
        .col(string("name"))
        .col(string("email"))
        .col(string("currency"))
        .col(string("weight_unit"))
        .col(string("preset"))
        .col(big_integer("shipping_fee"))
        .col(big_integer("next_invoice"))
        // Counts the business' writes: each begins by raising it, which also makes them take turns.
        .col(big_integer("revision"))
        .col(big_integer("created_at"));
    address(&mut businesses);

    let mut members = Table::create();
    members
        .table("members")
        .col(pk_uuid("id"))
        .col(string("name"))
        .col(string("email"))
        .col(string("email_folded"))
        .col(text("password_hash"))
        .col(big_integer("created_at"));

    let mut memberships = Table::create();
    memberships
        .table("memberships")
        .col(uuid("member_id"))
        .col(uuid("business_id"))
        .col(string("role"))
        .primary_key(Index::create().col("member_id").col("business_id"))
        .foreign_key(&mut reference("memberships", "member_id", "members"))
        .foreign_key(&mut reference("memberships", "business_id", "businesses"));

    let mut sessions = Table::create();
    sessions
        .table("sessions")
        // SHA-256 of the token in the cookie; the token itself is stored nowhere.
        .col(binary("token_hash").primary_key())
        .col(uuid("member_id"))
        .col(uuid("business_id"))
        .col(big_integer("created_at"))
        .col(big_integer("seen_at"))
        .col(big_integer("expires_at"))
        .foreign_key(&mut reference("sessions", "member_id", "members"))
        .foreign_key(&mut reference("sessions", "business_id", "businesses"));

    let mut sign_in_tries = Table::create();
    sign_in_tries
        .table("sign_in_tries")
        .col(string("subject").primary_key())
        .col(big_integer("failures"))
        .col(big_integer("since"));

    create(
        manager,
        [&mut businesses, &mut members, &mut memberships, &mut sessions, &mut sign_in_tries],
        [
            unique("members", &["email_folded"]),
            index("memberships", &["business_id"]),
            index("sessions", &["expires_at"]),
        ],
    )
    .await
}
