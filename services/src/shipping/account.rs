//! A business' accounts at carrier services.

use domain::{
    payments::{ConnectedAccount, CredentialsForm},
    problem::Code,
    shipping::{Carrier, EASYPOST_KEY_PREFIXES},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set, prelude::Expr,
};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    Result, Services,
    accounts::Actor,
    entities::carrier_account,
    error::stored,
    new_id,
    payments::account::refused_key,
    security_log::{Event, Outcome, note_about},
    vault::Place,
};

fn key_place(row: Uuid) -> Place {
    Place { table: "carrier_accounts", column: "sealed_key", row }
}

/// Connects an account: tries the key and seals it. One that was there before is replaced.
pub async fn connect(
    services: &Services,
    actor: &Actor,
    carrier: Carrier,
    form: &CredentialsForm,
) -> Result<()> {
    actor.must_own()?;
    let prefixes = match carrier {
        Carrier::EasyPost => EASYPOST_KEY_PREFIXES,
    };
    let plain = form.parse(prefixes)?;
    let (live, ends_with) = (plain.starts_with("EZAK"), plain[plain.len() - 4..].to_owned());
    let key = SecretString::from(plain);
    services.carrier(carrier)?.check_key(&key).await.map_err(refused_key)?;
    let id = new_id();
    let sealed_key = services.vault.seal(&key, key_place(id))?;

    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    remove(&write, actor, carrier, now).await?;
    // A purchase goes to the account that was asked for the rates, so those of another one are of no use.
    super::forget_all_quotes(&write, actor.business_id, now).await?;
    let account = carrier_account::ActiveModel {
        id: Set(id),
        business_id: Set(actor.business_id),
        carrier: Set(carrier.as_str().into()),
        live: Set(live),
        key_ends_with: Set(ends_with),
        sealed_key: Set(sealed_key),
        created_at: Set(now),
        removed_at: Set(None),
    };
    account.insert(&*write).await?;
    write.commit().await?;
    note_about(Event::Connect, Outcome::Done, actor.into(), carrier.as_str());
    Ok(())
}

/// Forgets an account, and the rates that it was asked for. A label for which it was asked already is still asked about.
pub async fn disconnect(services: &Services, actor: &Actor, carrier: Carrier) -> Result<()> {
    actor.must_own()?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    remove(&write, actor, carrier, now).await?;
    super::forget_all_quotes(&write, actor.business_id, now).await?;
    write.commit().await?;
    note_about(Event::Disconnect, Outcome::Done, actor.into(), carrier.as_str());
    Ok(())
}

async fn remove(write: &crate::database::Write, actor: &Actor, carrier: Carrier, now: i64) -> Result<()> {
    carrier_account::Entity::update_many()
        .col_expr(carrier_account::Column::RemovedAt, Expr::value(now))
        .filter(carrier_account::Column::BusinessId.eq(actor.business_id))
        .filter(carrier_account::Column::Carrier.eq(carrier.as_str()))
        .filter(carrier_account::Column::RemovedAt.is_null())
        .exec(&**write)
        .await?;
    Ok(())
}

async fn rows(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<Vec<carrier_account::Model>> {
    Ok(carrier_account::Entity::find()
        .filter(carrier_account::Column::BusinessId.eq(business_id))
        .filter(carrier_account::Column::RemovedAt.is_null())
        .order_by_asc(carrier_account::Column::Carrier)
        .all(connection)
        .await?)
}

/// The connected accounts as the settings show them.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<ConnectedAccount>> {
    rows(services.database.read(), actor.business_id)
        .await?
        .into_iter()
        .map(|account| {
            Ok(ConnectedAccount {
                provider: stored(Carrier::parse(&account.carrier))?.label().into(),
                key_ends_with: account.key_ends_with,
                live: account.live,
                since: actor.zone.date(account.created_at),
                has_webhook: false,
                works: true,
            })
        })
        .collect()
}

/// The account through which the business buys postage, if one is connected.
pub(crate) async fn connected(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
) -> Result<Option<carrier_account::Model>> {
    Ok(rows(connection, business_id).await?.into_iter().next())
}

/// An account by its id, whether it is connected still or not.
pub(crate) async fn by_id(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Option<Uuid>,
) -> Result<carrier_account::Model> {
    let id = id.ok_or(Code::NotConnected)?;
    let account = carrier_account::Entity::find_by_id(id)
        .filter(carrier_account::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?;
    account.ok_or_else(|| Code::NotConnected.into())
}

/// The opened key of an account.
pub(crate) fn key(services: &Services, account: &carrier_account::Model) -> Result<SecretString> {
    Ok(services.vault.open(&account.sealed_key, key_place(account.id))?)
}
