//! `selltrac match`: reads a paste against a catalog from a file and prints what was read.

use std::io::Write;
use std::path::PathBuf;

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use domain::money::{Currency, Money};
use domain::sales::{
    Catalog, CatalogItem, CatalogVariant, ClaimKind, CommentOrder, Preset, ReadComment, ReadSettings, Reader,
    Refused,
};
use serde::Serialize;
use uuid::Uuid;

/// Stands between the words of a list in a cell.
const LIST_SEPARATOR: char = '|';

/// What the command is told.
#[derive(Args, Debug)]
pub struct MatchArguments {
    /// A CSV file with the columns sku, title, keywords, variants, price, quantity; lists are parted by `|`.
    #[arg(long, value_name = "CATALOG.csv")]
    pub catalog: PathBuf,
    /// The words in which buyers claim.
    #[arg(long, value_parser = presets(), default_value = "us")]
    pub preset: Preset,
    /// The name under which the seller writes; their own comments claim nothing.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub seller: String,
    /// In which order the comments of the paste were written.
    #[arg(long, value_parser = orders(), default_value = "oldest-first")]
    pub order: CommentOrder,
    /// The pasted comments as text.
    #[arg(value_name = "PASTE.txt")]
    pub paste: PathBuf,
}

/// The presets by their words.
fn presets() -> impl TypedValueParser<Value = Preset> {
    PossibleValuesParser::new(Preset::ALL.map(Preset::as_str))
        .map(|word| Preset::parse(&word).unwrap_or_default())
}

/// The orders by their words.
fn orders() -> impl TypedValueParser<Value = CommentOrder> {
    PossibleValuesParser::new(CommentOrder::ALL.map(CommentOrder::as_str))
        .map(|word| CommentOrder::parse(&word).unwrap_or_default())
}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum MatchError {
    #[error("{path} cannot be read: {source}")]
    File { path: String, source: std::io::Error },
    #[error("{path} is not UTF-8 text")]
    NotText { path: String },
    #[error("the catalog has no column “{0}”")]
    NoColumn(&'static str),
    #[error("the catalog, row {row}, column “{column}”: {reason}")]
    Cell { row: usize, column: &'static str, reason: &'static str },
    #[error("the catalog is not a CSV file: {0}")]
    Csv(#[from] csv::Error),
    #[error("the paste was refused: {0}")]
    Refused(#[from] Refused),
    #[error("the reading cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the reading cannot be printed: {0}")]
    Output(#[from] std::io::Error),
}

/// Reads both files and prints the reading to standard output.
///
/// # Errors
/// A file that cannot be read, a catalog with a wrong value, a paste that is refused; nothing is printed then.
pub fn run(arguments: MatchArguments) -> Result<(), MatchError> {
    let catalog = text_of(&arguments.catalog)?;
    let paste = text_of(&arguments.paste)?;
    let settings = ReadSettings {
        preset: arguments.preset,
        seller: arguments.seller,
        order: arguments.order,
        ..Default::default()
    };
    let json = read_to_json(&catalog, &paste, &settings)?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "{json}")?;
    output.flush()?;
    Ok(())
}

fn text_of(path: &std::path::Path) -> Result<String, MatchError> {
    let shown = || path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| MatchError::File { path: shown(), source })?;
    let text = String::from_utf8(bytes).map_err(|_| MatchError::NotText { path: shown() })?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

/// The reading of `paste` against the catalog as a JSON array in the order of the paste.
///
/// # Errors
/// As [`run`], without those of files.
pub fn read_to_json(catalog_csv: &str, paste: &str, settings: &ReadSettings) -> Result<String, MatchError> {
    let reader = Reader::new(Catalog::new(items(catalog_csv)?), settings);
    let reading = reader.read(paste)?;
    let comments: Vec<ReadComment> =
        reading.comments.iter().map(|comment| reader.in_words(paste, &reading, comment)).collect();
    let shown: Vec<ShownComment<'_>> =
        comments.iter().map(|comment| ShownComment::new(comment, reader.catalog())).collect();
    Ok(serde_json::to_string_pretty(&shown)?)
}

#[derive(Serialize)]
struct ShownComment<'reading> {
    author: &'reading str,
    text: &'reading str,
    status: &'static str,
    claims: Vec<ShownClaim<'reading>>,
    reason: &'reading str,
}

#[derive(Serialize)]
struct ShownClaim<'reading> {
    /// `claim`, `cancel` or `next`.
    kind: &'static str,
    sku: &'reading str,
    variant: &'reading str,
    qty: u32,
}

impl<'reading> ShownComment<'reading> {
    fn new(comment: &'reading ReadComment, catalog: &'reading Catalog) -> Self {
        let claims = comment.claims.iter().filter_map(|claim| {
            Some(ShownClaim {
                kind: shown_kind(claim.kind).as_str(),
                sku: &catalog.item(claim.item)?.code,
                variant: catalog.variant(claim.item, claim.variant).map_or("", |variant| &variant.name),
                qty: claim.quantity,
            })
        });
        ShownComment {
            author: &comment.author,
            text: &comment.text,
            status: comment.status.as_str(),
            claims: claims.collect(),
            reason: &comment.reason,
        }
    }
}

/// Who lets go of some pieces cancels so many, and who does not say of which variant cancels the item without one: outside of
/// the program those are no kinds of their own.
fn shown_kind(kind: ClaimKind) -> ClaimKind {
    match kind {
        ClaimKind::Reduce | ClaimKind::CancelItem => ClaimKind::Cancel,
        kind => kind,
    }
}

/// The items of a catalog file. Only `sku` must be there; an item without `variants` has one without a name, and a
/// `quantity` is a number for every variant or a list with one number for each.
fn items(catalog_csv: &str) -> Result<Vec<CatalogItem>, MatchError> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(catalog_csv.as_bytes());
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let sku = column("sku").ok_or(MatchError::NoColumn("sku"))?;
    let [title, keywords, variants, price, quantity] =
        ["title", "keywords", "variants", "price", "quantity"].map(column);
    let mut items = Vec::new();
    for record in reader.records() {
        let record = record?;
        // The line in the file, as an editor shows it.
        let row = record.position().map_or(0, |position| position.line() as usize);
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).unwrap_or("");
        let wrong = |column, reason| MatchError::Cell { row, column, reason };
        let code = cell(Some(sku)).to_owned();
        if code.is_empty() {
            return Err(wrong("sku", "every item needs a code"));
        }
        let price = price_of(cell(price)).ok_or_else(|| wrong("price", "write an amount such as 12.50"))?;
        let mut names = list(cell(variants));
        if names.is_empty() {
            names.push(String::new());
        }
        let quantities = quantities(cell(quantity), names.len())
            .ok_or_else(|| wrong("quantity", "write a whole number, or one for each variant"))?;
        let variants = names
            .into_iter()
            .zip(quantities)
            .map(|(name, left)| CatalogVariant { id: Uuid::nil(), code: String::new(), name, left, price })
            .collect();
        items.push(CatalogItem {
            code,
            title: cell(title).to_owned(),
            aliases: list(cell(keywords)),
            variants,
        });
    }
    Ok(items)
}

