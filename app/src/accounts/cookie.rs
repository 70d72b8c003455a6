//! The session's cookie, and that of a browser in which somebody signed in before: how they are named, set and cleared.
//!
//! On https its name has the prefix `__Host-`, with which a browser accepts it only from this very host, over a secure
//! connection and for the whole site. Browsers refuse that prefix on plain http, so a local server uses a plain name.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use domain::{problem::Code, time::SECOND};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use services::accounts::{
    browsers::{BROWSER_LIFE, BrowserToken},
    session::{SESSION_LIFE, SessionToken, SignedIn, Visitor},
};

use crate::{error::AppError, server::Request};

/// The cookie's name on a server that is reached at `public_url`.
pub fn name(public_url: &str) -> &'static str {
    if is_secure(public_url) { "__Host-selltrac" } else { "selltrac" }
}

/// The name of the cookie by which a browser is known. It stays when somebody signs out.
fn browser_name(public_url: &str) -> &'static str {
    if is_secure(public_url) { "__Host-selltrac-browser" } else { "selltrac-browser" }
}

/// The value of a cookie.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// Who asks to be let in, or out. Call it before the first `.await`: the context may be gone after it.
pub fn visitor(request: &Request) -> Visitor {
    let name = browser_name(&request.services.settings.public_url);
    let browser = use_context::<Parts>().and_then(|parts| Some(value(&parts.headers, name)?.to_owned()));
    Visitor { client: request.client, peer: request.peer, browser }
}

fn is_secure(public_url: &str) -> bool {
    public_url.starts_with("https://")
}

/// The value of the header that keeps a cookie for so many seconds; none forgets it at once.
fn header_value(public_url: &str, name: &str, value: &str, seconds: i64) -> String {
    let secure = if is_secure(public_url) { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// The response that is being made. Take it before the first `.await`: the context may be gone after it.
pub fn response() -> Result<ResponseOptions, AppError> {
    use_context().ok_or_else(|| Code::Internal.into())
}

/// The value of the header that gives the browser its session.
pub fn session_header(public_url: &str, token: &SessionToken) -> String {
    header_value(public_url, name(public_url), token.as_str(), SESSION_LIFE / SECOND)
}

/// The value of the header by which the browser is known from now on.
fn browser_header(public_url: &str, token: &BrowserToken) -> String {
    header_value(public_url, browser_name(public_url), token.as_str(), BROWSER_LIFE / SECOND)
}

/// Gives the browser its session, and what it is known by.
pub fn set(response: &ResponseOptions, public_url: &str, signed_in: &SignedIn) -> Result<(), AppError> {
    append(response, &session_header(public_url, &signed_in.session))?;
    append(response, &browser_header(public_url, &signed_in.browser))
}

/// Takes the session from the browser.
pub fn clear(response: &ResponseOptions, public_url: &str) -> Result<(), AppError> {
    append(response, &header_value(public_url, name(public_url), "", 0))
}

fn append(response: &ResponseOptions, value: &str) -> Result<(), AppError> {
    let value = HeaderValue::from_str(value).map_err(|_| Code::Internal)?;
    response.append_header(header::SET_COOKIE, value);
    Ok(())
}

/// Sends whoever asked for the page that is being rendered to another one. `path` comes from the program or has passed
/// [`own_path`](super::own_path::own_path).
pub fn send_to(path: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) {
        response.set_status(StatusCode::FOUND);
        response.insert_header(header::LOCATION, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_https_the_cookie_is_bound_to_the_host() {
        assert_eq!(
            header_value("https://shop.example", name("https://shop.example"), "abc", 60),
            "__Host-selltrac=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
    }

    #[test]
    fn on_plain_http_it_has_a_plain_name() {
        assert_eq!(
            header_value("http://127.0.0.1:3000", name("http://127.0.0.1:3000"), "abc", 60),
            "selltrac=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn clearing_forgets_it_under_the_same_name_and_path() {
        let response = ResponseOptions::default();
        clear(&response, "https://shop.example").expect("the value is plain");
        let parts = response.0.read().expect("nothing panicked");
        let cookies: Vec<_> = parts.headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["__Host-selltrac=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"]);
    }
}
