//! Forms without JavaScript: the page after a form learns what became of it, and a form that could not be taken gets back
//! what was typed.
//!
//! The server function answers with a redirect, whose address carries the error if there is one. Here the error and the
//! typed values are moved into a cookie that lives for a minute and is read by nobody but the next page.

use app::{error::AppError, form::Returned};
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use leptos::server_fn::error::ServerFnUrlError;
use services::Services;
use url::Url;

use super::{MAX_REQUEST_BYTES, errors::accepts_pages, session::cookie_value};

const LIFE_SECONDS: u32 = 60;
/// Browsers keep about 4 KB for a cookie. Values that do not fit are left out: the empty ones,
/// then the longest first.
const MAX_COOKIE_BYTES: usize = 3_500;
/// A field whose name contains one of these never goes back.
const SECRETS: [&str; 2] = ["password", "[key]"];

fn is_secure(public_url: &str) -> bool {
    public_url.starts_with("https://")
}

/// The cookie that carries a form back. It holds names and addresses, so on https it is bound to the host as the
/// session's is.
fn cookie_name(public_url: &str) -> &'static str {
    if is_secure(public_url) { "__Host-selltrac-form" } else { "selltrac-form" }
}

fn header_value(public_url: &str, value: &str, seconds: u32) -> Option<HeaderValue> {
    let name = cookie_name(public_url);
    let secure = if is_secure(public_url) { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&cookie).ok()
}

