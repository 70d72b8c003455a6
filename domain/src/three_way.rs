//! Two people with the same form open: nobody's change is lost without a word.
//!
//! A form that saves a whole record carries marks of what it was filled in with. When it is saved, three texts of each
//! answer are compared: what it was filled in with, what was typed, and what is stored by now. An answer that was left as
//! it was keeps what somebody else made of it meanwhile; one that both changed is told beside its field, with what it
//! says now, and nothing is saved. Sent once more, the form says that the person has seen it, and what they typed counts.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::problem::{Check, Code, FieldCode, Problem};

/// The name of the answer in which a form carries the marks.
const FILLED: &str = "filled";
/// The mark of a row of which the person has seen that somebody removed it.
const GONE: &str = "gone";
/// Characters of an answer that are told where both changed it.
const TOLD_CHARACTERS: usize = 80;

/// A form that saves a whole record.
pub trait ThreeWay: Serialize + DeserializeOwned {
    /// Answers that look after themselves, such as a count that is kept as a difference.
    const APART: &'static [&'static str] = &[];
    /// Lists that are stored whole, so that stored rows which the form does not name have to be added to it.
    const WHOLE: &'static [&'static str] = &[];

    /// The marks of what it was filled in with; empty where that is not known.
    fn filled_mut(&mut self) -> &mut String;

    /// The form with marks of all that it says now.
    #[must_use]
    fn filled(mut self) -> Self {
        *self.filled_mut() = marks(&self);
        self
    }
}

/// Marks of the answers of a form: a tree of the same names in which each text stands for a hash of it, and what is empty is
/// left out. Rows stand under their ids.
pub fn marks(form: &impl Serialize) -> String {
    serde_json::to_value(form).map(|form| Value::Object(marks_of(&form)).to_string()).unwrap_or_default()
}

fn marks_of(form: &Value) -> Map<String, Value> {
    let mut marks = Map::new();
    for (name, answer) in form.as_object().into_iter().flatten().filter(|(name, _)| *name != FILLED) {
        let marked = match answer {
            Value::Object(_) => Value::Object(marks_of(answer)),
            Value::Array(rows) if rows.iter().any(Value::is_object) => {
                let rows = rows.iter().filter_map(|row| Some((id_of(row)?.to_owned(), row)));
                Value::Object(rows.map(|(id, row)| (id, Value::Object(marks_of(row)))).collect())
            }
            answer => Value::String(mark(&text_of(answer))),
        };
        let is_empty = marked.as_str().is_some_and(str::is_empty);
        if !is_empty {
            marks.insert(name.clone(), marked);
        }
    }
    marks
}

/// An answer as one text. Line ends are those that are stored, whatever a browser sends.
fn text_of(answer: &Value) -> String {
    match answer {
        Value::String(text) => text.replace("\r\n", "\n").trim().to_owned(),
        Value::Array(texts) => {
            let texts: Vec<String> = texts.iter().map(text_of).collect();
            texts.join(", ").trim_end_matches([',', ' ']).to_owned()
        }
        Value::Bool(true) => "yes".to_owned(),
        _ => String::new(),
    }
}

/// FNV-1a with 64 bits: it only has to tell apart what one form said and says. Nothing for nothing.
fn mark(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:x}")
}

fn id_of(row: &Value) -> Option<&str> {
    row.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())
}

/// Whether an answer is another than the form was filled in with. Where that is not known, it counts as changed.
pub fn is_changed(filled: &str, name: &str, typed: &str) -> bool {
    let Ok(was) = serde_json::from_str::<Value>(filled) else { return true };
    was.get(name).and_then(Value::as_str).unwrap_or_default()
        != mark(&text_of(&Value::String(typed.to_owned())))
}

/// What a form says once the changes of others since it was filled in are in it.
///
/// # Errors
/// Names every answer that was changed both here and elsewhere, with what it says now.
pub fn merged<F: ThreeWay>(typed: &F, present: &F) -> Result<F, Problem> {
    let value = |form: &F| serde_json::to_value(form).map_err(|_| Problem::from(Code::Internal));
    let (mut form, present) = (value(typed)?, value(present)?);
    let filled = form.get(FILLED).and_then(Value::as_str).unwrap_or_default();
    let mut merge = Merge { apart: F::APART, check: Check::new() };
    if let Ok(was) = serde_json::from_str::<Value>(filled) {
        merge.answers(&was, &mut form, &present, &Place::default());
    }
    for list in F::WHOLE {
        add_absent(form.get_mut(*list), present.get(*list));
    }
    let merged = serde_json::from_value(form).map_err(|_| Problem::from(Code::Internal));
    match merge.check.problem() {
        Some(problem) => Err(problem),
        None => merged,
    }
}

