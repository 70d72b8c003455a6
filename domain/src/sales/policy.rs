//! By which rules a business sells: how long it holds, how much one buyer gets, and what a repeated claim means.

use serde::{Deserialize, Serialize};

use crate::problem::{Check, FieldCode, Problem};
use crate::text;
use crate::three_way::ThreeWay;

/// The longest hold, in hours: a year.
pub const MAX_HOLD_HOURS: u32 = 8_760;
/// The highest limit of pieces for one buyer.
pub const MAX_LIMIT: u32 = 999;
/// The most put-backs that can be granted.
pub const MAX_PUT_BACKS: u32 = 999;

stored_enum! {
    /// What it means that a buyer claims a variant again, in another comment.
    Repeats {
        /// They want more pieces.
        Add = "add", "More pieces are added";
        /// They say the same once more; the larger quantity counts.
        Merge = "merge", "The larger quantity counts";
        /// They let go of it.
        Toggle = "toggle", "The second time lets go";
    }
}

/// The rules by which claims are held. A business has them, and each sale a copy that can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellingPolicy {
    /// Hours after which a claim that is not billed gives its pieces back; nothing holds for ever.
    pub hold_hours: Option<u32>,
    /// The most pieces of one item, all its variants together, that one buyer gets in one sale.
    pub limit_per_buyer: Option<u32>,
    /// How often one buyer may let go of held pieces in one sale.
    pub put_backs: Option<u32>,
    pub repeats: Repeats,
}

impl Default for SellingPolicy {
    fn default() -> Self {
        SellingPolicy { hold_hours: None, limit_per_buyer: None, put_backs: None, repeats: Repeats::Add }
    }
}

/// The rules as typed. A number that is left empty sets no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SellingPolicyForm {
    pub hold_hours: String,
    pub limit_per_buyer: String,
    pub put_backs: String,
    pub repeats: String,
    /// Marks of what it was filled in with, see [`crate::three_way`].
    pub filled: String,
}

impl ThreeWay for SellingPolicyForm {
    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }
}

impl SellingPolicyForm {
    /// Checks every field.
    ///
    /// # Errors
    /// Names every field that is no number, out of its bounds or none of its choices.
    pub fn parse(&self) -> Result<SellingPolicy, Problem> {
        let mut check = Check::new();
        let hold_hours = check.take("hold_hours", number(&self.hold_hours, 1, MAX_HOLD_HOURS));
        let limit_per_buyer = check.take("limit_per_buyer", number(&self.limit_per_buyer, 1, MAX_LIMIT));
        let put_backs = check.take("put_backs", number(&self.put_backs, 0, MAX_PUT_BACKS));
        let repeats = check.take("repeats", Repeats::parse(&self.repeats).ok_or(FieldCode::NotAChoice));
        let policy = (|| {
            Some(SellingPolicy {
                hold_hours: hold_hours?,
                limit_per_buyer: limit_per_buyer?,
                put_backs: put_backs?,
                repeats: repeats?,
            })
        })();
        check.finish(policy)
    }
}

impl From<SellingPolicy> for SellingPolicyForm {
    fn from(policy: SellingPolicy) -> Self {
        let typed = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        SellingPolicyForm {
            hold_hours: typed(policy.hold_hours),
            limit_per_buyer: typed(policy.limit_per_buyer),
            put_backs: typed(policy.put_backs),
            repeats: policy.repeats.as_str().into(),
            filled: String::new(),
        }
        .filled()
    }
}

/// A whole number within bounds, or nothing.
fn number(typed: &str, least: u32, most: u32) -> Result<Option<u32>, FieldCode> {
    let typed = text::tidy(typed);
    if typed.is_empty() {
        return Ok(None);
    }
    if !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldCode::NotANumber);
    }
    match typed.parse::<u32>() {
        Ok(number) if number < least => Err(FieldCode::TooLittle(least.into())),
        Ok(number) if number <= most => Ok(Some(number)),
        // What is no number now has too many digits for one.
        Ok(_) | Err(_) => Err(FieldCode::TooMuch(most.into())),
    }
}

stored_enum! {
    /// Which rule keeps a comment from being carried out, as it is stored beside the comment.
    Flag {
        Blocked = "blocked", "Blocked buyer";
        OverLimit = "over-limit", "More than one buyer gets";
        PutBacksUsed = "put-backs-used", "Put-backs used up";
        Billed = "billed", "Billed already";
        EditedContest = "edited-contest", "Edited, and contested";
        WhichLetGo = "which-let-go", "Unclear what is let go";
    }
}

