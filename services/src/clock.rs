//! The clock, which a test may set.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Where the moment comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A moment that is set by hand, in UTC milliseconds.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The moment, in UTC milliseconds.
    pub fn now(&self) -> i64 {
        match self {
            Clock::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |elapsed| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)),
            Clock::Set(moment) => moment.load(Ordering::SeqCst),
        }
    }

    /// Moves a clock that is set by hand.
    pub fn advance(&self, milliseconds: i64) {
        if let Clock::Set(moment) = self {
            moment.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }
}
