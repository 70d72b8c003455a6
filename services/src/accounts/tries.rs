//! Counting tries to come in. A try is counted before its password is looked at, in one statement that tells how many there
//! were: however many come at the same time, each has a number of its own, and those above the limit are sent away.

use std::net::IpAddr;

use domain::time::{HOUR, MINUTE};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set, prelude::Expr, sea_query::OnConflict};
use sha2::{Digest, Sha256};

use crate::{Result, Services, database::Write, entities::sign_in_try};

/// For how long tries are counted together, from the first on.
const WINDOW: i64 = 15 * MINUTE;
/// Wrong passwords for one e-mail address from one network, in browsers that are not known.
const TRIES_AT_AN_ADDRESS: i64 = 10;
/// Wrong passwords for one e-mail address from all networks together, in browsers that are not known. Above it the address is
/// under attack: then each network has one.
const TRIES_BEFORE_AN_ATTACK: i64 = 100;
const TRIES_UNDER_ATTACK: i64 = 1;
/// Wrong passwords from one browser in which the member signed in before.
const TRIES_OF_A_BROWSER: i64 = 10;
/// Wrong passwords from one network, for whichever e-mail addresses. Phones share a network by the hundred, so it is far
/// above what one person mistypes, and far below what guessing at many accounts needs.
const TRIES_OF_A_NETWORK: i64 = 50;
/// Passwords for one e-mail address from one network, right ones as well: each takes its time to look at.
const SIGN_INS: i64 = 30;
/// Registrations from one network, and for how long they are counted together.
const REGISTRATIONS: i64 = 20;
/// The same through one who may stand for many, where nobody can be told from another.
const REGISTRATIONS_OF_A_CROWD: i64 = 200;
const REGISTRATION_WINDOW: i64 = HOUR;
/// After so long a count means nothing any more, whatever it counts.
pub(crate) const FORGOTTEN_AFTER: i64 = HOUR;

/// What tries are counted by. Several are counted in the order in which they stand here, so that two tries never wait for
/// each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counter {
    /// Registrations from one network.
    Registrations(IpAddr),
    /// Registrations of all whose network is not known, through one peer.
    RegistrationsOfACrowd(IpAddr),
    /// Sign-ins of strangers from one network.
    Network(IpAddr),
    /// Sign-ins of strangers with one e-mail address.
    Address(String),
    /// Sign-ins of strangers with one e-mail address from one network, or from where nobody knows.
    AddressFrom(String, Option<IpAddr>),
    /// Sign-ins with one e-mail address from one network, whoever it is and whether or not they went well.
    SignIns(String, IpAddr),
    /// Sign-ins from one known browser, by the hash of its token.
    Browser(Vec<u8>),
}

impl Counter {
    /// As it stands in the table. What was typed is there as a hash: it can be anything.
    fn subject(&self) -> String {
        let hash = |address: &String| hex::encode(Sha256::digest(address));
        match self {
            Counter::Registrations(network) => format!("registrations:{network}"),
            Counter::RegistrationsOfACrowd(peer) => format!("registrations-through:{peer}"),
            Counter::Network(network) => format!("network:{network}"),
            Counter::Address(address) => format!("address:{}", hash(address)),
            Counter::AddressFrom(address, Some(network)) => format!("address:{}:{network}", hash(address)),
            Counter::AddressFrom(address, None) => format!("address:{}:unknown", hash(address)),
            Counter::SignIns(address, network) => format!("sign-ins:{}:{network}", hash(address)),
            Counter::Browser(token_hash) => format!("browser:{}", hex::encode(token_hash)),
        }
    }

    /// How many there may be; nothing where only the limit of others depends on it.
    fn limit(&self, is_attacked: bool) -> Option<i64> {
        match self {
            Counter::Registrations(_) => Some(REGISTRATIONS),
            Counter::RegistrationsOfACrowd(_) => Some(REGISTRATIONS_OF_A_CROWD),
            Counter::Network(_) => Some(TRIES_OF_A_NETWORK),
            Counter::Address(_) => None,
            Counter::AddressFrom(..) if is_attacked => Some(TRIES_UNDER_ATTACK),
            Counter::AddressFrom(..) => Some(TRIES_AT_AN_ADDRESS),
            Counter::SignIns(..) => Some(SIGN_INS),
            Counter::Browser(_) => Some(TRIES_OF_A_BROWSER),
        }
    }

    /// For how long tries are counted together.
    fn window(&self) -> i64 {
        match self {
            Counter::Registrations(_) | Counter::RegistrationsOfACrowd(_) => REGISTRATION_WINDOW,
            _ => WINDOW,
        }
    }
}

/// How often each of some counters counted within its window.
pub(super) struct Counts<'a>(Vec<(&'a Counter, i64)>);

