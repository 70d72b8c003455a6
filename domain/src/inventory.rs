//! Items, their variants, and what buyers may call them.

pub mod pictures;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    money::{Currency, Money},
    problem::{Check, FieldCode, Problem},
    text,
    weight::{self, WeightUnit},
};

/// The most variants that one item has.
pub const MAX_VARIANTS: usize = 100;
/// The most aliases that one item has.
pub const MAX_ALIASES: usize = 20;
/// The most pieces of one variant.
pub const MAX_QUANTITY: i64 = 1_000_000;

/// An item as typed. Rows of `variants` that are altogether empty are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemForm {
    pub code: String,
    pub title: String,
    pub description: String,
    pub price: String,
    pub weight: String,
    /// The name of a material, known or new; may be empty.
    pub material: String,
    /// Separated by commas.
    pub aliases: String,
    pub variants: Vec<VariantForm>,
}

/// A variant as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VariantForm {
    /// The stored variant, empty for a new one.
    pub id: String,
    /// Empty for the only variant of an item.
    pub name: String,
    /// Empty where it costs what the item costs.
    pub price: String,
    pub quantity: String,
}

/// An item, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemInput {
    pub code: String,
    pub title: String,
    pub description: String,
    pub price: Money,
    /// Milligrams of one piece.
    pub weight: i64,
    pub material: String,
    pub aliases: Vec<String>,
    /// At least one.
    pub variants: Vec<VariantInput>,
}

/// A variant, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantInput {
    /// The row of the form, for a problem that shows only when it is saved.
    pub row: usize,
    pub id: Option<Uuid>,
    pub name: String,
    pub price: Option<Money>,
    /// Pieces on hand.
    pub quantity: i64,
}

impl ItemForm {
    /// Checks every field, amounts in `currency` and weights in `unit`.
    pub fn parse(&self, currency: Currency, unit: WeightUnit) -> Result<ItemInput, Problem> {
        let mut check = Check::new();
        let code = check.take("code", item_code(&self.code));
        let title = check.take("title", text::required(&self.title, 200));
        let description = check.take("description", text::paragraph(&self.description, 4_000));
        let price = check.take("price", Money::parse(&self.price, currency));
        let weight = check.take("weight", weight::parse(&self.weight, unit));
        let material = check.take("material", text::optional(&self.material, 80));
        let aliases = check.take("aliases", aliases(&self.aliases));
        let variants = self.parse_variants(currency, &mut check);
        let input = (|| {
            Some(ItemInput {
                code: code?,
                title: title?,
                description: description?,
                price: price?,
                weight: weight?,
                material: material?,
                aliases: aliases?,
                variants,
            })
        })();
        check.finish(input)
    }

    fn parse_variants(&self, currency: Currency, check: &mut Check) -> Vec<VariantInput> {
        let typed: Vec<(usize, &VariantForm)> =
            self.variants.iter().enumerate().filter(|(_, variant)| !variant.is_blank()).collect();
        if typed.len() > MAX_VARIANTS {
            check.note("variants", FieldCode::TooMuch(MAX_VARIANTS as i64));
            return Vec::new();
        }
        let several = typed.len() > 1;
        let mut names = Vec::new();
        let mut variants = Vec::new();
        for (index, variant) in typed {
            let field = |name: &str| format!("variants_{index}_{name}");
            let name = text::optional(&variant.name, 60).and_then(|name| match name {
                name if name.is_empty() && several => Err(FieldCode::Missing),
                name if names.contains(&text::fold(&name)) => Err(FieldCode::Twice),
                name => Ok(name),
            });
            let name = check.take(&field("name"), name).unwrap_or_default();
            names.push(text::fold(&name));
            let price = match text::tidy(&variant.price) {
                price if price.is_empty() => None,
                price => check.take(&field("price"), Money::parse(&price, currency)),
            };
            let quantity = check.take(&field("quantity"), quantity(&variant.quantity)).unwrap_or_default();
            let id = match variant.id.as_str() {
                "" => None,
                id => check.take(&field("name"), Uuid::parse_str(id).map_err(|_| FieldCode::NotAChoice)),
            };
            variants.push(VariantInput { row: index, id, name, price, quantity });
        }
        if variants.is_empty() {
            check.note("variants_0_quantity", FieldCode::Missing);
        }
        variants
    }
}

impl VariantForm {
    fn is_blank(&self) -> bool {
        [&self.id, &self.name, &self.price, &self.quantity]
            .into_iter()
            .all(|field| text::tidy(field).is_empty())
    }
}

