//! Materials: what items are made of, and what that costs by weight.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    customs,
    price::{self, Rate, WeightRate},
};
use crate::{
    money::Currency,
    problem::{Check, FieldCode, Problem},
    text,
    three_way::{ThreeWay, Together},
    weight::WeightUnit,
};

/// The most materials that one business has.
pub const MAX_MATERIALS: u64 = 300;
/// How many of the items that are made of a material its page names.
pub const SHOWN_MADE_OF_IT: u64 = 8;
/// How many of its rates a material's page shows.
pub const SHOWN_RATES: u64 = 30;

/// A material as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MaterialForm {
    pub name: String,
    /// As people say it: `925`, `14k`, `pure`. May be empty.
    pub purity: String,
    /// The symbol of the unit in which it is weighed and priced.
    pub unit: String,
    /// What one unit costs. Empty where nothing is priced by its weight.
    pub rate: String,
    /// Per cent.
    pub wastage: String,
    /// For items that name none: an ISO country and a tariff code.
    pub origin: String,
    pub hs_code: String,
    /// Marks of what it was filled in with, see [`crate::three_way`].
    pub filled: String,
}

impl ThreeWay for MaterialForm {
    // What it costs is what one unit costs.
    const TOGETHER: &'static [Together] = &[&["rate", "unit"]];

    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }
}

/// A material, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialInput {
    pub name: String,
    pub purity: String,
    pub unit: WeightUnit,
    pub rate: Option<Rate>,
    /// Basis points.
    pub wastage: i64,
    pub origin: String,
    pub hs_code: String,
}

impl MaterialForm {
    /// Checks every field, the rate in `currency`.
    ///
    /// # Errors
    /// Some field is wrong.
    pub fn parse(&self, currency: Currency) -> Result<MaterialInput, Problem> {
        let mut check = Check::new();
        let name = check.take("name", material_name(&self.name));
        let purity = check.take("purity", text::optional(&self.purity, 20));
        let unit = check.take("unit", WeightUnit::parse(&self.unit).ok_or(FieldCode::NotAChoice));
        let rate = match text::tidy(&self.rate) {
            typed if typed.is_empty() => Some(None),
            typed => check.take("rate", Rate::parse(&typed, currency)).map(Some),
        };
        let wastage = check.take("wastage", price::wastage(&self.wastage));
        let origin = check.take("origin", customs::origin(&self.origin));
        let hs_code = check.take("hs_code", customs::hs_code(&self.hs_code));
        let input = (|| {
            Some(MaterialInput {
                name: name?,
                purity: purity?,
                unit: unit?,
                rate: rate?,
                wastage: wastage?,
                origin: origin?,
                hs_code: hs_code?,
            })
        })();
        check.finish(input)
    }
}

/// A material's name without regard to whether it is known. No comma: files list materials with commas between them.
pub(super) fn material_name(typed: &str) -> Result<String, FieldCode> {
    text::required(typed, 80)
}

/// A line of the list of materials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialRow {
    pub id: Uuid,
    pub name: String,
    pub purity: String,
    pub unit: WeightUnit,
    pub rate: Option<WeightRate>,
    /// Basis points.
    pub wastage: i64,
    /// Items made of it, and those of them whose price follows its rate.
    pub items: i64,
    pub following: i64,
    /// How long ago the rate was changed last.
    pub changed: Option<String>,
    /// Whether it is on the list no longer.
    pub is_removed: bool,
}

/// An item that is made of a material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeOfIt {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    /// Whether its price follows the material's rate.
    pub by_weight: bool,
    pub is_archived: bool,
}

/// A rate that a material had or has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastRate {
    /// Nothing from when on it had none.
    pub rate: Option<Rate>,
    pub unit: WeightUnit,
    /// Who set it; empty where that member is gone.
    pub by: String,
    /// The day, and how long ago that was.
    pub date: String,
    pub age: String,
}

/// A material's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialView {
    pub id: Uuid,
    pub form: MaterialForm,
    pub items: i64,
    pub following: i64,
    /// The first of those items, at most [`SHOWN_MADE_OF_IT`].
    pub made_of_it: Vec<MadeOfIt>,
    /// The newest first, at most [`SHOWN_RATES`].
    pub rates: Vec<PastRate>,
    /// Whether it is on the list no longer.
    pub is_removed: bool,
}

/// A material to choose in an item's form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialChoice {
    pub name: String,
    pub unit: WeightUnit,
    pub rate: Option<WeightRate>,
    pub origin: String,
    pub hs_code: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_material_is_read_from_its_form() {
        let form = MaterialForm {
            name: "Sterling  silver".into(),
            purity: "925".into(),
            unit: "g".into(),
            rate: "0.854".into(),
            wastage: "10%".into(),
            origin: "th".into(),
            hs_code: "7113.11".into(),
            ..MaterialForm::default()
        };
        let silver = form.parse(Currency::USD).unwrap();
        assert_eq!(silver.name, "Sterling silver");
        assert_eq!((silver.rate.map(|rate| rate.micros), silver.wastage), (Some(854_000), 1_000));
        assert_eq!((silver.origin.as_str(), silver.hs_code.as_str()), ("TH", "711311"));
    }

    #[test]
    fn wrong_answers_are_named() {
        let form = MaterialForm {
            name: "\u{200B}".into(),
            unit: "stone".into(),
            rate: "0".into(),
            wastage: "lots".into(),
            origin: "XX".into(),
            hs_code: "12".into(),
            ..Default::default()
        };
        let problem = form.parse(Currency::USD).unwrap_err();
        let fields: Vec<&str> = problem.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["name", "unit", "rate", "wastage", "origin", "hs_code"]);
    }
}
