//! Carrier accounts, packagings, shipments, rates and labels.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut accounts = of_business("carrier_accounts");
    accounts
        .col(string("carrier"))
        .col(boolean("live"))
        .col(string("key_ends_with"))
        .col(text("sealed_key"))
        .col(big_integer("created_at"))
        .col(big_integer_null("removed_at"));

    let mut packagings = of_business("packagings");
    packagings
        .col(string("name"))
        .col(big_integer("weight"))
        .col(big_integer("length"))
        .col(big_integer("width"))
        .col(big_integer("height"))
        .col(big_integer("created_at"))
        .col(big_integer_null("removed_at"));

    let mut shipments = of_business("shipments");
    shipments
        .col(uuid("invoice_id"))
        .col(uuid("customer_id"))
        .col(string("state"))
        .col(big_integer("contents_weight"))
        .col(uuid_null("packaging_id"))
        .col(uuid_null("carrier_account_id"))
        // The carrier service's name of the parcel for which the rates hold.
        .col(string_null("quote_reference"))
        .col(string_null("problem"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .foreign_key(&mut reference("shipments", "invoice_id", "invoices"))
        .foreign_key(&mut reference("shipments", "customer_id", "customers"))
        .foreign_key(&mut reference("shipments", "packaging_id", "packagings"))
        .foreign_key(&mut reference("shipments", "carrier_account_id", "carrier_accounts"));

    let mut rates = of_business("rates");
    rates
        .col(uuid("shipment_id"))
        .col(string("reference"))
        .col(string("carrier"))
        .col(string("service"))
        .col(big_integer("price"))
        .col(string("currency"))
        .col(big_integer_null("days"))
        .foreign_key(&mut reference("rates", "shipment_id", "shipments"));

    let mut labels = of_business("labels");
    labels
        .col(uuid("shipment_id"))
        .col(string("state"))
        .col(string("quote_reference"))
        .col(string("rate_reference"))
        .col(string("service"))
        .col(big_integer("price"))
        .col(string("currency"))
        .col(string("tracking_number"))
        .col(text("tracking_url"))
        .col(text("label_url"))
        // The PDF that is printed.
        .col(blob_null("document"))
        .col(big_integer("created_at"))
        .col(big_integer_null("bought_at"))
        .foreign_key(&mut reference("labels", "shipment_id", "shipments"));

    create(
        manager,
        [&mut accounts, &mut packagings, &mut shipments, &mut rates, &mut labels],
        [
            index("carrier_accounts", &["business_id", "carrier"]),
            index("packagings", &["business_id", "created_at"]),
            unique("shipments", &["invoice_id"]),
            index("shipments", &["business_id", "state"]),
            index("rates", &["shipment_id"]),
            index("labels", &["shipment_id", "state"]),
        ],
    )
    .await
}
