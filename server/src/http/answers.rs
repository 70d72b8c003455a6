//! Answers that are not small, such as the whole catalog of a sale, or a page on which much stands. They lie in memory until they
//! are read, and whoever reads slowly keeps them there; so there are places for them, one for each KiB, and an end.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    response::Response,
};
use domain::problem::Code;
use services::places::{Place, Places};
use tokio::time::Instant;
use tokio_stream::{Stream, iter};
use uuid::Uuid;

/// Larger answers need places. Of those that are smaller there are not more than connections.
pub(super) const SMALL_BYTES: u64 = 64 * 1024;
/// The same of what tells of a change. For want of a place it would be refused as if nothing had been changed, so whatever changes
/// something must not answer with more.
pub(super) const SMALL_BYTES_OF_A_CHANGE: u64 = 1024 * 1024;
/// How long such an answer may take to be read. Compressed, as every browser asks for it, 30 MB are some 4 MB.
const LONGEST: Duration = Duration::from_secs(180);
/// Sent in pieces of so many bytes: a whole answer would be buffered by the connection, outside the place.
const PIECE_BYTES: usize = 64 * 1024;

/// The answer, with a place for as long as it lies in memory if it has more than `small_bytes`. `places` are those of an answer of
/// so many bytes. One that does not tell how large it is, as pages do not, is collected: it was made as a whole, and is no stream
/// that goes on.
///
/// # Errors
/// [`Code::Busy`] if too much of the business, or of this server, is being read.
pub(super) async fn with_place<'a>(
    places: impl FnOnce(usize) -> &'a Places,
    business_id: Uuid,
    response: Response,
    small_bytes: u64,
) -> Result<Response, Code> {
    if response.body().size_hint().exact().is_some_and(|bytes| bytes <= small_bytes) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| Code::Internal)?;
    if bytes.len() as u64 <= small_bytes {
        return Ok(Response::from_parts(parts, Body::from(bytes)));
    }
    let places = places(bytes.len());
    // One that is larger than all that a business may have is sent where nothing else of it is being read.
    let kibibytes = bytes.len().div_ceil(1024).min(places.of_one());
    let kibibytes = u32::try_from(kibibytes).unwrap_or(u32::MAX);
    let place = places.take_several(business_id, kibibytes).map_err(|_| Code::Busy)?;
    Ok(Response::from_parts(parts, Body::from_stream(in_pieces(bytes, place, Instant::now() + LONGEST))))
}

