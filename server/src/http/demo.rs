//! The door of a demo: one button, no password.

use app::{accounts::cookie, demo::DemoPage};
use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{accounts::SignInForm, problem::Code};
use leptos::prelude::*;
use services::accounts::session::{SignedIn, Visitor, sign_in};

use super::AppState;

/// What a demo knows: whom to sign in, and where its sandbox is.
#[derive(Clone)]
pub struct Demo {
    pub email: &'static str,
    pub password: &'static str,
    pub sandbox_url: String,
}

/// The demo's door; elsewhere there is nothing behind these addresses.
pub fn routes() -> Router<AppState> {
    Router::new().route("/demo", get(door)).route("/demo/enter", post(enter))
}

async fn door(State(state): State<AppState>) -> Response {
    match &state.demo {
        Some(demo) => {
            let owner = Owner::new();
            owner.with(|| {
                let page = view! { <DemoPage sandbox_url=demo.sandbox_url.clone() /> };
                super::pay::plain(&state, StatusCode::OK, "SellTrac demo", None, page)
            })
        }
        None => Redirect::to("/").into_response(),
    }
}

async fn enter(State(state): State<AppState>) -> Response {
    let Some(demo) = &state.demo else { return StatusCode::NOT_FOUND.into_response() };
    let form = SignInForm { email: demo.email.into(), password: demo.password.into() };
    let session = match sign_in(&state.services, &form, &Visitor::default()).await {
        Ok(SignedIn { session, .. }) => session,
        Err(error) => {
            tracing::error!(%error, "the demo's owner cannot sign in");
            return (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal.message()).into_response();
        }
    };
    let mut response = Redirect::to("/").into_response();
    if let Ok(value) =
        HeaderValue::from_str(&cookie::session_header(&state.services.settings.public_url, &session))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
