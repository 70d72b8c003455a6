//! The pieces of a file that is sent while it is written. Whoever fetches it takes them from a channel; when nobody does any
//! more, or does not for a minute, the writing ends.
//!
//! A download takes a place of its member and of the server. It belongs to both ends: to the writing, which may still compute
//! when nobody fetches the file any more, and to whoever fetches it, with whom pieces lie in memory when the writing has ended.
//! It is lent: where all are taken, whoever has most of them gives one up, and what was on its way goes with it.

use std::{
    future::poll_fn,
    io,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use tokio::{sync::mpsc, time::timeout};

use crate::{
    Error, Result,
    places::{Place, Watch},
};

/// A piece of a file, or that it could not be written on.
pub type Piece = io::Result<Vec<u8>>;

/// Pieces and pages on their way at most.
pub(super) const ON_THE_WAY: usize = 4;
/// How long a piece waits to be taken before the file is given up. Whoever reads on a slow line takes one every few seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of a piece at most. What was on its way stays with the connection for as long as somebody reads a little of it.
pub(super) const PIECE_BYTES: usize = 64 * 1024;

/// A file on its way to whoever fetches it.
pub struct Download {
    on_the_way: Arc<Mutex<OnTheWay>>,
    place: Arc<Place>,
    /// Whether the error that the place was asked back has been returned.
    is_over: bool,
    /// What is on the way goes when the place is asked back.
    _watch: Watch,
}

struct OnTheWay {
    pieces: mpsc::Receiver<Piece>,
    /// Who waits for the next piece.
    waiting: Option<Waker>,
}

impl OnTheWay {
    /// Ends the writing, lets go what nobody took, and tells whoever waits.
    fn end(&mut self) {
        self.pieces.close();
        while self.pieces.try_recv().is_ok() {}
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }
}

impl Download {
    /// The next piece; nothing at the end.
    pub async fn recv(&mut self) -> Option<Piece> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// As [`Download::recv`], for a stream.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Piece>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        // Locked before the place is looked at: were it asked back in between, nobody would tell whoever waits from then on.
        let mut on_the_way = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        if self.place.is_given_up() {
            self.is_over = true;
            return Poll::Ready(Some(Err(io::Error::other("somebody else needed the place of the file"))));
        }
        let piece = on_the_way.pieces.poll_recv(context);
        on_the_way.waiting = piece.is_pending().then(|| context.waker().clone());
        piece
    }
}

/// Where pieces of a file are handed over. Dropped without [`Pieces::finish`], the file ends as one that is not whole.
pub(crate) struct Pieces {
    /// Before the sender, and so dropped before it: once the last piece was taken, only the [`Download`] keeps the place.
    _place: Arc<Place>,
    sender: mpsc::Sender<Piece>,
    patience: Duration,
    /// Room for one more message, however little is taken: that the file is not whole. Without it a file that was given up
    /// would end as if it were complete. It is sent unless the file came to its end.
    last_word: Option<mpsc::OwnedPermit<Piece>>,
}

impl Drop for Pieces {
    fn drop(&mut self) {
        if let Some(last_word) = self.last_word.take() {
            last_word.send(Err(io::Error::other("the export stopped")));
        }
    }
}

impl Pieces {
    /// Pieces for whoever fetches the file, which takes this place.
    pub(crate) fn begin(place: Place) -> Result<(Pieces, Download)> {
        Pieces::new(place, PATIENCE)
    }

    /// As [`Pieces::begin`], with so long for each to be taken.
    pub(super) fn new(place: Place, patience: Duration) -> Result<(Pieces, Download)> {
        let (sender, pieces) = mpsc::channel(ON_THE_WAY + 1);
        let last_word = sender
            .clone()
            .try_reserve_owned()
            .map_err(|_| Error::Fault("a channel has no room from the start"))?;
        let on_the_way = Arc::new(Mutex::new(OnTheWay { pieces, waiting: None }));
        let still_on_the_way = Arc::downgrade(&on_the_way);
        let watch = place.lend().watch(None, move || {
            if let Some(on_the_way) = still_on_the_way.upgrade() {
                on_the_way.lock().unwrap_or_else(PoisonError::into_inner).end();
            }
        });
        let place = Arc::new(place);
        let download = Download { on_the_way, place: place.clone(), is_over: false, _watch: watch };
        Ok((Pieces { _place: place, sender, patience, last_word: Some(last_word) }, download))
    }

