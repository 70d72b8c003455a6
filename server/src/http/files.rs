//! Files for members: labels and reports.

use app::{error::status, server::Request as AppRequest};
use axum::{
    Extension, Router,
    extract::{Path, Query},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::reports::ReportQuery;
use services::{Error, reports::file, shipping::purchase};
use uuid::Uuid;

use super::{AppState, transfer::streamed};

/// Addresses that end in the file's kind.
pub fn routes() -> Router<AppState> {
    Router::new().route("/labels/{file}", get(label)).route("/reports.csv", get(report_csv))
}

async fn label(Extension(asking): Extension<AppRequest>, Path(file): Path<String>) -> Response {
    let Some(actor) = &asking.actor else { return Redirect::to("/sign-in").into_response() };
    let Some(Ok(shipment)) = file.strip_suffix(".pdf").map(Uuid::parse_str) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match purchase::document(&asking.services, actor, shipment).await {
        Ok(document) => file_answer("application/pdf", "inline", &format!("label-{shipment}.pdf"), document),
        Err(error) => failed(&error),
    }
}

async fn report_csv(Extension(asking): Extension<AppRequest>, Query(query): Query<ReportQuery>) -> Response {
    let Some(actor) = &asking.actor else { return Redirect::to("/sign-in").into_response() };
    let pieces = file::csv(&asking.services, actor, &query);
    streamed("text/csv; charset=utf-8", "selltrac-report.csv", pieces)
}

fn file_answer(kind: &str, disposition: &str, name: &str, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{disposition}; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}

pub(super) fn failed(error: &Error) -> Response {
    let code = error.problem().code;
    if error.is_fault() {
        tracing::error!(%error, "a file could not be made");
    }
    (status(code), code.message()).into_response()
}
