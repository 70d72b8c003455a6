//! Buyers: who they are, where they live, under which names they write.

pub mod credit;
pub mod duplicates;
pub mod history;
pub mod list;
pub mod merge;
pub mod search;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::history::{History, MergeLine};
pub use self::list::{CustomerList, CustomerQuery, CustomerRow, CustomerSort, CustomersEdit};
use crate::{
    address::PostalAddress,
    contact,
    money::Money,
    problem::{Check, FieldCode, Problem},
    sales::Platform,
    text,
    three_way::{ThreeWay, Together},
};

/// Characters of a name, of a name on a platform, of an address' label, of a tax number, of a tag.
const NAME_CHARACTERS: u32 = 120;
const HANDLE_CHARACTERS: u32 = 120;
const LABEL_CHARACTERS: u32 = 40;
const TAX_ID_CHARACTERS: u32 = 40;
const TAG_CHARACTERS: u32 = 40;
/// Characters of the notes of a customer, also after two were merged.
pub const NOTE_CHARACTERS: u32 = 4_000;
/// Tags, names on platforms and addresses of one customer.
pub const MAX_TAGS: usize = 20;
pub const MAX_HANDLES: usize = 30;
pub const MAX_ADDRESSES: usize = 10;

/// Languages in which a buyer may be written to: code and the language's own name.
pub const LANGUAGES: [(&str, &str); 17] = [
    ("id", "Bahasa Indonesia"),
    ("ms", "Bahasa Melayu"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fil", "Filipino"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("vi", "Tiếng Việt"),
    ("th", "ไทย"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("zh-Hans", "简体中文"),
    ("zh-Hant", "繁體中文"),
];

/// A name on a platform as typed. A row with an `id` whose name was emptied stands for one that goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandleForm {
    /// The stored row, or empty for a new one.
    pub id: String,
    pub platform: String,
    pub handle: String,
}

/// An address as typed. A row with an `id` whose address was emptied stands for one that goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressForm {
    /// The stored address, or empty for a new one. It keeps its id when parcels begin or cease to go to it.
    pub id: String,
    /// What the seller calls it, such as "Work"; may be empty.
    pub label: String,
    pub address: PostalAddress,
}

/// A customer's page as typed. Names and addresses that are stored and not among the rows stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerForm {
    pub name: String,
    pub email: String,
    pub phone: String,
    /// A code of [`LANGUAGES`], or empty.
    pub language: String,
    pub note: String,
    /// Between commas.
    pub tags: String,
    pub tax_exempt: bool,
    pub tax_id: String,
    pub handles: Vec<HandleForm>,
    pub addresses: Vec<AddressForm>,
    /// The row of `addresses`, counted from 0, to which parcels go. Empty leaves that as it is; a customer without an
    /// address gets the first.
    pub default_address: String,
    /// Marks of what it was filled in with, see [`crate::three_way`].
    pub filled: String,
}

impl ThreeWay for CustomerForm {
    // It counts rows of the form, not of what is stored.
    const APART: &'static [&'static str] = &["default_address"];
    // A name is one on a platform.
    const TOGETHER_IN_A_ROW: &'static [Together] = &[&["handle", "platform"]];

    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }

    // The parts of an address are named as if they were the row's own.
    fn control_of(answer: &str) -> &str {
        if answer == "address" { "line1" } else { answer }
    }

    fn in_words(parts: &serde_json::Value) -> String {
        PostalAddress::line_of(parts)
    }
}

/// A name on a platform, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleInput {
    /// Its row in the form, for what is found to be wrong with it later.
    pub row: usize,
    /// The stored row.
    pub id: Option<Uuid>,
    pub platform: Platform,
    /// As typed, without the at sign; empty for one that goes.
    pub handle: String,
    pub folded: String,
}

/// An address, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressInput {
    /// The stored row.
    pub id: Option<Uuid>,
    pub label: String,
    /// Empty for one that goes.
    pub address: PostalAddress,
    /// Whether parcels go here.
    pub is_default: bool,
}

/// A customer, checked. Everything but the name may be empty. Whether the phone number is one is found out where the
/// numbering plans are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerInput {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub language: String,
    pub note: String,
    /// In the order typed, none twice.
    pub tags: Vec<String>,
    pub tax_exempt: bool,
    pub tax_id: String,
    pub handles: Vec<HandleInput>,
    pub addresses: Vec<AddressInput>,
}

