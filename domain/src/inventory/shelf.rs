//! Tags for shelves and boxes: what stands on them, and their codes as shapes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::code128;
use crate::{money::Money, page::Page, problem::FieldCode};

/// The most tags that are printed at once.
pub const MAX_PRINTED: i64 = 1_200;
/// The widest bars, in modules, that a label of 50 mm prints so that a scanner can read them.
const MAX_BAR_MODULES: usize = 222;

stored_enum! {
    /// What tags are printed on.
    TagPaper {
        /// A roll of labels, a page each.
        Single = "single", "Roll of 50 × 25 mm labels";
        /// Two columns and six rows of 50 × 25 mm on a label of 4 × 6 inches.
        Sheet = "sheet", "4 × 6 in label, 12 tags to cut";
        /// Four columns and six rows that fit A4 as well as Letter.
        Page = "page", "A4 or Letter page, 24 tags to cut";
    }
}

impl TagPaper {
    /// How many tags one page holds.
    pub fn tags(self) -> usize {
        match self {
            TagPaper::Single => 1,
            TagPaper::Sheet => 12,
            TagPaper::Page => 24,
        }
    }
}

stored_enum! {
    /// In which writing machines read a tag.
    TagCode {
        /// The address at which the item is found, for the camera of any phone.
        Qr = "qr", "QR, for phones";
        /// The code itself.
        Bars = "bars", "Code 128, for scanners";
    }
}

/// Black shapes as the outline of an SVG path, in modules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    pub code: TagCode,
    /// The path's data.
    pub path: String,
    /// The size of the drawing with the white around it, in modules. Bars are one module high and are stretched.
    pub width: usize,
    pub height: usize,
}

impl Shape {
    /// The bars of a code; nothing where it has other letters than Code 128 or is too long for a label.
    pub fn bars(code: &str) -> Option<Shape> {
        let modules = code128::modules(code).filter(|modules| modules.len() <= MAX_BAR_MODULES)?;
        let width = modules.len() + 2 * code128::QUIET_MODULES;
        Some(Shape {
            code: TagCode::Bars,
            path: outline(&modules, modules.len(), code128::QUIET_MODULES, 0),
            width,
            height: 1,
        })
    }

    /// A square of modules, `true` for a black one, row by row, with four white ones around it.
    pub fn square(modules: &[bool], width: usize) -> Shape {
        const QUIET: usize = 4;
        let size = width + 2 * QUIET;
        Shape { code: TagCode::Qr, path: outline(modules, width, QUIET, QUIET), width: size, height: size }
    }
}

/// A rectangle for each run of black modules in a row.
fn outline(modules: &[bool], width: usize, left: usize, top: usize) -> String {
    let mut path = String::new();
    for (row, modules) in modules.chunks(width.max(1)).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|one, next| one == next) {
            if run.first() == Some(&true) {
                path.push_str(&format!("M{} {}h{}v1h-{}z", column + left, row + top, run.len(), run.len()));
            }
            column += run.len();
        }
    }
    path
}

/// What a scanner or a camera read, as a code: of the address on a tag only the code counts.
pub fn scanned(text: &str) -> String {
    let text = text.trim();
    let query = text.split_once("/stock/find?").map(|(_, query)| query);
    let code = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("code=")));
    match code {
        Some(code) => unescaped(code.split('#').next().unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The text of a part of an address.
fn unescaped(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Vec<u8> = rest.clone().take(2).collect();
                let value =
                    std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                match value.filter(|_| digits.len() == 2) {
                    Some(value) => {
                        bytes.push(value);
                        rest.nth(1);
                    }
                    None => bytes.push(byte),
                }
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is asked of the page that chooses tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagQuery {
    pub search: String,
    /// The id of the only item to show; may be empty.
    pub item: String,
    /// The key of the row after which to go on.
    pub after: String,
}

/// A variant whose tags can be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRow {
    pub variant_id: Uuid,
    /// What stands on the tag: the variant's own code if it has one, else the item's.
    pub code: String,
    pub title: String,
    pub variant: String,
    pub price: Money,
    pub on_hand: i64,
}

/// Which tags are to be printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagOrder {
    /// Variants and copies: `id.2,id.1`.
    pub picks: String,
    pub paper: String,
    pub code: String,
}

/// Which tags are to be printed, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    /// Each variant once, with its copies.
    pub picks: Vec<(Uuid, i64)>,
    pub paper: TagPaper,
    pub code: TagCode,
}

