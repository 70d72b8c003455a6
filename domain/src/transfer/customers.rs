//! Customers as rows of a file tell of them, and what that makes of a customer who is there or is new.

use super::{Columns, Field, Reason, Row, RowProblem, columns::Reading, items::read_country, values};
use crate::{
    address::PostalAddress,
    customers::{AddressForm, CustomerForm, HandleForm},
    problem::Problem,
    sales::Platform,
    text,
};

const PLATFORMS: [(Field, Platform); 5] = [
    (Field::Facebook, Platform::Facebook),
    (Field::Instagram, Platform::Instagram),
    (Field::Tiktok, Platform::Tiktok),
    (Field::Youtube, Platform::Youtube),
    (Field::Whatsapp, Platform::Whatsapp),
];

/// By what a customer is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub handles: Vec<(Platform, String)>,
}

impl Who {
    /// Reads who is meant from the rows of one thing, and notes what is wrong.
    pub(super) fn read(reading: &mut Reading<'_>, rows: &[Row]) -> Who {
        let blank = Row::default();
        let first = rows.first().unwrap_or(&blank);
        let columns = reading.columns;
        let row_with = |field| rows.iter().find(|row| columns.cell(row, field).is_some()).unwrap_or(first);
        let text_of = |field| columns.text(row_with(field), field);
        let mut handles: Vec<(Platform, String)> = Vec::new();
        let mut add = |platform: Platform, handle: &str| {
            let handle = text::tidy(handle);
            let handle = handle.trim_start_matches('@').trim();
            let is_known = |(known, one): &(Platform, String)| {
                *known == platform && text::fold(one) == text::fold(handle)
            };
            if !text::fold(handle).is_empty() && !handles.iter().any(is_known) {
                handles.push((platform, handle.to_owned()));
            }
        };
        for (field, platform) in PLATFORMS {
            add(platform, &text_of(field));
        }
        if let Some(several) = reading.take(row_with(Field::Handles), Field::Handles, read_handles) {
            several.iter().for_each(|(platform, handle)| add(*platform, handle));
        }
        let email = reading.take(row_with(Field::Email), Field::Email, |cell| {
            crate::contact::email(cell).map_err(Reason::from)
        });
        let mut who = Who {
            name: text_of(Field::Name),
            email: email.unwrap_or_default(),
            phone: text_of(Field::Phone),
            handles,
        };
        if who.name.is_empty() {
            who.name = text::tidy(&format!("{} {}", text_of(Field::FirstName), text_of(Field::LastName)));
        }
        if who.name.is_empty() {
            who.name = who.handles.first().map_or_else(|| who.email.clone(), |(_, handle)| handle.clone());
        }
        if who.name.is_empty() && reading.problems.is_empty() {
            reading.note(first, Field::Name, Reason::Nameless);
        }
        who
    }
}

/// Handles in one cell: `facebook: Ana Ruiz; instagram: ana_r`.
fn read_handles(cell: &str) -> Result<Vec<(Platform, String)>, Reason> {
    let mut handles: Vec<(Platform, String)> = Vec::new();
    for part in cell.split(';') {
        let named = part.split_once(':').and_then(|(word, handle)| {
            let word = text::fold(word);
            let platform = Platform::ALL
                .iter()
                .find(|platform| platform.as_str() == word || text::fold(platform.label()) == word)?;
            Some((*platform, text::tidy(handle)))
        });
        match (named, handles.last_mut()) {
            (Some(handle), _) => handles.push(handle),
            // A semicolon can stand in a name.
            (None, Some((_, last))) => *last = text::tidy(&format!("{last};{part}")),
            (None, None) if text::tidy(part).is_empty() => {}
            (None, None) => return Err(crate::problem::FieldCode::NotAChoice.into()),
        }
    }
    Ok(handles)
}

/// Handles as one cell, read back by an import.
pub fn handles_cell(handles: &[(Platform, &str)]) -> String {
    let named: Vec<String> =
        handles.iter().map(|(platform, handle)| format!("{}: {handle}", platform.as_str())).collect();
    named.join("; ")
}

/// A customer as the rows tell of them. What they do not say is not changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerDraft {
    /// The line of the first row.
    pub line: i64,
    pub who: Who,
    /// Whether the name was told, and not made of an e-mail address or a handle.
    has_name: bool,
    /// Only a yes counts: nobody is let in again by a file.
    pub blocked: bool,
    given: Vec<(Field, String)>,
    tax_exempt: Option<bool>,
    /// The first is the one that parcels go to.
    addresses: Vec<(String, PostalAddress)>,
    pub problems: Vec<RowProblem>,
}

/// Whether two rows that follow each other tell of one customer: they name the same group.
pub fn is_of_the_same(columns: &Columns, row: &Row, next: &Row) -> bool {
    let group = |row| text::fold(&columns.text(row, Field::Group));
    !group(row).is_empty() && group(row) == group(next)
}

