//! Why a comment was read as it was: a code and a place while reading, a sentence when a person looks.

use super::Catalog;
use super::grammar::fold::FoldedText;
use super::grammar::{MAX_ITEMS, MAX_QUANTITY, lexicon::Lexicon};
use super::reading::{Claim, ClaimKind, Span};

/// Why. The words are made only for those who look; see [`Reason::in_words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ReasonCode {
    // Nothing is to be done.
    SellersOwn,
    NameOnly,
    Media,
    NoWords,
    AsksFirst,
    Question,
    QuestionAbout,
    ClaimsNothing,
    Praise,
    PraiseFor,
    NamesNoItem,
    /// The seller taught to pass over it.
    PassedOver,
    /// The seller taught to read it as another; see [`super::Reader::in_words`].
    Taught,
    /// It claims, cancels or queues an item whose alias is written with a slip, at the marked place.
    Slip,
    /// It claims, cancels or queues by the marked word.
    Demands,
    // A person must look, because of who wrote it.
    NoName,
    TornName,
    HardlyAName,
    NameMissing,
    SeveralPeople,
    WhereTheNameEnds,
    // A person must look, because of what was written.
    TooLong,
    NoSuchCode,
    QuantityOfWhat,
    ChoiceOfWhat,
    NumberOfNoItem,
    NeitherCodeNorQuantity,
    ClaimOfWhat,
    CancelOfWhat,
    NextForWhat,
    UnknownItem,
    ClaimsButAsks,
    Unclear,
    Shared,
    SlipAlone,
    TooManyItems,
    CodeOrQuantity,
    CodeOrPrice,
    NotUnderstood,
    WithoutClaimWord,
    Mixed,
    WhichVariant,
    /// The same of what is let go of.
    WhichLetGo,
    HowMany,
    NoneOfIt,
    TooManyPieces,
    NamedTwice,
    CountsWhat,
    ChoiceOrCode,
    CodeOrQuantityOf,
    BehindLastItem,
    NoSuchSize,
    MeansWhat,
}

/// Why a comment was read so, with the stretch of its text that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    pub code: ReasonCode,
    /// Byte range in the comment's text; empty where no single word is the reason. Texts that are read are shorter than
    /// 64 KiB.
    start: u16,
    end: u16,
}

impl From<ReasonCode> for Reason {
    fn from(code: ReasonCode) -> Self {
        Reason { code, start: 0, end: 0 }
    }
}

impl Reason {
    /// A reason that lies in a stretch of the text.
    pub fn at(code: ReasonCode, (start, end): (u32, u32)) -> Self {
        let byte = |place| u16::try_from(place).unwrap_or(0);
        Reason { code, start: byte(start), end: byte(end) }
    }

    /// The stretch of a text that is the reason.
    pub fn written(self, text: &str) -> &str {
        Span { start: u32::from(self.start), end: u32::from(self.end) }.of(text)
    }
}

/// What a reason is about.
pub struct Context<'reader> {
    pub catalog: &'reader Catalog,
    pub lexicon: &'reader Lexicon,
    pub text: &'reader str,
    pub about: Option<u32>,
    pub claims: &'reader [Claim],
}

