//! A sale as the screens show it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CatalogItem, ClaimState, Platform, ReadSettings, by_hand::ActionLine, rules::RuleLine};
use crate::money::Money;

/// How a sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Pieces that are held and not billed yet.
    pub held: i64,
    /// Pieces that stand on invoices.
    pub billed: i64,
    /// Pieces that buyers wait for.
    pub waiting: i64,
    /// Comments that a person must look at.
    pub to_review: i64,
    /// Buyers who have something that is held or billed.
    pub buyers: i64,
    /// What the held and billed pieces come to.
    pub claimed: Money,
}

/// A line of the list of sales.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleRow {
    pub id: Uuid,
    pub title: String,
    pub platform: Platform,
    pub closed: bool,
    pub age: String,
    pub tally: Tally,
    /// The key of the row in the list.
    pub key: String,
}

/// The most bytes of a catalog that comes within the page itself; a larger one is asked for once the page stands, so that a
/// page is small beside what a business may have read at once.
pub const MOST_BYTES_IN_PAGE: usize = 512 * 1024;
/// What stands around the texts of an item in a page, in bytes.
const AROUND_AN_ITEM: usize = 128;
/// What stands around an alias, in bytes.
const AROUND_AN_ALIAS: usize = 8;
/// What stands around the texts of a variant, in bytes.
const AROUND_A_VARIANT: usize = 128;

/// Whether a catalog may stand within a page.
pub fn fits_in_page(catalog: &[CatalogItem]) -> bool {
    catalog.iter().try_fold(MOST_BYTES_IN_PAGE, |room, item| room.checked_sub(bytes_in_page(item))).is_some()
}

/// At least as many bytes as an item takes up in a page.
fn bytes_in_page(item: &CatalogItem) -> usize {
    let aliases = item.aliases.iter().map(|alias| AROUND_AN_ALIAS + escaped(alias)).sum::<usize>();
    let texts = item.variants.iter().map(|variant| escaped(&variant.code) + escaped(&variant.name));
    let variants = AROUND_A_VARIANT * item.variants.len() + texts.sum::<usize>();
    AROUND_AN_ITEM + escaped(&item.code) + escaped(&item.title) + aliases + variants
}

/// At least as many bytes as a text takes up in a page: it stands in JSON, which stands in a text of a script.
fn escaped(text: &str) -> usize {
    let bytes = |character: char| match character {
        '"' | '\\' => 4,
        '<' | '\0'..='\u{1f}' => 7,
        _ => character.escape_debug().map(char::len_utf8).sum::<usize>(),
    };
    text.chars().map(bytes).sum()
}

/// How much of its catalog comes with a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CatalogSent {
    /// All of it.
    Whole,
    /// Only what is left of each variant, in their order: the rest is there already.
    Left(Vec<i64>),
    /// Nothing: it is too large for a page.
    Later,
}

/// What who asks for a sale has of its catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownCatalog {
    Nothing,
    /// Nothing, and it is to stand within a page.
    Page,
    /// The one with this mark.
    Catalog(String),
}

impl KnownCatalog {
    const PAGE: &'static str = "page";

    /// As it stands in an address.
    pub fn as_text(&self) -> &str {
        match self {
            KnownCatalog::Nothing => "",
            KnownCatalog::Page => Self::PAGE,
            KnownCatalog::Catalog(mark) => mark,
        }
    }

    /// From an address.
    pub fn parse(text: &str) -> Self {
        match text {
            "" => KnownCatalog::Nothing,
            Self::PAGE => KnownCatalog::Page,
            mark => KnownCatalog::Catalog(mark.to_owned()),
        }
    }
}

impl SaleView {
    /// The view with the catalog that was there before, where only what is left of it came.
    #[must_use]
    pub fn over(mut self, before: &SaleView) -> Self {
        if let CatalogSent::Left(left) = &self.sent {
            self.catalog.clone_from(&before.catalog);
            self.pictures.clone_from(&before.pictures);
            let variants = self.catalog.iter_mut().flat_map(|item| &mut item.variants);
            variants.zip(left).for_each(|(variant, left)| variant.left = *left);
            self.sent = CatalogSent::Whole;
        }
        self
    }
}