/// Reads the rows of one customer. Addresses that name no country are in `home`.
pub fn read(columns: &Columns, rows: &[Row], home: &str) -> CustomerDraft {
    let Some(first) = rows.first() else { return CustomerDraft::default() };
    let mut reading = Reading::new(columns);
    reading.problems.extend(rows.iter().filter_map(|row| columns.excess(row)));
    let row_with = |field| rows.iter().find(|row| columns.cell(row, field).is_some()).unwrap_or(first);
    let who = Who::read(&mut reading, rows);
    let mut draft = CustomerDraft {
        line: first.line,
        has_name: [Field::Name, Field::FirstName, Field::LastName]
            .iter()
            .any(|field| columns.cell(row_with(*field), *field).is_some()),
        who,
        ..CustomerDraft::default()
    };
    for field in [Field::TaxId, Field::Language] {
        let answer = columns.text(row_with(field), field);
        if !answer.is_empty() {
            draft.given.push((field, answer));
        }
    }
    if let Some((_, cell)) = columns.cell(row_with(Field::Note), Field::Note) {
        draft.given.push((Field::Note, cell.into_owned()));
    }
    if let Some((_, cell)) = columns.cell(row_with(Field::Tags), Field::Tags) {
        draft.given.push((Field::Tags, values::list(&cell).join(", ")));
    }
    draft.blocked = reading.take(row_with(Field::Blocked), Field::Blocked, values::truth).unwrap_or_default();
    draft.tax_exempt = reading.take(row_with(Field::TaxExempt), Field::TaxExempt, values::truth);
    for row in rows {
        if let Some(address) = read_address(&mut reading, row, home) {
            draft.addresses.push((columns.text(row, Field::AddressLabel), address));
        }
    }
    draft.problems = reading.problems;
    draft
}

/// The address of a row, if it tells more than a country.
fn read_address(reading: &mut Reading<'_>, row: &Row, home: &str) -> Option<PostalAddress> {
    let columns = reading.columns;
    let text_of = |field| columns.text(row, field);
    let mut address = PostalAddress {
        line1: text_of(Field::Line1),
        line2: text_of(Field::Line2),
        city: text_of(Field::City),
        region: text_of(Field::Region),
        postal_code: text_of(Field::PostalCode),
        country: String::new(),
    };
    if address.is_empty() {
        return None;
    }
    let country = reading.take(row, Field::Country, read_country);
    address.country = country.unwrap_or_else(|| home.to_owned());
    Some(address)
}

impl CustomerDraft {
    /// The form of the customer after the import: `known` is the form of the customer as it is, with every address.
    pub fn onto(&self, known: Option<CustomerForm>) -> CustomerForm {
        let is_new = known.is_none();
        let mut form = known.unwrap_or_default();
        if is_new || self.has_name {
            form.name.clone_from(&self.who.name);
        }
        for (place, answer) in [(&mut form.email, &self.who.email), (&mut form.phone, &self.who.phone)] {
            if !answer.is_empty() {
                place.clone_from(answer);
            }
        }
        for (field, answer) in &self.given {
            let place = match field {
                Field::TaxId => &mut form.tax_id,
                Field::Language => &mut form.language,
                Field::Note => &mut form.note,
                Field::Tags => &mut form.tags,
                _ => continue,
            };
            place.clone_from(answer);
        }
        if let Some(tax_exempt) = self.tax_exempt {
            form.tax_exempt = tax_exempt;
        }
        for (platform, handle) in &self.who.handles {
            let is_known = |known: &HandleForm| {
                known.platform == platform.as_str() && text::fold(&known.handle) == text::fold(handle)
            };
            if !form.handles.iter().any(is_known) {
                let platform = platform.as_str().into();
                form.handles.push(HandleForm { platform, handle: handle.clone(), ..HandleForm::default() });
            }
        }
        for (label, address) in &self.addresses {
            let known = form.addresses.iter_mut().find(|known| is_same_place(&known.address, address));
            match known {
                Some(known) => {
                    known.address.clone_from(address);
                    if !label.is_empty() {
                        known.label.clone_from(label);
                    }
                }
                None => form.addresses.push(AddressForm {
                    label: label.clone(),
                    address: address.clone(),
                    ..AddressForm::default()
                }),
            }
        }
        let first = self.addresses.first();
        let place = first.and_then(|(_, first)| {
            form.addresses.iter().position(|known| is_same_place(&known.address, first))
        });
        if let Some(place) = place {
            form.default_address = place.to_string();
        }
        form
    }

    /// Where in the file the problems of a form are.
    pub fn located(&self, problem: &Problem, columns: &Columns) -> Vec<RowProblem> {
        let field_of =
            |name: &str| match name.strip_prefix("addresses_").or_else(|| name.strip_prefix("handles_")) {
                None => Field::parse(name),
                Some(rest) => match rest.split_once('_').map_or(rest, |(_, name)| name) {
                    "label" => Some(Field::AddressLabel),
                    "handle" | "platform" => Some(Field::Handles),
                    name => Field::parse(name),
                },
            };
        problem
            .fields
            .iter()
            .map(|field| RowProblem {
                line: self.line,
                column: field_of(&field.field).and_then(|of| columns.column(of)),
                reason: field.code.clone().into(),
            })
            .collect()
    }
}

/// Whether two addresses are written alike, whatever the case.
fn is_same_place(one: &PostalAddress, other: &PostalAddress) -> bool {
    let parts = |address: &PostalAddress| {
        [
            &address.line1,
            &address.line2,
            &address.city,
            &address.region,
            &address.postal_code,
            &address.country,
        ]
        .map(|part| text::fold(part))
    };
    parts(one) == parts(other)
}
