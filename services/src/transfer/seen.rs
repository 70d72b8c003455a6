//! What a check has met so far, to find what stands in a file twice. It is stored with each batch, so that whoever takes up
//! the check knows it as well.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    database::Write,
    entities::{import, import_key},
    error::stored,
    new_id,
};

/// What a check has met so far.
#[derive(Default)]
pub(super) struct Seen {
    /// Folded keys, each with the line in which it stood first.
    lines: HashMap<String, i64>,
    /// Folded names of materials that the import would make.
    pub materials: HashSet<String>,
    /// What is not stored yet.
    new_lines: Vec<(String, i64)>,
    stored_materials: HashSet<String>,
}

/// What one batch met, as it is stored.
#[derive(Default, Serialize, Deserialize)]
struct Met {
    lines: Vec<(String, i64)>,
    materials: Vec<String>,
}

impl Seen {
    /// What an import's check met before its cursor.
    pub async fn of(connection: &impl ConnectionTrait, import: &import::Model) -> Result<Seen> {
        let batches = import_key::Entity::find()
            .filter(import_key::Column::BusinessId.eq(import.business_id))
            .filter(import_key::Column::ImportId.eq(import.id))
            .order_by_asc(import_key::Column::Id)
            .all(connection)
            .await?;
        let mut seen = Seen::default();
        for batch in batches {
            let met: Met = stored(serde_json::from_str(&batch.keys).ok())?;
            seen.lines.extend(met.lines);
            seen.stored_materials.extend(met.materials);
        }
        seen.materials.clone_from(&seen.stored_materials);
        Ok(seen)
    }

    /// The line in which one of the keys stood before; if none did, they are noted.
    pub fn before(&mut self, keys: &[String], line: i64) -> Option<i64> {
        let known = keys.iter().find_map(|key| self.lines.get(key).copied());
        if known.is_none() {
            self.lines.extend(keys.iter().map(|key| (key.clone(), line)));
            self.new_lines.extend(keys.iter().map(|key| (key.clone(), line)));
        }
        known
    }

    /// Stores what was met since it was stored last, in the write that moves the cursor.
    pub async fn store(&mut self, write: &Write, import: &import::Model) -> Result<()> {
        let materials: Vec<String> = self.materials.difference(&self.stored_materials).cloned().collect();
        self.stored_materials.extend(materials.iter().cloned());
        let met = Met { lines: std::mem::take(&mut self.new_lines), materials };
        let keys = serde_json::to_string(&met).map_err(|_| Error::Fault("keys that are no text"))?;
        import_key::Entity::insert(import_key::ActiveModel {
            id: Set(new_id()),
            business_id: Set(import.business_id),
            import_id: Set(import.id),
            keys: Set(keys),
        })
        .exec_without_returning(&**write)
        .await?;
        Ok(())
    }
}

/// Forgets what was met.
pub(super) async fn forget(write: &Write, import: &import::Model) -> Result<()> {
    import_key::Entity::delete_many()
        .filter(import_key::Column::BusinessId.eq(import.business_id))
        .filter(import_key::Column::ImportId.eq(import.id))
        .exec(&**write)
        .await?;
    Ok(())
}
