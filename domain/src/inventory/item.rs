//! An item as typed, and what it comes to when it is checked.

use serde::{Deserialize, Serialize};

use super::{
    Pricing, TaxClass, VariantForm, VariantInput,
    code::code,
    customs, quantity,
    variant::{choices, optional},
    whole,
};
use crate::{
    money::{Currency, Money},
    problem::{Check, FieldCode, Problem},
    text,
    three_way::{ThreeWay, Together},
    weight::{self, WeightUnit},
};

/// The most aliases that one item has.
pub const MAX_ALIASES: usize = 20;
/// The most tags that one item has.
pub const MAX_TAGS: usize = 20;
/// The longest that an item may take until it can be posted, in days.
pub const MAX_HANDLING_DAYS: i64 = 365;

/// An item as typed. Rows of `variants` that are altogether empty are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemForm {
    pub code: String,
    pub title: String,
    pub description: String,
    /// May be empty, as may everything whose comment does not say otherwise.
    pub category: String,
    /// Separated by commas.
    pub tags: String,
    /// The word of a [`Pricing`]; empty for one price.
    pub pricing: String,
    /// Needed where there is one price, passed over where it goes by weight.
    pub price: String,
    pub sale_price: String,
    /// What the seller paid for it.
    pub cost: String,
    /// Of what is sold: what a price by weight is worked out from.
    pub net_weight: String,
    /// Of what is posted, one piece. Where it is empty the net weight stands in, see [`super::posted_weight`].
    pub weight: String,
    /// The name of a material, known or new; a price by weight needs one that has a rate.
    pub material: String,
    /// The word of a [`TaxClass`].
    pub tax_class: String,
    /// A country of two letters; the material's where it is empty.
    pub origin: String,
    /// Six to ten digits; the material's where it is empty.
    pub hs_code: String,
    pub handling_days: String,
    pub note: String,
    /// As many left, or fewer, are few.
    pub low_stock: String,
    /// Separated by commas.
    pub aliases: String,
    /// What its variants differ in, such as Size and Colour; the values stand in the variants in the same order.
    pub options: Vec<String>,
    /// Values for each option from which rows are yet to be made, `6, 7, 8`, with no pieces in them.
    pub values: Vec<String>,
    pub variants: Vec<VariantForm>,
    /// Marks of what it was filled in with, see [`crate::three_way`].
    pub filled: String,
}

impl ThreeWay for ItemForm {
    // Pieces are booked as a difference to those that were shown.
    const APART: &'static [&'static str] = &["quantity", "was"];
    const WHOLE: &'static [&'static str] = &["variants"];
    // One price is none where the price goes by weight, and values stand in the order of the options.
    const TOGETHER: &'static [Together] = &[&["price", "pricing"], &["options", "variants/values"]];

    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }

    fn control_of(answer: &str) -> &str {
        match answer {
            "options" => "options_0",
            "values" => "values_0",
            answer => answer,
        }
    }
}

/// An item, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemInput {
    pub code: String,
    pub title: String,
    pub description: String,
    pub category: String,
    pub tags: Vec<String>,
    pub pricing: Pricing,
    /// Zero where the price goes by weight.
    pub price: Money,
    pub sale_price: Option<Money>,
    pub cost: Option<Money>,
    /// Milligrams.
    pub net_weight: Option<i64>,
    /// Milligrams of one piece as it is posted; zero where it is not known.
    pub weight: i64,
    pub material: String,
    pub tax_class: TaxClass,
    pub origin: String,
    pub hs_code: String,
    pub handling_days: Option<i64>,
    pub note: String,
    /// Pieces.
    pub low_stock: Option<i64>,
    pub aliases: Vec<String>,
    pub options: Vec<String>,
    /// At least one.
    pub variants: Vec<VariantInput>,
}

