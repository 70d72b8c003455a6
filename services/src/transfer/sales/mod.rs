//! Importing past sales: the record of what a customer bought somewhere else. They move no stock and owe no money.

pub mod list;
mod undo;

use std::collections::HashMap;

use domain::{
    text::{fold, tidy},
    transfer::{
        Field, Reason, ResultKind, Row, RowProblem,
        sales::{SaleDraft, read},
    },
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(super) use self::undo::undo;
use super::{
    customers::{Known, form_of, new_customers},
    plan::{Done, Planned, Reader, Work, to_journal, too_many_rows},
    seen::Seen,
};
use crate::{
    Error, Result, customers::handles::ROWS_AT_ONCE, database::Write, entities::past_sale, new_id, zone::Zone,
};

/// Characters of where something was sold.
const SOURCE_CHARACTERS: usize = 40;

/// What is to be written of a past sale.
pub(super) struct SaleWork {
    pub draft: SaleDraft,
    pub source: String,
    pub known: Option<past_sale::Model>,
    /// Who bought, if they are there.
    pub customer_id: Option<Uuid>,
}

/// How a past sale was before an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SaleJournal {
    /// The moment that the import wrote.
    pub at: i64,
    /// Nothing for a new one.
    pub before: Option<Before>,
    /// The customer that was made for it.
    pub made: Option<Uuid>,
}

/// The facts of a past sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Before {
    pub customer_id: Uuid,
    pub sold_at: i64,
    pub currency: String,
    pub lines: String,
    pub discount: i64,
    pub shipping: i64,
    pub tax: i64,
    pub total: i64,
}

impl Before {
    fn of(row: &past_sale::Model) -> Before {
        Before {
            customer_id: row.customer_id,
            sold_at: row.sold_at,
            currency: row.currency.clone(),
            lines: row.lines.clone(),
            discount: row.discount,
            shipping: row.shipping,
            tax: row.tax,
            total: row.total,
        }
    }
}

/// Plans some past sales.
pub(super) async fn plan(
    reader: &Reader<'_>,
    connection: &impl ConnectionTrait,
    things: Vec<Vec<Row>>,
    mut seen: Option<&mut Seen>,
) -> Result<Vec<Planned>> {
    let actor = &reader.importer.actor;
    let drafts: Vec<(SaleDraft, String, Option<RowProblem>)> = things
        .iter()
        .map(|rows| {
            let draft = read(reader.columns, rows, actor.currency, reader.mapping.dates);
            let named = rows.first().map(|row| reader.columns.text(row, Field::Source)).unwrap_or_default();
            let source = if named.is_empty() { reader.source.to_owned() } else { named };
            (draft, source.chars().take(SOURCE_CHARACTERS).collect(), too_many_rows(rows))
        })
        .collect();
    let whos = Known::of(connection, actor.business_id, drafts.iter().map(|(draft, ..)| &draft.who)).await?;
    let references = drafts.iter().map(|(draft, ..)| fold(&draft.reference));
    let stored: HashMap<(String, String), past_sale::Model> = past_sale::Entity::find()
        .filter(past_sale::Column::BusinessId.eq(actor.business_id))
        .filter(past_sale::Column::ReferenceFolded.is_in(references))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| ((row.source.clone(), row.reference_folded.clone()), row))
        .collect();
    drafts
        .into_iter()
        .map(|(draft, source, too_many)| {
            let known = stored.get(&(source.clone(), fold(&draft.reference))).cloned();
            plan_one(reader, &whos, draft, source, known, too_many, seen.as_deref_mut())
        })
        .collect()
}

fn plan_one(
    reader: &Reader<'_>,
    whos: &Known,
    draft: SaleDraft,
    source: String,
    known: Option<past_sale::Model>,
    too_many: Option<RowProblem>,
    seen: Option<&mut Seen>,
) -> Result<Planned> {
    let label = tidy(&format!("{} {}", draft.reference, draft.who.name));
    let refused = |problems| Ok(Planned::refused(draft.line, label.clone(), problems));
    let problem = |field: Field, reason: Reason| {
        vec![RowProblem { line: draft.line, column: reader.columns.column(field), reason }]
    };
    let mut problems = draft.problems.clone();
    problems.extend(too_many);
    if !problems.is_empty() {
        return refused(problems);
    }
    let key = format!("{source} {}", fold(&draft.reference));
    if let Some(line) = seen.and_then(|seen| seen.before(&[key], draft.line)) {
        return refused(problem(Field::Reference, Reason::Twice(line)));
    }
    let customer_id = match whos.id(&draft.who) {
        Ok(id) => id,
        Err(reason) => return refused(problem(Field::Name, reason)),
    };
    // Who is not there yet is made, so what is told of them must be well formed.
    if customer_id.is_none()
        && let Err(found) = form_of(&draft.who).parse()
        && let Some(first) = found.fields.into_iter().next()
    {
        return refused(problem(Field::Name, first.code.into()));
    }
    let lines = lines_text(&draft)?;
    let is_same = known.as_ref().is_some_and(|row| {
        Some(row.customer_id) == customer_id
            && (row.sold_at, row.currency.as_str(), row.lines == lines)
                == (reader.importer.actor.zone.read(draft.sold_at), draft.currency.code(), true)
            && (row.discount, row.shipping, row.tax, row.total)
                == (draft.discount, draft.shipping, draft.tax, draft.total)
    });
    let kind = match known {
        None => ResultKind::Added,
        Some(_) if is_same => ResultKind::Same,
        Some(_) => ResultKind::Changed,
    };
    Ok(Planned {
        line: draft.line,
        label,
        kind,
        problems: Vec::new(),
        subject_id: customer_id,
        work: match kind {
            ResultKind::Same => Work::None,
            _ => Work::Sale(Box::new(SaleWork { draft, source, known, customer_id })),
        },
        codes: Vec::new(),
    })
}

