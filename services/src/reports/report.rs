//! The report and its CSV, from the same lines.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    invoices::{InvoiceState, number},
    money::{Money, MoneyError},
    reports::{Report, ReportLine, ReportQuery, cell},
    time,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::{Actor, currency},
    entities::{claim, customer, invoice, invoice_line, label, ledger, sale, shipment},
    inventory::list::sum_of,
    shipping::LabelState,
    transfer::export::quoted,
};

/// Invoices in one report. A business that has more chooses a sale.
const MAX_LINES: u64 = 10_000;
/// Sales to choose from.
const MAX_SALES: u64 = 100;

/// The report of a sale, or of everything.
pub async fn view(services: &Services, actor: &Actor, query: &ReportQuery) -> Result<Report> {
    let read = services.database.read();
    let sales = sale::Entity::find()
        .filter(sale::Column::BusinessId.eq(actor.business_id))
        .order_by_desc(sale::Column::Id)
        .limit(MAX_SALES)
        .all(read)
        .await?;
    let sale = Uuid::parse_str(&query.sale).ok();
    let lines = lines(read, actor, sale).await?;
    let sum = |amount: fn(&ReportLine) -> Money| -> Result<Money, MoneyError> {
        Money::sum(actor.currency, lines.iter().map(amount))
    };
    let overpaid =
        lines.iter().map(|line| Money::new((line.paid.minor - line.total.minor).max(0), actor.currency));
    let postage_elsewhere = by_currency(lines.iter().filter_map(|line| line.postage_elsewhere))?;
    Ok(Report {
        postage_elsewhere,
        sold: sum(|line| line.total)?,
        collected: sum(|line| line.paid)?,
        fees: sum(|line| line.fee)?,
        owed: sum(|line| line.owed)?,
        postage: sum(|line| line.postage)?,
        overpaid: Money::sum(actor.currency, overpaid)?,
        pieces: lines.iter().map(|line| line.pieces).sum(),
        invoices: i64::try_from(lines.len()).unwrap_or(i64::MAX),
        shipped: lines.iter().filter(|line| line.is_shipped).map(|_| 1).sum(),
        lines,
        sales: sales.into_iter().map(|sale| (sale.id.to_string(), sale.title)).collect(),
        sale: query.sale.clone(),
    })
}

/// One sum for each currency, in the order of their codes: amounts in two currencies are never added.
fn by_currency(amounts: impl Iterator<Item = Money>) -> Result<Vec<Money>, MoneyError> {
    let mut sums: BTreeMap<&'static str, Money> = BTreeMap::new();
    for amount in amounts {
        let sum = sums.entry(amount.currency.code()).or_insert_with(|| Money::zero(amount.currency));
        *sum = sum.plus(amount)?;
    }
    Ok(sums.into_values().collect())
}

/// One line an invoice, the oldest first. With a sale, those invoices that bill a claim of it.
async fn lines(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sale: Option<Uuid>,
) -> Result<Vec<ReportLine>> {
    let mut select = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::State.ne(InvoiceState::Void.as_str()))
        .order_by_asc(invoice::Column::Sequence)
        .limit(MAX_LINES);
    if let Some(sale) = sale {
        let billed = claim::Entity::find()
            .select_only()
            .column(claim::Column::InvoiceId)
            .filter(claim::Column::BusinessId.eq(actor.business_id))
            .filter(claim::Column::SaleId.eq(sale))
            .filter(claim::Column::InvoiceId.is_not_null());
        select = select.filter(invoice::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(billed)));
    }
    let invoices = select.all(connection).await?;
    let ids: Vec<Uuid> = invoices.iter().map(|invoice| invoice.id).collect();
    let names: HashMap<Uuid, String> = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::Name])
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(
            customer::Column::Id
                .is_in(invoices.iter().map(|invoice| invoice.customer_id).collect::<HashSet<_>>()),
        )
        .into_tuple::<(Uuid, String)>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    let pieces = pieces(connection, actor, &ids).await?;
    let fees = fees(connection, actor, &ids).await?;
    let postage = postage(connection, actor, &ids).await?;
    let money = |minor| Money::new(minor, actor.currency);
    Ok(invoices
        .into_iter()
        .map(|invoice| {
            let label = postage.get(&invoice.id);
            let is_own = |price: &Money| price.currency == actor.currency;
            ReportLine {
                number: number(invoice.sequence),
                issued: time::iso_date(invoice.issued_at),
                customer_name: names.get(&invoice.customer_id).cloned().unwrap_or_default(),
                pieces: pieces.get(&invoice.id).copied().unwrap_or_default(),
                total: money(invoice.total),
                paid: money(invoice.paid),
                fee: money(fees.get(&invoice.id).copied().unwrap_or_default()),
                owed: money((invoice.total - invoice.paid).max(0)),
                postage: label.map(|label| label.price).filter(is_own).unwrap_or(money(0)),
                postage_elsewhere: label.map(|label| label.price).filter(|price| !is_own(price)),
                is_shipped: label.is_some(),
                tracking_number: label.map(|label| label.tracking_number.clone()).unwrap_or_default(),
            }
        })
        .collect())
}

