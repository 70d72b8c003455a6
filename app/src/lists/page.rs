//! What the pages of long lists share: what their address asks for, the box that searches, the way to the filters, and the
//! addresses of what comes before and after.

use domain::{customers::CustomerQuery, inventory::StockQuery};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Serialize, de::DeserializeOwned};

use super::{query_of, rows::Order};
use crate::{
    accounts::live_search::{LiveSearch, list_address},
    error::AppError,
    ui::{Icon, IconName, ListPager, suspend},
};

/// What is asked of a list, as it stands in the list's address.
pub trait ListQuery: Clone + PartialEq + Send + Sync + 'static {
    /// The path of the list.
    const PATH: &'static str;
    /// What one row is called, and several.
    const ROWS: (&'static str, &'static str);

    /// Reads an address, whose parameters `value` finds by their names.
    fn read(value: impl Fn(&str) -> Option<String>) -> Self;

    /// The parameters of its address, empty ones among them.
    fn parameters(&self) -> Vec<(&'static str, &str)>;

    /// The same list from its start.
    fn at_start(&self) -> Self;

    /// The words that are searched for.
    fn search(&self) -> &str;

    /// The same list going on after a row, or before one.
    fn at_row(&self, after: &str, before: &str) -> Self;

    /// Whether it does not begin at the start.
    fn goes_on(&self) -> bool;
}

/// Both queries have the same shape, but for what they filter by.
macro_rules! list_query {
    ($query:ty, $path:literal, $rows:expr) => {
        impl ListQuery for $query {
            const PATH: &'static str = $path;
            const ROWS: (&'static str, &'static str) = $rows;

            fn read(value: impl Fn(&str) -> Option<String>) -> Self {
                <$query>::read(value)
            }

            fn parameters(&self) -> Vec<(&'static str, &str)> {
                <$query>::parameters(self).to_vec()
            }

            fn at_start(&self) -> Self {
                <$query>::from_start(self)
            }

            fn search(&self) -> &str {
                &self.search
            }

            fn at_row(&self, after: &str, before: &str) -> Self {
                Self { after: after.to_owned(), before: before.to_owned(), ..self.clone() }
            }

            fn goes_on(&self) -> bool {
                !self.after.is_empty() || !self.before.is_empty()
            }
        }
    };
}
list_query!(StockQuery, "/stock", ("item", "items"));
list_query!(CustomerQuery, "/customers", ("customer", "customers"));

/// The address of the list that a query asks for.
pub fn address<Q: ListQuery>(query: &Q) -> String {
    list_address(Q::PATH, &query.parameters())
}

/// What the address of a list asks for.
pub struct Asked<Q: ListQuery> {
    pub query: Memo<Q>,
    /// Whether the filters are open.
    pub filters: Memo<bool>,
    /// An action that was just carried out, for a browser without JavaScript.
    pub done: Memo<String>,
}

impl<Q: ListQuery> Clone for Asked<Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q: ListQuery> Copy for Asked<Q> {}

/// What the address of this page asks for.
pub fn use_asked<Q: ListQuery>() -> Asked<Q> {
    let address = use_query_map();
    Asked {
        query: Memo::new(move |_| address.with(|found| Q::read(|name| found.get(name)))),
        filters: Memo::new(move |_| {
            address.with(|found| found.get("filter").is_some_and(|value| value == "1"))
        }),
        done: Memo::new(move |_| address.with(|found| found.get("done").unwrap_or_default())),
    }
}

impl<Q: ListQuery> Asked<Q> {
    /// The box that searches the list. `find` is where Enter leads to, if elsewhere.
    pub fn search_box(self, label: &'static str, find: Option<&'static str>) -> AnyView {
        // What is typed changes the address without the box being built anew; whatever else it asks for stays in it.
        let kept = Memo::new(move |_| {
            let query = self.query.with(Q::at_start);
            let parameters = query.parameters().into_iter().filter(|(name, _)| *name != "q");
            parameters.map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>()
        });
        let search = move || {
            let words = self.query.with_untracked(|query| query.search().to_owned());
            match find {
                Some(find) => {
                    view! { <LiveSearch path=Q::PATH find=find label=label value=words keep=kept.get() /> }
                        .into_any()
                }
                None => {
                    view! { <LiveSearch path=Q::PATH label=label value=words keep=kept.get() /> }.into_any()
                }
            }
        };
        view! { {search} }.into_any()
    }

