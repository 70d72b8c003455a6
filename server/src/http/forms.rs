//! Forms without JavaScript: the page after a form learns what became of it, and a form that could not be taken gets back
//! what was typed.
//!
//! The server function answers with a redirect, whose address carries the error if there is one. Here the error and the
//! typed values are moved into a cookie that lives for a minute and is read by nobody but the next page.

use app::{error::AppError, form::Returned};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::problem::Problem;
use leptos::server_fn::error::ServerFnUrlError;
use url::Url;

use super::session::cookie_value;

const LIFE_SECONDS: u32 = 60;
/// Browsers keep about 4 KB for a cookie. Values that do not fit are left out: the empty ones,
/// then the longest first.
const MAX_COOKIE_BYTES: usize = 3_500;
/// What becomes so many bytes when it is encoded.
const MAX_PLAIN_BYTES: usize = MAX_COOKIE_BYTES / 4 * 3;
/// More fields than this are not looked at: not even empty ones would fit.
const MAX_CARRIED: usize = 400;
/// A field whose name contains one of these never goes back.
const SECRETS: [&str; 5] = ["password", "passphrase", "secret", "token", "[key]"];

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

/// What is known of a form when it comes.
pub(super) struct Sent {
    /// The path of the server function.
    pub path: String,
    /// The page that the form was on.
    referer: Option<HeaderValue>,
}

impl Sent {
    pub fn read(request: &Request) -> Self {
        let referer = request.headers().get(header::REFERER).cloned();
        Sent { path: request.uri().path().to_owned(), referer }
    }
}

/// Gives the answer of a server function to a plain form: if it failed, the browser goes back to the page with the cookie.
pub(super) fn carry_back(
    mut response: Response,
    sent: &Sent,
    typed: Vec<(String, String)>,
    public_url: &str,
) -> Response {
    if let Some((page, returned)) = failure(&response, typed) {
        if let Ok(location) = HeaderValue::from_str(&page) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        keep(&mut response, public_url, returned);
    } else if response.status().is_redirection()
        && is_same_page(response.headers().get(header::LOCATION), sent.referer.as_ref())
    {
        // It was carried out and the page stays, so the page is told.
        let returned = Returned { path: sent.path.clone(), problem: None, values: Vec::new() };
        keep(&mut response, public_url, returned);
    }
    response
}

/// The way back for a plain form of which nothing was read.
pub(super) fn refused(sent: &Sent, problem: Problem, public_url: &str) -> Response {
    let referer = sent.referer.as_ref().and_then(|referer| referer.to_str().ok());
    let page = referer.and_then(|referer| Url::parse(referer).ok()).map(without_error);
    let location = HeaderValue::from_str(page.as_deref().unwrap_or("/"));
    let location = location.unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if page.is_some() {
        let returned = Returned { path: sent.path.clone(), problem: Some(problem), values: Vec::new() };
        keep(&mut response, public_url, returned);
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
fn failure(response: &Response, typed: Vec<(String, String)>) -> Option<(String, Returned)> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let url = Url::parse(location).ok()?;
    let pair =
        |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    let path = pair("__path")?;
    let AppError(problem) = ServerFnUrlError::<AppError>::decode_err(&pair("__err")?);
    let returned = Returned { path, problem: Some(problem), values: typed };
    Some((without_error(url), returned))
}

/// Path and query of a page's address, without the error that the framework writes into it.
pub(super) fn without_error(mut url: Url) -> String {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !name.starts_with("__"))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    // A path that began with two slashes would lead to another host.
    let path = url.path().trim_start_matches('/');
    match url.query() {
        Some(query) => format!("/{path}?{query}"),
        None => format!("/{path}"),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|secret| name.contains(secret))
}

/// What was typed into a form, as far as it can go back with it.
pub(super) fn typed(body: &[u8]) -> Vec<(String, String)> {
    fitting(values(body), MAX_PLAIN_BYTES)
}

/// The fields of a form that may go back, as far as they can fit one by one.
fn values(body: &[u8]) -> Vec<(String, String)> {
    // A byte is written as three at most, so what is longer is not even decoded.
    let may_fit = |field: &&[u8]| field.len() <= 3 * MAX_PLAIN_BYTES + 1;
    body.split(|byte| *byte == b'&')
        .filter(may_fit)
        .flat_map(url::form_urlencoded::parse)
        .filter(|(name, value)| !is_secret(name) && name.len() + value.len() <= MAX_PLAIN_BYTES)
        .take(MAX_CARRIED)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

fn cookie(public_url: &str, mut returned: Returned) -> Option<HeaderValue> {
    let values = std::mem::take(&mut returned.values);
    let bare = serde_json::to_vec(&returned).ok()?.len();
    returned.values = fitting(values, MAX_PLAIN_BYTES.checked_sub(bare)?);
    let encoded = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&returned).ok()?);
    header_value(public_url, &encoded, LIFE_SECONDS)
}