    /// Hands a piece over.
    ///
    /// # Errors
    /// Nobody takes pieces any more, or did not for too long.
    pub(crate) async fn send(&self, piece: Vec<u8>) -> io::Result<()> {
        let gone = |why: &'static str| io::Error::new(io::ErrorKind::BrokenPipe, why);
        match timeout(self.patience, self.sender.send(Ok(piece))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(gone("nobody takes the file any more")),
            Err(_) => Err(gone("nobody took a piece of the file for too long")),
        }
    }

    /// Hands over of what was gathered what makes full pieces, and leaves the rest.
    ///
    /// # Errors
    /// As [`Pieces::send`].
    pub(crate) async fn send_full(&self, gathered: &mut Vec<u8>) -> io::Result<()> {
        let mut full = gathered.chunks_exact(PIECE_BYTES);
        for piece in full.by_ref() {
            self.send(piece.to_vec()).await?;
        }
        let rest = full.remainder().to_vec();
        *gathered = rest;
        Ok(())
    }

    /// Tells whether pieces are still taken. Work that hands none over for long has to ask.
    pub(super) fn taken(&self) -> impl Fn() -> bool + use<> {
        let sender = self.sender.clone();
        move || !sender.is_closed()
    }

    /// Says that the file is whole.
    pub(crate) fn finish(mut self) {
        self.last_word = None;
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        task::Wake,
    };

    use super::*;
    use crate::places::{Limits, Places};

    #[tokio::test]
    async fn a_file_that_is_not_fetched_is_given_up_for_somebody_who_has_fewer() {
        let places = Places::new(Limits { at_once: 2, of_one: 2, waiting: 0 });
        let begin = |who| Pieces::begin(places.take_free(who).unwrap()).unwrap();
        let ((old, mut fetched_old), (new, mut fetched_new)) = (begin('a'), begin('a'));
        for pieces in [&old, &new] {
            pieces.send(vec![0; PIECE_BYTES]).await.unwrap();
        }
        let other = places.take_free('b').unwrap();
        // The writing learns of it, though nobody fetches the next piece.
        while old.send(vec![0]).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(
            fetched_old.on_the_way.lock().unwrap().pieces.try_recv().is_err(),
            "nothing of it lies there any more"
        );
        assert!(
            fetched_old.recv().await.unwrap().is_err(),
            "and whoever fetches it learns that it is not whole"
        );
        assert!(fetched_old.recv().await.is_none());
        assert!(fetched_new.recv().await.unwrap().is_ok());
        new.finish();
        assert!(fetched_new.recv().await.is_none());
        drop(other);
    }

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[tokio::test]
    async fn whoever_waits_for_a_piece_learns_that_the_place_was_asked_back() {
        let places = Places::new(Limits { at_once: 2, of_one: 2, waiting: 0 });
        let begin = |who| Pieces::begin(places.take_free(who).unwrap()).unwrap();
        let ((old, mut fetched), _new) = (begin('a'), begin('a'));
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        assert!(fetched.poll_recv(&mut Context::from_waker(&waker)).is_pending());
        let other = places.take_free('b').unwrap();
        // What writes it may compute for long before it learns of it.
        while !old.sender.is_closed() {
            tokio::task::yield_now().await;
        }
        assert!(woken.0.load(Ordering::Relaxed));
        assert!(matches!(fetched.poll_recv(&mut Context::from_waker(&waker)), Poll::Ready(Some(Err(_)))));
        drop(other);
    }
}