    /// The link that opens the filters, or closes them.
    pub fn filter_link(self) -> AnyView {
        let href = move || {
            let query = self.query.with(Q::at_start);
            let mut parameters = query.parameters();
            parameters.push(("filter", if self.filters.get() { "" } else { "1" }));
            list_address(Q::PATH, &parameters)
        };
        view! {
            <a href=href class="button quiet" aria-expanded=move || self.filters.get().to_string()>
                "Filter"
            </a>
        }
        .into_any()
    }
}

/// The filters, where they are open: what they offer is asked for once, and they are built anew only for another address. A
/// change of the business must not take back what somebody is choosing in them.
pub fn filters_panel<Q, T, A>(
    asked: Asked<Q>,
    offered: impl Fn() -> A + Copy + Send + Sync + 'static,
    filter: fn(Q, T) -> AnyView,
) -> impl Fn() -> AnyView + Send + 'static
where
    Q: ListQuery,
    T: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    A: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let choices = Resource::new(
        move || asked.filters.get(),
        move |is_open| async move { if is_open { offered().await.unwrap_or_default() } else { T::default() } },
    );
    move || {
        if !asked.filters.get() {
            return ().into_any();
        }
        let query = asked.query.get();
        suspend(async move { filter(query, choices.await) }).into_any()
    }
}

/// The query of a list's address from its start, which is what views are kept under.
pub fn start_of<Q: ListQuery>(query: &Q) -> String {
    query_of(&address(&query.at_start()))
}

/// A way to sort the list: `word` and `label` are those of the order, `usual` is the word of the one it has by itself, and
/// `current` tells whether it stands in this one, and then whether in its opposite.
pub fn order<Q: ListQuery>(
    query: &Q,
    (word, label): (&str, &'static str),
    usual: &str,
    current: Option<bool>,
) -> Order {
    let word = if current == Some(false) { format!("-{word}") } else { word.to_owned() };
    // The usual order needs no word.
    let word = if word == usual { String::new() } else { word };
    let query = query.at_start();
    let mut parameters: Vec<_> = query.parameters().into_iter().filter(|(name, _)| *name != "sort").collect();
    parameters.push(("sort", &word));
    Order { words: label, current, href: list_address(Q::PATH, &parameters) }
}

/// The way through a list: so many rows are shown, and these are the words of the rows before and after them.
pub fn pager<Q: ListQuery>(query: &Q, rows: usize, previous: Option<&str>, next: Option<&str>) -> AnyView {
    let to = |after: &str, before: &str| address(&query.at_row(after, before));
    let shown = match rows {
        0 => String::new(),
        1 => format!("1 {}", Q::ROWS.0),
        several => format!("{several} {}", Q::ROWS.1),
    };
    view! {
        <ListPager
            shown=shown
            first=query.goes_on().then(|| to("", ""))
            previous=previous.map(|word| to("", word))
            next=next.map(|word| to(word, ""))
        />
    }
    .into_any()
}

/// What else can be done about what is listed.
#[component]
pub fn MoreTools(
    /// Addresses and words.
    links: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let links = links.into_iter().map(|(href, words)| view! { <a href=href>{words}</a> });
    view! {
        <details class="menu tools-more">
            <summary class="button quiet">
                "More"
                <Icon name=IconName::Down />
            </summary>
            <div class="menu-panel">{links.collect_view()}</div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_asks_for_the_same_list() {
        let query = StockQuery { search: "ring".into(), archived: true, low: true, ..Default::default() };
        assert_eq!(address(&query), "/stock?q=ring&archived=1&low=1");
        assert_eq!(start_of(&StockQuery::default()), "");
        let later = query.at_row("word", "");
        assert_eq!((later.goes_on(), start_of(&later)), (true, "q=ring&archived=1&low=1".to_owned()));
        let by_title = |current| order(&later, ("title", "Title"), "code", current).href;
        assert_eq!(by_title(None), "/stock?q=ring&archived=1&low=1&sort=title");
        assert_eq!(by_title(Some(false)), "/stock?q=ring&archived=1&low=1&sort=%2Dtitle");
        let by_name = CustomerQuery { sort: "name".into(), ..Default::default() };
        assert_eq!(order(&by_name, ("newest", "Newest"), "newest", None).href, "/customers");
    }
}
