//! Large answers, such as the whole catalog of a sale. They lie in memory until they are read, and whoever reads slowly keeps
//! them there; so there are places for them, and an end.

use std::time::{Duration, Instant};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    response::Response,
};
use domain::problem::Code;
use services::places::{Place, Places};
use tokio_stream::{Stream, iter};
use uuid::Uuid;

/// An answer of more bytes is large.
const LARGE_BYTES: u64 = 1024 * 1024;
/// How long a large answer may take to be read. Compressed, as every browser asks for it, 30 MB are some 4 MB.
const LONGEST: Duration = Duration::from_secs(180);
/// What is handed on at once, in bytes. An answer in one piece would lie with the connection, whoever keeps a place for it.
const PIECE_BYTES: usize = 64 * 1024;

/// The answer, with a place for as long as it lies in memory if it is large.
///
/// # Errors
/// [`Code::Busy`] if too many of the business, or of this server, are being read.
pub(super) async fn with_place(
    places: &Places,
    business_id: Uuid,
    response: Response,
) -> Result<Response, Code> {
    if response.body().size_hint().exact().is_none_or(|bytes| bytes <= LARGE_BYTES) {
        return Ok(response);
    }
    let place = places.take_free(business_id).map_err(|_| Code::Busy)?;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| Code::Internal)?;
    Ok(Response::from_parts(parts, Body::from_stream(in_pieces(bytes, place, Instant::now() + LONGEST))))
}

/// Bytes piece by piece. The place is free when the last piece is fetched, nobody reads any more, or the time is over.
fn in_pieces(bytes: Bytes, place: Place, end: Instant) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    let mut lying = Some((bytes, place));
    let pieces = std::iter::from_fn(move || {
        let (bytes, _) = lying.as_mut()?;
        if Instant::now() >= end {
            lying = None;
            return Some(Err(std::io::ErrorKind::TimedOut.into()));
        }
        let piece = bytes.split_to(PIECE_BYTES.min(bytes.len()));
        if bytes.is_empty() {
            lying = None;
        }
        Some(Ok(piece))
    });
    iter(pieces)
}

#[cfg(test)]
mod tests {
    use services::places::Limits;
    use tokio_stream::StreamExt;

    use super::*;

    const TWO: Limits = Limits { at_once: 2, of_one: 1, waiting: 0 };

    #[tokio::test]
    async fn large_answers_take_places_and_others_none() {
        let (places, shop, rival) = (Places::new(TWO), Uuid::from_u128(1), Uuid::from_u128(2));
        let answer = |bytes: u64| Response::new(Body::from(vec![b' '; usize::try_from(bytes).unwrap()]));
        let first = with_place(&places, shop, answer(LARGE_BYTES + 1)).await.unwrap();
        assert_eq!(with_place(&places, shop, answer(LARGE_BYTES + 1)).await.unwrap_err(), Code::Busy);
        assert!(with_place(&places, shop, answer(LARGE_BYTES)).await.is_ok(), "it is small");
        assert!(with_place(&places, rival, answer(LARGE_BYTES + 1)).await.is_ok());
        let read = to_bytes(first.into_body(), usize::MAX).await.unwrap();
        assert_eq!(read.len() as u64, LARGE_BYTES + 1);
        assert!(with_place(&places, shop, answer(LARGE_BYTES + 1)).await.is_ok());
    }

    #[tokio::test]
    async fn a_place_is_kept_until_the_answer_is_read() {
        let places = Places::new(TWO);
        let bytes = Bytes::from(vec![7; PIECE_BYTES + 1]);
        let end = Instant::now() + LONGEST;
        let mut pieces = std::pin::pin!(in_pieces(bytes.clone(), places.take_free('a').unwrap(), end));
        assert_eq!(pieces.next().await.unwrap().unwrap().len(), PIECE_BYTES);
        assert!(places.take_free('a').is_err(), "it still lies there");
        assert_eq!(pieces.next().await.unwrap().unwrap().len(), 1);
        assert!(places.take_free('a').is_ok());
        assert!(pieces.next().await.is_none());

        let mut late = std::pin::pin!(in_pieces(bytes, places.take_free('b').unwrap(), Instant::now()));
        assert!(late.next().await.unwrap().is_err());
        assert!(places.take_free('b').is_ok());
        assert!(late.next().await.is_none());
    }
}
