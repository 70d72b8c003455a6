//! Forms with files: each has a place while it comes, and no more of it lies in memory than the piece that is read.
//!
//! The framework reads the files piece by piece, but keeps in memory what comes before a field: all up to the first one, and
//! the head of each. So no more than some of that is let through to it.

use std::{
    io, mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
};
use hyper::body::Frame;
use services::places::{Place, Places};
use uuid::Uuid;

use super::{
    AppState,
    bodies::{Uncollected, read_over},
};

/// Bytes within which the next field of a form has to begin.
const MAX_FIELD_HEAD_BYTES: usize = 64 * 1024;

/// Why a form was not received.
#[derive(Debug)]
pub enum Unreceived {
    Uncollected(Uncollected),
    /// What came of it cannot be kept.
    Io(io::Error),
}

impl From<Uncollected> for Unreceived {
    fn from(why: Uncollected) -> Self {
        Unreceived::Uncollected(why)
    }
}

impl From<MultipartError> for Unreceived {
    fn from(error: MultipartError) -> Self {
        Uncollected::of(&error).into()
    }
}

impl From<io::Error> for Unreceived {
    fn from(error: io::Error) -> Self {
        Unreceived::Io(error)
    }
}

/// Reads a form at a place of the business. While it still comes, the place may be given up for somebody else. Afterwards it is
/// to be kept until what came was worked on, which lies on the disk until then; see [`turn`].
pub async fn receive<T, F>(
    state: &AppState,
    business_id: Uuid,
    request: Request,
    read: impl FnOnce(Form) -> F,
) -> Result<(Place, T), Unreceived>
where
    F: Future<Output = Result<T, Unreceived>>,
{
    let Ok(place) = state.uploads.take_free(business_id) else {
        let _ = read_over(request.into_body()).await;
        return Err(Uncollected::Busy.into());
    };
    let (form, coming) = Form::begin(request).await?;
    match place.unless_needed(read(form)).await {
        Some(received) => Ok((place, received?)),
        None => {
            // The form went with its reading, and with it what it kept in memory.
            coming.allow(None);
            let _ = read_over(coming).await;
            Err(Uncollected::Busy.into())
        }
    }
}

/// Waits for a turn to work on what came of a form. Until then nothing was done, so its place may still be given up for somebody
/// else.
///
/// # Errors
/// [`Uncollected::Busy`] if it was, or too many of the business wait already.
pub async fn turn(place: &Place, turns: &Places, business_id: Uuid) -> Result<Place, Uncollected> {
    let turn = place.unless_needed(turns.take(business_id)).await;
    turn.and_then(Result::ok).ok_or(Uncollected::Busy)
}

/// A form of which fields are read one after the other.
pub struct Form {
    fields: Multipart,
    coming: Coming,
}

impl Form {
    async fn begin(request: Request) -> Result<(Form, Coming), Uncollected> {
        let (parts, body) = request.into_parts();
        let coming = Coming(Arc::new(Mutex::new(Rest { body, allowed: None, has_waited: false })));
        let request = Request::from_parts(parts, Body::new(coming.clone()));
        let fields = Multipart::from_request(request, &()).await.map_err(|_| Uncollected::Broken)?;
        Ok((Form { fields, coming: coming.clone() }, coming))
    }

    /// The next field, once the one before it was read to its end.
    ///
    /// # Errors
    /// None begins soon, or nothing more comes.
    pub async fn next_field(&mut self) -> Result<Option<Field<'_>>, MultipartError> {
        self.coming.allow(Some(MAX_FIELD_HEAD_BYTES));
        let field = self.fields.next_field().await?;
        self.coming.allow(None);
        Ok(field)
    }
}

/// Reads a field to its end and keeps nothing of it.
///
/// # Errors
/// Nothing more comes.
pub async fn skip(mut field: Field<'_>) -> Result<(), MultipartError> {
    while field.chunk().await?.is_some() {}
    Ok(())
}

