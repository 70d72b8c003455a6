//! Connections: how many there may be, and how long each may keep the server waiting.
//!
//! The framework's own loop sets no time-out and no bound at all. A place of a connection belongs to the task that serves
//! it, so it is free when the connection is closed and not before.

mod ending;
mod kept;
mod open;
mod patient;
mod peers;

use std::{
    convert::Infallible,
    future::pending,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::Service;

pub use ending::Stopping;
pub use kept::Kept;
pub use open::Asks;
pub use peers::{Peer, PeerPlaces, TrustedProxies};

use crate::{limits::Limits, stop::Stop};
use ending::Ending;
use open::{Noted, Open};
use patient::Patient;

/// The largest head of a request in bytes. An order of many tags travels in an address, so it is larger than others have.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The most bytes of a connection that are read ahead of what a handler has taken.
const MAX_BUFFER_BYTES: usize = 128 * 1024;
/// What the system keeps of an answer that is not read yet, in bytes. Left to itself it grows to megabytes, and whether a
/// slow reader reads at all could not be told for minutes.
const SEND_BUFFER_BYTES: usize = 256 * 1024;
/// How long no connection is taken after the system had none to give, for instance for want of file descriptors.
const REST_AFTER_FAULT: Duration = Duration::from_millis(500);

/// Serves until it is told to stop; then requests under way are answered, for as long as the limits allow. What is slow is
/// waited for only a little longer: a stranger must not keep a server from beginning again.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: TrustedProxies,
    stop: Stop,
) {
    let mut open = Open::new(limits.connections, limits.wait_of_shared_addresses);
    let peers = PeerPlaces::new(&limits);
    let limits = Arc::new(limits);
    let mut served = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(ended) = served.join_next(), if !served.is_empty() => {
                note_panic(ended);
                continue;
            }
            () = stop.told() => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                rest_after(&error).await;
                continue;
            }
        };
        let is_proxy = proxies.trusts(address.ip());
        let peer = Peer::of(address.ip()).filter(|_| !is_proxy);
        // Whoever has too many already is not worth an answer.
        let Ok(peer_place) = peer.map(|peer| peers.take(peer)).transpose() else { continue };
        let place = tokio::select! {
            place = open.place(peer) => place,
            () = stop.told() => break,
        };
        let Some(place) = place else { continue };
        let head = if is_proxy { limits.head_of_a_proxy } else { limits.head };
        let noted = open.note(peer);
        let connection =
            connection(stream, address, router.clone(), head, limits.clone(), stop.clone(), noted);
        served.spawn(async move {
            connection.await;
            drop((place, peer_place));
        });
    }
    // Nobody new is kept waiting for a server that goes.
    drop(listener);
    let ended = timeout(limits.stopping, async {
        while let Some(ended) = served.join_next().await {
            note_panic(ended);
        }
    });
    if ended.await.is_err() {
        tracing::warn!(requests = served.len(), "requests that took too long were cut off");
        served.shutdown().await;
    }
}

fn note_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection broke");
    }
}

/// A connection that broke before it was taken is nobody's affair; a system that has none to give needs a moment.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "no connection can be taken");
        sleep(REST_AFTER_FAULT).await;
    }
}

/// Answers one connection's requests. What goes wrong on it is the other side's affair.
async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    head: Duration,
    limits: Arc<Limits>,
    stop: Stop,
    noted: Noted,
) {
    let last_wait = limits.last_wait;
    // Small answers go at once; without it a page's last piece waits for the other side's word.
    let _ = stream.set_nodelay(true);
    let _ = socket2::SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES);
    let has_asked = AtomicBool::new(false);
    let service = service_fn(|mut request: hyper::Request<Incoming>| {
        has_asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(address));
        let under_way = noted.request();
        request.extensions_mut().insert(under_way.asks());
        // A router is always ready.
        let ending = |body: Incoming| Body::new(Ending::new(Body::new(body), stop.clone(), last_wait));
        let answer = router.clone().call(request.map(ending));
        async move { Ok::<_, Infallible>(answer.await?.map(|body| Kept::new(body, under_way))) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(MAX_BUFFER_BYTES);
    let stream = TokioIo::new(Patient::new(stream, limits.unread_answer, stop.clone(), last_wait));
    let mut connection = pin!(builder.serve_connection(stream, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.told() => {
            // One that idles is closed at once, one that works is closed after its answer.
            connection.as_mut().graceful_shutdown();
            // Half of a first head counts as work, and would be waited for as long as at any other time.
            let has_not_asked = async {
                sleep(last_wait).await;
                if has_asked.load(Ordering::Relaxed) {
                    pending::<()>().await;
                }
            };
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = has_not_asked => return,
            }
        }
        // Whether it reads what it was sent is not waited for: somebody else needs the place.
        () = noted.must_close() => return,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
