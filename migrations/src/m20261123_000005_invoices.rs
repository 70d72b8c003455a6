//! Invoices, their lines, and the mails sent about them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut invoices = of_business("invoices");
    invoices
        .col(big_integer("sequence"))
        .col(uuid("customer_id"))
        .col(string("state"))
        .col(string("currency"))
        .col(big_integer("subtotal"))
        .col(big_integer("shipping"))
        .col(big_integer("total"))
        .col(big_integer("paid"))
        // What the buyer's link ends with: 256 random bits.
        .col(string("token"))
        // Number and customer, folded, for the search while typing.
        .col(text("search"))
        .col(big_integer("issued_at"))
        .col(big_integer("updated_at"))
        .foreign_key(&mut reference("invoices", "customer_id", "customers"));

    let mut lines = of_business("invoice_lines");
    lines
        .col(uuid("invoice_id"))
        // A claim is billed once.
        .col(uuid("claim_id"))
        .col(string("code"))
        .col(string("description"))
        .col(big_integer("quantity"))
        .col(big_integer("unit_price"))
        .col(big_integer("total"))
        .col(big_integer("weight"))
        .col(big_integer("position"))
        .foreign_key(&mut reference("invoice_lines", "invoice_id", "invoices"))
        .foreign_key(&mut reference("invoice_lines", "claim_id", "claims"));

    let mut mails = of_business("mails");
    mails
        .col(uuid("invoice_id"))
        .col(string("kind"))
        .col(string("recipient"))
        .col(big_integer("created_at"))
        .col(big_integer_null("sent_at"))
        .foreign_key(&mut reference("mails", "invoice_id", "invoices"));

    create(
        manager,
        [&mut invoices, &mut lines, &mut mails],
        [
            unique("invoices", &["business_id", "sequence"]),
            unique("invoices", &["token"]),
            index("invoices", &["business_id", "state"]),
            index("invoices", &["customer_id", "state"]),
            unique("invoice_lines", &["claim_id"]),
            index("invoice_lines", &["invoice_id", "position"]),
            index("mails", &["invoice_id"]),
        ],
    )
    .await
}
