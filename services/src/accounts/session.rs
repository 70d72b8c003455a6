//! Signing in and out, and finding out who asks.
//!
//! The browser holds a random token; the table holds only its SHA-256 hash, so that a stolen copy of the database opens
//! no session.

use std::net::IpAddr;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    accounts::{Role, SignInForm},
    client,
    problem::Code,
    text::fold,
    time::{DAY, MINUTE},
    weight::WeightUnit,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, Set, prelude::Expr,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Actor,
    browsers::{self, BrowserToken},
    currency, door,
    password::Guest,
    tries::{self, Counter, Counts},
    zone,
};
use crate::{
    Error, Result, Services,
    database::Write,
    entities::{business, member, membership, session},
    error::stored,
    security_log::{Event, Outcome, Who, note},
};

/// How long a session lasts after it was last used.
pub const SESSION_LIFE: i64 = 30 * DAY;
/// A session's use is noted at most this often, so that reading a page seldom writes.
const NOTE_USE_EVERY: i64 = 60 * MINUTE;
/// Sessions of one member at most. Whoever signs in more often ends those that were used least lately.
const SESSIONS_OF_A_MEMBER: u64 = 200;
/// Characters of an e-mail address at most; nobody has a longer one.
const ADDRESS_CHARACTERS: usize = 254;

/// What the browser keeps. It has no `Debug`, because whoever has it is signed in.
pub struct SessionToken(String);

impl SessionToken {
    /// The value of the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of whoever asks to be let in, or out.
#[derive(Clone, Default)]
pub struct Visitor {
    /// Where the request comes from; nothing where that is not known.
    pub client: Option<IpAddr>,
    /// Through whom it comes, where the client is not known: this machine, a proxy that the settings do not name, or who says
    /// to be one.
    pub peer: Option<IpAddr>,
    /// What the browser was given when somebody signed in there last.
    pub browser: Option<String>,
}

impl Visitor {
    /// The network that is counted as one. Of IPv6 it is a whole site's, because who rents a machine has thousands of
    /// networks within one.
    pub(super) fn network(&self) -> Option<IpAddr> {
        self.client.map(|client| client::network(client, client::SITE_BITS))
    }

    /// The network of the peer, where the client is not known. All who come through it share turns and a total of
    /// registrations; it locks nobody out for another's wrong passwords.
    pub(super) fn crowd(&self) -> Option<IpAddr> {
        self.peer.map(|peer| client::network(peer, client::SITE_BITS))
    }

    /// With whom a stranger takes turns.
    pub(super) fn turn(&self) -> Option<IpAddr> {
        self.network().or(self.crowd())
    }

