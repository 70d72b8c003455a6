//! What the long lists share on the screen: views under a name, heads that sort, rows that are chosen and changed together,
//! and the keyboard.

pub mod bulk;
pub mod filters;
pub mod keys;
pub mod rows;
pub mod views;

/// The query of a list's address: what stands after its question mark.
pub fn query_of(address: &str) -> String {
    address.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
}

/// An address with one more parameter.
#[cfg(any(feature = "ssr", test))]
pub fn with_parameter(path: &str, query: &str, name: &str, value: &str) -> String {
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