async fn pieces(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    invoices: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    let sums: Vec<(Uuid, i64)> = invoice_line::Entity::find()
        .select_only()
        .column(invoice_line::Column::InvoiceId)
        .expr_as(sum_of(invoice_line::Column::Quantity), "pieces")
        .filter(invoice_line::Column::BusinessId.eq(actor.business_id))
        .filter(invoice_line::Column::InvoiceId.is_in(invoices.iter().copied()))
        .group_by(invoice_line::Column::InvoiceId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(sums.into_iter().collect())
}

async fn fees(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    invoices: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    let sums: Vec<(Uuid, i64)> = ledger::Entity::find()
        .select_only()
        .column(ledger::Column::InvoiceId)
        .expr_as(sum_of(ledger::Column::Fee), "fee")
        .filter(ledger::Column::BusinessId.eq(actor.business_id))
        .filter(ledger::Column::InvoiceId.is_in(invoices.iter().copied()))
        .group_by(ledger::Column::InvoiceId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(sums.into_iter().collect())
}

/// What a report says of a label.
struct Postage {
    price: Money,
    tracking_number: String,
}

/// What the labels cost and their tracking numbers, by invoice.
async fn postage(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    invoices: &[Uuid],
) -> Result<HashMap<Uuid, Postage>> {
    let shipments: HashMap<Uuid, Uuid> = shipment::Entity::find()
        .select_only()
        .columns([shipment::Column::Id, shipment::Column::InvoiceId])
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::InvoiceId.is_in(invoices.iter().copied()))
        .into_tuple::<(Uuid, Uuid)>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    let labels: Vec<(Uuid, i64, String, String)> = label::Entity::find()
        .select_only()
        .columns([
            label::Column::ShipmentId,
            label::Column::Price,
            label::Column::Currency,
            label::Column::TrackingNumber,
        ])
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::ShipmentId.is_in(shipments.keys().copied()))
        .filter(label::Column::State.eq(LabelState::Bought.as_str()))
        .into_tuple()
        .all(connection)
        .await?;
    let mut postage = HashMap::new();
    for (shipment, price, code, tracking_number) in labels {
        if let Some(invoice) = shipments.get(&shipment) {
            let price = Money::new(price, currency(&code)?);
            postage.insert(*invoice, Postage { price, tracking_number });
        }
    }
    Ok(postage)
}

/// An amount with the code of its currency: `8.20 USD`.
fn written(amount: Money) -> String {
    format!("{} {}", amount.decimal(), amount.currency.code())
}

/// The report's lines as CSV, with a line of sums at the end.
pub async fn csv(services: &Services, actor: &Actor, query: &ReportQuery) -> Result<Vec<u8>> {
    let report = view(services, actor, query).await?;
    let mut writer = quoted(Vec::new());
    let fault = |_| Error::Fault("writing CSV failed");
    let header = [
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
    writer.write_record(header).map_err(fault)?;
    for line in &report.lines {
        let amounts = [line.total, line.paid, line.fee, line.owed, line.postage].map(Money::decimal);
        let [total, paid, fee, owed, postage] = amounts;
        writer
            .write_record([
                line.number.clone(),
                line.issued.clone(),
                cell(&line.customer_name),
                line.pieces.to_string(),
                total,
                paid,
                fee,
                owed,
                postage,
                cell(&line.tracking_number),
                actor.currency.code().into(),
                line.postage_elsewhere.map(written).unwrap_or_default(),
            ])
            .map_err(fault)?;
    }
    let [sold, collected, fees, owed, postage] =
        [report.sold, report.collected, report.fees, report.owed, report.postage].map(Money::decimal);
    writer
        .write_record([
            "sum".into(),
            String::new(),
            String::new(),
            report.pieces.to_string(),
            sold,
            collected,
            fees,
            owed,
            postage,
            String::new(),
            actor.currency.code().into(),
            report.postage_elsewhere.iter().copied().map(written).collect::<Vec<_>>().join(", "),
        ])
        .map_err(fault)?;
    writer.into_inner().map_err(|_| Error::Fault("writing CSV failed"))
}