impl CustomerForm {
    /// Checks every field. Problems of rows are named `handles_2_handle`, `addresses_0_postal_code` and so on.
    pub fn parse(&self) -> Result<CustomerInput, Problem> {
        let mut check = Check::new();
        let name = check.take("name", name(&self.name));
        let email = check.take("email", contact::optional_email(&self.email));
        let phone = check.take("phone", contact::optional_phone(&self.phone));
        let language = check.take("language", language(&self.language));
        let handles = handles(&self.handles, &mut check);
        let addresses = addresses(&self.addresses, &self.default_address, &mut check);
        let tags = check.take("tags", tags(&self.tags));
        let tax_id = check.take("tax_id", text::optional(&self.tax_id, TAX_ID_CHARACTERS));
        let note = check.take("note", text::paragraph(&self.note, NOTE_CHARACTERS));
        let input = (|| {
            Some(CustomerInput {
                name: name?,
                email: email?,
                phone: phone?,
                language: language?,
                note: note?,
                tags: tags?,
                tax_exempt: self.tax_exempt,
                tax_id: tax_id?,
                handles,
                addresses,
            })
        })();
        check.finish(input)
    }
}

/// A name that shows: one of blanks and invisible characters alone could neither be read nor pressed.
fn name(typed: &str) -> Result<String, FieldCode> {
    let name = text::required(typed, NAME_CHARACTERS)?;
    let is_blank = |character: char| {
        text::is_invisible(character)
            || matches!(
                character,
                '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
            )
            || matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}')
    };
    if name.chars().all(|character| character == ' ' || is_blank(character)) {
        return Err(FieldCode::Missing);
    }
    Ok(name)
}

fn language(typed: &str) -> Result<String, FieldCode> {
    let typed = text::tidy(typed);
    if typed.is_empty() || LANGUAGES.iter().any(|(code, _)| *code == typed) {
        Ok(typed)
    } else {
        Err(FieldCode::NotAChoice)
    }
}

/// The language of a code, in its own words; empty if none is known.
pub fn language_name(code: &str) -> &'static str {
    LANGUAGES.iter().find(|(known, _)| *known == code).map_or("", |(_, name)| name)
}

/// Tags from a line with commas between them, none twice.
pub fn tags(typed: &str) -> Result<Vec<String>, FieldCode> {
    let mut seen = HashSet::new();
    let mut tags = Vec::new();
    for tag in typed.split([',', '，', '、', '\n']) {
        let tag = text::optional(tag.trim().trim_start_matches('#'), TAG_CHARACTERS)?;
        if !tag.is_empty() && seen.insert(text::fold(&tag)) {
            tags.push(tag);
        }
    }
    if tags.len() > MAX_TAGS { Err(FieldCode::TooMuch(MAX_TAGS as i64)) } else { Ok(tags) }
}

/// What is stored of a name on a platform: without the at sign before it.
pub fn handle(typed: &str) -> Result<String, FieldCode> {
    let tidy = text::tidy(typed);
    text::optional(tidy.trim_start_matches('@'), HANDLE_CHARACTERS)
}

fn handles(typed: &[HandleForm], check: &mut Check) -> Vec<HandleInput> {
    if typed.len() > MAX_HANDLES {
        check.note("handles", FieldCode::TooMuch(MAX_HANDLES as i64));
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let mut handles = Vec::new();
    for (row, form) in typed.iter().enumerate() {
        let id = Uuid::parse_str(&form.id).ok();
        let field = format!("handles_{row}_handle");
        let Some(handle) = check.take(&field, handle(&form.handle)) else { continue };
        let folded = text::fold(&handle);
        if folded.is_empty() && id.is_none() {
            continue;
        }
        let Some(platform) = Platform::parse(&form.platform) else {
            check.note(&format!("handles_{row}_platform"), FieldCode::NotAChoice);
            continue;
        };
        if !folded.is_empty() && !seen.insert((platform, folded.clone())) {
            check.note(&field, FieldCode::Twice);
            continue;
        }
        let handle = if folded.is_empty() { String::new() } else { handle };
        handles.push(HandleInput { row, id, platform, handle, folded });
    }
    handles
}

fn addresses(typed: &[AddressForm], default: &str, check: &mut Check) -> Vec<AddressInput> {
    if typed.len() > MAX_ADDRESSES {
        check.note("addresses", FieldCode::TooMuch(MAX_ADDRESSES as i64));
        return Vec::new();
    }
    let chosen: Option<usize> = default.trim().parse().ok();
    let mut addresses = Vec::new();
    for (row, form) in typed.iter().enumerate() {
        let id = Uuid::parse_str(&form.id).ok();
        let label =
            check.take(&format!("addresses_{row}_label"), text::optional(&form.label, LABEL_CHARACTERS));
        let address = form.address.parse(&format!("addresses_{row}_"), false, check);
        if address.is_empty() && id.is_none() {
            continue;
        }
        let is_default = chosen == Some(row) && !address.is_empty();
        addresses.push(AddressInput { id, label: label.unwrap_or_default(), address, is_default });
    }
    addresses
}

/// A customer by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerName {
    pub id: Uuid,
    pub name: String,
}

