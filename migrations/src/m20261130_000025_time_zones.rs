//! The time zone of a business, and indexes by which reports and the rows of parcels are asked for.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::{create, index, migration};

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut zone = string("time_zone").default("UTC").to_owned();
    manager.alter_table(Table::alter().table("businesses").add_column(&mut zone).to_owned()).await?;
    let indexes = [
        index("invoice_lines", &["business_id", "invoice_id"]),
        index("labels", &["business_id", "shipment_id"]),
        index("rates", &["business_id", "shipment_id"]),
        index("invoices", &["business_id", "issued_at"]),
    ];
    create(manager, [], indexes).await
}
