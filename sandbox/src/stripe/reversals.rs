//! What a seller or a bank does to a payment afterwards: refunds and disputes, each told by its events.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::objects::{Expand, Session};
use super::webhooks;
use crate::context::Context;

/// How much is given back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RefundForm {
    /// In smallest units; all that is left if nothing is said.
    amount: Option<i64>,
}

/// `POST /stripe/checkout/{id}/refund`, as a seller does in Stripe's dashboard.
pub async fn refund(
    State(context): State<Context>,
    Path(id): Path<String>,
    Form(form): Form<RefundForm>,
) -> Response {
    let now = context.now();
    let events = context.change(|state| {
        let refund_id = state.next_id("re_");
        let session = state.stripe.sessions.iter_mut().find(|session| session.id == id)?;
        let total = session.amount_total;
        let intent = session.intent.as_mut()?;
        let charge = intent.charge.as_mut()?;
        let left = total - charge.amount_refunded;
        let amount = form.amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            return None;
        }
        charge.amount_refunded += amount;
        let refund = json!({
            "id": refund_id,
            "object": "refund",
            "amount": amount,
            "charge": charge.id,
            "created": now,
            "currency": session.currency,
            "payment_intent": intent.id,
            "status": "succeeded",
        });
        let (account, charge) = (session.account.clone(), charge_of(session)?);
        Some([
            webhooks::record(state, &account, now, "charge.refunded", charge),
            webhooks::record(state, &account, now, "refund.created", refund),
        ])
    });
    answer(&context, &id, events.map(Vec::from))
}

/// `POST /stripe/checkout/{id}/dispute`, as a buyer's bank does.
pub async fn dispute(State(context): State<Context>, Path(id): Path<String>) -> Response {
    let now = context.now();
    let event = context.change(|state| {
        let dispute_id = state.next_id("du_");
        let session = state.stripe.sessions.iter_mut().find(|session| session.id == id)?;
        let intent = session.intent.as_mut()?;
        let charge = intent.charge.as_mut()?;
        charge.disputed = true;
        let dispute = json!({
            "id": dispute_id,
            "object": "dispute",
            "amount": session.amount_total,
            "charge": charge.id,
            "created": now,
            "currency": session.currency,
            "payment_intent": intent.id,
            "reason": "fraudulent",
            "status": "needs_response",
        });
        let account = session.account.clone();
        Some(vec![webhooks::record(state, &account, now, "charge.dispute.created", dispute)])
    });
    answer(&context, &id, event)
}

fn charge_of(session: &Session) -> Option<Value> {
    let intent = session.intent.as_ref()?;
    Some(session.charge_json(intent, intent.charge.as_ref()?, Expand::default()))
}

fn answer(context: &Context, id: &str, events: Option<Vec<webhooks::Event>>) -> Response {
    let Some(events) = events else { return StatusCode::CONFLICT.into_response() };
    for event in events {
        webhooks::publish(context, event);
    }
    Redirect::to(&format!("/stripe/checkout/{id}")).into_response()
}
