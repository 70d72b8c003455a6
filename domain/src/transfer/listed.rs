//! Variants that stand in one row: all values of an option in one cell, and a code for each in another. Etsy writes so.

use super::{Columns, Field, Row, values};
use crate::{inventory::grid, text};

/// What a row says of several variants at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// The values of each variant, the last option changing fastest.
    pub variants: Vec<Vec<String>>,
    /// The code of each, in the same order; nothing where there are not as many codes as variants, because nobody knows
    /// then whose they are.
    pub codes: Vec<Option<String>>,
}

impl Listed {
    /// Reads a row; nothing if it lists no values.
    pub fn of(columns: &Columns, row: &Row) -> Option<Listed> {
        let cell = |field| columns.cell(row, field).map(|(_, cell)| cell).unwrap_or_default();
        let options =
            [Field::Values1, Field::Values2].map(|field| grid::values(&values::without_markup(&cell(field))));
        let mut variants = grid::combinations(&options);
        if variants.is_empty() {
            return None;
        }
        // An option without values at the end takes no place.
        for values in &mut variants {
            while values.last().is_some_and(String::is_empty) {
                values.pop();
            }
        }
        let typed: Vec<String> = cell(Field::Code).split(',').map(text::tidy).collect();
        let code_of = |index: usize| match typed.len() {
            1 => typed.first(),
            several if several == variants.len() => typed.get(index),
            _ => None,
        };
        let codes = (0..variants.len())
            .map(|index| code_of(index).filter(|code| !code.is_empty()).cloned())
            .collect();
        Some(Listed { variants, codes })
    }

    /// Whether what the row says besides, such as how many there are, is said of several variants together.
    pub fn is_several(&self) -> bool {
        self.variants.len() > 1
    }
}
