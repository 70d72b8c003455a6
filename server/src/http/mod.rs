//! Routes and what surrounds them.

mod assets;
mod demo;
mod errors;
mod files;
mod forms;
mod guard;
mod live;
mod pages;
mod pay;
mod pictures;
mod session;
mod transfer;
mod webhooks;

use axum::{Router, extract::FromRef, middleware};
use leptos::prelude::LeptosOptions;
use services::Services;
use tower_http::{compression::CompressionLayer, limit::RequestBodyLimitLayer};

pub use demo::Demo;

use crate::config::Config;

/// The largest request. A paste of 5 MB in a script of three bytes a letter is three times as large in a form.
const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// What every handler may need.
#[derive(Clone)]
pub struct AppState {
    pub services: Services,
    pub leptos: LeptosOptions,
    pub demo: Option<Demo>,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Services {
    fn from_ref(state: &AppState) -> Self {
        state.services.clone()
    }
}

/// All routes. Each feature sets up its own.
pub fn router(config: &Config, services: Services, demo: Option<Demo>) -> Router {
    let leptos = LeptosOptions::builder()
        .output_name("selltrac")
        .site_root(config.site_root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(config.address)
        .hash_files(assets::are_hashed())
        .build();
    let state = AppState { services, leptos, demo };
    Router::new()
        .merge(pages::routes(&state))
        .merge(pay::routes())
        .merge(files::routes())
        .merge(transfer::downloads())
        .merge(live::routes())
        .merge(demo::routes())
        .merge(webhooks::routes())
        .merge(assets::routes(&config.site_root))
        .merge(pictures::routes())
        .layer(RequestBodyLimitLayer::new(MAX_REQUEST_BYTES))
        // Forms with files have bounds of their own.
        .merge(pictures::uploads())
        .merge(transfer::uploads())
        .layer(middleware::from_fn_with_state(state.clone(), session::find))
        .layer(middleware::from_fn_with_state(state.clone(), guard::same_origin))
        .layer(middleware::from_fn_with_state(state.clone(), errors::explain))
        // What the layers within refuse is protected and explained as well, so these come around them.
        .layer(middleware::from_fn(guard::security_headers))
        .layer(CompressionLayer::new())
        .with_state(state)
}
