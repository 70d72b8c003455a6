//! Which words and numbers of a text belong to which of its items.

use super::meaning::{Text, review};
use super::scan::{Element, Kind};
use super::variants::{Detail, Unclear, choose};
use super::{ClaimKind, Judgement, MAX_QUANTITY};
use crate::sales::reading::Claim;

impl Text<'_, '_> {
    /// The position in `items` of the item that the element at `index` speaks of: the last before it, or the first.
    pub(super) fn owner(&self, index: usize) -> Option<usize> {
        let before = self.items.partition_point(|item| *item <= index);
        (!self.items.is_empty()).then(|| before.saturating_sub(1))
    }

    /// Whether the element is a word of a variant's name of the item that it speaks of.
    pub(super) fn is_detail(&self, index: usize) -> bool {
        let item = self.owner(index).and_then(|owner| self.item_at(self.items[owner]));
        match (item, self.elements.get(index).and_then(|element| element.part)) {
            (Some(item), Some(part)) => self.grammar.catalog.has_part(item, part),
            _ => false,
        }
    }

    /// What is demanded of each item: the claim word before it, or, where items come first, the one behind them.
    pub(super) fn kinds(&self) -> Result<Vec<ClaimKind>, Box<Judgement>> {
        let intent = |index: usize| match self.elements[index].kind {
            Kind::Intent { kind, .. } => Some(kind),
            _ => None,
        };
        let Some(first) = self.intents.first().and_then(|index| intent(*index)) else {
            return Ok(vec![ClaimKind::Claim; self.items.len()]);
        };
        if self.intents.iter().all(|index| intent(*index) == Some(first)) {
            return Ok(vec![first; self.items.len()]);
        }
        let mixed =
            || Box::new(review("Claims and lets go in one breath; which is meant for which item?".into()));
        let (Some(first_intent), Some(last_intent)) = (self.intents.first(), self.intents.last()) else {
            return Err(mixed());
        };
        let (Some(first_item), Some(last_item)) = (self.items.first(), self.items.last()) else {
            return Err(mixed());
        };
        let word_first = first_intent < first_item && last_intent < last_item;
        let word_last = first_item < first_intent && last_item < last_intent;
        let mut kinds = Vec::new();
        for item in &self.items {
            let found = if word_first {
                self.intents.iter().rev().find(|index| *index < item)
            } else if word_last {
                self.intents.iter().find(|index| *index > item)
            } else {
                None
            };
            kinds.push(found.and_then(|index| intent(*index)).ok_or_else(mixed)?);
        }
        // Every word must have an item of its own, or one of them hangs in the air.
        let lonely = |pair: &[usize]| !self.items.iter().any(|item| (pair[0]..pair[1]).contains(item));
        if self.intents.windows(2).any(|pair| lonely(pair) && intent(pair[0]) != intent(pair[1])) {
            return Err(mixed());
        }
        Ok(kinds)
    }

    pub(super) fn claims(&self, kinds: &[ClaimKind]) -> Result<Vec<Claim>, Box<Judgement>> {
        let details = self.details()?;
        let mut claims: Vec<Claim> = Vec::new();
        for ((index, kind), details) in self.items.iter().zip(kinds).zip(details) {
            let Some(item) = self.item_at(*index) else { continue };
            let about = |reason: String| Box::new(Judgement { about: Some(item), ..review(reason) });
            let code = self.code(item);
            let counted = details.iter().any(|detail| matches!(detail, Detail::Quantity(_)));
            if *kind == ClaimKind::Cancel && counted {
                return Err(about(format!("Lets go of {code}, but with a number: of how many?")));
            }
            let chosen = choose(self.grammar.catalog, item, &details).map_err(|unclear| match unclear {
                Unclear::Variant => about(self.which_variant(item)),
                Unclear::Quantity => about(format!("How many of {code}? The numbers are not clear.")),
            })?;
            for (variant, quantity) in chosen {
                if quantity == 0 {
                    return Err(about(format!("Claims none of {code}?")));
                }
                if quantity > MAX_QUANTITY {
                    return Err(about(format!("More than {MAX_QUANTITY} of {code} are not held unseen.")));
                }
                if claims.iter().any(|claim| claim.item == item && claim.variant == variant) {
                    return Err(about(format!("Names {code} twice: how many are meant?")));
                }
                claims.push(Claim { kind: *kind, item, variant, quantity });
            }
        }
        Ok(claims)
    }

    /// For each item, its quantities and words of variants.
    fn details(&self) -> Result<Vec<Vec<Detail>>, Box<Judgement>> {
        let mut details = vec![Vec::new(); self.items.len()];
        // `2x A1, 3x B2`: where a number stands before the first item, every number stands before its item.
        let is_count = |element: &Element| matches!(element.kind, Kind::Quantity(_) | Kind::Number(_));
        let several = self.items.len() > 1;
        let counts = self.elements.iter().filter(|element| is_count(element)).count();
        // `A1 2 B2`: two of which? `A1 2 B2 3` is plain.
        if several
            && counts < self.items.len()
            && let Some(bare) = self.first(|kind| matches!(kind, Kind::Number(_)))
        {
            return Err(Box::new(review(format!("Which item does “{}” count?", self.written(bare)))));
        }
        let leading =
            several && self.items.first().is_some_and(|first| self.elements[..*first].iter().any(is_count));
        for (index, element) in self.elements.iter().enumerate() {
            if self.items.contains(&index) {
                continue;
            }
            let mut owner = self.owner(index).unwrap_or(0);
            let after_all = self.items.last().is_some_and(|last| index > *last);
            if leading && is_count(element) && self.items.get(owner).is_some_and(|item| *item < index) {
                owner += 1;
            }
            let name =
                self.items.get(owner).and_then(|item| self.item_at(*item)).map_or("", |item| self.code(item));
            let unclear = |reason: String| Box::new(review(reason));
            let is_detail = self.is_detail(index);
            let detail = match element.kind {
                Kind::Item { number: true, .. } if is_detail => {
                    return Err(unclear(format!(
                        "“{}” is a choice of {name} and a code.",
                        self.written(element)
                    )));
                }
                Kind::Item { number: true, .. } => {
                    return Err(unclear(format!(
                        "“{}” is a code; or is it a quantity of {name}?",
                        self.written(element)
                    )));
                }
                Kind::Quantity(_) | Kind::Number(_) if leading && after_all => {
                    return Err(unclear(format!("“{}” stands behind the last item.", self.written(element))));
                }
                Kind::Quantity(quantity) => Some(Detail::Quantity(quantity)),
                Kind::Number(_) if is_detail => element.part.map(Detail::Part),
                Kind::Number(_) if element.sized => {
                    return Err(unclear(format!("{name} has no size “{}”.", self.written(element))));
                }
                Kind::Number(number)
                    if self.grammar.words.bare_number_is_quantity && !self.follows_price_word(index) =>
                {
                    Some(Detail::Quantity(number))
                }
                Kind::Number(_) => {
                    return Err(unclear(format!("What does “{}” mean for {name}?", self.written(element))));
                }
                Kind::Intent { .. } => None,
                _ if is_detail => element.part.map(Detail::Part),
                _ => None,
            };
            if let (Some(detail), Some(details)) = (detail, details.get_mut(owner)) {
                details.push(detail);
            }
        }
        Ok(details)
    }

    /// `for 14` and `at 14` name a price, not a quantity.
    fn follows_price_word(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.elements.get(before));
        before.is_some_and(|before| matches!(self.written(before), "for" | "at"))
    }
}
