//! Waitlisted and shipped pieces as figures with rows behind them, who moved stock and why, and stock-takes.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{DbBackend, Statement, prelude::Uuid},
};

use crate::tables::{create, index, migration, of_business, reference, unique};

migration!(up);

/// Rows written with one statement.
const ROWS_AT_ONCE: usize = 500;

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut counts = of_business("stock_counts");
    counts
        // What is counted: items that a search finds; empty for everything.
        .col(string("search"))
        // Whether the figures are hidden from those who count.
        .col(boolean("blind"))
        .col(uuid("member_id"))
        .col(big_integer("created_at"))
        .col(big_integer_null("closed_at"))
        .col(uuid_null("closed_by"))
        // JSON: the claims that its closing served, as they were before and after; empty where it served none.
        .col(text("changes"));

    let mut lines = of_business("stock_count_lines");
    lines
        .col(uuid("count_id"))
        .col(uuid("variant_id"))
        .col(big_integer("counted"))
        // Pieces that had come less those that had gone when it was counted, counts not among them: what comes and goes
        // afterwards shows in the difference to it.
        .col(big_integer("moved"))
        // Whether pieces came or went between the first and the last scan.
        .col(boolean("unsure"))
        .col(uuid("member_id"))
        .col(big_integer("counted_at"))
        .foreign_key(&mut reference("stock_count_lines", "count_id", "stock_counts"))
        .foreign_key(&mut reference("stock_count_lines", "variant_id", "variants"))
        .check(Expr::col("counted").gte(0));

    create(
        manager,
        [&mut counts, &mut lines],
        [
            index("stock_counts", &["business_id", "id"]),
            unique("stock_count_lines", &["count_id", "variant_id"]),
            index("stock_count_lines", &["variant_id"]),
        ],
    )
    .await?;

    for (table, mut column) in [
        // Checked with the columns, because SQLite cannot add a check to a table that is there.
        ("variants", big_integer("waitlisted").default(0).check(Expr::col("waitlisted").gte(0)).to_owned()),
        (
            "variants",
            big_integer("shipped")
                .default(0)
                .check(Expr::col("shipped").gte(0).and(Expr::col("sold").gte(Expr::col("shipped"))))
                .to_owned(),
        ),
        ("stock_movements", big_integer("waitlisted").default(0).to_owned()),
        ("stock_movements", big_integer("shipped").default(0).to_owned()),
        // Nobody for what a job, a buyer or a gateway did.
        ("stock_movements", uuid_null("member_id")),
        ("stock_movements", text("note").default("").to_owned()),
        // The movement that it takes back.
        ("stock_movements", uuid_null("undoes")),
        ("stock_movements", uuid_null("count_id")),
        // JSON, as in `stock_counts`.
        ("stock_movements", text("changes").default("").to_owned()),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    for index in [
        index("stock_movements", &["variant_id", "id"]),
        index("stock_movements", &["count_id"]),
        index("stock_movements", &["claim_id"]),
        unique("stock_movements", &["undoes"]),
    ] {
        manager.create_index(index).await?;
    }
    explain_waiting(manager).await?;
    explain_shipped(manager).await
}

/// Those who wait already are counted, claim by claim.
async fn explain_waiting(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let waiting =
        "SELECT id, business_id, variant_id, quantity, updated_at FROM claims WHERE state = 'waitlisted'";
    book(manager, waiting, "claim", "waitlisted").await?;
    let figures = "UPDATE variants SET waitlisted = (SELECT COALESCE(SUM(claims.quantity), 0) FROM claims \
                   WHERE claims.variant_id = variants.id AND claims.state = 'waitlisted')";
    manager.get_connection().execute_unprepared(figures).await?;
    Ok(())
}

/// What went out with a label that was bought is shipped, claim by claim.
async fn explain_shipped(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let shipped = "SELECT claims.id, claims.business_id, claims.variant_id, claims.quantity, shipments.updated_at \
                   FROM claims JOIN shipments ON shipments.invoice_id = claims.invoice_id \
                   AND shipments.business_id = claims.business_id WHERE shipments.state = 'labelled'";
    book(manager, shipped, "shipped", "shipped").await?;
    let figures = "UPDATE variants SET shipped = (SELECT COALESCE(SUM(claims.quantity), 0) FROM claims \
                   JOIN shipments ON shipments.invoice_id = claims.invoice_id \
                   AND shipments.business_id = claims.business_id \
                   WHERE claims.variant_id = variants.id AND shipments.state = 'labelled')";
    manager.get_connection().execute_unprepared(figures).await?;
    Ok(())
}

/// Writes a movement for each claim that a query finds, its quantity in one of the figures.
async fn book(
    manager: &SchemaManager<'_>,
    query: &str,
    cause: &str,
    figure: &'static str,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let backend: DbBackend = manager.get_database_backend();
    let claims = connection.query_all_raw(Statement::from_string(backend, query)).await?;
    for some in claims.chunks(ROWS_AT_ONCE) {
        let mut insert = Query::insert();
        insert.into_table("stock_movements").columns([
            "id",
            "business_id",
            "variant_id",
            "cause",
            "on_hand",
            "held",
            "sold",
            "claim_id",
            "at",
            figure,
        ]);
        for claim in some {
            let claim_id: Uuid = claim.try_get_by_index(0)?;
            let business_id: Uuid = claim.try_get_by_index(1)?;
            let variant_id: Uuid = claim.try_get_by_index(2)?;
            let quantity: i64 = claim.try_get_by_index(3)?;
            let at: i64 = claim.try_get_by_index(4)?;
            let values = insert.values([
                uuid::Uuid::now_v7().into(),
                business_id.into(),
                variant_id.into(),
                cause.into(),
                0_i64.into(),
                0_i64.into(),
                0_i64.into(),
                claim_id.into(),
                at.into(),
                quantity.into(),
            ]);
            values.map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        connection.execute(&insert).await?;
    }
    Ok(())
}
