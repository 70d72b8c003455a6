//! What a list is filtered by.

use leptos::prelude::*;

use crate::ui::{Icon, IconName};

/// The choices of a filter, with the one that is set even if nothing has it any more.
pub fn with_current(mut choices: Vec<String>, current: &str) -> Vec<String> {
    if !current.is_empty() && !choices.iter().any(|choice| choice == current) {
        choices.insert(0, current.to_owned());
    }
    choices
}

/// Each filter that is set, and the address of the list without it.
#[component]
pub fn Chips(chips: Vec<(String, String)>) -> impl IntoView {
    if chips.is_empty() {
        return ().into_any();
    }
    let chips = chips.into_iter().map(|(words, href)| {
        let label = format!("Without the filter “{words}”");
        view! {
            <li>
                <a class="chip" href=href aria-label=label>
                    {words}
                    <Icon name=IconName::Cross />
                </a>
            </li>
        }
    });
    view! {
        <ul class="list-chips" aria-label="Filters">
            {chips.collect_view()}
        </ul>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_is_set_stays_offered() {
        let choices = || vec!["Rings".to_owned(), "Towers".to_owned()];
        assert_eq!(with_current(choices(), ""), choices());
        assert_eq!(with_current(choices(), "Towers"), choices());
        assert_eq!(with_current(choices(), "Gone"), ["Gone", "Rings", "Towers"]);
    }
}
