//! Whether a gateway made no page with a key, and how much of its invoice a mail tells.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

use crate::tables::migration;

migration!(up);

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, mut column) in [
        // The key may make and close no pages. That it may look at them says nothing about that.
        ("gateway_accounts", boolean("makes_no_pages").default(false).to_owned()),
        // How many lines of its invoice, from the first on, stand in the mail; nothing while it is not sent.
        ("mails", big_integer_null("told_lines")),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
    }
    count_told_lines(manager.get_connection()).await
}

/// Says of the mails that were sent how much they told: until now that was taken to be what was older than themselves.
///
/// # Errors
/// The database fails.
pub async fn count_told_lines(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let told = Query::select()
        .expr(Expr::col(("invoice_lines", "id")).count())
        .from("invoice_lines")
        .and_where(Expr::col(("invoice_lines", "business_id")).equals(("mails", "business_id")))
        .and_where(Expr::col(("invoice_lines", "invoice_id")).equals(("mails", "invoice_id")))
        .and_where(Expr::col(("invoice_lines", "id")).lt(Expr::col(("mails", "id"))))
        .to_owned();
    let update = Query::update()
        .table("mails")
        .value("told_lines", Expr::SubQuery(None, Box::new(told.into())))
        .and_where(Expr::col("kind").eq("invoice"))
        .and_where(Expr::col("sent_at").is_not_null())
        .to_owned();
    connection.execute(&update).await?;
    Ok(())
}