impl ItemForm {
    /// Checks every field, amounts in `currency` and weights in `unit`.
    ///
    /// # Errors
    /// Some field is wrong.
    pub fn parse(&self, currency: Currency, unit: WeightUnit) -> Result<ItemInput, Problem> {
        let mut check = Check::new();
        let money = |typed: &str| Money::parse(typed, currency);
        let weigh = |typed: &str| weight::parse(typed, unit);
        let code = check.take("code", code(&self.code));
        let title = check.take("title", text::required(&self.title, 200));
        let pricing = check.take("pricing", choice(&self.pricing, Pricing::Fixed, Pricing::parse));
        let by_weight = pricing == Some(Pricing::ByWeight);
        let price = if by_weight { Ok(Money::zero(currency)) } else { money(&self.price) };
        let price = check.take("price", price);
        let chosen = choices(self, currency, unit, &mut check);
        let material = match text::optional(&self.material, 80) {
            Ok(material) if material.is_empty() && by_weight => Err(FieldCode::Missing),
            material => material,
        };
        let material = check.take("material", material);
        let net_weight = check.take("net_weight", optional(&self.net_weight, weigh));
        if by_weight {
            check_net_weights(net_weight, &chosen.variants, &mut check);
        }
        let weight = check.take("weight", optional(&self.weight, weigh));
        let origin = check.take("origin", customs::origin(&self.origin));
        let hs_code = check.take("hs_code", customs::hs_code(&self.hs_code));
        let days = |typed: &str| whole(typed, MAX_HANDLING_DAYS);
        let handling_days = check.take("handling_days", optional(&self.handling_days, days));
        let sale_price = optional(&self.sale_price, money).and_then(|sale| match (sale, price) {
            (Some(sale), Some(price)) if !by_weight && sale.minor >= price.minor => {
                Err(FieldCode::NotBelowThePrice)
            }
            _ => Ok(sale),
        });
        let sale_price = check.take("sale_price", sale_price);
        let cost = check.take("cost", optional(&self.cost, money));
        let tax_class = check.take("tax_class", choice(&self.tax_class, TaxClass::Standard, TaxClass::parse));
        let aliases = check.take("aliases", list(&self.aliases, 60, MAX_ALIASES));
        let description = check.take("description", text::paragraph(&self.description, 4_000));
        let category = check.take("category", text::optional(&self.category, 60));
        let tags = check.take("tags", list(&self.tags, 40, MAX_TAGS));
        let low_stock = check.take("low_stock", optional(&self.low_stock, quantity));
        let note = check.take("note", text::paragraph(&self.note, 4_000));
        let input = (|| {
            Some(ItemInput {
                code: code?,
                title: title?,
                description: description?,
                category: category?,
                tags: tags?,
                pricing: pricing?,
                price: price?,
                sale_price: sale_price?,
                cost: cost?,
                net_weight: net_weight?,
                weight: weight?.unwrap_or_default(),
                material: material?,
                tax_class: tax_class?,
                origin: origin?,
                hs_code: hs_code?,
                handling_days: handling_days?,
                note: note?,
                low_stock: low_stock?,
                aliases: aliases?,
                options: chosen.options,
                variants: chosen.variants,
            })
        })();
        check.finish(input)
    }
}

/// A price by weight needs a weight above zero for every variant that has no price of its own.
fn check_net_weights(items: Option<Option<i64>>, variants: &[VariantInput], check: &mut Check) {
    // What could not be read was noted already.
    let Some(items) = items else { return };
    if items.is_some_and(|weight| weight <= 0) {
        check.note("net_weight", FieldCode::NotAWeight);
    } else if items.is_none() && variants.iter().any(|one| one.price.is_none() && one.net_weight.is_none()) {
        check.note("net_weight", FieldCode::Missing);
    }
    for variant in variants.iter().filter(|variant| variant.net_weight.is_some_and(|weight| weight <= 0)) {
        check.note(&format!("variants_{}_net_weight", variant.row), FieldCode::NotAWeight);
    }
}

/// One of some choices by its word, `usual` where nothing is chosen.
fn choice<T>(typed: &str, usual: T, parse: impl Fn(&str) -> Option<T>) -> Result<T, FieldCode> {
    if typed.is_empty() { Ok(usual) } else { parse(typed).ok_or(FieldCode::NotAChoice) }
}

