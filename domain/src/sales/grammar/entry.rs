//! What the lexicon notes about a word or phrase.

use super::Sense;
use super::presets::Words;

/// The items that a keyword means: one, or one of several that a person must choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Items {
    pub first: u32,
    pub shared: bool,
}

/// What a word or phrase can be. It can be several things at once: `m` is a size and may be an item's code.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry {
    pub sense: Option<Sense>,
    pub items: Option<Items>,
    /// Items whose keyword is this when no separator stands between letters and digits: `a12` for `A-12`.
    pub joined: Option<Items>,
    /// If it is a word of some variant's name: which.
    pub part: Option<u32>,
    pub opens_question: bool,
    pub before_quantity: bool,
    pub after_quantity: bool,
    pub before_size: bool,
    pub measure: bool,
    pub size_unit: bool,
    pub before_phone: bool,
    pub before_price: bool,
    pub wanting: bool,
    pub contrast: bool,
    pub owned: bool,
    pub hands_on: bool,
    pub currency: bool,
    pub time_unit: bool,
    pub fits_cancel: bool,
    /// Says of something unnamed that more than one is meant: `I'll take both towers`.
    pub together: bool,
    pub later_question: bool,
    pub later_topic: bool,
    pub subject: bool,
    /// A filler that makes a sentence of a code: `this is A12`.
    pub talk: bool,
    /// It counts one piece between a word that lets go and an item.
    pub single: bool,
    /// Atoms of the longest entry that begins with this atom.
    pub reach: u8,
}

impl Entry {
    /// Whether a word that begins no phrase is nothing that [`super::scan`] looks for: neither a word with a sense, nor an
    /// item, nor a choice, nor what stands before a quantity.
    pub fn is_idle(&self) -> bool {
        self.sense.is_none()
            && self.items.is_none()
            && self.joined.is_none()
            && self.part.is_none()
            && !self.opens_question
            && !self.before_quantity
    }
}

/// Words and what is noted at their entries.
pub type Marks<'words> = (&'words [&'words str], fn(&mut Entry));

/// What a community's words are noted for, beside their sense.
pub fn marks(table: &Words) -> [Marks<'_>; 21] {
    [
        (table.question_opener, |entry| entry.opens_question = true),
        (table.before_quantity, |entry| entry.before_quantity = true),
        (table.after_quantity, |entry| entry.after_quantity = true),
        (table.before_size, |entry| entry.before_size = true),
        (table.measure, |entry| entry.measure = true),
        (table.size_unit, |entry| entry.size_unit = true),
        (table.before_phone, |entry| entry.before_phone = true),
        (table.before_price, |entry| entry.before_price = true),
        (table.wanting, |entry| entry.wanting = true),
        (table.contrast, |entry| entry.contrast = true),
        (table.hands_on, |entry| entry.hands_on = true),
        (table.owned, |entry| entry.owned = true),
        (table.currency, |entry| entry.currency = true),
        (table.time_unit, |entry| entry.time_unit = true),
        (table.fits_cancel, |entry| entry.fits_cancel = true),
        (table.together, |entry| entry.together = true),
        (table.later_question, |entry| entry.later_question = true),
        (table.later_topic, |entry| entry.later_topic = true),
        (table.subject, |entry| entry.subject = true),
        (table.talk, |entry| entry.talk = true),
        (table.single, |entry| entry.single = true),
    ]
}
