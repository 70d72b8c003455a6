//! The list of items: what is asked of it and what it shows.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Stock;
use crate::{
    lists::{BulkDone, ListName, SavedView, Stretch},
    money::Money,
};

stored_enum! {
    /// What the items stand in the order of.
    ItemSort {
        Code = "code", "Code";
        Title = "title", "Title";
        Newest = "newest", "Newest";
        Left = "left", "Left";
        Price = "price", "Price";
    }
}

/// What is asked of the list of items. Each field that says something stands in the list's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StockQuery {
    pub search: String,
    pub archived: bool,
    /// The name of a category, a tag, a material.
    pub category: String,
    pub tag: String,
    pub material: String,
    /// Only what runs low.
    pub low: bool,
    /// Only what has no picture.
    pub without_picture: bool,
    /// The word of an [`ItemSort`], with a `-` before it for the opposite order; empty for the usual one.
    pub sort: String,
    /// The word of the row after which, or before which, to go on.
    pub after: String,
    pub before: String,
}

impl StockQuery {
    /// Reads an address, whose parameters `value` finds by their names.
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| value(name).unwrap_or_default();
        let flag = |name: &str| value(name).is_some_and(|value| value == "1");
        StockQuery {
            search: text("q"),
            archived: flag("archived"),
            category: text("category"),
            tag: text("tag"),
            material: text("material"),
            low: flag("low"),
            without_picture: flag("no-picture"),
            sort: text("sort"),
            after: text("after"),
            before: text("before"),
        }
    }

    /// The parameters of its address, empty ones among them.
    pub fn parameters(&self) -> [(&'static str, &str); 10] {
        let flag = |set: bool| if set { "1" } else { "" };
        [
            ("q", &self.search),
            ("archived", flag(self.archived)),
            ("category", &self.category),
            ("tag", &self.tag),
            ("material", &self.material),
            ("low", flag(self.low)),
            ("no-picture", flag(self.without_picture)),
            ("sort", &self.sort),
            ("after", &self.after),
            ("before", &self.before),
        ]
    }

    /// The same list from its start.
    pub fn from_start(&self) -> Self {
        StockQuery { after: String::new(), before: String::new(), ..self.clone() }
    }

    /// The order, and whether it is the opposite one.
    pub fn order(&self) -> (ItemSort, bool) {
        let (word, is_opposite) = match self.sort.strip_prefix('-') {
            Some(word) => (word, true),
            None => (self.sort.as_str(), false),
        };
        ItemSort::parse(word).map_or((ItemSort::Code, false), |sort| (sort, is_opposite))
    }

    /// Whether it asks for less than everything that is for sale, or for all that is archived.
    pub fn is_filtered(&self) -> bool {
        !self.category.is_empty()
            || !self.tag.is_empty()
            || !self.material.is_empty()
            || self.low
            || self.without_picture
    }
}

/// A line of the list of items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    pub material: String,
    /// What a claim made now costs.
    pub price: Money,
    /// What it costs otherwise, where it has a sale price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regular: Option<Money>,
    /// `$0.85/g × 3.2 g`, where the price goes by weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// Milligrams.
    pub weight: i64,
    pub variants: Vec<String>,
    pub stock: Stock,
    /// Whether it runs low.
    pub is_low: bool,
    /// The token of its main picture, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// The list of items as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockList {
    pub items: Stretch<ItemRow>,
    pub views: Vec<SavedView>,
    /// Made anew with each view, so that a change that is sent twice is made once.
    pub key: Uuid,
    /// What was just done to many items, for a browser without JavaScript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<BulkDone>,
}

impl StockList {
    /// The list it is.
    pub const NAME: ListName = ListName::Items;
}

/// What the filters of the list offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChoices {
    pub categories: Vec<String>,
    pub tags: Vec<String>,
    pub materials: Vec<String>,
}

stored_enum! {
    /// What can be done to many items at once.
    ItemsEdit {
        Archive = "archive", "Archive";
        PutBack = "put-back", "Put back";
        Category = "category", "Set the category";
        AddTag = "add-tag", "Add a tag";
        RemoveTag = "remove-tag", "Remove a tag";
        Price = "price", "Change prices by per cent";
    }
}

impl ItemsEdit {
    /// `12 items archived.`
    pub fn done_words(self, count: i64) -> String {
        let items = if count == 1 { "1 item".to_owned() } else { format!("{count} items") };
        match self {
            ItemsEdit::Archive => format!("{items} archived."),
            ItemsEdit::PutBack => format!("{items} put back."),
            ItemsEdit::Category => format!("Category of {items} set."),
            ItemsEdit::AddTag => format!("Tag added to {items}."),
            ItemsEdit::RemoveTag => format!("Tag removed from {items}."),
            ItemsEdit::Price => format!("Prices of {items} changed."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_asks_for_the_same_list() {
        let query = StockQuery {
            search: "moon".into(),
            archived: true,
            category: "Rings".into(),
            low: true,
            sort: "-price".into(),
            ..Default::default()
        };
        let parameters = query.parameters();
        let value = |name: &str| {
            parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(StockQuery::read(value), query);
        assert_eq!(query.order(), (ItemSort::Price, true));
        assert!(query.is_filtered());
        assert!(!StockQuery { sort: "colour".into(), ..Default::default() }.is_filtered());
        assert_eq!(
            StockQuery { sort: "-colour".into(), ..Default::default() }.order(),
            (ItemSort::Code, false)
        );
    }
}
