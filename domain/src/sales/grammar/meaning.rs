//! From the elements of a text to what is to be done. What is not plain goes to a person, with the reason.

use smallvec::SmallVec;

use super::entry::Entry;
use super::scan::{Element, Kind};
use super::{ClaimKind, Judgement, MAX_ITEMS, Scanner};
use crate::sales::reading::{Mark, MarkKind, Status};
use crate::sales::reasons::{Reason, ReasonCode};

pub(super) fn review(reason: impl Into<Reason>) -> Judgement {
    Judgement { status: Status::Review, claims: SmallVec::new(), reason: reason.into(), about: None }
}

/// A comment in which nothing is to be done.
pub(in crate::sales) fn nothing(reason: ReasonCode) -> Judgement {
    Judgement { status: Status::None, ..review(reason) }
}

/// Decides on the elements that the scanner holds.
pub fn judge(scanner: &Scanner<'_>) -> Judgement {
    let text = Text::new(scanner);
    let mut judgement = if text.items.is_empty() { text.without_item() } else { text.with_items() };
    if judgement.about.is_none() {
        judgement.about = text.first_item();
    }
    judgement
}

/// The stretches of the scanner's text that led to its reading.
pub fn marks(scanner: &Scanner<'_>, status: Status) -> Vec<Mark> {
    Text::new(scanner).marks(status)
}

/// Elements of a text in which lines of talk are looked for.
const MAX_TALK: usize = 200;

/// Indices into the elements.
pub(super) type Indices = SmallVec<[usize; 8]>;

/// The elements of a text, sorted by what matters.
pub(super) struct Text<'scanner> {
    pub(super) scanner: &'scanner Scanner<'scanner>,
    pub(super) elements: &'scanner [Element],
    pub(super) items: Indices,
    pub(super) intents: Indices,
    pub(super) seen: Seen,
}

/// Which kinds of elements a text has.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    question: bool,
    doubt: bool,
    pending: bool,
    praise: bool,
    unknown_code: bool,
    quantity: bool,
    number: bool,
    /// Anything that no table explains, unless it is a word of some variant's name.
    unknown: usize,
}

