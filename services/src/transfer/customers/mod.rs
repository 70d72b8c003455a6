//! Importing customers: who is there, what the rows make of them, writing them in bulk, and taking it back.

mod identify;
mod remove;
mod store;
mod undo;

use domain::{
    customers::{CustomerForm, CustomerInput},
    problem::FieldCode,
    text::fold,
    transfer::{
        Field, Reason, ResultKind, Row, RowProblem,
        customers::{CustomerDraft, Who, read},
    },
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    plan::{Planned, Reader, Work, too_many_rows},
    seen::Seen,
};
use crate::{Result, customers::phone};

pub(super) use self::{
    identify::{Known, KnownCustomer, with_all},
    remove::remove,
    store::{carry_out, form_of, new_customers},
    undo::undo,
};

/// What is to be written of a customer.
pub(super) struct CustomerWork {
    pub known: Option<KnownCustomer>,
    /// How the customer was before; nothing for a new one.
    pub before: Option<CustomerForm>,
    pub input: CustomerInput,
    pub phone_e164: String,
    /// They are blocked, and were not before.
    pub blocks: bool,
}

/// Keys under which a customer stands once in a file.
fn keys(who: &Who) -> Vec<String> {
    let mut keys: Vec<String> = who
        .handles
        .iter()
        .map(|(platform, handle)| format!("{} {}", platform.as_str(), fold(handle)))
        .collect();
    if !who.email.is_empty() {
        keys.push(format!("email {}", fold(&who.email)));
    }
    if keys.is_empty() {
        keys.push(format!("name {}", fold(&who.name)));
    }
    keys
}

/// Plans some customers.
pub(super) async fn plan(
    reader: &Reader<'_>,
    connection: &impl ConnectionTrait,
    things: Vec<Vec<Row>>,
    mut seen: Option<&mut Seen>,
) -> Result<Vec<Planned>> {
    let country = &reader.importer.country;
    let drafts: Vec<(CustomerDraft, Option<RowProblem>)> =
        things.iter().map(|rows| (read(reader.columns, rows, country), too_many_rows(rows))).collect();
    let known =
        Known::of(connection, reader.importer.actor.business_id, drafts.iter().map(|(draft, _)| &draft.who))
            .await?;
    Ok(drafts
        .into_iter()
        .map(|(draft, too_many)| plan_one(reader, &known, draft, too_many, seen.as_deref_mut()))
        .collect())
}

fn plan_one(
    reader: &Reader<'_>,
    known: &Known,
    draft: CustomerDraft,
    too_many: Option<RowProblem>,
    seen: Option<&mut Seen>,
) -> Planned {
    let label = draft.who.name.clone();
    let refused = |problems| Planned::refused(draft.line, label.clone(), problems);
    let problem = |field: Field, reason: Reason| {
        vec![RowProblem { line: draft.line, column: reader.columns.column(field), reason }]
    };
    let mut problems = draft.problems.clone();
    problems.extend(too_many);
    if !problems.is_empty() {
        return refused(problems);
    }
    if let Some(line) = seen.and_then(|seen| seen.before(&keys(&draft.who), draft.line)) {
        return refused(problem(Field::Email, Reason::Twice(line)));
    }
    let known = match known.customer(&draft.who) {
        Ok(known) => known,
        Err(reason) => return refused(problem(Field::Email, reason)),
    };
    let before = known.as_ref().map(KnownCustomer::form);
    let form = draft.onto(before.clone());
    let input = match form.parse() {
        Ok(input) => input,
        Err(found) => return refused(draft.located(&found, reader.columns)),
    };
    let countries =
        [reader.importer.country.as_str(), known.as_ref().map_or("", |known| known.row.country.as_str())];
    let mut phone_e164 = phone::e164(&input.phone, &countries).unwrap_or_default();
    if phone_e164.is_empty() && !input.phone.is_empty() {
        let is_new = known.as_ref().is_none_or(|known| known.row.phone != input.phone);
        // A number of the country where the customer lives is one as well.
        let home = input.addresses.first().map_or("", |first| first.address.country.as_str());
        match phone::e164(&input.phone, &[home]) {
            Some(number) => phone_e164 = number,
            None if is_new => return refused(problem(Field::Phone, FieldCode::NotAPhone.into())),
            None => {}
        }
    }
    let blocks = draft.blocked && known.as_ref().is_none_or(|known| known.row.blocked_at.is_none());
    let is_same = !blocks && before.as_ref().is_some_and(|before| is_same(before, &input));
    let kind = match known {
        None => ResultKind::Added,
        Some(_) if is_same => ResultKind::Same,
        Some(_) => ResultKind::Changed,
    };
    Planned {
        line: draft.line,
        label: input.name.clone(),
        kind,
        problems: Vec::new(),
        subject_id: known.as_ref().map(|known| known.row.id),
        work: match kind {
            ResultKind::Same => Work::None,
            _ => Work::Customer(Box::new(CustomerWork { known, before, input, phone_e164, blocks })),
        },
        codes: Vec::new(),
    }
}

/// Whether a form says what another says, whichever of its addresses is marked.
fn is_same(before: &CustomerForm, after: &CustomerInput) -> bool {
    let Ok(before) = before.parse() else { return false };
    let places = |input: &CustomerInput| -> Vec<(Option<Uuid>, String, domain::address::PostalAddress)> {
        let of = |one: &domain::customers::AddressInput| (one.id, one.label.clone(), one.address.clone());
        input.addresses.iter().map(of).collect()
    };
    // The first is the one that parcels go to.
    let stays = after.addresses.iter().position(|one| one.is_default).unwrap_or_default() == 0;
    let handles = |input: &CustomerInput| -> Vec<(domain::sales::Platform, String)> {
        input.handles.iter().map(|one| (one.platform, one.handle.clone())).collect()
    };
    stays
        && places(&before) == places(after)
        && handles(&before) == handles(after)
        && (&before.name, &before.email, &before.phone, &before.language, &before.note)
            == (&after.name, &after.email, &after.phone, &after.language, &after.note)
        && (&before.tags, before.tax_exempt, &before.tax_id) == (&after.tags, after.tax_exempt, &after.tax_id)
}
