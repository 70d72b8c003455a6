//! The names by which the server may be called.
//!
//! A page of another site can make its own name lead to this machine; its requests are then of one origin with it, and
//! carry its name. So a name that is not the server's own is refused.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use services::{
    Services,
    security_log::{Event, Outcome, note},
};
use url::{Host, Url};

use super::client::who;

/// What is said to whoever calls the server by another name.
pub const WORDS: &str =
    "This server does not go by the name in the address. Open the address that you were given.";

/// Refuses a request that calls the server by a name that is neither that of its public address nor one of this machine.
/// One that names nobody comes from a program and not from a page.
pub async fn known_host(State(services): State<Services>, request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).map(|value| value.to_str().unwrap_or_default());
    if named.is_some_and(|named| !is_known(named, &services.settings.public_url)) {
        note(Event::Host, Outcome::Refused, who(request.extensions()));
        return (StatusCode::MISDIRECTED_REQUEST, WORDS).into_response();
    }
    next.run(request).await
}

fn is_known(named: &str, public_url: &str) -> bool {
    let Ok(authority) = named.parse::<Authority>() else { return false };
    let host = authority.host().trim_end_matches('.');
    let own = Url::parse(public_url).ok();
    let is_own = own
        .and_then(|url| url.host_str().map(str::to_owned))
        .is_some_and(|own| host.eq_ignore_ascii_case(&own));
    is_own || is_this_machine(host)
}

/// Whether a host is this machine by its name or number.
pub fn is_this_machine(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_goes_by_its_own_name_and_those_of_this_machine() {
        let url = "https://shop.example";
        for own in [
            "shop.example",
            "Shop.Example:443",
            "shop.example.",
            "localhost:3000",
            "127.0.0.1",
            "[::1]:3000",
            "a.localhost",
        ] {
            assert!(is_known(own, url), "{own}");
        }
        for other in [
            "evil.example",
            "shop.example.evil.example",
            "127.0.0.1.evil.example",
            "192.168.1.2:3000",
            "",
            "a b",
        ] {
            assert!(!is_known(other, url), "{other}");
        }
        assert!(is_known("[2001:db8::1]:3000", "https://[2001:db8::1]:3000"));
    }
}
