//! Taking a file in: its rows are read once and kept, its columns are guessed.

use std::path::PathBuf;

use domain::{
    text::{fold, tidy},
    transfer::{Field, FileProblem, ImportState, Mapping, Row, guess},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, prelude::Expr};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::file::{self, FileError};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    database::Write,
    entities::{import, import_chunk, import_key, import_result},
    new_id,
    places::Place,
};

/// Rows kept together, and their bytes at most.
pub(super) const CHUNK_ROWS: usize = 500;
const CHUNK_BYTES: usize = 512 * 1024;
/// Chunks written at once.
const CHUNKS_AT_ONCE: usize = 8;
/// Rows shown beside the columns, and looked at to guess them.
const SAMPLE_ROWS: usize = 12;
/// Characters of a sample, of a column's name and of a file's name.
const SAMPLE_CHARACTERS: usize = 60;
const NAME_CHARACTERS: usize = 120;
/// Rows removed by one statement.
const ROWS_FORGOTTEN_AT_ONCE: u64 = 5_000;

/// Some rows as they are stored: the line of each and its cells.
pub(super) type Kept = Vec<(i64, Vec<String>)>;

/// Reads a file that was sent and keeps its rows, at one of the server's places for files. Gives the import, or why the file was
/// refused; then nothing is kept.
pub async fn stage(
    services: &Services,
    actor: &Actor,
    file_name: &str,
    path: PathBuf,
    place: Place,
) -> Result<Result<Uuid, FileProblem>> {
    actor.must_sell()?;
    let id = new_id();
    let now = services.now();
    let name: String = tidy(file_name).chars().take(NAME_CHARACTERS).collect();
    let write = services.database.write(actor.business_id).await?;
    import::Entity::insert(import::ActiveModel {
        id: Set(id),
        business_id: Set(actor.business_id),
        member_id: Set(actor.member_id),
        file_name: Set(if name.is_empty() { "A file without a name".into() } else { name }),
        format: Set(String::new()),
        first_row: Set("[]".into()),
        samples: Set("[]".into()),
        fingerprint: Set(String::new()),
        source: Set("plain".into()),
        remembered: Set(false),
        mapping: Set(String::new()),
        state: Set(ImportState::Reading.as_str().into()),
        rows: Set(0),
        done: Set(0),
        to_do: Set(0),
        added: Set(0),
        changed: Set(0),
        same: Set(0),
        problems: Set(0),
        kept: Set(0),
        run: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
    })
    .exec_without_returning(&*write)
    .await?;
    write.commit().await?;
    let outcome = match keep(services, actor, id, path, place).await? {
        Ok(kept) => finish(services, actor, id, kept).await?,
        Err(problem) => Err(problem),
    };
    if outcome.is_err() {
        let write = services.database.write(actor.business_id).await?;
        forget(&write, actor.business_id, id).await?;
        write.commit().await?;
    }
    Ok(outcome)
}

/// What was read.
struct Table {
    format: String,
    rows: i64,
    first: Vec<String>,
    samples: Vec<Vec<String>>,
}

/// Reads the file on a thread that may block, and stores its rows as they come.
async fn keep(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    path: PathBuf,
    place: Place,
) -> Result<Result<Table, FileProblem>> {
    let (sender, mut receiver) = mpsc::channel::<(i64, String)>(CHUNKS_AT_ONCE);
    let reading = tokio::spawn(place.work(move || read(&path, &sender)));
    let mut first = receiver.recv().await;
    while let Some(chunk) = first {
        let mut rows = vec![chunk];
        while rows.len() < CHUNKS_AT_ONCE
            && let Ok(chunk) = receiver.try_recv()
        {
            rows.push(chunk);
        }
        let write = services.database.write(actor.business_id).await?;
        import_chunk::Entity::insert_many(rows.into_iter().map(|(first, rows)| import_chunk::ActiveModel {
            id: Set(new_id()),
            business_id: Set(actor.business_id),
            import_id: Set(id),
            first: Set(first),
            rows: Set(rows),
        }))
        .exec_without_returning(&*write)
        .await?;
        write.commit().await?;
        first = receiver.recv().await;
    }
    match reading.await {
        Ok(Ok(Ok(table))) => Ok(Ok(table)),
        Ok(Ok(Err(FileError::Problem(problem)))) => Ok(Err(problem)),
        Ok(Ok(Err(FileError::Io(error)))) => {
            tracing::error!(%error, "a file that was sent cannot be read");
            Err(Error::Fault("a file that was sent cannot be read"))
        }
        // What reads workbooks stumbled over this one.
        Ok(Err(_)) | Err(_) => Ok(Err(FileProblem::BrokenWorkbook)),
    }
}

