//! The API of Checkout Sessions: create, retrieve, list, expire.

use axum::Json;
use axum::extract::{OriginalUri, Path, RawQuery, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::{Caller, once};
use super::objects::{Charge, Expand, Intent, Session, Status};
use super::parameters::{ListQuery, SessionForm, parse};
use super::refusal::Refusal;
use super::webhooks::{self, Event};
use crate::context::Context;
use crate::state;

/// `POST /v1/checkout/sessions`.
pub async fn create(
    State(context): State<Context>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    body: String,
) -> Result<Response, Refusal> {
    let now = context.now();
    let url = context.url();
    caller.must_use("checkout_sessions")?;
    once(&context, &caller, uri.path(), body.as_bytes(), |state| {
        let form: SessionForm = parse(&body)?;
        let expand = Expand::parse(&form.expand, "")?;
        let new = form.check(now)?;
        let session = Session {
            id: state.next_id("cs_test_"),
            account: caller.account.clone(),
            status: Status::Open,
            item_names: new.item_names,
            amount_total: new.amount_total,
            currency: new.currency,
            success_url: new.success_url,
            cancel_url: new.cancel_url,
            client_reference_id: new.client_reference_id,
            customer_email: new.customer_email,
            metadata: new.metadata,
            intent_metadata: new.intent_metadata,
            created: now,
            expires_at: new.expires_at,
            intent: None,
        };
        let answer = session.to_json(&url, expand);
        state.stripe.sessions.push(session);
        Ok(answer)
    })
}

/// The query of an object: `expand[]` only.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ObjectQuery {
    expand: Vec<String>,
}

/// `GET /v1/checkout/sessions/{id}`.
pub async fn retrieve(
    State(context): State<Context>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    expire_due(&context);
    let query: ObjectQuery = parse(&query.unwrap_or_default())?;
    let expand = Expand::parse(&query.expand, "")?;
    may_see(&caller, "checkout_sessions", expand)?;
    let url = context.url();
    let find = |state: &state::State| {
        let session = state
            .stripe
            .sessions
            .iter()
            .find(|session| session.id == id && session.account == caller.account);
        session.map(|session| Json(session.to_json(&url, expand)))
    };
    context.read(find).ok_or_else(|| Refusal::not_found("checkout.session", &id))
}

/// `GET /v1/checkout/sessions`, newest first.
pub async fn list(
    State(context): State<Context>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    expire_due(&context);
    let query: ListQuery = parse(&query.unwrap_or_default())?;
    let expand = Expand::parse(&query.expand, "data.")?;
    may_see(&caller, "checkout_sessions", expand)?;
    let since = query.created_since()?;
    let url = context.url();
    let wanted = |session: &&Session| {
        let intent_id = session.intent.as_ref().map(|intent| intent.id.as_str());
        session.account == caller.account
            && session.created >= since
            && query.payment_intent.as_deref().is_none_or(|wanted| intent_id == Some(wanted))
            && query.status.as_deref().is_none_or(|wanted| json!(session.status) == wanted)
    };
    context.read(|state| {
        let sessions = state.stripe.sessions.iter().rev().filter(wanted);
        list_json(
            sessions,
            |session| &session.id,
            |session| session.to_json(&url, expand),
            &query,
            "/v1/checkout/sessions",
        )
    })
}

fn may_see(caller: &Caller, resource: &'static str, expand: Expand) -> Result<(), Refusal> {
    std::iter::once(resource).chain(expand.resources()).try_for_each(|resource| caller.must_use(resource))
}

/// Reads the `expand[]` of a list of objects that stand below a session, as if they were asked for there.
fn expand_below(paths: &[String], place: &str) -> Result<Expand, Refusal> {
    let below = |path: &String| format!("{place}{}", path.strip_prefix("data.").unwrap_or_default());
    Expand::parse(&paths.iter().map(below).collect::<Vec<_>>(), "")
}

/// `GET /v1/payment_intents`, newest first.
pub async fn list_intents(
    State(context): State<Context>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let query: ListQuery = parse(&query.unwrap_or_default())?;
    let expand = expand_below(&query.expand, "payment_intent.")?;
    may_see(&caller, "payment_intents", expand)?;
    context.read(|state| {
        let sessions = state.stripe.sessions.iter().rev().filter(|session| session.account == caller.account);
        let intents: Vec<(&Session, &Intent)> =
            sessions.filter_map(|session| Some((session, session.intent.as_ref()?))).collect();
        list_json(
            intents.iter(),
            |(_, intent)| &intent.id,
            |(session, intent)| session.intent_json(intent, expand),
            &query,
            "/v1/payment_intents",
        )
    })
}