/// A customer's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    pub id: Uuid,
    pub form: CustomerForm,
    /// The phone number as it is dialled from anywhere, such as `+15125550100`; empty if none is known.
    pub phone_e164: String,
    /// When the customer was first met, such as `23 Nov 2026`.
    pub since: String,
    pub is_blocked: bool,
    /// The customer that this one was merged into. Then this page only tells so.
    pub merged_into: Option<CustomerName>,
    /// Paid on all invoices.
    pub spent: Money,
    /// Still to pay on open invoices.
    pub owed: Money,
    /// What the seller owes the buyer and will take off what they buy.
    pub credit: Money,
    pub history: History,
    /// What they bought before, somewhere else, the latest first.
    pub past_sales: Vec<crate::transfer::PastSaleRow>,
    /// Customers that were merged into this one, the latest first.
    pub merges: Vec<MergeLine>,
    /// Others who may be the same person.
    pub alike: Vec<duplicates::Alike>,
    /// Made anew with each view, so that credit that is sent twice is given once.
    pub key: Uuid,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> CustomerForm {
        CustomerForm { name: name.into(), ..Default::default() }
    }

    fn wrong(form: &CustomerForm) -> Vec<(String, FieldCode)> {
        let problem = form.parse().expect_err("something is wrong");
        problem.fields.into_iter().map(|field| (field.field, field.code)).collect()
    }

    #[test]
    fn names_that_cannot_be_seen_or_are_too_long_are_refused() {
        assert_eq!(wrong(&named(&"x".repeat(1_000))), [("name".into(), FieldCode::TooLong(120))]);
        for blank in ["", " \u{200B}\u{200D}", "\u{3164}", "\u{2800}\u{FE0F}", "\u{202E}"] {
            assert_eq!(wrong(&named(blank)), [("name".into(), FieldCode::Missing)], "{blank:?}");
        }
        let tricked = named("Ana\u{202E}ziuR\u{200B} \u{2066}x").parse().expect("what remains is a name");
        assert_eq!(tricked.name, "AnaziuR x");
        assert_eq!(named("王小明 👩‍🎨").parse().expect("a name").name, "王小明 👩‍🎨");
    }

    #[test]
    fn tags_are_told_apart_by_how_they_look() {
        assert_eq!(tags(" VIP, #vip ,ｖｉｐ, wholesale，,").expect("tags"), ["VIP", "wholesale"]);
        assert_eq!(tags(&"x".repeat(41)), Err(FieldCode::TooLong(40)));
        let many: Vec<String> = (0..21).map(|number| number.to_string()).collect();
        assert_eq!(tags(&many.join(",")), Err(FieldCode::TooMuch(20)));
    }

    #[test]
    fn rows_without_a_name_are_passed_over_and_stored_ones_go() {
        let id = Uuid::from_u128(7);
        let row = |id: &str, platform: &str, handle: &str| HandleForm {
            id: id.into(),
            platform: platform.into(),
            handle: handle.into(),
        };
        let form = CustomerForm {
            handles: vec![
                row("", "", " "),
                row(&id.to_string(), "facebook", ""),
                row("", "instagram", "@Ana.R"),
                row("", "tiktok", "ana.r"),
            ],
            ..named("Ana")
        };
        let handles = form.parse().expect("all is well").handles;
        let seen: Vec<(usize, &str)> =
            handles.iter().map(|handle| (handle.row, handle.handle.as_str())).collect();
        assert_eq!(seen, [(1, ""), (2, "Ana.R"), (3, "ana.r")]);
        assert_eq!(handles[0].id, Some(id));

        let form = CustomerForm {
            handles: vec![
                row("", "facebook", "Ana"),
                row("", "facebook", "ＡＮＡ"),
                row("", "myspace", "ana"),
            ],
            ..named("Ana")
        };
        assert_eq!(
            wrong(&form),
            [
                ("handles_1_handle".into(), FieldCode::Twice),
                ("handles_2_platform".into(), FieldCode::NotAChoice)
            ]
        );
    }

    #[test]
    fn an_address_is_chosen_and_a_wrong_one_is_named_by_its_row() {
        let austin = AddressForm {
            address: PostalAddress {
                line1: "7 Invented Lane".into(),
                city: "Austin".into(),
                region: "TX".into(),
                postal_code: "78701".into(),
                country: "US".into(),
                ..Default::default()
            },
            ..Default::default()
        };
        let form = CustomerForm {
            addresses: vec![AddressForm::default(), austin.clone(), austin.clone()],
            default_address: "2".into(),
            ..named("Ana")
        };
        let addresses = form.parse().expect("all is well").addresses;
        assert_eq!(addresses.iter().map(|address| address.is_default).collect::<Vec<_>>(), [false, true]);

        let mut wrong_code = austin;
        wrong_code.address.postal_code = "787".into();
        let form = CustomerForm { addresses: vec![AddressForm::default(), wrong_code], ..named("Ana") };
        assert_eq!(wrong(&form), [("addresses_1_postal_code".into(), FieldCode::NotLike("78701".into()))]);
    }
}
