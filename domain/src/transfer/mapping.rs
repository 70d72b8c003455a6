//! The mapping of a file's columns, as chosen and as checked.

use serde::{Deserialize, Serialize};

use super::{DateOrder, Field, Subject};
use crate::{
    problem::{Check, FieldCode, Problem},
    weight::WeightUnit,
};

/// A mapping as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MappingForm {
    pub subject: String,
    /// `true` if the first row names the columns.
    pub has_heading: String,
    /// A field's word for each column, empty for one that is left out.
    pub fields: Vec<String>,
    pub dates: String,
    /// The unit of weights that name none.
    pub weight_unit: String,
}

/// A mapping, checked. It is stored with the import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    pub subject: Subject,
    pub has_heading: bool,
    pub fields: Vec<Option<Field>>,
    pub dates: DateOrder,
    pub weight_unit: WeightUnit,
}

/// Fields that several columns may hold: of each row, the first cell that says something counts.
const MAY_REPEAT: [Field; 1] = [Field::Weight];

impl MappingForm {
    /// Checks every choice for a file of so many columns.
    ///
    /// # Errors
    /// A choice is none, two columns hold the same, or what is needed stands in no column (`subject` is the field then).
    pub fn parse(&self, columns: usize) -> Result<Mapping, Problem> {
        let mut check = Check::new();
        let subject = check.take("subject", Subject::parse(&self.subject).ok_or(FieldCode::NotAChoice));
        let dates = check.take("dates", DateOrder::parse(&self.dates).ok_or(FieldCode::NotAChoice));
        let unit =
            check.take("weight_unit", WeightUnit::parse(&self.weight_unit).ok_or(FieldCode::NotAChoice));
        let mut fields: Vec<Option<Field>> = Vec::with_capacity(columns);
        for column in 0..columns {
            let word = self.fields.get(column).map_or("", String::as_str);
            let field = match word {
                "" => Ok(None),
                word => match Field::parse(word) {
                    // Choices of another subject, left from before it was changed, count as none.
                    Some(field) if subject.is_some_and(|subject| !subject.fields().contains(&field)) => {
                        Ok(None)
                    }
                    Some(field) if fields.contains(&Some(field)) && !MAY_REPEAT.contains(&field) => {
                        Err(FieldCode::Twice)
                    }
                    Some(field) => Ok(Some(field)),
                    None => Err(FieldCode::NotAChoice),
                },
            };
            fields.push(check.take(&format!("fields_{column}"), field).flatten());
        }
        if let Some(subject) = subject
            && !subject.needs().iter().any(|field| fields.contains(&Some(*field)))
        {
            check.note("subject", FieldCode::Missing);
        }
        let mapping = (|| {
            Some(Mapping {
                subject: subject?,
                has_heading: self.has_heading == "true",
                fields,
                dates: dates?,
                weight_unit: unit?,
            })
        })();
        check.finish(mapping)
    }
}

impl Mapping {
    /// The mapping as a form shows it.
    pub fn form(&self) -> MappingForm {
        MappingForm {
            subject: self.subject.as_str().into(),
            has_heading: self.has_heading.to_string(),
            fields: self.fields.iter().map(|field| field.map_or("", Field::as_str).into()).collect(),
            dates: self.dates.as_str().into(),
            weight_unit: self.weight_unit.symbol().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[&str]) -> MappingForm {
        MappingForm {
            subject: "items".into(),
            has_heading: "true".into(),
            fields: fields.iter().map(|field| (*field).into()).collect(),
            dates: String::new(),
            weight_unit: "oz".into(),
        }
    }

    #[test]
    fn a_mapping_is_read_and_shown_again() {
        let typed = form(&["code", "title", "", "weight", "weight"]);
        let mapping = typed.parse(5).unwrap();
        assert_eq!(
            mapping.fields,
            [Some(Field::Code), Some(Field::Title), None, Some(Field::Weight), Some(Field::Weight)]
        );
        assert_eq!(mapping.form(), typed);
        assert_eq!(typed.parse(2).unwrap().fields.len(), 2, "no more than the file has");
    }

    #[test]
    fn what_is_wrong_with_it_is_named() {
        let names = |form: MappingForm| -> Vec<String> {
            form.parse(form.fields.len()).unwrap_err().fields.into_iter().map(|field| field.field).collect()
        };
        assert_eq!(names(form(&["title", "title"])), ["fields_1"]);
        assert_eq!(names(form(&["code", "nonsense"])), ["fields_1", "subject"]);
        assert_eq!(
            names(form(&["code", "email"])),
            ["subject"],
            "a title is needed, and no item has an e-mail"
        );
    }
}