impl Counts<'_> {
    /// Whether one more may be made.
    pub(super) fn have_room(&self) -> bool {
        self.are_within(1)
    }

    /// Whether nobody who comes from there can be told from those who failed: somebody did, or it is not known from where.
    pub(super) fn are_doubtful(&self) -> bool {
        let is_clean = |(counter, tries): &(&Counter, i64)| {
            matches!(counter, Counter::Network(_) | Counter::Registrations(_)) && *tries == 0
        };
        !self.0.iter().any(is_clean)
    }

    fn are_within(&self, more: i64) -> bool {
        let counts = || self.0.iter().map(|(counter, tries)| (counter, tries + more));
        let is_attacked = counts()
            .any(|(counter, tries)| matches!(counter, Counter::Address(_)) && tries > TRIES_BEFORE_AN_ATTACK);
        counts().all(|(counter, tries)| counter.limit(is_attacked).is_none_or(|limit| tries <= limit))
    }
}

/// Looks at counts without counting. Whoever is above a limit is sent away without a write: writing is what a flood would
/// keep others from.
pub(super) async fn look<'a>(services: &Services, counters: &'a [Counter], now: i64) -> Result<Counts<'a>> {
    let rows = sign_in_try::Entity::find()
        .filter(sign_in_try::Column::Subject.is_in(counters.iter().map(Counter::subject)))
        .all(services.database.read())
        .await?;
    let tries = |counter: &Counter| {
        let subject = counter.subject();
        let row = rows.iter().find(|row| row.subject == subject && now - row.since < counter.window());
        row.map_or(0, |row| row.tries)
    };
    Ok(Counts(counters.iter().map(|counter| (counter, tries(counter))).collect()))
}

/// Counts a try. Tells whether it may go on; one that may not is not counted.
pub(super) async fn count(services: &Services, counters: &[Counter], now: i64) -> Result<bool> {
    if counters.is_empty() {
        return Ok(true);
    }
    let write = services.database.write_across().await?;
    let mut counts = Counts(Vec::with_capacity(counters.len()));
    for counter in in_order(counters) {
        counts.0.push((counter, one_more(&write, counter, now).await?));
    }
    if !counts.are_within(0) {
        return Ok(false);
    }
    write.commit().await?;
    Ok(true)
}

fn in_order(counters: &[Counter]) -> Vec<&Counter> {
    let mut counters: Vec<&Counter> = counters.iter().collect();
    counters.sort_unstable();
    counters
}

/// Adds a try to a count, which begins anew when its window is over, and gives how many there are with it.
async fn one_more(write: &Write, counter: &Counter, now: i64) -> Result<i64> {
    use sign_in_try::Column::{Since, Subject, Tries};
    let window = counter.window();
    let stored = |column| Expr::col((sign_in_try::Entity, column));
    let is_over = || stored(Since).lte(now - window);
    let first = sign_in_try::ActiveModel { subject: Set(counter.subject()), tries: Set(1), since: Set(now) };
    let row = sign_in_try::Entity::insert(first)
        .on_conflict(
            OnConflict::column(Subject)
                .value(Tries, Expr::case(is_over(), 1_i64).finally(stored(Tries).add(1_i64)))
                .value(Since, Expr::case(is_over(), now).finally(stored(Since)))
                .to_owned(),
        )
        .exec_with_returning(&**write)
        .await?;
    Ok(row.tries)
}

/// Takes back a try that was not looked at.
pub(super) async fn take_back(services: &Services, counters: &[Counter]) -> Result<()> {
    if counters.is_empty() {
        return Ok(());
    }
    let write = services.database.write_across().await?;
    for counter in in_order(counters) {
        one_less(&write, counter).await?;
    }
    write.commit().await?;
    Ok(())
}

/// Takes back what a try counted, once it was no guess, and forgives who made it those before. A network, and all strangers
/// together, get this one try back and no more, or whoever guesses would begin anew with each sign-in to an account of their
/// own.
pub(super) async fn forgive(write: &Write, counters: &[Counter]) -> Result<()> {
    for counter in in_order(counters) {
        match counter {
            Counter::AddressFrom(..) | Counter::Browser(_) => {
                sign_in_try::Entity::delete_by_id(counter.subject()).exec(&**write).await?;
            }
            Counter::Network(_) | Counter::Address(_) => one_less(write, counter).await?,
            // These count because they went well.
            Counter::Registrations(_) | Counter::RegistrationsOfACrowd(_) | Counter::SignIns(..) => {}
        }
    }
    Ok(())
}

async fn one_less(write: &Write, counter: &Counter) -> Result<()> {
    use sign_in_try::Column::{Subject, Tries};
    sign_in_try::Entity::update_many()
        .col_expr(Tries, Expr::col(Tries).sub(1_i64))
        .filter(Subject.eq(counter.subject()))
        .filter(Tries.gt(0_i64))
        .exec(&**write)
        .await?;
    Ok(())
}
