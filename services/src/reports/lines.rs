//! The lines of a report: one an invoice, or the share that one sale has in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    invoices::number,
    money::{Currency, Money, allocate},
    reports::ReportLine,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    Result,
    accounts::{Actor, currency},
    entities::{claim, customer, invoice, invoice_line, label, ledger, shipment},
    inventory::list::sum_of,
    payments::reversals,
    shipping::LabelState,
};

/// The lines of some invoices, in their order. With a sale, each tells the share of that sale: its own lines, and of what belongs
/// to the invoice as a whole (delivery, payments, fees, postage) a part in proportion, so that the shares of all sales add up to
/// the invoice.
pub(super) async fn of(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sale: Option<Uuid>,
    invoices: Vec<invoice::Model>,
) -> Result<Vec<ReportLine>> {
    let ids: Vec<Uuid> = invoices.iter().map(|invoice| invoice.id).collect();
    let names = names(connection, actor, invoices.iter().map(|invoice| invoice.customer_id)).await?;
    let goods = goods(connection, actor, &ids).await?;
    let fees = fees(connection, actor, &ids).await?;
    let labels = labels(connection, actor, &ids).await?;
    let refunds = reversals::of_invoices(connection, actor.business_id, &ids).await?;
    let money = |minor| Money::new(minor, actor.currency);
    let nothing = BTreeMap::new();
    Ok(invoices
        .into_iter()
        .map(|invoice| {
            let goods = goods.get(&invoice.id).unwrap_or(&nothing);
            let whole = Amounts {
                pieces: goods.values().map(|goods| goods.pieces).sum(),
                total: invoice.total,
                paid: invoice.paid,
                fee: fees.get(&invoice.id).copied().unwrap_or_default(),
                postage: labels.get(&invoice.id).map_or(0, |label| label.price),
                refunded: refunds.get(&invoice.id).copied().unwrap_or_default(),
            };
            let told = match sale {
                Some(sale) => whole.share_of(sale, goods, invoice.shipping),
                None => whole,
            };
            let label = labels.get(&invoice.id);
            let postage = label.map(|label| Money::new(told.postage, label.currency));
            let is_own = |price: &Money| price.currency == actor.currency;
            ReportLine {
                sequence: invoice.sequence,
                number: number(invoice.sequence),
                issued: actor.zone.iso_date(invoice.issued_at),
                customer_name: names.get(&invoice.customer_id).cloned().unwrap_or_default(),
                pieces: told.pieces,
                total: money(told.total),
                paid: money(told.paid),
                fee: money(told.fee),
                owed: money((told.total - told.paid).max(0)),
                postage: postage.filter(is_own).unwrap_or(money(0)),
                postage_elsewhere: postage.filter(|price| !is_own(price)),
                is_shipped: label.is_some(),
                refunded: money(told.refunded),
                tracking_number: label.map(|label| label.tracking_number.clone()).unwrap_or_default(),
            }
        })
        .collect())
}

/// What one sale has on an invoice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Goods {
    pieces: i64,
    /// Minor units.
    amount: i64,
}

/// The figures of a line, minor units each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Amounts {
    pieces: i64,
    total: i64,
    paid: i64,
    fee: i64,
    postage: i64,
    refunded: i64,
}

impl Amounts {
    /// The share of one sale, where `goods` has what each sale has on the invoice. Sales are taken in the order of their ids, so
    /// that a cent that cannot be split goes the same way whichever of them is asked for.
    fn share_of(self, sale: Uuid, goods: &BTreeMap<Uuid, Goods>, shipping: i64) -> Amounts {
        let Some(index) = goods.keys().position(|known| *known == sale) else {
            return Amounts { pieces: 0, total: 0, paid: 0, fee: 0, postage: 0, refunded: 0 };
        };
        let amounts: Vec<i64> = goods.values().map(|goods| goods.amount).collect();
        let delivery = allocate(shipping, &amounts);
        let totals: Vec<i64> =
            amounts.iter().zip(&delivery).map(|(goods, delivery)| goods + delivery).collect();
        let part = |whole: i64| allocate(whole, &totals)[index];
        Amounts {
            pieces: goods.get(&sale).map_or(0, |goods| goods.pieces),
            total: totals[index],
            paid: part(self.paid),
            fee: part(self.fee),
            postage: part(self.postage),
            refunded: part(self.refunded),
        }
    }
}