/// The form that came back to this page, if one did.
pub fn returned(headers: &HeaderMap, public_url: &str) -> Option<Returned> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cookie_value(headers, cookie_name(public_url))?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Takes the cookie away after it was read.
pub fn forget(response: &mut Response, public_url: &str) {
    if let Some(value) = header_value(public_url, "", 0) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Runs a server function. If a plain form sent it and it failed, the browser goes back to the page with the cookie.
pub async fn carry_back(State(services): State<Services>, request: Request, next: Next) -> Response {
    let public_url = &services.settings.public_url;
    if !accepts_pages(request.headers()) || request.method() != axum::http::Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let referer = parts.headers.get(header::REFERER).cloned();
    let Ok(body) = axum::body::to_bytes(body, MAX_REQUEST_BYTES).await else {
        return Response::builder()
            .status(axum::http::StatusCode::PAYLOAD_TOO_LARGE)
            .body(Body::from(domain::problem::Code::TooLarge.message()))
            .unwrap_or_default();
    };
    let mut response = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    if let Some((page, returned)) = failure(&response, &body) {
        if let Ok(location) = HeaderValue::from_str(&page) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        keep(&mut response, public_url, returned);
    } else if response.status().is_redirection()
        && is_same_page(response.headers().get(header::LOCATION), referer.as_ref())
    {
        // It was carried out and the page stays, so the page is told.
        keep(&mut response, public_url, Returned { path, problem: None, values: Vec::new() });
    }
    response
}

/// Whether a redirect leads to the page that the form was on. Taking an earlier error out of its address leaves a question
/// mark behind, which makes no other page of it.
fn is_same_page(location: Option<&HeaderValue>, referer: Option<&HeaderValue>) -> bool {
    let bare = |value: Option<&HeaderValue>| {
        Some(value?.to_str().ok()?.trim_end_matches('?').to_owned()).filter(|url| !url.is_empty())
    };
    bare(location).is_some_and(|location| Some(location) == bare(referer))
}

/// Hands a form to the page that follows.
pub(super) fn keep(response: &mut Response, public_url: &str, returned: Returned) {
    if let Some(cookie) = cookie(public_url, returned) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The page to go back to and what failed, if the answer is a redirect that carries an error. Only the page's path is
/// kept, so nobody is sent elsewhere.
fn failure(response: &Response, body: &Bytes) -> Option<(String, Returned)> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let mut url = Url::parse(location).ok()?;
    let pair =
        |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    let path = pair("__path")?;
    let AppError(problem) = ServerFnUrlError::<AppError>::decode_err(&pair("__err")?);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !name.starts_with("__"))
        .map(|(n, v)| (n.into(), v.into()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    let page = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let values = url::form_urlencoded::parse(body)
        .filter(|(name, _)| !SECRETS.iter().any(|secret| name.contains(secret)))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    Some((page, Returned { path, problem: Some(problem), values }))
}

fn cookie(public_url: &str, mut returned: Returned) -> Option<HeaderValue> {
    loop {
        let encoded = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&returned).ok()?);
        if encoded.len() <= MAX_COOKIE_BYTES {
            return header_value(public_url, &encoded, LIFE_SECONDS);
        }
        // What is empty says least, and in a form of many rows it is most of it.
        if returned.values.iter().any(|(_, value)| value.is_empty()) {
            returned.values.retain(|(_, value)| !value.is_empty());
            continue;
        }
        let (longest, _) = returned.values.iter().enumerate().max_by_key(|(_, (_, value))| value.len())?;
        returned.values.swap_remove(longest);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use domain::problem::{FieldCode, Problem};

    use super::*;

    const URL: &str = "https://shop.example";

    #[test]
    fn a_question_mark_alone_makes_no_other_page() {
        let url = |url: &'static str| HeaderValue::from_static(url);
        let (page, marked) =
            (url("https://shop.example/customers/7"), url("https://shop.example/customers/7?"));
        let other = url("https://shop.example/customers/7?merged=1");
        assert!(is_same_page(Some(&marked), Some(&page)) && is_same_page(Some(&page), Some(&page)));
        assert!(!is_same_page(Some(&other), Some(&page)) && !is_same_page(None, None));
    }

    fn failed(referer: &str) -> Response {
        let error = AppError(Problem::field("code", FieldCode::Missing));
        let url = ServerFnUrlError::new("/api/stock/save", error).to_url(referer).unwrap();
        Response::builder()
            .status(StatusCode::FOUND)
            .header(header::LOCATION, url.as_str())
            .body(Body::empty())
            .unwrap()
    }

    #[test]
    fn a_failed_form_goes_back_with_its_values_but_without_secrets() {
        let body = Bytes::from("form%5Btitle%5D=Moon+ring&form%5Bpassword%5D=hidden&form%5Bkey%5D=hidden");
        let (page, returned) = failure(&failed("https://shop.example/stock/new?q=1"), &body).unwrap();
        assert_eq!(page, "/stock/new?q=1");
        assert_eq!(returned.path, "/api/stock/save");
        assert_eq!(returned.values, [("form[title]".to_owned(), "Moon ring".to_owned())]);
        let cookie = cookie(URL, returned.clone()).unwrap();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(&pair).unwrap());
        assert_eq!(super::returned(&headers, URL), Some(returned));
    }

    #[test]
    fn of_many_rows_the_empty_ones_are_left_out_first() {
        let cells: String =
            (0..200).map(|row| format!("form%5Bvariants%5D%5B{row}%5D%5Bprice%5D=&")).collect();
        let body = Bytes::from(format!("{cells}form%5Btitle%5D=Moon+ring+of+a+long+name"));
        let (_, returned) = failure(&failed("https://shop.example/stock/new"), &body).unwrap();
        let cookie = cookie(URL, returned).unwrap();
        let mut headers = HeaderMap::new();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        headers.insert(header::COOKIE, HeaderValue::from_str(&pair).unwrap());
        assert_eq!(
            super::returned(&headers, URL).unwrap().values,
            [("form[title]".to_owned(), "Moon ring of a long name".to_owned())]
        );
    }

    #[test]
    fn a_value_that_does_not_fit_is_left_out_and_the_rest_is_kept() {
        let long = "x".repeat(10_000);
        let body = Bytes::from(format!("form%5Bpaste%5D={long}&form%5Btitle%5D=Moon"));
        let (_, returned) = failure(&failed("https://shop.example/stock/new"), &body).unwrap();
        let cookie = cookie(URL, returned).unwrap();
        assert!(cookie.len() < 4_096);
        let mut headers = HeaderMap::new();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        headers.insert(header::COOKIE, HeaderValue::from_str(&pair).unwrap());
        assert_eq!(
            super::returned(&headers, URL).unwrap().values,
            [("form[title]".to_owned(), "Moon".to_owned())]
        );
    }
}
