//! Going through all rows and telling what would become of each; and then doing it.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use domain::transfer::{Columns, ImportState, Mapping, ResultKind};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set, prelude::Expr};
use uuid::Uuid;

use super::{
    Importer,
    feed::{Batch, Feed},
    find, importer,
    plan::{Done, Reader},
    results::{self, CHECK, DONE},
    seen::{self, Seen},
    state, steps,
    view::first_row,
};
use crate::{
    Result, Services,
    entities::{import, import_chunk, import_result},
    error::stored,
    jobs::Outcome,
};

/// How long a worker stays with one import before others have their turn.
const TURN: Duration = Duration::from_secs(5);

/// The tables that an import may make much larger.
const GROWING: [&str; 11] = [
    "items",
    "variants",
    "aliases",
    "item_tags",
    "stock_movements",
    "customers",
    "handles",
    "customer_addresses",
    "customer_tags",
    "past_sales",
    "import_results",
];
/// An import of fewer rows changes no table much.
const MANY_ROWS: i64 = 1_000;

/// Whether an import has grown past the next power of two of many rows.
fn has_doubled(before: i64, after: i64) -> bool {
    let power = |rows: i64| (rows / MANY_ROWS).checked_ilog2();
    power(before) != power(after)
}

/// What a pass needs of an import.
struct Pass {
    importer: Importer,
    mapping: Mapping,
    columns: Columns,
    names: Vec<String>,
}

impl Pass {
    async fn of(services: &Services, import: &import::Model) -> Result<Pass> {
        let mapping: Mapping = stored(serde_json::from_str(&import.mapping).ok())?;
        Ok(Pass {
            importer: importer(services.database.read(), import).await?,
            columns: Columns::new(&mapping),
            names: results::column_names(&first_row(import), &mapping),
            mapping,
        })
    }

    fn reader<'a>(&'a self, import: &'a import::Model) -> Reader<'a> {
        Reader {
            importer: &self.importer,
            mapping: &self.mapping,
            columns: &self.columns,
            import_id: import.id,
            source: &import.source,
        }
    }
}

/// Whether an import is where this pass left it: in this state, in the same run, at this row. If it is not, another worker
/// has gone on with it, or a person has begun anew.
fn is_at(present: &import::Model, import: &import::Model, at: ImportState, cursor: i64) -> Result<bool> {
    Ok(state(present)? == at && present.run == import.run && present.done == cursor)
}

/// Checks on from the cursor, batch by batch, until the file or the worker's turn ends.
pub(super) async fn check(services: &Services, business_id: Uuid, import: import::Model) -> Result<Outcome> {
    let pass = Pass::of(services, &import).await?;
    let reader = pass.reader(&import);
    let began = Instant::now();
    let mut seen = Seen::of(services.database.read(), &import).await?;
    let mut feed = Feed::new(&import, &pass.mapping, &pass.columns, import.done);
    let mut cursor = import.done;
    while let Some(Batch { things, rows }) = feed.batch(services.database.read()).await? {
        let planned = reader.plan(services.database.read(), things, Some(&mut seen)).await?;
        let told: Vec<Done> = planned.into_iter().map(super::plan::Planned::told).collect();
        let now = services.now();
        let write = services.database.write(business_id).await?;
        if !is_at(&find(&*write, business_id, import.id).await?, &import, ImportState::Checking, cursor)? {
            return Ok(Outcome::Again(now));
        }
        results::store(&write, &import, CHECK, told, &pass.names, rows, now).await?;
        seen.store(&write, &import).await?;
        write.commit().await?;
        cursor += rows;
        if began.elapsed() > TURN {
            return Ok(Outcome::Again(services.now()));
        }
    }
    let write = services.database.write(business_id).await?;
    if is_at(&find(&*write, business_id, import.id).await?, &import, ImportState::Checking, cursor)? {
        seen::forget(&write, &import).await?;
        steps::set_state(&write, services, &import, ImportState::Checked).await?;
        write.commit().await?;
    }
    Ok(Outcome::Done)
}

/// Imports on from the cursor, batch by batch, until the file or the worker's turn ends.
pub(super) async fn carry_out(
    services: &Services,
    business_id: Uuid,
    import: import::Model,
) -> Result<Outcome> {
    let pass = Pass::of(services, &import).await?;
    let reader = pass.reader(&import);
    let began = Instant::now();
    let mut feed = Feed::new(&import, &pass.mapping, &pass.columns, import.done);
    let mut cursor = import.done;
    while let Some(Batch { things, rows }) = feed.batch(services.database.read()).await? {
        let now = services.now();
        let write = services.database.write_by(&pass.importer.actor).await?;
        if !is_at(&find(&*write, business_id, import.id).await?, &import, ImportState::Importing, cursor)? {
            return Ok(Outcome::Again(now));
        }
        let lines = things.iter().filter_map(|thing| thing.first()).map(|row| row.line);
        let (first, last) = (lines.clone().min().unwrap_or_default(), lines.max().unwrap_or_default());
        let refused = results::refused_between(&*write, &import, first, last).await?;
        let refused_lines: HashSet<i64> = refused.iter().map(|result| result.line).collect();
        let taken = things
            .into_iter()
            .filter(|thing| !thing.first().is_some_and(|row| refused_lines.contains(&row.line)))
            .collect();
        let planned = reader.plan(&*write, taken, None).await?;
        let done = reader.carry_out(&write, planned, now).await?;
        results::store(&write, &import, DONE, done, &pass.names, rows, now).await?;
        copy_refused(&write, &import, refused).await?;
        write.commit().await?;
        if has_doubled(cursor, cursor + rows) {
            services.database.gather_statistics(&GROWING).await?;
        }
        cursor += rows;
        if began.elapsed() > TURN {
            return Ok(Outcome::Again(services.now()));
        }
    }
    let write = services.database.write(business_id).await?;
    if is_at(&find(&*write, business_id, import.id).await?, &import, ImportState::Importing, cursor)? {
        results::forget_check(&write, &import).await?;
        // What was in the file is in the tables now.
        import_chunk::Entity::delete_many()
            .filter(import_chunk::Column::BusinessId.eq(business_id))
            .filter(import_chunk::Column::ImportId.eq(import.id))
            .exec(&*write)
            .await?;
        steps::set_state(&write, services, &import, ImportState::Done).await?;
        write.commit().await?;
    }
    Ok(Outcome::Done)
}

/// What the check refused stays refused, and is told among what was done.
async fn copy_refused(
    write: &crate::database::Write,
    import: &import::Model,
    refused: Vec<import_result::Model>,
) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(refused.len()).unwrap_or_default();
    for some in refused.chunks(crate::customers::handles::ROWS_AT_ONCE) {
        let rows = some.iter().map(|result| import_result::ActiveModel {
            id: Set(crate::new_id()),
            business_id: Set(result.business_id),
            import_id: Set(result.import_id),
            pass: Set(DONE.into()),
            kind: Set(ResultKind::Problem.as_str().into()),
            line: Set(result.line),
            label: Set(result.label.clone()),
            problems: Set(result.problems.clone()),
            subject_id: Set(None),
            journal: Set(String::new()),
            undo: Set(String::new()),
        });
        import_result::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    }
    import::Entity::update_many()
        .col_expr(import::Column::Problems, Expr::col(import::Column::Problems).add(count))
        .filter(import::Column::BusinessId.eq(import.business_id))
        .filter(import::Column::Id.eq(import.id))
        .exec(&**write)
        .await?;
    Ok(())
}
