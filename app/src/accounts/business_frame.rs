//! The frame around every page of the signed-in house, and what all of them know of the viewer.
//!
//! The frame does not wait: the server provides the [`Viewer`] as context before it renders a page, and hands it to the
//! browser with the page. A `Suspense` around the pages would set each of them up twice on the server, and the two sides
//! would count their resources differently.

use domain::{
    accounts::{Role, Viewer, Waiting},
    money::Currency,
    problem::Code,
    sales::Preset,
    weight::WeightUnit,
};
use leptos::{prelude::*, server_fn::ServerFn, server_fn::codec::GetUrl};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use uuid::Uuid;

use super::{
    fresh::ask_again,
    own_path::{sign_in_address, with_search},
};
use crate::{
    error::AppError,
    live::{provide_changes, use_changes},
    ui::{Frame, FrameCounts, Icon, IconName},
};

/// Who looks, at which business, and what waits there.
#[server(prefix = "/api", endpoint = "viewer", input = GetUrl)]
pub async fn load_viewer() -> Result<Viewer, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::accounts::viewer::viewer(&caller.services, &caller.actor).await?)
}

/// Ends the session. Whoever has none is already where this leads.
#[server(prefix = "/api", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    let request = crate::server::request()?;
    let response = super::cookie::response()?;
    let visitor = super::cookie::visitor(&request);
    if let Some(token) = &request.token {
        services::accounts::session::sign_out(&request.services, token, &visitor).await?;
    }
    super::cookie::clear(&response, &request.services.settings.public_url)?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// What the frame tells its pages.
#[derive(Clone, Copy)]
struct KnownViewer(RwSignal<Option<Viewer>>);

/// The viewer, kept fresh. For pages within the frame.
pub fn use_viewer() -> Signal<Viewer> {
    let known = use_context::<KnownViewer>();
    Signal::derive(move || known.and_then(|known| known.0.get()).unwrap_or_else(nobody))
}

/// What is known of a viewer outside the frame.
fn nobody() -> Viewer {
    Viewer {
        member_id: Uuid::nil(),
        member_name: String::new(),
        business_name: String::new(),
        role: Role::Packer,
        currency: Currency::USD,
        weight_unit: WeightUnit::Oz,
        preset: Preset::default(),
        waiting: Waiting::default(),
        revision: 0,
    }
}

/// The frame. A visitor who is not signed in is sent to the page that lets people in, and back afterwards.
#[component]
pub fn BusinessFrame(children: ChildrenFn) -> impl IntoView {
    let first = SharedValue::new(use_context::<Viewer>).into_inner();
    // The server listens only to those who are signed in, so the frame is where listening begins. The viewer is read
    // before anything else of the page, so its revision is not newer than what the page shows.
    provide_changes(first.as_ref().map(|viewer| viewer.revision));
    let changes = use_changes();
    let location = use_location();
    let here = move || with_search(&location.pathname.get_untracked(), &location.search.get_untracked());
    #[cfg(feature = "ssr")]
    send_strangers_away(&here());

    let asks_at_once = first.is_none();
    let known = RwSignal::new(first);
    provide_context(KnownViewer(known));
    let navigate = use_navigate();
    let pathname = location.pathname;
    ask_again(
        asks_at_once,
        move || (changes.count(), pathname.get()),
        load_viewer,
        move |answer| match answer {
            Ok(viewer) => known.set(Some(viewer)),
            Err(AppError(problem)) if problem.code == Code::SignInNeeded => {
                navigate(&sign_in_address(&here()), NavigateOptions { replace: true, ..Default::default() });
            }
            // The network may be back with the next change; what is shown stays.
            Err(_) => {}
        },
    );

    let viewer = use_viewer();
    let is_known = Memo::new(move |_| known.with(Option::is_some));
    let counts = Signal::derive(move || {
        let waiting = viewer.get().waiting;
        FrameCounts { review: waiting.to_review, to_bill: waiting.to_bill, to_ship: waiting.to_ship }
    });
    let framed = move || {
        let children = children.clone();
        view! {
            <Frame
                business_name=Signal::derive(move || viewer.get().business_name)
                member=Signal::derive(move || viewer.get().member_id)
                member_name=Signal::derive(move || viewer.get().member_name)
                counts=counts
                sign_out=sign_out_form
            >
                {children()}
            </Frame>
        }
    };
    view! { {move || is_known.get().then(&framed)} }.into_any()
}

/// A plain form: the page is loaded anew after it, so nothing of the session stays in the browser's memory.
fn sign_out_form() -> impl IntoView {
    view! {
        <form method="post" action=SignOut::url()>
            <button type="submit">
                <Icon name=IconName::Leave />
                "Sign out"
            </button>
        </form>
    }
}

#[cfg(feature = "ssr")]
fn send_strangers_away(here: &str) {
    // There is no request while the routes are listed at the start.
    if crate::server::request().is_ok_and(|request| request.actor.is_none()) {
        super::cookie::send_to(&sign_in_address(here));
    }
}
