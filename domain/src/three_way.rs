//! Two people with the same form open: nobody's change is lost without a word.
//!
//! A form that saves a whole record carries marks of what it was filled in with. When it is saved, three texts of each
//! answer are compared: what it was filled in with, what was typed, and what is stored by now. An answer that was left as
//! it was keeps what somebody else made of it meanwhile; one that both changed is told beside its field, with what it
//! says now, and nothing is saved. Sent once more, the form says that the person has seen it, and what they typed counts.
//!
//! An answer of several parts, such as an address, is one answer: half of one and half of another would be a third that
//! nobody wrote. The same holds for answers that mean something only together, such as a unit and a rate for it.

mod marks;
#[cfg(test)]
mod tests;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub use self::marks::{FILLED, Seen, marks, seen, with_answers};
use self::marks::{GONE, TOGETHER, id_of, joined, mark, marks_of, text_of};
use crate::problem::{Check, Code, FieldCode, Problem};

/// Characters of an answer that are told where both changed it.
const TOLD_CHARACTERS: usize = 80;

/// Names of answers that mean something only together. `rows/name` is an answer in all rows of a list: what somebody makes
/// of it in some row is taken together with the rest only where one of the other answers was changed, too.
pub type Together = &'static [&'static str];

/// A form that saves a whole record.
pub trait ThreeWay: Serialize + DeserializeOwned {
    /// Answers that look after themselves, such as a count that is kept as a difference.
    const APART: &'static [&'static str] = &[];
    /// Lists that are stored whole, so that stored rows which the form does not name have to be added to it.
    const WHOLE: &'static [&'static str] = &[];
    /// Answers that are taken from one of the two or from the other, never some from each.
    const TOGETHER: &'static [Together] = &[];
    /// The same, for the answers of one row.
    const TOGETHER_IN_A_ROW: &'static [Together] = &[];

    /// The marks of what it was filled in with; empty where that is not known.
    fn filled_mut(&mut self) -> &mut String;

    /// The name of the control at which an answer that has several is told, such as the first line of an address.
    fn control_of(answer: &str) -> &str {
        answer
    }

    /// What an answer of several parts says, in one line.
    fn in_words(parts: &Value) -> String {
        let parts = parts.as_object().into_iter().flatten().map(|(_, part)| text_of(part));
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// The form with marks of all that it says now.
    #[must_use]
    fn filled(mut self) -> Self {
        *self.filled_mut() = marks(&self);
        self
    }
}

/// What a form says once the changes of others since it was filled in are in it.
///
/// # Errors
/// Names every answer that was changed both here and elsewhere, with what it says now.
pub fn merged<F: ThreeWay>(typed: &F, present: &F) -> Result<F, Problem> {
    let value = |form: &F| serde_json::to_value(form).map_err(|_| Problem::from(Code::Internal));
    let (mut form, present) = (value(typed)?, value(present)?);
    let filled = form.get(FILLED).and_then(Value::as_str).unwrap_or_default();
    let mut merge = Merge {
        apart: F::APART,
        together: F::TOGETHER,
        in_a_row: F::TOGETHER_IN_A_ROW,
        control_of: F::control_of,
        in_words: F::in_words,
        check: Check::new(),
    };
    if let Ok(was) = serde_json::from_str::<Value>(filled) {
        merge.answers(&was, &mut form, &present, &Place::default(), &[]);
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
    let absent: Vec<Value> = present
        .iter()
        .filter(|row| id_of(row).is_some_and(|id| row_of(rows, id).is_none()))
        .cloned()
        .collect();
    rows.extend(absent);
}

fn row_of<'a>(rows: &'a [Value], id: &str) -> Option<&'a Value> {
    rows.iter().find(|row| id_of(row) == Some(id))
}

/// The rows of a list in a form; none where there is no such list.
fn rows_of<'a>(form: &'a Value, list: &str) -> &'a [Value] {
    form.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The mark of an answer by its name.
fn mark_in(form: &Value, name: &str) -> String {
    form.get(name).map(|answer| mark(&text_of(answer))).unwrap_or_default()
}

/// What marks say of an answer by its name.
fn marked<'a>(was: &'a Value, name: &str) -> &'a str {
    was.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Where an answer stands: its name in problems, and its path in the marks.
#[derive(Clone, Default)]
struct Place {
    field: String,
    path: String,
    /// The list in whose row it stands.
    list: Option<String>,
}