impl Reason {
    /// A sentence for the seller.
    pub fn in_words(self, context: &Context<'_>) -> String {
        let word = self.written(context.text);
        let name = context.about.map_or("", |item| context.code(item));
        let fixed = match self.code {
            ReasonCode::SellersOwn => "The seller's own comment.",
            ReasonCode::NameOnly => "A name without a text: a picture or a sticker.",
            ReasonCode::Media => "A picture, or a message that is gone.",
            ReasonCode::NoWords => "No words to read.",
            ReasonCode::AsksFirst => "The buyer wants to ask first; this is no claim yet.",
            ReasonCode::Question => "A question.",
            ReasonCode::ClaimsNothing => "Talk that claims nothing.",
            ReasonCode::Praise => "Praise.",
            ReasonCode::NamesNoItem => "Talk that names no item.",
            ReasonCode::NoName => "There is no name beside this text.",
            ReasonCode::TornName => "More than one comment may stand here; the name is not sure.",
            ReasonCode::HardlyAName => "What stands before the sign may not be a name.",
            ReasonCode::NameMissing => "The name above this text is missing.",
            ReasonCode::SeveralPeople => "More than one person may be writing here.",
            ReasonCode::WhereTheNameEnds => "It is not plain where the name ends and the text begins.",
            ReasonCode::TooLong => "This is longer than comments are; nothing in it was read.",
            ReasonCode::QuantityOfWhat => "A quantity, but of which item?",
            ReasonCode::ChoiceOfWhat => "A choice, but of which item?",
            ReasonCode::NumberOfNoItem => "A number, but there is no item with this code.",
            ReasonCode::ClaimOfWhat => "Which item is claimed?",
            ReasonCode::CancelOfWhat => "Which item is let go?",
            ReasonCode::NextForWhat => "Next in line for which item?",
            ReasonCode::Mixed => "Claims and lets go in one breath; which is meant for which item?",
            ReasonCode::QuestionAbout => return format!("A question about {name}."),
            ReasonCode::PraiseFor => return format!("Praise for {name}."),
            ReasonCode::Demands => return context.demands(word),
            ReasonCode::NoSuchCode => {
                let code = word.to_uppercase();
                return match turned_round(word).and_then(|turned| context.only(&turned)) {
                    Some(meant) => format!("There is no item with the code {code}. Did they mean {meant}?"),
                    None => format!("There is no item with the code {code}."),
                };
            }
            ReasonCode::NeitherCodeNorQuantity => {
                return format!("“{word}” is neither a known code nor plainly a quantity.");
            }
            ReasonCode::UnknownItem => return format!("No item is known as “{word}”."),
            ReasonCode::ClaimsButAsks => {
                return format!("Names {name} with a claim word, but asks something too.");
            }
            ReasonCode::Unclear => return format!("“{word}” makes it unclear whether {name} is claimed."),
            ReasonCode::PassedOver => return format!("“{word}” is passed over, as you taught."),
            ReasonCode::Taught => return format!("“{word}” is read as you taught."),
            ReasonCode::Slip => return context.with_slip(word),
            ReasonCode::SlipAlone => {
                let alias = context.meant(word);
                return format!("“{word}” may be a slip for “{alias}” ({name}), but no word claims it.");
            }
            ReasonCode::Shared => return context.sharers(word),
            ReasonCode::TooManyItems => return format!("Names more than {MAX_ITEMS} items."),
            ReasonCode::CodeOrQuantity => return format!("Is “{word}” a code or a quantity of {name}?"),
            ReasonCode::CodeOrPrice => return format!("Is “{word}” a code or a price?"),
            ReasonCode::NotUnderstood => return format!("Names {name}, but “{word}” is not understood."),
            ReasonCode::WithoutClaimWord => {
                return format!("Names {name} beside “{word}”, without a word that claims it.");
            }
            ReasonCode::WhichVariant | ReasonCode::WhichLetGo => return context.choices(name),
            ReasonCode::HowMany => return format!("How many of {name}? The numbers are not clear."),
            ReasonCode::NoneOfIt => return format!("Claims none of {name}?"),
            ReasonCode::TooManyPieces => {
                return format!("More than {MAX_QUANTITY} of {name} are not held unseen.");
            }
            ReasonCode::NamedTwice => return format!("Names {name} twice: how many are meant?"),
            ReasonCode::CountsWhat => return format!("Which item does “{word}” count?"),
            ReasonCode::ChoiceOrCode => return format!("“{word}” is a choice of {name} and a code."),
            ReasonCode::CodeOrQuantityOf => {
                return format!("“{word}” is a code; or is it a quantity of {name}?");
            }
            ReasonCode::BehindLastItem => return format!("“{word}” stands behind the last item."),
            ReasonCode::NoSuchSize => return format!("{name} has no size “{word}”."),
            ReasonCode::MeansWhat => return format!("What does “{word}” mean for {name}?"),
        };
        fixed.into()
    }
}

