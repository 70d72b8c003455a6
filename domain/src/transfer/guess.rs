//! Guessing what the columns of a file hold, from its heading and its first rows. A guess is only where the choice begins:
//! a person looks at it before anything is done.

use super::{
    DateOrder, Field, Mapping, Source, Subject,
    names::SYNONYMS,
    sources::{PROFILES, Profile},
    values,
};
use crate::{text, weight::WeightUnit};

/// A first mapping, and where the file was taken to come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    pub source: Source,
    pub mapping: Mapping,
}

/// The form in which names of columns are compared: marks between words do not count.
fn named(name: &str) -> String {
    text::fold(&name.replace(['_', '*', ':'], " "))
}

/// Guesses the mapping of a file. `first` is its first row, `rows` are some that follow; weights without a unit are in
/// `unit` where nothing else is said.
pub fn guess(first: &[String], rows: &[Vec<String>], unit: WeightUnit) -> Guess {
    if !samples_look_like_a_heading(first, rows) {
        return without_heading(first, rows, unit);
    }
    let names: Vec<String> = first.iter().map(|name| named(name)).collect();
    let (source, subject, fields) =
        match (own(&names), PROFILES.iter().find(|profile| knows(profile, &names))) {
            (Some((subject, fields)), _) => (Source::SellTrac, subject, fields),
            (None, Some(profile)) => (profile.source, profile.subject, of_profile(profile, &names)),
            (None, None) => {
                let (subject, fields) = plain(&names);
                (Source::Plain, subject, fields)
            }
        };
    let dates = date_order(source, &fields, rows);
    let weight_unit = unit_in_heading(&names, &fields).unwrap_or(unit);
    Guess { source, mapping: Mapping { subject, has_heading: true, fields, dates, weight_unit } }
}

/// Whether the first row names the columns: a known name stands there, or it has words where others have numbers.
fn samples_look_like_a_heading(first: &[String], rows: &[Vec<String>]) -> bool {
    let cells: Vec<String> = first.iter().map(|cell| named(cell)).filter(|cell| !cell.is_empty()).collect();
    let known = |name: &String| {
        Field::parse(&name.replace(' ', "_")).is_some()
            || SYNONYMS.iter().any(|(_, names)| names.iter().any(|known| named(known) == *name))
            || PROFILES.iter().any(|profile| profile.columns.iter().any(|(known, _)| named(known) == *name))
    };
    let is_data = |cell: &String| {
        cell.contains('@')
            || cell.chars().next().is_some_and(|first| first.is_ascii_digit() || "$€£".contains(first))
    };
    if cells.iter().any(is_data) {
        return cells.iter().filter(|cell| known(cell)).count() > cells.len() / 2;
    }
    cells.iter().any(known) || (!rows.is_empty() && rows.iter().flatten().any(|cell| is_data(&named(cell))))
}

/// The mapping of a file that we wrote ourselves: its columns have the words of the fields.
fn own(names: &[String]) -> Option<(Subject, Vec<Option<Field>>)> {
    let fields: Vec<Option<Field>> = names.iter().map(|name| Field::parse(&name.replace(' ', "_"))).collect();
    let has = |field| fields.contains(&Some(field));
    let subject = if has(Field::Code) && has(Field::Title) && has(Field::Pricing) {
        Subject::Items
    } else if has(Field::Name) && has(Field::Handles) && has(Field::Line1) {
        Subject::Customers
    } else if has(Field::Reference) && has(Field::LineTitle) && has(Field::Total) {
        Subject::Sales
    } else {
        return None;
    };
    Some((subject, of_subject(fields, subject)))
}

/// Without the fields of other subjects, and each once.
fn of_subject(fields: Vec<Option<Field>>, subject: Subject) -> Vec<Option<Field>> {
    let mut met = Vec::new();
    fields
        .into_iter()
        .map(|field| {
            let field = field.filter(|field| subject.fields().contains(field))?;
            (field == Field::Weight || !met.contains(&field)).then(|| {
                met.push(field);
                field
            })
        })
        .collect()
}

fn knows(profile: &Profile, names: &[String]) -> bool {
    profile.known_by.iter().all(|known| names.contains(&named(known)))
}

/// What a profile says of each column; columns of which it says nothing are left out.
fn of_profile(profile: &Profile, names: &[String]) -> Vec<Option<Field>> {
    let field_of = |name: &String| {
        profile.columns.iter().find(|(known, _)| named(known) == *name).map(|(_, field)| *field)
    };
    of_subject(names.iter().map(field_of).collect(), profile.subject)
}

