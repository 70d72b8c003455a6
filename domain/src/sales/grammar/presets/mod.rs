//! The words of each community, as data. All of them are written in the folded form (a test holds that).
//!
//! A new community is a new [`Preset`] and a new [`Words`] table; no code reads a preset by name. Where the same word
//! stands twice, the later of [`COMMON`] and the preset's own table wins.

mod common;
mod communities;

pub use common::{COMMON, SIZES};
use communities::{CRYSTALS, ES, JEWELLERY, MY, PH, TH, TW, US, VN};

use super::Preset;

/// What a minus sign after an item means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minus {
    /// Only punctuation.
    Nothing,
    /// `A-6` is six pieces of A.
    Quantity,
    /// `A-` lets go of A.
    Cancel,
}

/// The words and habits of a community.
#[derive(Debug)]
pub struct Words {
    /// Claim wherever they stand next to an item.
    pub claim: &'static [&'static str],
    /// Claim only where the comment holds nothing else that is not understood: `show me A12` is no claim.
    pub weak_claim: &'static [&'static str],
    pub cancel: &'static [&'static str],
    pub next: &'static [&'static str],
    /// Make the comment a question wherever they stand.
    pub question: &'static [&'static str],
    /// Make the comment a question where they begin it.
    pub question_opener: &'static [&'static str],
    /// Keep a comment from being a claim without a person's look: stories, conditions, negations.
    pub doubt: &'static [&'static str],
    /// Say that the buyer wants to ask before claiming.
    pub pending: &'static [&'static str],
    pub praise: &'static [&'static str],
    /// Mean nothing for the claim.
    pub filler: &'static [&'static str],
    /// Of the fillers, those that make a sentence of a code without a claim word: `this is A12`.
    pub talk: &'static [&'static str],
    /// Count one piece between a word that lets go and an item (`cancel one A12`), and nothing anywhere else.
    pub single: &'static [&'static str],
    /// Who does something: `can I get A12` asks, `you can have A12` does not.
    pub subject: &'static [&'static str],
    /// Mean one of every variant: `one of each`.
    pub every_variant: &'static [&'static str],
    /// Stand before a quantity: `sl 2`.
    pub before_quantity: &'static [&'static str],
    /// Stand after a quantity: `2 pcs`.
    pub after_quantity: &'static [&'static str],
    /// Stand before a size: `size 8`.
    pub before_size: &'static [&'static str],
    /// Stand before a telephone number: `call 512 555 0100`.
    pub before_phone: &'static [&'static str],
    /// Of the doubts, those that say that something is wanted, so that a question with them is for a person: `can I have
    /// A12?`
    pub wanting: &'static [&'static str],
    /// Of the doubts, those that turn a sentence: in praise alone they change nothing.
    pub contrast: &'static [&'static str],
    /// Stand before what somebody has already: `me and my A12`.
    pub owned: &'static [&'static str],
    /// Stand before somebody who gets something: `A12 sold to Kim`.
    pub hands_on: &'static [&'static str],
    /// What money is called before or behind its number, glued or not: `RM20`, `20 pesos`.
    pub currency: &'static [&'static str],
    /// Stand after a number that is a time: `13 days`.
    pub time_unit: &'static [&'static str],
    /// Stand before a price: `for 14`.
    pub before_price: &'static [&'static str],
    /// Of the doubts, those that fit a comment which only lets go: `sorry, cancel A12`.
    pub fits_cancel: &'static [&'static str],
    /// Doubts that only say that more than one of something unnamed is meant.
    pub together: &'static [&'static str],
    /// Ask about what comes after a claim, if the question has one of `later_topic` too: `sold A12, when do you ship?`
    pub later_question: &'static [&'static str],
    /// What comes after a claim: `ship`.
    pub later_topic: &'static [&'static str],
    /// Letters that sellers write for the words of their price tiers: `S-150` is the price for whoever writes `steal`.
    pub tiers: &'static [(&'static str, &'static str)],
    /// Mean one of every variant, if there are so many: `all three colors`.
    pub every_of: &'static [(&'static str, u32)],
    /// Stand after a number that is a measure and no quantity: `12kg`.
    pub measure: &'static [&'static str],
    /// Of the measures, those in which sizes are told: `90cm` is the size 90.
    pub size_unit: &'static [&'static str],
    /// Numbers in words, from two on: `two`.
    pub numbers: &'static [(&'static str, u32)],
    /// A bare number beside an item is a quantity.
    pub bare_number_is_quantity: bool,
    /// A bare number that is an item's code is that code beside other codes too.
    pub numbers_are_codes: bool,
    /// `a 32` means the code `A032`.
    pub loose_codes: bool,
    pub minus: Minus,
}

impl Preset {
    /// What the preset lays over the common words.
    pub(super) fn words(self) -> &'static Words {
        match self {
            Preset::Us => &US,
            Preset::Ph => &PH,
            Preset::Th => &TH,
            Preset::Vn => &VN,
            Preset::Tw => &TW,
            Preset::My => &MY,
            Preset::Es => &ES,
            Preset::Crystals => &CRYSTALS,
            Preset::Jewellery => &JEWELLERY,
        }
    }
}

/// A table with nothing of its own, so that the others name only what differs.
const NONE: Words = Words {
    claim: &[],
    weak_claim: &[],
    cancel: &[],
    next: &[],
    question: &[],
    question_opener: &[],
    doubt: &[],
    pending: &[],
    praise: &[],
    filler: &[],
    talk: &[],
    single: &[],
    subject: &[],
    every_variant: &[],
    before_quantity: &[],
    after_quantity: &[],
    before_size: &[],
    before_phone: &[],
    wanting: &[],
    contrast: &[],
    owned: &[],
    hands_on: &[],
    currency: &[],
    time_unit: &[],
    before_price: &[],
    fits_cancel: &[],
    together: &[],
    later_question: &[],
    later_topic: &[],
    tiers: &[],
    every_of: &[],
    measure: &[],
    size_unit: &[],
    numbers: &[],
    bare_number_is_quantity: false,
    numbers_are_codes: false,
    loose_codes: false,
    minus: Minus::Nothing,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::grammar::fold::FoldedText;

    #[test]
    fn every_word_is_folded() {
        let tables = Preset::ALL.iter().map(|preset| preset.words()).chain([&COMMON]);
        for table in tables {
            for list in [
                table.claim,
                table.weak_claim,
                table.cancel,
                table.next,
                table.question,
                table.question_opener,
                table.doubt,
                table.pending,
                table.praise,
                table.filler,
                table.talk,
                table.subject,
                table.every_variant,
                table.before_quantity,
                table.after_quantity,
                table.before_size,
                table.before_phone,
                table.before_price,
                table.wanting,
                table.contrast,
                table.hands_on,
                table.owned,
                table.currency,
                table.time_unit,
                table.fits_cancel,
                table.together,
                table.later_question,
                table.later_topic,
                table.measure,
                table.size_unit,
            ] {
                for word in list {
                    assert_eq!(*word, FoldedText::fold(word));
                }
            }
            for (word, _) in table.numbers.iter().chain(table.every_of) {
                assert_eq!(*word, FoldedText::fold(word));
            }
        }
    }
}
