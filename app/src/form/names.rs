//! What fields are called in the summary above their form.

/// What is said of a field that may be left out, after its label.
const OPTIONAL: &str = " (optional)";

/// The grids of forms, each with what one of its rows is called.
const ROWS: [(&str, &str); 4] =
    [("variants_", "Variant"), ("addresses_", "Address"), ("handles_", "Name"), ("fields_", "Column")];

/// What parts of rows are called where their short names do not say it.
const PARTS: [(&str, &str); 6] = [
    ("values_0", "first choice"),
    ("values_1", "second choice"),
    ("values_2", "third choice"),
    ("quantity", "pieces"),
    ("line1", "street and number"),
    ("line2", "second line"),
];

/// What a field of a grid is called, from its short name: `variants_2_net_weight` is "Variant 3 net weight". Labels of a
/// grid stand once above it, or are repeated in each row, so that they do not say which row is meant.
pub fn of_row(field: &str) -> Option<String> {
    let (rest, row) = ROWS.iter().find_map(|(begins, row)| Some((field.strip_prefix(begins)?, row)))?;
    let (index, part) = rest.split_once('_').unwrap_or((rest, ""));
    let number = index.parse::<usize>().ok()?.checked_add(1)?;
    let part = match (PARTS.iter().find(|(known, _)| *known == part), part) {
        (Some((_, words)), _) => (*words).to_owned(),
        // A name has one answer that can be wrong, and so has a column.
        (None, "" | "handle") => String::new(),
        (None, part) => part.replace('_', " "),
    };
    Some(format!("{row} {number} {part}").trim_end().to_owned())
}

/// A line of the summary: "E-mail: This does not look like an e-mail address."
pub fn line(called: Option<&str>, problem: &str) -> String {
    match called
        .map(|called| called.strip_suffix(OPTIONAL).unwrap_or(called))
        .filter(|called| !called.is_empty())
    {
        Some(called) => format!("{called}: {problem}"),
        None => problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_rows_say_which_row_is_meant() {
        for (field, called) in [
            ("variants_2_net_weight", Some("Variant 3 net weight")),
            ("variants_0_values_1", Some("Variant 1 second choice")),
            ("variants_0_quantity", Some("Variant 1 pieces")),
            ("addresses_1_postal_code", Some("Address 2 postal code")),
            ("handles_0_handle", Some("Name 1")),
            ("fields_4", Some("Column 5")),
            ("variants", None),
            ("variants_x_price", None),
            ("address_city", None),
            ("variants_18446744073709551615_price", None),
        ] {
            assert_eq!(of_row(field).as_deref(), called, "{field}");
        }
    }

    #[test]
    fn a_line_calls_the_field_by_its_label() {
        assert_eq!(line(Some("Tags (optional)"), "Too long."), "Tags: Too long.");
        assert_eq!(line(Some(""), "Too long."), "Too long.");
        assert_eq!(line(None, "Too long."), "Too long.");
    }
}