/// `GET /v1/charges`, newest first.
pub async fn list_charges(
    State(context): State<Context>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let query: ListQuery = parse(&query.unwrap_or_default())?;
    let expand = expand_below(&query.expand, "payment_intent.latest_charge.")?;
    may_see(&caller, "charges", expand)?;
    context.read(|state| {
        let sessions = state.stripe.sessions.iter().rev().filter(|session| session.account == caller.account);
        let charges: Vec<(&Session, &Intent, &Charge)> = sessions
            .filter_map(|session| {
                let intent = session.intent.as_ref()?;
                Some((session, intent, intent.charge.as_ref()?))
            })
            .collect();
        list_json(
            charges.iter(),
            |(_, _, charge)| &charge.id,
            |(session, intent, charge)| session.charge_json(intent, charge, expand),
            &query,
            "/v1/charges",
        )
    })
}

/// `GET /v1/account`.
pub async fn account(caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must_use("account")?;
    Ok(Json(json!({ "id": caller.account_id(), "object": "account" })))
}

/// One page of a list in Stripe's form; `rows` come newest first.
pub fn list_json<'a, T: 'a>(
    rows: impl Iterator<Item = &'a T>,
    id: impl Fn(&T) -> &str,
    to_json: impl Fn(&T) -> Value,
    query: &ListQuery,
    path: &str,
) -> Result<Json<Value>, Refusal> {
    let limit = query.limit()?;
    let mut rows: Vec<&T> = rows.collect();
    if let Some(last_seen) = &query.starting_after {
        let position = rows.iter().position(|row| id(row) == last_seen);
        let position =
            position.ok_or_else(|| Refusal::not_found("object", last_seen).about("starting_after"))?;
        rows.drain(..=position);
    }
    let has_more = rows.len() > limit;
    let data: Vec<Value> = rows.into_iter().take(limit).map(to_json).collect();
    Ok(Json(json!({ "object": "list", "url": path, "has_more": has_more, "data": data })))
}

/// `POST /v1/checkout/sessions/{id}/expire`, only while the session is open.
pub async fn expire(
    State(context): State<Context>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    body: String,
) -> Result<Response, Refusal> {
    expire_due(&context);
    let now = context.now();
    let url = context.url();
    let mut event = None;
    let response = once(&context, &caller, uri.path(), body.as_bytes(), |state| {
        let form: ObjectQuery = parse(&body)?;
        let expand = Expand::parse(&form.expand, "")?;
        let session = state
            .stripe
            .sessions
            .iter_mut()
            .find(|session| session.id == id && session.account == caller.account)
            .ok_or_else(|| Refusal::not_found("checkout.session", &id))?;
        if session.status != Status::Open {
            let message = "Only Checkout Sessions with a status in [\"open\"] can be expired.";
            return Err(Refusal::invalid(message));
        }
        session.status = Status::Expired;
        let answer = session.to_json(&url, expand);
        event = Some(record_expiry(state, &caller.account, now, &answer));
        Ok(answer)
    });
    if let Some(event) = event {
        webhooks::publish(&context, event);
    }
    response
}

/// Expires every open session whose time is over, and says so by webhook.
pub fn expire_due(context: &Context) {
    let now = context.now();
    let is_due = |session: &Session| session.status == Status::Open && session.expires_at <= now;
    // Looking first keeps an idle sandbox from writing its state file every second.
    if !context.read(|state| state.stripe.sessions.iter().any(is_due)) {
        return;
    }
    let url = context.url();
    let events: Vec<Event> = context.change(|state| {
        let due = state.stripe.sessions.iter_mut().filter(|session| is_due(session));
        let expired: Vec<(String, Value)> = due
            .map(|session| {
                session.status = Status::Expired;
                (session.account.clone(), session.to_json(&url, Expand::default()))
            })
            .collect();
        expired.iter().map(|(account, session)| record_expiry(state, account, now, session)).collect()
    });
    for event in events {
        webhooks::publish(context, event);
    }
}

fn record_expiry(state: &mut state::State, account: &str, now: i64, session: &Value) -> Event {
    webhooks::record(state, account, now, "checkout.session.expired", session.clone())
}
