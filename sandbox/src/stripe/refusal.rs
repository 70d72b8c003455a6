//! How Stripe says no: `{"error":{"type","code","message","param"}}` under a fitting status.

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
}

impl Refusal {
    /// 400 `invalid_request_error`: the request cannot be done as it is.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "invalid_request_error",
            code: None,
            message: message.into(),
            param: None,
        }
    }

    /// 400: a parameter must be there and is not.
    pub fn missing(param: &str) -> Self {
        Self::invalid(format!("Missing required param: {param}.")).with_code("parameter_missing").about(param)
    }

    /// 401: no key, or not a test key.
    pub fn unauthorized(message: &str) -> Self {
        Self::invalid(message).with_status(StatusCode::UNAUTHORIZED)
    }

    /// 404: no such object in this account.
    pub fn not_found(object: &str, id: &str) -> Self {
        Self::invalid(format!("No such {object}: '{id}'"))
            .with_status(StatusCode::NOT_FOUND)
            .with_code("resource_missing")
            .about("id")
    }

    /// 400 `idempotency_error`: the key was used before, for another request.
    pub fn idempotency() -> Self {
        let message = "Keys for idempotent requests can only be used with the same parameters they were \
                       first used with.";
        Self { kind: "idempotency_error", ..Self::invalid(message) }
    }

    /// The failure a fault was ordered for.
    pub fn ordered(status: StatusCode) -> Self {
        let refusal = Self::invalid("The sandbox was told to fail here.").with_status(status);
        match status.as_u16() {
            402 => Self { kind: "card_error", code: Some("card_declined"), ..refusal },
            429 => refusal.with_code("rate_limit"),
            400..=499 => refusal,
            _ => Self { kind: "api_error", ..refusal },
        }
    }

    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub fn with_code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// Names the parameter at fault, in Stripe's bracket notation.
    pub fn about(self, param: &str) -> Self {
        Self { param: Some(param.to_owned()), ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = json!({ "error": {
            "type": self.kind,
            "code": self.code,
            "message": self.message,
            "param": self.param,
        }});
        let mut response = (self.status, Json(error)).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("0"));
        }
        response
    }
}
