//! The cells of the grid as fields of the page.

use leptos::{
    prelude::*,
    web_sys::{EventTarget, HtmlInputElement},
};
use wasm_bindgen::JsCast;

use super::PARTS;
use domain::inventory::MAX_OPTIONS;

/// What the id of a cell begins with; its row and its part follow.
const ID_BEGINS: &str = "field-variants_";
/// The parts of the values, which stand first in a row.
pub const VALUE_PARTS: [&str; MAX_OPTIONS] = ["values_0", "values_1", "values_2"];

/// A cell of the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub row: usize,
    pub part: &'static str,
}

/// The parts of a row in their order.
pub fn parts() -> impl DoubleEndedIterator<Item = &'static str> {
    VALUE_PARTS.into_iter().chain(PARTS.map(|(part, _)| part))
}

/// The id of a cell, which is that of the answer it holds.
pub fn id(row: usize, part: &str) -> String {
    format!("{ID_BEGINS}{row}_{part}")
}

impl Cell {
    /// The cell of an id.
    fn of_id(id: &str) -> Option<Self> {
        let (row, part) = id.strip_prefix(ID_BEGINS)?.split_once('_')?;
        Some(Cell { row: row.parse().ok()?, part: parts().find(|known| *known == part)? })
    }

    /// The cell in which something happened.
    pub fn of(target: Option<EventTarget>) -> Option<(Self, HtmlInputElement)> {
        let input = target?.dyn_into::<HtmlInputElement>().ok()?;
        Some((Self::of_id(&input.id())?, input))
    }
}

/// The field of a cell, if it is there.
pub fn field(row: usize, part: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(&id(row, part))?.dyn_into().ok()
}

/// Whether a field can be seen: columns without a meaning are not, nor are rows that are gone.
pub fn is_shown(field: &HtmlInputElement) -> bool {
    field.offset_parent().is_some()
}

/// What stands in a cell; nothing where there is no such cell.
pub fn value(row: usize, part: &str) -> String {
    field(row, part).map(|field| field.value()).unwrap_or_default()
}

/// Moves the focus into a cell and marks what stands there, so that typing replaces it.
pub fn enter(row: usize, part: &str) {
    if let Some(field) = field(row, part) {
        // A field that cannot take the focus stays without it.
        let _ = field.focus();
        field.select();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_known_by_its_id() {
        for part in parts() {
            assert_eq!(Cell::of_id(&id(12, part)), Some(Cell { row: 12, part }));
        }
        for id in ["field-code", "field-variants_x_price", "field-variants_1_id", "field-variants_1"] {
            assert_eq!(Cell::of_id(id), None, "{id}");
        }
    }
}
