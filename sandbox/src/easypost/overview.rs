//! What a person may look at: the list of shipments, and the labels.

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::label::png;
use super::objects::Shipment;
use super::refusal::Refusal;
use crate::context::Context;
use crate::page::{Escaped, decimal, page};

/// The list shows this many of the newest.
const SHOWN: usize = 200;

/// `GET /easypost/labels/{id}.png`: drawn anew each time, always the same. As at EasyPost, who knows the
/// address of a label may fetch it without a key.
pub async fn label(State(context): State<Context>, Path(file): Path<String>) -> Response {
    let wanted = file.strip_suffix(".png").unwrap_or_default();
    let has_label =
        |shipment: &&Shipment| shipment.purchase.as_ref().is_some_and(|purchase| purchase.label_id == wanted);
    let shipment = context.read(|state| state.easypost.shipments.iter().find(has_label).cloned());
    let Some(shipment) = shipment else { return Refusal::not_found().into_response() };
    let Some(purchase) = &shipment.purchase else { return Refusal::not_found().into_response() };
    match png(&shipment, purchase) {
        Ok(bytes) => ([(header::CONTENT_TYPE, "image/png")], bytes).into_response(),
        Err(error) => {
            tracing::error!(%error, "a label could not be drawn");
            Refusal::ordered(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}

/// `GET /easypost/shipments`: the newest shipments of every account.
pub async fn show(State(context): State<Context>) -> Response {
    let mut rows = String::new();
    context.read(|state| {
        for shipment in state.easypost.shipments.iter().rev().take(SHOWN) {
            let to = shipment.to_address.name.as_ref().or(shipment.to_address.company.as_ref());
            let (label, price) = match &shipment.purchase {
                None => ("not bought".to_owned(), String::new()),
                Some(purchase) => (
                    format!(
                        "<a href=\"/easypost/labels/{id}.png\">{code}</a>{refunded}",
                        id = Escaped(&purchase.label_id),
                        code = Escaped(&purchase.tracking_code),
                        refunded = if shipment.refund_status.is_some() { " · given back" } else { "" },
                    ),
                    format!("${}", decimal(purchase.rate.price_cents)),
                ),
            };
            // Writing into a string cannot fail.
            let _written = write!(
                rows,
                "<tr><td>{id}</td><td>{to}</td><td>{label}</td><td class=\"number\">{price}</td></tr>",
                id = Escaped(&shipment.id),
                to = Escaped(to.map_or("", String::as_str)),
            );
        }
    });
    let content = match rows.is_empty() {
        true => "<h1>Shipments</h1><p>None yet. One appears here when rates are asked for a parcel.</p>"
            .to_owned(),
        false => format!(
            "<h1>Shipments</h1><table><tr><th>Shipment</th><th>To</th><th>Label</th>\
             <th class=\"number\">Postage</th></tr>{rows}</table>"
        ),
    };
    page("Shipments", &content)
}
