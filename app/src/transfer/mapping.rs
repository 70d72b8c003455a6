//! Choosing what the columns of a file hold.

use domain::{
    transfer::{DateOrder, Field, ImportView, MappingForm, Subject, fields_named},
    weight::WeightUnit,
};
use leptos::prelude::*;

use super::{
    import::step,
    steps::{CheckImport, DiscardImport},
};
use crate::{
    accounts::form_problems::FormProblems,
    form::{Form, Returned, use_form},
    ui::{CheckField, Notice, SelectField, SubmitButton, Tone},
};

/// The form of the columns.
#[component]
pub fn MapColumns(
    view: ImportView,
    returned: Option<Returned>,
    /// Asks for the import's new state.
    again: Callback<()>,
) -> impl IntoView {
    let form = use_form::<CheckImport>(&returned);
    Effect::new(move |_| {
        if let Some(Ok(())) = form.action.value().get() {
            again.run(());
        }
    });
    let id = view.id.to_string();
    let of_form = id.clone();
    let stored = StoredValue::new(view.form.clone());
    let typed = form.value("form[subject]", &view.form.subject);
    let subject = RwSignal::new(typed);
    let columns = StoredValue::new(view.columns);
    let told = match (view.remembered, view.source.as_str()) {
        (true, _) => "These are the columns that you chose for such a file before.".to_owned(),
        (false, "a spreadsheet") => {
            "This is what the columns seem to hold. Correct what is wrong.".to_owned()
        }
        (false, source) => format!("This looks like a file from {source}. Correct what is wrong."),
    };
    let subjects: Vec<(String, String)> =
        Subject::ALL.iter().map(|one| (one.as_str().into(), one.label().into())).collect();
    let missing = move || {
        let problem = form.error("subject").get()?;
        let subject = Subject::parse(&subject.get()).unwrap_or(Subject::Items);
        let names: Vec<String> =
            subject.needs().iter().take(3).map(|field| format!("“{}”", field.label())).collect();
        Some(match problem.as_str() {
            "Please fill this in." => format!("Say which column holds {}.", names.join(" or ")),
            _ => problem,
        })
    };
    let fields = move || {
        let subject = Subject::parse(&subject.get()).unwrap_or(Subject::Items);
        columns_of(form, subject, stored, columns)
    };
    let dates: Vec<(String, String)> =
        DateOrder::ALL.iter().map(|one| (one.as_str().into(), one.label().into())).collect();
    let units: Vec<(String, String)> =
        WeightUnit::ALL.iter().map(|unit| (unit.symbol().into(), unit.label().into())).collect();
    let has_heading = view.form.has_heading == "true";
    let check = match view.rows {
        1 => "Check 1 row".to_owned(),
        rows => format!("Check {rows} rows"),
    };
    view! {
        <div class="stack">
            <Notice tone=Tone::Review text=told />
            <ActionForm action=form.action attr:class="form import-form" attr:novalidate=true>
                <FormProblems form=form />
                <input type="hidden" name="id" value=of_form />
                <SelectField
                    label="What the rows are"
                    name="form[subject]"
                    id="field-subject"
                    options=subjects
                    bind=subject
                    error=Signal::derive(missing)
                />
                <CheckField label="The first row names the columns" name="form[has_heading]" checked=has_heading />
                <fieldset>
                    <legend>"What the columns hold"</legend>
                    <div class="import-columns">{fields}</div>
                </fieldset>
                <div class="form-pair">
                    <SelectField
                        label="Weights without a unit are"
                        name="form[weight_unit]"
                        id="field-weight_unit"
                        options=units
                        value=form.value("form[weight_unit]", &view.form.weight_unit)
                        error=form.error("weight_unit")
                    />
                    <SelectField
                        label="Dates such as 03/04/2026"
                        name="form[dates]"
                        id="field-dates"
                        options=dates
                        value=form.value("form[dates]", &view.form.dates)
                        error=form.error("dates")
                    />
                </div>
                <p class="hint">
                    "An empty cell leaves what is there as it is. What you have already is found by its code, its handle or its e-mail."
                </p>
                <div class="actions">
                    <SubmitButton label=check pending=form.pending() pending_label="One moment…" />
                </div>
            </ActionForm>
            <div class="tools">{step!(DiscardImport, &returned, id, "Throw it away", "quiet", again)}</div>
        </div>
    }
    .into_any()
}

/// A choice for each column, for files about `subject`.
fn columns_of(
    form: Form<CheckImport>,
    subject: Subject,
    stored: StoredValue<MappingForm>,
    columns: StoredValue<Vec<domain::transfer::ColumnView>>,
) -> impl IntoView {
    let columns = columns.get_value();
    let stored = stored.get_value();
    // What was chosen for another subject is guessed anew for this one.
    let chosen: Vec<String> = if stored.subject == subject.as_str() {
        stored.fields
    } else {
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        fields_named(&names, subject)
            .into_iter()
            .map(|field| field.map_or_else(String::new, |field| field.as_str().to_owned()))
            .collect()
    };
    let options: Vec<(String, String)> = std::iter::once((String::new(), "Leave out".to_owned()))
        .chain(subject.fields().iter().map(|field: &Field| (field.as_str().into(), field.label().into())))
        .collect();
    columns
        .into_iter()
        .enumerate()
        .map(|(index, column)| {
            let name = format!("form[fields][{index}]");
            let value = form.value(&name, chosen.get(index).map_or("", String::as_str));
            let samples = column.samples.join(" · ");
            let hint = if samples.is_empty() { "Nothing in the first rows".to_owned() } else { samples };
            view! {
                <SelectField
                    label=column.name
                    hint=hint
                    name=name
                    id=format!("field-fields_{index}")
                    options=options.clone()
                    value=value
                    error=form.error(format!("fields_{index}"))
                />
            }
        })
        .collect_view()
}
