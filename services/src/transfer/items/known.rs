//! The items that rows of a file may mean, as they are.

use std::collections::HashMap;

use domain::{
    inventory::ItemForm,
    text::fold,
    transfer::{Reason, items::ItemDraft},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    Result,
    accounts::Actor,
    entities::{item, material, variant},
    inventory::{self, aliases_of, tags_of, variants_of},
};

/// An item with everything that its form shows.
#[derive(Clone)]
pub struct KnownItem {
    pub row: item::Model,
    pub variants: Vec<variant::Model>,
    pub aliases: String,
    pub tags: String,
    pub material: String,
}

impl KnownItem {
    /// Its form as it is.
    pub fn form(&self, actor: &Actor) -> ItemForm {
        inventory::item::form(
            actor,
            self.row.clone(),
            self.material.clone(),
            self.aliases.clone(),
            self.tags.clone(),
            &self.variants,
        )
    }
}

/// What was found with a few queries for many rows.
pub struct Known {
    items: HashMap<Uuid, KnownItem>,
    by_code: HashMap<String, Uuid>,
    /// Items of a title, for rows without a code.
    by_title: HashMap<String, Vec<Uuid>>,
    pub materials: Vec<material::Model>,
}

impl Known {
    /// Finds what some drafts may mean.
    pub async fn of(
        connection: &impl ConnectionTrait,
        actor: &Actor,
        drafts: impl Iterator<Item = &ItemDraft>,
    ) -> Result<Known> {
        let (mut codes, mut titles) = (Vec::new(), Vec::new());
        for draft in drafts {
            match draft.code.as_str() {
                "" => titles.push(draft.title.clone()),
                code => codes.push(fold(code)),
            }
        }
        // Titles have no index, so they are asked for only where a row has no code.
        let mut named = Condition::any().add(item::Column::CodeFolded.is_in(codes));
        if !titles.is_empty() {
            named = named.add(item::Column::Title.is_in(titles));
        }
        let rows = item::Entity::find()
            .filter(item::Column::BusinessId.eq(actor.business_id))
            .filter(named)
            .all(connection)
            .await?;
        let materials = inventory::material::rows(connection, actor.business_id).await?;
        let mut by_code = HashMap::new();
        let mut by_title: HashMap<String, Vec<Uuid>> = HashMap::new();
        for row in &rows {
            by_code.insert(row.code_folded.clone(), row.id);
            by_title.entry(fold(&row.title)).or_default().push(row.id);
        }
        let items = with_all(connection, actor, rows, &materials).await?;
        Ok(Known { items, by_code, by_title, materials })
    }

    /// The item that a draft means, if it is there.
    pub fn item(&self, draft: &ItemDraft) -> Result<Option<KnownItem>, Reason> {
        let id = match draft.code.as_str() {
            "" => match self.by_title.get(&fold(&draft.title)).map_or(&[][..], Vec::as_slice) {
                [] => None,
                [id] => Some(id),
                _ => return Err(Reason::SeveralMeant),
            },
            code => self.by_code.get(&fold(code)),
        };
        Ok(id.and_then(|id| self.items.get(id)).cloned())
    }

    /// A material by its name.
    pub fn material(&self, name: &str) -> Option<&material::Model> {
        let folded = fold(name);
        self.materials.iter().find(|material| material.name_folded == folded)
    }
}

/// Items with everything that their forms show.
pub async fn with_all(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    rows: Vec<item::Model>,
    materials: &[material::Model],
) -> Result<HashMap<Uuid, KnownItem>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut variants = variants_of(connection, actor.business_id, &ids).await?;
    let mut aliases = aliases_of(connection, actor.business_id, &ids).await?;
    let mut tags = tags_of(connection, actor.business_id, &ids).await?;
    let named: HashMap<Uuid, &str> =
        materials.iter().map(|material| (material.id, material.name.as_str())).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = row.id;
            let words = |words: Vec<String>| words.join(", ");
            let known = KnownItem {
                variants: variants.remove(&id).unwrap_or_default(),
                aliases: words(
                    aliases.remove(&id).unwrap_or_default().into_iter().map(|row| row.alias).collect(),
                ),
                tags: words(tags.remove(&id).unwrap_or_default().into_iter().map(|row| row.tag).collect()),
                material: row
                    .material_id
                    .and_then(|id| named.get(&id))
                    .map(|name| (*name).to_owned())
                    .unwrap_or_default(),
                row,
            };
            (id, known)
        })
        .collect())
}
