//! A business' accounts at gateways.

use domain::{
    payments::{ConnectedAccount, CredentialsForm, Gateway},
    problem::{Code, FieldCode, Problem},
    time::MINUTE,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, prelude::Expr,
};
use secrecy::SecretString;
use uuid::Uuid;

use super::endpoints;
use crate::{
    Result, Services,
    accounts::Actor,
    database::Write,
    entities::{attempt, gateway_account},
    error::{OrNotFound, stored},
    jobs::{JobKind, queue},
    new_id,
    ports::{PortError, gateway::KeyReport},
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

/// Connects an account: tries the key, asks for events, and seals both secrets. An account of the same gateway that was
/// there before is replaced; attempts made with it are still checked with its own key, and with this one where that is not
/// taken any more.
pub async fn connect(
    services: &Services,
    actor: &Actor,
    gateway: Gateway,
    form: &CredentialsForm,
) -> Result<()> {
    actor.must_own()?;
    let plain = form.parse_for(gateway)?;
    let (live, ends_with) = (plain.contains("_live_"), plain[plain.len() - 4..].to_owned());
    let key = SecretString::from(plain);
    let port = services.gateway(gateway)?;
    let external_id = match port.check_key(&key).await.map_err(refused_key)? {
        KeyReport::Good { external_id } => external_id,
        KeyReport::MayNot(permission) => {
            return Err(Problem::field("key", FieldCode::KeyMayNot(permission)).into());
        }
    };
    // Room is made before more is asked for. Where that fails, the account works all the same.
    let some_may_come = match endpoints::remove_unused(services, port, &key, gateway).await {
        Ok(some_may_come) => some_may_come,
        Err(error) => {
            tracing::info!(gateway = gateway.as_str(), %error, "unused addresses for events stay");
            false
        }
    };
    let id = new_id();
    let registration = endpoints::register(services, port, &key, gateway, id).await?;
    let sealed_key = services.vault.seal(&key, key_place(id))?;
    let sealed_webhook_secret = match &registration {
        Some(registration) => Some(services.vault.seal(&registration.secret, webhook_secret_place(id))?),
        None => None,
    };

    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    remove(&write, actor.business_id, gateway, now).await?;
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
        external_id: Set(external_id),
        webhook_reference: Set(registration.map(|registration| registration.reference)),
        refused_at: Set(None),
        makes_no_pages: Set(false),
    };
    account.insert(&*write).await?;
    if some_may_come {
        let later = now + endpoints::FRESH + MINUTE;
        queue::enqueue(&write, actor.business_id, JobKind::TidyWebhooks, [id], later).await?;
    }
    // What no key could look at may be seen with this one.
    let unchecked = attempt::Entity::find()
        .select_only()
        .column(attempt::Column::Id)
        .filter(attempt::Column::BusinessId.eq(actor.business_id))
        .filter(attempt::Column::UncheckedSince.is_not_null())
        .filter(attempt::Column::Gateway.eq(gateway.as_str()))
        .into_tuple::<Uuid>()
        .all(&*write)
        .await?;
    queue::enqueue(&write, actor.business_id, JobKind::CheckAttempt, unchecked, now).await?;
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

/// Forgets an account. Its row stays for the attempts that were made with it, its secrets for checking them.
pub async fn disconnect(services: &Services, actor: &Actor, gateway: Gateway) -> Result<()> {
    actor.must_own()?;
    let write = services.database.write(actor.business_id).await?;
    remove(&write, actor.business_id, gateway, services.now()).await?;
    write.commit().await?;
    note_about(Event::Disconnect, Outcome::Done, actor.into(), gateway.as_str());
    Ok(())
}

/// Marks what is connected at a gateway as removed, and queues that its address for events is taken back.
async fn remove(write: &Write, business_id: Uuid, gateway: Gateway, now: i64) -> Result<()> {
    let connected = Condition::all()
        .add(gateway_account::Column::BusinessId.eq(business_id))
        .add(gateway_account::Column::Gateway.eq(gateway.as_str()))
        .add(gateway_account::Column::RemovedAt.is_null());
    let ids = gateway_account::Entity::find()
        .select_only()
        .column(gateway_account::Column::Id)
        .filter(connected.clone())
        .into_tuple::<Uuid>()
        .all(&**write)
        .await?;
    gateway_account::Entity::update_many()
        .col_expr(gateway_account::Column::RemovedAt, Expr::value(now))
        .filter(connected)
        .exec(&**write)
        .await?;
    queue::enqueue(write, business_id, JobKind::TidyWebhooks, ids, now).await
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
                works: account.refused_at.is_none(),
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
    find_connected(connection, business_id, gateway).await?.ok_or_else(|| Code::NotConnected.into())
}

/// The connected account of a business at a gateway, if there is one.
pub(super) async fn find_connected(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    gateway: Gateway,
) -> Result<Option<gateway_account::Model>> {
    let account = gateway_account::Entity::find()
        .filter(gateway_account::Column::BusinessId.eq(business_id))
        .filter(gateway_account::Column::Gateway.eq(gateway.as_str()))
        .filter(gateway_account::Column::RemovedAt.is_null())
        .one(connection)
        .await?;
    Ok(account)
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

/// A key that may know something, and the account it is of.
pub(crate) struct Candidate {
    pub account: gateway_account::Model,
    /// One that cannot be opened, because it was sealed with another master key, is as good as one that is not taken.
    pub key: Result<SecretString, PortError>,
}

/// The keys with which to ask about something.
pub(crate) struct Keys {
    pub candidates: Vec<Candidate>,
    /// The account that was connected when they were chosen.
    pub connected: Option<Uuid>,
}

/// The keys with which to ask about what was made with an account: its own, and that of the account which is connected
/// instead of it by now. Sellers roll their keys, so the two are mostly of one account at the gateway; where it is known
/// that they are not, the second is left out.
pub(crate) async fn keys_of(services: &Services, account: gateway_account::Model) -> Result<Keys> {
    let mut accounts = vec![account];
    let own = &accounts[0];
    let mut connected = Some(own.id);
    if own.removed_at.is_some() {
        let gateway = stored(Gateway::parse(&own.gateway))?;
        let other = find_connected(services.database.read(), own.business_id, gateway).await?;
        connected = other.as_ref().map(|other| other.id);
        if let Some(other) = other {
            let differ =
                matches!((&own.external_id, &other.external_id), (Some(one), Some(two)) if one != two);
            if !differ {
                accounts.push(other);
            }
        }
    }
    let candidate = |account: gateway_account::Model| Candidate { key: opened(services, &account), account };
    Ok(Keys { candidates: accounts.into_iter().map(candidate).collect(), connected })
}

/// The opened key of an account, or a refusal in its place.
fn opened(services: &Services, account: &gateway_account::Model) -> Result<SecretString, PortError> {
    key(services, account).map_err(|error| {
        tracing::error!(account = %account.id, %error, "a stored key cannot be opened");
        PortError::Unauthorised("the stored key cannot be opened".into())
    })
}

/// What a key is used for: a key may be allowed the one and not the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Looking at pages.
    Look,
    /// Making and closing pages.
    Make,
}

/// Notes whether a gateway takes the key of a connected account for a use, where that is news. That it may look takes back
/// only that it might not. Of an account that was removed nobody needs to know.
pub(crate) async fn note_key(
    services: &Services,
    account: &gateway_account::Model,
    used: Use,
    is_taken: bool,
) -> Result<()> {
    let (refused_at, makes_no_pages) = match (is_taken, used) {
        (true, Use::Look) if account.makes_no_pages => return Ok(()),
        (true, _) => (None, false),
        (false, _) => {
            let since = account.refused_at.unwrap_or(services.now());
            (Some(since), account.makes_no_pages || used == Use::Make)
        }
    };
    let is_known = (refused_at, makes_no_pages) == (account.refused_at, account.makes_no_pages);
    if account.removed_at.is_some() || is_known {
        return Ok(());
    }
    let write = services.database.write(account.business_id).await?;
    let mut update = gateway_account::Entity::update_many()
        .col_expr(gateway_account::Column::RefusedAt, Expr::value(refused_at))
        .col_expr(gateway_account::Column::MakesNoPages, Expr::value(makes_no_pages))
        .filter(gateway_account::Column::BusinessId.eq(account.business_id))
        .filter(gateway_account::Column::Id.eq(account.id));
    if used == Use::Look {
        // Another click may have found out meanwhile that no page is made.
        update = update.filter(gateway_account::Column::MakesNoPages.eq(account.makes_no_pages));
    }
    update.exec(&*write).await?;
    write.commit().await?;
    Ok(())
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