impl<'scanner> Text<'scanner> {
    fn new(scanner: &'scanner Scanner<'scanner>) -> Self {
        let mut text = Text {
            scanner,
            elements: &scanner.elements,
            items: Indices::new(),
            intents: Indices::new(),
            seen: Seen::default(),
        };
        let seen = &mut text.seen;
        for (index, element) in text.elements.iter().enumerate() {
            match element.kind {
                Kind::Item { .. } => text.items.push(index),
                Kind::Intent { .. } => text.intents.push(index),
                Kind::Question => seen.question = true,
                Kind::Doubt => seen.doubt = true,
                Kind::Pending => seen.pending = true,
                Kind::Praise => seen.praise = true,
                Kind::UnknownCode => seen.unknown_code = true,
                Kind::Quantity(_) => seen.quantity = true,
                Kind::Number(_) => seen.number = true,
                Kind::Unknown if element.part.is_none() => seen.unknown += 1,
                Kind::Unknown | Kind::Measure | Kind::Price | Kind::Phone | Kind::Filler | Kind::Every(_) => {
                }
            }
        }
        text.settle_items();
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

    /// What the tables know of an element as a word.
    pub(super) fn entry(&self, element: &Element) -> &Entry {
        self.scanner.entry_of(element)
    }

    pub(super) fn first(&self, wanted: fn(&Kind) -> bool) -> Option<&Element> {
        self.elements.iter().find(|element| wanted(&element.kind))
    }

    /// The element as folded.
    pub(super) fn written(&self, element: &Element) -> &str {
        self.scanner.folded.bytes(element.start, element.end)
    }

    /// A reason that lies in an element.
    pub(super) fn because(&self, code: ReasonCode, element: &Element) -> Reason {
        Reason::at(code, self.scanner.folded.original(element.start, element.end))
    }

    fn is_weak(&self) -> bool {
        let weak = |index: &usize| matches!(self.elements[*index].kind, Kind::Intent { weak: true, .. });
        self.intents.iter().all(weak)
    }

    /// The first element that means something is the beginning of a claim.
    fn begins_with_intent(&self) -> bool {
        let first = self.elements.iter().find(|element| !matches!(element.kind, Kind::Filler | Kind::Praise));
        first.is_some_and(|element| matches!(element.kind, Kind::Intent { .. }))
    }

    fn without_item(&self) -> Judgement {
        let seen = self.seen;
        if self.elements.is_empty() {
            return nothing(ReasonCode::NoWords);
        }
        if seen.pending {
            return nothing(ReasonCode::AsksFirst);
        }
        if seen.question {
            return nothing(ReasonCode::Question);
        }
        // `cancel all`, `cancel, sorry`: somebody means something by it.
        let plain = self.begins_with_intent() && !self.is_weak() && seen.unknown == 0;
        let is_together = |element: &Element| element.kind != Kind::Doubt || self.entry(element).together;
        let wants_several =
            self.begins_with_intent() && !self.is_weak() && self.elements.iter().all(is_together);
        if seen.doubt && !plain && !wants_several {
            return nothing(ReasonCode::ClaimsNothing);
        }
        let code = self.first(|kind| *kind == Kind::UnknownCode);
        let no_such_code = |code| review(self.because(ReasonCode::NoSuchCode, code));
        if self.intents.is_empty() {
            if seen.unknown == 0 && !seen.praise {
                if let Some(code) = code {
                    return no_such_code(code);
                }
                if seen.quantity {
                    return review(ReasonCode::QuantityOfWhat);
                }
                let chooses =
                    |element: &Element| element.part.is_some() || matches!(element.kind, Kind::Every(_));
                if self.elements.iter().any(chooses) {
                    return review(ReasonCode::ChoiceOfWhat);
                }
                if seen.number {
                    return review(ReasonCode::NumberOfNoItem);
                }
            }
            return nothing(if seen.praise { ReasonCode::Praise } else { ReasonCode::NamesNoItem });
        }
        if let Some(code) = code {
            return no_such_code(code);
        }
        if seen.unknown == 0 {
            return match self.first(|kind| matches!(kind, Kind::Number(_))) {
                Some(number) => review(self.because(ReasonCode::NeitherCodeNorQuantity, number)),
                None => review(self.of_what()),
            };
        }
        if self.begins_with_intent() && !self.is_weak() {
            return review(self.unknown_words());
        }
        nothing(ReasonCode::NamesNoItem)
    }

    /// The words that may be the name of an item, from the first to the last.
    fn unknown_words(&self) -> Reason {
        let mut unknown = self.elements.iter().filter(|element| element.kind == Kind::Unknown);
        let Some(first) = unknown.next() else { return ReasonCode::ClaimOfWhat.into() };
        let last = unknown.next_back().unwrap_or(first);
        Reason::at(ReasonCode::UnknownItem, self.scanner.folded.original(first.start, last.end))
    }

    fn of_what(&self) -> ReasonCode {
        match self.intents.first().map(|index| self.elements[*index].kind) {
            Some(Kind::Intent { kind: ClaimKind::Cancel, .. }) => ReasonCode::CancelOfWhat,
            Some(Kind::Intent { kind: ClaimKind::Next, .. }) => ReasonCode::NextForWhat,
            _ => ReasonCode::ClaimOfWhat,
        }
    }

    fn with_items(&self) -> Judgement {
        let seen = self.seen;
        if seen.pending {
            return nothing(ReasonCode::AsksFirst);
        }
        if seen.question && !self.asks_what_comes_later() {
            if !self.intents.is_empty() {
                return review(ReasonCode::ClaimsButAsks);
            }
            let wanting = |element: &&Element| {
                let doubt = element.kind == Kind::Doubt && self.entry(element).wanting;
                doubt || self.is_plus(element)
            };
            return match self.elements.iter().find(wanting) {
                Some(wanting) => review(self.because(ReasonCode::Unclear, wanting)),
                None => nothing(ReasonCode::QuestionAbout),
            };
        }
        if seen.doubt
            && let Some(doubt) = self.doubt()
        {
            return review(self.because(ReasonCode::Unclear, doubt));
        }
        if seen.unknown_code
            && let Some(code) = self.first(|kind| *kind == Kind::UnknownCode)
        {
            return review(self.because(ReasonCode::NoSuchCode, code));
        }
        let elements = self.items.iter().filter_map(|index| self.elements.get(*index));
        if let Some(shared) =
            elements.clone().find(|item| matches!(item.kind, Kind::Item { shared: true, .. }))
        {
            return review(self.because(ReasonCode::Shared, shared));
        }
        if self.items.len() > MAX_ITEMS {
            return review(ReasonCode::TooManyItems);
        }
        if let Some(number) = self.number_beside_a_code() {
            return review(self.because(ReasonCode::CodeOrQuantity, number));
        }
        if let Some(price) = self.price_like_a_code() {
            return review(self.because(ReasonCode::CodeOrPrice, price));
        }
        if let Some(owned) = self.owned() {
            return review(self.because(ReasonCode::Unclear, owned));
        }
        if let Some(praise) = self.praise_before_another() {
            return review(self.because(ReasonCode::Unclear, praise));
        }
        if let Some(judgement) = self.stray_words() {
            return judgement;
        }
        let slip = self.items.iter().filter_map(|index| self.elements.get(*index)).find(|item| item.slip);
        if let (Some(slip), true) = (slip, self.intents.is_empty()) {
            return review(self.because(ReasonCode::SlipAlone, slip));
        }
        match self.kinds().and_then(|kinds| self.claims(&kinds)) {
            Ok(claims) => {
                let word = self.intents.first().and_then(|index| self.elements.get(*index));
                let reason = match word {
                    _ if let Some(slip) = slip => self.because(ReasonCode::Slip, slip),
                    Some(word) => self.because(ReasonCode::Demands, word),
                    None => ReasonCode::Demands.into(),
                };
                Judgement { status: Status::Act, claims, ..review(reason) }
            }
            Err(unclear) => Judgement { about: unclear.about, ..review(unclear.reason) },
        }
    }

    /// Where a bare number is a quantity, a second code of only digits may be one as well.
    fn number_beside_a_code(&self) -> Option<&Element> {
        if !self.scanner.grammar.words.bare_number_is_quantity {
            return None;
        }
        let mut items = self.items.iter().skip(1).filter(|index| !self.stands_as_code(**index));
        items.find_map(|index| {
            let element = self.elements.get(*index)?;
            matches!(element.kind, Kind::Item { number: true, .. }).then_some(element)
        })
    }

    /// `sold at 20`, where 20 is a code too.
    fn price_like_a_code(&self) -> Option<&Element> {
        let items = self.items.iter().filter(|index| self.follows_price_word(**index));
        items.filter_map(|index| self.elements.get(*index)).find(|element| {
            matches!(element.kind, Kind::Item { number: true, .. }) && !self.written(element).starts_with('#')
        })
    }

    /// `+1` is how many communities claim.
    pub(super) fn is_plus(&self, element: &Element) -> bool {
        matches!(element.kind, Kind::Quantity(_)) && self.written(element).starts_with('+')
    }

    /// `me and my A12`: what is claimed is nobody's yet, but `cancel my A12` is plain.
    fn owned(&self) -> Option<&Element> {
        let claims = self
            .intents
            .iter()
            .any(|index| matches!(self.elements[*index].kind, Kind::Intent { kind: ClaimKind::Claim, .. }));
        let before = |index: &usize| index.checked_sub(1).and_then(|before| self.elements.get(before));
        let mut words = self.items.iter().filter(|_| claims).filter_map(before);
        words.find(|word| word.kind == Kind::Filler && self.entry(word).owned)
    }

    /// A doubt that counts: a comment that only lets go may be sorry.
    fn doubt(&self) -> Option<&Element> {
        let cancel = |index: &usize| {
            matches!(self.elements[*index].kind, Kind::Intent { kind: ClaimKind::Cancel, .. })
        };
        let only_cancels = !self.intents.is_empty() && self.intents.iter().all(cancel);
        let only_praises = self.intents.is_empty() && self.seen.praise;
        let counts = |element: &&Element| {
            let entry = self.entry(element);
            !(only_cancels && entry.fits_cancel || only_praises && entry.contrast)
        };
        self.elements.iter().filter(|element| element.kind == Kind::Doubt).find(counts)
    }

    /// `love A12, mine B3`: of what stands before the claim word, one item may only be praised.
    fn praise_before_another(&self) -> Option<&Element> {
        let (word, first) = (self.intents.first()?, self.items.first()?);
        let praised = self.seen.praise && first < word && self.items.last() > Some(word);
        self.first(|kind| *kind == Kind::Praise).filter(|_| praised)
    }

    /// `sold A12, when do you ship?`: a claim, and behind a sign that ends it a question about what comes later.
    fn asks_what_comes_later(&self) -> bool {
        let Some(asked) = self.elements.iter().position(|element| element.kind == Kind::Question) else {
            return false;
        };
        let (claim, question) = self.elements.split_at(asked);
        let is_question = |element: &&Element| {
            let entry = self.entry(element);
            entry.later_question || entry.later_topic || self.written(element) == "?"
        };
        let is_talk = |element: &Element| match element.kind {
            Kind::Question => is_question(&element),
            kind => matches!(kind, Kind::Filler | Kind::Unknown | Kind::Praise),
        };
        let parted = claim.last().zip(question.first()).is_some_and(|(last, first)| {
            self.scanner.folded.bytes(last.end, first.start).contains([',', '.', '!', ';'])
        });
        let has = |wanted: fn(&Kind) -> bool| claim.iter().any(|element| wanted(&element.kind));
        let claims = has(|kind| matches!(kind, Kind::Intent { weak: false, .. }))
            && has(|kind| matches!(kind, Kind::Item { .. }));
        claims
            && parted
            && question.iter().all(is_talk)
            && question.iter().any(|element| self.entry(element).later_topic)
            && question.iter().any(|element| self.entry(element).later_question)
    }

    /// Words that are not understood. Behind a plain claim they do no harm (`mine A12 for my mom`); before it, within it
    /// or without a claim word they may turn it round.
    fn stray_words(&self) -> Option<Judgement> {
        let stray = |index: &usize| {
            let element = &self.elements[*index];
            element.kind == Kind::Unknown && !self.is_detail(*index) && !self.is_on_a_line_of_talk(element)
        };
        let first = (0..self.elements.len()).find(stray);
        let not_understood =
            |index: usize| Some(review(self.because(ReasonCode::NotUnderstood, &self.elements[index])));
        if self.intents.is_empty() {
            let counted = self.first(|kind| matches!(kind, Kind::Quantity(_)));
            match counted.filter(|_| self.seen.praise) {
                Some(counted) if !self.is_plus(counted) => {
                    return Some(review(self.because(ReasonCode::WithoutClaimWord, counted)));
                }
                None if self.seen.praise => return Some(nothing(ReasonCode::PraiseFor)),
                _ => {}
            }
            if let Some(first) = first {
                return not_understood(first);
            }
            let talk = |(index, element): &(usize, &Element)| {
                (element.kind == Kind::Price && !self.is_detail(*index))
                    || (element.kind == Kind::Filler && element.talk)
                    || (matches!(element.kind, Kind::Number(_)) && self.follows_price_word(*index))
            };
            let (_, element) = self.elements.iter().enumerate().find(talk)?;
            return Some(review(self.because(ReasonCode::WithoutClaimWord, element)));
        }
        let first = first?;
        // `A12 sold to Kim`
        let given = |index: &usize| {
            let before = index.checked_sub(1).and_then(|before| self.elements.get(before));
            stray(index) && before.is_some_and(|before| self.entry(before).hands_on)
        };
        if let Some(given) = (first..self.elements.len()).find(given) {
            return not_understood(given);
        }
        let weak = self.is_weak();
        // Beside a plain claim word, a weak one is talk: `sold A12, call me`.
        let last_meaning = self.elements.iter().rposition(|element| match element.kind {
            Kind::Intent { weak: hanging, .. } => weak || !hanging,
            kind => matches!(kind, Kind::Item { .. } | Kind::Quantity(_) | Kind::Number(_)),
        })?;
        if weak || first < last_meaning { not_understood(first) } else { None }
    }

    /// `I'm late!⏎sold B3`: a line of its own that ends like a sentence and only talks takes nothing from a claim.
    fn is_on_a_line_of_talk(&self, element: &Element) -> bool {
        let breaks = &self.scanner.breaks;
        if breaks.is_empty() || self.intents.is_empty() || self.elements.len() > MAX_TALK {
            return false;
        }
        let line_of = |element: &Element| {
            let place = self.scanner.folded.original(element.start, element.end).0;
            breaks.partition_point(|line_break| *line_break < place)
        };
        let line = line_of(element);
        let mut on_it = self.elements.iter().filter(|other| line_of(other) == line);
        let Some(last) = on_it.clone().next_back() else { return false };
        let below = self.elements.iter().find(|other| line_of(other) > line);
        let ends = below.is_some_and(|below| {
            let between = self.scanner.folded.bytes(last.end, below.start);
            between.chars().any(|sign| {
                !sign.is_alphanumeric() && !matches!(sign, ' ' | ',' | '-' | ':' | '/' | '&' | '+')
            })
        });
        ends && on_it.all(|other| matches!(other.kind, Kind::Unknown | Kind::Filler | Kind::Praise))
    }

    fn marks(&self, status: Status) -> Vec<Mark> {
        let mark = |(index, element): (usize, &Element)| {
            let kind = match element.kind {
                Kind::Intent { .. } => MarkKind::Word,
                Kind::Item { .. } => MarkKind::Item,
                Kind::Quantity(_) => MarkKind::Quantity,
                Kind::Every(_) => MarkKind::Variant,
                _ if self.is_detail(index) => MarkKind::Variant,
                Kind::Number(_) if status == Status::Act => MarkKind::Quantity,
                Kind::UnknownCode | Kind::Question | Kind::Doubt | Kind::Pending => MarkKind::Obstacle,
                Kind::Unknown if status == Status::Review => MarkKind::Obstacle,
                _ => return None,
            };
            Some(Mark { kind, span: self.scanner.folded.original(element.start, element.end) })
        };
        self.elements.iter().enumerate().filter_map(mark).collect()
    }
}
