//! Addresses for events at gateways: asked for when an account is connected, taken back when it is not used any more.
//!
//! A gateway has room for few of them, and each that nobody listens at is one less.

use std::collections::HashSet;

use domain::{payments::Gateway, time::MINUTE};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set};
use secrecy::SecretString;
use uuid::Uuid;

use super::account;
use crate::{
    Result, Services,
    entities::gateway_account,
    error::stored,
    jobs::Outcome,
    ports::{
        GatewayPort, PortError,
        gateway::{WebhookEndpoint, WebhookRegistration},
    },
};

/// An address that no account is known by may belong to one that is being connected at this moment, for so long.
pub(super) const FRESH: i64 = 10 * MINUTE;

/// Where a gateway sends the events of one account, a path on this server.
pub fn path(gateway: Gateway, account_id: Uuid) -> String {
    format!("/webhooks/{}/{account_id}", gateway.as_str())
}

/// Asks for events. A gateway that cannot reach this server refuses; then changes are found by asking, which is slower
/// but as sure.
pub(super) async fn register(
    services: &Services,
    port: &dyn GatewayPort,
    key: &SecretString,
    gateway: Gateway,
    id: Uuid,
) -> Result<Option<WebhookRegistration>> {
    let url = format!("{}{}", services.settings.public_url, path(gateway, id));
    match port.register_webhook(key, &url).await {
        Ok(registration) => Ok(Some(registration)),
        Err(error) if error.is_passing() => Err(error.into()),
        Err(error) => {
            tracing::info!(gateway = gateway.as_str(), %error, "no events from this account; it will be asked instead");
            Ok(None)
        }
    }
}

/// Takes back addresses of this server that no connected account listens at: those of accounts that were replaced while
/// their key did not work, and those whose registration answered too late. Tells whether one stays that may be coming.
pub(super) async fn remove_unused(
    services: &Services,
    port: &dyn GatewayPort,
    key: &SecretString,
    gateway: Gateway,
) -> Result<bool> {
    let prefix = format!("{}/webhooks/{}/", services.settings.public_url, gateway.as_str());
    let ours: Vec<(Uuid, WebhookEndpoint)> = port
        .list_webhooks(key)
        .await?
        .into_iter()
        .filter_map(|endpoint| {
            let id = Uuid::parse_str(endpoint.url.strip_prefix(&prefix)?).ok()?;
            Some((id, endpoint))
        })
        .collect();
    // Several businesses of this server may share an account at the gateway, so all of them are asked for.
    let known: Vec<(Uuid, Option<i64>)> = gateway_account::Entity::find()
        .select_only()
        .columns([gateway_account::Column::Id, gateway_account::Column::RemovedAt])
        .filter(gateway_account::Column::Id.is_in(ours.iter().map(|(id, _)| *id)))
        .into_tuple()
        .all(services.database.read())
        .await?;
    let known_ids: HashSet<Uuid> = known.iter().map(|(id, _)| *id).collect();
    let connected: HashSet<Uuid> =
        known.iter().filter(|(_, removed_at)| removed_at.is_none()).map(|(id, _)| *id).collect();
    let too_fresh = services.now() - FRESH;
    let mut some_may_come = false;
    for (id, endpoint) in ours {
        let may_be_coming = !known_ids.contains(&id) && endpoint.created_at > too_fresh;
        some_may_come |= may_be_coming;
        if !connected.contains(&id) && !may_be_coming {
            port.remove_webhook(key, &endpoint.reference).await?;
        }
    }
    Ok(some_may_come)
}

/// The job: takes back the address of an account that is not connected any more. For one that is, those that nobody
/// listens at.
pub(crate) async fn tidy(services: &Services, business_id: Uuid, account_id: Uuid) -> Result<Outcome> {
    let account = account::of_attempt(services.database.read(), business_id, account_id).await?;
    let gateway = stored(Gateway::parse(&account.gateway))?;
    let port = services.gateway(gateway)?;
    if account.removed_at.is_none() {
        let key = account::key(services, &account)?;
        return match remove_unused(services, port, &key, gateway).await {
            Ok(_) => Ok(Outcome::Done),
            Err(error @ crate::Error::Port(PortError::Unavailable(_) | PortError::Nonsense(_))) => Err(error),
            Err(crate::Error::Port(error)) => {
                tracing::info!(gateway = gateway.as_str(), %error, "the key may not look after addresses for events");
                Ok(Outcome::Done)
            }
            Err(error) => Err(error),
        };
    }
    let Some(reference) = account.webhook_reference.clone() else { return Ok(Outcome::Done) };
    for candidate in account::keys_of(services, account.clone()).await?.candidates {
        let removed = match &candidate.key {
            Ok(key) => port.remove_webhook(key, &reference).await,
            Err(error) => Err(error.clone()),
        };
        match removed {
            Ok(()) => {
                let write = services.database.write_across().await?;
                let mut row = account.into_active_model();
                row.webhook_reference = Set(None);
                row.update(&*write).await?;
                write.commit().await?;
                return Ok(Outcome::Done);
            }
            Err(error) if error.is_passing() => return Err(error.into()),
            Err(error) => tracing::info!(gateway = gateway.as_str(), %error, "an address stays for now"),
        }
    }
    // No key is left that may do it. When one of the same account at the gateway is connected, it goes then.
    Ok(Outcome::Done)
}
