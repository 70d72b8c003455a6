//! Adding a tag to many rows, or removing it from them, whatever the rows are.

use std::{collections::HashMap, marker::PhantomData};

use domain::{
    problem::FieldCode,
    text::{self, fold},
};
use uuid::Uuid;

use super::Edit;
use crate::{Result, database::Write};

/// The longest tag, as in the forms of a single row.
const MAX_TAG: u32 = 40;

/// A tag of a row.
pub(crate) struct TagOf {
    pub row: Uuid,
    pub tag: String,
    pub folded: String,
}

/// Where the tags of some kind of rows are.
pub(crate) trait Tags: Send + Sync {
    /// Tags of one row at most.
    const MOST: usize;

    /// Those of some rows that are there.
    fn known(
        write: &Write,
        business_id: Uuid,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<Vec<Uuid>>> + Send;

    /// All tags of some rows.
    fn of(write: &Write, business_id: Uuid, ids: &[Uuid]) -> impl Future<Output = Result<Vec<TagOf>>> + Send;

    /// Takes the tag `folded` from all of `ids`, gives those of `added` theirs, and makes what the rows are found by agree.
    fn replace(
        write: &Write,
        business_id: Uuid,
        ids: &[Uuid],
        folded: &str,
        added: Vec<(Uuid, String)>,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// Adding a tag, or removing it. The state is the tag as the row has it, or nothing.
pub(crate) struct Tagged<T> {
    tag: String,
    wanted: bool,
    rows: PhantomData<T>,
}

impl<T> Tagged<T> {
    /// A tag as it is typed. Tags stand between commas elsewhere, so it has none.
    pub fn read(typed: &str, wanted: bool) -> Result<Self, FieldCode> {
        let tag = text::required(typed, MAX_TAG)?;
        if tag.contains(',') {
            return Err(FieldCode::BadCharacter);
        }
        Ok(Tagged { tag, wanted, rows: PhantomData })
    }
}

impl<T: Tags> Edit for Tagged<T> {
    type State = Option<String>;

    async fn load(
        &self,
        write: &Write,
        business_id: Uuid,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Option<String>)>> {
        let folded = fold(&self.tag);
        let mut counts: HashMap<Uuid, usize> = HashMap::new();
        let mut tagged: HashMap<Uuid, String> = HashMap::new();
        for TagOf { row, tag, folded: known } in T::of(write, business_id, ids).await? {
            *counts.entry(row).or_default() += 1;
            if known == folded {
                tagged.insert(row, tag);
            }
        }
        let known = T::known(write, business_id, ids).await?;
        let states = known.into_iter().filter_map(|id| {
            let tag = tagged.remove(&id);
            // What has all the tags it may have gets no other.
            let has_room = counts.get(&id).copied().unwrap_or_default() < T::MOST;
            (tag.is_some() || !self.wanted || has_room).then_some((id, tag))
        });
        Ok(states.collect())
    }

    fn change(&self, state: &Option<String>) -> Option<String> {
        match (state, self.wanted) {
            (Some(tag), true) => Some(tag.clone()),
            (None, true) => Some(self.tag.clone()),
            (_, false) => None,
        }
    }

    async fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, Option<String>)],
        _: i64,
    ) -> Result<()> {
        let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
        let added = rows.iter().filter_map(|(id, tag)| Some((*id, tag.clone()?))).collect();
        T::replace(write, business_id, &ids, &fold(&self.tag), added).await
    }
}
