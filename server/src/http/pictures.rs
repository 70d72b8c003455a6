//! Pictures of items: taking them in, and showing them to whoever has their address.

use std::io::Write;

use app::{form::Returned, inventory::pictures::UPLOAD, server::Request as AppRequest};
use axum::{
    Extension, Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request, State, multipart::Field},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{
    inventory::pictures::{MAX_FILE_MEGABYTES, MAX_PICTURES, Uploaded, shown_name},
    problem::{Code, FieldCode, FieldProblem, Problem},
};
use services::{Error, Services, accounts::Actor, inventory::pictures};
use tempfile::NamedTempFile;
use tokio_util::io::ReaderStream;
use tower_http::limit::RequestBodyLimitLayer;
use uuid::Uuid;

use super::{
    AppState, Incoming,
    errors::{accepts_pages, refused},
    forms,
    uploads::{self, Form, Unreceived, skip},
};
use crate::adapters::pictures::{MAX_FILE_BYTES, PictureError, prepare};

/// The largest form of pictures: as many files as an item has pictures, and what stands around them.
const MAX_UPLOAD_BYTES: usize = MAX_PICTURES * MAX_FILE_BYTES + 1024 * 1024;
/// Files of one form that are kept; an item has only half as many pictures.
const MAX_FILES: usize = 2 * MAX_PICTURES;

/// A picture never changes under its name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A picture is nothing but a picture, even if somebody opens it by itself.
const POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox";

/// The addresses of pictures.
pub fn routes() -> Router<AppState> {
    Router::new().route("/pictures/{file}", get(show))
}

/// The form that adds pictures, which is larger than others.
pub fn uploads() -> Router<AppState> {
    Router::new()
        .route("/stock/{id}/pictures", post(upload))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_UPLOAD_BYTES))
}

