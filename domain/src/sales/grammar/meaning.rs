//! From the elements of a text to what is to be done. What is not plain goes to a person, with the reason.

use super::presets::COMMON;
use super::scan::{Element, Kind};
use super::{ClaimKind, Grammar, Judgement};
use crate::sales::reading::{Claim, Mark, MarkKind, Status};

/// More items than this in one comment are a list, not a claim.
const MAX_ITEMS: usize = 40;

/// The judgement of a text that is longer than any platform allows.
pub fn too_long() -> Judgement {
    review("This is longer than comments are; nothing in it was read.".into())
}

pub(super) fn review(reason: String) -> Judgement {
    Judgement { status: Status::Review, claims: Vec::new(), reason, marks: Vec::new(), about: None }
}

fn nothing(reason: &str) -> Judgement {
    Judgement { status: Status::None, ..review(reason.into()) }
}

/// Decides on the elements that the grammar holds.
pub fn judge(grammar: &Grammar<'_>) -> Judgement {
    let text = Text::new(grammar);
    let mut judgement = if text.items.is_empty() { text.without_item() } else { text.with_items() };
    if judgement.about.is_none() && judgement.status == Status::Review {
        judgement.about = text.first_item();
    }
    judgement.marks = text.marks(judgement.status);
    judgement
}

/// The elements of a text, sorted by what matters.
pub(super) struct Text<'grammar, 'catalog> {
    pub(super) grammar: &'grammar Grammar<'catalog>,
    pub(super) elements: &'grammar [Element],
    /// Indices into `elements`.
    pub(super) items: Vec<usize>,
    pub(super) intents: Vec<usize>,
}

impl<'grammar, 'catalog> Text<'grammar, 'catalog> {
    fn new(grammar: &'grammar Grammar<'catalog>) -> Self {
        let mut text = Text { grammar, elements: &grammar.elements, items: Vec::new(), intents: Vec::new() };
        for (index, element) in text.elements.iter().enumerate() {
            match element.kind {
                Kind::Item { .. } => text.items.push(index),
                Kind::Intent { .. } => text.intents.push(index),
                _ => {}
            }
        }
        // A number that is also an item's code is a quantity or a size beside a plainer code.
        let plain = |index: &usize| matches!(text.elements[*index].kind, Kind::Item { number: false, .. });
        if text.items.iter().any(plain) {
            text.items.retain(plain);
        }
        text
    }

    fn first_item(&self) -> Option<u32> {
        self.items.first().and_then(|index| self.item_at(*index))
    }

    pub(super) fn item_at(&self, index: usize) -> Option<u32> {
        match self.elements.get(index)?.kind {
            Kind::Item { item, .. } => Some(item),
            _ => None,
        }
    }

    fn any(&self, wanted: fn(&Kind) -> bool) -> bool {
        self.elements.iter().any(|element| wanted(&element.kind))
    }

    pub(super) fn first(&self, wanted: fn(&Kind) -> bool) -> Option<&Element> {
        self.elements.iter().find(|element| wanted(&element.kind))
    }

    pub(super) fn written(&self, element: &Element) -> &str {
        self.grammar.folded.bytes(element.start, element.end)
    }

    pub(super) fn code(&self, item: u32) -> &str {
        self.grammar.catalog.item(item).map_or("", |item| item.code.as_str())
    }

    fn is_question(&self) -> bool {
        self.any(|kind| *kind == Kind::Question)
    }

    /// The first element that means something is the beginning of a claim.
    fn begins_with_intent(&self) -> bool {
        let first = self.elements.iter().find(|element| !matches!(element.kind, Kind::Filler | Kind::Praise));
        first.is_some_and(|element| matches!(element.kind, Kind::Intent { .. }))
    }