impl TagOrder {
    /// Reads the order. What is no id or no number of copies is passed over; unknown words stand for the first choice.
    ///
    /// # Errors
    /// More tags than are printed at once.
    pub fn parse(&self) -> Result<Tags, FieldCode> {
        let mut picks: Vec<(Uuid, i64)> = Vec::new();
        for pick in self.picks.split(',') {
            let Some((id, copies)) = pick.split_once('.') else { continue };
            let (Ok(id), Ok(copies)) = (Uuid::parse_str(id.trim()), copies.trim().parse::<i64>()) else {
                continue;
            };
            if copies < 1 {
                continue;
            }
            match picks.iter_mut().find(|(known, _)| *known == id) {
                Some((_, known)) => *known = known.saturating_add(copies),
                None => picks.push((id, copies)),
            }
        }
        let all = picks.iter().fold(0_i64, |sum, (_, copies)| sum.saturating_add(*copies));
        if all > MAX_PRINTED {
            return Err(FieldCode::TooMuch(MAX_PRINTED));
        }
        Ok(Tags {
            picks,
            paper: TagPaper::parse(&self.paper).unwrap_or(TagPaper::Single),
            code: TagCode::parse(&self.code).unwrap_or(TagCode::Qr),
        })
    }
}

/// One tag, printed so many times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    pub code: String,
    pub title: String,
    pub variant: String,
    pub price: Money,
    pub copies: i64,
    pub shape: Shape,
}

/// The tags to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSheet {
    pub paper: TagPaper,
    pub tags: Vec<Tag>,
    /// Codes that Code 128 cannot write on a label of this size and that are printed as QR instead.
    pub not_in_bars: Vec<String>,
}

/// What can be chosen, a page of it.
pub type TagRows = Page<TagRow>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_black_are_rectangles() {
        let shape = Shape::square(&[true, true, false, false, true, true, true, false, true], 3);
        assert_eq!(shape.path, "M4 4h2v1h-2zM5 5h2v1h-2zM4 6h1v1h-1zM6 6h1v1h-1z");
        assert_eq!((shape.width, shape.height), (11, 11));
        let bars = Shape::bars("A12").unwrap();
        assert!(bars.path.starts_with("M10 0h2v1h-2zM13 0h1v1h-1z"), "{}", bars.path);
        assert_eq!(bars.width, 5 * 11 + 13 + 20);
    }

    #[test]
    fn a_code_that_no_scanner_could_read_has_no_bars() {
        assert!(Shape::bars("ABCDEFGHIJKLMNOPQ").is_some(), "seventeen letters fit");
        assert!(Shape::bars("ABCDEFGHIJKLMNOPQRST").is_none());
        assert!(Shape::bars("01234567890123456789").is_some(), "pairs of digits are short");
        assert!(Shape::bars("ทอง1").is_none());
    }

    #[test]
    fn the_address_on_a_tag_is_read_as_its_code() {
        for (text, code) in [
            ("A12", "A12"),
            (" 4006381333931\n", "4006381333931"),
            ("https://shop.example/stock/find?code=A12", "A12"),
            ("https://shop.example/stock/find?code=A%2312&x=1", "A#12"),
            ("http://127.0.0.1:3000/stock/find?code=%E0%B8%97+1", "ท 1"),
            ("https://shop.example/stock/find?code=50%", "50%"),
            ("https://elsewhere.example/?code=A12", "https://elsewhere.example/?code=A12"),
        ] {
            assert_eq!(scanned(text), code);
        }
    }

    #[test]
    fn an_order_is_read_with_what_makes_sense_of_it() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let picks = format!("{one}.2,{two}.0,nonsense,{two}.x,{one}.3,{two}.1");
        let order = TagOrder { picks, paper: "sheet".into(), code: "wax".into() };
        let tags = order.parse().unwrap();
        assert_eq!(tags.picks, [(one, 5), (two, 1)]);
        assert_eq!((tags.paper, tags.code), (TagPaper::Sheet, TagCode::Qr));
        let many = TagOrder { picks: format!("{one}.{},{two}.1", MAX_PRINTED), ..Default::default() };
        assert_eq!(many.parse(), Err(FieldCode::TooMuch(MAX_PRINTED)));
    }
}