/// Adds the stored rows that a list does not name, behind those that it has: a problem names a row by its number.
fn add_absent(list: Option<&mut Value>, present: Option<&Value>) {
    let (Some(Value::Array(rows)), Some(Value::Array(present))) = (list, present) else { return };
    let named = |rows: &[Value], id: &str| rows.iter().any(|row| id_of(row) == Some(id));
    let absent: Vec<Value> =
        present.iter().filter(|row| id_of(row).is_some_and(|id| !named(rows, id))).cloned().collect();
    rows.extend(absent);
}

/// Where an answer stands: its name in problems, and its path in the marks.
#[derive(Clone, Default)]
struct Place {
    field: String,
    path: String,
    is_row: bool,
}

impl Place {
    fn within(&self, field: &str, path: &str) -> Place {
        let joined = |before: &str, between: &str, name: &str| match (before, name) {
            (before, "") => before.to_owned(),
            ("", name) => name.to_owned(),
            (before, name) => format!("{before}{between}{name}"),
        };
        Place { field: joined(&self.field, "_", field), path: joined(&self.path, "/", path), is_row: false }
    }
}

struct Merge {
    apart: &'static [&'static str],
    check: Check,
}

impl Merge {
    /// The answers of a form, of a row, or of an address within either.
    fn answers(&mut self, was: &Value, typed: &mut Value, present: &Value, place: &Place) {
        let Some(answers) = typed.as_object_mut() else { return };
        for (name, answer) in answers {
            let Some(now) = present.get(name).filter(|_| name != FILLED && name != "id") else { continue };
            if self.apart.contains(&name.as_str()) {
                continue;
            }
            let before = was.get(name).unwrap_or(&Value::Null);
            let is_list =
                |list: &Value| list.as_array().is_some_and(|rows| rows.iter().any(Value::is_object));
            if now.is_object() {
                // The parts of an address in a row are named as if they were the row's own.
                let field = if place.is_row { "" } else { name };
                self.answers(before, answer, now, &place.within(field, name));
            } else if is_list(answer) || is_list(now) {
                self.rows(before, answer, now, &place.within(name, name));
            } else {
                let field = if now.is_array() { format!("{name}_0") } else { name.clone() };
                self.answer(before, answer, now, &place.within(&field, name));
            }
        }
    }

    fn answer(&mut self, was: &Value, typed: &mut Value, present: &Value, place: &Place) {
        let was = was.as_str().unwrap_or_default();
        let (here, there) = (text_of(typed), text_of(present));
        let (typed_mark, present_mark) = (mark(&here), mark(&there));
        if typed_mark == was || typed_mark == present_mark {
            *typed = present.clone();
        } else if present_mark != was {
            let seen = format!("{}={present_mark}", place.path);
            self.check.note(&place.field, FieldCode::ChangedMeanwhile { now: clipped(&there), seen });
        }
    }

    fn rows(&mut self, was: &Value, typed: &mut Value, present: &Value, place: &Place) {
        let Some(rows) = typed.as_array_mut() else { return };
        for (index, row) in rows.iter_mut().enumerate() {
            let Some(id) = id_of(row).map(ToOwned::to_owned) else { continue };
            let before = was.get(&id);
            let number = index.to_string();
            let place = Place { is_row: true, ..place.within(&number, &id) };
            let now = present.as_array().into_iter().flatten().find(|row| id_of(row) == Some(&id));
            match (now, before) {
                (Some(now), Some(before)) => self.answers(before, row, now, &place),
                // It came into the form after the rest was filled in.
                (Some(_), None) => {}
                (None, before) => self.removed_row(before.unwrap_or(&Value::Null), row, &place),
            }
        }
    }

