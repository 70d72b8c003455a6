//! Members, as others see them.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{Result, entities::member};

/// The names of members who did something. One who has left is still named.
pub(crate) async fn names(
    connection: &impl ConnectionTrait,
    members: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let ids: HashSet<Uuid> = members.into_iter().collect();
    let names: Vec<(Uuid, String)> = member::Entity::find()
        .select_only()
        .columns([member::Column::Id, member::Column::Name])
        .filter(member::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(names.into_iter().collect())
}
