//! The back office: pages rendered by Leptos, and the server functions they call.

use app::{
    App,
    error::{AppError, status},
    server::Request as AppRequest,
    shell::shell,
};
use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use domain::problem::Code;
use leptos::prelude::{expect_context, provide_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context};
use services::accounts::viewer::viewer;
use url::form_urlencoded::byte_serialize;

use super::{AppState, MAX_REQUEST_BYTES, forms};

/// Pages that anybody may see.
const OPEN_PAGES: [&str; 2] = ["/sign-in", "/register"];

/// A problem is a code and a few fields.
const MAX_PROBLEM_BYTES: usize = 64 * 1024;

/// One route for each page, and one for all server functions.
pub fn routes(state: &AppState) -> Router<AppState> {
    let pages = generate_route_list(App);
    let carry_back = middleware::from_fn_with_state(state.clone(), forms::carry_back);
    Router::new()
        .route(
            "/api/{*function}",
            // The request's size is bounded for all routes; axum's own, lower bound would refuse large pastes.
            any(server_function).layer((DefaultBodyLimit::disable(), carry_back)),
        )
        .leptos_routes_with_handler(pages, get(page))
        .fallback(not_found)
        .with_state(state.clone())
}

/// Runs a server function. What failed is answered with the status of its code.
async fn server_function(Extension(asking): Extension<AppRequest>, request: Request) -> Response {
    let methods: Vec<Method> = leptos::server_fn::axum::server_fn_paths()
        .filter(|(path, _)| *path == request.uri().path())
        .map(|(_, method)| method)
        .collect();
    if methods.is_empty() {
        return (StatusCode::NOT_FOUND, Code::NotFound.message()).into_response();
    }
    if !methods.contains(request.method()) {
        let allowed = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allowed)]).into_response();
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_REQUEST_BYTES).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, axum::Json(AppError::from(Code::TooLarge))).into_response();
    };
    let request = Request::from_parts(parts, Body::from(body));
    let response =
        leptos_axum::handle_server_fns_with_context(move || provide_context(asking.clone()), request)
            .await
            .into_response();
    let mut response = with_status_of_problem(response).await;
    // What one member sees must not be kept for the next.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Leptos answers every error with 500; a form that needs another look is not the server's fault.
async fn with_status_of_problem(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_PROBLEM_BYTES).await else { return parts.status.into_response() };
    if let Ok(AppError(problem)) = serde_json::from_slice(&body) {
        parts.status = status(problem.code);
    }
    Response::from_parts(parts, Body::from(body))
}

/// Renders a page, or sends a stranger to the door.
async fn page(
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
    // The frame shows the viewer around every page, so the viewer is known before the page is begun.
    let viewer = match &asking.actor {
        Some(actor) => match viewer(&state.services, actor).await {
            Ok(viewer) => Some(viewer),
            Err(error) => {
                tracing::error!(%error, "a page failed");
                return (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal.message()).into_response();
            }
        },
        None => None,
    };
    let public_url = asking.services.settings.public_url.clone();
    let returned = forms::returned(request.headers(), &public_url);
    let had_returned = returned.is_some();
    let options = state.leptos.clone();
    let context = move || {
        provide_context(asking.clone());
        if let Some(viewer) = viewer.clone() {
            provide_context(viewer);
        }
        if let Some(returned) = returned.clone() {
            provide_context(returned);
        }
    };
    let document = move || {
        set_content_policy();
        shell(options.clone())
    };
    // Every page is rendered whole (`SsrMode::Async`), so which one it is need not be found out first.
    let mut response = render_app_async_with_context(context, document)(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if had_returned {
        forms::forget(&mut response, &public_url);
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
    let watch =
        if std::env::var_os("LEPTOS_WATCH").is_some() { " ws://127.0.0.1:* ws://localhost:*" } else { "" };
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
    super::pay::plain(&state, StatusCode::NOT_FOUND, "Not found", None, app::invoices::pay::PageNotFound())
}
