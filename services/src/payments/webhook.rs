//! Events from gateways. An event is a poke: it is verified, stored once, and makes the attempt due to be looked at.

use domain::payments::{Gateway, LedgerKind};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use secrecy::SecretString;
use uuid::Uuid;

use super::account;
use crate::{
    Result, Services,
    database::is_taken,
    entities::{attempt, gateway_account, ledger, webhook_event},
    jobs::{JobKind, queue},
    new_id,
    ports::gateway::WebhookRefused,
};

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It was new and is being looked into.
    Stored,
    /// It came before.
    Known,
    /// It is not believed.
    Refused(WebhookRefused),
}

/// An account that has an address for events.
pub struct Recipient {
    gateway: Gateway,
    account: gateway_account::Model,
    secret: SecretString,
}

impl Recipient {
    /// The account's id.
    pub fn id(&self) -> Uuid {
        self.account.id
    }
}

/// The account to which an address for events belongs, if there is one. It is asked for before anything of an event is read.
pub async fn find_recipient(
    services: &Services,
    gateway: Gateway,
    account_id: Uuid,
) -> Result<Option<Recipient>> {
    let account = gateway_account::Entity::find_by_id(account_id)
        .filter(gateway_account::Column::Gateway.eq(gateway.as_str()))
        .one(services.database.read())
        .await?;
    let Some(account) = account else { return Ok(None) };
    let secret = account::webhook_secret(services, &account)?;
    Ok(secret.map(|secret| Recipient { gateway, account, secret }))
}

/// Takes an event in. `header` finds a header by its lower-case name, `body` is what was received, byte for byte.
pub async fn receive(
    services: &Services,
    recipient: Recipient,
    header: &(dyn Fn(&str) -> Option<String> + Sync),
    body: &[u8],
) -> Result<Received> {
    let now = services.now();
    let Recipient { gateway, account, secret } = recipient;
    let event = match services.gateway(gateway)?.verify_webhook(&secret, &|name| header(name), body, now) {
        Ok(event) => event,
        Err(refused) => return Ok(Received::Refused(refused)),
    };
    let known = webhook_event::Entity::find()
        .filter(webhook_event::Column::GatewayAccountId.eq(account.id))
        .filter(webhook_event::Column::EventId.eq(&event.id))
        .one(services.database.read())
        .await?;
    if known.is_some() {
        return Ok(Received::Known);
    }

    let write = services.database.write(account.business_id).await?;
    let row = webhook_event::ActiveModel {
        id: Set(new_id()),
        business_id: Set(account.business_id),
        gateway_account_id: Set(account.id),
        event_id: Set(event.id),
        kind: Set(event.kind),
        received_at: Set(now),
    };
    match row.insert(&*write).await {
        Ok(_) => {}
        // Another server took the same event in the meantime.
        Err(error) if is_taken(&error) => return Ok(Received::Known),
        Err(error) => return Err(error.into()),
    }
    let due =
        subject(&*write, account.business_id, gateway, event.checkout_reference, event.payment_reference)
            .await?;
    queue::enqueue(&write, account.business_id, JobKind::CheckAttempt, due, now).await?;
    write.commit().await?;
    Ok(Received::Stored)
}

/// The attempt that an event is about. It may have been made with another key of the same account at the gateway, so the
/// business and the gateway's own names find it.
async fn subject(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    gateway: Gateway,
    checkout_reference: Option<String>,
    payment_reference: Option<String>,
) -> Result<Option<Uuid>> {
    if let Some(reference) = checkout_reference {
        let attempt = attempt::Entity::find()
            .filter(attempt::Column::BusinessId.eq(business_id))
            .filter(attempt::Column::Gateway.eq(gateway.as_str()))
            .filter(attempt::Column::Reference.eq(reference))
            .one(connection)
            .await?;
        return Ok(attempt.map(|attempt| attempt.id));
    }
    let Some(reference) = payment_reference else { return Ok(None) };
    let payment = ledger::Entity::find()
        .filter(ledger::Column::BusinessId.eq(business_id))
        .filter(ledger::Column::Gateway.eq(gateway.as_str()))
        .filter(ledger::Column::Kind.eq(LedgerKind::Payment.as_str()))
        .filter(ledger::Column::Reference.eq(reference))
        .one(connection)
        .await?;
    Ok(payment.map(|payment| payment.attempt_id))
}
