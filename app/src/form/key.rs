//! The key of a form that is carried out once, however often it is sent.

use domain::problem::{Code, Problem};
use leptos::{prelude::*, server_fn::ServerFn};
use uuid::Uuid;

use super::Form;
use crate::error::AppError;

/// The key of a form, for its hidden answer. It belongs to what somebody is at and not to what the page shows: when the
/// answer is lost and the page is read anew, the form is sent again with the same key. It changes when the server has
/// answered that it carried the form out, or that it did something else with this key. Copyable into closures.
#[derive(Clone, Copy)]
pub struct FormKey(RwSignal<String>);

impl FormKey {
    /// The key, and nothing before there is one.
    pub fn get(self) -> String {
        self.0.get()
    }

    /// The key that came with the page, where there is none yet. What comes with the page later is passed over.
    #[must_use]
    pub fn served(self, key: Uuid) -> Self {
        self.0.update_untracked(|known| {
            if known.is_empty() {
                *known = key.to_string();
            }
        });
        self
    }

    /// A key that is made in the browser, where none comes with the page.
    #[must_use]
    pub fn made_here(self) -> Self {
        Effect::new(move |_| {
            if self.0.with_untracked(String::is_empty) {
                self.renew();
            }
        });
        self
    }

    fn renew(self) {
        self.0.set(Uuid::new_v4().to_string());
    }
}

/// Whether an answer leaves no doubt that sending the form again with its key would do nothing more.
fn is_used_up(problem: Option<&Problem>) -> bool {
    problem.is_none_or(|problem| problem.code == Code::WrongState)
}

impl<S> Form<S>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    /// The key of this form, whose hidden answer is called `name`. Make it where the form is made: it has to outlive what
    /// is read anew.
    pub fn key(self, name: &str) -> FormKey {
        let is_refused = self.returned.with_value(|returned| {
            returned.as_ref().is_some_and(|returned| !is_used_up(returned.problem.as_ref()))
        });
        let before = if is_refused { self.value(name, "") } else { String::new() };
        let key = FormKey(RwSignal::new(before));
        let answer = self.action.value();
        Effect::new(move |_| {
            let is_used_up = answer.with(|answer| match answer {
                Some(Ok(_)) => is_used_up(None),
                Some(Err(AppError(problem))) => is_used_up(Some(problem)),
                None => false,
            });
            if is_used_up {
                key.renew();
            }
        });
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_outlives_what_is_lost_and_what_is_refused() {
        assert!(is_used_up(None));
        assert!(is_used_up(Some(&Code::WrongState.into())));
        for code in [Code::Offline, Code::Busy, Code::Invalid, Code::Internal] {
            assert!(!is_used_up(Some(&code.into())), "{code:?}");
        }
    }

    #[test]
    fn what_comes_with_the_page_later_is_passed_over() {
        let owner = Owner::new();
        owner.with(|| {
            let key = FormKey(RwSignal::new(String::new()));
            assert_eq!(key.served(Uuid::from_u128(1)).get(), Uuid::from_u128(1).to_string());
            assert_eq!(key.served(Uuid::from_u128(2)).get(), Uuid::from_u128(1).to_string());
        });
    }
}
