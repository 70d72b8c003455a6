//! Views of lists that a business keeps under a name.

use domain::{
    lists::{ListName, MAX_VIEWS, SavedView, is_view_query, view_name},
    problem::{Check, Code, FieldCode, Problem},
    text::fold,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use crate::{Result, Services, accounts::Actor, entities::saved_view, error::OrNotFound, new_id};

/// The views of a list, in the order in which they were made.
pub(crate) async fn of_list(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    list: ListName,
) -> Result<Vec<SavedView>> {
    let rows: Vec<(Uuid, String, String)> = saved_view::Entity::find()
        .select_only()
        .columns([saved_view::Column::Id, saved_view::Column::Name, saved_view::Column::Query])
        .filter(saved_view::Column::BusinessId.eq(business_id))
        .filter(saved_view::Column::List.eq(list.as_str()))
        .filter(saved_view::Column::RemovedAt.is_null())
        .order_by_asc(saved_view::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|(id, name, query)| SavedView { id, name, query }).collect())
}

/// Keeps a view. A name that another view of the list has is taken.
pub async fn save(
    services: &Services,
    actor: &Actor,
    list: ListName,
    name: &str,
    query: &str,
) -> Result<Uuid> {
    let mut check = Check::new();
    let name = check.take("name", view_name(name));
    let name = check.finish(name)?;
    if !is_view_query(query) {
        return Err(Code::TooLarge.into());
    }
    let write = services.database.write(actor.business_id).await?;
    let known = of_list(&*write, actor.business_id, list).await?;
    if known.len() >= MAX_VIEWS {
        return Err(Problem::field("name", FieldCode::TooMuch(MAX_VIEWS as i64)).into());
    }
    let folded = fold(&name);
    if known.iter().any(|view| fold(&view.name) == folded) {
        return Err(Problem::field("name", FieldCode::Taken).into());
    }
    let row = saved_view::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        list: Set(list.as_str().into()),
        name: Set(name),
        name_folded: Set(folded),
        query: Set(query.to_owned()),
        created_at: Set(services.now()),
        removed_at: Set(None),
    };
    let row = row.insert(&*write).await?;
    write.commit().await?;
    Ok(row.id)
}

/// Takes a view away, or puts it back.
pub async fn remove(services: &Services, actor: &Actor, id: Uuid, removed: bool) -> Result<()> {
    let write = services.database.write(actor.business_id).await?;
    let mut row = saved_view::Entity::find_by_id(id)
        .filter(saved_view::Column::BusinessId.eq(actor.business_id))
        .one(&*write)
        .await?
        .or_not_found()?
        .into_active_model();
    row.removed_at = Set(removed.then(|| services.now()));
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}
