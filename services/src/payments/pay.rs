//! The buyer's click: an attempt is stored, then the gateway's page is made, then the buyer goes there.

use domain::{
    invoices::{InvoiceState, number},
    money::Money,
    payments::{AttemptState, Gateway},
    problem::Code,
    time::{HOUR, MINUTE, SECOND},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{account, check};
use crate::{
    Error, Result, Services,
    accounts::currency,
    customers,
    database::Write,
    entities::{attempt, invoice},
    error::{OrNotFound, stored},
    invoices::pay_page::by_token,
    jobs::{JobKind, queue},
    new_id,
    ports::gateway::CheckoutRequest,
};

/// How long a page takes money: a little less than the day that Stripe allows at most.
const PAGE_LIFE: i64 = 23 * HOUR;
/// A page that is nearly over is not offered again.
const LEAST_LEFT: i64 = 5 * MINUTE;
/// When an attempt is first looked at, in case no event comes.
const FIRST_CHECK: i64 = 20 * SECOND;

/// Where the buyer pays an invoice. A page that is still good for the same amount is used again.
pub async fn start(services: &Services, token: &str, gateway: Gateway) -> Result<String> {
    let now = services.now();
    let invoice = by_token(services.database.read(), token).await?;
    let account = account::connected(services.database.read(), invoice.business_id, gateway).await?;

    let write = services.database.write(invoice.business_id).await?;
    let invoice = crate::invoices::invoice::find(&*write, invoice.business_id, invoice.id).await?;
    if !stored(InvoiceState::parse(&invoice.state))?.is_owed() {
        return Err(Code::WrongState.into());
    }
    if on_its_way(&*write, &invoice).await? {
        return Err(Code::PaymentOnItsWay.into());
    }
    let owed = Money::new(invoice.total - invoice.paid, currency(&invoice.currency)?);
    let attempt = match usable(&*write, &invoice, account.id, owed, now).await? {
        Some(attempt) => attempt,
        None => new_attempt(&write, &invoice, gateway, account.id, owed, now).await?,
    };
    write.commit().await?;
    match (&attempt.url, attempt.state == AttemptState::Open.as_str()) {
        (Some(url), true) => Ok(url.clone()),
        _ => make_page(services, &invoice, attempt, owed, &account).await,
    }
}

/// Whether the buyer's bank is paying an invoice already. A second page would take the money twice.
pub(crate) async fn on_its_way(connection: &impl ConnectionTrait, invoice: &invoice::Model) -> Result<bool> {
    let pending = attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice.id))
        .filter(attempt::Column::State.eq(AttemptState::Pending.as_str()))
        .limit(1)
        .one(connection)
        .await?;
    Ok(pending.is_some())
}

/// An attempt at the same account for the same amount whose page is open, or was not made yet.
async fn usable(
    connection: &impl ConnectionTrait,
    invoice: &invoice::Model,
    account_id: Uuid,
    owed: Money,
    now: i64,
) -> Result<Option<attempt::Model>> {
    Ok(attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice.id))
        .filter(attempt::Column::GatewayAccountId.eq(account_id))
        .filter(attempt::Column::Amount.eq(owed.minor))
        .filter(attempt::Column::Currency.eq(owed.currency.code()))
        .filter(attempt::Column::ExpiresAt.gt(now + LEAST_LEFT))
        .filter(attempt::Column::State.is_in([AttemptState::Created.as_str(), AttemptState::Open.as_str()]))
        .order_by_desc(attempt::Column::Id)
        .one(connection)
        .await?)
}

/// Stores a new attempt with the job that looks after it. Pages for another amount are closed.
async fn new_attempt(
    write: &Write,
    invoice: &invoice::Model,
    gateway: Gateway,
    account_id: Uuid,
    owed: Money,
    now: i64,
) -> Result<attempt::Model> {
    let attempt = attempt::ActiveModel {
        id: Set(new_id()),
        business_id: Set(invoice.business_id),
        invoice_id: Set(invoice.id),
        gateway_account_id: Set(account_id),
        gateway: Set(gateway.as_str().into()),
        amount: Set(owed.minor),
        currency: Set(owed.currency.code().into()),
        state: Set(AttemptState::Created.as_str().into()),
        reference: Set(None),
        url: Set(None),
        expires_at: Set(now + PAGE_LIFE),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let attempt = attempt.insert(&**write).await?;
    check::close_open_pages(write, invoice.business_id, &[invoice.id], Some(attempt.id), now).await?;
    queue::enqueue(write, invoice.business_id, JobKind::CheckAttempt, [attempt.id], now + FIRST_CHECK)
        .await?;
    Ok(attempt)
}

/// Makes the gateway's page for a stored attempt. The attempt's id is the idempotency key, so a second click, another
/// server or a retry after a crash gets the same page.
async fn make_page(
    services: &Services,
    invoice: &invoice::Model,
    attempt: attempt::Model,
    owed: Money,
    account: &crate::entities::gateway_account::Model,
) -> Result<String> {
    let gateway = stored(Gateway::parse(&attempt.gateway))?;
    let customer =
        customers::customer::find(services.database.read(), invoice.business_id, invoice.customer_id).await?;
    let page = format!("{}/pay/{}", services.settings.public_url, invoice.token);
    let request = CheckoutRequest {
        attempt_id: attempt.id,
        invoice_id: invoice.id,
        invoice_number: number(invoice.sequence),
        amount: owed,
        customer_email: customer.email,
        return_url: page.clone(),
        cancel_url: page,
        expires_at: attempt.expires_at,
    };
    let key = account::key(services, account)?;
    let made = services.gateway(gateway)?.create_checkout(&key, &request).await;
    let write = services.database.write(invoice.business_id).await?;
    let mut row = attempt::Entity::find_by_id(attempt.id)
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .one(&*write)
        .await?
        .or_not_found()?
        .into_active_model();
    row.updated_at = Set(services.now());
    let answer = match made {
        Ok(checkout) => {
            row.state = Set(AttemptState::Open.as_str().into());
            row.reference = Set(Some(checkout.reference));
            row.url = Set(Some(checkout.url.clone()));
            row.expires_at = Set(checkout.expires_at);
            Ok(checkout.url)
        }
        // The page may have been made all the same; the attempt stays, and the next click asks again.
        Err(error) if error.is_passing() => return Err(error.into()),
        Err(error) => {
            row.state = Set(AttemptState::Refused.as_str().into());
            Err(Error::from(error))
        }
    };
    row.update(&*write).await?;
    write.commit().await?;
    answer
}
