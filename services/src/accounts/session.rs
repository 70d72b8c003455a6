//! Signing in and out, and finding out who asks.
//!
//! The browser holds a random token; the table holds only its SHA-256 hash, so that a stolen copy of the database opens
//! no session.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    accounts::{Role, SignInForm},
    problem::Code,
    text::fold,
    time::{DAY, MINUTE},
    weight::WeightUnit,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType,
    QueryFilter, QueryOrder, QuerySelect, Set, prelude::Expr, sea_query::OnConflict,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Actor, currency};
use crate::{
    Error, Result, Services,
    entities::{business, member, membership, session, sign_in_try},
    error::stored,
};

/// How long a session lasts after it was last used.
pub const SESSION_LIFE: i64 = 30 * DAY;
/// A session's use is noted at most this often, so that reading a page seldom writes.
const NOTE_USE_EVERY: i64 = 60 * MINUTE;
/// Failed tries to sign in with one e-mail address within [`TRY_WINDOW`].
const MAX_FAILURES: i64 = 10;
const TRY_WINDOW: i64 = 15 * MINUTE;

/// What the browser keeps. It has no `Debug`, because whoever has it is signed in.
pub struct SessionToken(String);

impl SessionToken {
    /// The value of the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A URL-safe text of 256 random bits.
pub(crate) fn random_token() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::Fault("no random numbers"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Opens a session within a write.
pub(super) async fn open(
    connection: &impl ConnectionTrait,
    member_id: Uuid,
    business_id: Uuid,
    now: i64,
) -> Result<SessionToken> {
    let token = random_token()?;
    let session = session::ActiveModel {
        token_hash: Set(hash(&token)),
        member_id: Set(member_id),
        business_id: Set(business_id),
        created_at: Set(now),
        seen_at: Set(now),
        expires_at: Set(now + SESSION_LIFE),
    };
    session.insert(connection).await?;
    Ok(SessionToken(token))
}

/// Signs in with e-mail and password.
pub async fn sign_in(services: &Services, form: &SignInForm) -> Result<SessionToken> {
    let now = services.now();
    let subject = fold(&form.email).chars().take(254).collect::<String>();
    if has_too_many_failures(services, &subject, now).await? {
        return Err(Code::TooMany.into());
    }
    let found = member::Entity::find()
        .filter(member::Column::EmailFolded.eq(&subject))
        .one(services.database.read())
        .await?;
    let password: String = form.password.chars().take(*domain::accounts::PASSWORD_LENGTH.end() + 1).collect();
    let hash = found.as_ref().map(|member| member.password_hash.clone());
    let right = services.hasher.verify(password, hash).await?;
    let Some(member) = found.filter(|_| right) else {
        note_failure(services, &subject, now).await?;
        return Err(Code::WrongCredentials.into());
    };
    let membership = membership::Entity::find()
        .filter(membership::Column::MemberId.eq(member.id))
        .order_by_asc(membership::Column::BusinessId)
        .one(services.database.read())
        .await?
        .ok_or(Code::NotAllowed)?;

    let write = services.database.write_across().await?;
    sign_in_try::Entity::delete_by_id(subject).exec(&*write).await?;
    session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now)).exec(&*write).await?;
    let token = open(&*write, member.id, membership.business_id, now).await?;
    write.commit().await?;
    Ok(token)
}

async fn has_too_many_failures(services: &Services, subject: &str, now: i64) -> Result<bool> {
    let tries = sign_in_try::Entity::find_by_id(subject.to_owned()).one(services.database.read()).await?;
    Ok(tries.is_some_and(|tries| tries.failures >= MAX_FAILURES && now - tries.since < TRY_WINDOW))
}

/// Counts a failure; a window that is over begins anew.
async fn note_failure(services: &Services, subject: &str, now: i64) -> Result<()> {
    let write = services.database.write_across().await?;
    sign_in_try::Entity::delete_many()
        .filter(sign_in_try::Column::Since.lte(now - TRY_WINDOW))
        .exec(&*write)
        .await?;
    let first =
        sign_in_try::ActiveModel { subject: Set(subject.to_owned()), failures: Set(1), since: Set(now) };
    let one_more = Expr::col((sign_in_try::Entity, sign_in_try::Column::Failures)).add(1);
    sign_in_try::Entity::insert(first)
        .on_conflict(
            OnConflict::column(sign_in_try::Column::Subject)
                .value(sign_in_try::Column::Failures, one_more)
                .to_owned(),
        )
        .exec_without_returning(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// Who holds this token, if its session is alive.
pub async fn authenticate(services: &Services, token: &str) -> Result<Option<Actor>> {
    let now = services.now();
    let hash = hash(token);
    let Some(found) = holder(services.database.read(), &hash).await? else { return Ok(None) };
    if found.expires_at <= now {
        return Ok(None);
    }
    if now - found.seen_at > NOTE_USE_EVERY {
        let write = services.database.write_across().await?;
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(now))
            .col_expr(session::Column::ExpiresAt, Expr::value(now + SESSION_LIFE))
            .filter(session::Column::TokenHash.eq(hash))
            .exec(&*write)
            .await?;
        write.commit().await?;
    }
    Ok(Some(Actor {
        member_id: found.member_id,
        member_name: found.member_name,
        business_id: found.business_id,
        business_name: found.business_name,
        role: stored(Role::parse(&found.role))?,
        currency: currency(&found.currency)?,
        weight_unit: stored(WeightUnit::parse(&found.weight_unit))?,
    }))
}

/// A session with its member, its business, and the membership that joins the two.
#[derive(FromQueryResult)]
struct Holder {
    seen_at: i64,
    expires_at: i64,
    member_id: Uuid,
    member_name: String,
    business_id: Uuid,
    business_name: String,
    currency: String,
    weight_unit: String,
    role: String,
}

/// Every request asks for this, so it is one question.
async fn holder(connection: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<Holder>> {
    use session::Column::{BusinessId, ExpiresAt, MemberId, SeenAt, TokenHash};
    let member = session::Entity::belongs_to(member::Entity).from(MemberId).to(member::Column::Id).into();
    let business =
        session::Entity::belongs_to(business::Entity).from(BusinessId).to(business::Column::Id).into();
    let membership = session::Entity::belongs_to(membership::Entity)
        .from((MemberId, BusinessId))
        .to((membership::Column::MemberId, membership::Column::BusinessId))
        .into();
    Ok(session::Entity::find()
        .select_only()
        .columns([SeenAt, ExpiresAt, MemberId, BusinessId])
        .column_as(member::Column::Name, "member_name")
        .column_as(business::Column::Name, "business_name")
        .columns([business::Column::Currency, business::Column::WeightUnit])
        .column(membership::Column::Role)
        .join(JoinType::InnerJoin, member)
        .join(JoinType::InnerJoin, business)
        .join(JoinType::InnerJoin, membership)
        .filter(TokenHash.eq(token_hash))
        .into_model::<Holder>()
        .one(connection)
        .await?)
}

/// Ends the session of this token. Ending one that is over already is fine.
pub async fn sign_out(services: &Services, token: &str) -> Result<()> {
    let write = services.database.write_across().await?;
    session::Entity::delete_by_id(hash(token)).exec(&*write).await?;
    write.commit().await?;
    Ok(())
}