/// One sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleView {
    pub id: Uuid,
    pub title: String,
    pub platform: Platform,
    pub closed: bool,
    pub settings: ReadSettings,
    /// What can be claimed, with what is left of it. Empty where it was not sent.
    pub catalog: Vec<CatalogItem>,
    /// The token of the main picture of those items of the catalog that have one, by their index.
    pub pictures: Vec<(u32, String)>,
    /// Whether catalog and pictures came with it.
    pub sent: CatalogSent,
    /// By which it is known whether catalog and pictures changed, but for what is left; empty where they are yet to come.
    pub catalog_mark: String,
    /// Items that can be claimed and are more than a catalog has.
    pub left_out: i64,
    pub tally: Tally,
    pub review: Vec<ReviewLine>,
    /// The latest claims, newest first.
    pub claims: Vec<ClaimLine>,
    /// Whether there are more claims than are shown.
    pub more_claims: bool,
    /// What was done by hand lately and not undone, newest first.
    pub actions: Vec<ActionLine>,
}

/// A claim as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimLine {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub customer_name: String,
    pub code: String,
    pub title: String,
    pub variant: String,
    pub quantity: i64,
    pub price: Money,
    pub state: ClaimState,
    /// Of a claim that waits: 1 for who is served next. Nothing for a blocked buyer, who is not served.
    pub place_in_line: Option<u32>,
    /// Of a held claim in a sale with a hold time: when it is released, as `18 h left`.
    pub time_left: Option<String>,
}

/// A comment that a person must look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLine {
    pub id: Uuid,
    pub author: String,
    pub text: String,
    pub reason: String,
    /// Code of the item it most likely means, or empty.
    pub about_code: String,
}

/// What deciding a comment did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Why nothing was done: what was typed is not plain. A sentence for the seller.
    pub unclear: Option<String>,
    /// What was done, by which it can be undone; nothing where the comment was passed over.
    pub action: Option<Uuid>,
}

/// What teaching a rule did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taught {
    pub line: RuleLine,
    /// What the phrase meant before, if it was known.
    pub before: Option<String>,
}

/// What holding the claims of a paste did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Comments that were not known before.
    pub new_comments: i64,
    /// Comments that an earlier paste had brought already.
    pub known_comments: i64,
    /// Pieces.
    pub held: i64,
    pub waitlisted: i64,
    pub cancelled: i64,
    /// Comments.
    pub to_review: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::CatalogVariant;

    fn item(title: &str, aliases: usize, variants: usize) -> CatalogItem {
        let variant =
            CatalogVariant { id: Uuid::nil(), code: String::new(), name: "7".into(), left: 1, price: 2_400 };
        CatalogItem {
            code: "A12".into(),
            title: title.into(),
            aliases: vec!["x".repeat(60); aliases],
            variants: vec![variant; variants],
        }
    }

    #[test]
    fn a_catalog_stands_in_a_page_by_its_bytes() {
        assert!(fits_in_page(&[]) && fits_in_page(&vec![item("Moon ring", 2, 1); 1_000]));
        assert!(!fits_in_page(&vec![item("Moon ring", 2, 1); 5_000]), "many items");
        assert!(!fits_in_page(&vec![item("Moon ring", 0, 500); 10]), "many variants");
        assert!(!fits_in_page(&vec![item("Moon ring", 20, 1); 500]), "many words");
        assert!(!fits_in_page(&vec![item(&"月".repeat(200), 0, 1); 700]), "many bytes a character");
    }

    #[test]
    fn what_is_reckoned_is_no_less_than_what_is_sent() {
        let odd = "\"<\\\n\u{1}'\u{200d}\u{e31}é月".repeat(50);
        for item in [item("Moon ring", 0, 1), item("Moon ring", 3, 4), item("", 0, 500), item(&odd, 0, 1)] {
            // As Leptos writes it into the page's script.
            let json = serde_json::to_string(&item).unwrap().replace('<', "\\u003c");
            let sent = format!("{json:?}");
            assert!(sent.len() <= bytes_in_page(&item), "{sent}");
        }
    }
}