fn lines_text(draft: &SaleDraft) -> Result<String> {
    serde_json::to_string(&draft.lines).map_err(|_| Error::Fault("lines that are no text"))
}

/// Writes what was planned. The subject of a result is the past sale.
pub(super) async fn carry_out(
    reader: &Reader<'_>,
    write: &Write,
    planned: Vec<Planned>,
    now: i64,
) -> Result<Vec<Done>> {
    let business_id = reader.importer.actor.business_id;
    let mut made = make_customers(write, business_id, &planned, now).await?;
    let mut rows = Vec::new();
    let mut done = Vec::with_capacity(planned.len());
    for one in planned {
        let Planned { line, label, kind, problems, work, .. } = one;
        let mut told = Done { line, label, kind, problems, subject_id: None, journal: String::new() };
        if let Work::Sale(work) = work {
            let key = made_key(&work.draft);
            let customer_id = match work.customer_id {
                Some(id) => id,
                None => made.get(&key).map(|(id, _)| *id).ok_or(Error::Fault("a buyer was not made"))?,
            };
            // The customer goes with the first sale that they were made for.
            let is_first =
                |(id, is_told): &mut (Uuid, bool)| (!std::mem::replace(is_told, true)).then_some(*id);
            let of_this =
                if work.customer_id.is_none() { made.get_mut(&key).and_then(is_first) } else { None };
            let id = work.known.as_ref().map_or_else(new_id, |row| row.id);
            told.subject_id = Some(id);
            let before = work.known.as_ref().map(Before::of);
            told.journal = to_journal(&SaleJournal { at: now, before, made: of_this })?;
            rows.push(row(business_id, id, customer_id, &work, &reader.importer.actor.zone, now)?);
        }
        done.push(told);
    }
    store(write, rows).await?;
    Ok(done)
}

/// What makes two unknown buyers of a batch one.
fn made_key(draft: &SaleDraft) -> String {
    let who = &draft.who;
    let handles: Vec<String> = who
        .handles
        .iter()
        .map(|(platform, handle)| format!("{} {}", platform.as_str(), fold(handle)))
        .collect();
    match (who.email.as_str(), handles.is_empty()) {
        ("", true) => format!("name {}", fold(&who.name)),
        ("", false) => handles.join("\n"),
        (email, _) => format!("email {}", fold(email)),
    }
}

/// Makes the customers that are not there yet, each once; gives their ids by what makes them one.
async fn make_customers(
    write: &Write,
    business_id: Uuid,
    planned: &[Planned],
    now: i64,
) -> Result<HashMap<String, (Uuid, bool)>> {
    let mut whos = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    let mut met = std::collections::HashSet::new();
    let mut handles = std::collections::HashSet::new();
    for one in planned {
        let Work::Sale(work) = &one.work else { continue };
        let key = made_key(&work.draft);
        if work.customer_id.is_some() || !met.insert(key.clone()) {
            continue;
        }
        let mut who = work.draft.who.clone();
        // A handle belongs to one customer; the first of the file has it.
        who.handles.retain(|(platform, handle)| handles.insert((*platform, fold(handle))));
        whos.push(who);
        keys.push(key);
    }
    let ids = new_customers(write, business_id, &whos.iter().collect::<Vec<_>>(), now).await?;
    Ok(keys.into_iter().zip(ids.into_iter().map(|id| (id, false))).collect())
}

fn row(
    business_id: Uuid,
    id: Uuid,
    customer_id: Uuid,
    work: &SaleWork,
    zone: &Zone,
    now: i64,
) -> Result<past_sale::ActiveModel> {
    let draft = &work.draft;
    let (reference, created_at) = match &work.known {
        Some(known) => (known.reference.clone(), known.created_at),
        None => (draft.reference.clone(), now),
    };
    Ok(past_sale::ActiveModel {
        id: Set(id),
        business_id: Set(business_id),
        customer_id: Set(customer_id),
        source: Set(work.source.clone()),
        reference_folded: Set(fold(&reference)),
        reference: Set(reference),
        sold_at: Set(zone.read(draft.sold_at)),
        currency: Set(draft.currency.code().into()),
        lines: Set(lines_text(draft)?),
        discount: Set(draft.discount),
        shipping: Set(draft.shipping),
        tax: Set(draft.tax),
        total: Set(draft.total),
        created_at: Set(created_at),
        updated_at: Set(now),
    })
}

/// Adds rows, or changes those that are there.
pub(super) async fn store(write: &Write, rows: Vec<past_sale::ActiveModel>) -> Result<()> {
    use past_sale::Column::{
        Currency, CustomerId, Discount, Id, Lines, Shipping, SoldAt, Tax, Total, UpdatedAt,
    };
    let changed = [CustomerId, SoldAt, Currency, Lines, Discount, Shipping, Tax, Total, UpdatedAt];
    for some in rows.chunks(ROWS_AT_ONCE) {
        past_sale::Entity::insert_many(some.to_vec())
            .on_conflict(OnConflict::column(Id).update_columns(changed).to_owned())
            .exec_without_returning(&**write)
            .await?;
    }
    Ok(())
}

/// A row as it was before.
pub(super) fn restored(row: past_sale::Model, before: Before, now: i64) -> past_sale::ActiveModel {
    past_sale::Model {
        customer_id: before.customer_id,
        sold_at: before.sold_at,
        currency: before.currency,
        lines: before.lines,
        discount: before.discount,
        shipping: before.shipping,
        tax: before.tax,
        total: before.total,
        updated_at: now,
        ..row
    }
    .into_active_model()
    .reset_all()
}