/// Bytes piece by piece. The place is free when the last piece is fetched, nobody reads any more, the time is over, or it was
/// asked back; the bytes go with it, also while the next piece is not asked for.
fn in_pieces(bytes: Bytes, place: Place, end: Instant) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    let lent = place.lend();
    let lying = Arc::new(Mutex::new(Some((bytes, place))));
    let still_lying = Arc::downgrade(&lying);
    let watch = lent.watch(Some(end), move || {
        if let Some(lying) = still_lying.upgrade() {
            lying.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    });
    // Nothing once there is nothing more to be read.
    let mut watch = Some(watch);
    let pieces = std::iter::from_fn(move || {
        watch.as_ref()?;
        let mut lying = lying.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |place: &Place| place.is_given_up() || Instant::now() >= end;
        if lying.as_ref().is_none_or(|(_, place)| is_over(place)) {
            (*lying, watch) = (None, None);
            return Some(Err(std::io::ErrorKind::TimedOut.into()));
        }
        let (bytes, _) = lying.as_mut()?;
        // A copy: a part of the bytes would keep all of them, for as long as it waits with the connection.
        let piece = Bytes::copy_from_slice(&bytes.split_to(PIECE_BYTES.min(bytes.len())));
        if bytes.is_empty() {
            (*lying, watch) = (None, None);
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
    async fn answers_are_weighed_and_small_ones_need_no_place() {
        let small = usize::try_from(SMALL_BYTES).unwrap();
        // Two of a business, and three of the server.
        let places = Places::new(Limits { at_once: 195, of_one: 130, waiting: 0 });
        let (shop, rival) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let answer = |bytes: usize| Response::new(Body::from(vec![b' '; bytes]));
        let first = with_place(|_| &places, shop, answer(small + 1), SMALL_BYTES).await.unwrap();
        let _second = with_place(|_| &places, shop, answer(small + 1), SMALL_BYTES).await.unwrap();
        assert_eq!(
            with_place(|_| &places, shop, answer(small + 1), SMALL_BYTES).await.unwrap_err(),
            Code::Busy
        );
        assert!(with_place(|_| &places, shop, answer(small), SMALL_BYTES).await.is_ok(), "it is small");
        let _theirs = with_place(|_| &places, rival, answer(small + 1), SMALL_BYTES).await.unwrap();
        let page = |bytes: usize| {
            let pieces = [Ok::<_, std::io::Error>(vec![b' '; bytes]), Ok(b"</html>".to_vec())];
            Response::new(Body::from_stream(iter(pieces)))
        };
        let busy = with_place(|_| &places, shop, page(small), SMALL_BYTES).await;
        assert_eq!(busy.unwrap_err(), Code::Busy, "it does not tell how large it is");
        let told = with_place(|_| &places, shop, page(1), SMALL_BYTES).await.unwrap();
        assert_eq!(told.body().size_hint().exact(), Some(8));
        let read = to_bytes(first.into_body(), usize::MAX).await.unwrap();
        assert_eq!(read.len(), small + 1);
        assert!(with_place(|_| &places, shop, page(small), SMALL_BYTES).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_larger_than_a_business_may_have_is_sent_alone() {
        let places = Places::new(Limits { at_once: 195, of_one: 130, waiting: 0 });
        let shop = Uuid::from_u128(1);
        let answer = || Response::new(Body::from(vec![b' '; 200 * 1024]));
        let first = with_place(|_| &places, shop, answer(), SMALL_BYTES).await.unwrap();
        assert_eq!(with_place(|_| &places, shop, answer(), SMALL_BYTES).await.unwrap_err(), Code::Busy);
        assert_eq!(to_bytes(first.into_body(), usize::MAX).await.unwrap().len(), 200 * 1024);
        assert!(with_place(|_| &places, shop, answer(), SMALL_BYTES).await.is_ok());
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

    #[tokio::test]
    async fn a_piece_that_waits_keeps_nothing_but_itself() {
        let places = Places::new(TWO);
        let answer: Arc<[u8]> = vec![7; 2 * PIECE_BYTES].into();
        let bytes = Bytes::from_owner(answer.clone());
        let end = Instant::now() + LONGEST;
        let mut pieces = std::pin::pin!(in_pieces(bytes, places.take_free('a').unwrap(), end));
        let waiting = [pieces.next().await.unwrap().unwrap(), pieces.next().await.unwrap().unwrap()];
        assert_eq!(Arc::strong_count(&answer), 1, "all were fetched, and the answer lies nowhere any more");
        assert_eq!(waiting.map(|piece| piece.len()), [PIECE_BYTES; 2]);
    }

    #[tokio::test]
    async fn what_nobody_fetches_goes_when_its_time_is_over_or_somebody_has_fewer() {
        let places = Places::new(Limits { at_once: 2, of_one: 2, waiting: 2 });
        let bytes = Bytes::from(vec![7; 3 * PIECE_BYTES]);
        let end = Instant::now() + LONGEST;
        let begin = |end| in_pieces(bytes.clone(), places.take_free('a').unwrap(), end);
        let unread = [end, Instant::now()].map(begin);
        assert!(places.take('b').await.is_ok(), "one's time is over, though nobody asks for its next piece");
        let late = begin(end);
        let other = places.take_free('b').unwrap();
        let [oldest, _] = unread;
        let mut oldest = std::pin::pin!(oldest);
        assert!(oldest.next().await.unwrap().is_err(), "it was given up for somebody who has fewer");
        assert!(oldest.next().await.is_none());
        assert_eq!(std::pin::pin!(late).next().await.unwrap().unwrap().len(), PIECE_BYTES);
        drop(other);
    }
}
