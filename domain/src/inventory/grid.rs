//! The grid of variants: rows made from the values of options, and cells that are pasted from a spreadsheet.

use std::collections::HashSet;

use super::variant::{MAX_OPTIONS, MAX_VARIANTS};
use crate::text;

/// The most rows and cells of a row that are pasted at once; what is beyond is left out.
const PASTED_ROWS: usize = MAX_VARIANTS;
const PASTED_CELLS: usize = 12;

/// The values of an option as typed once, `6, 7, 8`, each once and in their order. A semicolon or a line divides as well.
pub fn values(typed: &str) -> Vec<String> {
    let mut folded = Vec::new();
    let mut values = Vec::new();
    for value in typed.split([',', ';', '\n', '\t']) {
        let value = text::tidy(value);
        let key = text::fold(&value);
        if !key.is_empty() && !folded.contains(&key) {
            folded.push(key);
            values.push(value);
        }
    }
    values
}

/// Every combination of the options' values, the last option changing fastest. An option without values takes no part, its
/// place is left empty. At most one more than [`MAX_VARIANTS`], by which it shows that there are too many.
pub fn combinations(options: &[Vec<String>]) -> Vec<Vec<String>> {
    if options.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let mut rows: Vec<Vec<String>> = vec![Vec::new()];
    for values in options.iter().take(MAX_OPTIONS) {
        let longer = |row: &Vec<String>, value: &str| {
            let mut longer = row.clone();
            longer.push(value.to_owned());
            longer
        };
        rows = match values.is_empty() {
            true => rows.iter().map(|row| longer(row, "")).collect(),
            false => rows
                .iter()
                .flat_map(|row| values.iter().map(move |value| longer(row, value)))
                .take(MAX_VARIANTS + 1)
                .collect(),
        };
    }
    rows
}

/// The rows after values were typed for the options: for every combination with a typed value that no row has there is a
/// row. Rows without a value for an option take one, so that a ring of sizes 6 and 7 to which gold and silver are added keeps
/// its two rows as the golden ones. The rows that were there stay where they are; a combination that was taken out of the grid
/// does not come back because another option grows.
pub fn grow(rows: &[Vec<String>], typed: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut grown: Vec<Vec<String>> = rows.iter().map(|row| padded(row)).collect();
    let known: Vec<Vec<String>> = (0..MAX_OPTIONS).map(|option| distinct(&grown, option)).collect();
    let is_new = |option: usize, value: &str| {
        !value.is_empty() && !known[option].iter().any(|known| text::fold(known) == text::fold(value))
    };
    let options: Vec<Vec<String>> = (0..MAX_OPTIONS)
        .map(|option| {
            let typed = typed.get(option).map_or(&[][..], Vec::as_slice);
            let new = typed.iter().filter(|value| is_new(option, value)).cloned();
            known[option].iter().cloned().chain(new).collect()
        })
        .collect();
    let wanted: Vec<Vec<String>> = combinations(&options)
        .into_iter()
        .filter(|row| row.iter().enumerate().any(|(option, value)| is_new(option, value)))
        .collect();
    let mut taken: HashSet<Vec<String>> = grown.iter().map(|row| key(row)).collect();
    for row in &mut grown {
        let fits = |wanted: &&Vec<String>| {
            row.iter()
                .zip(wanted.iter())
                .all(|(has, wants)| has.is_empty() || text::fold(has) == text::fold(wants))
                && !taken.contains(&key(wanted))
        };
        let has_gap = row.iter().zip(&options).any(|(value, option)| value.is_empty() && !option.is_empty());
        if has_gap && let Some(found) = wanted.iter().find(fits) {
            taken.insert(key(found));
            *row = found.clone();
        }
    }
    for row in wanted {
        if grown.len() > MAX_VARIANTS {
            break;
        }
        if taken.insert(key(&row)) {
            grown.push(row);
        }
    }
    grown
}

/// A row with a place for every option.
fn padded(row: &[String]) -> Vec<String> {
    (0..MAX_OPTIONS)
        .map(|option| row.get(option).map(|value| text::tidy(value)).unwrap_or_default())
        .collect()
}

/// A row as it is compared: as codes are.
fn key(row: &[String]) -> Vec<String> {
    row.iter().map(|value| text::fold(value)).collect()
}

/// The values of an option in their order, each once.
fn distinct(rows: &[Vec<String>], option: usize) -> Vec<String> {
    let mut met = HashSet::new();
    rows.iter()
        .filter_map(|row| row.get(option))
        .filter(|value| !value.is_empty() && met.insert(text::fold(value)))
        .cloned()
        .collect()
}

