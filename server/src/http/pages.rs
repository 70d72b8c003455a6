//! The back office: pages rendered by Leptos, and the server functions they call.

use app::{App, server::Request as AppRequest, shell::shell};
use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{HeaderValue, Uri, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use leptos::prelude::{expect_context, provide_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list, render_route_with_context};
use url::form_urlencoded::byte_serialize;

use super::{AppState, forms};

/// Pages that anybody may see.
const OPEN_PAGES: [&str; 2] = ["/sign-in", "/register"];

/// One route for each page, and one for all server functions.
pub fn routes(state: &AppState) -> Router<AppState> {
    let pages = generate_route_list(App);
    let listed = pages.clone();
    Router::new()
        .route("/api/{*function}", any(server_function).layer(middleware::from_fn(forms::carry_back)))
        .leptos_routes_with_handler(
            pages,
            get(move |state: State<AppState>, extension: Extension<AppRequest>, request: Request| {
                page(listed.clone(), state, extension, request)
            }),
        )
        .fallback(not_found)
        .with_state(state.clone())
}

/// Runs a server function.
async fn server_function(Extension(asking): Extension<AppRequest>, request: Request) -> Response {
    let mut response =
        leptos_axum::handle_server_fns_with_context(move || provide_context(asking.clone()), request)
            .await
            .into_response();
    // What one member sees must not be kept for the next.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Renders a page, or sends a stranger to the door.
async fn page(
    listed: Vec<AxumRouteListing>,
    State(state): State<AppState>,
    Extension(asking): Extension<AppRequest>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    match (asking.actor.is_some(), OPEN_PAGES.contains(&path)) {
        (false, false) if state.demo.is_some() => return Redirect::to("/demo").into_response(),
        (false, false) => return Redirect::to(&sign_in(request.uri())).into_response(),
        (true, true) => return Redirect::to("/").into_response(),
        _ => {}
    }
    let returned = forms::returned(request.headers());
    let had_returned = returned.is_some();
    let options = state.leptos.clone();
    let context = move || {
        provide_context(asking.clone());
        if let Some(returned) = returned.clone() {
            provide_context(returned);
        }
    };
    let document = move || {
        set_content_policy();
        shell(options.clone())
    };
    let mut response = render_route_with_context(listed, context, document)(State(state), request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if had_returned {
        forms::forget(&mut response);
    }
    response
}

/// The way in, with the way back.
fn sign_in(wanted: &Uri) -> String {
    let wanted = wanted.path_and_query().map_or("/", |path| path.as_str());
    if wanted == "/" {
        return "/sign-in".into();
    }
    format!("/sign-in?next={}", byte_serialize(wanted.as_bytes()).collect::<String>())
}

/// Only scripts of this document and of this server run. While it is watched for changes, the page also listens to the
/// tool that watches.
fn set_content_policy() {
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    let watch = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws://127.0.0.1:* ws://localhost:*" } else { "" };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'{watch}; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        expect_context::<ResponseOptions>().insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// What is neither a page nor a file.
async fn not_found(State(state): State<AppState>) -> Response {
    super::pay::plain(&state, axum::http::StatusCode::NOT_FOUND, "Not found", None, app::invoices::pay::PageNotFound())
}