fn read(path: &std::path::Path, sender: &mpsc::Sender<(i64, String)>) -> Result<Table, FileError> {
    let mut table = Table { format: String::new(), rows: 0, first: Vec::new(), samples: Vec::new() };
    let mut chunk: Kept = Vec::with_capacity(CHUNK_ROWS);
    let mut bytes = 0;
    let send = |chunk: &mut Kept, before: i64| -> bool {
        let rows = serde_json::to_string(&std::mem::take(chunk)).unwrap_or_default();
        sender.blocking_send((before, rows)).is_ok()
    };
    let mut sink = |Row { line, cells }: Row| -> bool {
        match table.rows {
            0 => table.first.clone_from(&cells),
            _ if table.samples.len() < SAMPLE_ROWS => table.samples.push(cells.clone()),
            _ => {}
        }
        table.rows += 1;
        bytes += cells.iter().map(String::len).sum::<usize>();
        chunk.push((line, cells));
        if chunk.len() < CHUNK_ROWS && bytes < CHUNK_BYTES {
            return true;
        }
        bytes = 0;
        let before = table.rows - i64::try_from(chunk.len()).unwrap_or_default();
        send(&mut chunk, before)
    };
    let format = file::read(path, &mut sink)?;
    if !chunk.is_empty() {
        let before = table.rows - i64::try_from(chunk.len()).unwrap_or_default();
        send(&mut chunk, before);
    }
    table.format = format;
    Ok(table)
}

/// Guesses the columns, as they were chosen for such a file before if one is known.
async fn finish(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    table: Table,
) -> Result<Result<Uuid, FileProblem>> {
    // A column may have no name; but where only some rows are longer than the first one, these are torn.
    let longer = table.samples.iter().filter(|row| row.len() > table.first.len()).count();
    let width = match longer * 2 > table.samples.len() {
        true => table.samples.iter().map(Vec::len).max().unwrap_or_default(),
        false => table.first.len(),
    };
    let mut first = table.first;
    first.resize(width, String::new());
    let guess = guess(&first, &table.samples, actor.weight_unit);
    if guess.mapping.has_heading && table.rows < 2 {
        return Ok(Err(FileProblem::NoRows));
    }
    let fingerprint = fingerprint(&first, guess.mapping.has_heading);
    let remembered = remembered(services, actor, &fingerprint, width).await?;
    let is_remembered = remembered.is_some();
    let mapping = remembered.unwrap_or(guess.mapping);
    let json = |value: &serde_json::Value| value.to_string();
    let short = |row: &Vec<String>| -> Vec<String> {
        row.iter().map(|cell| tidy(cell).chars().take(SAMPLE_CHARACTERS).collect()).collect()
    };
    let samples: Vec<Vec<String>> = table.samples.iter().map(short).collect();
    let write = services.database.write(actor.business_id).await?;
    import::Entity::update_many()
        .col_expr(import::Column::Format, Expr::value(table.format))
        .col_expr(import::Column::FirstRow, Expr::value(json(&short(&first).into())))
        .col_expr(import::Column::Samples, Expr::value(json(&serde_json::json!(samples))))
        .col_expr(import::Column::Fingerprint, Expr::value(fingerprint))
        .col_expr(import::Column::Source, Expr::value(guess.source.as_str()))
        .col_expr(import::Column::Remembered, Expr::value(is_remembered))
        .col_expr(import::Column::Mapping, Expr::value(mapping_text(&mapping)?))
        .col_expr(import::Column::State, Expr::value(ImportState::Mapping.as_str()))
        .col_expr(import::Column::Rows, Expr::value(table.rows))
        .col_expr(import::Column::UpdatedAt, Expr::value(services.now()))
        .filter(import::Column::BusinessId.eq(actor.business_id))
        .filter(import::Column::Id.eq(id))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(Ok(id))
}