/// The values that fit into so many bytes of JSON, in their order. What is empty says least, and in a form of many rows it
/// is most of it, so it is left out first; then the longest are.
fn fitting(values: Vec<(String, String)>, room: usize) -> Vec<(String, String)> {
    let mut sized: Vec<(usize, usize, (String, String))> = values
        .into_iter()
        .enumerate()
        // Each stands with a comma behind it.
        .map(|(place, pair)| {
            (serde_json::to_string(&pair).map_or(usize::MAX, |json| json.len() + 1), place, pair)
        })
        .collect();
    let needed = |sized: &[(usize, usize, _)]| {
        sized.iter().fold(0_usize, |sum, (bytes, _, _)| sum.saturating_add(*bytes))
    };
    if needed(&sized) > room {
        sized.retain(|(_, _, (_, value))| !value.is_empty());
    }
    sized.sort_by_key(|(bytes, place, _)| (*bytes, *place));
    let mut left = room;
    let fit = sized.iter().take_while(|(bytes, _, _)| match left.checked_sub(*bytes) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    let count = fit.count();
    sized.truncate(count);
    sized.sort_by_key(|(_, place, _)| *place);
    sized.into_iter().map(|(_, _, pair)| pair).collect()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, Bytes};
    use domain::problem::FieldCode;

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
        let (page, returned) = failure(&failed("https://shop.example/stock/new?q=1"), values(&body)).unwrap();
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
        let (_, returned) = failure(&failed("https://shop.example/stock/new"), values(&body)).unwrap();
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
        let (_, returned) = failure(&failed("https://shop.example/stock/new"), values(&body)).unwrap();
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

    /// Had the values been left out one by one, each time encoding all others anew, this would take hours.
    #[test]
    fn a_form_of_very_many_fields_is_fitted_in_one_pass() {
        let body = "a=1&".repeat(4 * 1024 * 1024);
        let typed = values(body.as_bytes());
        let (_, returned) = failure(&failed("https://shop.example/stock/new"), typed).unwrap();
        assert_eq!(returned.values.len(), MAX_CARRIED);
        assert!(cookie(URL, returned).unwrap().len() < 4_096);
        let many = vec![("name".to_owned(), "value".to_owned()); 1_000_000];
        let fit = fitting(many, 1_000);
        assert_eq!(fit.len(), 1_000 / "[\"name\",\"value\"],".len());
    }

    #[test]
    fn the_shortest_stay_in_their_order() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let values = vec![pair("c", "33"), pair("b", &"x".repeat(50)), pair("e", ""), pair("a", "1")];
        assert_eq!(fitting(values.clone(), 1_000), values);
        assert_eq!(fitting(values.clone(), 30), [pair("c", "33"), pair("a", "1")]);
        assert_eq!(fitting(values, 5), []);
    }

    #[test]
    fn a_refused_form_leads_back_and_never_elsewhere() {
        let sent = |referer: Option<&'static str>| Sent {
            path: "/api/stock/save".into(),
            referer: referer.map(HeaderValue::from_static),
        };
        let answer = |referer| refused(&sent(referer), domain::problem::Code::SignInNeeded.into(), URL);
        for (referer, location, is_told) in [
            (Some("https://shop.example/stock/new?q=1&__err=x"), "/stock/new?q=1", true),
            (Some("https://shop.example//evil.example/?q=1"), "/evil.example/?q=1", true),
            (Some("https://evil.example/"), "/", true),
            (Some("nonsense"), "/", false),
            (None, "/", false),
        ] {
            let response = answer(referer);
            assert_eq!(response.headers()[header::LOCATION], location, "{referer:?}");
            assert_eq!(response.headers().contains_key(header::SET_COOKIE), is_told, "{referer:?}");
        }
    }

    fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => sources(&path, found),
                false => found.push(std::fs::read_to_string(path).unwrap()),
            }
        }
    }

    /// Which fields exist is known to the screens alone, so it is they who are asked.
    #[test]
    fn whatever_a_screen_hides_while_it_is_typed_never_goes_back() {
        let mut texts = Vec::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src"), &mut texts);
        let mut names = Vec::new();
        for text in &texts {
            let marks = ["kind=\"password\"", "type=\"password\""];
            for (place, _) in marks.iter().flat_map(|mark| text.match_indices(mark)) {
                let begin = text[..place].rfind('<').unwrap();
                let end = place + text[place..].find("/>").unwrap();
                let name = text[begin..end].split("name=\"").nth(1).and_then(|rest| rest.split('"').next());
                // A component that hands on its own property has no name of its own.
                names.extend(name.map(str::to_owned));
            }
        }
        assert!(names.len() >= 3, "{names:?}");
        for name in names {
            assert!(is_secret(&name), "{name} would be carried in a cookie");
        }
    }
}
