//! Keeping what a page was loaded with fresh, without building the page anew: what is being typed stays.

use std::time::Duration;

use domain::problem::Code;
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{error::AppError, live::Changes, network::use_tries};

/// When a server is asked again that had other work to finish first. The pause doubles as long as that goes on.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(80);

/// Asks the server again whenever `cause` changes, and hands over the answer. An answer that was overtaken by a newer
/// cause, or whose page has gone, is dropped. `at_once` asks for the first time too. Only the browser does so.
pub fn ask_again<K, T, A>(
    at_once: bool,
    cause: impl Fn() -> K + 'static,
    ask: impl Fn() -> A + 'static,
    answered: impl Fn(Result<T, AppError>) + Clone + 'static,
) where
    K: PartialEq + 'static,
    T: 'static,
    A: Future<Output = Result<T, AppError>> + 'static,
{
    Effect::new(move |before: Option<K>| {
        let now = cause();
        if before.map_or(at_once, |before| before != now) {
            let (asked, answered) = (ask(), answered.clone());
            spawn_local_scoped_with_cancellation(async move { answered(asked.await) });
        }
        now
    });
}

/// Keeps what a page was loaded with in step with what others change. Where the server does not answer, or says the same,
/// what is shown stays. A server that is busy is asked again a little later, and one that was not reached once the network is
/// back: the change is not told of a second time.
pub fn keep_fresh<T, A>(shown: RwSignal<T>, changes: Changes, ask: impl Fn() -> A + 'static)
where
    T: PartialEq + Send + Sync + 'static,
    A: Future<Output = Result<T, AppError>> + 'static,
{
    let tries = use_tries();
    let pause = StoredValue::new(AGAIN_AFTER);
    ask_again(
        false,
        move || (changes.count(), tries.count()),
        ask,
        move |answer| {
            tries.note(&answer);
            match answer {
                Err(AppError(problem)) if problem.code == Code::Busy => {
                    set_timeout(move || tries.again(), pause.get_value());
                    pause.update_value(|pause| *pause = (*pause * 2).min(LONGEST_PAUSE));
                }
                Err(_) => {}
                Ok(fresh) => {
                    pause.set_value(AGAIN_AFTER);
                    if shown.with_untracked(|shown| *shown != fresh) {
                        shown.set(fresh);
                    }
                }
            }
        },
    );
}