    /// A row that somebody else removed goes, unless it was changed here.
    fn removed_row(&mut self, was: &Value, row: &mut Value, place: &Place) {
        let id = row.get_mut("id");
        if was.as_str() == Some(GONE) {
            // The person has seen it and wants the row all the same.
            if let Some(id) = id {
                *id = Value::String(String::new());
            }
            return;
        }
        let typed = marks_of(row);
        let differs = |name: &str| typed.get(name) != was.get(name);
        let mut said = typed.keys().filter(|name| !["id", "was"].contains(&name.as_str()) && differs(name));
        match said.find(|name| !is_empty(typed.get(*name))) {
            Some(name) => {
                let field = match row.get(name) {
                    Some(Value::Array(_)) => format!("{name}_0"),
                    Some(Value::Object(_)) => "line1".to_owned(),
                    _ => name.clone(),
                };
                let seen = format!("{}={GONE}", place.path);
                self.check.note(&place.within(&field, "").field, FieldCode::RemovedMeanwhile { seen });
            }
            None => empty(row),
        }
    }
}

fn is_empty(mark: Option<&Value>) -> bool {
    match mark {
        None => true,
        Some(Value::Object(marks)) => marks.is_empty(),
        Some(mark) => mark.as_str().is_some_and(str::is_empty),
    }
}

/// Makes a row one in which nothing was typed.
fn empty(row: &mut Value) {
    match row {
        Value::Object(answers) => answers.values_mut().for_each(empty),
        Value::Array(answers) => answers.clear(),
        Value::Bool(answer) => *answer = false,
        Value::String(answer) => answer.clear(),
        _ => {}
    }
}

fn clipped(text: &str) -> String {
    let mut told: String = text.chars().take(TOLD_CHARACTERS).collect();
    if told.len() < text.len() {
        told.push('…');
    }
    told
}

/// The marks of a form that came back with a problem: of the answers that others changed, it was seen what they say now.
pub fn seen(filled: &str, problem: &Problem) -> String {
    let Ok(mut marks) = serde_json::from_str::<Value>(filled) else { return filled.to_owned() };
    for field in &problem.fields {
        let (FieldCode::ChangedMeanwhile { seen, .. } | FieldCode::RemovedMeanwhile { seen }) = &field.code
        else {
            continue;
        };
        let Some((path, mark)) = seen.rsplit_once('=') else { continue };
        set(&mut marks, path, mark);
    }
    marks.to_string()
}

fn set(marks: &mut Value, path: &str, mark: &str) {
    let Some(names) = marks.as_object_mut() else { return };
    match path.split_once('/') {
        Some((first, rest)) => {
            set(names.entry(first).or_insert_with(|| Value::Object(Map::new())), rest, mark);
        }
        None => {
            names.insert(path.to_owned(), Value::String(mark.to_owned()));
        }
    }
}

