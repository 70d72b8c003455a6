//! The page on which a buyer pays, or is declined, and a list of all sessions.

use std::fmt::Write;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::objects::{Charge, Expand, Intent, Session, Status};
use super::sessions::expire_due;
use super::webhooks;
use crate::context::Context;
use crate::page::{Escaped, money, page};

/// The list shows this many of the newest.
const SHOWN: usize = 200;

#[derive(Debug, Deserialize)]
pub struct ShowQuery {
    /// Present after a card was declined.
    declined: Option<String>,
}

/// `GET /stripe/checkout/{id}`.
pub async fn show(
    State(context): State<Context>,
    Path(id): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Response {
    expire_due(&context);
    match find(&context, &id) {
        Some(session) => session_page(&session, query.declined.is_some()),
        None => unknown(),
    }
}

/// `POST /stripe/checkout/{id}/pay`. Paying twice takes money once.
pub async fn pay(State(context): State<Context>, Path(id): Path<String>) -> Response {
    expire_due(&context);
    let now = context.now();
    let url = context.url();
    let paid = context.change(|state| {
        let position = state.stripe.sessions.iter().position(|session| session.id == id)?;
        if state.stripe.sessions.get(position)?.status != Status::Open {
            return None;
        }
        let (intent_id, charge_id, transaction_id) =
            (state.next_id("pi_"), state.next_id("ch_"), state.next_id("txn_"));
        let session = state.stripe.sessions.get_mut(position)?;
        let charge =
            Charge { id: charge_id, transaction_id, created: now, amount_refunded: 0, disputed: false };
        let declined_before = session.intent.take();
        session.intent = Some(match declined_before {
            Some(intent) => Intent { charge: Some(charge), ..intent },
            None => Intent { id: intent_id, created: now, charge: Some(charge) },
        });
        session.status = Status::Complete;
        let (account, object) = (session.account.clone(), session.to_json(&url, Expand::default()));
        Some(webhooks::record(state, &account, now, "checkout.session.completed", object))
    });
    if let Some(event) = paid {
        webhooks::publish(&context, event);
    }
    match find(&context, &id) {
        Some(session) if session.is_paid() => Redirect::to(&session.success_location()).into_response(),
        Some(session) => (StatusCode::GONE, session_page(&session, false)).into_response(),
        None => unknown(),
    }
}

/// `POST /stripe/checkout/{id}/decline`: the card is refused, and the session stays open for another try.
pub async fn decline(State(context): State<Context>, Path(id): Path<String>) -> Response {
    expire_due(&context);
    let now = context.now();
    let failed = context.change(|state| {
        let position = state.stripe.sessions.iter().position(|session| session.id == id)?;
        let known_intent = state.stripe.sessions.get(position)?.intent.is_some();
        if state.stripe.sessions.get(position)?.status != Status::Open {
            return None;
        }
        let fresh = (!known_intent).then(|| Intent { id: state.next_id("pi_"), created: now, charge: None });
        let session = state.stripe.sessions.get_mut(position)?;
        session.intent = session.intent.take().or(fresh);
        let object = session.intent_json(session.intent.as_ref()?, Expand::default());
        let account = session.account.clone();
        Some(webhooks::record(state, &account, now, "payment_intent.payment_failed", object))
    });
    if let Some(event) = failed {
        webhooks::publish(&context, event);
        return Redirect::to(&format!("/stripe/checkout/{id}?declined=yes")).into_response();
    }
    match find(&context, &id) {
        Some(session) => (StatusCode::GONE, session_page(&session, false)).into_response(),
        None => unknown(),
    }
}

/// `GET /stripe/sessions`: the newest sessions of every account.
pub async fn overview(State(context): State<Context>) -> Response {
    expire_due(&context);
    let mut rows = String::new();
    context.read(|state| {
        for session in state.stripe.sessions.iter().rev().take(SHOWN) {
            let status = match session.status {
                Status::Open => "open",
                Status::Complete => "paid",
                Status::Expired => "expired",
            };
            // Writing into a string cannot fail.
            let _written = write!(
                rows,
                "<tr><td><a href=\"/stripe/checkout/{id}\">{id}</a></td><td>{what}</td><td>{status}</td>\
                 <td class=\"number\">{amount}</td></tr>",
                id = Escaped(&session.id),
                what = Escaped(&session.item_names.join(", ")),
                amount = Escaped(&money(session.amount_total, &session.currency)),
            );
        }
    });
    let content = match rows.is_empty() {
        true => {
            "<h1>Checkout sessions</h1><p>None yet. One appears here when a buyer chooses to pay by card.</p>"
                .to_owned()
        }
        false => format!(
            "<h1>Checkout sessions</h1><table><tr><th>Session</th><th>For</th><th>State</th>\
             <th class=\"number\">Amount</th></tr>{rows}</table>"
        ),
    };
    page("Checkout sessions", &content)
}

fn find(context: &Context, id: &str) -> Option<Session> {
    context.read(|state| state.stripe.sessions.iter().find(|session| session.id == id).cloned())
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, page("No such checkout", "<h1>There is no such checkout</h1>")).into_response()
}

fn session_page(session: &Session, declined: bool) -> Response {
    let sum = money(session.amount_total, &session.currency);
    let mut content = format!(
        "<h1>Sandbox checkout — no real money</h1><p class=\"second\">{names}</p><p class=\"amount\">{sum}</p>",
        names = Escaped(&session.item_names.join(", ")),
        sum = Escaped(&sum),
    );
    match session.status {
        Status::Open => {
            if declined {
                content.push_str("<p class=\"wrong\" role=\"status\">The card was declined. Nothing was taken; try again.</p>");
            }
            let action = format!("/stripe/checkout/{}", session.id);
            content.push_str(&format!(
                "<div class=\"row\"><form method=\"post\" action=\"{action}/pay\">\
                 <button class=\"primary\">Pay {sum}</button></form>\
                 <form method=\"post\" action=\"{action}/decline\"><button>Have the card declined</button></form>",
                action = Escaped(&action),
                sum = Escaped(&sum),
            ));
            if let Some(cancel_url) = &session.cancel_url {
                content.push_str(&format!("<a href=\"{}\">Cancel and go back</a>", Escaped(cancel_url)));
            }
            content.push_str("</div>");
        }
        Status::Complete => content.push_str(&format!(
            "<p class=\"well\">This was paid.</p><p><a href=\"{back}\">Back to the shop</a></p>\
             <p class=\"second\">What a seller and a bank can do:</p>\
             <div class=\"row\"><form method=\"post\" action=\"{action}/refund\"><button>Refund it</button></form>\
             <form method=\"post\" action=\"{action}/dispute\"><button>Dispute it</button></form></div>",
            back = Escaped(&session.success_location()),
            action = Escaped(&format!("/stripe/checkout/{}", session.id)),
        )),
        Status::Expired => {
            content.push_str("<p class=\"wrong\">This checkout has expired. Ask the shop for a new one.</p>");
        }
    }
    page("Sandbox checkout", &content)
}
