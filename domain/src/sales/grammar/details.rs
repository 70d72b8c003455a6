//! Which words and numbers of a text belong to which of its items.

use smallvec::SmallVec;

use super::meaning::Text;
use super::scan::{Element, Kind};
use super::variants::{Detail, Unclear, choose};
use super::{ClaimKind, Claims, MAX_ITEMS, MAX_QUANTITY};
use crate::sales::reading::{Claim, NO_VARIANT};
use crate::sales::reasons::{Reason, ReasonCode};

/// Why a text with items is for a person, and which item it is about if not the first.
pub(super) struct Doubt {
    pub(super) reason: Reason,
    pub(super) about: Option<u32>,
}

impl From<Reason> for Doubt {
    fn from(reason: Reason) -> Self {
        Doubt { reason, about: None }
    }
}

impl From<ReasonCode> for Doubt {
    fn from(code: ReasonCode) -> Self {
        Reason::from(code).into()
    }
}

/// What is demanded of each item, in the order of the items.
type Kinds = SmallVec<[ClaimKind; 8]>;
/// What is said about items: each detail with the position of its item.
type Details = SmallVec<[(usize, Detail); 8]>;

/// A bare number is no quantity from here on: hardly anybody takes so many, and prices are written like that, more often
/// behind an item than before it.
const LEAST_PRICE: u32 = 100;
const LEAST_PRICE_BEHIND: u32 = 20;

