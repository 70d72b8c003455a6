//! What went wrong, as a person may be told: a code, and for a form which field and why.
//!
//! A problem crosses the wire and may travel in a URL, so it never carries text from inside the program.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    money::{Money, grouped},
    three_way::Seen,
};

/// Why a request was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Some field is wrong; [`Problem::fields`] says which.
    Invalid,
    /// Nobody is signed in.
    SignInNeeded,
    /// E-mail or password do not match; which of them is not told.
    WrongCredentials,
    /// The thing does not exist, or belongs to somebody else.
    NotFound,
    /// The member's role does not allow it.
    NotAllowed,
    /// The request came from another site.
    CrossOrigin,
    /// The thing is not in a state in which this can be done.
    WrongState,
    /// The buyer's bank is paying this already.
    PaymentOnItsWay,
    /// It cannot be found out whether an earlier page was paid.
    PaymentUnclear,
    /// The seller's account at the gateway does not work at the moment.
    CannotTakePayments,
    /// The gateway made no page for a payment, for a reason that its buyer can do nothing about.
    PaymentNotStarted,
    /// Less than the gateway takes at once.
    AmountTooSmall,
    /// More than the gateway takes at once.
    AmountTooLarge,
    /// Too many tries; wait.
    TooMany,
    /// As much such work is under way as there may be; come back in a moment.
    Busy,
    /// The text or file is larger than is read.
    TooLarge,
    /// What was sent came too slowly, and was given up.
    TooSlow,
    /// No gateway or carrier account is connected yet.
    NotConnected,
    /// A provider refused: wrong key, wrong address, no such service.
    ProviderRefused,
    /// A provider did not answer, or answered nonsense; it will be or may be tried again.
    ProviderUnavailable,
    /// The browser did not reach this server: the network is away, or nothing answers behind it.
    Offline,
    /// Something failed here.
    Internal,
}

impl Code {
    /// The sentence shown to a person.
    pub fn message(self) -> &'static str {
        match self {
            Code::Invalid => "Some of this needs another look.",
            Code::SignInNeeded => "Please sign in to go on.",
            Code::WrongCredentials => "This e-mail and password do not match.",
            Code::NotFound => "This is not here (any more).",
            Code::NotAllowed => "Your role does not allow this. Ask the owner.",
            Code::CrossOrigin => "This request came from another site and was not carried out.",
            Code::WrongState => "This has changed meanwhile. Look at its present state and try again.",
            Code::PaymentOnItsWay => {
                "A payment for this is on its way already. Nothing more needs to be paid."
            }
            Code::PaymentUnclear => {
                "We cannot see yet whether an earlier payment went through. Please do not pay again; ask the seller."
            }
            Code::CannotTakePayments => {
                "Card payments do not work here right now. Nothing was taken. Please contact the seller."
            }
            Code::PaymentNotStarted => {
                "The payment could not be started. Nothing was taken. Please ask the seller how to pay."
            }
            Code::AmountTooSmall => {
                "This is less than can be paid by card. Please ask the seller how else to pay."
            }
            Code::AmountTooLarge => {
                "This is more than can be paid by card at once. Please ask the seller how else to pay."
            }
            Code::TooMany => "Too many tries in a short time. Please wait up to 15 minutes, then try again.",
            Code::Busy => {
                "Other work has to be finished first. Nothing was changed; please try again in a moment."
            }
            Code::TooLarge => "This is larger than can be read at once. Please split it.",
            Code::TooSlow => {
                "What was sent came too slowly, and was given up. Nothing was changed; please try again."
            }
            Code::NotConnected => "Connect an account in the settings first.",
            Code::ProviderRefused => "The provider refused this.",
            Code::ProviderUnavailable => {
                "The provider does not answer right now. Nothing was lost; try again in a moment."
            }
            Code::Offline => "You're offline. Nothing is lost, and what you typed stays here.",
            Code::Internal => "Something went wrong on our side. Nothing was lost; please try again.",
        }
    }

    /// Every code, for those who must handle each.
    pub const ALL: [Code; 22] = [
        Code::Invalid,
        Code::SignInNeeded,
        Code::WrongCredentials,
        Code::NotFound,
        Code::NotAllowed,
        Code::CrossOrigin,
        Code::WrongState,
        Code::PaymentOnItsWay,
        Code::PaymentUnclear,
        Code::CannotTakePayments,
        Code::PaymentNotStarted,
        Code::AmountTooSmall,
        Code::AmountTooLarge,
        Code::TooMany,
        Code::Busy,
        Code::TooLarge,
        Code::TooSlow,
        Code::NotConnected,
        Code::ProviderRefused,
        Code::ProviderUnavailable,
        Code::Offline,
        Code::Internal,
    ];
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", content = "limit")]
pub enum FieldCode {
    Missing,
    /// More characters than this.
    TooLong(u32),
    /// Fewer characters than this.
    TooShort(u32),
    /// A password that somebody would guess in a few tries.
    EasyToGuess,
    /// Not an e-mail address.
    NotAnEmail,
    /// Not an amount of money in the currency.
    NotMoney,
    /// Not a weight in the unit.
    NotAWeight,
    /// Not a whole number.
    NotANumber,
    /// More than this.
    TooMuch(i64),
    /// More money than this.
    TooMuchMoney(Money),
    /// Less than this.
    TooLittle(i64),
    /// Not one of the choices.
    NotAChoice,
    /// A key that is meant for browsers; this is what the right one looks like.
    PublicKey(String),
    /// A key that may not read this at its provider.
    KeyMayNot(String),
    /// Not a phone number of any country.
    NotAPhone,
    /// Not written as such things are; this is one that is.
    NotLike(String),
    /// More than there is of it.
    NotEnough,
    /// A character that may not stand here.
    BadCharacter,
    /// Somebody or something has this already.
    Taken,
    /// Something has it that was removed and can be put back.
    TakenByRemoved,
    /// The thing with this id has it already.
    TakenByAnother(Uuid),
    /// Written twice in this form.
    Twice,
    /// So many pieces are held for buyers and must be there.
    BelowHeld(i64),
    /// A scanned code that nothing has.
    UnknownCode,
    /// A scanned code of an item that has several variants.
    SeveralVariants,
    /// What has this already, as its owner calls it.
    TakenBy(String),
    /// So many pieces are held by buyers, so it cannot go.
    Held(i64),
    /// Not a tariff code.
    NotAnHsCode,
    /// Not per cent.
    NotAPercentage,
    /// Not what a unit of a material may cost.
    NotARate,
    /// The material has no rate to work a price out from.
    NoRate,
    /// Prices follow the rate, so there must be one.
    RateNeeded(i64),
    /// A sale price that is none.
    NotBelowThePrice,
    /// A file that is none of the kinds of pictures that are read, or is damaged.
    NotAPicture,
    /// A picture as Apple's phones keep it, which other devices cannot show.
    HeicPicture,
    /// A file of more megabytes than this.
    FileTooLarge(u32),
    /// A picture of more than this many million pixels, or too long on one side.
    TooManyPixels(u32),
    /// More pictures than this.
    TooManyPictures(u32),
    /// As many of these are open already as there may be.
    TooManyOpen(u32),
    /// Somebody else changed it since the form was filled in, to what it says now. With `seen` in its marks the form says
    /// that this was seen, see [`crate::three_way`].
    ChangedMeanwhile {
        now: String,
        seen: Seen,
    },
    /// Somebody else removed the row since the form was filled in.
    RemovedMeanwhile {
        seen: Seen,
    },
}

