//! The grid of variants: rows made from the values of options, and cells that are pasted from a spreadsheet.

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

/// Every combination of the options' values, the last option changing fastest, at most [`MAX_VARIANTS`] of them. An option
/// without values takes no part, its place is left empty.
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
                .take(MAX_VARIANTS)
                .collect(),
        };
    }
    rows
}

/// The combinations for which there is no row yet. Values are compared as codes are.
pub fn missing(rows: &[Vec<String>], options: &[Vec<String>]) -> Vec<Vec<String>> {
    let key = |row: &[String]| -> Vec<String> {
        (0..MAX_OPTIONS).map(|option| row.get(option).map(|value| text::fold(value)).unwrap_or_default()).collect()
    };
    let known: Vec<Vec<String>> = rows.iter().map(|row| key(row)).collect();
    combinations(options).into_iter().filter(|row| !known.contains(&key(row))).collect()
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
        let there = [words(&["６", "gold", ""]), words(&["8", "Silver"])];
        let missing = missing(&there, &[sizes, metals]);
        assert_eq!(missing.len(), 4);
        assert_eq!(missing[0], ["6", "Silver"]);
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
            let wanted = if sizes + colours + metals == 0 { 0 } else { all.min(MAX_VARIANTS) };
            prop_assert_eq!(rows.len(), wanted);
            let mut different = rows.clone();
            different.sort();
            different.dedup();
            prop_assert_eq!(different.len(), rows.len());
        }

        #[test]
        fn a_block_never_panics_and_stays_bounded(pasted in "[\\PC\t\n\r\"]*") {
            if let Some(rows) = block(&pasted) {
                prop_assert!(rows.len() <= PASTED_ROWS && rows.iter().all(|row| row.len() <= PASTED_CELLS));
            }
        }
    }
}
