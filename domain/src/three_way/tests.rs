//! What becomes of two forms.

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
    unit: String,
    address: Address,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Form {
    title: String,
    note: String,
    exempt: bool,
    rate: String,
    unit: String,
    options: Vec<String>,
    address: Address,
    rows: Vec<Row>,
    filled: String,
}

impl ThreeWay for Form {
    const APART: &'static [&'static str] = &["quantity"];
    const WHOLE: &'static [&'static str] = &["rows"];
    const TOGETHER: &'static [Together] = &[&["rate", "unit"], &["options", "rows/values"]];
    const TOGETHER_IN_A_ROW: &'static [Together] = &[&["price", "unit"]];

    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }

    fn control_of(answer: &str) -> &str {
        if answer == "address" { "line1" } else { answer }
    }
}

fn row(id: &str, value: &str, price: &str) -> Row {
    Row { id: id.into(), values: vec![value.into()], price: price.into(), ..Row::default() }
}

fn stored() -> Form {
    Form {
        title: "Moon ring".into(),
        note: "one\ntwo".into(),
        rate: "0.85".into(),
        unit: "g".into(),
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
    assert_eq!(wrong(&problem), ["line1", "rows_1_line1", "rows_1_price", "title"]);
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
    let mut fresh = stored();
    fresh.rows = vec![row("d", "S", "4")];
    fresh.title = "Another".into();
    let marked = with_answers(&stored().filled, &marks(&fresh), &["rows"]);
    let here = Form { title: "Here".into(), filled: marked, rows: fresh.rows.clone(), ..stored() };
    assert_eq!(wrong(&merged(&here, &fresh).unwrap_err()), ["title"], "the rest is marked as it was");
}

#[test]
fn an_address_is_one_answer() {
    let (mut here, mut there) = (stored(), stored());
    here.address.line1 = "8 Lane".into();
    there.address = Address { line1: "9 Road".into(), city: "Dallas".into() };
    there.rows[0].address.city = "Waco".into();
    let problem = merged(&here, &there).unwrap_err();
    assert_eq!(wrong(&problem), ["line1"]);
    assert!(problem.message_for("line1").unwrap().contains("“Dallas, 9 Road”"), "{problem:?}");
    here.filled = seen(&here.filled, &problem);
    let mine = merged(&here, &there).unwrap();
    assert_eq!((&mine.address, mine.rows[0].address.city.as_str()), (&here.address, "Waco"));
    there.address.city = "Austin".into();
    there.address.line1 = "8 Lane".into();
    assert_eq!(merged(&here, &there).unwrap().address, here.address, "both say the same");
}

#[test]
fn answers_that_belong_together_are_all_of_one_form() {
    let (mut here, mut there) = (stored(), stored());
    here.rate = "0.95".into();
    there.unit = "ozt".into();
    let problem = merged(&here, &there).unwrap_err();
    assert_eq!(wrong(&problem), ["rate"]);
    assert!(problem.message_for("rate").unwrap().contains("“0.85, ozt”"), "{problem:?}");
    let again = Form { filled: seen(&here.filled, &problem), ..here.clone() };
    let mine = merged(&again, &there).unwrap();
    assert_eq!((mine.rate.as_str(), mine.unit.as_str()), ("0.95", "g"));
    there.rate = "26.40".into();
    assert!(merged(&again, &there).is_err(), "it was changed once more");

    here.rate = "0.85".into();
    let theirs = merged(&here, &there).unwrap();
    assert_eq!((theirs.rate.as_str(), theirs.unit.as_str()), ("26.40", "ozt"));
    let mine = merged(&Form { unit: "oz".into(), ..here.clone() }, &stored()).unwrap();
    assert_eq!((mine.rate.as_str(), mine.unit.as_str()), ("0.85", "oz"));
}

#[test]
fn answers_of_a_row_that_belong_together_are_all_of_one_form() {
    let (mut here, mut there) = (stored(), stored());
    here.rows[1].price = "6".into();
    there.rows[1].unit = "each".into();
    here.rows[0].price = "3".into();
    let problem = merged(&here, &there).unwrap_err();
    assert_eq!(wrong(&problem), ["rows_1_price"]);
    here.filled = seen(&here.filled, &problem);
    let mine = merged(&here, &there).unwrap();
    assert_eq!((mine.rows[1].price.as_str(), mine.rows[1].unit.as_str()), ("6", ""));
    assert_eq!(mine.rows[0].price, "3");
}

#[test]
fn values_stand_for_what_the_options_of_the_same_form_say() {
    let two = |mut form: Form| {
        form.options = vec!["Metal".into(), "Size".into()];
        form.rows[0].values = vec!["Gold".into(), "S".into()];
        form.rows[1].values = vec!["Gold".into(), "M".into()];
        form
    };
    let (mut here, there) = (stored(), two(stored()));
    here.title = "Here".into();
    let theirs = merged(&here, &there).unwrap();
    assert_eq!((theirs.title.as_str(), &theirs.options), ("Here", &there.options));
    assert_eq!(theirs.rows, there.rows);

    here.rows[0].values = vec!["Small".into()];
    let problem = merged(&here, &there).unwrap_err();
    assert_eq!(wrong(&problem), ["options"]);
    here.filled = seen(&here.filled, &problem);
    let mine = merged(&here, &there).unwrap();
    assert_eq!((&mine.options, &mine.rows), (&here.options, &here.rows));

    // With the same options each row is looked at alone.
    let (mut here, mut there) = (stored(), stored());
    here.rows[0].values = vec!["Small".into()];
    here.rows.push(row("", "XL", "8"));
    there.rows[1].values = vec!["Medium".into()];
    there.rows.push(row("c", "L", "6"));
    let both = merged(&here, &there).unwrap();
    let values: Vec<&str> = both.rows.iter().map(|row| row.values[0].as_str()).collect();
    assert_eq!(values, ["Small", "Medium", "XL", "L"]);
    // New options here, and a row there that has no value for them.
    let mut here = two(stored());
    assert_eq!(wrong(&merged(&here, &there).unwrap_err()), ["options"]);
    // A row that goes here says nothing about the options there.
    here = stored();
    here.rows[1] = Row { id: "b".into(), ..Row::default() };
    let theirs = merged(&here, &two(stored())).unwrap();
    assert_eq!((theirs.options.len(), theirs.rows[0].values.len()), (2, 2));
    assert_eq!(theirs.rows[1], here.rows[1]);
}
