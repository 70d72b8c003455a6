//! Items as rows of a file tell of them, and what that makes of an item that is there or is new.

use super::{Columns, Field, Reason, Row, RowProblem, columns::Reading, listed::Listed, values};
use crate::{
    inventory::{ItemForm, ItemInput, VariantForm, variant_name},
    money::Currency,
    problem::{FieldCode, Problem},
    text,
    weight::{self, WeightUnit},
};

/// What else is to be known to read an item.
#[derive(Clone, Copy, Debug)]
pub struct ItemSettings {
    /// The business' currency.
    pub currency: Currency,
    /// The unit of weights that name none.
    pub unit: WeightUnit,
    /// Whether descriptions may be markup, as shops export them. Our own files mean what they say.
    pub markup: bool,
}

/// An item as its rows tell of it. What they do not say is not changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemDraft {
    /// The line of its first row.
    pub line: i64,
    /// May be empty: then it is known by its title, or gets the next code.
    pub code: String,
    pub title: String,
    pub archived: Option<bool>,
    /// Answers to the fields of an item's form, in the words of the form.
    given: Vec<(Field, String)>,
    options: Vec<String>,
    variants: Vec<VariantDraft>,
    /// Pieces that the file counts without saying of which variant they are.
    pieces_of_several: Option<String>,
    pub problems: Vec<RowProblem>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct VariantDraft {
    line: i64,
    values: Vec<String>,
    given: Vec<(Field, String)>,
}

/// Names that shops give to the only variant of an item that has none.
const NO_VARIANT: [&str; 3] = ["default title", "default", "regular"];
const OPTIONS: [Field; 3] = [Field::Option1, Field::Option2, Field::Option3];
const OPTION_NAMES: [Field; 3] = [Field::Option1Name, Field::Option2Name, Field::Option3Name];

/// Whether two rows that follow each other tell of one item: they name the same group or code, or variants of one title.
pub fn is_of_the_same(columns: &Columns, row: &Row, next: &Row) -> bool {
    let same = |field| {
        let (one, other) = (columns.text(row, field), columns.text(next, field));
        match (one.is_empty(), other.is_empty()) {
            (true, true) => None,
            (false, false) => Some(text::fold(&one) == text::fold(&other)),
            _ => Some(false),
        }
    };
    if let Some(same) = same(Field::Group) {
        return same;
    }
    let has_values = |row| !values_of(columns, row).is_empty();
    match same(Field::Code) {
        Some(true) => true,
        _ => has_values(row) && has_values(next) && same(Field::Title) == Some(true),
    }
}

/// The values of a row's variant, without needless names.
fn values_of(columns: &Columns, row: &Row) -> Vec<String> {
    let mut values: Vec<String> = OPTIONS.iter().map(|field| columns.text(row, *field)).collect();
    while values.last().is_some_and(String::is_empty) {
        values.pop();
    }
    if values.is_empty() {
        values = vec![columns.text(row, Field::Variant)];
    }
    let only = variant_name(&values);
    if only.is_empty() || NO_VARIANT.contains(&text::fold(&only).as_str()) { Vec::new() } else { values }
}

fn read_amount(settings: ItemSettings) -> impl Fn(&str) -> Result<String, Reason> {
    move |cell| values::amount(cell, settings.currency).map(|money| money.decimal())
}

/// Whether an item is off the lists, in yes and no or in the words of a state.
fn read_archived(cell: &str) -> Result<bool, Reason> {
    match text::fold(cell).as_str() {
        "archived" | "draft" | "inactive" | "hidden" => Ok(true),
        "active" | "published" | "visible" => Ok(false),
        _ => values::truth(cell),
    }
}

