//! Making one customer of two: what is looked at before, and what is chosen.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::duplicates::Twin;
use crate::{
    money::Money,
    problem::{Check, FieldCode, Problem},
};

stored_enum! {
    /// Whose answer stays where both have one.
    Keep {
        /// That of the customer who stays.
        Theirs = "theirs", "Of the one who stays";
        /// That of the customer who is merged into them.
        Others = "others", "Of the one who goes";
    }
}

/// A merge as chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MergeForm {
    /// The customer who is merged into the other.
    pub from: String,
    /// Whose name, e-mail and phone number stay: a word of [`Keep`], or empty for those of the customer who stays.
    pub name: String,
    pub email: String,
    pub phone: String,
    /// The key of the preview; a form that is sent twice merges once.
    pub key: String,
}

/// A merge, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeInput {
    pub from: Uuid,
    pub name: Keep,
    pub email: Keep,
    pub phone: Keep,
    pub key: Option<Uuid>,
}

impl MergeForm {
    /// Checks every choice.
    pub fn parse(&self) -> Result<MergeInput, Problem> {
        let mut check = Check::new();
        let keep = |word: &str| match word {
            "" => Ok(Keep::Theirs),
            word => Keep::parse(word).ok_or(FieldCode::NotAChoice),
        };
        let from = check.take("from", Uuid::parse_str(&self.from).map_err(|_| FieldCode::NotAChoice));
        let name = check.take("name", keep(&self.name));
        let email = check.take("email", keep(&self.email));
        let phone = check.take("phone", keep(&self.phone));
        let key = check.take(
            "key",
            match self.key.as_str() {
                "" => Ok(None),
                key => Uuid::parse_str(key).map(Some).map_err(|_| FieldCode::BadCharacter),
            },
        );
        let input =
            (|| Some(MergeInput { from: from?, name: name?, email: email?, phone: phone?, key: key? }))();
        check.finish(input)
    }
}

/// Which of two answers stays: the only one there is, or the chosen one.
pub fn kept<'a>(keep: Keep, theirs: &'a str, others: &'a str) -> &'a str {
    match (theirs, others) {
        ("", others) => others,
        (theirs, "") => theirs,
        (theirs, others) => match keep {
            Keep::Theirs => theirs,
            Keep::Others => others,
        },
    }
}

/// The notes of both, one under the other; a note that the first has already is not repeated.
pub fn notes(theirs: &str, others: &str) -> String {
    match (theirs, others) {
        ("", others) => others.to_owned(),
        (theirs, "") => theirs.to_owned(),
        (theirs, others) if theirs.contains(others) => theirs.to_owned(),
        (theirs, others) => format!("{theirs}\n{others}"),
    }
}

/// What a merge would do, before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergePreview {
    /// Who stays.
    pub into: Side,
    /// Who goes.
    pub from: Side,
    pub claims: i64,
    pub invoices: i64,
    pub parcels: i64,
    /// Names on platforms that move.
    pub handles: Vec<String>,
    /// Addresses that move, a line each.
    pub addresses: Vec<String>,
    /// Tags that the one who stays does not have yet.
    pub tags: Vec<String>,
    pub credit: Money,
    pub has_note: bool,
    /// Where parcels that are not posted yet will go, a line; empty if no address is known.
    pub ships_to: String,
    /// Whether the one who stays will be blocked because the other is.
    pub becomes_blocked: bool,
    /// Whether the one who stays will be exempt from tax because the other is.
    pub becomes_tax_exempt: bool,
    /// Whether the notes of both together are too long to be kept.
    pub notes_too_long: bool,
    /// Made with the preview, for [`MergeForm::key`].
    pub key: Uuid,
}

/// One of the two, with what can be chosen from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    pub twin: Twin,
    pub email: String,
    pub phone: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_only_chosen_where_both_have_one() {
        assert_eq!(kept(Keep::Others, "ana@a.example", ""), "ana@a.example");
        assert_eq!(kept(Keep::Theirs, "", "ana@b.example"), "ana@b.example");
        assert_eq!(kept(Keep::Others, "Ana", "Ana Ruiz"), "Ana Ruiz");
        assert_eq!(kept(Keep::Theirs, "Ana", "Ana Ruiz"), "Ana");
    }

    #[test]
    fn notes_are_kept_once() {
        assert_eq!(notes("Likes silver", "Pays late"), "Likes silver\nPays late");
        assert_eq!(notes("Likes silver\nPays late", "Pays late"), "Likes silver\nPays late");
        assert_eq!(notes("", "Pays late"), "Pays late");
    }

    #[test]
    fn a_merge_needs_somebody_to_merge() {
        let form = MergeForm { name: "both".into(), ..Default::default() };
        let fields = form.parse().expect_err("nothing is right").fields;
        let names: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["from", "name"]);
    }
}