fn list(cell: &str) -> Vec<String> {
    cell.split(LIST_SEPARATOR).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Minor units; the currency plays no part in reading comments, so any with two decimals will do.
fn price_of(cell: &str) -> Option<i64> {
    if cell.is_empty() { Some(0) } else { Money::parse(cell, Currency::USD).ok().map(|price| price.minor) }
}

/// One number of pieces for each variant.
fn quantities(cell: &str, variants: usize) -> Option<Vec<i64>> {
    let numbers: Vec<i64> = list(cell)
        .iter()
        .map(|number| number.parse().ok().filter(|number| *number >= 0))
        .collect::<Option<_>>()?;
    match numbers.as_slice() {
        [] => Some(vec![0; variants]),
        [number] => Some(vec![*number; variants]),
        numbers => (numbers.len() == variants).then(|| numbers.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOG: &str = "sku,title,keywords,variants,price,quantity\n\
        A12,Silver ring,ring|silver ring,,12.50,3\n\
        AA 10,Dress,,blue small|red small,30,2|4\n";

    fn json(paste: &str) -> serde_json::Value {
        let text = read_to_json(CATALOG, paste, &ReadSettings::default()).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_reading_is_printed_in_the_order_of_the_paste() {
        let shown =
            json("@ana: SOLD AA 10 2 blue small\nben: how much is A12?\ncora: sold Z9\n@dan: pass ring");
        let statuses: Vec<&str> =
            shown.as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["act", "none", "review", "act"]);
        assert_eq!(shown[0]["author"], "ana");
        assert_eq!(shown[0]["text"], "SOLD AA 10 2 blue small");
        let claim = serde_json::json!({"kind": "claim", "sku": "AA 10", "variant": "blue small", "qty": 2});
        assert_eq!(shown[0]["claims"], serde_json::json!([claim]));
        let cancel = serde_json::json!({"kind": "cancel", "sku": "A12", "variant": "", "qty": 1});
        assert_eq!(shown[3]["claims"], serde_json::json!([cancel]));
        assert_eq!(shown[2]["reason"], "There is no item with the code Z9.");
    }

    #[test]
    fn letting_go_of_some_is_printed_as_a_cancel_of_so_many() {
        let cancel = serde_json::json!({"kind": "cancel", "sku": "A12", "variant": "", "qty": 2});
        assert_eq!(json("@ana: cancel 2 A12")[0]["claims"], serde_json::json!([cancel]));
    }

    #[test]
    fn only_the_code_is_needed() {
        let shown = read_to_json("SKU\nA12\n", "@ana A12", &ReadSettings::default()).unwrap();
        assert!(shown.contains("\"act\""), "{shown}");
        assert_eq!(read_to_json("sku\n", "", &ReadSettings::default()).unwrap(), "[]");
    }

    #[test]
    fn a_wrong_catalog_is_named_by_row_and_column() {
        for (catalog, expected) in [
            ("title\nRing\n", "the catalog has no column “sku”"),
            (
                "sku,price\nA1,5\nA2,cheap\n",
                "the catalog, row 3, column “price”: write an amount such as 12.50",
            ),
            ("sku,price\n,5\n", "the catalog, row 2, column “sku”: every item needs a code"),
            (
                "sku,variants,quantity\nA1,a|b,1|2|3\n",
                "the catalog, row 2, column “quantity”: write a whole number, or one for each variant",
            ),
            (
                "sku,quantity\nA1,-2\n",
                "the catalog, row 2, column “quantity”: write a whole number, or one for each variant",
            ),
        ] {
            let error = read_to_json(catalog, "", &ReadSettings::default()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        let error = read_to_json("sku\nA1\n", "\0", &ReadSettings::default()).unwrap_err();
        assert!(matches!(error, MatchError::Refused(Refused::Binary)));
    }
}
