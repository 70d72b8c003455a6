//! The door at which everybody asks to be let in. Who asks with a right password and who guesses cannot be told apart before a
//! password is hashed, which is slow; so it is seen to that they wait for themselves and not for each other.

use domain::problem::Code;

use super::{
    password::Guest,
    tries::{self, Counter, Counts},
};
use crate::{Result, Services, places::Place};

/// Counts a try, and waits for a place to hash at. `guest` says who it is, once it was seen what was counted before.
///
/// While it is counted, which is written, and waited for, nothing is held but a turn of the same member or network.
///
/// # Errors
/// [`Code::TooMany`] if the limit of a counter is met; [`Code::Busy`] if too many of the same wait already, or the server had
/// no place for seconds: then nothing was counted.
pub(super) async fn come_in(
    services: &Services,
    counters: &[Counter],
    guest: impl FnOnce(&Counts<'_>) -> Guest,
    now: i64,
) -> Result<Place> {
    let so_far = tries::look(services, counters, now).await?;
    if !so_far.have_room() {
        return Err(Code::TooMany.into());
    }
    // Whoever finds no room here tried nothing, and costs no write.
    let queued = services.hasher.enter(guest(&so_far))?;
    if !tries::count(services, counters, now).await? {
        return Err(Code::TooMany.into());
    }
    let place = services.hasher.place(queued).await;
    if place.is_err() {
        tries::take_back(services, counters).await?;
    }
    place
}
