//! The error of every server function.

#[cfg(feature = "ssr")]
use axum::http::StatusCode;
use domain::problem::{Code, Problem};
use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// A problem on its way from the server to a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppError(pub Problem);

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What the transport says is for the log; a person is told only whether it was the network or the server.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match error {
            ServerFnErrorErr::Request(_) => Code::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Code::Invalid,
            _ => Code::Internal,
        };
        AppError(code.into())
    }
}

impl From<Code> for AppError {
    fn from(code: Code) -> Self {
        AppError(code.into())
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::error::Error for AppError {}

#[cfg(feature = "ssr")]
impl From<services::Error> for AppError {
    /// Faults go to the log here, once, wherever they came from.
    fn from(error: services::Error) -> Self {
        if error.is_fault() {
            tracing::error!(%error, "a request failed");
        }
        AppError(error.problem())
    }
}

/// The HTTP status of a problem.
#[cfg(feature = "ssr")]
pub fn status(code: Code) -> StatusCode {
    match code {
        Code::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Code::SignInNeeded | Code::WrongCredentials => StatusCode::UNAUTHORIZED,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::NotAllowed | Code::CrossOrigin => StatusCode::FORBIDDEN,
        Code::WrongState
        | Code::PaymentOnItsWay
        | Code::PaymentUnclear
        | Code::AmountTooSmall
        | Code::AmountTooLarge
        | Code::NotConnected => StatusCode::CONFLICT,
        Code::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Code::ProviderRefused => StatusCode::BAD_REQUEST,
        // The last is told by browsers alone, of servers that they did not reach.
        Code::Busy
        | Code::ProviderUnavailable
        | Code::CannotTakePayments
        | Code::PaymentNotStarted
        | Code::Offline => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Gives the page that is being rendered the status of a problem.
#[cfg(feature = "ssr")]
pub fn answer_with(code: Code) {
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(status(code));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_network_is_told_from_what_the_server_says() {
        let code = |error| AppError::from_server_fn_error(error).0.code;
        let words = || "Failed to fetch".to_owned();
        assert_eq!(code(ServerFnErrorErr::Request(words())), Code::Offline);
        assert_eq!(code(ServerFnErrorErr::Args(words())), Code::Invalid);
        assert_eq!(code(ServerFnErrorErr::MissingArg(words())), Code::Invalid);
        assert_eq!(code(ServerFnErrorErr::Response(words())), Code::Internal);
        assert_eq!(code(ServerFnErrorErr::Deserialization(words())), Code::Internal);
        assert!(Code::Offline.message().contains("You're offline"));
        assert!(!Code::ProviderUnavailable.message().contains("offline"));
    }
}