/// Why a form is not read on.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no field of the form begins")]
struct NoField;

/// The body of a form, for whoever takes it apart and for whoever reads it over afterwards.
#[derive(Clone)]
struct Coming(Arc<Mutex<Rest>>);

struct Rest {
    body: Body,
    /// Bytes that are still let through. Nothing if they are not counted.
    allowed: Option<usize>,
    /// Whether whoever asks was told to wait since there was nothing more to let through.
    has_waited: bool,
}

impl Coming {
    fn rest(&self) -> MutexGuard<'_, Rest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets so many bytes through from now on.
    fn allow(&self, bytes: Option<usize>) {
        let mut rest = self.rest();
        (rest.allowed, rest.has_waited) = (bytes, false);
    }
}

impl HttpBody for Coming {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut rest = self.rest();
        if rest.allowed == Some(0) {
            if mem::replace(&mut rest.has_waited, true) {
                return Poll::Ready(Some(Err(axum::Error::new(NoField))));
            }
            // multer takes pieces until it is told to wait, and looks for a field only then (`StreamBuffer::poll_stream`). So it is
            // told once, and polled again at once; if it asks for more even then, no field is in what it has.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let frame = ready!(Pin::new(&mut rest.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let (Some(data), Some(allowed)) = (frame.data_ref(), &mut rest.allowed)
        {
            *allowed = allowed.saturating_sub(data.len());
        }
        Poll::Ready(frame)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    const KIB: usize = 1024;
    const BEGINS: &str = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";

    /// A form of these pieces.
    async fn form(pieces: Vec<Vec<u8>>) -> (Form, Coming) {
        let body = Body::from_stream(tokio_stream::iter(pieces.into_iter().map(Ok::<_, io::Error>)));
        let kind = "multipart/form-data; boundary=b";
        let request = axum::http::Request::builder().header(header::CONTENT_TYPE, kind);
        Form::begin(request.body(body).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn fields_may_be_large_and_come_with_what_is_before_and_behind_them() {
        let content = vec![b'x'; 2 * MAX_FIELD_HEAD_BYTES];
        let field = [BEGINS.as_bytes(), &content, b"\r\n"].concat();
        let end = b"--b--\r\n".to_vec();
        let at_once = vec![[field.clone(), field.clone(), end.clone()].concat()];
        let both = [&field[..], &field].concat();
        let mut in_pieces: Vec<Vec<u8>> = both.chunks(KIB).map(<[u8]>::to_vec).collect();
        in_pieces.push(end);
        for pieces in [at_once, in_pieces] {
            let (mut form, _) = form(pieces).await;
            let mut first = form.next_field().await.unwrap().unwrap();
            let mut bytes = 0;
            while let Some(piece) = first.chunk().await.unwrap() {
                bytes += piece.len();
            }
            assert_eq!(bytes, content.len());
            drop(first);
            skip(form.next_field().await.unwrap().unwrap()).await.unwrap();
            assert!(form.next_field().await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn little_is_taken_before_a_field_begins_and_nothing_of_a_form_that_is_given_up_is_kept() {
        for begins in ["", "--b\r\nContent-Disposition: form-data; name=\"", BEGINS] {
            let mut pieces: Vec<Vec<u8>> = vec![begins.into()];
            pieces.extend(vec![vec![b'x'; KIB]; KIB]);
            let (mut form, coming) = form(pieces).await;
            let begun = form.next_field().await.is_ok();
            assert_eq!(begun, begins == BEGINS);
            drop(form);
            assert_eq!(Arc::strong_count(&coming.0), 1, "nobody else takes anything of it any more");
            coming.allow(None);
            let mut rest = 0;
            while let Some(frame) = http_body_util::BodyExt::frame(&mut coming.clone()).await {
                rest += frame.unwrap().into_data().unwrap().len();
            }
            let taken = begins.len() + KIB * KIB - rest;
            assert!(taken <= MAX_FIELD_HEAD_BYTES + KIB, "{taken} bytes");
        }
    }
}
