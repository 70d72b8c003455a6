//! What happens around every request to a provider's API: it is logged, and a fault ordered for it happens.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::connection::CloseWithoutAnswer;
use crate::context::Context;
use crate::faults::Fault;
use crate::state::Call;

/// What the interceptor must know of a provider.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    pub name: &'static str,
    /// Names the operation behind a method and a path (the path as the provider's own router sees it).
    pub operation: fn(&Method, &str) -> &'static str,
    /// An answer with this status, in the provider's way of telling errors.
    pub failure: fn(StatusCode) -> Response,
    /// Makes the amounts in an answer 1.00 too high.
    pub raise_amounts: fn(&mut Value),
}

/// An answer is never larger than this; it is read back only to falsify an amount in it.
const LARGEST_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// The middleware itself.
pub async fn intercept(
    State((context, provider)): State<(Context, Provider)>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let operation = (provider.operation)(request.method(), request.uri().path());
    let call = Call {
        provider: provider.name,
        operation,
        method: request.method().to_string(),
        path: uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string),
        idempotency_key: request
            .headers()
            .get("idempotency-key")
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        at: context.now(),
    };
    let fault = context.change_unsaved(|state| {
        state.log_call(call);
        state.take_fault(provider.name, operation)
    });
    if let Some(Fault::Status { status }) = fault {
        return (provider.failure)(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }

    let response = next.run(request).await;
    match fault {
        None | Some(Fault::Status { .. } | Fault::Duplicate) => response,
        Some(Fault::DelayMs { delay_ms }) => {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
            response
        }
        Some(Fault::DropAfterCommit) => {
            let mut response = response;
            response.extensions_mut().insert(CloseWithoutAnswer);
            response
        }
        Some(Fault::Nonsense) => {
            let page = "<html><body>The page you are looking for is temporarily unavailable.</body></html>";
            ([(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
        Some(Fault::WrongAmount) => falsify(response, provider.raise_amounts).await,
    }
}

async fn falsify(response: Response, raise_amounts: fn(&mut Value)) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_ANSWER_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let body = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut answer) => {
            raise_amounts(&mut answer);
            Body::from(answer.to_string())
        }
        Err(_) => Body::from(bytes),
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body)
}