impl Text<'_> {
    /// Of what could be an item, some is a size, a choice, a quantity or another word for the item beside it.
    pub(super) fn settle_items(&mut self) {
        let is_sized = |text: &Self, index: usize| {
            let element = &text.elements[index];
            element.sized && element.part.is_some()
        };
        // So many are a list, and one that goes to a person.
        if self.items.len() > 2 * MAX_ITEMS {
            return;
        }
        let mut place = 0;
        while let Some(index) = self.items.get(place).copied() {
            let before = place.checked_sub(1).and_then(|before| self.items.get(before)).copied();
            let is_other_word = before.is_some_and(|before| {
                self.is_choice_beside(before, index) || self.is_same_item_in_other_words(before, index)
            });
            if is_sized(self, index) || is_other_word {
                self.items.remove(place);
            } else {
                place += 1;
            }
        }
        // A number that is also an item's code is a quantity or a size beside a plainer code.
        let is_plain = |text: &Self, index: usize| {
            matches!(text.elements[index].kind, Kind::Item { number: false, .. })
                || text.stands_as_code(index)
        };
        if self.items.len() > 1
            && !self.scanner.grammar.words.numbers_are_codes
            && self.items.iter().any(|index| is_plain(self, *index))
        {
            let plain = self.items.iter().copied().filter(|index| is_plain(self, *index)).collect();
            self.items = plain;
        }
    }

    /// `T2 M`, where `M` is a size of T2 and an item's code too: right behind T2 it is the size.
    fn is_choice_beside(&self, item: usize, index: usize) -> bool {
        let Kind::Item { number: false, .. } = self.elements[index].kind else { return false };
        let part = self.elements[index].part;
        let has_part = self.item_at(item).zip(part);
        index == item + 1
            && has_part.is_some_and(|(item, part)| self.scanner.grammar.lexicon.has_part(item, part))
    }

    /// `30S selenite lamp`: code and alias of one item.
    fn is_same_item_in_other_words(&self, item: usize, index: usize) -> bool {
        let (first, second) = (&self.elements[item], &self.elements[index]);
        self.item_at(item) == self.item_at(index)
            && self.written(first) != self.written(second)
            && self.elements[item + 1..index].iter().all(|between| between.kind == Kind::Filler)
    }

    /// `sold 301 M`: a number right behind a claim word and before a choice of its own, or before another claim word, is
    /// a code.
    pub(super) fn stands_as_code(&self, index: usize) -> bool {
        let claimed = index.checked_sub(1).and_then(|before| self.elements.get(before));
        let claimed = claimed.is_some_and(|before| matches!(before.kind, Kind::Intent { .. }));
        let (Some(item), Some(behind)) = (self.item_at(index), self.elements.get(index + 1)) else {
            return false;
        };
        let lexicon = &self.scanner.grammar.lexicon;
        let chosen = behind.part.is_some_and(|part| lexicon.has_part(item, part));
        let before =
            self.items.iter().rev().find(|before| **before < index).and_then(|index| self.item_at(*index));
        let only_its_own =
            chosen && before.zip(behind.part).is_some_and(|(before, part)| !lexicon.has_part(before, part));
        only_its_own || claimed && (chosen || matches!(behind.kind, Kind::Intent { .. }))
    }

    /// `T2 S and M`, where `M` is a size of T2 and an item's code too.
    fn choice_or_code(&self) -> Option<&Element> {
        let doubtful = self.items.windows(2).find(|pair| match pair {
            [before, index] => {
                let plain = matches!(self.elements[*index].kind, Kind::Item { number: false, .. });
                let part = self.elements[*index].part.zip(self.item_at(*before));
                plain && part.is_some_and(|(part, item)| self.scanner.grammar.lexicon.has_part(item, part))
            }
            _ => false,
        });
        doubtful.and_then(|pair| self.elements.get(*pair.last()?))
    }

    /// The position in `items` of the item that the element at `index` speaks of: the last before it, or the first.
    pub(super) fn owner(&self, index: usize) -> Option<usize> {
        let before = self.items.partition_point(|item| *item <= index);
        (!self.items.is_empty()).then(|| before.saturating_sub(1))
    }

    /// Whether the element is a word of a variant's name of the item that it speaks of.
    pub(super) fn is_detail(&self, index: usize) -> bool {
        let part = self.elements.get(index).and_then(|element| element.part);
        if part.is_none() {
            return false;
        }
        let item = self.owner(index).and_then(|owner| self.item_at(self.items[owner]));
        match (item, part) {
            (Some(item), Some(part)) => self.scanner.grammar.lexicon.has_part(item, part),
            _ => false,
        }
    }

    /// What is demanded of each item: the claim word before it, or, where items come first, the one behind them.
    pub(super) fn kinds(&self) -> Result<Kinds, Doubt> {
        let intent = |index: usize| match self.elements[index].kind {
            Kind::Intent { kind, .. } => Some(kind),
            _ => None,
        };
        // `cancel D5 grab`: beside another word, the word of a price tier only says which variant.
        let tiers = |index: &usize| self.is_detail(*index);
        let mut words = self.intents.clone();
        if !words.iter().all(tiers) {
            words.retain(|index| !tiers(index));
        }
        let Some(first) = words.first().and_then(|index| intent(*index)) else {
            return Ok(Kinds::from_elem(ClaimKind::Claim, self.items.len()));
        };
        let mixed = || Doubt::from(ReasonCode::Mixed);
        if words.iter().all(|index| intent(*index) == Some(first)) {
            // `A12, cancel B3` and `A12 B3-` may claim A12: only a claim word is for every item, wherever it stands.
            let among = words.first() > self.items.first() && words.first() < self.items.last();
            let is_sign = |index: &usize| self.written(&self.elements[*index]) == "-";
            let unsure = among || words.iter().any(is_sign);
            return match first != ClaimKind::Claim && unsure && words.len() < self.items.len() {
                true => self.kinds_behind_items(first).ok_or_else(mixed),
                false => Ok(Kinds::from_elem(first, self.items.len())),
            };
        }
        let (Some(first_intent), Some(last_intent)) = (words.first(), words.last()) else {
            return Err(mixed());
        };
        let (Some(first_item), Some(last_item)) = (self.items.first(), self.items.last()) else {
            return Err(mixed());
        };
        let word_first = first_intent < first_item && last_intent < last_item;
        let word_last = first_item < first_intent && last_item < last_intent;
        let mut kinds = Kinds::new();
        for item in &self.items {
            let found = if word_first {
                words.iter().rev().find(|index| *index < item)
            } else if word_last {
                words.iter().find(|index| *index > item)
            } else {
                None
            };
            kinds.push(found.and_then(|index| intent(*index)).ok_or_else(mixed)?);
        }
        // Every word must have an item of its own, or one of them hangs in the air.
        let lonely = |pair: &[usize]| !self.items.iter().any(|item| (pair[0]..pair[1]).contains(item));
        if words.windows(2).any(|pair| lonely(pair) && intent(pair[0]) != intent(pair[1])) {
            return Err(mixed());
        }
        Ok(kinds)
    }

    /// `A12取消 B3+1`: behind every item stands either the word or how many are claimed.
    fn kinds_behind_items(&self, kind: ClaimKind) -> Option<Kinds> {
        let ends = self.items.iter().skip(1).copied().chain([self.elements.len()]);
        let kinds = self.items.iter().zip(ends).map(|(item, end)| {
            let behind = self.elements.get(*item..end)?;
            let has_word = behind.iter().any(|element| matches!(element.kind, Kind::Intent { .. }));
            let is_counted = behind.iter().any(|element| self.is_plus(element));
            match (has_word, is_counted) {
                (true, false) => Some(kind),
                (false, true) => Some(ClaimKind::Claim),
                _ => None,
            }
        });
        kinds.collect()
    }

    pub(super) fn claims(&self, kinds: &[ClaimKind]) -> Result<Claims, Doubt> {
        if let Some(element) = self.choice_or_code() {
            return Err(self.because(ReasonCode::ChoiceOrCode, element).into());
        }
        let details = self.details()?;
        let mut claims = Claims::new();
        for (position, (index, kind)) in self.items.iter().zip(kinds).enumerate() {
            let Some(item) = self.item_at(*index) else { continue };
            let about = |code: ReasonCode| Doubt { reason: code.into(), about: Some(item) };
            let own: SmallVec<[Detail; 8]> =
                details.iter().filter(|(owner, _)| *owner == position).map(|(_, detail)| *detail).collect();
            let which = if kind.lets_go() { ReasonCode::WhichLetGo } else { ReasonCode::WhichVariant };
            let counted = own.iter().any(|detail| matches!(detail, Detail::Quantity(_)))
                || (*kind == ClaimKind::Cancel && self.is_single(*index));
            // `cancel 1 A12` keeps the others.
            let kind = match *kind {
                ClaimKind::Cancel if counted => ClaimKind::Reduce,
                // Which one is known where it is known what the buyer has.
                ClaimKind::Cancel if own.is_empty() && self.is_one_of_several(item) => ClaimKind::CancelItem,
                kind => kind,
            };
            if kind == ClaimKind::CancelItem {
                if claims.iter().any(|claim| claim.item == item) {
                    return Err(about(ReasonCode::NamedTwice));
                }
                claims.push(Claim { kind, item, variant: NO_VARIANT, quantity: 1 });
                continue;
            }
            let chosen =
                choose(&self.scanner.grammar.lexicon, item, &own).map_err(|unclear| match unclear {
                    Unclear::Variant => about(which),
                    Unclear::Quantity => about(ReasonCode::HowMany),
                })?;
            let counts = own.iter().filter(|detail| matches!(detail, Detail::Quantity(_))).count();
            let several = chosen.len() > 1 && counts < chosen.len();
            for (variant, quantity) in chosen {
                if several && self.has_slash(*index, position) {
                    return Err(about(which));
                }
                if quantity == 0 {
                    return Err(about(ReasonCode::NoneOfIt));
                }
                if quantity > MAX_QUANTITY {
                    return Err(about(ReasonCode::TooManyPieces));
                }
                let is_same = |claim: &Claim| claim.variant == variant || claim.variant == NO_VARIANT;
                if claims.iter().any(|claim| claim.item == item && is_same(claim)) {
                    return Err(about(ReasonCode::NamedTwice));
                }
                claims.push(Claim { kind, item, variant, quantity });
            }
        }
        Ok(claims)
    }

    /// Whether an item has several variants, none of which is a price tier: `mine off D5` may let go of the tier.
    fn is_one_of_several(&self, item: u32) -> bool {
        let lexicon = &self.scanner.grammar.lexicon;
        let is_tier = |(_, word): &(&str, &str)| {
            lexicon.find(word).part.is_some_and(|part| lexicon.has_part(item, part))
        };
        lexicon.variant_parts(item).len() > 1 && !self.scanner.grammar.words.tiers.iter().any(is_tier)
    }

    /// `cancel one A12`
    fn is_single(&self, item: usize) -> bool {
        let before = |back: usize| item.checked_sub(back).and_then(|index| self.elements.get(index));
        before(1).is_some_and(|word| word.kind == Kind::Filler && self.entry(word).single)
            && before(2).is_some_and(|word| matches!(word.kind, Kind::Intent { .. }))
    }

    /// `S/M` behind an item: one of them, or both?
    fn has_slash(&self, item: usize, position: usize) -> bool {
        let end = self.items.get(position + 1).copied().unwrap_or(self.elements.len());
        let Some(elements) = self.elements.get(item..end) else { return false };
        elements.windows(2).any(|pair| match pair {
            [left, right] => self.scanner.folded.bytes(left.end, right.start).contains('/'),
            _ => false,
        })
    }

    /// For each item, its quantities and words of variants.
    fn details(&self) -> Result<Details, Doubt> {
        let mut details = Details::new();
        // `2x A1, 3x B2`: where a number stands before the first item, every number stands before its item.
        let is_count = |element: &Element| matches!(element.kind, Kind::Quantity(_) | Kind::Number(_));
        let several = self.items.len() > 1;
        // `A1 2 B2`: two of which? `A1 2 B2 3` is plain. A number that is a size of its item counts nothing.
        if several {
            let counting =
                |(index, element): &(usize, &Element)| is_count(element) && !self.is_detail(*index);
            let bare = |(index, element): &(usize, &Element)| {
                matches!(element.kind, Kind::Number(_)) && !self.counts_next(*index)
            };
            let mut counts = self.elements.iter().enumerate().filter(counting);
            if counts.clone().count() < self.items.len()
                && let Some((_, bare)) = counts.find(bare)
            {
                return Err(self.because(ReasonCode::CountsWhat, bare).into());
            }
        }
        let leading =
            several && self.items.first().is_some_and(|first| self.elements[..*first].iter().any(is_count));
        let several_tiers = self.has_several_tiers();
        let words = self.scanner.grammar.words;
        for (index, element) in self.elements.iter().enumerate() {
            if let Some(variant) = self.variant_with_code(index) {
                details.extend(self.owner(index).map(|owner| (owner, Detail::Variant(variant))));
                continue;
            }
            if self.items.contains(&index) {
                continue;
            }
            let mut owner = self.owner(index).unwrap_or(0);
            let after_all = self.items.last().is_some_and(|last| index > *last);
            let is_detail = self.is_detail(index);
            if leading
                && is_count(element)
                && !is_detail
                && self.items.get(owner).is_some_and(|item| *item < index)
            {
                owner += 1;
            }
            let counts_next = !leading && !is_detail && is_count(element) && self.counts_next(index);
            owner += usize::from(counts_next);
            let about = self.items.get(owner).and_then(|item| self.item_at(*item));
            let unclear = |code: ReasonCode| Err(Doubt { reason: self.because(code, element), about });
            let behind = self.items.get(owner).is_some_and(|item| *item < index);
            let repeats = |details: &Details| {
                element.part.is_some_and(|part| details.contains(&(owner, Detail::Part(part))))
            };
            let detail = match element.kind {
                Kind::Item { number, .. } if is_detail && (element.sized || !number) => {
                    element.part.map(Detail::Part)
                }
                Kind::Item { number: true, .. } if is_detail => return unclear(ReasonCode::ChoiceOrCode),
                Kind::Item { number: true, .. } => return unclear(ReasonCode::CodeOrQuantityOf),
                Kind::Quantity(_) | Kind::Number(_) if leading && after_all && !is_detail => {
                    return unclear(ReasonCode::BehindLastItem);
                }
                Kind::Quantity(quantity) => Some(Detail::Quantity(quantity)),
                // `R7 7 7`: a size and a quantity, or a slip?
                Kind::Number(_) if is_detail && repeats(&details) => return unclear(ReasonCode::MeansWhat),
                Kind::Number(_) if is_detail => element.part.map(Detail::Part),
                Kind::Number(_) if element.sized => return unclear(ReasonCode::NoSuchSize),
                Kind::Number(number)
                    if number < if behind { LEAST_PRICE_BEHIND } else { LEAST_PRICE }
                        && (words.bare_number_is_quantity
                            || self.stands_between_claim_and_item(index)
                            || self.follows_every(index)
                            || counts_next
                            || (index == 0 && self.items.contains(&1) && !words.numbers_are_codes)
                            || (leading && self.items.contains(&(index + 1))))
                        && !self.follows_price_word(index) =>
                {
                    Some(Detail::Quantity(number))
                }
                Kind::Number(_) if self.follows_price_word(index) => None,
                Kind::Number(_) => return unclear(ReasonCode::MeansWhat),
                Kind::Every(count) => Some(Detail::Every(count)),
                // `mine D5`, where the seller has a variant for each price: mine, steal, grab.
                Kind::Intent { .. } if !is_detail => None,
                Kind::Intent { .. } if several_tiers => {
                    return unclear(ReasonCode::WhichVariant);
                }
                _ if is_detail => element.part.map(Detail::Part),
                _ => None,
            };
            details.extend(detail.map(|detail| (owner, detail)));
        }
        Ok(details)
    }

    /// The variant of which an element is the code, among those of the item that it speaks of.
    fn variant_with_code(&self, index: usize) -> Option<u32> {
        let Kind::Item { item, .. } = self.elements.get(index)?.kind else { return None };
        let owner = self.owner(index).and_then(|owner| self.item_at(*self.items.get(owner)?));
        let place = self.elements.get(index)?.place;
        self.scanner.grammar.lexicon.variant_with_code(item, place).filter(|_| owner == Some(item))
    }

    /// `mine D5 steal`: two prices at once.
    fn has_several_tiers(&self) -> bool {
        let elements = self.intents.iter().filter_map(|intent| self.elements.get(*intent));
        let mut parts = elements.filter_map(|element| element.part);
        parts.next().is_some_and(|first| parts.any(|part| part != first))
    }

    /// `quiero 2 A12`: a number between a claim word and an item counts everywhere.
    fn stands_between_claim_and_item(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.elements.get(before));
        before.is_some_and(|before| matches!(before.kind, Kind::Intent { .. }))
            && self.items.contains(&(index + 1))
    }

    /// `A12 and 2 B3`: a number between a small word and an item counts that item.
    fn counts_next(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.elements.get(before));
        before.is_some_and(|before| before.kind == Kind::Filler && !before.before_size)
            && self.items.contains(&(index + 1))
            && !self.follows_price_word(index)
    }

    /// `藍L、粉L各1`: behind a word for every variant, a number counts each of them.
    fn follows_every(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.elements.get(before));
        before.is_some_and(|before| matches!(before.kind, Kind::Every(_)))
    }

    /// `for 14` and `at 14` name a price, not a quantity.
    pub(super) fn follows_price_word(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.elements.get(before));
        before.is_some_and(|before| self.entry(before).before_price)
    }
}