/// Reads the rows of one item.
pub fn read(columns: &Columns, rows: &[Row], settings: ItemSettings) -> ItemDraft {
    let Some(first) = rows.first() else { return ItemDraft::default() };
    let mut reading = Reading::new(columns);
    let mut draft = ItemDraft { line: first.line, ..ItemDraft::default() };
    reading.problems.extend(rows.iter().filter_map(|row| columns.excess(row)));
    // A field of the item stands in whichever of its rows says something first.
    let row_with = |field| rows.iter().find(|row| columns.cell(row, field).is_some()).unwrap_or(first);
    let text_of = |field| columns.text(row_with(field), field);
    draft.title = text_of(Field::Title);
    for field in [Field::Category, Field::Material, Field::TaxClass, Field::Pricing] {
        push(&mut draft.given, field, Some(text_of(field)));
    }
    for field in [Field::Tags, Field::Aliases] {
        let words = reading.take(row_with(field), field, |cell| Ok(values::list(cell).join(", ")));
        push(&mut draft.given, field, words);
    }
    let description = reading.take(row_with(Field::Description), Field::Description, |cell| {
        Ok(if settings.markup { values::without_markup(cell) } else { cell.to_owned() })
    });
    push(&mut draft.given, Field::Description, description);
    let note = reading.take(row_with(Field::Note), Field::Note, |cell| Ok(cell.to_owned()));
    push(&mut draft.given, Field::Note, note);
    for field in [Field::SalePrice, Field::Cost] {
        let amount = reading.take(row_with(field), field, read_amount(settings));
        push(&mut draft.given, field, amount);
    }
    for field in [Field::HandlingDays, Field::LowStock] {
        let number =
            reading.take(row_with(field), field, |cell| values::count(cell).map(|number| number.to_string()));
        push(&mut draft.given, field, number);
    }
    let net_row = row_with(Field::NetWeight);
    let net_weight = reading.take(net_row, Field::NetWeight, read_weight(columns, net_row, settings));
    push(&mut draft.given, Field::NetWeight, net_weight);
    let origin = reading.take(row_with(Field::Origin), Field::Origin, read_country);
    push(&mut draft.given, Field::Origin, origin);
    push(&mut draft.given, Field::HsCode, Some(text_of(Field::HsCode)));
    draft.archived = reading.take(row_with(Field::Archived), Field::Archived, read_archived);
    reading.take(row_with(Field::Currency), Field::Currency, |cell| {
        match Currency::parse(&text::tidy(cell)) {
            Some(currency) if currency == settings.currency => Ok(()),
            Some(_) => Err(Reason::AnotherCurrency),
            None => Err(Reason::UnknownCurrency),
        }
    });
    draft.options = OPTION_NAMES.iter().map(|field| text_of(*field)).collect();
    while draft.options.last().is_some_and(String::is_empty) {
        draft.options.pop();
    }
    if draft.options.first().is_some_and(|name| text::fold(name) == "title") {
        draft.options.clear();
    }
    read_variants(&mut reading, rows, settings, &mut draft);
    draft.problems = reading.problems;
    draft
}

fn push(given: &mut Vec<(Field, String)>, field: Field, answer: Option<String>) {
    if let Some(answer) = answer.filter(|answer| !answer.is_empty()) {
        given.push((field, answer));
    }
}

/// A weight in the words of a form, exact to the milligram.
fn read_weight(
    columns: &Columns,
    row: &Row,
    settings: ItemSettings,
) -> impl FnOnce(&str) -> Result<String, Reason> + use<> {
    let word = columns.text(row, Field::WeightUnit);
    move |cell| {
        let unit = match word.as_str() {
            "" => settings.unit,
            word => values::weight_unit(word).ok_or(FieldCode::NotAWeight)?,
        };
        let milligrams = values::weight(cell, unit)?;
        Ok(format!("{} g", weight::exact(milligrams, WeightUnit::G)))
    }
}

/// A country in its code or its name.
pub(super) fn read_country(cell: &str) -> Result<String, Reason> {
    let folded = text::fold(cell);
    let known = match folded.as_str() {
        "usa" | "united states of america" | "u.s.a." | "u.s." => Some("US"),
        "uk" | "great britain" | "england" | "scotland" | "wales" => Some("GB"),
        "deutschland" => Some("DE"),
        "méxico" => Some("MX"),
        "españa" => Some("ES"),
        "viet nam" => Some("VN"),
        "korea" | "republic of korea" => Some("KR"),
        "czech republic" => Some("CZ"),
        "the netherlands" | "holland" => Some("NL"),
        _ => crate::address::COUNTRIES
            .iter()
            .find(|(code, name)| text::fold(code) == folded || text::fold(name) == folded)
            .map(|(code, _)| *code),
    };
    known.map(str::to_owned).ok_or_else(|| FieldCode::NotAChoice.into())
}