/// Why a rule keeps a comment from being carried out, wholly or in part, so that a person must decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// The seller has blocked the buyer.
    Blocked,
    /// More of an item is wanted than one buyer gets: pieces that they have now, and pieces that were left out.
    OverLimit { code: String, limit: u32, taken: u32, left_out: u32 },
    /// The buyer has let go as often as they may.
    PutBacksUsed { code: String, put_backs: u32 },
    /// A repeat would let go of what is on an invoice already.
    Billed { code: String },
    /// The text was changed after it was written, and more is wanted of an item than there is.
    EditedContest { code: String },
    /// An item is let go of which the buyer has several variants, or none.
    WhichLetGo { code: String, variants: Vec<String> },
}

impl Objection {
    /// The rule that objects.
    pub fn flag(&self) -> Flag {
        match self {
            Objection::Blocked => Flag::Blocked,
            Objection::OverLimit { .. } => Flag::OverLimit,
            Objection::PutBacksUsed { .. } => Flag::PutBacksUsed,
            Objection::Billed { .. } => Flag::Billed,
            Objection::EditedContest { .. } => Flag::EditedContest,
            Objection::WhichLetGo { .. } => Flag::WhichLetGo,
        }
    }

    /// A sentence for the seller.
    pub fn in_words(&self) -> String {
        match self {
            Objection::Blocked => "This buyer is blocked. Claim it by hand if they shall have it.".into(),
            Objection::OverLimit { code, limit, taken: 0, left_out } => {
                format!("One buyer gets at most {limit} of {code}: {left_out} more are asked for.")
            }
            Objection::OverLimit { code, limit, taken, left_out } => {
                format!("One buyer gets at most {limit} of {code}: {taken} taken, {left_out} more asked for.")
            }
            Objection::PutBacksUsed { code, put_backs: 0 } => {
                format!("Lets go of {code}, but nothing can be put back in this sale.")
            }
            Objection::PutBacksUsed { code, put_backs } => {
                let times = if *put_backs == 1 { "once".to_owned() } else { format!("{put_backs} times") };
                format!("Lets go of {code}, but has put something back {times} already.")
            }
            Objection::Billed { code } => {
                format!("Names {code} again to let it go, but it is on an invoice already.")
            }
            Objection::EditedContest { code } => {
                format!("Edited later, and {code} is contested: who came first is not sure.")
            }
            Objection::WhichLetGo { code, variants } if variants.is_empty() => {
                format!("Lets go of {code}, but has none of it.")
            }
            Objection::WhichLetGo { code, variants } => {
                format!("Lets go of {code}, but has {}: which?", variants.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(hold_hours: &str, limit_per_buyer: &str, put_backs: &str, repeats: &str) -> SellingPolicyForm {
        SellingPolicyForm {
            hold_hours: hold_hours.into(),
            limit_per_buyer: limit_per_buyer.into(),
            put_backs: put_backs.into(),
            repeats: repeats.into(),
            filled: String::new(),
        }
    }

    #[test]
    fn an_empty_number_sets_no_limit() {
        assert_eq!(form("", " ", "", "add").parse().unwrap(), SellingPolicy::default());
        let strict = form("48", "2", "0", "toggle").parse().unwrap();
        let expected = SellingPolicy {
            hold_hours: Some(48),
            limit_per_buyer: Some(2),
            put_backs: Some(0),
            repeats: Repeats::Toggle,
        };
        assert_eq!(strict, expected);
        assert_eq!(SellingPolicyForm::from(strict).parse().unwrap(), strict);
    }

    #[test]
    fn every_wrong_field_is_named() {
        let problem = form("0", "1000", "-1", "sometimes").parse().unwrap_err();
        let fields: Vec<(&str, &FieldCode)> =
            problem.fields.iter().map(|field| (field.field.as_str(), &field.code)).collect();
        assert_eq!(
            fields,
            [
                ("hold_hours", &FieldCode::TooLittle(1)),
                ("limit_per_buyer", &FieldCode::TooMuch(999)),
                ("put_backs", &FieldCode::NotANumber),
                ("repeats", &FieldCode::NotAChoice),
            ]
        );
        let huge = form("99999999999999999999", "", "", "add").parse().unwrap_err();
        assert_eq!(huge.fields[0].code, FieldCode::TooMuch(8_760));
    }

    #[test]
    fn objections_say_what_is_left_to_decide() {
        let over = Objection::OverLimit { code: "C3".into(), limit: 2, taken: 2, left_out: 3 };
        assert_eq!(over.in_words(), "One buyer gets at most 2 of C3: 2 taken, 3 more asked for.");
        let used = Objection::PutBacksUsed { code: "C3".into(), put_backs: 1 };
        assert_eq!(used.in_words(), "Lets go of C3, but has put something back once already.");
    }
}
