//! The kept rows of an import, in batches of whole things: rows that tell of one item stay together.

use std::collections::VecDeque;

use domain::transfer::{Columns, MAX_ROWS_OF_ONE, Mapping, Row, Subject, customers, items, sales};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::stage::{CHUNK_ROWS, Kept};
use crate::{
    Result,
    entities::{import, import_chunk},
    error::stored,
};

/// Things and rows of one batch at most.
const BATCH_THINGS: usize = 1_000;
const BATCH_ROWS: usize = 2_000;

/// Whole things, and how many rows of the file they and what was passed over before them are.
pub(super) struct Batch {
    pub things: Vec<Vec<Row>>,
    pub rows: i64,
}

/// Reads on from a place in the file.
pub(super) struct Feed<'a> {
    business_id: Uuid,
    import_id: Uuid,
    mapping: &'a Mapping,
    columns: &'a Columns,
    /// The place of the next row to be loaded.
    next: i64,
    loaded: VecDeque<Row>,
    ended: bool,
}

impl<'a> Feed<'a> {
    /// From the row with this place on, counted from 0 with the heading among them.
    pub fn new(import: &import::Model, mapping: &'a Mapping, columns: &'a Columns, from: i64) -> Self {
        let (business_id, import_id) = (import.business_id, import.id);
        Feed { business_id, import_id, mapping, columns, next: from, loaded: VecDeque::new(), ended: false }
    }

    /// The next batch; nothing at the end of the file.
    pub async fn batch(&mut self, connection: &impl ConnectionTrait) -> Result<Option<Batch>> {
        let mut batch = Batch { things: Vec::new(), rows: 0 };
        if self.next == 0 && self.mapping.has_heading && self.loaded.is_empty() {
            self.load(connection).await?;
            self.loaded.pop_front();
            batch.rows = 1;
        }
        let mut taken = 0;
        while batch.things.len() < BATCH_THINGS && taken < BATCH_ROWS {
            let Some((thing, rows)) = self.thing(connection).await? else { break };
            taken += rows;
            batch.rows += i64::try_from(rows).unwrap_or_default();
            batch.things.push(thing);
        }
        Ok((batch.rows > 0).then_some(batch))
    }

    /// The rows of the next thing, and how many it has: of too many, only one more than is read is kept.
    async fn thing(&mut self, connection: &impl ConnectionTrait) -> Result<Option<(Vec<Row>, usize)>> {
        let mut thing: Vec<Row> = Vec::new();
        let mut rows = 0;
        loop {
            if self.loaded.is_empty() && !self.ended {
                self.load(connection).await?;
            }
            let Some(next) = self.loaded.front() else { break };
            if thing.last().is_some_and(|last| !self.is_of_the_same(last, next)) {
                break;
            }
            let row = self.loaded.pop_front();
            rows += 1;
            if thing.len() <= MAX_ROWS_OF_ONE {
                thing.extend(row);
            }
        }
        Ok((!thing.is_empty()).then_some((thing, rows)))
    }

    fn is_of_the_same(&self, row: &Row, next: &Row) -> bool {
        match self.mapping.subject {
            Subject::Items => items::is_of_the_same(self.columns, row, next),
            Subject::Customers => customers::is_of_the_same(self.columns, row, next),
            Subject::Sales => sales::is_of_the_same(self.columns, row, next),
        }
    }

    /// Loads the chunk in which the next row lies.
    async fn load(&mut self, connection: &impl ConnectionTrait) -> Result<()> {
        let chunk_rows = i64::try_from(CHUNK_ROWS).unwrap_or(i64::MAX);
        let chunk = import_chunk::Entity::find()
            .filter(import_chunk::Column::BusinessId.eq(self.business_id))
            .filter(import_chunk::Column::ImportId.eq(self.import_id))
            .filter(import_chunk::Column::First.lte(self.next))
            .filter(import_chunk::Column::First.gt(self.next - chunk_rows))
            .order_by_desc(import_chunk::Column::First)
            .one(connection)
            .await?;
        let Some(chunk) = chunk else {
            self.ended = true;
            return Ok(());
        };
        let kept: Kept = stored(serde_json::from_str(&chunk.rows).ok())?;
        let passed = usize::try_from(self.next - chunk.first).unwrap_or_default();
        self.ended = kept.len() <= passed;
        self.next = chunk.first + i64::try_from(kept.len()).unwrap_or_default();
        self.loaded.extend(kept.into_iter().skip(passed).map(|(line, cells)| Row { line, cells }));
        Ok(())
    }
}
