//! How EasyPost says no: `{"error":{"code","message","errors":[{"field","message"}]}}`; and its API key.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::context::Context;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    errors: Vec<FieldError>,
}

/// One field that is not good, named with dots: `to_address.zip`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), errors: Vec::new() }
    }

    /// 422 with the fields at fault.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let refusal = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "PARAMETER.REQUIRED",
            "Missing or invalid parameter.",
        );
        Self { errors, ..refusal }
    }

    /// 422 for a reason that lies in the object and not in the request.
    pub fn unprocessable(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// 404: no such object in this account.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource could not be found.")
    }

    /// 400: not JSON, or JSON of another shape.
    pub fn malformed(reason: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "BAD_REQUEST",
            format!("The request body cannot be read: {reason}"),
        )
    }

    /// The failure a fault was ordered for.
    pub fn ordered(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            402 => "PAYMENT_REQUIRED",
            401 => "APIKEY.INVALID",
            403 => "APIKEY.FORBIDDEN",
            404 => "NOT_FOUND",
            429 => "RATE_LIMITED",
            500.. => "INTERNAL_SERVER_ERROR",
            _ => "BAD_REQUEST",
        };
        Self::new(status, code, "The sandbox was told to fail here.")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = json!({ "error": { "code": self.code, "message": self.message, "errors": self.errors } });
        (self.status, Json(error)).into_response()
    }
}

/// The account behind the request's key, by its fingerprint. Only test keys (`EZTK…`) are taken.
#[derive(Debug, Clone)]
pub struct Caller {
    pub account: String,
}

impl FromRequestParts<Context> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
        crate::authorization::api_key(&parts.headers)
            .filter(|key| key.starts_with("EZTK"))
            .and_then(|key| context.read(|state| state.easypost.keys.account(&key)))
            .map(|account| Caller { account })
            .ok_or_else(|| {
                Refusal::new(
                    StatusCode::UNAUTHORIZED,
                    "APIKEY.INVALID",
                    "The sandbox takes test API keys only that were not replaced, as Bearer or as the user of Basic.",
                )
            })
    }
}
