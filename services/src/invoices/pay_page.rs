//! One invoice for its buyer, who holds the link and nothing else.

use domain::{
    invoices::{InvoiceState, PayView, number},
    money::Money,
    payments::{AttemptState, Gateway},
    problem::Code,
    shipping::ShipmentState,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::invoice::{line, lines_of, totals};
use crate::{
    Result, Services,
    accounts::currency,
    customers,
    entities::{attempt, business, gateway_account, invoice, shipment},
    error::{OrNotFound, stored},
    inventory::pictures,
    payments::pay::in_doubt,
};

/// The invoice that a link ends with.
pub(crate) async fn by_token(connection: &impl ConnectionTrait, token: &str) -> Result<invoice::Model> {
    invoice::Entity::find().filter(invoice::Column::Token.eq(token)).one(connection).await?.or_not_found()
}

/// The buyer's page. It changes nothing.
pub async fn view(services: &Services, token: &str) -> Result<PayView> {
    let read = services.database.read();
    let invoice = by_token(read, token).await?;
    let business = business::Entity::find_by_id(invoice.business_id).one(read).await?.or_not_found()?;
    let customer = customers::customer::find(read, invoice.business_id, invoice.customer_id).await?;
    let currency = currency(&invoice.currency)?;
    let lines =
        lines_of(read, invoice.business_id, &[invoice.id]).await?.remove(&invoice.id).unwrap_or_default();
    let accounts = gateway_account::Entity::find()
        .filter(gateway_account::Column::BusinessId.eq(invoice.business_id))
        .filter(gateway_account::Column::RemovedAt.is_null())
        .all(read)
        .await?;
    let under_way = attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice.id))
        .filter(attempt::Column::State.eq(AttemptState::Open.as_str()))
        .count(read)
        .await?;
    let shipment = shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(invoice.business_id))
        .filter(shipment::Column::InvoiceId.eq(invoice.id))
        .one(read)
        .await?;
    let label = match &shipment {
        Some(shipment) => crate::shipping::bought_label(read, invoice.business_id, shipment.id).await?,
        None => None,
    };
    let state = stored(InvoiceState::parse(&invoice.state))?;
    let owed = Money::new((invoice.total - invoice.paid).max(0), currency);
    let mut gateways: Vec<Gateway> =
        accounts.iter().map(|account| stored(Gateway::parse(&account.gateway))).collect::<Result<_>>()?;
    let has_gateway = !gateways.is_empty();
    gateways.retain(|gateway| !gateway.is_too_small(owed));
    let too_small = state.is_owed() && has_gateway && gateways.is_empty();
    let doubt = if state.is_owed() { in_doubt(read, &invoice).await? } else { None };
    let claims: Vec<Uuid> = lines.iter().map(|line| line.claim_id).collect();
    let mut pictures = pictures::of_claims(read, invoice.business_id, &claims).await?;
    Ok(PayView {
        business_id: business.id,
        token: token.to_owned(),
        number: number(invoice.sequence),
        state,
        business_name: business.name,
        business_email: business.email,
        delivery: customers::address(&customer),
        customer_name: customer.name,
        lines: lines.iter().map(|row| line(row, currency)).collect(),
        pictures: claims.iter().map(|claim| pictures.remove(claim)).collect(),
        totals: totals(&invoice, currency),
        paid: Money::new(invoice.paid, currency),
        owed,
        gateways,
        confirming: state.is_owed() && under_way > 0,
        on_its_way: doubt == Some(Code::PaymentOnItsWay),
        unclear: doubt == Some(Code::PaymentUnclear),
        too_small,
        shipment: shipment.map(|shipment| stored(ShipmentState::parse(&shipment.state))).transpose()?,
        tracking_number: label.as_ref().map(|label| label.tracking_number.clone()).unwrap_or_default(),
        tracking_url: label.map(|label| label.tracking_url).unwrap_or_default(),
    })
}
