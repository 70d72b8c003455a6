//! Routes and what surrounds them.

mod answers;
mod assets;
mod bodies;
mod clicks;
mod client;
mod demo;
mod errors;
mod files;
mod forms;
mod functions;
mod guard;
mod health;
mod hosts;
mod incoming;
mod live;
mod observe;
mod pages;
mod pay;
mod pictures;
mod queries;
mod session;
mod transfer;
mod uploads;
mod webhooks;

use std::sync::Arc;

use axum::{
    Router,
    extract::FromRef,
    middleware::{from_fn, from_fn_with_state, map_response},
};
use leptos::prelude::LeptosOptions;
use services::{Services, places::Places};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer};

pub use demo::Demo;
pub use incoming::Incoming;
pub use observe::REQUEST_ID;

use crate::{config::Config, limits::Limits, stop::Stop};
use bodies::{FORM_PROGRESS, PLACE_PROGRESS, Patience, answer_after_body, be_patient};

/// The largest request that is no file. A paste of 5 MB in a script of three bytes a letter is three times as large in a
/// form.
const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// What every handler may need.
#[derive(Clone)]
pub struct AppState {
    pub services: Services,
    pub leptos: LeptosOptions,
    pub demo: Option<Demo>,
    limits: Limits,
    stop: Stop,
    /// Where files lie that are on their way in.
    incoming: Incoming,
    /// Open screens, by member.
    listeners: Places,
    /// Forms with files, by business and in all.
    uploads: Places,
    /// Bodies of forms that are held in memory, by business and in all, in KiB.
    large_bodies: Places,
    /// Events from gateways while they are taken in, by account.
    events: Places,
    /// Where forms of buyers' pages may lead, as the content policy writes it.
    gateways: Arc<str>,
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
pub fn router(
    config: &Config,
    services: Services,
    demo: Option<Demo>,
    limits: &Limits,
    stop: &Stop,
) -> Router {
    let leptos = LeptosOptions::builder()
        .output_name("selltrac")
        .site_root(config.site_root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(config.address)
        .hash_files(assets::are_hashed())
        .build();
    let state = AppState {
        services: services.clone(),
        leptos,
        demo,
        limits: limits.clone(),
        stop: stop.clone(),
        incoming: Incoming::below(&config.data),
        listeners: Places::new(limits.listeners),
        uploads: Places::new(limits.uploads),
        large_bodies: Places::new(limits.large_bodies),
        events: Places::new(limits.events).with_patience(limits.event_turn),
        gateways: pay::gateways(&config.stripe.url).into(),
    };
    let patience = |progress, whole| {
        from_fn_with_state(Patience { piece: limits.body_piece, progress, whole }, be_patient)
    };
    // Forms with files have bounds of their own.
    let uploads =
        pictures::uploads().merge(transfer::uploads()).layer(patience(PLACE_PROGRESS, limits.upload));
    Router::new()
        .merge(pages::routes(&state))
        .merge(functions::routes())
        .merge(pay::routes())
        .merge(files::routes())
        .merge(transfer::downloads())
        .merge(live::routes())
        .merge(demo::routes())
        .merge(webhooks::routes())
        .merge(assets::routes(&config.site_root))
        .merge(pictures::routes())
        .layer(RequestBodyLimitLayer::new(MAX_REQUEST_BYTES))
        .layer(patience(FORM_PROGRESS, limits.body))
        .merge(uploads)
        .layer(from_fn_with_state(state.clone(), session::find))
        .layer(from_fn_with_state(state.clone(), guard::same_origin))
        .layer(from_fn_with_state(state.clone(), hosts::known_host))
        .layer(from_fn(queries::bounded))
        .layer(CatchPanicLayer::custom(observe::broke))
        .layer(from_fn_with_state(state.clone(), errors::explain))
        // What the layers within refuse is protected and explained as well, so these come around them.
        .layer(from_fn_with_state(state.clone(), guard::security_headers))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(client::Clients::new(config, limits), client::identify))
        .layer(map_response(errors::say_when_to_retry))
        .layer(from_fn_with_state(limits.body_piece, answer_after_body))
        .layer(from_fn(observe::observe))
        .with_state(state)
        .merge(health::routes(services, stop.clone()))
}
