//! How often something may be pressed: counted in memory, for each key and minute, by this server alone.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::time::MINUTE;

/// Keys that are counted at once. Beyond them the counts of the minute begin anew, which forgives too much rather than
/// refusing somebody who did nothing.
const MOST_KEYS: usize = 10_000;

/// Counts of the present minute.
pub struct Clicks {
    most_a_minute: u32,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    /// The minute's number since 1970.
    minute: i64,
    of_key: HashMap<String, u32>,
}

impl Clicks {
    /// Lets each key be pressed so often in a minute.
    pub fn new(most_a_minute: u32) -> Self {
        Clicks { most_a_minute, counts: Mutex::default() }
    }

    /// Counts one more, and tells whether it is still within the bound. `now` is in UTC milliseconds.
    pub fn count(&self, key: &str, now: i64) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.div_euclid(MINUTE);
        if counts.minute != minute || counts.of_key.len() >= MOST_KEYS {
            counts.minute = minute;
            counts.of_key.clear();
        }
        let count = counts.of_key.entry(key.to_owned()).or_default();
        *count = count.saturating_add(1);
        *count <= self.most_a_minute
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_bound_of_its_own_that_a_minute_lifts() {
        let clicks = Clicks::new(2);
        let pressed = |key: &str, now| clicks.count(key, now);
        assert_eq!([0, 1, 2].map(|now| pressed("a", now)), [true, true, false]);
        assert!(pressed("b", 3));
        assert!(pressed("a", MINUTE));
    }

    #[test]
    fn the_keys_that_are_remembered_are_bounded() {
        let clicks = Clicks::new(1);
        for number in 0..3 * MOST_KEYS {
            clicks.count(&number.to_string(), 0);
        }
        assert!(clicks.counts.lock().unwrap().of_key.len() <= MOST_KEYS);
    }
}
