//! Waiting for another side that may be slow: how long, and what counts as progress.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A wait that begins anew when enough was moved. Without a least amount somebody who moves single bytes could stay for
/// ever.
pub struct Wait {
    patience: Duration,
    /// So much must be moved before the wait begins anew, in bytes.
    progress: usize,
    /// Moved since the wait began, in bytes.
    moved: usize,
    /// When it is over; nothing while nobody is waited for.
    until: Option<Instant>,
    /// Made when it is waited for the first time, and used again.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Wait {
    pub fn new(patience: Duration, progress: usize) -> Self {
        Wait { patience, progress, moved: 0, until: None, sleep: None }
    }

    /// Notes that something was moved.
    pub fn moved(&mut self, bytes: usize) {
        self.moved = self.moved.saturating_add(bytes);
        if self.moved >= self.progress {
            self.rest();
        }
    }

    /// Nobody is waited for.
    pub fn rest(&mut self) {
        (self.moved, self.until) = (0, None);
    }

    /// Has no more patience than this from now on.
    pub fn shorten(&mut self, patience: Duration) {
        self.patience = self.patience.min(patience);
        self.until = self.until.map(|until| until.min(Instant::now() + patience));
    }

    /// Ready when it was waited long enough, or `end` has come.
    pub fn poll(&mut self, context: &mut Context<'_>, end: Option<Instant>) -> Poll<()> {
        let until = self.over(Instant::now(), end);
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if sleep.deadline() != until {
            sleep.as_mut().reset(until);
        }
        sleep.as_mut().poll(context)
    }

    /// When it is over, if it is waited for `now`.
    fn over(&mut self, now: Instant, end: Option<Instant>) -> Instant {
        let until = *self.until.get_or_insert(now + self.patience);
        end.map_or(until, |end| until.min(end))
    }
}

/// What a future says when it is polled once.
#[cfg(test)]
pub async fn polled<F: Future>(future: F) -> Poll<F::Output> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn it_begins_anew_when_enough_was_moved_and_not_before() {
        let (mut wait, begun) = (Wait::new(PATIENCE, 1_000), Instant::now());
        let later = begun + PATIENCE / 2;
        assert_eq!(wait.over(begun, None), begun + PATIENCE);
        for _ in 0..999 {
            wait.moved(1);
        }
        assert_eq!(wait.over(later, None), begun + PATIENCE, "single bytes win no time");
        wait.moved(1);
        assert_eq!(wait.over(later, None), later + PATIENCE);
    }

    #[test]
    fn while_nobody_is_waited_for_no_time_runs() {
        let (mut wait, begun) = (Wait::new(PATIENCE, 1_000), Instant::now());
        wait.over(begun, None);
        wait.moved(9);
        wait.rest();
        let later = begun + 10 * PATIENCE;
        assert_eq!(wait.over(later, None), later + PATIENCE);
    }

    #[test]
    fn a_patience_that_is_shortened_ends_sooner_and_once() {
        let (mut wait, begun) = (Wait::new(PATIENCE, 1_000), Instant::now());
        wait.over(begun, None);
        wait.shorten(PATIENCE / 60);
        let until = wait.over(begun, None);
        assert!(until < begun + PATIENCE);
        wait.shorten(PATIENCE / 60);
        assert_eq!(wait.over(begun, None), until, "asking again wins no time");
        wait.moved(1_000);
        assert_eq!(wait.over(begun, None), begun + PATIENCE / 60);
    }

    #[test]
    fn an_end_is_an_end_whatever_was_moved() {
        let (mut wait, begun) = (Wait::new(PATIENCE, 1_000), Instant::now());
        let end = begun + PATIENCE * 2;
        assert_eq!(wait.over(begun, Some(end)), begun + PATIENCE);
        wait.moved(1_000);
        assert_eq!(wait.over(end - Duration::from_secs(1), Some(end)), end);
    }
}