/// The subject of which most columns speak, and its fields.
fn plain(names: &[String]) -> (Subject, Vec<Option<Field>>) {
    let mut best: (usize, Subject, Vec<Option<Field>>) = (0, Subject::Items, vec![None; names.len()]);
    for subject in Subject::ALL.iter().copied() {
        let fields = of_subject(names.iter().map(|name| field_named(name, subject)).collect(), subject);
        let has = |field| fields.contains(&Some(field));
        let found = fields.iter().flatten().count();
        // What a file must have to be about this at all.
        let fits = match subject {
            Subject::Items => has(Field::Title) || has(Field::Code),
            Subject::Customers => {
                subject.needs().iter().any(|field| has(*field))
                    && !has_name_of(names, "price")
                    && !has_name_of(names, "total")
            }
            Subject::Sales => has(Field::Reference) && has(Field::Date),
        };
        let weight = if fits { 2 * found + usize::from(subject == Subject::Sales) } else { 0 };
        if weight > best.0 {
            best = (weight, subject, fields);
        }
    }
    (best.1, best.2)
}

fn has_name_of(names: &[String], word: &str) -> bool {
    names.iter().any(|name| name.split(' ').any(|part| part == word))
}

/// The field of a subject that a column of this name holds: by the field's word, by its label, by another name, or by any
/// of these with a unit in brackets behind it.
fn field_named(name: &str, subject: Subject) -> Option<Field> {
    let bare = name.split(['(', '[']).next().unwrap_or_default().trim();
    for name in [name, bare] {
        let is_it = |field: &Field| named(field.as_str()) == name || named(field.label()) == name;
        if let Some(field) = subject.fields().iter().find(|field| is_it(field)) {
            return Some(*field);
        }
        let synonym = SYNONYMS.iter().find(|(field, names)| {
            subject.fields().contains(field) && names.iter().any(|known| named(known) == name)
        });
        if let Some((field, _)) = synonym {
            return Some(*field);
        }
    }
    None
}

/// In which order dates are written, if the cells or the source tell.
fn date_order(source: Source, fields: &[Option<Field>], rows: &[Vec<String>]) -> DateOrder {
    let Some(column) = fields.iter().position(|field| *field == Some(Field::Date)) else {
        return DateOrder::Unknown;
    };
    for cell in rows.iter().filter_map(|row| row.get(column)) {
        let cell = text::tidy(cell);
        let mut parts = cell.split([' ', '/', '-', '.']).map(|part| part.parse::<i64>().unwrap_or_default());
        let (one, two) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        match (one, two) {
            (13..=31, 1..=12) => return DateOrder::DayFirst,
            (1..=12, 13..=31) => return DateOrder::MonthFirst,
            _ => {}
        }
    }
    match source {
        Source::Etsy | Source::CommentSold => DateOrder::MonthFirst,
        _ => DateOrder::Unknown,
    }
}

/// The unit that the name of the weight's column tells: `Variant Grams`, `Weight (oz)`.
fn unit_in_heading(names: &[String], fields: &[Option<Field>]) -> Option<WeightUnit> {
    let column = fields.iter().position(|field| *field == Some(Field::Weight))?;
    let words = names.get(column)?.replace(['(', ')', '[', ']'], " ");
    words.split_whitespace().find_map(values::weight_unit)
}

/// A file without a heading: what its cells look like is all there is to go by.
fn without_heading(first: &[String], rows: &[Vec<String>], unit: WeightUnit) -> Guess {
    let column = |index: usize| -> Vec<&str> {
        let all = std::iter::once(first).chain(rows.iter().map(Vec::as_slice));
        all.filter_map(|row| row.get(index)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect()
    };
    let all = |cells: &[&str], is: fn(&str) -> bool| !cells.is_empty() && cells.iter().all(|cell| is(cell));
    let is_code = |cell: &str| {
        cell.len() <= 12 && !cell.contains(' ') && cell.chars().any(|letter| letter.is_ascii_digit())
    };
    let is_amount = |cell: &str| {
        cell.contains(['.', ',', '$', '€', '£'])
            && cell.chars().any(|letter| letter.is_ascii_digit())
            && cell.chars().all(|letter| letter.is_ascii_digit() || ".,$€£ ".contains(letter))
    };
    let is_count = |cell: &str| cell.bytes().all(|byte| byte.is_ascii_digit());
    let is_email = |cell: &str| crate::contact::email(cell).is_ok();
    let columns: Vec<Vec<&str>> = (0..first.len()).map(column).collect();
    let subject = match columns.iter().any(|cells| all(cells, is_email)) {
        true => Subject::Customers,
        false => Subject::Items,
    };
    let fields = columns
        .iter()
        .map(|cells| {
            Some(match subject {
                Subject::Customers if all(cells, is_email) => Field::Email,
                Subject::Customers => Field::Name,
                _ if all(cells, is_count) => Field::Quantity,
                _ if all(cells, is_amount) => Field::Price,
                _ if all(cells, is_code) => Field::Code,
                _ => Field::Title,
            })
        })
        .collect();
    let fields = of_subject(fields, subject);
    let mapping =
        Mapping { subject, has_heading: false, fields, dates: DateOrder::Unknown, weight_unit: unit };
    Guess { source: Source::Plain, mapping }
}

/// What columns of these names hold if the file is about `subject`; for who corrects what was guessed.
pub fn fields_named(names: &[String], subject: Subject) -> Vec<Option<Field>> {
    of_subject(names.iter().map(|name| field_named(&named(name), subject)).collect(), subject)
}