/// The cells of a block that was copied from a spreadsheet: tabs between cells, lines between rows, quotes around cells
/// that have either in them. A single cell is no block.
pub fn block(pasted: &str) -> Option<Vec<Vec<String>>> {
    let pasted = pasted.strip_suffix('\n').unwrap_or(pasted);
    let pasted = pasted.strip_suffix('\r').unwrap_or(pasted);
    if !pasted.contains(['\t', '\n']) {
        return None;
    }
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut signs = pasted.chars().peekable();
    while let Some(sign) = signs.next() {
        let Some(row) = rows.last_mut() else { break };
        let Some(cell) = row.last_mut() else { break };
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            '\t' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            '\r' => {}
            sign => cell.push(sign),
        }
        if rows.len() > PASTED_ROWS {
            break;
        }
    }
    rows.truncate(PASTED_ROWS);
    for row in &mut rows {
        row.truncate(PASTED_CELLS);
        for cell in row {
            *cell = text::tidy(cell);
        }
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn values_are_typed_once_and_make_the_rows() {
        let sizes = values("6, 7 ,7;  8\n");
        assert_eq!(sizes, ["6", "7", "8"]);
        let metals = values("Gold, Silver");
        let rows = combinations(&[sizes.clone(), metals.clone()]);
        assert_eq!(rows.len(), 6);
        assert_eq!(rows[1], ["6", "Silver"]);
        assert_eq!(combinations(&[Vec::new(), metals.clone()])[0], ["", "Gold"]);
        assert!(combinations(&[Vec::new(), Vec::new()]).is_empty());
    }

    #[test]
    fn rows_grow_with_what_is_typed() {
        let none: Vec<String> = Vec::new();
        let first = grow(&[words(&[])], &[values("6, 7"), none.clone()]);
        assert_eq!(first, [words(&["6", "", ""]), words(&["7", "", ""])], "the only row becomes the first");
        let second = grow(&first, &[none.clone(), values("Gold, Silver")]);
        assert_eq!(second[..2], [words(&["6", "Gold", ""]), words(&["7", "Gold", ""])]);
        assert_eq!(second[2..], [words(&["6", "Silver", ""]), words(&["7", "Silver", ""])]);
        let without = [second[0].clone(), second[3].clone()];
        let third = grow(&without, &[values("8, ７"), none.clone()]);
        assert_eq!(third.len(), 4, "what was taken out stays out: {third:?}");
        assert_eq!(third[2..], [words(&["8", "Gold", ""]), words(&["8", "Silver", ""])]);
        assert_eq!(grow(&third, &[values("8"), none]), third, "nothing new, nothing added");
    }

    #[test]
    fn a_block_of_a_spreadsheet_is_read_cell_by_cell() {
        let rows = block("6\t24.00\t3\r\n7\t\t\"1\"\n\"a \"\"b\"\"\tc\"\t2\n").unwrap();
        assert_eq!(rows, [words(&["6", "24.00", "3"]), words(&["7", "", "1"]), words(&["a \"b\" c", "2"])]);
        assert_eq!(block("24.00"), None, "a single value is pasted as ever");
        assert_eq!(block("24.00\n"), None, "as a spreadsheet copies one cell");
        assert_eq!(block(&"1\n".repeat(10_000)).map(|rows| rows.len()), Some(PASTED_ROWS));
    }

    proptest! {
        #[test]
        fn combinations_are_bounded_and_all_different(sizes in 0..60_usize, colours in 0..60_usize, metals in 0..60_usize) {
            let option = |count: usize| (0..count).map(|value| value.to_string()).collect::<Vec<_>>();
            let rows = combinations(&[option(sizes), option(colours), option(metals)]);
            let all: usize = [sizes, colours, metals].into_iter().map(|count| count.max(1)).product();
            let wanted = if sizes + colours + metals == 0 { 0 } else { all.min(MAX_VARIANTS + 1) };
            prop_assert_eq!(rows.len(), wanted);
            let mut different = rows.clone();
            different.sort();
            different.dedup();
            prop_assert_eq!(different.len(), rows.len());
        }

        #[test]
        fn growing_keeps_what_is_there_and_adds_nothing_twice(
            rows in prop::collection::vec(prop::collection::vec("[a-c]{0,1}", 0..4), 0..6),
            typed in prop::collection::vec(prop::collection::vec("[a-e]", 0..40), 0..4),
        ) {
            let grown = grow(&rows, &typed);
            prop_assert!(grown.len() >= rows.len() && grown.len() <= MAX_VARIANTS + 1);
            for (before, after) in rows.iter().zip(&grown) {
                for (before, after) in before.iter().zip(after) {
                    prop_assert!(before.is_empty() || before == after);
                }
            }
            let added: HashSet<_> = grown[rows.len()..].iter().map(|row| key(row)).collect();
            prop_assert_eq!(added.len(), grown.len() - rows.len());
        }

        #[test]
        fn a_block_never_panics_and_stays_bounded(pasted in "[\\PC\t\n\r\"]*") {
            if let Some(rows) = block(&pasted) {
                prop_assert!(rows.len() <= PASTED_ROWS && rows.iter().all(|row| row.len() <= PASTED_CELLS));
            }
        }
    }
}
