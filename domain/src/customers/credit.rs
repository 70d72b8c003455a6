//! Credit: what a seller owes a buyer and takes off what they buy. Every change is a row with its reason, and the balance
//! is their sum.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    money::{Currency, Money},
    problem::{Check, FieldCode, Problem},
    text,
};

/// Characters of a reason.
const REASON_CHARACTERS: u32 = 200;

/// Credit that is given or used, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreditForm {
    /// `give` or `use`.
    pub kind: String,
    pub amount: String,
    pub reason: String,
    /// The key of the view it was filled in on; a form that is sent twice does its work once.
    pub key: String,
}

/// A change of credit, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditInput {
    /// More than nothing if credit is given, less if it is used.
    pub amount: Money,
    pub reason: String,
    pub key: Option<Uuid>,
}

impl CreditForm {
    /// Checks every field; the amount is in `currency`.
    pub fn parse(&self, currency: Currency) -> Result<CreditInput, Problem> {
        let mut check = Check::new();
        let sign = check.take(
            "kind",
            match self.kind.as_str() {
                "give" => Ok(1),
                "use" => Ok(-1),
                _ => Err(FieldCode::NotAChoice),
            },
        );
        let amount = check.take("amount", positive(&self.amount, currency));
        let reason = check.take("reason", text::required(&self.reason, REASON_CHARACTERS));
        let key = check.take(
            "key",
            match self.key.as_str() {
                "" => Ok(None),
                key => Uuid::parse_str(key).map(Some).map_err(|_| FieldCode::BadCharacter),
            },
        );
        let input = (|| {
            let amount = Money::new(amount?.minor * sign?, currency);
            Some(CreditInput { amount, reason: reason?, key: key? })
        })();
        check.finish(input)
    }
}

fn positive(typed: &str, currency: Currency) -> Result<Money, FieldCode> {
    let amount = Money::parse(typed, currency)?;
    if amount.minor > 0 { Ok(amount) } else { Err(FieldCode::NotMoney) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_has_an_amount_and_a_reason() {
        let form = CreditForm {
            kind: "use".into(),
            amount: "2.50".into(),
            reason: " chipped  ring ".into(),
            key: String::new(),
        };
        let input = form.parse(Currency::USD).expect("all is well");
        assert_eq!((input.amount.minor, input.reason.as_str()), (-250, "chipped ring"));

        let problem = CreditForm { amount: "0".into(), ..Default::default() }.parse(Currency::USD);
        let fields = problem.expect_err("nothing is right").fields;
        let names: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["kind", "amount", "reason"]);
    }
}
