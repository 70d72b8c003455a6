//! The places of a server, for each kind of work that needs one.

use std::time::Duration;

use super::{Limits, Places};

/// Pastes read, words looked for in a catalog, and catalogs loaded for a page, at the same time. Each holds a catalog in memory.
/// What waits holds no catalog yet, but its paste, which the server has weighed, and whoever writes afterwards holds only what is
/// needed of one. When a sale is busy, each is served within milliseconds.
const READING: Limits = Limits { at_once: 4, of_one: 1, waiting: 1_000 };
/// How long one of them waits for its turn. A paste that waits keeps its weight, which others may need.
const READING_PATIENCE: Duration = Duration::from_secs(10);
/// Files of imports read at the same time. A workbook is unpacked to ten times its size.
const FILES: Limits = Limits { at_once: 4, of_one: 1, waiting: 2 };
/// Forms whose pictures are made at the same time, one file in memory each. As many of a business wait as it may send at once.
const PICTURES: Limits = Limits { at_once: 4, of_one: 1, waiting: 4 };
/// Downloads of one member and of all of them. Whoever wants more is told at once: a browser shows nothing of a wait.
const DOWNLOADS: Limits = Limits { at_once: 16, of_one: 2, waiting: 0 };
/// Answers to members of one business, and of all of them, that lie in memory until they are read: a place for each KiB. They lie
/// there already when they ask for places, so that none of them waits.
const ANSWERS: Limits = Limits { at_once: 48 * 1024, of_one: 16 * 1024, waiting: 0 };
/// An answer of more bytes is one of the large ones, such as the catalog of a sale.
const LARGE_BYTES: usize = 1024 * 1024;
/// The same of large answers. They have places of their own: two slow readers of a large catalog must not keep the others of the
/// business from its pages.
const LARGE_ANSWERS: Limits = Limits { at_once: 96 * 1024, of_one: 64 * 1024, waiting: 0 };
/// The same of the pages of buyers. They have places of their own: a link goes from hand to hand, and whoever has one must not keep
/// the shop from working.
const BUYERS_PAGES: Limits = Limits { at_once: 32 * 1024, of_one: 16 * 1024, waiting: 0 };

/// The places of this server, by the kinds of work that need one.
#[derive(Clone)]
pub struct ServerPlaces {
    /// By business.
    pub reading: Places,
    /// By business.
    pub files: Places,
    /// By business.
    pub pictures: Places,
    /// By member.
    pub downloads: Places,
    /// By business, in KiB. Those of an answer are found with [`ServerPlaces::for_answer`].
    answers: Places,
    /// By business, in KiB.
    large_answers: Places,
    /// By business, in KiB.
    pub buyers_pages: Places,
}

impl Default for ServerPlaces {
    fn default() -> Self {
        ServerPlaces {
            reading: Places::new(READING).with_patience(READING_PATIENCE),
            files: Places::new(FILES),
            pictures: Places::new(PICTURES),
            downloads: Places::new(DOWNLOADS),
            answers: Places::new(ANSWERS),
            large_answers: Places::new(LARGE_ANSWERS),
            buyers_pages: Places::new(BUYERS_PAGES),
        }
    }
}

impl ServerPlaces {
    /// The places of an answer to a member, by how many bytes it has.
    pub fn for_answer(&self, bytes: usize) -> &Places {
        if bytes > LARGE_BYTES { &self.large_answers } else { &self.answers }
    }
}