    fn without_item(&self) -> Judgement {
        let unknown = self
            .elements
            .iter()
            .filter(|element| element.kind == Kind::Unknown && element.part.is_none())
            .count();
        let code =
            self.first(|kind| *kind == Kind::UnknownCode).map(|element| self.written(element).to_uppercase());
        if self.elements.is_empty() {
            return nothing("No words to read.");
        }
        if self.any(|kind| *kind == Kind::Pending) {
            return nothing("The buyer wants to ask first; this is no claim yet.");
        }
        if self.is_question() {
            return nothing("A question.");
        }
        if self.any(|kind| *kind == Kind::Doubt) {
            return nothing("Talk that claims nothing.");
        }
        if self.intents.is_empty() {
            if unknown == 0 && !self.any(|kind| *kind == Kind::Praise) {
                if let Some(code) = code {
                    return review(format!("There is no item with the code {code}."));
                }
                if self.any(|kind| matches!(kind, Kind::Quantity(_))) {
                    return review("A quantity, but of which item?".into());
                }
                if self.elements.iter().any(|element| element.part.is_some()) {
                    return review("A choice, but of which item?".into());
                }
                if self.any(|kind| matches!(kind, Kind::Number(_))) {
                    return review("A number, but there is no item with this code.".into());
                }
            }
            let praise = self.any(|kind| *kind == Kind::Praise);
            return nothing(if praise { "Praise." } else { "Talk that names no item." });
        }
        if let Some(code) = code {
            return review(format!("There is no item with the code {code}."));
        }
        let weak = self
            .intents
            .iter()
            .all(|index| matches!(self.elements[*index].kind, Kind::Intent { weak: true, .. }));
        if unknown == 0
            && let Some(element) = self.first(|kind| matches!(kind, Kind::Number(_)))
        {
            return review(format!(
                "“{}” is neither a known code nor plainly a quantity.",
                self.written(element)
            ));
        }
        if unknown == 0 {
            return review(self.which_item());
        }
        if self.begins_with_intent() && !weak {
            let words: Vec<&str> = self
                .elements
                .iter()
                .filter(|element| element.kind == Kind::Unknown)
                .map(|element| self.written(element))
                .take(4)
                .collect();
            return review(format!("No item is known as “{}”.", words.join(" ")));
        }
        nothing("Talk that names no item.")
    }

    fn which_item(&self) -> String {
        let kind = self.intents.first().map(|index| self.elements[*index].kind);
        match kind {
            Some(Kind::Intent { kind: ClaimKind::Cancel, .. }) => "Which item is let go?".into(),
            Some(Kind::Intent { kind: ClaimKind::Next, .. }) => "Next in line for which item?".into(),
            _ => "Which item is claimed?".into(),
        }
    }

    fn with_items(&self) -> Judgement {
        let about = self.first_item();
        let name = about.map_or("", |item| self.code(item));
        if self.any(|kind| *kind == Kind::Pending) {
            return nothing("The buyer wants to ask first; this is no claim yet.");
        }
        if self.is_question() {
            if self.intents.is_empty() {
                return nothing(&format!("A question about {name}."));
            }
            return review(format!("Names {name} with a claim word, but asks something too."));
        }
        if let Some(doubt) = self.first(|kind| *kind == Kind::Doubt) {
            return review(format!("“{}” makes it unclear whether {name} is claimed.", self.written(doubt)));
        }
        if let Some(code) = self.first(|kind| *kind == Kind::UnknownCode) {
            return review(format!("There is no item with the code {}.", self.written(code).to_uppercase()));
        }
        for index in &self.items {
            if let Some(element) = self.elements.get(*index)
                && let Kind::Item { shared: true, .. } = element.kind
            {
                return review(self.who_shares(element));
            }
        }
        if self.items.len() > MAX_ITEMS {
            return review(format!("Names more than {MAX_ITEMS} items."));
        }
        if let Some(number) = self.number_beside_a_code() {
            return review(format!("Is “{}” a code or a quantity of {name}?", self.written(number)));
        }
        if let Some(judgement) = self.stray_words(name) {
            return judgement;
        }
        match self.kinds().and_then(|kinds| self.claims(&kinds)) {
            Ok(claims) => {
                let reason = self.reason(&claims);
                Judgement { status: Status::Act, claims, ..review(reason) }
            }
            Err(judgement) => *judgement,
        }
    }

    /// Where a bare number is a quantity, a second code of only digits may be one as well.
    fn number_beside_a_code(&self) -> Option<&Element> {
        if !self.grammar.words.bare_number_is_quantity {
            return None;
        }
        let mut items = self.items.iter().skip(1).filter_map(|index| self.elements.get(*index));
        items.find(|element| matches!(element.kind, Kind::Item { number: true, .. }))
    }

    fn who_shares(&self, element: &Element) -> String {
        let catalog = self.grammar.catalog;
        let mut codes: Vec<&str> =
            catalog.find(self.written(element)).iter().map(|item| self.code(*item)).collect();
        if codes.len() > 1 {
            codes.truncate(4);
            return format!("“{}” could be {}.", self.written(element), codes.join(" or "));
        }
        format!("“{}” could mean more than one item.", self.written(element))
    }