/// Marks of which some lists were filled in anew, as `fresh` has them.
#[must_use]
pub fn with_lists(filled: &str, fresh: &str, lists: &[&str]) -> String {
    let (Ok(mut marks), Ok(fresh)) =
        (serde_json::from_str::<Value>(filled), serde_json::from_str::<Value>(fresh))
    else {
        return fresh.to_owned();
    };
    if let Some(names) = marks.as_object_mut() {
        for list in lists {
            names.insert((*list).to_owned(), fresh.get(*list).cloned().unwrap_or(Value::Null));
        }
    }
    marks.to_string()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Address {
        line1: String,
        city: String,
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Row {
        id: String,
        values: Vec<String>,
        price: String,
        quantity: String,
        address: Address,
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Form {
        title: String,
        note: String,
        exempt: bool,
        options: Vec<String>,
        address: Address,
        rows: Vec<Row>,
        filled: String,
    }

    impl ThreeWay for Form {
        const APART: &'static [&'static str] = &["quantity"];
        const WHOLE: &'static [&'static str] = &["rows"];

        fn filled_mut(&mut self) -> &mut String {
            &mut self.filled
        }
    }

    fn row(id: &str, value: &str, price: &str) -> Row {
        Row { id: id.into(), values: vec![value.into()], price: price.into(), ..Row::default() }
    }

    fn stored() -> Form {
        Form {
            title: "Moon ring".into(),
            note: "one\ntwo".into(),
            options: vec!["Size".into()],
            address: Address { line1: "7 Lane".into(), city: "Austin".into() },
            rows: vec![row("a", "S", "4"), row("b", "M", "5")],
            ..Form::default()
        }
        .filled()
    }

    fn wrong(problem: &Problem) -> Vec<&str> {
        let mut wrong: Vec<&str> = problem.fields.iter().map(|field| field.field.as_str()).collect();
        wrong.sort_unstable();
        wrong
    }

    #[test]
    fn who_changed_an_answer_keeps_it_and_who_did_not_takes_the_others() {
        let (mut here, mut there) = (stored(), stored());
        here.title = "Moon ring, silver".into();
        here.rows[0].price = "4.50".into();
        here.note = "one\r\ntwo".into();
        there.note = "three".into();
        there.exempt = true;
        there.rows[0].values = vec!["Small".into()];
        there.address.city = "Dallas".into();
        let merged = merged(&here, &there).unwrap();
        assert_eq!((merged.title.as_str(), merged.note.as_str()), ("Moon ring, silver", "three"));
        assert!(merged.exempt);
        assert_eq!(merged.address.city, "Dallas");
        assert_eq!(merged.rows[0], row("a", "Small", "4.50"));
    }

    #[test]
    fn what_both_changed_is_told_and_counts_once_it_was_seen() {
        let (mut here, mut there) = (stored(), stored());
        here.title = "Here".into();
        here.address.line1 = "8 Lane".into();
        here.rows[1].price = "6".into();
        here.rows[1].address.city = "Waco".into();
        there.title = "There".into();
        there.address.line1 = "9 Lane".into();
        there.rows[1].price = "7".into();
        there.rows[1].address.city = "Paris".into();
        let problem = merged(&here, &there).unwrap_err();
        assert_eq!(wrong(&problem), ["address_line1", "rows_1_city", "rows_1_price", "title"]);
        assert!(problem.message_for("title").unwrap().contains("There"));
        here.filled = seen(&here.filled, &problem);
        assert_eq!(merged(&here, &there).unwrap(), here);
        there.title = "Elsewhere".into();
        assert_eq!(wrong(&merged(&here, &there).unwrap_err()), ["title"], "it was changed once more");
        here.title = "Elsewhere".into();
        assert!(merged(&here, &there).is_ok(), "both say the same");
    }

    #[test]
    fn rows_that_the_form_does_not_name_stay() {
        let (mut here, mut there) = (stored(), stored());
        there.rows.push(row("c", "L", "6"));
        here.rows.push(row("", "XL", "8"));
        let merged = merged(&here, &there).unwrap();
        let ids: Vec<&str> = merged.rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "", "c"]);
        here.filled = String::new();
        assert_eq!(super::merged(&here, &there).unwrap().rows.len(), 4, "also where nothing is known");
    }

    #[test]
    fn a_row_that_was_removed_meanwhile_goes_unless_it_was_changed_here() {
        let (mut here, mut there) = (stored(), stored());
        there.rows.remove(1);
        let gone = merged(&here, &there).unwrap();
        assert_eq!(gone.rows, [row("a", "S", "4"), Row::default()]);
        here.rows[1].price = "9".into();
        let problem = merged(&here, &there).unwrap_err();
        assert_eq!(wrong(&problem), ["rows_1_price"]);
        here.filled = seen(&here.filled, &problem);
        let kept = merged(&here, &there).unwrap();
        assert_eq!(kept.rows[1], row("", "M", "9"), "it is a new row now");
    }

    #[test]
    fn a_form_that_knows_nothing_is_taken_as_it_is() {
        let here = Form { title: "Here".into(), ..Form::default() };
        let there = Form { title: "There".into(), ..Form::default() };
        for filled in ["", "nonsense", "7"] {
            let here = Form { filled: filled.into(), ..here.clone() };
            assert!(merged(&here, &there).map_or(true, |merged| merged.title == "Here"), "{filled}");
        }
    }

    #[test]
    fn marks_are_short_and_follow_what_was_seen() {
        let long = Form { note: "x".repeat(4_000), ..Form::default() };
        assert!(marks(&long).len() < 100, "{}", marks(&long));
        assert!(!is_changed(&marks(&stored()), "title", " Moon ring"));
        assert!(is_changed(&marks(&stored()), "title", "Sun ring"));
        let mut fresh = stored();
        fresh.rows = vec![row("d", "S", "4")];
        fresh.title = "Another".into();
        let marked = with_lists(&stored().filled, &marks(&fresh), &["rows"]);
        assert!(marked.contains("\"d\"") && !is_changed(&marked, "title", "Moon ring"), "{marked}");
    }
}