impl Place {
    fn within(&self, field: &str, path: &str) -> Place {
        let joined = |before: &str, between: &str, name: &str| match (before, name) {
            (before, "") => before.to_owned(),
            ("", name) => name.to_owned(),
            (before, name) => format!("{before}{between}{name}"),
        };
        Place { field: joined(&self.field, "_", field), path: joined(&self.path, "/", path), list: None }
    }
}

struct Merge {
    apart: &'static [&'static str],
    together: &'static [Together],
    in_a_row: &'static [Together],
    control_of: fn(&str) -> &str,
    in_words: fn(&Value) -> String,
    check: Check,
}

impl Merge {
    /// The answers of a form or of a row. `settled` are those of its rows that were taken together with others.
    fn answers(
        &mut self,
        was: &Value,
        typed: &mut Value,
        present: &Value,
        place: &Place,
        settled: &[&'static str],
    ) {
        let mut settled = settled.to_vec();
        for group in if place.list.is_some() { self.in_a_row } else { self.together } {
            if self.together(was, typed, present, place, group) {
                settled.extend_from_slice(group);
            }
        }
        let Some(answers) = typed.as_object_mut() else { return };
        for (name, answer) in answers {
            let Some(now) = present.get(name).filter(|_| name != FILLED && name != "id") else { continue };
            let is_settled = match &place.list {
                Some(list) => {
                    let path = format!("{list}/{name}");
                    settled.contains(&path.as_str()) || settled.contains(&name.as_str())
                }
                None => settled.contains(&name.as_str()),
            };
            if is_settled || self.apart.contains(&name.as_str()) {
                continue;
            }
            let before = was.get(name).unwrap_or(&Value::Null);
            let is_list =
                |list: &Value| list.as_array().is_some_and(|rows| rows.iter().any(Value::is_object));
            if is_list(answer) || is_list(now) {
                let of_rows: Vec<&str> = settled.iter().copied().filter(|name| name.contains('/')).collect();
                self.rows(before, answer, now, &place.within(name, name), name, &of_rows);
            } else {
                self.answer(before, answer, now, &place.within((self.control_of)(name), name));
            }
        }
    }

    fn answer(&mut self, was: &Value, typed: &mut Value, present: &Value, place: &Place) {
        let was = was.as_str().unwrap_or_default();
        let (typed_mark, present_mark) = (mark(&text_of(typed)), mark(&text_of(present)));
        if typed_mark == was || typed_mark == present_mark {
            *typed = present.clone();
        } else if present_mark != was {
            let now = clipped(&self.said(present));
            let seen = Seen { path: place.path.clone(), mark: present_mark };
            self.check.note(&place.field, FieldCode::ChangedMeanwhile { now, seen });
        }
    }

    /// What an answer says, in words for people.
    fn said(&self, answer: &Value) -> String {
        if answer.is_object() { (self.in_words)(answer) } else { text_of(answer) }
    }

    /// Answers that mean something only together. Says whether they are settled, so that none of them is looked at alone.
    fn together(
        &mut self,
        was: &Value,
        typed: &mut Value,
        present: &Value,
        place: &Place,
        group: Together,
    ) -> bool {
        let Some(first) = group.first() else { return false };
        let (mut here, mut there) = (Sides::default(), Sides::default());
        for name in group {
            match name.split_once('/') {
                None => {
                    here.alone |= mark_in(typed, name) != marked(was, name);
                    there.alone |= mark_in(present, name) != marked(was, name);
                }
                Some((list, name)) => {
                    let was = was.get(list).unwrap_or(&Value::Null);
                    let (typed, present) = (rows_of(typed, list), rows_of(present, list));
                    here.in_rows |= typed.iter().any(|row| is_changed_here(was, row, present, name));
                    there.in_rows |= present.iter().any(|row| is_changed_there(was, row, typed, name));
                }
            }
        }
        if !here.alone && !there.alone {
            return false;
        }
        let stored = mark_together(present, group);
        let place = place.within("", TOGETHER).within((self.control_of)(first), first);
        if !here.is_any() || mark_together(typed, group) == stored {
            take_together(typed, present, group);
        } else if there.is_any() && was.get(TOGETHER).map(|was| marked(was, first)) != Some(stored.as_str()) {
            let now = clipped(&self.said_together(present, typed, group));
            let seen = Seen { path: place.path, mark: stored };
            self.check.note(&place.field, FieldCode::ChangedMeanwhile { now, seen });
        }
        true
    }

    /// What answers that belong together say that was not typed so.
    fn said_together(&self, present: &Value, typed: &Value, group: Together) -> String {
        let said = |present: &Value, typed: Option<&Value>, name: &str| {
            let is_same = typed.is_some_and(|typed| mark_in(typed, name) == mark_in(present, name));
            let words = present.get(name).map(|answer| self.said(answer));
            words.filter(|words| !is_same && !words.is_empty())
        };
        let mut words = Vec::new();
        for name in group {
            match name.split_once('/') {
                None => words.extend(said(present, Some(typed), name)),
                Some((list, name)) => {
                    let typed = rows_of(typed, list);
                    let said = |row| said(row, id_of(row).and_then(|id| row_of(typed, id)), name);
                    words.extend(rows_of(present, list).iter().filter_map(said));
                }
            }
        }
        words.join(", ")
    }

    fn rows(
        &mut self,
        was: &Value,
        typed: &mut Value,
        present: &Value,
        place: &Place,
        list: &str,
        settled: &[&'static str],
    ) {
        let Some(rows) = typed.as_array_mut() else { return };
        let present = present.as_array().map(Vec::as_slice).unwrap_or_default();
        for (index, row) in rows.iter_mut().enumerate() {
            let Some(id) = id_of(row).map(ToOwned::to_owned) else { continue };
            let place = Place { list: Some(list.to_owned()), ..place.within(&index.to_string(), &id) };
            match (row_of(present, &id), was.get(&id)) {
                (Some(now), Some(before)) => self.answers(before, row, now, &place, settled),
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
        let said = typed.iter().find(|(name, mark)| *name != "id" && was.get(*name) != Some(*mark));
        match said {
            Some((name, _)) => {
                let seen = Seen { path: place.path.clone(), mark: GONE.to_owned() };
                let field = place.within((self.control_of)(name), "").field;
                self.check.note(&field, FieldCode::RemovedMeanwhile { seen });
            }
            None => empty(row),
        }
    }
}

/// What one of the two changed of answers that belong together.
#[derive(Clone, Copy, Default)]
struct Sides {
    /// One that stands alone.
    alone: bool,
    /// One in a row.
    in_rows: bool,
}

impl Sides {
    fn is_any(self) -> bool {
        self.alone || self.in_rows
    }
}

/// Whether an answer of a row was typed here. A row that was emptied says nothing, and neither does one that came into the
/// form after the rest was filled in and is stored as it stands.
fn is_changed_here(was: &Value, row: &Value, present: &[Value], name: &str) -> bool {
    let typed = mark_in(row, name);
    let before = id_of(row).and_then(|id| was.get(id));
    let stored = || id_of(row).and_then(|id| row_of(present, id)).map(|row| mark_in(row, name));
    !typed.is_empty()
        && match before {
            Some(before) => typed != marked(before, name),
            None => stored().is_none_or(|stored| stored != typed),
        }
}

/// Whether an answer of a stored row, or the row itself, came since the form was filled in.
fn is_changed_there(was: &Value, row: &Value, typed: &[Value], name: &str) -> bool {
    let stored = mark_in(row, name);
    let Some(id) = id_of(row) else { return false };
    match was.get(id) {
        Some(before) => stored != marked(before, name),
        None => !stored.is_empty() && row_of(typed, id).is_none(),
    }
}

/// One mark of answers that belong together.
fn mark_together(form: &Value, group: Together) -> String {
    let texts = group.iter().map(|name| match name.split_once('/') {
        None => form.get(name).map(text_of).unwrap_or_default(),
        Some((list, name)) => {
            let text = |row: &Value| {
                let text = row.get(name).map(text_of).filter(|text| !text.is_empty())?;
                Some(format!("{}={text}", id_of(row).unwrap_or_default()))
            };
            let mut texts: Vec<String> = rows_of(form, list).iter().filter_map(text).collect();
            texts.sort_unstable();
            joined(texts.into_iter())
        }
    });
    mark(&joined(texts))
}

/// Gives a form the answers that are stored, in the rows that it has.
fn take_together(typed: &mut Value, present: &Value, group: Together) {
    for name in group {
        match name.split_once('/') {
            None => {
                if let (Some(answer), Some(now)) = (typed.get_mut(name), present.get(name)) {
                    *answer = now.clone();
                }
            }
            Some((list, name)) => {
                let present = rows_of(present, list);
                for row in typed.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                    let now = id_of(row).and_then(|id| row_of(present, id)).and_then(|now| now.get(name));
                    let now = now.filter(|_| !mark_in(row, name).is_empty()).cloned();
                    if let (Some(answer), Some(now)) = (row.get_mut(name), now) {
                        *answer = now;
                    }
                }
            }
        }
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