    /// Words that are not understood. Behind a plain claim they do no harm (`mine A12 for my mom`); before it, within it
    /// or without a claim word they may turn it round.
    fn stray_words(&self, name: &str) -> Option<Judgement> {
        let stray = |index: &usize| {
            let element = &self.elements[*index];
            element.kind == Kind::Unknown && !self.is_detail(*index)
        };
        let strays: Vec<usize> = (0..self.elements.len()).filter(stray).collect();
        let praise = self.any(|kind| *kind == Kind::Praise);
        if self.intents.is_empty() {
            if praise {
                return Some(nothing(&format!("Praise for {name}.")));
            }
            if let Some(first) = strays.first() {
                let word = self.written(&self.elements[*first]);
                return Some(review(format!("Names {name}, but “{word}” is not understood.")));
            }
            let element =
                self.elements.iter().find(|element| element.kind == Kind::Price || self.is_talk(element))?;
            let word = self.written(element);
            return Some(review(format!("Names {name} beside “{word}”, without a word that claims it.")));
        }
        let first = *strays.first()?;
        let last_meaning = self.elements.iter().rposition(|element| {
            matches!(
                element.kind,
                Kind::Intent { .. } | Kind::Item { .. } | Kind::Quantity(_) | Kind::Number(_)
            )
        })?;
        let weak = self
            .intents
            .iter()
            .all(|index| matches!(self.elements[*index].kind, Kind::Intent { weak: true, .. }));
        if weak || first < last_meaning {
            let word = self.written(&self.elements[first]);
            return Some(review(format!("Names {name}, but “{word}” is not understood.")));
        }
        None
    }

    /// A filler that makes a sentence of a code.
    fn is_talk(&self, element: &Element) -> bool {
        let word = self.written(element);
        element.kind == Kind::Filler
            && (COMMON.talk.contains(&word) || self.grammar.words.talk.contains(&word))
    }

    pub(super) fn which_variant(&self, item: u32) -> String {
        let names: Vec<&str> = self
            .grammar
            .catalog
            .item(item)
            .map_or(&[][..], |item| item.variants.as_slice())
            .iter()
            .map(|variant| variant.name.as_str())
            .collect();
        let more = names.len().saturating_sub(6);
        let shown = names.get(..names.len().min(6)).unwrap_or_default().join(", ");
        let end = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("Which {}? There are {shown}{end}.", self.code(item))
    }

    fn reason(&self, claims: &[Claim]) -> String {
        let demands: Vec<String> = claims
            .iter()
            .take(4)
            .map(|claim| {
                let variant = self
                    .grammar
                    .catalog
                    .variant(claim.item, claim.variant)
                    .map_or("", |variant| &variant.name);
                let choice = if variant.is_empty() { String::new() } else { format!(" {variant}") };
                let count =
                    if claim.quantity == 1 { String::new() } else { format!(" × {}", claim.quantity) };
                format!("{}{choice}{count}", self.code(claim.item))
            })
            .collect();
        let more = if claims.len() > 4 { " …" } else { "" };
        match self.intents.first().and_then(|index| self.elements.get(*index)) {
            Some(word) => format!("“{}” with {}{more}.", self.written(word), demands.join(", ")),
            None => format!("Nothing but {}{more}.", demands.join(", ")),
        }
    }

    fn marks(&self, status: Status) -> Vec<Mark> {
        let mark = |(index, element): (usize, &Element)| {
            let kind = match element.kind {
                Kind::Intent { .. } => MarkKind::Word,
                Kind::Item { .. } => MarkKind::Item,
                Kind::Quantity(_) => MarkKind::Quantity,
                _ if self.is_detail(index) => MarkKind::Variant,
                Kind::Number(_) if status == Status::Act => MarkKind::Quantity,
                Kind::UnknownCode | Kind::Question | Kind::Doubt | Kind::Pending => MarkKind::Obstacle,
                Kind::Unknown if status == Status::Review => MarkKind::Obstacle,
                _ => return None,
            };
            Some(Mark { kind, span: self.grammar.folded.original(element.start, element.end) })
        };
        self.elements.iter().enumerate().filter_map(mark).collect()
    }
}
