//! What a carrier was asked, and what is known of its answer: a quote bears a fingerprint of its request, a label of the
//! request that it was bought for, and when its purchase was asked for.

use sea_orm_migration::{prelude::*, schema::*};

use crate::tables::migration;

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, mut column) in [
        // The fingerprint of what was asked for the rates that are there.
        ("shipments", string_null("quote_hash")),
        // When what is in the parcel was weighed by hand.
        ("shipments", big_integer_null("contents_weighed_at")),
        // The account with which it is bought, and which is asked about it.
        ("labels", uuid_null("carrier_account_id")),
        ("labels", string("request_hash").default("").to_owned()),
        // Whom it is made out to, as JSON.
        ("labels", text("recipient").default("{}").to_owned()),
        // When the carrier was last asked to sell it, and how often it was.
        ("labels", big_integer_null("asked_at")),
        ("labels", big_integer("asks").default(0).to_owned()),
        // Look-ups in a row that failed, and when the next one is due.
        ("labels", big_integer("failed_looks").default(0).to_owned()),
        ("labels", big_integer_null("look_at")),
        ("labels", boolean("is_price_of_rate").default(false).to_owned()),
        ("labels", big_integer_null("fetch_failed_at")),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    let connection = manager.get_connection();
    let account = Query::select()
        .column("carrier_account_id")
        .from("shipments")
        .and_where(Expr::col(("shipments", "id")).equals(("labels", "shipment_id")))
        .to_owned();
    let accounts = Query::update()
        .table("labels")
        .value("carrier_account_id", Expr::SubQuery(None, Box::new(account.into())))
        .to_owned();
    connection.execute(&accounts).await?;
    // Whether the carrier was asked for these is not known, so it is asked what became of them before anything else.
    let unsure = Query::update()
        .table("labels")
        .value("state", "unsure")
        .value("asked_at", Expr::col("created_at"))
        .value("asks", 1)
        .and_where(Expr::col("state").eq("buying"))
        .to_owned();
    connection.execute(&unsure).await.map(drop)
}
