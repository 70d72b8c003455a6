//! Counting tries to come in. A try is counted before its password is looked at, in one statement that tells how many there
//! were: however many come at the same time, each has a number of its own, and those above the limit are sent away.

use std::net::{IpAddr, Ipv6Addr};

use domain::time::{HOUR, MINUTE};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set, prelude::Expr, sea_query::OnConflict};
use sha2::{Digest, Sha256};

use crate::{Result, Services, database::Write, entities::sign_in_try};

/// For how long tries are counted together, from the first on.
const WINDOW: i64 = 15 * MINUTE;
/// Wrong passwords for one e-mail address, from browsers that are not known.
const TRIES_OF_AN_ADDRESS: i64 = 10;
/// Wrong passwords from one browser in which the member signed in before.
const TRIES_OF_A_BROWSER: i64 = 10;
/// Wrong passwords from one place in the network, for whichever e-mail addresses. Phones share such a place by the hundred,
/// so it is far above what one person mistypes, and far below what guessing at many accounts needs.
const TRIES_OF_A_CLIENT: i64 = 50;
/// Registrations from one place in the network, and for how long they are counted together.
const REGISTRATIONS: i64 = 20;
const REGISTRATION_WINDOW: i64 = HOUR;
/// After so long a count means nothing any more, whatever it counts.
pub(crate) const FORGOTTEN_AFTER: i64 = HOUR;

/// What tries are counted by. Several are counted in the order in which they stand here, so that two tries never wait for
/// each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counter {
    /// Registrations from one place in the network.
    Registrations(IpAddr),
    /// Sign-ins from one place in the network.
    Client(IpAddr),
    /// Sign-ins with one e-mail address.
    Address(String),
    /// Sign-ins from one known browser, by the hash of its token.
    Browser(Vec<u8>),
}

impl Counter {
    /// As it stands in the table. What was typed is there as a hash: it can be anything.
    fn subject(&self) -> String {
        match self {
            Counter::Registrations(client) => format!("registrations:{}", network(*client)),
            Counter::Client(client) => format!("client:{}", network(*client)),
            Counter::Address(address) => format!("address:{}", hex::encode(Sha256::digest(address))),
            Counter::Browser(token_hash) => format!("browser:{}", hex::encode(token_hash)),
        }
    }

    /// How many there may be, and for how long they are counted together.
    fn limit(&self) -> (i64, i64) {
        match self {
            Counter::Registrations(_) => (REGISTRATIONS, REGISTRATION_WINDOW),
            Counter::Client(_) => (TRIES_OF_A_CLIENT, WINDOW),
            Counter::Address(_) => (TRIES_OF_AN_ADDRESS, WINDOW),
            Counter::Browser(_) => (TRIES_OF_A_BROWSER, WINDOW),
        }
    }
}

/// One place in the network: an address, of IPv6 the first half, because the second is its owner's to choose.
fn network(client: IpAddr) -> IpAddr {
    const HOST: u32 = 64;
    match client.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> HOST << HOST)),
    }
}

/// Counts a try. Tells whether it may go on; one that may not is not counted.
pub(super) async fn count(services: &Services, counters: &[Counter], now: i64) -> Result<bool> {
    // Whoever is above a limit is sent away without a write: writing is what a flood would keep others from.
    let subjects = counters.iter().map(Counter::subject);
    let known = sign_in_try::Entity::find()
        .filter(sign_in_try::Column::Subject.is_in(subjects))
        .all(services.database.read())
        .await?;
    let is_full = |counter: &Counter| {
        let (subject, (limit, window)) = (counter.subject(), counter.limit());
        let of_this = |row: &&sign_in_try::Model| row.subject == subject && now - row.since < window;
        known.iter().find(of_this).is_some_and(|row| row.tries >= limit)
    };
    if counters.iter().any(is_full) {
        return Ok(false);
    }
    let mut counters: Vec<&Counter> = counters.iter().collect();
    counters.sort_unstable();
    let write = services.database.write_across().await?;
    for counter in counters {
        if one_more(&write, counter, now).await? > counter.limit().0 {
            return Ok(false);
        }
    }
    write.commit().await?;
    Ok(true)
}

/// Adds a try to a count, which begins anew when its window is over, and gives how many there are with it.
async fn one_more(write: &Write, counter: &Counter, now: i64) -> Result<i64> {
    use sign_in_try::Column::{Since, Subject, Tries};
    let (_, window) = counter.limit();
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

/// Takes back what a try counted, once it was no guess. The place that it came from gets this one try back and no more, or
/// whoever guesses would begin anew with each sign-in to an account of their own.
pub(super) async fn forgive(write: &Write, counters: &[Counter]) -> Result<()> {
    use sign_in_try::Column::{Subject, Tries};
    let mut counters: Vec<&Counter> = counters.iter().collect();
    counters.sort_unstable();
    for counter in counters {
        match counter {
            Counter::Address(_) | Counter::Browser(_) => {
                sign_in_try::Entity::delete_by_id(counter.subject()).exec(&**write).await?;
            }
            Counter::Client(_) => {
                sign_in_try::Entity::update_many()
                    .col_expr(Tries, Expr::col(Tries).sub(1_i64))
                    .filter(Subject.eq(counter.subject()))
                    .filter(Tries.gt(0_i64))
                    .exec(&**write)
                    .await?;
            }
            // A registration counts because it went well.
            Counter::Registrations(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_ipv6_address_is_one_place() {
        let of = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }
}
