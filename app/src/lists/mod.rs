//! What the long lists share on the screen: their pages, views under a name, heads that sort, rows that are chosen and changed together,
//! and the keyboard.

pub mod bulk;
pub mod filters;
pub mod keys;
pub mod page;
pub mod rows;
pub mod views;

/// The query of a list's address: what stands after its question mark.
pub fn query_of(address: &str) -> String {
    address.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
}

/// Leads a browser without JavaScript back to the list after a change of many rows, which tells what was done. `query` is
/// that of the list as it was.
#[cfg(feature = "ssr")]
pub fn lead_back(plain: bool, path: &str, query: &str, done: &domain::lists::BulkDone) {
    if let Some(action) = done.action.filter(|_| plain) {
        leptos_axum::redirect(&with_parameter(path, query, "done", &action.to_string()));
    }
}

/// An address with one more parameter.
#[cfg(any(feature = "ssr", test))]
fn with_parameter(path: &str, query: &str, name: &str, value: &str) -> String {
    let separator = if query.is_empty() { "" } else { "&" };
    format!("{path}?{query}{separator}{name}={value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_and_put_together() {
        assert_eq!(query_of("/stock"), "");
        assert_eq!(query_of("/stock?q=ring&low=1"), "q=ring&low=1");
        assert_eq!(with_parameter("/stock", "", "done", "7"), "/stock?done=7");
        assert_eq!(with_parameter("/stock", "q=ring", "done", "7"), "/stock?q=ring&done=7");
    }
}
