//! Gateway accounts, attempts, the ledger, and the inbox of gateways' events.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut accounts = of_business("gateway_accounts");
    accounts
        .col(string("gateway"))
        .col(boolean("live"))
        .col(string("key_ends_with"))
        // Sealed; see the vault.
        .col(text("sealed_key"))
        .col(text_null("sealed_webhook_secret"))
        .col(big_integer("created_at"))
        .col(big_integer_null("removed_at"));

    let mut attempts = of_business("attempts");
    attempts
        .col(uuid("invoice_id"))
        .col(uuid("gateway_account_id"))
        .col(string("gateway"))
        .col(big_integer("amount"))
        .col(string("currency"))
        .col(string("state"))
        .col(string_null("reference"))
        .col(text_null("url"))
        .col(big_integer("expires_at"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .foreign_key(&mut reference("attempts", "invoice_id", "invoices"))
        .foreign_key(&mut reference("attempts", "gateway_account_id", "gateway_accounts"))
        .check(Expr::col("amount").gt(0));

    let mut ledger = of_business("ledger");
    ledger
        .col(uuid("invoice_id"))
        .col(uuid("attempt_id"))
        .col(string("kind"))
        .col(string("gateway"))
        .col(string("reference"))
        .col(big_integer("amount"))
        .col(big_integer_null("fee"))
        .col(string("currency"))
        .col(big_integer("at"))
        .foreign_key(&mut reference("ledger", "invoice_id", "invoices"))
        .foreign_key(&mut reference("ledger", "attempt_id", "attempts"));

    let mut events = of_business("webhook_events");
    events
        .col(uuid("gateway_account_id"))
        .col(string("event_id"))
        .col(string("kind"))
        .col(big_integer("received_at"))
        .foreign_key(&mut reference("webhook_events", "gateway_account_id", "gateway_accounts"));

    create(
        manager,
        [&mut accounts, &mut attempts, &mut ledger, &mut events],
        [
            index("gateway_accounts", &["business_id", "gateway"]),
            index("attempts", &["invoice_id", "state"]),
            index("attempts", &["gateway_account_id", "reference"]),
            // A payment is booked once, however often it is reported.
            unique("ledger", &["business_id", "gateway", "kind", "reference"]),
            index("ledger", &["invoice_id"]),
            index("ledger", &["business_id", "at"]),
            unique("webhook_events", &["gateway_account_id", "event_id"]),
        ],
    )
    .await
}
