//! The marks that a form carries of what it was filled in with.
//!
//! A tree of the same names as the form, in which a short hash stands for what each answer said; what is empty is left out.
//! An answer of several parts, such as an address, has one mark. Rows stand under their ids.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::problem::{FieldCode, Problem};

/// The name of the answer in which a form carries the marks.
pub const FILLED: &str = "filled";
/// The name under which stand the marks of several answers that mean something only together, as the person has seen them.
pub(super) const TOGETHER: &str = "together";
/// The mark of a row of which the person has seen that somebody removed it.
pub(super) const GONE: &str = "gone";

/// A mark that says, once it is among those of a form, that the person has seen what others made of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Where it stands among the marks: names and ids of rows between slashes.
    pub path: String,
    /// A hash of what the answer says now.
    pub mark: String,
}

/// Marks of the answers of a form.
pub fn marks(form: &impl Serialize) -> String {
    serde_json::to_value(form).map(|form| Value::Object(marks_of(&form)).to_string()).unwrap_or_default()
}

pub(super) fn marks_of(form: &Value) -> Map<String, Value> {
    let mut marks = Map::new();
    for (name, answer) in form.as_object().into_iter().flatten().filter(|(name, _)| *name != FILLED) {
        let marked = match answer {
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
pub(super) fn text_of(answer: &Value) -> String {
    match answer {
        Value::String(text) => text.replace("\r\n", "\n").trim().to_owned(),
        Value::Array(texts) => {
            let texts: Vec<String> = texts.iter().map(text_of).collect();
            texts.join(", ").trim_end_matches([',', ' ']).to_owned()
        }
        Value::Object(parts) => joined(parts.values().map(text_of)),
        Value::Bool(true) => "yes".to_owned(),
        _ => String::new(),
    }
}

/// Several texts as one, in which none runs into the next. Nothing where all are empty.
pub(super) fn joined(texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<String> = texts.collect();
    if texts.iter().all(String::is_empty) { String::new() } else { texts.join("\u{1F}") }
}

/// FNV-1a with 64 bits: it only has to tell apart what one form said and says. Nothing for nothing.
pub(super) fn mark(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:x}")
}

pub(super) fn id_of(row: &Value) -> Option<&str> {
    row.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())
}

/// The marks of a form that came back with a problem: of the answers that others changed, it was seen what they say now.
pub fn seen(filled: &str, problem: &Problem) -> String {
    let Ok(mut marks) = serde_json::from_str::<Value>(filled) else { return filled.to_owned() };
    for field in &problem.fields {
        if let FieldCode::ChangedMeanwhile { seen, .. } | FieldCode::RemovedMeanwhile { seen } = &field.code {
            set(&mut marks, &seen.path, &seen.mark);
        }
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

/// Marks of which some answers were filled in anew, as `fresh` has them.
#[must_use]
pub fn with_answers(filled: &str, fresh: &str, answers: &[&str]) -> String {
    let (Ok(mut marks), Ok(fresh)) =
        (serde_json::from_str::<Value>(filled), serde_json::from_str::<Value>(fresh))
    else {
        return fresh.to_owned();
    };
    if let Some(names) = marks.as_object_mut() {
        for answer in answers {
            names.insert((*answer).to_owned(), fresh.get(*answer).cloned().unwrap_or(Value::Null));
        }
    }
    marks.to_string()
}