async fn names(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    customers: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let names: Vec<(Uuid, String)> = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::Name])
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::Id.is_in(customers.collect::<HashSet<_>>()))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(names.into_iter().collect())
}

/// What each sale has on each invoice.
async fn goods(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    invoices: &[Uuid],
) -> Result<HashMap<Uuid, BTreeMap<Uuid, Goods>>> {
    let claimed = invoice_line::Entity::belongs_to(claim::Entity)
        .from(invoice_line::Column::ClaimId)
        .to(claim::Column::Id)
        .into();
    let sums: Vec<(Uuid, Uuid, i64, i64)> = invoice_line::Entity::find()
        .select_only()
        .column(invoice_line::Column::InvoiceId)
        .column(claim::Column::SaleId)
        .expr_as(sum_of((invoice_line::Entity, invoice_line::Column::Quantity)), "pieces")
        .expr_as(sum_of((invoice_line::Entity, invoice_line::Column::Total)), "amount")
        .join(sea_orm::JoinType::InnerJoin, claimed)
        .filter(invoice_line::Column::BusinessId.eq(actor.business_id))
        .filter(invoice_line::Column::InvoiceId.is_in(invoices.iter().copied()))
        .group_by(invoice_line::Column::InvoiceId)
        .group_by(claim::Column::SaleId)
        .into_tuple()
        .all(connection)
        .await?;
    let mut goods: HashMap<Uuid, BTreeMap<Uuid, Goods>> = HashMap::new();
    for (invoice, sale, pieces, amount) in sums {
        goods.entry(invoice).or_default().insert(sale, Goods { pieces, amount });
    }
    Ok(goods)
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

/// The label that was bought for an invoice.
struct Label {
    price: i64,
    currency: Currency,
    tracking_number: String,
}

async fn labels(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    invoices: &[Uuid],
) -> Result<HashMap<Uuid, Label>> {
    let shipped = label::Entity::belongs_to(shipment::Entity)
        .from(label::Column::ShipmentId)
        .to(shipment::Column::Id)
        .into();
    let found: Vec<(Uuid, i64, String, String)> = label::Entity::find()
        .select_only()
        .column(shipment::Column::InvoiceId)
        .columns([label::Column::Price, label::Column::Currency, label::Column::TrackingNumber])
        .join(sea_orm::JoinType::InnerJoin, shipped)
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::State.eq(LabelState::Bought.as_str()))
        .filter(shipment::Column::InvoiceId.is_in(invoices.iter().copied()))
        .into_tuple()
        .all(connection)
        .await?;
    found
        .into_iter()
        .map(|(invoice, price, code, tracking_number)| {
            Ok((invoice, Label { price, currency: currency(&code)?, tracking_number }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_shares_of_all_sales_are_the_invoice(
            amounts in prop::collection::vec(0..1_000_000_i64, 1..6),
            shipping in 0..5_000_i64,
            paid_per_mille in 0..=1_000_i64,
            fee in 0..3_000_i64,
            postage in 0..3_000_i64,
            refunded in 0..3_000_i64,
        ) {
            let goods: BTreeMap<Uuid, Goods> = (1_u128..)
                .zip(&amounts)
                .map(|(id, amount)| (Uuid::from_u128(id), Goods { pieces: 1, amount: *amount }))
                .collect();
            let total = amounts.iter().sum::<i64>() + shipping;
            let whole = Amounts {
                pieces: amounts.len() as i64,
                total,
                paid: total * paid_per_mille / 1_000,
                fee,
                postage,
                refunded,
            };
            let shares: Vec<Amounts> = goods.keys().map(|sale| whole.share_of(*sale, &goods, shipping)).collect();
            let sum = |amount: fn(&Amounts) -> i64| shares.iter().map(amount).sum::<i64>();
            prop_assert_eq!(sum(|share| share.pieces), whole.pieces);
            prop_assert_eq!(sum(|share| share.total), whole.total);
            prop_assert_eq!(sum(|share| share.paid), whole.paid);
            prop_assert_eq!(sum(|share| share.fee), whole.fee);
            prop_assert_eq!(sum(|share| share.postage), whole.postage);
            prop_assert_eq!(sum(|share| share.refunded), whole.refunded);
            prop_assert!(shares.iter().all(|share| share.paid <= share.total));
        }
    }
}
