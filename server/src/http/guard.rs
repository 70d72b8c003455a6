//! What protects every route: the cross-origin rule and the security headers.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::Code;
use services::{
    Services,
    security_log::{Event, Outcome, note},
};

use super::client::who;

/// Where events arrive: from other machines, signed, without cookies.
const WEBHOOKS: &str = "/webhooks/";

/// Refuses a request that changes something and comes from another site.
///
/// Browsers say where a request comes from: in `Sec-Fetch-Site`, and older ones in `Origin`. A request that says neither
/// comes from a program, which has no cookies of somebody else to misuse.
pub async fn same_origin(State(services): State<Services>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes
        && !request.uri().path().starts_with(WEBHOOKS)
        && !is_same_origin(request.headers(), &services.settings.public_url)
    {
        note(Event::Origin, Outcome::Refused, who(request.extensions()));
        return (StatusCode::FORBIDDEN, Code::CrossOrigin.message()).into_response();
    }
    next.run(request).await
}

fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match header(HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => return true,
        Some(_) => return false,
        None => {}
    }
    let Some(origin) = header(header::ORIGIN) else { return true };
    let own_host =
        header(header::HOST).is_some_and(|host| origin.split_once("://").is_some_and(|(_, it)| it == host));
    origin == public_url || own_host
}

/// The content policy of what is no page: files, redirects, answers to programs. The offline page has its style within
/// itself, so such styles are let through; such scripts are not.
const FILES_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                            base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// Browsers that came once over TLS come by no other way for a year.
const TLS_ALONE: &str = "max-age=31536000";

/// Headers that a page does not set itself. Pages set their own content policy; those that run scripts have a nonce in it.
pub async fn security_headers(State(services): State<Services>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Whatever else lives below the name is another one's affair, so names below it are not included.
    if services.settings.public_url.starts_with("https://") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TLS_ALONE));
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, FILES_POLICY),
        // A buyer's link must not travel to other sites; forms need to know the page they came from.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        // The camera reads codes of tags; no other site may use it within a page of this one.
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=()"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_the_own_pages_may_change_things() {
        let url = "https://shop.example";
        for (pairs, allowed) in [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "none")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "https://shop.example")], false),
            (vec![("origin", "https://shop.example"), ("host", "internal:3000")], true),
            (vec![("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")], true),
            (vec![("origin", "https://evil.example"), ("host", "shop.example")], false),
            (vec![("origin", "null"), ("host", "shop.example")], false),
            (vec![], true),
        ] {
            assert_eq!(is_same_origin(&headers(&pairs), url), allowed, "{pairs:?}");
        }
    }
}
