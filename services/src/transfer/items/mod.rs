//! Importing items: what is there, what the rows make of it, writing it in bulk, and taking it back.

mod conflicts;
mod known;
mod remove;
mod store;
mod undo;

use std::collections::{HashMap, HashSet};

use domain::{
    inventory::{ItemForm, ItemInput, MAX_MATERIALS},
    problem::FieldCode,
    text::{fold, tidy},
    transfer::{
        Field, Reason, ResultKind, Row, RowProblem, Source,
        items::{ItemDraft, ItemSettings, compared, read},
    },
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    plan::{Planned, Reader, Work, as_problem, of_field, too_many_rows},
    seen::Seen,
};
use crate::{Result, entities::material, inventory::item::stored_price};

use self::known::Known;
pub(super) use self::{
    known::{KnownItem, with_all},
    remove::{remove, remove_materials, remove_variants},
    store::carry_out,
    undo::undo,
};

/// What is to be written of an item.
pub(super) struct ItemWork {
    pub known: Option<KnownItem>,
    /// How it was before; nothing for a new item.
    pub before: Option<ItemForm>,
    pub input: ItemInput,
    pub archived: Option<bool>,
    /// It gets the next code.
    pub needs_code: bool,
}

/// Plans some items.
pub(super) async fn plan(
    reader: &Reader<'_>,
    connection: &impl ConnectionTrait,
    things: Vec<Vec<Row>>,
    seen: Option<&mut Seen>,
) -> Result<Vec<Planned>> {
    let actor = &reader.importer.actor;
    let settings = ItemSettings {
        currency: actor.currency,
        unit: reader.mapping.weight_unit,
        markup: reader.source != Source::SellTrac.as_str(),
    };
    let drafts: Vec<(ItemDraft, Option<RowProblem>)> =
        things.iter().map(|rows| (read(reader.columns, rows, settings), too_many_rows(rows))).collect();
    let known = Known::of(connection, actor, drafts.iter().map(|(draft, _)| draft)).await?;
    let mut planning = Planning { reader, known: &known, seen, materials: HashSet::new() };
    let mut planned = Vec::with_capacity(drafts.len());
    for (draft, too_many) in drafts {
        planned.push(planning.plan(draft, too_many)?);
    }
    conflicts::find(connection, reader, &mut planned).await?;
    Ok(planned)
}

struct Planning<'a, 'b> {
    reader: &'a Reader<'b>,
    known: &'a Known,
    seen: Option<&'a mut Seen>,
    /// Folded names of materials that this batch makes.
    materials: HashSet<String>,
}

impl Planning<'_, '_> {
    fn plan(&mut self, draft: ItemDraft, too_many: Option<RowProblem>) -> Result<Planned> {
        let label = tidy(&format!("{} {}", draft.code, draft.title));
        let refused = |problems| Ok(Planned::refused(draft.line, label.clone(), problems));
        let problem = |field: Field, reason: Reason| {
            vec![RowProblem { line: draft.line, column: self.reader.columns.column(field), reason }]
        };
        if let Some(too_many) = too_many {
            return refused(vec![too_many]);
        }
        if !draft.problems.is_empty() {
            return refused(draft.problems.clone());
        }
        if draft.code.is_empty() && draft.title.is_empty() {
            return refused(problem(Field::Title, Reason::Nameless));
        }
        let key = match draft.code.as_str() {
            "" => format!("title {}", fold(&draft.title)),
            code => fold(code),
        };
        if let Some(line) = self.seen.as_mut().and_then(|seen| seen.before(&[key], draft.line)) {
            let field = if draft.code.is_empty() { Field::Title } else { Field::Code };
            return refused(problem(field, Reason::Twice(line)));
        }
        let known = match self.known.item(&draft) {
            Ok(known) => known,
            Err(reason) => return refused(problem(Field::Title, reason)),
        };
        let actor = &self.reader.importer.actor;
        let before = known.as_ref().map(|known| known.form(actor));
        let form = match draft.onto(before.clone()) {
            Ok(form) => form,
            Err(problem) => return refused(vec![problem]),
        };
        let needs_code = form.code.is_empty();
        let parsed = match needs_code {
            // Any code will do until the next one is known.
            true => ItemForm { code: "X".into(), ..form.clone() }.parse(actor.currency, actor.weight_unit),
            false => form.parse(actor.currency, actor.weight_unit),
        };
        let wrong = |found| {
            Ok(Planned::refused(draft.line, label.clone(), draft.located(&found, self.reader.columns, &form)))
        };
        let input = match parsed {
            Ok(input) => input,
            Err(found) => return wrong(found),
        };
        if let Err(error) = stored_price(actor, &input, self.known.material(&input.material)) {
            return wrong(as_problem(error)?);
        }
        if let Some(held) = known.as_ref().and_then(|known| too_few(known, &input)) {
            return refused(problem(Field::Quantity, Reason::Held(held)));
        }
        if !self.has_room_for(&input.material) {
            return wrong(of_field("material", FieldCode::TooMuch(MAX_MATERIALS as i64)));
        }
        let is_same = before.as_ref().is_some_and(|before| {
            let before = before.parse(actor.currency, actor.weight_unit);
            before.is_ok_and(|before| compared(before) == compared(input.clone()))
        });
        let was_archived = known.as_ref().is_some_and(|known| known.row.archived_at.is_some());
        let archives = draft.archived.filter(|archived| *archived != was_archived);
        let kind = match known {
            None => ResultKind::Added,
            Some(_) if is_same && archives.is_none() => ResultKind::Same,
            Some(_) => ResultKind::Changed,
        };
        let codes = std::iter::once(&input.code)
            .filter(|_| !needs_code)
            .chain(input.variants.iter().map(|variant| &variant.code))
            .filter(|code| !code.is_empty())
            .map(|code| fold(code))
            .collect();
        Ok(Planned {
            line: draft.line,
            label: tidy(&format!("{} {}", form.code, form.title)),
            kind,
            problems: Vec::new(),
            subject_id: known.as_ref().map(|known| known.row.id),
            work: match kind {
                ResultKind::Same => Work::None,
                _ => Work::Item(Box::new(ItemWork { known, before, input, archived: archives, needs_code })),
            },
            codes,
        })
    }

    /// Whether the item's material is there or can be made.
    fn has_room_for(&mut self, material: &str) -> bool {
        if material.is_empty() || self.known.material(material).is_some() {
            return true;
        }
        let new = match &mut self.seen {
            Some(seen) => &mut seen.materials,
            None => &mut self.materials,
        };
        new.insert(fold(material));
        // Those that an earlier batch made are among the known ones by now, or among these.
        let known = self.known.materials.iter().filter(|known| !new.contains(&known.name_folded)).count();
        known + new.len() <= usize::try_from(MAX_MATERIALS).unwrap_or(usize::MAX)
    }
}

/// The pieces held of a variant that would have fewer.
fn too_few(known: &KnownItem, input: &ItemInput) -> Option<i64> {
    input.variants.iter().find_map(|variant| {
        let row = known.variants.iter().find(|row| Some(row.id) == variant.id)?;
        (variant.quantity < row.held).then_some(row.held)
    })
}

/// Materials by their folded names.
type Materials = HashMap<String, material::Model>;

/// Ids of rows by what they belong to.
type Ids = Vec<Uuid>;
