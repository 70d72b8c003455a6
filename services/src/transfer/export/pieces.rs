//! The pieces of a file that is sent while it is written. Whoever fetches it takes them from a channel; when nobody does any
//! more, or does not for a minute, the writing ends.
//!
//! A download takes a place of its member and of the server. It belongs to both ends: to the writing, which may still compute
//! when nobody fetches the file any more, and to whoever fetches it, with whom pieces lie in memory when the writing has ended.

use std::{io, sync::Arc, time::Duration};

use tokio::{sync::mpsc, time::timeout};

use crate::{Error, Result, places::Place};

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
    pieces: mpsc::Receiver<Piece>,
    place: Arc<Place>,
}

impl Download {
    /// The next piece; nothing at the end.
    pub async fn recv(&mut self) -> Option<Piece> {
        self.pieces.recv().await
    }

    /// The pieces, and their place, which has to be kept for as long as they are.
    pub fn into_parts(self) -> (mpsc::Receiver<Piece>, Arc<Place>) {
        (self.pieces, self.place)
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
        let place = Arc::new(place);
        let download = Download { pieces, place: place.clone() };
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

    /// Says that the file is whole.
    pub(crate) fn finish(mut self) {
        self.last_word = None;
    }
}