/// An item's code: one to twenty letters, digits, `-`, `_`, `.` or `#`, so that it can be told from words in a comment.
fn item_code(typed: &str) -> Result<String, FieldCode> {
    let code = text::required(typed, 20)?;
    if code.chars().all(|character| character.is_alphanumeric() || "-_.#".contains(character)) {
        Ok(code)
    } else {
        Err(FieldCode::BadCharacter)
    }
}

/// Aliases between commas, each once.
fn aliases(typed: &str) -> Result<Vec<String>, FieldCode> {
    let mut folded = Vec::new();
    let mut aliases = Vec::new();
    for alias in typed.split([',', '\n']) {
        let alias = text::optional(alias, 60)?;
        let key = text::fold(&alias);
        if !key.is_empty() && !folded.contains(&key) {
            folded.push(key);
            aliases.push(alias);
        }
    }
    if aliases.len() > MAX_ALIASES { Err(FieldCode::TooMuch(MAX_ALIASES as i64)) } else { Ok(aliases) }
}

/// A number of pieces.
fn quantity(typed: &str) -> Result<i64, FieldCode> {
    let typed = text::tidy(typed);
    if typed.is_empty() {
        return Err(FieldCode::Missing);
    }
    match typed.parse::<i64>() {
        Ok(quantity) if quantity < 0 => Err(FieldCode::TooLittle(0)),
        Ok(quantity) if quantity > MAX_QUANTITY => Err(FieldCode::TooMuch(MAX_QUANTITY)),
        Ok(quantity) => Ok(quantity),
        Err(_) => Err(FieldCode::NotANumber),
    }
}

/// What is asked of the stock list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StockQuery {
    pub search: String,
    pub archived: bool,
    /// The key of the row after which to go on.
    pub after: String,
}

/// Pieces of a variant or of a whole item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// In the house and not paid for, held ones among them.
    pub on_hand: i64,
    /// Claimed and not yet paid.
    pub held: i64,
    /// Wanted by buyers who wait.
    pub waitlisted: i64,
    /// Paid.
    pub sold: i64,
}

impl Stock {
    /// Pieces that can still be claimed.
    pub fn left(&self) -> i64 {
        self.on_hand - self.held
    }
}

/// A line of the stock list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    pub material: String,
    pub price: Money,
    /// Milligrams.
    pub weight: i64,
    pub variants: Vec<String>,
    pub stock: Stock,
    /// The key of the row in the list.
    pub key: String,
}

/// An item's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemView {
    pub id: Uuid,
    pub form: ItemForm,
    /// In the order of the form's variants.
    pub stock: Vec<Stock>,
    pub archived: bool,
    /// Names of the business' materials, to choose from.
    pub materials: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> ItemForm {
        ItemForm {
            code: "A12".into(),
            title: "Moon ring".into(),
            price: "24".into(),
            weight: "0.2".into(),
            aliases: "moon, Moon ,lunar".into(),
            variants: vec![
                VariantForm { name: "6".into(), quantity: "2".into(), ..Default::default() },
                VariantForm {
                    name: "7".into(),
                    quantity: "1".into(),
                    price: "26".into(),
                    ..Default::default()
                },
                VariantForm::default(),
            ],
            ..Default::default()
        }
    }

    #[test]
    fn an_item_is_read_from_its_form() {
        let item = ring().parse(Currency::USD, WeightUnit::Oz).expect("the ring is well formed");
        assert_eq!(item.aliases, ["moon", "lunar"]);
        assert_eq!(item.variants.len(), 2);
        assert_eq!(item.variants[1].price, Some(Money::new(2_600, Currency::USD)));
    }

    #[test]
    fn wrong_variants_are_named_by_their_row() {
        let mut form = ring();
        form.variants[1].name = " 6 ".into();
        form.variants[1].quantity = "-1".into();
        form.code = "A 12".into();
        let problem = form.parse(Currency::USD, WeightUnit::Oz).expect_err("two variants of one name");
        let fields: Vec<&str> = problem.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["code", "variants_1_name", "variants_1_quantity"]);
    }

    #[test]
    fn an_item_without_variants_needs_a_quantity() {
        let form = ItemForm { variants: vec![VariantForm::default()], ..ring() };
        let problem = form.parse(Currency::USD, WeightUnit::Oz).expect_err("no quantity");
        assert_eq!(problem.message_for("variants_0_quantity"), Some("Please fill this in.".into()));
    }
}