/// How many choices a sentence names before it says how many more there are.
const SHOWN_CHOICES: usize = 6;
/// How many items a sentence names.
const SHOWN_ITEMS: usize = 4;

impl Context<'_> {
    fn code(&self, item: u32) -> &str {
        self.catalog.item(item).map_or("", |item| item.code.as_str())
    }

    /// The code of the only item that a folded keyword means.
    fn only(&self, folded: &str) -> Option<&str> {
        match self.lexicon.all_items(folded).as_slice() {
            [only] => Some(self.code(*only)),
            _ => None,
        }
    }

    /// The alias that a word with a slip stands for.
    fn meant(&self, word: &str) -> &str {
        self.lexicon.slips().and_then(|slips| slips.meant(&FoldedText::fold(word))).unwrap_or_default()
    }

    fn with_slip(&self, word: &str) -> String {
        format!("“{word}” is taken for “{}”: {}.", self.meant(word), self.demanded())
    }

    fn demands(&self, word: &str) -> String {
        match word {
            "" => format!("Nothing but {}.", self.demanded()),
            word => format!("“{word}” with {}.", self.demanded()),
        }
    }

    fn demanded(&self) -> String {
        let demands: Vec<String> = self
            .claims
            .iter()
            .take(SHOWN_ITEMS)
            .map(|claim| {
                let variant =
                    self.catalog.variant(claim.item, claim.variant).map_or("", |variant| &variant.name);
                let choice = if variant.is_empty() { String::new() } else { format!(" {variant}") };
                let counted = claim.quantity > 1 || claim.kind == ClaimKind::Reduce;
                let count = if counted { format!(" × {}", claim.quantity) } else { String::new() };
                format!("{}{choice}{count}", self.code(claim.item))
            })
            .collect();
        let more = if self.claims.len() > SHOWN_ITEMS { " …" } else { "" };
        format!("{}{more}", demands.join(", "))
    }

    fn sharers(&self, word: &str) -> String {
        let items = self.lexicon.all_items(&FoldedText::fold(word));
        let codes: Vec<&str> = items.iter().take(SHOWN_ITEMS).map(|item| self.code(*item)).collect();
        match codes.len() {
            0 | 1 => format!("“{word}” could mean more than one item."),
            _ => format!("“{word}” could be {}.", codes.join(" or ")),
        }
    }

    fn choices(&self, name: &str) -> String {
        let item = self.about.and_then(|item| self.catalog.item(item));
        let names: Vec<&str> = item
            .map_or(&[][..], |item| item.variants.as_slice())
            .iter()
            .map(|variant| variant.name.as_str())
            .collect();
        let shown = names.get(..names.len().min(SHOWN_CHOICES)).unwrap_or_default().join(", ");
        match names.len().saturating_sub(SHOWN_CHOICES) {
            0 => format!("Which {name}? There are {shown}."),
            more => format!("Which {name}? There are {shown} and {more} more."),
        }
    }
}

/// A code of letters and digits with the two the other way round, folded: `27b` for `b27`.
fn turned_round(word: &str) -> Option<String> {
    let folded = FoldedText::fold(word);
    let digits = |character: char| character.is_ascii_digit();
    let letters = |character: char| character.is_alphabetic();
    let first: fn(char) -> bool = if folded.starts_with(digits) { digits } else { letters };
    let (left, right) = folded.split_at(folded.find(|character: char| !first(character))?);
    let second: fn(char) -> bool = if left.starts_with(digits) { letters } else { digits };
    (!left.is_empty() && right.chars().all(second)).then(|| format!("{right}{left}"))
}