/// A number with commas between thousands.
fn number(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(&number.unsigned_abs().to_string()))
}

impl FieldCode {
    /// The sentence shown beside the field.
    pub fn message(&self) -> String {
        match self {
            FieldCode::Missing => "Please fill this in.".into(),
            FieldCode::TooLong(limit) => format!("At most {limit} characters, please."),
            FieldCode::TooShort(limit) => format!("At least {limit} characters, please."),
            FieldCode::EasyToGuess => {
                "This is easy to guess. A short sentence that only you would write is better.".into()
            }
            FieldCode::NotAnEmail => "This does not look like an e-mail address.".into(),
            FieldCode::NotMoney => "Write an amount such as 12.50.".into(),
            FieldCode::NotAWeight => "Write a weight such as 2.5.".into(),
            FieldCode::NotANumber => "Write a whole number.".into(),
            FieldCode::TooMuch(limit) => format!("At most {}, please.", number(*limit)),
            FieldCode::TooManyOpen(limit) => format!("{limit} are open already. Close one of them first."),
            FieldCode::TooMuchMoney(limit) => format!("At most {limit}, please."),
            FieldCode::TooLittle(limit) => format!("At least {}, please.", number(*limit)),
            FieldCode::NotAChoice => "Please choose one of the list.".into(),
            FieldCode::PublicKey(example) => {
                format!(
                    "This is a publishable key, which may read nothing. Use the key that starts like {example}."
                )
            }
            FieldCode::KeyMayNot(permission) => {
                format!(
                    "This key may not use {permission}. Allow it where you made the key, then connect again."
                )
            }
            FieldCode::NotAPhone => {
                "This is no phone number. Write it with its country code, such as +44 20 7946 0958.".into()
            }
            FieldCode::NotLike(example) => format!("Write it like {example}."),
            FieldCode::NotEnough => "There is not that much of it.".into(),
            FieldCode::BadCharacter => "There is a character here that cannot be used.".into(),
            FieldCode::Taken => "This is taken already.".into(),
            FieldCode::TakenByRemoved => {
                "Something that was removed is called this. Put it back instead of adding it again.".into()
            }
            FieldCode::TakenByAnother(_) => "Somebody else has this already.".into(),
            FieldCode::Twice => "This stands here twice.".into(),
            FieldCode::BelowHeld(1) => {
                "1 piece is held for a buyer. Count again, or let go of the claim.".into()
            }
            FieldCode::BelowHeld(held @ ..=0) => format!("This would leave fewer than {held}. Count again."),
            FieldCode::BelowHeld(held) => {
                format!("{held} pieces are held for buyers. Count again, or let go of claims.")
            }
            FieldCode::UnknownCode => "Nothing has this code.".into(),
            FieldCode::SeveralVariants => {
                "This item has several variants. Count it in its row, or scan the code of the variant.".into()
            }
            FieldCode::TakenBy(owner) => format!("“{owner}” has this already."),
            FieldCode::Held(1) => "A buyer holds 1 piece of it, so it must stay.".into(),
            FieldCode::Held(pieces) => format!("Buyers hold {pieces} pieces of it, so it must stay."),
            FieldCode::NotAnHsCode => "A tariff code has 6 to 10 digits, such as 7113.11.".into(),
            FieldCode::NotAPercentage => "Write per cent such as 12.5.".into(),
            FieldCode::NotARate => {
                "Write an amount above zero such as 0.85, with at most six decimals.".into()
            }
            FieldCode::NoRate => "This material has no rate yet. Give it one first.".into(),
            FieldCode::RateNeeded(1) => "The price of 1 item follows this rate, so it must stay.".into(),
            FieldCode::RateNeeded(items) => {
                format!("The prices of {items} items follow this rate, so it must stay.")
            }
            FieldCode::NotBelowThePrice => "A sale price must be below the price.".into(),
            FieldCode::NotAPicture => "This cannot be read as a picture. JPEG, PNG and WebP can.".into(),
            FieldCode::HeicPicture => {
                "This is a HEIC picture, which few devices can show. Save it as JPEG, please.".into()
            }
            FieldCode::FileTooLarge(limit) => format!("A file has at most {limit} MB, please."),
            FieldCode::TooManyPixels(limit) => {
                format!("This picture is too large. At most {limit} million pixels, please.")
            }
            FieldCode::TooManyPictures(limit) => format!("At most {limit} pictures, please."),
            FieldCode::ChangedMeanwhile { now, .. } if now.is_empty() => {
                "Emptied meanwhile by somebody else. Save again to keep yours, or empty it too.".into()
            }
            FieldCode::ChangedMeanwhile { now, .. } => {
                format!("Changed meanwhile to “{now}”. Save again to keep yours, or write that instead.")
            }
            FieldCode::RemovedMeanwhile { .. } => {
                "Removed meanwhile by somebody else. Save again to add it anew, or empty this row.".into()
            }
        }
    }
}

