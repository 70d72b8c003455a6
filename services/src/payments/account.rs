//! A business' accounts at gateways.

use domain::{
    payments::{ConnectedAccount, CredentialsForm, Gateway, STRIPE_KEY_PREFIXES},
    problem::{Code, FieldCode, Problem},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set, prelude::Expr,
};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    Result, Services,
    accounts::Actor,
    entities::gateway_account,
    error::{OrNotFound, stored},
    new_id,
    ports::{GatewayPort, PortError},
    security_log::{Event, Outcome, note_about},
    vault::Place,
};

const TABLE: &str = "gateway_accounts";

fn key_place(row: Uuid) -> Place {
    Place { table: TABLE, column: "sealed_key", row }
}

fn webhook_secret_place(row: Uuid) -> Place {
    Place { table: TABLE, column: "sealed_webhook_secret", row }
}

/// Where a gateway sends the events of one account, a path on this server.
pub fn webhook_path(gateway: Gateway, account_id: Uuid) -> String {
    format!("/webhooks/{}/{account_id}", gateway.as_str())
}

/// Connects an account: tries the key, asks for events, and seals both secrets. An account of the same gateway that was
/// there before is replaced; attempts made with it are still checked with its own key.
pub async fn connect(
    services: &Services,
    actor: &Actor,
    gateway: Gateway,
    form: &CredentialsForm,
) -> Result<()> {
    actor.must_own()?;
    let prefixes = match gateway {
        Gateway::Stripe => STRIPE_KEY_PREFIXES,
    };
    let plain = form.parse(prefixes)?;
    let (live, ends_with) = (plain.contains("_live_"), plain[plain.len() - 4..].to_owned());
    let key = SecretString::from(plain);
    let port = services.gateway(gateway)?;
    port.check_key(&key).await.map_err(refused_key)?;
    let id = new_id();
    let webhook_secret = register_webhook(services, port, &key, gateway, id).await?;
    let sealed_key = services.vault.seal(&key, key_place(id))?;
    let sealed_webhook_secret = match webhook_secret {
        Some(secret) => Some(services.vault.seal(&secret, webhook_secret_place(id))?),
        None => None,
    };

    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    gateway_account::Entity::update_many()
        .col_expr(gateway_account::Column::RemovedAt, Expr::value(now))
        .filter(gateway_account::Column::BusinessId.eq(actor.business_id))
        .filter(gateway_account::Column::Gateway.eq(gateway.as_str()))
        .filter(gateway_account::Column::RemovedAt.is_null())
        .exec(&*write)
        .await?;
    let account = gateway_account::ActiveModel {
        id: Set(id),
        business_id: Set(actor.business_id),
        gateway: Set(gateway.as_str().into()),
        live: Set(live),
        key_ends_with: Set(ends_with),
        sealed_key: Set(sealed_key),
        sealed_webhook_secret: Set(sealed_webhook_secret),
        created_at: Set(now),
        removed_at: Set(None),
    };
    account.insert(&*write).await?;
    write.commit().await?;
    note_about(Event::Connect, Outcome::Done, actor.into(), gateway.as_str());
    Ok(())
}

/// A key that the provider does not take is the form's problem, not a fault.
pub(crate) fn refused_key(error: PortError) -> crate::Error {
    match error {
        PortError::Unauthorised(_) | PortError::LiveKeyElsewhere => {
            Problem::field("key", FieldCode::NotAChoice).into()
        }
        other => other.into(),
    }
}

/// Asks for events. A gateway that cannot reach this server refuses; then changes are found by asking, which is slower
/// but as sure.
async fn register_webhook(
    services: &Services,
    port: &dyn GatewayPort,
    key: &SecretString,
    gateway: Gateway,
    id: Uuid,
) -> Result<Option<SecretString>> {
    let url = format!("{}{}", services.settings.public_url, webhook_path(gateway, id));
    match port.register_webhook(key, &url).await {
        Ok(registration) => Ok(Some(registration.secret)),
        Err(error) if error.is_passing() => Err(error.into()),
        Err(error) => {
            tracing::info!(gateway = gateway.as_str(), %error, "no events from this account; it will be asked instead");
            Ok(None)
        }
    }
}

/// Forgets an account. Its row stays for the attempts that were made with it, its secrets for checking them.
pub async fn disconnect(services: &Services, actor: &Actor, gateway: Gateway) -> Result<()> {
    actor.must_own()?;
    let write = services.database.write(actor.business_id).await?;
    gateway_account::Entity::update_many()
        .col_expr(gateway_account::Column::RemovedAt, Expr::value(services.now()))
        .filter(gateway_account::Column::BusinessId.eq(actor.business_id))
        .filter(gateway_account::Column::Gateway.eq(gateway.as_str()))
        .filter(gateway_account::Column::RemovedAt.is_null())
        .exec(&*write)
        .await?;
    write.commit().await?;
    note_about(Event::Disconnect, Outcome::Done, actor.into(), gateway.as_str());
    Ok(())
}

/// The connected accounts as the settings show them.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<ConnectedAccount>> {
    let accounts = gateway_account::Entity::find()
        .filter(gateway_account::Column::BusinessId.eq(actor.business_id))
        .filter(gateway_account::Column::RemovedAt.is_null())
        .order_by_asc(gateway_account::Column::Gateway)
        .all(services.database.read())
        .await?;
    accounts
        .into_iter()
        .map(|account| {
            Ok(ConnectedAccount {
                provider: stored(Gateway::parse(&account.gateway))?.label().into(),
                key_ends_with: account.key_ends_with,
                live: account.live,
                since: actor.zone.date(account.created_at),
                has_webhook: account.sealed_webhook_secret.is_some(),
            })
        })
        .collect()
}

/// The connected account of a business at a gateway.
pub(crate) async fn connected(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    gateway: Gateway,
) -> Result<gateway_account::Model> {
    let account = gateway_account::Entity::find()
        .filter(gateway_account::Column::BusinessId.eq(business_id))
        .filter(gateway_account::Column::Gateway.eq(gateway.as_str()))
        .filter(gateway_account::Column::RemovedAt.is_null())
        .one(connection)
        .await?;
    account.ok_or_else(|| Code::NotConnected.into())
}

/// The account with which an attempt was made, whether it is connected still or not.
pub(crate) async fn of_attempt(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    account_id: Uuid,
) -> Result<gateway_account::Model> {
    gateway_account::Entity::find_by_id(account_id)
        .filter(gateway_account::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The opened key of an account.
pub(crate) fn key(services: &Services, account: &gateway_account::Model) -> Result<SecretString> {
    Ok(services.vault.open(&account.sealed_key, key_place(account.id))?)
}

/// The opened secret with which an account's events are signed, if there is one.
pub(crate) fn webhook_secret(
    services: &Services,
    account: &gateway_account::Model,
) -> Result<Option<SecretString>> {
    let Some(sealed) = &account.sealed_webhook_secret else { return Ok(None) };
    Ok(Some(services.vault.open(sealed, webhook_secret_place(account.id))?))
}
