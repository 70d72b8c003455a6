//! What numbers say by their form alone: quantities, measures, telephone numbers.

use super::Scanner;
use super::fold::AtomKind;
use super::presets::Minus;
use super::scan::{Element, Kind};

/// Fewest and most digits of a telephone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

impl Scanner<'_> {
    /// A number in a form that only quantities have: `x2`, `+ 2`, `sl 2`, `2x`, `2 pcs`, and `-6` where a minus counts.
    pub(super) fn quantity(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        if let Some(number) = self.number(atom) {
            let unit = atom + 1;
            if self.kind(unit) == Some(AtomKind::Word) && self.cluster_end(unit) != unit + 1 {
                return None;
            }
            let entry = self.entry(unit, unit + 1);
            if entry.after_quantity {
                // In `2 x 3` nobody knows which number counts.
                let product = self.number(unit + 1).is_some() && entry.before_quantity;
                return (!product)
                    .then(|| self.add(elements, Kind::Quantity(number), atom, unit + 1))
                    .flatten();
            }
            // `2 in blue` is no measure: a word that also means nothing must be glued to its number.
            if entry.measure && (self.is_glued(unit) || entry.sense.is_none()) {
                let end = self.add(elements, Kind::Measure, atom, unit + 1);
                if let (Some(measure), true) = (elements.last_mut(), entry.size_unit) {
                    measure.part = measure.part.or(self.entry(atom, unit).part);
                }
                return end;
            }
            return None;
        }
        let number = self.number(atom + 1)?;
        let word = self.word(atom);
        let after_item = elements
            .last()
            .is_some_and(|before| matches!(before.kind, Kind::Item { .. }) || before.part.is_some());
        let counts = match word {
            "-" => after_item && self.grammar.words.minus == Minus::Quantity && self.is_glued(atom + 1),
            _ => self.entry(atom, atom + 1).before_quantity,
        };
        if !counts {
            return None;
        }
        // A decimal or a longer code behind the sign is no quantity.
        let cluster = self.cluster_end(atom + 1);
        let decimal = matches!(self.word(cluster), "." | "," | ":" | "/")
            && self.is_glued(cluster)
            && self.is_glued(cluster + 1)
            && self.number(cluster + 1).is_some();
        let item = cluster > atom + 2 && self.items(atom + 1, cluster).is_some();
        if decimal || item {
            return None;
        }
        let unit = atom + 2;
        let end = if self.entry(unit, unit + 1).after_quantity && self.number(unit + 1).is_none() {
            unit + 1
        } else {
            unit
        };
        if end == unit && self.is_glued(unit) && !self.tail_is_understood(unit, &Kind::Quantity(number)) {
            return None;
        }
        self.add(elements, Kind::Quantity(number), atom, end)
    }

    /// `3.2g`: a number with decimals and a unit.
    pub(super) fn decimal_measure(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        self.number(atom)?;
        let (point, decimals, unit) = (atom + 1, atom + 2, atom + 3);
        let decimal = matches!(self.word(point), "." | ",")
            && self.is_glued(point)
            && self.is_glued(decimals)
            && self.number(decimals).is_some();
        let measure = decimal && self.entry(unit, unit + 1).measure && self.cluster_end(unit) == unit + 1;
        measure.then(|| self.add(elements, Kind::Measure, atom, unit + 1)).flatten()
    }

    /// A telephone number: many digits, in groups only if it begins as telephone numbers do.
    pub(super) fn phone(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        if self.word(atom) == "(" {
            return self.phone_with_area_code(atom, elements);
        }
        let plus = self.word(atom) == "+";
        let first = if plus { atom + 1 } else { atom };
        self.number(first)?;
        let (mut end, mut digits, mut keys, mut groups, mut dashes) = (first, 0, 0, 0, true);
        while self.number(end).is_some() && digits <= *PHONE_DIGITS.end() {
            digits += self.word(end).len();
            keys += usize::from(self.entry(end, end + 1).items.is_some());
            groups += 1;
            end += 1;
            let dash = matches!(self.word(end), "-" | ".") && self.is_glued(end) && self.is_glued(end + 1);
            if dash && self.number(end + 1).is_some() {
                end += 1;
            } else if self.number(end).is_some() {
                dashes = false;
            } else {
                break;
            }
        }
        let begins = plus || self.word(first).starts_with('0') || (groups > 1 && dashes && keys == 0);
        let alone = groups == 1 && keys == 0;
        let whole = !(self.is_glued(end) && matches!(self.kind(end), Some(AtomKind::Word)));
        let is_phone = PHONE_DIGITS.contains(&digits) && keys < groups && (begins || alone) && whole;
        is_phone.then(|| self.add(elements, Kind::Phone, atom, end)).flatten()
    }

    /// `(512) 555-0100`.
    fn phone_with_area_code(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        let digits = |at: usize, count: usize| self.number(at).is_some() && self.word(at).len() == count;
        let whole = digits(atom + 1, 3)
            && self.word(atom + 2) == ")"
            && digits(atom + 3, 3)
            && matches!(self.word(atom + 4), "-" | ".")
            && digits(atom + 5, 4);
        whole.then(|| self.add(elements, Kind::Phone, atom, atom + 6)).flatten()
    }
}
