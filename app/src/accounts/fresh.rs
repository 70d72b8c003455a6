//! Keeping what a page was loaded with fresh, without building the page anew: what is being typed stays.

use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{error::AppError, live::Changes, network::use_tries};

/// Asks the server again whenever `cause` changes, and hands over the answer; and once more by itself where the answer was lost
/// or the server was busy, for a change is not told of a second time. An answer that was overtaken by a newer cause, or whose
/// page has gone, is dropped. `at_once` asks for the first time too. Only the browser does so.
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
    let tries = use_tries();
    Effect::new(move |before: Option<(K, u32)>| {
        let now = (cause(), tries.count());
        if before.map_or(at_once, |before| before != now) {
            tries.asks();
            let (asked, answered) = (ask(), answered.clone());
            spawn_local_scoped_with_cancellation(async move {
                let answer = asked.await;
                tries.note(&answer);
                answered(answer);
            });
        }
        now
    });
}

/// Keeps what a page was loaded with in step with what others change. Where the server does not answer, or says the same,
/// what is shown stays.
pub fn keep_fresh<T, A>(shown: RwSignal<T>, changes: Changes, ask: impl Fn() -> A + 'static)
where
    T: PartialEq + Send + Sync + 'static,
    A: Future<Output = Result<T, AppError>> + 'static,
{
    ask_again(
        false,
        move || changes.count(),
        ask,
        move |answer| match answer {
            Ok(fresh) if shown.with_untracked(|shown| *shown != fresh) => shown.set(fresh),
            Ok(_) | Err(_) => {}
        },
    );
}