pub(super) fn mapping_text(mapping: &Mapping) -> Result<String> {
    serde_json::to_string(mapping).map_err(|_| Error::Fault("a mapping that is no text"))
}

/// What tells files of one source apart from others: the names of the columns, or that there are none and how many.
fn fingerprint(first: &[String], has_heading: bool) -> String {
    let names: Vec<String> = match has_heading {
        true => first.iter().map(|name| fold(name)).collect(),
        false => vec![format!("{} columns without a heading", first.len())],
    };
    hex::encode(&Sha256::digest(names.join("\u{1F}"))[..16])
}

/// The mapping with which a file of this fingerprint was imported last.
async fn remembered(
    services: &Services,
    actor: &Actor,
    fingerprint: &str,
    width: usize,
) -> Result<Option<Mapping>> {
    let confirmed = [ImportState::Mapping, ImportState::Reading].map(ImportState::as_str);
    let known: Option<String> = import::Entity::find()
        .select_only()
        .column(import::Column::Mapping)
        .filter(import::Column::BusinessId.eq(actor.business_id))
        .filter(import::Column::Fingerprint.eq(fingerprint))
        .filter(import::Column::State.is_not_in(confirmed))
        .order_by_desc(import::Column::Id)
        .limit(1)
        .into_tuple()
        .one(services.database.read())
        .await?;
    // A mapping of another version may name fields that are gone; then it is guessed anew.
    let mapping: Option<Mapping> = known.and_then(|known| serde_json::from_str(&known).ok());
    Ok(mapping.filter(|mapping| {
        let is_known =
            |field: &Option<Field>| field.is_none_or(|field| mapping.subject.fields().contains(&field));
        mapping.fields.len() == width && mapping.fields.iter().all(is_known)
    }))
}

/// Removes everything that is kept of an import.
pub(super) async fn forget(write: &Write, business_id: Uuid, id: Uuid) -> Result<()> {
    while !forget_some(write, business_id, id, ROWS_FORGOTTEN_AT_ONCE).await? {}
    Ok(())
}

/// Removes so many rows of what is kept of an import, and the import itself once nothing else is left. Tells whether it is
/// gone.
pub(crate) async fn forget_some(write: &Write, business_id: Uuid, id: Uuid, rows: u64) -> Result<bool> {
    let results: Vec<Uuid> = import_result::Entity::find()
        .select_only()
        .column(import_result::Column::Id)
        .filter(import_result::Column::BusinessId.eq(business_id))
        .filter(import_result::Column::ImportId.eq(id))
        .limit(rows)
        .into_tuple()
        .all(&**write)
        .await?;
    if !results.is_empty() {
        import_result::Entity::delete_many()
            .filter(import_result::Column::BusinessId.eq(business_id))
            .filter(import_result::Column::Id.is_in(results))
            .exec(&**write)
            .await?;
        return Ok(false);
    }
    // Chunks are a few hundred at most, and keys fewer.
    import_key::Entity::delete_many()
        .filter(import_key::Column::BusinessId.eq(business_id))
        .filter(import_key::Column::ImportId.eq(id))
        .exec(&**write)
        .await?;
    import_chunk::Entity::delete_many()
        .filter(import_chunk::Column::BusinessId.eq(business_id))
        .filter(import_chunk::Column::ImportId.eq(id))
        .exec(&**write)
        .await?;
    import::Entity::delete_many()
        .filter(import::Column::BusinessId.eq(business_id))
        .filter(import::Column::Id.eq(id))
        .exec(&**write)
        .await?;
    Ok(true)
}
