//! What is asked about the keywords of an item while it is typed.

use serde::{Deserialize, Serialize};

use super::{ItemForm, MAX_ALIASES};
use crate::{sales::CatalogItem, text};

/// Characters of one answer that are looked at.
const LOOKED_AT: usize = 200;

/// The words of an item as typed; what would be refused when it is saved is cut short here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeywordQuery {
    pub code: String,
    pub title: String,
    /// Separated by commas.
    pub aliases: String,
}

impl KeywordQuery {
    /// The words of a form.
    pub fn of(form: &ItemForm) -> Self {
        let ItemForm { code, title, aliases, .. } = form.clone();
        KeywordQuery { code, title, aliases }
    }

    /// The item as the reader of comments sees it.
    pub fn item(&self) -> CatalogItem {
        let cut = |typed: &str| -> String { text::tidy(typed).chars().take(LOOKED_AT).collect() };
        let aliases = self.aliases.split([',', '\n']).map(cut).filter(|alias| !alias.is_empty());
        CatalogItem {
            code: cut(&self.code),
            title: cut(&self.title),
            aliases: aliases.take(MAX_ALIASES).collect(),
            variants: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_much_is_cut_short() {
        let query = KeywordQuery {
            code: " A12 ".into(),
            title: "x".repeat(1_000),
            aliases: "moon,, lunar\nluna,".into(),
        };
        let item = query.item();
        assert_eq!((item.code.as_str(), item.title.len()), ("A12", LOOKED_AT));
        assert_eq!(item.aliases, ["moon", "lunar", "luna"]);
    }
}