/// Words between commas, each once, of at most `characters` each.
fn list(typed: &str, characters: u32, most: usize) -> Result<Vec<String>, FieldCode> {
    let mut folded = Vec::new();
    let mut words = Vec::new();
    for word in typed.split([',', '\n']) {
        let word = text::optional(word, characters)?;
        let key = text::fold(&word);
        if !key.is_empty() && !folded.contains(&key) {
            folded.push(key);
            words.push(word);
        }
        if words.len() > most {
            return Err(FieldCode::TooMuch(most as i64));
        }
    }
    Ok(words)
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
            options: vec!["Size".into()],
            variants: vec![
                VariantForm::named("6", "2"),
                VariantForm { price: "26".into(), ..VariantForm::named("7", "1") },
                VariantForm::default(),
            ],
            ..Default::default()
        }
    }

    fn parse(form: &ItemForm) -> Result<ItemInput, Problem> {
        form.parse(Currency::USD, WeightUnit::Oz)
    }

    fn wrong(form: &ItemForm) -> Vec<String> {
        parse(form).unwrap_err().fields.into_iter().map(|field| field.field).collect()
    }

    #[test]
    fn an_item_is_read_from_its_form() {
        let item = parse(&ring()).unwrap();
        assert_eq!(item.aliases, ["moon", "lunar"]);
        assert_eq!(item.options, ["Size"]);
        assert_eq!(item.variants.len(), 2);
        assert_eq!(item.variants[1].price, Some(Money::new(2_600, Currency::USD)));
        assert_eq!((item.pricing, item.tax_class), (Pricing::Fixed, TaxClass::Standard));
    }

    #[test]
    fn four_answers_are_enough() {
        let form = ItemForm {
            code: "A12".into(),
            title: "Moon ring".into(),
            price: "24".into(),
            variants: vec![VariantForm::named("", "3")],
            ..Default::default()
        };
        let item = parse(&form).unwrap();
        assert_eq!((item.weight, item.options.len(), item.variants[0].name.as_str()), (0, 0, ""));
    }

    #[test]
    fn wrong_variants_are_named_by_their_row() {
        let mut form = ring();
        form.variants[1].values = vec![" 6 ".into()];
        form.variants[1].quantity = "-1".into();
        form.code = "A 12".into();
        assert_eq!(wrong(&form), ["code", "variants_1_values_0", "variants_1_quantity"]);
    }

    #[test]
    fn an_item_without_variants_needs_a_quantity() {
        let form = ItemForm { variants: vec![VariantForm::default()], ..ring() };
        let problem = parse(&form).unwrap_err();
        assert_eq!(problem.message_for("variants_0_quantity"), Some("Please fill this in.".into()));
    }

    #[test]
    fn a_row_of_which_only_the_id_is_left_is_gone() {
        let mut form = ring();
        form.variants[0] = VariantForm { id: uuid::Uuid::from_u128(1).to_string(), ..Default::default() };
        let item = parse(&form).unwrap();
        assert_eq!(item.variants.len(), 1);
        assert_eq!(item.variants[0].row, 1, "the others keep their rows");
    }

    #[test]
    fn variants_have_a_value_for_each_option_that_is_used() {
        let two = |size: &str, metal: &str| VariantForm {
            values: vec![size.into(), metal.into()],
            quantity: "1".into(),
            ..Default::default()
        };
        let mut form = ItemForm {
            options: vec!["Size".into(), "Metal".into(), "Engraving".into()],
            variants: vec![two("7", "Gold"), two("7", "Silver")],
            ..ring()
        };
        let item = parse(&form).unwrap();
        assert_eq!(item.options, ["Size", "Metal"], "an option without values is passed over");
        assert_eq!(item.variants[0].name, "7 / Gold");
        form.variants.push(two("8", ""));
        assert_eq!(wrong(&form), ["variants_2_values_1"]);
        form.variants.pop();
        form.options = vec!["Size".into()];
        assert_eq!(wrong(&form), ["options_1"], "two options need their names");
        form.options = vec!["Size".into(), "size".into()];
        assert_eq!(wrong(&form), ["options_1"]);
        form.variants[0].values.extend(["".into(), "x".into()]);
        assert_eq!(wrong(&form), ["variants"], "three options are the most");
    }

    #[test]
    fn values_that_are_still_typed_make_rows_without_pieces() {
        let mut form = ItemForm {
            options: vec!["Size".into(), "Metal".into()],
            values: vec!["8".into(), "Gold, Silver".into()],
            ..ring()
        };
        let item = parse(&form).unwrap();
        let rows: Vec<(&str, i64)> =
            item.variants.iter().map(|variant| (variant.name.as_str(), variant.quantity)).collect();
        assert_eq!(
            rows,
            [
                ("6 / Gold", 2),
                ("7 / Gold", 1),
                ("6 / Silver", 0),
                ("7 / Silver", 0),
                ("8 / Gold", 0),
                ("8 / Silver", 0)
            ]
        );
        form.variants = vec![VariantForm::named("", "5")];
        form.values.pop();
        assert_eq!(parse(&form).unwrap().variants[0].name, "8");
    }

    #[test]
    fn the_only_option_needs_no_name() {
        let form = ItemForm { options: Vec::new(), ..ring() };
        assert_eq!(parse(&form).unwrap().options, [crate::inventory::UNNAMED_OPTION]);
    }

    #[test]
    fn codes_and_barcodes_stand_once() {
        let mut form = ring();
        form.variants[0].code = "A12-6".into();
        form.variants[1].code = "ａ12-6".into();
        form.variants[0].barcode = "4006381333931".into();
        form.variants[1].barcode = "4006381333931".into();
        assert_eq!(wrong(&form), ["variants_1_code", "variants_1_barcode"]);
        form.variants[1].code = "A12".into();
        form.variants[1].barcode = String::new();
        assert_eq!(wrong(&form), ["variants_1_code"], "the item has this code");
    }

    #[test]
    fn a_price_by_weight_needs_material_and_weight_and_no_price() {
        let mut form = ItemForm { pricing: "by-weight".into(), price: "nonsense".into(), ..ring() };
        assert_eq!(wrong(&form), ["material", "net_weight"]);
        form.material = "Silver".into();
        form.variants[0].net_weight = "3.2 g".into();
        let item = parse(&form).unwrap();
        assert_eq!((item.price.minor, item.variants[0].net_weight), (0, Some(3_200)));
        form.variants[0].net_weight = "0".into();
        assert_eq!(wrong(&form), ["variants_0_net_weight"]);
        form.net_weight = "0.1".into();
        form.variants[0].net_weight = String::new();
        assert_eq!(parse(&form).unwrap().net_weight, Some(2_835));
    }

    #[test]
    fn a_sale_price_is_below_the_price() {
        let mut form = ItemForm { sale_price: "20".into(), ..ring() };
        assert_eq!(parse(&form).unwrap().sale_price, Some(Money::new(2_000, Currency::USD)));
        form.sale_price = "24".into();
        assert_eq!(wrong(&form), ["sale_price"]);
    }

    #[test]
    fn tricks_with_text_come_to_nothing() {
        let form = ItemForm { title: "Moon\u{202E}gnir\u{200B}".into(), ..ring() };
        assert_eq!(parse(&form).unwrap().title, "Moongnir");
        for title in ["x".repeat(1_000), "\u{200D}\u{2066}\u{3164}".into()] {
            assert_eq!(wrong(&ItemForm { title, ..ring() }), ["title"]);
        }
    }

    #[test]
    fn numbers_out_of_bounds_are_told_with_their_bound() {
        let form = ItemForm {
            handling_days: "1000".into(),
            low_stock: "-1".into(),
            hs_code: "12".into(),
            origin: "ZZ".into(),
            weight: "2000000".into(),
            tax_class: "none".into(),
            ..ring()
        };
        assert_eq!(wrong(&form), ["weight", "origin", "hs_code", "handling_days", "tax_class", "low_stock"]);
        let many: Vec<VariantForm> =
            (0..501).map(|size| VariantForm::named(&size.to_string(), "1")).collect();
        assert_eq!(wrong(&ItemForm { variants: many, ..ring() }), ["variants"]);
    }
}
