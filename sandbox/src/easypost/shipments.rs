//! The API of shipments: create with rates, look up, rate again, buy, give back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{BuyBody, ShipmentBody, parse};
use super::objects::{Purchase, Shipment, tracking_code};
use super::rates::rates;
use super::refusal::{Caller, Refusal};
use super::webhooks;
use crate::context::Context;

/// `POST /shipments`: answers 201 with its rates.
pub async fn create(
    State(context): State<Context>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let new = parse::<ShipmentBody>(&body)?.shipment.check()?;
    let now = context.now();
    let url = context.url();
    let answer = context.change(|state| {
        let mut shipment = Shipment {
            id: state.next_id("shp_"),
            account: caller.account,
            created: now,
            updated: now,
            to_address: new.to_address,
            to_address_id: state.next_id("adr_"),
            from_address: new.from_address,
            from_address_id: state.next_id("adr_"),
            return_address: new.return_address,
            parcel: new.parcel,
            parcel_id: state.next_id("prcl_"),
            customs_info: new.customs_info,
            reference: new.reference,
            options: new.options,
            rates: Vec::new(),
            purchase: None,
            refund_status: None,
        };
        shipment.rates = rates(new.weight_ounces, shipment.is_international(), || state.next_id("rate_"));
        let answer = shipment.to_json(&url);
        state.easypost.shipments.push(shipment);
        answer
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `GET /shipments/{id}`.
pub async fn retrieve(
    State(context): State<Context>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let url = context.url();
    context.read(|state| {
        let mut shipments = state.easypost.shipments.iter();
        let shipment = shipments.find(|shipment| shipment.id == id && shipment.account == caller.account);
        shipment.map(|shipment| Json(shipment.to_json(&url))).ok_or_else(Refusal::not_found)
    })
}

/// A list holds so many if it is not told otherwise, and never more than a hundred.
const PAGE_SIZE: usize = 20;
const LARGEST_PAGE_SIZE: usize = 100;

/// The query of a list.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    page_size: Option<usize>,
}

/// `GET /shipments`, newest first.
pub async fn list(
    State(context): State<Context>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Json<Value> {
    let page_size = query.page_size.unwrap_or(PAGE_SIZE).clamp(1, LARGEST_PAGE_SIZE);
    let url = context.url();
    context.read(|state| {
        let mut shipments =
            state.easypost.shipments.iter().rev().filter(|shipment| shipment.account == caller.account);
        let page: Vec<Value> =
            shipments.by_ref().take(page_size).map(|shipment| shipment.to_json(&url)).collect();
        Json(json!({ "shipments": page, "has_more": shipments.next().is_some() }))
    })
}

/// `POST /shipments/{id}/rerate`: the same prices under new ids; the old ids can no longer be bought.
pub async fn rerate(
    State(context): State<Context>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    change(&context, &caller, &id, |shipment, next_id| {
        refuse_if_bought(shipment)?;
        let weight_ounces = shipment.parcel.weight.unwrap_or_default();
        shipment.rates = rates(weight_ounces, shipment.is_international(), || next_id("rate_"));
        Ok(())
    })
    .map(|(_, answer)| answer)
}

/// `POST /shipments/{id}/buy`. A shipment is bought once; the second time is refused.
pub async fn buy(
    State(context): State<Context>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let rate_id = parse::<BuyBody>(&body)?.rate.id;
    let now = context.now();
    let (shipment, answer) = change(&context, &caller, &id, |shipment, next_id| {
        refuse_if_bought(shipment)?;
        let rate = shipment.rates.iter().find(|rate| rate.id == rate_id).cloned().ok_or_else(|| {
            Refusal::unprocessable("SHIPMENT.RATE.NOT_FOUND", "The rate does not belong to this shipment.")
        })?;
        let tracker_id = next_id("trk_");
        // Trackers are counted from 1, and a tracking code is made of its tracker's number.
        let number = tracker_id.trim_start_matches("trk_").parse().unwrap_or_default();
        shipment.purchase = Some(Purchase {
            rate,
            label_id: next_id("pl_"),
            tracking_code: tracking_code(number),
            tracker_id,
            bought: now,
        });
        Ok(())
    })?;
    if let Some(purchase) = &shipment.purchase {
        webhooks::publish(&context, &caller.account, "tracker.created", &shipment.tracker_json(purchase));
    }
    Ok(answer)
}

/// `POST /shipments/{id}/refund`: gives unused postage back.
pub async fn refund(
    State(context): State<Context>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    change(&context, &caller, &id, |shipment, _| {
        if shipment.purchase.is_none() {
            let message = "This shipment has no postage to give back.";
            return Err(Refusal::unprocessable("SHIPMENT.REFUND.UNAVAILABLE", message));
        }
        if shipment.refund_status.is_some() {
            let message = "A refund was already asked for.";
            return Err(Refusal::unprocessable("SHIPMENT.REFUND.EXISTS", message));
        }
        shipment.refund_status = Some("submitted".to_owned());
        Ok(())
    })
    .map(|(_, answer)| answer)
}

fn refuse_if_bought(shipment: &Shipment) -> Result<(), Refusal> {
    match shipment.purchase {
        None => Ok(()),
        Some(_) => Err(Refusal::unprocessable(
            "SHIPMENT.POSTAGE.EXISTS",
            "Postage already exists for this shipment. Postage can only be purchased once per shipment.",
        )),
    }
}

/// Changes one shipment of the caller; `work` gets it and a maker of ids. Nothing is kept of a change that
/// fails.
fn change(
    context: &Context,
    caller: &Caller,
    id: &str,
    work: impl FnOnce(&mut Shipment, &mut dyn FnMut(&str) -> String) -> Result<(), Refusal>,
) -> Result<(Shipment, Json<Value>), Refusal> {
    let now = context.now();
    let url = context.url();
    context.change(|state| {
        let is_wanted = |shipment: &Shipment| shipment.id == id && shipment.account == caller.account;
        let position = state.easypost.shipments.iter().position(is_wanted).ok_or_else(Refusal::not_found)?;
        let mut shipment = state.easypost.shipments.get(position).cloned().ok_or_else(Refusal::not_found)?;
        work(&mut shipment, &mut |prefix| state.next_id(prefix))?;
        shipment.updated = now;
        if let Some(place) = state.easypost.shipments.get_mut(position) {
            *place = shipment.clone();
        }
        let answer = Json(shipment.to_json(&url));
        Ok((shipment, answer))
    })
}
