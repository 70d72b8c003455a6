//! The report as a file: every line, however many there are, read and sent in pieces, and the sums of the lines at its end.

use domain::{
    money::Money,
    reports::{Figures, ReportLine, ReportQuery},
    transfer::formulas::escaped,
};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{figures, lines, period::Scope};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    entities::invoice,
    transfer::export::{Download, Pieces, quoted},
};

/// Invoices read at once.
const AT_ONCE: u64 = 500;

const HEADING: [&str; 12] = [
    "invoice",
    "issued",
    "customer",
    "pieces",
    "total",
    "paid",
    "fee",
    "owed",
    "postage",
    "tracking",
    "currency",
    "postage_elsewhere",
];

/// Those of some invoices that follow, the oldest first; nothing when there are no more. `after` keeps how far the walk has come.
pub(super) async fn walk(
    connection: &impl ConnectionTrait,
    invoices: Select<invoice::Entity>,
    after: &mut Option<i64>,
) -> Result<Option<Vec<invoice::Model>>> {
    let mut select = invoices.order_by_asc(invoice::Column::Sequence).limit(AT_ONCE);
    if let Some(after) = *after {
        select = select.filter(invoice::Column::Sequence.gt(after));
    }
    let invoices = select.all(connection).await?;
    *after = invoices.last().map(|invoice| invoice.sequence);
    Ok(if invoices.is_empty() { None } else { Some(invoices) })
}

/// The report's lines as CSV, the oldest first, with a line of their sums at the end.
///
/// # Errors
/// Too many files are being fetched.
pub fn csv(services: &Services, actor: &Actor, query: &ReportQuery) -> Result<Download> {
    let (pieces, download) = Pieces::begin(services.places.downloads.take_free(actor.member_id)?)?;
    let (services, actor, scope) = (services.clone(), actor.clone(), Scope::of(actor, query));
    tokio::spawn(async move {
        match write(&services, &actor, &scope, &pieces).await {
            Ok(()) => pieces.finish(),
            Err(error) => tracing::warn!(%error, "the file of a report was not written to its end"),
        }
    });
    Ok(download)
}

/// Hands over all pieces.
async fn write(services: &Services, actor: &Actor, scope: &Scope, pieces: &Pieces) -> Result<()> {
    let gone = |_| Error::Fault("nobody takes the file any more");
    let mut sums = figures::empty(actor);
    let mut piece = records([HEADING.map(str::to_owned)])?;
    let mut after = None;
    while let Some(invoices) = walk(services.database.read(), scope.invoices(), &mut after).await? {
        let lines = lines::of(services.database.read(), actor, scope.sale, invoices).await?;
        for line in &lines {
            figures::add(&mut sums, line)?;
        }
        piece.extend(records(lines.iter().map(|line| record(actor, line)))?);
        pieces.send_full(&mut piece).await.map_err(gone)?;
    }
    piece.extend(records([sum_record(&sums)])?);
    pieces.send(piece).await.map_err(gone)
}

fn records(rows: impl IntoIterator<Item = [String; HEADING.len()]>) -> Result<Vec<u8>> {
    let fault = |_| Error::Fault("writing CSV failed");
    let mut writer = quoted(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(fault)?;
    }
    writer.into_inner().map_err(|_| Error::Fault("writing CSV failed"))
}

fn record(actor: &Actor, line: &ReportLine) -> [String; HEADING.len()] {
    [
        line.number.clone(),
        line.issued.clone(),
        escaped(&line.customer_name).into(),
        line.pieces.to_string(),
        line.total.decimal(),
        line.paid.decimal(),
        line.fee.decimal(),
        line.owed.decimal(),
        line.postage.decimal(),
        escaped(&line.tracking_number).into(),
        actor.currency.code().into(),
        line.postage_elsewhere.map(written).unwrap_or_default(),
    ]
}

fn sum_record(sums: &Figures) -> [String; HEADING.len()] {
    let amounts = [sums.sold, sums.collected, sums.fees, sums.owed, sums.postage].map(Money::decimal);
    let [sold, collected, fees, owed, postage] = amounts;
    let elsewhere: Vec<String> = sums.postage_elsewhere.iter().copied().map(written).collect();
    [
        "sum".into(),
        String::new(),
        String::new(),
        sums.pieces.to_string(),
        sold,
        collected,
        fees,
        owed,
        postage,
        String::new(),
        sums.sold.currency.code().into(),
        elsewhere.join(", "),
    ]
}

/// An amount with the code of its currency: `8.20 USD`.
fn written(amount: Money) -> String {
    format!("{} {}", amount.decimal(), amount.currency.code())
}
