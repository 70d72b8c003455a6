//! Where a request comes from, found out once.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use app::server::{ClientAddress, PeerAddress};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::Code;
use services::security_log::Who;

use crate::{
    config::Config,
    connections::{Asks, Kept, Peer, PeerPlaces, TrustedProxies},
    limits::Limits,
};

/// What is needed to tell clients apart. Cheap to clone.
#[derive(Clone)]
pub struct Clients {
    proxies: TrustedProxies,
    /// Requests under way of those for whom a trusted proxy asks: whatever it does with its connections, each of them has
    /// as much as one who comes by itself.
    under_way: PeerPlaces,
    has_warned: Arc<Warned>,
}

/// What was told to the log: once is enough.
#[derive(Default)]
struct Warned {
    of_unnamed: AtomicBool,
    of_silent: AtomicBool,
}

impl Clients {
    pub fn new(config: &Config, limits: &Limits) -> Self {
        Self::behind(config.trusted_proxies.clone(), limits)
    }

    fn behind(proxies: TrustedProxies, limits: &Limits) -> Self {
        Clients { proxies, under_way: PeerPlaces::new(limits), has_warned: Arc::default() }
    }

    /// Tells the operator of a proxy that the settings do not know of, or that keeps its clients to itself.
    fn warn(&self, peer: IpAddr, headers: &HeaderMap) {
        let is_first = |warned: &AtomicBool| !warned.swap(true, Ordering::Relaxed);
        if self.proxies.is_unnamed(peer, headers) && is_first(&self.has_warned.of_unnamed) {
            tracing::warn!(
                %peer,
                "a proxy asks for others and is not in trusted_proxies: nobody behind it can be told from another"
            );
        }
        if self.proxies.is_silent(peer, headers) && is_first(&self.has_warned.of_silent) {
            tracing::warn!(
                %peer,
                "a proxy of trusted_proxies sends no X-Forwarded-For: all behind it are counted as one"
            );
        }
    }
}

/// Who asks, as far as an address tells.
pub fn who(extensions: &Extensions) -> Who {
    let client = extensions.get::<ClientAddress>().map(|address| address.0);
    let peer = extensions.get::<PeerAddress>().map(|address| address.0);
    Who::at(client, peer)
}

/// Puts the [`ClientAddress`] into the request's extensions if it can be told, or else the [`PeerAddress`].
pub async fn identify(State(clients): State<Clients>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()) else {
        return next.run(request).await;
    };
    clients.warn(peer, request.headers());
    let client = clients.proxies.client(peer, request.headers());
    if let Some(client) = client {
        request.extensions_mut().insert(ClientAddress(client));
    } else {
        request.extensions_mut().insert(PeerAddress(peer.to_canonical()));
    }
    // Who comes without a proxy is counted by connections.
    let proxied = client.filter(|_| clients.proxies.trusts(peer)).and_then(Peer::of);
    if let (Some(client), Some(asks)) = (proxied, request.extensions().get::<Asks>()) {
        asks.on_behalf_of(client);
    }
    match proxied.map(|client| clients.under_way.take(client)).transpose() {
        Ok(place) => next.run(request).await.map(|body| Body::new(Kept::new(body, place))),
        Err(_) => (StatusCode::TOO_MANY_REQUESTS, Code::TooMany.message()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt;

    use super::*;

    fn router(trusted: &str, limits: &Limits) -> Router {
        let told = |request: Request| async move {
            let client = request.extensions().get::<ClientAddress>().copied();
            let peer = request.extensions().get::<PeerAddress>().copied();
            match (client, peer) {
                (Some(client), None) => client.0.to_string(),
                (None, Some(peer)) => format!("through {}", peer.0),
                _ => "nobody".to_owned(),
            }
        };
        let clients = Clients::behind(TrustedProxies::parse(trusted).unwrap(), limits);
        Router::new().route("/", get(told)).layer(from_fn_with_state(clients, identify))
    }

    fn request(peer: Option<&str>, forwarded_for: &str) -> Request {
        let mut request = Request::get("/").header("x-forwarded-for", forwarded_for);
        if let Some(peer) = peer {
            request = request.extension(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        }
        request.body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn the_client_is_who_the_trusted_proxy_names() {
        let router = router("10.0.0.1", &Limits::default());
        for (peer, expected) in [
            (Some("10.0.0.1:80"), "198.51.100.1"),
            (Some("203.0.113.7:80"), "203.0.113.7"),
            (Some("127.0.0.1:80"), "through 127.0.0.1"),
            (Some("172.17.0.1:80"), "through 172.17.0.1"),
            (None, "nobody"),
        ] {
            let response = router.clone().oneshot(request(peer, "198.51.100.1")).await.unwrap();
            let client = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
            assert_eq!(client, expected, "{peer:?}");
        }
    }

    #[tokio::test]
    async fn nobody_behind_a_proxy_has_all_of_it() {
        let router = router("10.0.0.1", &Limits { connections_of_a_peer: 2, ..Limits::default() });
        let ask =
            async |client: &str| router.clone().oneshot(request(Some("10.0.0.1:80"), client)).await.unwrap();
        // An answer that is not taken whole is under way.
        let unread = [ask("198.51.100.1").await, ask("198.51.100.1").await];
        assert_eq!(ask("198.51.100.1").await.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(ask("198.51.100.2").await.status(), StatusCode::OK);
        drop(unread);
        assert_eq!(ask("198.51.100.1").await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_proxy_that_is_not_named_is_told_to_the_log_once() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let subscriber = tracing_subscriber::fmt().with_writer(Arc::new(log.reopen().unwrap())).finish();
        let _listening = tracing::subscriber::set_default(subscriber);
        let router = router("10.0.0.1", &Limits::default());
        let ask = async |request: Request| router.clone().oneshot(request).await.unwrap();
        let lines = || std::fs::read_to_string(log.path()).unwrap().matches("trusted_proxies").count();
        ask(request(Some("203.0.113.7:80"), "198.51.100.1")).await;
        assert_eq!(lines(), 0, "what a stranger claims is no news");
        for _ in 0..3 {
            ask(request(Some("172.17.0.1:80"), "198.51.100.1")).await;
        }
        assert_eq!(lines(), 1);
        for _ in 0..3 {
            let mut silent = request(Some("10.0.0.1:80"), "");
            silent.headers_mut().clear();
            ask(silent).await;
        }
        assert_eq!(lines(), 2, "one that names nobody");
    }
}
