//! What a page was asked for with, whether it shall be closed or cannot be looked at, what was given back, and what is
//! known of an account at its gateway.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, mut column) in [
        // The gateway's own name of the account, where the key may ask for it.
        ("gateway_accounts", string_null("external_id")),
        // The gateway's name of the address for events.
        ("gateway_accounts", string_null("webhook_reference")),
        // Since when the gateway does not take the key; nothing while it does.
        ("gateway_accounts", big_integer_null("refused_at")),
        // As it was sent, so that a repeated request is the same.
        ("attempts", text("customer_email").default("").to_owned()),
        ("attempts", text("return_url").default("").to_owned()),
        // The page must take no money, whether it is made already or not.
        ("attempts", boolean("closing").default(false).to_owned()),
        // Since when no key can look at the page; nothing while one can.
        ("attempts", big_integer_null("unchecked_since")),
        // What the gateway last said of the payment.
        ("attempts", big_integer("refunded").default(0).to_owned()),
        ("attempts", boolean("disputed").default(false).to_owned()),
        // A fee in the currency in which the account is settled.
        ("ledger", big_integer_null("other_fee")),
        ("ledger", string_null("other_fee_currency")),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    let indexes = [
        index("attempts", &["business_id", "invoice_id", "state"]),
        index("attempts", &["business_id", "reference"]),
        index("attempts", &["business_id", "unchecked_since"]),
        index("attempts", &["business_id", "refunded"]),
    ];
    create(manager, [], indexes).await
}
