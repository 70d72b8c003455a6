//! What server functions know of the request they answer.

use std::net::IpAddr;

use domain::problem::Code;
use leptos::prelude::use_context;
use services::{Services, accounts::Actor};
use uuid::Uuid;

use crate::error::AppError;

/// Where a request comes from: the other end of the connection, or the client that a trusted proxy names. Stands in the
/// extensions of every request that came over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The address of the connection where the client is not known: this machine's own, or that of a proxy that the settings do
/// not name, or of somebody who poses as one. Many people may share it, so it may bound totals but never lock anybody out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub IpAddr);

/// What the server provides as context for every page and server function.
#[derive(Clone)]
pub struct Request {
    pub services: Services,
    /// Who asks, if anybody is signed in.
    pub actor: Option<Actor>,
    /// The session's token, for signing out.
    pub token: Option<String>,
    /// Where it comes from, if that is known.
    pub client: Option<IpAddr>,
    /// Through whom it comes, if not from where; both are nothing for a request that came over no connection, as in tests.
    pub peer: Option<IpAddr>,
}

/// Somebody who is signed in.
pub struct Caller {
    pub services: Services,
    pub actor: Actor,
}

/// The request. Call it before the first `.await`: the context may be gone after it.
pub fn request() -> Result<Request, AppError> {
    use_context::<Request>().ok_or_else(|| AppError::from(Code::Internal))
}

/// Who asks; the first line of every server function but those that let people in. Call it before the first `.await`.
pub fn signed_in() -> Result<Caller, AppError> {
    let Request { services, actor, .. } = request()?;
    let actor = actor.ok_or_else(|| AppError::from(Code::SignInNeeded))?;
    Ok(Caller { services, actor })
}

/// Whether a browser without JavaScript sent the form: it goes to another page, which must then tell what was done. Call it
/// before the first `.await`.
pub fn is_plain_form() -> bool {
    use axum::http::{header::ACCEPT, request::Parts};

    use_context::<Parts>()
        .and_then(|request| Some(request.headers.get(ACCEPT)?.to_str().ok()?.contains("text/html")))
        .unwrap_or(false)
}

/// An id from a form or an address. What is no id is not found.
pub fn id(text: &str) -> Result<Uuid, AppError> {
    Uuid::parse_str(text).map_err(|_| Code::NotFound.into())
}
