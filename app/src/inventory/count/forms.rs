//! The forms of a stock-take's page. They live as long as the page, so that neither what is typed nor what was answered is
//! lost when the figures are read anew: on a busy evening that is every second.

use std::collections::HashMap;

use domain::problem::Problem;
use leptos::prelude::*;

use super::{
    lines::KeepLine,
    one::{DiscardCount, HideFigures, ScanPiece},
    review::{CloseCount, ReopenCount},
};
use crate::{
    error::AppError,
    form::{Form, Returned, use_form},
    live::use_changes,
};

/// Every form of the page, and what their answers said.
#[derive(Clone, Copy)]
pub struct Forms {
    pub scan: Form<ScanPiece>,
    /// The code that is being typed.
    pub code: RwSignal<String>,
    /// What the last scan did.
    pub said: RwSignal<Option<String>>,
    pub keep: Form<KeepLine>,
    /// What is wrong with a line, by its variant, until it is sent again.
    pub wrong: RwSignal<HashMap<String, String>>,
    pub figures: Form<HideFigures>,
    pub discard: Form<DiscardCount>,
    pub close: Form<CloseCount>,
    pub reopen: Form<ReopenCount>,
}

/// The wrong lines of a problem: variants and sentences.
fn wrong_lines(problem: &Problem) -> impl Iterator<Item = (String, String)> {
    problem.fields.iter().filter_map(|field| {
        let variant = field.field.strip_prefix("line_")?;
        Some((variant.to_owned(), field.code.message()))
    })
}

/// Sets the forms up, once for the page.
pub fn use_forms(returned: &Option<Returned>) -> Forms {
    let changes = use_changes();
    let scan = use_form::<ScanPiece>(returned);
    let keep = use_form::<KeepLine>(returned);
    let wrong = keep.problem().with_untracked(|problem| problem.iter().flat_map(wrong_lines).collect());
    let forms = Forms {
        scan,
        code: RwSignal::new(scan.value("code", "")),
        said: RwSignal::new(None),
        keep,
        wrong: RwSignal::new(wrong),
        figures: use_form(returned),
        discard: use_form(returned),
        close: use_form(returned),
        reopen: use_form(returned),
    };
    Effect::new(move |_| {
        // The field is emptied when the code is sent, not when the answer is there: the next scan may be typed by then.
        if scan.action.input().with(Option::is_some) {
            forms.code.set(String::new());
        }
    });
    Effect::new(move |_| match scan.action.value().get() {
        Some(Ok(scanned)) => {
            forms.said.set(Some(format!("{}: {} counted.", scanned.name, scanned.counted)));
            changes.note();
        }
        Some(Err(_)) => forms.said.set(None),
        None => {}
    });
    Effect::new(move |_| match keep.action.value().get() {
        Some(Ok(variant)) => {
            forms.wrong.update(|wrong| {
                wrong.remove(&variant);
            });
            changes.note();
        }
        Some(Err(AppError(problem))) => forms.wrong.update(|wrong| wrong.extend(wrong_lines(&problem))),
        None => {}
    });
    Effect::new(move |_| {
        let is_answered = [
            forms.figures.action.value().with(Option::is_some),
            // Refused as well as closed: the figures are other ones than those that are shown.
            forms.close.action.value().with(Option::is_some),
            forms.reopen.action.value().with(Option::is_some),
        ];
        if is_answered.contains(&true) {
            changes.note();
        }
    });
    forms
}

#[cfg(test)]
mod tests {
    use domain::problem::{Check, FieldCode};

    use super::*;

    #[test]
    fn a_wrong_line_is_known_by_its_variant() {
        let mut check = Check::new();
        check.note("line_7", FieldCode::NotANumber);
        check.note("count", FieldCode::NotAChoice);
        let problem = check.problem().expect("two fields are wrong");
        let lines: Vec<_> = wrong_lines(&problem).collect();
        assert_eq!(lines, [("7".to_owned(), "Write a whole number.".to_owned())]);
    }
}
