//! Where a request comes from, found out once.

use std::net::SocketAddr;

use app::server::ClientAddress;
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};

use crate::connections::TrustedProxies;

/// Puts the [`ClientAddress`] into the request's extensions, if it can be told.
pub async fn identify(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    if let Some(client) = peer.and_then(|peer| proxies.client(peer, request.headers())) {
        request.extensions_mut().insert(ClientAddress(client));
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn the_client_is_who_the_trusted_proxy_names() {
        let told = |request: Request| async move {
            let client = request.extensions().get::<ClientAddress>().copied();
            client.map_or("nobody".to_owned(), |client| client.0.to_string())
        };
        let proxies = TrustedProxies::parse("10.0.0.1").unwrap();
        let router = Router::new().route("/", get(told)).layer(from_fn_with_state(proxies, identify));
        for (peer, expected) in [
            (Some("10.0.0.1:80"), "198.51.100.1"),
            (Some("203.0.113.7:80"), "203.0.113.7"),
            (Some("127.0.0.1:80"), "nobody"),
            (None, "nobody"),
        ] {
            let mut request = Request::get("/").header("x-forwarded-for", "198.51.100.1");
            if let Some(peer) = peer {
                request = request.extension(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
            }
            let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let client = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
            assert_eq!(client, expected, "{peer:?}");
        }
    }
}
