//! `docs/limits.md` against the code: what it names is there, and what bounds something is named.

use std::{collections::BTreeSet, fs, path::Path};

/// Where constants stand that say how comments are told apart. They bound no one: a comment beyond them is read otherwise or
/// goes to review, and the files say which.
const READER: [&str; 3] =
    ["domain/src/sales/grammar", "domain/src/sales/layout", "domain/src/sales/choices.rs"];
/// What follows from other bounds, or bounds only what is shown or logged of something.
const DERIVED: [&str; 15] = [
    "MAX_BAR_MODULES",
    "MAX_CODE_LENGTH",
    "MAX_DECODED_BYTES",
    "MAX_FILE_WORDS",
    "MAX_HOPS",
    "MAX_ID_LENGTH",
    "MAX_PIECES",
    "MAX_PLAIN_BYTES",
    "MAX_PROBLEM_BYTES",
    "MAX_PROFILE_BYTES",
    "MAX_RETYPED_CHARACTERS",
    "MAX_RULE_CHARACTERS",
    "MAX_TAG",
    "MAX_UPLOAD_BYTES",
    "MAX_WORD",
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What stands between backticks in a text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part))
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    }
}

#[test]
fn what_the_page_of_limits_names_is_in_the_code() {
    let page = fs::read_to_string(root().join("docs/limits.md")).unwrap();
    let mut rows = 0;
    for row in page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what |")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        assert_eq!(cells.len(), 4, "{row}");
        let mut text = String::new();
        for name in quoted(cells[2]) {
            if name.contains('/') {
                text += &fs::read_to_string(root().join(name))
                    .unwrap_or_else(|_| panic!("there is no {name}: {row}"));
            } else {
                let last = name.rsplit("::").next().unwrap();
                assert!(has_word(&text, last), "{name} is not there: {row}");
            }
        }
        assert!(!text.is_empty(), "no file: {row}");
        rows += 1;
    }
    assert!(rows > 100, "the page is read: {rows}");
}

#[test]
fn what_bounds_something_is_on_the_page_of_limits() {
    let page = fs::read_to_string(root().join("docs/limits.md")).unwrap();
    let named: BTreeSet<&str> = quoted(&page).map(|name| name.rsplit("::").next().unwrap_or(name)).collect();
    let mut files = Vec::new();
    for folder in ["domain/src", "services/src", "server/src"] {
        sources(&root().join(folder), &mut files);
    }
    let mut missing = Vec::new();
    for (file, text) in files.iter().filter(|(file, _)| !READER.iter().any(|reader| file.starts_with(reader)))
    {
        for line in text.lines() {
            let Some((_, constant)) = line.split_once("const ") else { continue };
            let name = constant.split(':').next().unwrap_or_default().trim();
            let is_bound = ["MAX_", "MOST_", "LONGEST_"].iter().any(|start| name.starts_with(start));
            if is_bound && !named.contains(name) && !DERIVED.contains(&name) {
                missing.push(format!("{name} in {file}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