async fn show(State(services): State<Services>, Path(file): Path<String>) -> Response {
    match pictures::open(&services, &file).await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "image/jpeg".to_owned()),
                (header::CONTENT_LENGTH, file.length.to_string()),
                (header::CACHE_CONTROL, FOR_EVER.to_owned()),
                (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
            ];
            (headers, Body::from_stream(ReaderStream::new(file.content))).into_response()
        }
        Err(Error::Port(services::ports::PortError::Gone(_))) => not_here(),
        Err(error) if error.problem().code == Code::NotFound => not_here(),
        Err(error) => {
            tracing::error!(%error, "a picture could not be shown");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn not_here() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// Adds the files of a form to an item's pictures: those that are pictures, with a reason for each that is not.
async fn upload(
    State(state): State<AppState>,
    Extension(asking): Extension<AppRequest>,
    Path(item): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let for_a_page = accepts_pages(&headers);
    let Some(actor) = &asking.actor else {
        return match for_a_page {
            true => Redirect::to("/sign-in").into_response(),
            false => refused(Code::SignInNeeded),
        };
    };
    let Ok(item_id) = Uuid::parse_str(&item) else { return refused(Code::NotFound) };
    if let Err(error) = actor.must_sell() {
        return refused(error.problem());
    }
    let read = |form| receive(&state.incoming, form);
    let (place, sent) = match uploads::receive(&state, actor.business_id, request, read).await {
        Ok(received) => received,
        Err(Unreceived::Uncollected(why)) => return why.answer(for_a_page),
        Err(Unreceived::Io(error)) => {
            tracing::error!(%error, "a picture that was sent cannot be kept");
            return refused(Code::Internal);
        }
    };
    let turn = match uploads::turn(&place, &asking.services.places.pictures, actor.business_id).await {
        Ok(turn) => turn,
        Err(why) => return why.answer(for_a_page),
    };
    let taken = take_in(&asking.services, actor, item_id, sent).await;
    drop(turn);
    match taken {
        Ok(uploaded) if for_a_page => back_to_the_item(&asking.services, item_id, &uploaded),
        Ok(uploaded) => {
            let code = if uploaded.added == 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            (code, Json(uploaded)).into_response()
        }
        Err(problem) => refused(problem),
    }
}

/// To the page of the item, which tells what became of the files.
fn back_to_the_item(services: &Services, item_id: Uuid, uploaded: &Uploaded) -> Response {
    let mut response = Redirect::to(&format!("/stock/{item_id}#pictures")).into_response();
    let values = vec![("added".to_owned(), uploaded.added.to_string())];
    let returned = Returned { path: UPLOAD.into(), problem: uploaded.problem(), values };
    forms::keep(&mut response, &services.settings.public_url, returned);
    response
}

/// A file that was sent: its name, and its content unless that is too large.
struct Sent {
    name: String,
    file: Option<NamedTempFile>,
}

/// Keeps the files of a form on the disk, piece by piece as they come.
async fn receive(incoming: &Incoming, mut form: Form) -> Result<Vec<Sent>, Unreceived> {
    let mut sent = Vec::new();
    while let Some(field) = form.next_field().await? {
        let name = field.file_name().filter(|name| !name.is_empty()).map(shown_name);
        match name {
            // Of files beyond any number that an item takes nothing is kept.
            Some(name) if sent.len() < MAX_FILES => {
                sent.push(Sent { name, file: keep(incoming, field).await? });
            }
            // A form without a chosen file sends one without a name.
            _ => skip(field).await?,
        }
    }
    Ok(sent)
}

/// A file as a whole, or nothing if it is too large. What is left of it is read over.
async fn keep(incoming: &Incoming, mut field: Field<'_>) -> Result<Option<NamedTempFile>, Unreceived> {
    let mut file = Some(incoming.file()?);
    let mut bytes = 0;
    while let Some(piece) = field.chunk().await? {
        bytes += piece.len();
        match &mut file {
            // Pieces are some kilobytes, and the disk takes them into its memory.
            Some(file) if bytes <= MAX_FILE_BYTES => file.write_all(&piece)?,
            _ => file = None,
        }
    }
    Ok(file)
}

async fn take_in(
    services: &Services,
    actor: &Actor,
    item_id: Uuid,
    sent: Vec<Sent>,
) -> Result<Uploaded, Problem> {
    let mut uploaded = Uploaded::default();
    if sent.is_empty() {
        uploaded.refused.push(FieldProblem { field: "Pictures".into(), code: FieldCode::Missing });
    }
    for Sent { name, file } in sent {
        match add(services, actor, item_id, file).await? {
            Ok(()) => uploaded.added += 1,
            Err(code) => {
                let is_full = matches!(code, FieldCode::TooManyPictures(_));
                uploaded.refused.push(FieldProblem { field: name, code });
                // Files beyond the most that an item has would only be refused one by one.
                if is_full {
                    break;
                }
            }
        }
    }
    Ok(uploaded)
}

/// Adds one file, or says what is wrong with it.
async fn add(
    services: &Services,
    actor: &Actor,
    item_id: Uuid,
    file: Option<NamedTempFile>,
) -> Result<Result<(), FieldCode>, Problem> {
    let Some(file) = file else { return Ok(Err(FieldCode::FileTooLarge(MAX_FILE_MEGABYTES))) };
    let content = tokio::fs::read(file.path()).await.map_err(|error| {
        tracing::error!(%error, "a picture that was sent cannot be read");
        Code::Internal
    })?;
    drop(file);
    let prepared = match prepare(content).await {
        Ok(prepared) => prepared,
        Err(PictureError::Refused(code)) => return Ok(Err(code)),
        Err(PictureError::Fault(error)) => return Err(told(&error)),
    };
    match pictures::add(services, actor, item_id, prepared).await {
        Ok(_) => Ok(Ok(())),
        Err(error) => {
            let problem = told(&error);
            match problem.fields.into_iter().next() {
                Some(field) => Ok(Err(field.code)),
                None => Err(problem.code.into()),
            }
        }
    }
}

fn told(error: &Error) -> Problem {
    if error.is_fault() {
        tracing::error!(%error, "a picture could not be added");
    }
    error.problem()
}
