//! Paths of this site that travel in an address: where to go after signing in, where to go back to.
//!
//! Such a path may have been written by a stranger, so only what cannot lead to another site is followed.

use leptos_router::location::Url;

/// The text as a path of this site, with its query, if it is one.
///
/// It starts with one `/` and has no part that a browser might take for a host or fold away (`//`, `\`, a segment that
/// starts with a dot). It is visible ASCII, as a header asks.
pub fn own_path(text: &str) -> Option<&str> {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (path.starts_with('/') && !path.contains("//") && !path.contains("/.") && is_visible).then_some(text)
}

/// A path with the query that the router tells of, with or without its mark.
pub fn with_search(path: &str, search: &str) -> String {
    match search.trim_start_matches('?') {
        "" => path.to_owned(),
        search => format!("{path}?{search}"),
    }
}

/// The address of the page that lets people in and then leads to `path`.
pub fn sign_in_address(path: &str) -> String {
    match own_path(path) {
        None | Some("/") => "/sign-in".to_owned(),
        Some(path) => format!("/sign-in?next={}", Url::escape(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_site_are_followed() {
        for path in [
            "/",
            "/ship/0198",
            "/stock?q=ring&archived=1",
            "/settings#payments",
            "/bill?next=https://a.example",
        ] {
            assert_eq!(own_path(path), Some(path));
        }
    }

    #[test]
    fn what_may_lead_elsewhere_is_not() {
        for text in [
            "",
            "stock",
            "//evil.example",
            "/\\evil.example",
            "/a//evil.example",
            "/..//evil.example",
            "/./stock",
            "https://evil.example/",
            "javascript:alert(1)",
            "/stock\r\nLocation: https://evil.example",
            "/st ock",
            "/ñandú",
        ] {
            assert_eq!(own_path(text), None, "{text:?}");
        }
    }

    #[test]
    fn signing_in_leads_back() {
        assert_eq!(sign_in_address("/"), "/sign-in");
        assert_eq!(sign_in_address("//evil.example"), "/sign-in");
        assert_eq!(sign_in_address("/stock?q=a b"), "/sign-in", "an unescaped space is no address");
        assert_eq!(sign_in_address("/stock?q=a%20b"), "/sign-in?next=%2Fstock%3Fq%3Da%2520b");
    }
}