/// A wrong field: its name as in the form, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    pub field: String,
    pub code: FieldCode,
}

/// What a failed request tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: Code,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Problem { code, fields: Vec::new() }
    }
}

impl Problem {
    /// A single wrong field.
    pub fn field(field: impl Into<String>, code: FieldCode) -> Self {
        Problem { code: Code::Invalid, fields: vec![FieldProblem { field: field.into(), code }] }
    }

    /// The sentence for `field`, if that field is wrong.
    pub fn message_for(&self, field: &str) -> Option<String> {
        self.fields.iter().find(|problem| problem.field == field).map(|problem| problem.code.message())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.code.message())
    }
}

impl std::error::Error for Problem {}

/// Collects the problems of a form while its fields are parsed, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Check {
    fields: Vec<FieldProblem>,
}

impl Check {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a parsed value, or notes why there is none and goes on.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, FieldCode>) -> Option<T> {
        parsed.map_err(|code| self.note(field, code)).ok()
    }

    /// Notes a problem.
    pub fn note(&mut self, field: &str, code: FieldCode) {
        self.fields.push(FieldProblem { field: field.to_owned(), code });
    }

    /// The problem that all noted fields make, if any was noted.
    pub fn problem(self) -> Option<Problem> {
        (!self.fields.is_empty()).then_some(Problem { code: Code::Invalid, fields: self.fields })
    }

    /// `value` if nothing was noted. A value that could not be built without a note is an inner fault and never met.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        match (self.problem(), value) {
            (Some(problem), _) => Err(problem),
            (None, Some(value)) => Ok(value),
            (None, None) => Err(Code::Internal.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, MAX_MINOR};

    #[test]
    fn limits_are_read_at_a_glance() {
        for (code, sentence) in [
            (FieldCode::TooMuch(1_000_000), "At most 1,000,000, please."),
            (FieldCode::TooLittle(-100), "At least -100, please."),
            (
                FieldCode::TooMuchMoney(Money::new(MAX_MINOR, Currency::USD)),
                "At most $10,000,000,000.00, please.",
            ),
        ] {
            assert_eq!(code.message(), sentence);
        }
    }
}
