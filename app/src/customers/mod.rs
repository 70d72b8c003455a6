//! Buyers.

mod addresses;
mod block;
mod credit;
pub mod customer;
pub mod duplicates;
mod fields;
mod handles;
pub mod history;
pub mod list;
pub mod merge;
pub mod new;
mod undo;

use crate::form::Returned;

/// Rows of a form's list with which it begins: the stored ones and some to spare, or as many as were typed before the form
/// came back. `list` is the name of the list in the form, such as `form[handles]`.
fn rows_at_first(list: &str, rows: usize, most: usize, returned: Option<&Returned>) -> usize {
    let values = returned.map_or(&[][..], |returned| &returned.values);
    let typed = values
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, _)| {
            name.strip_prefix(list)?.strip_prefix('[')?.split(']').next()?.parse::<usize>().ok()
        })
        .map(|row| row.saturating_add(1))
        .max();
    rows.max(typed.unwrap_or_default()).min(most)
}

#[cfg(test)]
mod tests {
    use domain::problem::{Code, Problem};

    use super::*;

    #[test]
    fn the_list_has_room_for_what_was_typed() {
        let returned = |name: &str, value: &str| Returned {
            path: "/api/customers/save".into(),
            problem: Some(Problem::from(Code::Invalid)),
            values: vec![("form[name]".into(), "Ana".into()), (name.into(), value.into())],
        };
        let rows = |returned: &Returned| rows_at_first("form[handles]", 2, 10, Some(returned));
        assert_eq!(rows_at_first("form[handles]", 2, 10, None), 2);
        assert_eq!(rows(&returned("form[handles][4][handle]", "ana")), 5);
        assert_eq!(rows(&returned("form[handles][4][handle]", "")), 2);
        assert_eq!(rows(&returned("form[handles][99999][handle]", "ana")), 10);
        assert_eq!(rows(&returned("form[addresses][4][label]", "Work")), 2);
    }
}
