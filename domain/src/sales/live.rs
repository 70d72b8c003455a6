//! Reading a paste while it is being typed: in slices, and anew only where it has changed.

use std::sync::Arc;

use super::read::{MAX_COMMENTS, Reader, Refused, refuse};
use super::reading::Reading;

/// A paste and what was read of it so far.
#[derive(Clone, Debug)]
pub struct LiveReading {
    reader: Arc<Reader>,
    text: String,
    reading: Reading,
    /// The byte from which on nothing was read yet; none if all is read.
    unread: Option<usize>,
}

impl LiveReading {
    /// Nothing is read yet.
    pub fn new(reader: Arc<Reader>) -> Self {
        LiveReading { reader, text: String::new(), reading: Reading::default(), unread: None }
    }

    /// Takes the text as it is now. What was read of it stays where the text has not changed: comments are read anew from
    /// the last block on that begins before the first change.
    ///
    /// # Errors
    /// A text that is refused as a whole; nothing is read then.
    pub fn set_text(&mut self, text: &str) -> Result<(), Refused> {
        if self.text == text {
            return Ok(());
        }
        if let Err(refused) = refuse(text) {
            *self = LiveReading::new(Arc::clone(&self.reader));
            return Err(refused);
        }
        let same = common_prefix(self.text.as_bytes(), text.as_bytes());
        let from = self.keep_before(same).min(self.unread.unwrap_or(usize::MAX));
        text.clone_into(&mut self.text);
        self.unread = Some(from);
        Ok(())
    }

    /// Forgets what a change at byte `same` may touch. Gives the byte from which to read on.
    fn keep_before(&mut self, same: usize) -> usize {
        // The first line of a block must stand whole before the change, because it ended the block above.
        let line_stands = |start: u32| {
            let first_line = self.text.as_bytes().get(start as usize..same).unwrap_or_default();
            first_line.contains(&b'\n')
        };
        let comments = &self.reading.comments;
        let kept =
            comments.iter().rposition(|comment| comment.begins_block && line_stands(comment.span.start));
        let Some((kept, comment)) = kept.and_then(|kept| Some((kept, comments.get(kept)?))) else {
            self.reading = Reading::default();
            return 0;
        };
        let (from, claims) = (comment.span.start, comment.first_claim as usize);
        self.reading.comments.truncate(kept);
        self.reading.claims.truncate(claims);
        while self.reading.noise.pop_if(|noise| noise.start >= from).is_some() {}
        from as usize
    }

    /// Reads at least so many comments more and says whether all are read.
    ///
    /// # Errors
    /// More comments than are read at once; nothing is kept then.
    pub fn read_on(&mut self, comments: usize) -> Result<bool, Refused> {
        if let Some(from) = self.unread {
            self.unread = self.reader.read_on(&self.text, &mut self.reading, from, comments);
        }
        if self.reading.comments.len() > MAX_COMMENTS {
            *self = LiveReading::new(Arc::clone(&self.reader));
            return Err(Refused::TooManyComments);
        }
        Ok(self.unread.is_none())
    }

    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was read so far.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }
}

/// How many bytes two texts have in common at their beginnings.
fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    const CHUNK: usize = 64;
    let chunks = left.chunks_exact(CHUNK).zip(right.chunks_exact(CHUNK));
    let equal = chunks.take_while(|(left, right)| left == right).count() * CHUNK;
    let rest = left.iter().zip(right).skip(equal);
    equal + rest.take_while(|(left, right)| left == right).count()
}
