//! A bounded stretch of a long list, continued by key.

use serde::{Deserialize, Serialize};

/// How many rows a list shows at once.
pub const PAGE_ROWS: u64 = 50;

/// Rows and, where more follow, the key after which they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of at most `limit` rows out of one row more than that, `key` naming the last row shown.
    pub fn new(mut rows: Vec<T>, limit: u64, key: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(key) } else { None };
        Page { rows, next }
    }
}
