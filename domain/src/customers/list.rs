//! The list of customers: what is asked of it and what it shows.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lists::{BulkDone, ListName, SavedView, Stretch};

stored_enum! {
    /// What the customers stand in the order of.
    CustomerSort {
        Newest = "newest", "Newest";
        Name = "name", "Name";
    }
}

/// What is asked of the list of customers. Each field that says something stands in the list's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerQuery {
    pub search: String,
    /// The name of a tag.
    pub tag: String,
    /// Only those who are blocked.
    pub blocked: bool,
    /// Only those to whom nothing can be sent yet.
    pub without_address: bool,
    /// Only those who owe something.
    pub owing: bool,
    /// The word of a [`CustomerSort`], with a `-` before it for the opposite order; empty for the usual one.
    pub sort: String,
    /// The word of the row after which, or before which, to go on.
    pub after: String,
    pub before: String,
}

impl CustomerQuery {
    /// Reads an address, whose parameters `value` finds by their names.
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| value(name).unwrap_or_default();
        let flag = |name: &str| value(name).is_some_and(|value| value == "1");
        CustomerQuery {
            search: text("q"),
            tag: text("tag"),
            blocked: flag("blocked"),
            without_address: flag("no-address"),
            owing: flag("owing"),
            sort: text("sort"),
            after: text("after"),
            before: text("before"),
        }
    }

    /// The parameters of its address, empty ones among them.
    pub fn parameters(&self) -> [(&'static str, &str); 8] {
        let flag = |set: bool| if set { "1" } else { "" };
        [
            ("q", &self.search),
            ("tag", &self.tag),
            ("blocked", flag(self.blocked)),
            ("no-address", flag(self.without_address)),
            ("owing", flag(self.owing)),
            ("sort", &self.sort),
            ("after", &self.after),
            ("before", &self.before),
        ]
    }

    /// The same list from its start.
    pub fn from_start(&self) -> Self {
        CustomerQuery { after: String::new(), before: String::new(), ..self.clone() }
    }

    /// The order, and whether it is the opposite one.
    pub fn order(&self) -> (CustomerSort, bool) {
        let (word, is_opposite) = match self.sort.strip_prefix('-') {
            Some(word) => (word, true),
            None => (self.sort.as_str(), false),
        };
        CustomerSort::parse(word).map_or((CustomerSort::Newest, false), |sort| (sort, is_opposite))
    }

    /// Whether it asks for fewer than all customers, the search aside.
    pub fn is_filtered(&self) -> bool {
        !self.tag.is_empty() || self.blocked || self.without_address || self.owing
    }
}

/// A line of the list of customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    /// City and country, or empty.
    pub place: String,
    pub has_address: bool,
    pub is_blocked: bool,
}

/// The list of customers as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerList {
    pub customers: Stretch<CustomerRow>,
    pub views: Vec<SavedView>,
    /// Made anew with each view, so that a change that is sent twice is made once.
    pub key: Uuid,
    /// What was just done to many customers, for a browser without JavaScript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<BulkDone>,
}

impl CustomerList {
    /// The list it is.
    pub const NAME: ListName = ListName::Customers;
}

stored_enum! {
    /// What can be done to many customers at once.
    CustomersEdit {
        AddTag = "add-tag", "Add a tag";
        RemoveTag = "remove-tag", "Remove a tag";
        Block = "block", "Block";
        Unblock = "unblock", "Unblock";
    }
}

impl CustomersEdit {
    /// `12 customers blocked.`
    pub fn done_words(self, count: i64) -> String {
        let customers = if count == 1 { "1 customer".to_owned() } else { format!("{count} customers") };
        match self {
            CustomersEdit::AddTag => format!("Tag added to {customers}."),
            CustomersEdit::RemoveTag => format!("Tag removed from {customers}."),
            CustomersEdit::Block => format!("{customers} blocked."),
            CustomersEdit::Unblock => format!("{customers} unblocked."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_asks_for_the_same_list() {
        let query = CustomerQuery {
            search: "ana".into(),
            tag: "Regulars".into(),
            owing: true,
            sort: "-name".into(),
            before: "0".repeat(32),
            ..Default::default()
        };
        let parameters = query.parameters();
        let value = |name: &str| {
            parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(CustomerQuery::read(value), query);
        assert_eq!(query.order(), (CustomerSort::Name, true));
        assert_eq!(query.from_start().before, "");
    }
}
