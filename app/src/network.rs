//! A network that is lost and comes back.
//!
//! What could not be asked for is asked for again by itself, also where a busy server turned it away, and what said that one is
//! offline stops saying so. Nothing that changes something is sent again by itself: its answer may be what was lost.

use std::time::Duration;

use domain::problem::Code;
use leptos::{
    leptos_dom::helpers::TimeoutHandle,
    prelude::*,
    server_fn::serde::{Serialize, de::DeserializeOwned},
};

use crate::error::AppError;

/// After which pause a busy server is asked again. The pause doubles as long as it stays busy.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(80);

/// How often the network came back since the page was opened.
#[derive(Clone, Copy)]
pub struct Network {
    back: RwSignal<u32>,
}

impl Network {
    /// The network is there again, as the browser tells or as something notices that reached the server.
    pub fn came_back(self) {
        self.back.update(|back| *back = back.wrapping_add(1));
    }
}

/// Sets the context and, in the browser, listens for the network. Outside of everything that asks the server.
pub fn provide_network() {
    let network = Network { back: RwSignal::new(0) };
    provide_context(network);
    // Effects run in the browser only.
    Effect::new(move |_| {
        let heard = window_event_listener_untyped("online", move |_| network.came_back());
        on_cleanup(move || heard.remove());
    });
}

/// The network, where one is listened for.
pub fn use_network() -> Option<Network> {
    use_context()
}

/// Does something each time the network comes back, as long as the view stands.
pub fn when_back(then: impl Fn() + 'static) {
    let Some(network) = use_network() else { return };
    Effect::new(move |before: Option<u32>| {
        let now = network.back.get();
        if before.is_some_and(|before| before != now) {
            untrack(&then);
        }
        now
    });
}

/// How often something was asked for anew. It is asked for once more when the network is back, if its answer was lost, and a
/// little later, if the server had other work to finish first.
#[derive(Clone, Copy)]
pub struct Tries {
    count: RwSignal<u32>,
    lost: StoredValue<bool>,
    pause: StoredValue<Pause>,
}

/// How long a busy server is left alone.
struct Pause {
    length: Duration,
    timer: Option<TimeoutHandle>,
}

/// Tries that listen for the network, as long as the view stands.
pub fn use_tries() -> Tries {
    let tries = Tries {
        count: RwSignal::new(0),
        lost: StoredValue::new(false),
        pause: StoredValue::new(Pause { length: FIRST_PAUSE, timer: None }),
    };
    when_back(move || {
        if tries.lost.get_value() {
            tries.again();
        }
    });
    tries
}

// Answers and timers may come when the page has gone.
impl Tries {
    /// The count, tracked: whatever depends on it asks anew when it rises.
    pub fn count(self) -> u32 {
        self.count.get()
    }

    fn again(self) {
        let _gone = self.count.try_update(|count| *count = count.wrapping_add(1));
    }

    /// It is asked for now, for whatever reason: no pause is kept any more.
    pub fn asks(self) {
        let timer = self.pause.try_update_value(|pause| pause.timer.take()).flatten();
        if let Some(timer) = timer {
            timer.clear();
        }
    }

    /// Takes in what the answer says about asking again.
    pub fn note<T>(self, answer: &Result<T, AppError>) {
        // A server that makes a page asks once.
        if cfg!(feature = "ssr") {
            return;
        }
        let _gone = self.lost.try_set_value(is_lost(answer));
        let _gone = self.pause.try_update_value(|pause| {
            if !says(answer, Code::Busy) {
                pause.length = FIRST_PAUSE;
                return;
            }
            // None runs yet: asking ended the last one.
            pause.timer = set_timeout_with_handle(move || self.ask_after_pause(), pause.length).ok();
        });
    }

    fn ask_after_pause(self) {
        let _gone = self.pause.try_update_value(|pause| pause.length = (pause.length * 2).min(LONGEST_PAUSE));
        self.again();
    }
}

/// Whether an answer never came because there is no network, or nothing behind it.
pub fn is_lost<T>(answer: &Result<T, AppError>) -> bool {
    says(answer, Code::Offline)
}

fn says<T>(answer: &Result<T, AppError>, code: Code) -> bool {
    matches!(answer, Err(AppError(problem)) if problem.code == code)
}

/// What a page shows, asked for whenever `source` changes, and again by itself where an answer to the browser was lost or
/// the server was busy. The one way to ask the server for what a page shows.
pub fn fetched<S, T, A>(
    source: impl Fn() -> S + Send + Sync + 'static,
    ask: impl Fn(S) -> A + Send + Sync + 'static,
) -> Resource<Result<T, AppError>>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    A: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let tries = use_tries();
    Resource::new(
        move || (source(), tries.count()),
        move |(source, _)| {
            tries.asks();
            let asked = ask(source);
            async move {
                let answer = asked.await;
                tries.note(&answer);
                answer
            }
        },
    )
}
