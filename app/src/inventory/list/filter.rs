//! The filters of the list of items: a form whose answers stand in the address.

use domain::inventory::{ItemSort, StockChoices, StockQuery};
use leptos::prelude::*;
use leptos_router::components::Form;

use crate::{
    lists::{
        filters::{Chips, with_current},
        page::address,
    },
    ui::{CheckField, SelectField},
};

/// The words of an order, and of its opposite.
const ORDERS: [(&str, &str); 10] = [
    ("", "Code"),
    ("-code", "Code, backwards"),
    ("title", "Title"),
    ("-title", "Title, backwards"),
    ("newest", "Newest first"),
    ("-newest", "Oldest first"),
    ("left", "Fewest left first"),
    ("-left", "Most left first"),
    ("price", "Cheapest first"),
    ("-price", "Dearest first"),
];

/// The form.
#[component]
pub fn Filter(query: StockQuery, choices: StockChoices) -> impl IntoView {
    let options = |any: &str, choices: Vec<String>, current: &str| {
        let mut options = vec![(String::new(), any.to_owned())];
        options.extend(with_current(choices, current).into_iter().map(|choice| (choice.clone(), choice)));
        options
    };
    let orders: Vec<(String, String)> =
        ORDERS.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())).collect();
    let sort = if query.order() == (ItemSort::Code, false) { String::new() } else { query.sort.clone() };
    let hidden =
        [("q", query.search.clone()), ("archived", if query.archived { "1" } else { "" }.to_owned())]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <Form method="GET" action="/stock" attr:class="panel list-filter">
            {hidden.collect_view()}
            <SelectField
                label="Category"
                name="category"
                options=options("Any category", choices.categories, &query.category)
                value=query.category.clone()
            />
            <SelectField
                label="Tag"
                name="tag"
                options=options("Any tag", choices.tags, &query.tag)
                value=query.tag.clone()
            />
            <SelectField
                label="Material"
                name="material"
                options=options("Any material", choices.materials, &query.material)
                value=query.material.clone()
            />
            <SelectField label="Order" name="sort" options=orders value=sort />
            <CheckField label="Runs low" name="low" value="1" checked=query.low />
            <CheckField label="Without a picture" name="no-picture" value="1" checked=query.without_picture />
            <div class="actions">
                <button type="submit" class="button">
                    "Show"
                </button>
            </div>
        </Form>
    }
    .into_any()
}

/// What the list is filtered by, each with the way to the list without it.
pub fn chips(query: &StockQuery) -> AnyView {
    let without = |change: fn(&mut StockQuery)| {
        let mut query = query.from_start();
        change(&mut query);
        address(&query)
    };
    let mut chips = Vec::new();
    for (value, change) in [
        (&query.category, (|query| query.category.clear()) as fn(&mut StockQuery)),
        (&query.tag, |query| query.tag.clear()),
        (&query.material, |query| query.material.clear()),
    ] {
        if !value.is_empty() {
            chips.push((value.clone(), without(change)));
        }
    }
    if query.low {
        chips.push(("Runs low".to_owned(), without(|query| query.low = false)));
    }
    if query.without_picture {
        chips.push(("Without a picture".to_owned(), without(|query| query.without_picture = false)));
    }
    view! { <Chips chips=chips /> }.into_any()
}