fn read_variants(reading: &mut Reading<'_>, rows: &[Row], settings: ItemSettings, draft: &mut ItemDraft) {
    let columns = reading.columns;
    let mut codes = Vec::new();
    for row in rows {
        let mut variant = VariantDraft { line: row.line, values: values_of(columns, row), given: Vec::new() };
        let given = &mut variant.given;
        let price = reading.take(row, Field::Price, read_amount(settings));
        let weight = reading.take(row, Field::Weight, read_weight(columns, row, settings));
        // The first row's price and weight are the item's; where another row has another, they are its variant's.
        for (field, answer) in [(Field::Price, price), (Field::Weight, weight)] {
            let Some(answer) = answer else { continue };
            match draft.given.iter().find(|(known, _)| *known == field) {
                None => draft.given.push((field, answer)),
                Some((_, items)) if *items == answer => {}
                Some(_) => {
                    let own = if field == Field::Price { Field::VariantPrice } else { Field::VariantWeight };
                    given.push((own, answer));
                }
            }
        }
        let own_price = reading.take(row, Field::VariantPrice, read_amount(settings));
        push(given, Field::VariantPrice, own_price);
        for field in [Field::VariantNetWeight, Field::VariantWeight] {
            let weight = reading.take(row, field, read_weight(columns, row, settings));
            push(given, field, weight);
        }
        push(given, Field::Barcode, Some(columns.text(row, Field::Barcode)));
        push(given, Field::VariantCode, Some(columns.text(row, Field::VariantCode)));
        let quantity =
            reading.take(row, Field::Quantity, |cell| values::count(cell).map(|count| count.to_string()));
        push(given, Field::Quantity, quantity);
        if let Some(listed) = Listed::of(columns, row) {
            add_listed(draft, &mut codes, variant, listed);
            continue;
        }
        let code = columns.text(row, Field::Code);
        if !code.is_empty() {
            codes.push((draft.variants.len(), code));
        }
        // A row that says nothing of a variant, such as one with a further picture, adds none.
        if draft.variants.is_empty() || !variant.values.is_empty() || !variant.given.is_empty() {
            draft.variants.push(variant);
        }
    }
    draft.code = item_code(&codes, &columns.text(&rows[0], Field::Group));
    // Where each row has a code of its own, these are the variants'.
    let distinct = codes.iter().any(|(_, code)| text::fold(code) != text::fold(&codes[0].1));
    if distinct {
        for (index, code) in codes {
            let is_items = text::fold(&code) == text::fold(&draft.code);
            if let Some(variant) = draft.variants.get_mut(index).filter(|_| !is_items)
                && !variant.given.iter().any(|(field, _)| *field == Field::VariantCode)
            {
                variant.given.push((Field::VariantCode, code));
            }
        }
    }
}

/// Adds the variants that one row lists. `variant` is what it says of each of them.
fn add_listed(
    draft: &mut ItemDraft,
    codes: &mut Vec<(usize, String)>,
    mut variant: VariantDraft,
    listed: Listed,
) {
    if listed.is_several() {
        let counted = variant.given.iter().position(|(field, _)| *field == Field::Quantity);
        draft.pieces_of_several = counted.map(|index| variant.given.remove(index).1);
    }
    for (values, code) in listed.variants.into_iter().zip(listed.codes) {
        codes.extend(code.map(|code| (draft.variants.len(), code)));
        draft.variants.push(VariantDraft { values, ..variant.clone() });
    }
}

/// The code of an item: the one that all its rows have; else its handle, if that can be typed in a comment; else the first.
fn item_code(codes: &[(usize, String)], handle: &str) -> String {
    let can_be_typed = |code: &str| {
        let count = code.chars().count();
        count > 0
            && count <= crate::inventory::MAX_CODE_CHARACTERS as usize
            && code.chars().all(|character| character.is_alphanumeric() || "-_.#".contains(character))
    };
    match codes.first() {
        Some((_, first)) if codes.iter().all(|(_, code)| text::fold(code) == text::fold(first)) => {
            first.clone()
        }
        _ if can_be_typed(handle) => handle.to_owned(),
        Some((_, first)) => first.clone(),
        None => String::new(),
    }
}

impl ItemDraft {
    /// The form of the item after the import: `known` is the form of the item as it is, with the ids of its variants.
    ///
    /// # Errors
    /// A row may mean several variants, or two rows mean one.
    pub fn onto(&self, known: Option<ItemForm>) -> Result<ItemForm, RowProblem> {
        let is_new = known.is_none();
        let mut form = known.unwrap_or_default();
        if !self.code.is_empty() && is_new {
            form.code.clone_from(&self.code);
        }
        if !self.title.is_empty() {
            form.title.clone_from(&self.title);
        }
        for (field, answer) in &self.given {
            let place = match field {
                Field::Description => &mut form.description,
                Field::Category => &mut form.category,
                Field::Tags => &mut form.tags,
                Field::Pricing => &mut form.pricing,
                Field::Price => &mut form.price,
                Field::SalePrice => &mut form.sale_price,
                Field::Cost => &mut form.cost,
                Field::NetWeight => &mut form.net_weight,
                Field::Weight => &mut form.weight,
                Field::Material => &mut form.material,
                Field::TaxClass => &mut form.tax_class,
                Field::Origin => &mut form.origin,
                Field::HsCode => &mut form.hs_code,
                Field::HandlingDays => &mut form.handling_days,
                Field::Note => &mut form.note,
                Field::LowStock => &mut form.low_stock,
                Field::Aliases => &mut form.aliases,
                _ => continue,
            };
            place.clone_from(answer);
        }
        // Nobody can tell which of them these are, so none is made up; the item's note says what was counted.
        if let Some(pieces) = self.pieces_of_several.as_ref().filter(|pieces| is_new && *pieces != "0") {
            let told = format!("{pieces} pieces of all variants together, by the file it was imported from.");
            form.note = if form.note.is_empty() { told } else { format!("{}\n{told}", form.note) };
        }
        if form.options.is_empty() && !self.options.is_empty() {
            form.options.clone_from(&self.options);
        }
        let mut met: Vec<(usize, i64)> = Vec::new();
        for draft in &self.variants {
            if let Some(index) = draft.place_in(&mut form, is_new)? {
                if let Some((_, line)) = met.iter().find(|(known, _)| *known == index) {
                    let same =
                        if draft.values.is_empty() { Reason::Twice(*line) } else { Reason::SameVariant };
                    return Err(draft.problem(same));
                }
                met.push((index, draft.line));
                if let Some(variant) = form.variants.get_mut(index) {
                    draft.write_to(variant);
                }
            }
        }
        Ok(form)
    }

