//! The back office: pages rendered by Leptos.

use app::{App, server::Request as AppRequest, shell::shell};
use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::problem::Code;
use leptos::prelude::{expect_context, provide_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context};
use services::accounts::viewer::viewer;
use url::form_urlencoded::byte_serialize;

use super::{
    AppState,
    answers::{self, SMALL_BYTES},
    errors::busy,
    forms,
};

/// Pages that anybody may see.
const OPEN_PAGES: [&str; 2] = ["/sign-in", "/register"];
/// What the framework writes into an address to tell a page what failed. Here a cookie does that, so whoever sends
/// somebody an address with such words in it wants to put them on the page.
const ERROR_WORDS: [&str; 2] = ["__path", "__err"];

/// One route for each page.
pub fn routes(state: &AppState) -> Router<AppState> {
    let pages = generate_route_list(App);
    Router::new().leptos_routes_with_handler(pages, get(page)).fallback(not_found).with_state(state.clone())
}

/// Renders a page, or sends a stranger to the door.
async fn page(
    State(state): State<AppState>,
    Extension(asking): Extension<AppRequest>,
    request: Request,
) -> Response {
    if let Some(bare) = without_error_words(request.uri()) {
        return Redirect::to(&bare).into_response();
    }
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
    let business_id = asking.actor.as_ref().map(|actor| actor.business_id);
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
    let response = render_app_async_with_context(context, document)(request).await;
    let places = |bytes| state.services.places.for_answer(bytes);
    let mut response = match business_id {
        Some(business_id) => match answers::with_place(places, business_id, response, SMALL_BYTES).await {
            Ok(response) => response,
            Err(Code::Busy) => return busy(),
            Err(_) => return (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal.message()).into_response(),
        },
        // What a stranger is shown is small.
        None => response,
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if had_returned {
        forms::forget(&mut response, &public_url);
    }
    response
}

/// The address without an error in it, if there is one.
fn without_error_words(uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    // Names may be percent-encoded, so they are looked for after they were read.
    let is_there =
        url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| ERROR_WORDS.contains(&name.as_ref()));
    if !is_there {
        return None;
    }
    // A path that began with two slashes would lead to another host.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let base = url::Url::parse("http://localhost").ok()?;
    let mut url = base.join(&path).ok()?;
    url.set_query(Some(query));
    Some(forms::without_error(url))
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
