//! Buyers' pages: plain HTML, nothing that runs.

use std::sync::Arc;

use app::{
    invoices::pay::{PayNotFound, PayPage},
    privacy::PrivacyPage,
    shell::plain_document,
};
use axum::{
    Extension, Router,
    extract::{Path, RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{payments::Gateway, problem::Code};
use leptos::prelude::*;
use services::{invoices::pay_page, payments::pay};
use url::Url;

use super::{
    AppState,
    answers::{self, SMALL_BYTES},
    clicks::Clicks,
    errors::busy,
};

/// Where Stripe's interface and its pages are. A seller may have a name of their own for the pages.
const STRIPE_API: &str = "api.stripe.com";
const STRIPE_PAGES: &str = "https://checkout.stripe.com";

/// Presses of a button on one buyer's page within a minute.
const MOST_CLICKS_A_MINUTE: u32 = 10;
/// A link is never longer; what is longer leads nowhere and is not counted.
const LONGEST_TOKEN: usize = 64;
/// How soon a page that waits for the gateway's word is loaded again, in seconds.
const REFRESH_SECONDS: u32 = 3;

/// What a buyer's page may be asked in its address. Links are mangled on their way, so what is not understood is passed
/// over.
struct PayQuery {
    /// Whether the buyer comes back from the gateway's page.
    comes_back: bool,
    /// Why the last try did not work.
    problem: Option<Code>,
}

impl PayQuery {
    fn read(query: &str) -> Self {
        let value = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        PayQuery {
            comes_back: value("session").is_some(),
            problem: value("problem").and_then(|word| serde_json::from_value(word.into()).ok()),
        }
    }
}

/// Where gateways' pages are, for the content policy: at the vendors, and where the settings say that a stand-in is.
pub fn gateways(stripe: &Url) -> String {
    if stripe.host_str() == Some(STRIPE_API) {
        return STRIPE_PAGES.into();
    }
    format!("{STRIPE_PAGES} {}", stripe.origin().ascii_serialization())
}

/// Whether forms may lead to an address: whether its origin is in the list.
fn may_lead_to(gateways: &str, address: &str) -> bool {
    let origin = Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    gateways.split(' ').any(|gateway| gateway == origin)
}

/// The pages of buyers and visitors.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/pay/{token}", get(show))
        .route(
            "/pay/{token}/{gateway}",
            post(start).layer(Extension(Arc::new(Clicks::new(MOST_CLICKS_A_MINUTE)))),
        )
        .route("/privacy", get(privacy))
}

/// A document that runs nothing. Its forms lead to the gateways' pages, so the content policy lets them.
pub fn plain(
    state: &AppState,
    status: StatusCode,
    title: &str,
    refresh: Option<u32>,
    page: impl IntoView,
) -> Response {
    let owner = Owner::new();
    let html = owner.with(|| plain_document(state.leptos.clone(), title.to_owned(), refresh, page));
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; manifest-src 'self'; \
         connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {}",
        state.gateways
    );
    let mut response = (status, Html(html)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    page(&state, &token, PayQuery::read(&query.unwrap_or_default()), StatusCode::OK).await
}

async fn page(state: &AppState, token: &str, query: PayQuery, status: StatusCode) -> Response {
    match pay_page::view(&state.services, token).await {
        Ok(mut view) => {
            // A page that was opened and left is not being confirmed; one from which the buyer comes back is.
            view.confirming = view.confirming && query.comes_back;
            let refresh = view.confirming.then_some(REFRESH_SECONDS);
            let title = format!("{} · {}", view.number, view.business_name);
            let business_id = view.business_id;
            let owner = Owner::new();
            let page = owner.with(|| {
                plain(state, status, &title, refresh, view! { <PayPage view=view notice=query.problem /> })
            });
            let places = &state.services.places.buyers_pages;
            let page = answers::with_place(|_| places, business_id, page, SMALL_BYTES).await;
            page.unwrap_or_else(|_| busy())
        }
        Err(error) if error.problem().code == Code::NotFound => {
            plain(state, StatusCode::NOT_FOUND, "Not found", None, PayNotFound())
        }
        Err(error) => {
            tracing::error!(%error, "a buyer's page failed");
            (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal.message()).into_response()
        }
    }
}

/// The buyer's click: to the gateway's page, or back with a reason.
async fn start(
    State(state): State<AppState>,
    Extension(clicks): Extension<Arc<Clicks>>,
    Path((token, gateway)): Path<(String, String)>,
) -> Response {
    let gateway = Gateway::parse(&gateway).filter(|_| token.len() <= LONGEST_TOKEN);
    let Some(gateway) = gateway else {
        return plain(&state, StatusCode::NOT_FOUND, "Not found", None, PayNotFound());
    };
    let too_many = || PayQuery { comes_back: false, problem: Some(Code::TooMany) };
    if !clicks.count(&token, state.services.now()) {
        return page(&state, &token, too_many(), StatusCode::TOO_MANY_REQUESTS).await;
    }
    match pay::start(&state.services, &token, gateway).await {
        Ok(url) if may_lead_to(&state.gateways, &url) => Redirect::to(&url).into_response(),
        // The content policy stops a form that leads elsewhere, for instance to a seller's own name for Stripe's page. A
        // link is not stopped.
        Ok(url) => {
            let owner = Owner::new();
            owner.with(|| plain(&state, StatusCode::OK, "On to the payment", None, go_on(url)))
        }
        Err(error) => {
            let code = error.problem().code;
            if code == Code::NotFound {
                return plain(&state, StatusCode::NOT_FOUND, "Not found", None, PayNotFound());
            }
            if code == Code::TooMany {
                return page(&state, &token, too_many(), StatusCode::TOO_MANY_REQUESTS).await;
            }
            tracing::warn!(%error, "a payment could not be started");
            let word = serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned));
            Redirect::to(&format!("/pay/{token}?problem={}", word.unwrap_or_default())).into_response()
        }
    }
}

fn go_on(url: String) -> impl IntoView {
    view! {
        <main class="pay">
            <h1>"On to the payment"</h1>
            <p>"The page for the payment is ready."</p>
            <p>
                <a href=url>"Go on to the payment"</a>
            </p>
        </main>
    }
}

async fn privacy(State(state): State<AppState>) -> Response {
    plain(&state, StatusCode::OK, "Privacy · SellTrac", None, PrivacyPage())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_lead_to_gateways_alone() {
        let gateways = |url: &str| gateways(&url.parse().unwrap());
        assert_eq!(gateways("https://api.stripe.com"), "https://checkout.stripe.com");
        let stand_in = gateways("http://127.0.0.1:4000/stripe");
        assert_eq!(stand_in, "https://checkout.stripe.com http://127.0.0.1:4000");
        assert!(may_lead_to(&stand_in, "https://checkout.stripe.com/c/pay/cs_1"));
        assert!(may_lead_to(&stand_in, "http://127.0.0.1:4000/stripe/checkout/cs_1"));
        for elsewhere in
            ["https://pay.shop.example/c/pay/cs_1", "https://checkout.stripe.com.evil.example/", "nonsense"]
        {
            assert!(!may_lead_to(&stand_in, elsewhere), "{elsewhere}");
        }
    }
}