    /// Where in the file the problems of a form are: the line and the column of each.
    pub fn located(&self, problem: &Problem, columns: &Columns, form: &ItemForm) -> Vec<RowProblem> {
        let place = |name: &str| -> (i64, Option<Field>) {
            let Some(rest) = name.strip_prefix("variants_") else { return (self.line, field_of(name)) };
            let (index, name) = rest.split_once('_').unwrap_or((rest, ""));
            let values =
                index.parse::<usize>().ok().and_then(|index| form.variants.get(index)).map(|one| &one.values);
            let line =
                self.variants.iter().find(|draft| Some(&draft.values) == values).map(|draft| draft.line);
            (line.unwrap_or(self.line), variant_field_of(name))
        };
        problem
            .fields
            .iter()
            .map(|field| {
                let (line, of) = place(&field.field);
                RowProblem {
                    line,
                    column: of.and_then(|of| columns.column(of)),
                    reason: field.code.clone().into(),
                }
            })
            .collect()
    }
}

/// The field of a file behind a field of an item's form.
fn field_of(name: &str) -> Option<Field> {
    match name {
        "variants" => Some(Field::Variant),
        "options_0" => Some(Field::Option1Name),
        "options_1" => Some(Field::Option2Name),
        "options_2" => Some(Field::Option3Name),
        name => Field::parse(name),
    }
}

fn variant_field_of(name: &str) -> Option<Field> {
    match name {
        "values_0" => Some(Field::Option1),
        "values_1" => Some(Field::Option2),
        "values_2" => Some(Field::Option3),
        "code" => Some(Field::VariantCode),
        "price" => Some(Field::VariantPrice),
        "net_weight" => Some(Field::VariantNetWeight),
        "weight" => Some(Field::VariantWeight),
        name => Field::parse(name),
    }
}

impl VariantDraft {
    fn problem(&self, reason: Reason) -> RowProblem {
        RowProblem { line: self.line, column: None, reason }
    }

    fn code(&self) -> Option<String> {
        let code = self.given.iter().find(|(field, _)| *field == Field::VariantCode);
        code.map(|(_, code)| text::fold(code))
    }

    /// Which row of the form it is; it gets a new one where it is not there yet. Nothing if it says nothing of a variant.
    fn place_in(&self, form: &mut ItemForm, is_new: bool) -> Result<Option<usize>, RowProblem> {
        let name = text::fold(&variant_name(&self.values));
        let by_name = form.variants.iter().position(|known| text::fold(&variant_name(&known.values)) == name);
        let by_code = self.code().and_then(|code| {
            form.variants.iter().position(|known| !known.code.is_empty() && text::fold(&known.code) == code)
        });
        if let Some(index) = by_name.or(by_code) {
            return Ok(Some(index));
        }
        if self.values.is_empty() && !is_new {
            return match (self.given.is_empty(), form.variants.len()) {
                (true, _) => Ok(None),
                (false, 1) => Ok(Some(0)),
                (false, _) => Err(self.problem(Reason::SeveralMeant)),
            };
        }
        let variant =
            VariantForm { values: self.values.clone(), quantity: "0".into(), ..VariantForm::default() };
        form.variants.push(variant);
        Ok(Some(form.variants.len() - 1))
    }

    fn write_to(&self, variant: &mut VariantForm) {
        for (field, answer) in &self.given {
            let place = match field {
                Field::VariantCode => &mut variant.code,
                Field::VariantPrice => &mut variant.price,
                Field::VariantNetWeight => &mut variant.net_weight,
                Field::VariantWeight => &mut variant.weight,
                Field::Barcode => &mut variant.barcode,
                Field::Quantity => &mut variant.quantity,
                _ => continue,
            };
            place.clone_from(answer);
        }
    }
}

/// What a form comes to, without what tells nothing: which row of the form a variant was, and in which order tags stand.
pub fn compared(mut input: ItemInput) -> ItemInput {
    input.tags.sort_by_key(|tag| text::fold(tag));
    for variant in &mut input.variants {
        variant.row = 0;
    }
    input
}