    /// Who it is, as far as an address tells.
    pub(super) fn who(&self) -> Who {
        Who::at(self.client, self.peer)
    }
}

/// What a browser gets when somebody comes in there.
pub struct SignedIn {
    pub session: SessionToken,
    pub browser: BrowserToken,
}

pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A URL-safe text of 256 random bits.
pub(crate) fn random_token() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::Fault("no random numbers"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Opens a session within a write.
async fn open(
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
///
/// # Errors
/// [`Code::WrongCredentials`]; [`Code::TooMany`] after too many of those, which a browser in which the member signed in
/// before is counted for apart from strangers, or after too many sign-ins; [`Code::Busy`] if the door was not reached.
pub async fn sign_in(services: &Services, form: &SignInForm, visitor: &Visitor) -> Result<SignedIn> {
    let now = services.now();
    let read = services.database.read();
    let address = fold(&form.email).chars().take(ADDRESS_CHARACTERS).collect::<String>();
    let found = member::Entity::find().filter(member::Column::EmailFolded.eq(&address)).one(read).await?;
    let token = visitor.browser.as_deref();
    let known = match &found {
        Some(member) => browsers::find(read, member.id, token, now).await?,
        None => None,
    };
    let who = Who { member_id: found.as_ref().map(|member| member.id), ..visitor.who() };
    let network = visitor.network();
    let mut counters: Vec<Counter> =
        network.map(|network| Counter::SignIns(address.clone(), network)).into_iter().collect();
    let known_member = match (&found, known) {
        (Some(member), Some(hash)) => {
            counters.push(Counter::Browser(hash));
            Some(member.id)
        }
        _ => {
            counters.extend(network.map(Counter::Network));
            counters.extend([Counter::Address(address.clone()), Counter::AddressFrom(address, network)]);
            None
        }
    };
    let guest = |so_far: &Counts<'_>| match known_member {
        Some(member_id) => Guest::Known(member_id),
        None => Guest::Stranger { network: visitor.turn(), is_doubtful: so_far.are_doubtful() },
    };
    let place = door::come_in(services, &counters, guest, now).await.inspect_err(|error| {
        match error.problem().code {
            Code::TooMany => note(Event::SignIn, Outcome::Throttled, who),
            Code::Busy => note(Event::SignIn, Outcome::Busy, who),
            _ => {}
        }
    })?;
    let password: String = form.password.chars().take(*domain::accounts::PASSWORD_LENGTH.end() + 1).collect();
    let hash = found.as_ref().map(|member| member.password_hash.clone());
    let right = services.hasher.verify(place, password, hash).await?;
    let Some(member) = found.filter(|_| right) else {
        note(Event::SignIn, Outcome::Failed, who);
        return Err(Code::WrongCredentials.into());
    };
    let membership = membership::Entity::find()
        .filter(membership::Column::MemberId.eq(member.id))
        .order_by_asc(membership::Column::BusinessId)
        .one(services.database.read())
        .await?
        .ok_or(Code::NotAllowed)?;

    let write = services.database.write_across().await?;
    tries::forgive(&write, &counters).await?;
    let signed_in = let_in(&write, member.id, membership.business_id, token, now).await?;
    write.commit().await?;
    note(Event::SignIn, Outcome::Done, Who { business_id: Some(membership.business_id), ..who });
    Ok(signed_in)
}

/// Opens a session and knows the browser from now on.
pub(super) async fn let_in(
    write: &Write,
    member_id: Uuid,
    business_id: Uuid,
    browser: Option<&str>,
    now: i64,
) -> Result<SignedIn> {
    let browser = browsers::remember(write, member_id, browser, now).await?;
    let session = open(&**write, member_id, business_id, now).await?;
    end_beyond(&**write, member_id).await?;
    Ok(SignedIn { session, browser })
}

/// Ends the sessions of a member that are beyond their number.
async fn end_beyond(connection: &impl ConnectionTrait, member_id: Uuid) -> Result<()> {
    let beyond: Vec<Vec<u8>> = session::Entity::find()
        .select_only()
        .column(session::Column::TokenHash)
        .filter(session::Column::MemberId.eq(member_id))
        .order_by_desc(session::Column::SeenAt)
        .order_by_desc(session::Column::TokenHash)
        .offset(SESSIONS_OF_A_MEMBER)
        .limit(SESSIONS_OF_A_MEMBER)
        .into_tuple()
        .all(connection)
        .await?;
    if !beyond.is_empty() {
        session::Entity::delete_many()
            .filter(session::Column::TokenHash.is_in(beyond))
            .exec(connection)
            .await?;
    }
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
        zone: zone(&found.time_zone)?,
    }))
}

/// Whether a session is alive. Asking is no use of it: a screen that only listens does not make it last longer.
pub async fn is_alive(services: &Services, token: &str) -> Result<bool> {
    let found = holder(services.database.read(), &hash(token)).await?;
    Ok(found.is_some_and(|found| found.expires_at > services.now()))
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
    time_zone: String,
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
        .columns([business::Column::Currency, business::Column::WeightUnit, business::Column::TimeZone])
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
pub async fn sign_out(services: &Services, token: &str, visitor: &Visitor) -> Result<()> {
    let write = services.database.write_across().await?;
    let session = session::Entity::find_by_id(hash(token)).one(&*write).await?;
    session::Entity::delete_by_id(hash(token)).exec(&*write).await?;
    write.commit().await?;
    if let Some(session) = session {
        let (member_id, business_id) = (Some(session.member_id), Some(session.business_id));
        let who = Who { member_id, business_id, ..visitor.who() };
        note(Event::SignOut, Outcome::Done, who);
    }
    Ok(())
}
