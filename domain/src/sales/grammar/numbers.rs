//! What numbers say by their form alone: quantities, measures, telephone numbers.

use super::fold::AtomKind;
use super::presets::Minus;
use super::scan::{Element, Kind};
use super::{Scanner, Sense};

/// Fewest and most digits of a telephone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

impl Scanner<'_> {
    /// A number in a form that only quantities have: `x2`, `+ 2`, `sl 2`, `2x`, `2 pcs`, and `-6` where a minus counts.
    pub(super) fn quantity(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        if let Some(Sense::Number(number)) = self.entry(atom, atom + 1).sense {
            let counted = self.entry(atom + 1, atom + 2).after_quantity && self.number(atom + 2).is_none();
            return counted.then(|| self.add(elements, Kind::Quantity(number), atom, atom + 2)).flatten();
        }
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
            if self.is_glued(unit) || entry.sense.is_none() {
                if entry.currency {
                    return self.add(elements, Kind::Price, atom, unit + 1);
                }
                if entry.time_unit {
                    return self.add(elements, Kind::Unknown, atom, unit + 1);
                }
            }
            // `2 in blue` is no measure: a word that also means nothing must be glued to its number.
            if entry.measure && (self.is_glued(unit) || entry.sense.is_none()) {
                let end = self.add(elements, Kind::Measure, atom, unit + 1);
                // `90cm` is the size 90, and so is `2 tuổi` where the seller names a size so.
                let tells_size = entry.size_unit || entry.part.is_some();
                if let (Some(measure), true) = (elements.last_mut(), tells_size) {
                    measure.part = measure.part.or(self.entry(atom, unit).part);
                }
                return end;
            }
            return None;
        }
        // `qty: 2`
        let colon = self.word(atom + 1) == ":" && self.kind(atom) == Some(AtomKind::Word);
        let sign = if colon { atom + 1 } else { atom };
        let number = self.number(sign + 1)?;
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
        let cluster = self.cluster_end(sign + 1);
        let decimal = matches!(self.word(cluster), "." | "," | ":" | "/")
            && self.is_glued(cluster)
            && self.is_glued(cluster + 1)
            && self.number(cluster + 1).is_some();
        let item = cluster > sign + 2 && self.items(sign + 1, cluster).is_some();
        if decimal || item {
            return None;
        }
        let unit = sign + 2;
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

    /// `S-150`, `M:100`: the letter of a price tier and its price, where the seller has variants for the tiers.
    pub(super) fn tier(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        let tiers = self.grammar.words.tiers;
        if tiers.is_empty() || !matches!(self.word(atom + 1), "-" | ":" | "=") {
            return None;
        }
        let (_, word) = tiers.iter().find(|(letter, _)| *letter == self.word(atom))?;
        let part = self.grammar.lexicon.find(word).part?;
        let price = self.number(atom + 2).is_some() && self.cluster_end(atom + 2) == atom + 3;
        let end = price.then(|| self.add(elements, Kind::Price, atom, atom + 3)).flatten()?;
        if let Some(tier) = elements.last_mut() {
            tier.part = Some(part);
        }
        Some(end)
    }

    /// `3.2g`: a number with decimals and a unit; `7:20`: a time.
    pub(super) fn decimal_measure(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        self.number(atom)?;
        let (point, decimals, unit) = (atom + 1, atom + 2, atom + 3);
        let decimal = matches!(self.word(point), "." | ",")
            && self.is_glued(point)
            && self.is_glued(decimals)
            && self.number(decimals).is_some();
        let measure = decimal && self.entry(unit, unit + 1).measure && self.cluster_end(unit) == unit + 1;
        let clock = self.word(point) == ":" && self.is_glued(point) && self.is_glued(decimals);
        if clock && self.number(decimals).is_some() && self.word(decimals).len() == 2 {
            return self.add(elements, Kind::Unknown, atom, unit);
        }
        if decimal && self.entry(unit, unit + 1).currency {
            return self.add(elements, Kind::Price, atom, unit + 1);
        }
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
        // A number of few digits begins none unless others follow.
        let sign = matches!(self.word(first + 1), "-" | ".");
        if self.word(first).len() < *PHONE_DIGITS.start()
            && self.number(first + 1 + usize::from(sign)).is_none()
        {
            return None;
        }
        let marked = plus || self.word(first).starts_with('0') || self.is_announced_phone(atom);
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
                // Numbers with spaces between are mostly something else.
                if !marked {
                    return None;
                }
                dashes = false;
            } else {
                break;
            }
        }
        let begins = marked || (groups > 1 && dashes && keys == 0);
        let alone = groups == 1 && keys == 0;
        let whole = !(self.is_glued(end) && matches!(self.kind(end), Some(AtomKind::Word)));
        let is_phone = PHONE_DIGITS.contains(&digits) && keys < groups && (begins || alone) && whole;
        if !is_phone {
            return None;
        }
        // `call me at`
        for word in elements.iter_mut().rev() {
            if !self.entry_of(word).before_phone {
                break;
            }
            word.kind = Kind::Filler;
        }
        self.add(elements, Kind::Phone, atom, end)
    }

    /// `call 512 555 0100`, `sđt: 0912…`
    fn is_announced_phone(&self, atom: usize) -> bool {
        let colon = atom > 1 && matches!(self.word(atom - 1), ":" | ".");
        let before = atom.checked_sub(if colon { 2 } else { 1 });
        before.is_some_and(|before| self.entry(before, before + 1).before_phone)
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
