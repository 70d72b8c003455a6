//! Pictures of items: their files lie in the store, their rows here.
//!
//! A file is written before its row, and outside any write. So that no file is left behind when the program stops between
//! the two, a job that looks after the picture a day later is queued before anything else: it removes the files of a
//! picture that has no row, or whose row was removed a day ago.

use std::collections::HashMap;

use domain::{
    inventory::pictures::{
        ItemPictures, MAX_PICTURES, PictureSize, PictureView, alt, file_name, parse_file_name,
    },
    invoices::WonPicture,
    problem::{Check, FieldCode, Problem},
    time::DAY,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set, prelude::Expr, sea_query::CaseStatement,
};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::{Actor, session::random_token},
    database::Write,
    entities::{claim, item, picture, variant},
    error::OrNotFound,
    jobs::{JobKind, Outcome, queue},
    new_id,
    ports::store::OpenFile,
};

/// How long a removed picture, or files without a row, are kept.
const KEPT_FOR: i64 = DAY;

/// A picture in all its sizes, made safe by whoever decoded it.
pub struct Prepared {
    /// A JPEG for each of [`PictureSize::ALL`], in that order.
    pub files: [Vec<u8>; 3],
    /// Pixels of the full size.
    pub width: u32,
    pub height: u32,
}

/// The folder of a picture's files in the store.
fn folder(business_id: Uuid, picture_id: Uuid) -> String {
    format!("{}/{}", business_id.simple(), picture_id.simple())
}

fn key(business_id: Uuid, picture_id: Uuid, token: &str, size: PictureSize) -> String {
    format!("{}/{}", folder(business_id, picture_id), file_name(token, size))
}

fn of_item(business_id: Uuid, item_id: Uuid) -> sea_orm::Select<picture::Entity> {
    picture::Entity::find()
        .filter(picture::Column::BusinessId.eq(business_id))
        .filter(picture::Column::ItemId.eq(item_id))
        .filter(picture::Column::RemovedAt.is_null())
        .order_by_asc(picture::Column::Position)
        .order_by_asc(picture::Column::Id)
}

async fn find(connection: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<picture::Model> {
    picture::Entity::find_by_id(id)
        .filter(picture::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The pictures of an item, the main one first, and those that can be put back.
pub async fn list(services: &Services, actor: &Actor, item_id: Uuid) -> Result<ItemPictures> {
    let rows = picture::Entity::find()
        .filter(picture::Column::BusinessId.eq(actor.business_id))
        .filter(picture::Column::ItemId.eq(item_id))
        .order_by_asc(picture::Column::Position)
        .order_by_asc(picture::Column::Id)
        .all(services.database.read())
        .await?;
    let (mut removed, shown): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.removed_at.is_some());
    removed.sort_by_key(|row| std::cmp::Reverse(row.removed_at));
    let pixels = |stored: i64| u32::try_from(stored).unwrap_or_default();
    let shown = shown.into_iter().map(|row| PictureView {
        id: row.id,
        token: row.token,
        alt: row.alt,
        width: pixels(row.width),
        height: pixels(row.height),
    });
    Ok(ItemPictures {
        shown: shown.collect(),
        removed: removed.into_iter().take(MAX_PICTURES).map(|row| row.id).collect(),
    })
}

/// The main pictures of some items, by item.
pub(crate) async fn main_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    items: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, WonPicture>> {
    let rows = picture::Entity::find()
        .filter(picture::Column::BusinessId.eq(business_id))
        .filter(picture::Column::ItemId.is_in(items))
        .filter(picture::Column::RemovedAt.is_null())
        // The last one that is put into the map stays, so the main one comes last.
        .order_by_desc(picture::Column::Position)
        .order_by_desc(picture::Column::Id)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.item_id, WonPicture { token: row.token, alt: row.alt })).collect())
}

/// The main pictures of what some claims are about, by claim.
pub(crate) async fn of_claims(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    claims: &[Uuid],
) -> Result<HashMap<Uuid, WonPicture>> {
    let variants: Vec<(Uuid, Uuid)> = claim::Entity::find()
        .select_only()
        .columns([claim::Column::Id, claim::Column::VariantId])
        .filter(claim::Column::BusinessId.eq(business_id))
        .filter(claim::Column::Id.is_in(claims.iter().copied()))
        .into_tuple()
        .all(connection)
        .await?;
    let items: HashMap<Uuid, Uuid> = variant::Entity::find()
        .select_only()
        .columns([variant::Column::Id, variant::Column::ItemId])
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::Id.is_in(variants.iter().map(|(_, variant)| *variant)))
        .into_tuple::<(Uuid, Uuid)>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    let pictures = main_of(connection, business_id, items.values().copied()).await?;
    let picture = |variant: &Uuid| pictures.get(items.get(variant)?).cloned();
    Ok(variants.iter().filter_map(|(claim, variant)| Some((*claim, picture(variant)?))).collect())
}

/// Fails if the item is not there or has all the pictures it may have.
async fn has_room(write: &Write, actor: &Actor, item_id: Uuid) -> Result<()> {
    item::Entity::find_by_id(item_id)
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .one(&**write)
        .await?
        .or_not_found()?;
    let count = of_item(actor.business_id, item_id).count(&**write).await?;
    if count >= MAX_PICTURES as u64 {
        return Err(Problem::field("picture", FieldCode::TooManyPictures(MAX_PICTURES as u32)).into());
    }
    Ok(())
}

/// Adds a picture behind those that an item has.
pub async fn add(services: &Services, actor: &Actor, item_id: Uuid, prepared: Prepared) -> Result<Uuid> {
    actor.must_sell()?;
    let (id, token) = (new_id(), random_token()?);
    let write = services.database.write(actor.business_id).await?;
    has_room(&write, actor, item_id).await?;
    look_after(&write, actor, id, services.now()).await?;
    write.commit().await?;

    for (size, content) in PictureSize::ALL.into_iter().zip(prepared.files) {
        services.store.put(&key(actor.business_id, id, &token, size), content).await?;
    }

    let write = services.database.write(actor.business_id).await?;
    has_room(&write, actor, item_id).await?;
    let last = of_item(actor.business_id, item_id).all(&*write).await?.last().map(|row| row.position);
    let row = picture::ActiveModel {
        id: Set(id),
        business_id: Set(actor.business_id),
        item_id: Set(item_id),
        token: Set(token),
        position: Set(last.map_or(0, |last| last + 1)),
        alt: Set(String::new()),
        width: Set(i64::from(prepared.width)),
        height: Set(i64::from(prepared.height)),
        created_at: Set(services.now()),
        removed_at: Set(None),
    };
    picture::Entity::insert(row).exec_without_returning(&*write).await?;
    write.commit().await?;
    Ok(id)
}

/// Queues the job that looks after a picture once it may be forgotten.
async fn look_after(write: &Write, actor: &Actor, id: Uuid, now: i64) -> Result<()> {
    queue::enqueue(write, actor.business_id, JobKind::ForgetPicture, [id], now + KEPT_FOR).await
}

/// Takes a picture away. It can be put back for a day.
pub async fn remove(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let row = find(&*write, actor, id).await?;
    if row.removed_at.is_some() {
        return Ok(());
    }
    let mut row = row.into_active_model();
    row.removed_at = Set(Some(now));
    row.update(&*write).await?;
    look_after(&write, actor, id, now).await?;
    write.commit().await?;
    Ok(())
}

/// Puts a picture back in its place.
pub async fn restore(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let row = find(&*write, actor, id).await?;
    if row.removed_at.is_none() {
        return Ok(());
    }
    has_room(&write, actor, row.item_id).await?;
    let mut row = row.into_active_model();
    row.removed_at = Set(None);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Moves a picture among those of its item, to the place with this number, or to the end if there are fewer.
pub async fn place(services: &Services, actor: &Actor, id: Uuid, to: u32) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let moved = find(&*write, actor, id).await?;
    let rows = of_item(actor.business_id, moved.item_id).all(&*write).await?;
    let mut order: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let from = order.iter().position(|known| *known == id).or_not_found()?;
    order.remove(from);
    order.insert((to as usize).min(order.len()), id);
    let position = order.iter().zip(0_i64..).fold(CaseStatement::new(), |case, (id, position)| {
        case.case(Expr::col(picture::Column::Id).eq(*id), position)
    });
    let position = Expr::expr(position.finally(Expr::col(picture::Column::Position)));
    picture::Entity::update_many()
        .col_expr(picture::Column::Position, position)
        .filter(picture::Column::BusinessId.eq(actor.business_id))
        .filter(picture::Column::Id.is_in(order))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// Sets the words that stand in for a picture.
pub async fn describe(services: &Services, actor: &Actor, id: Uuid, typed: &str) -> Result<()> {
    actor.must_sell()?;
    let mut check = Check::new();
    let words = check.take("alt", alt(typed));
    let words = check.finish(words)?;
    let write = services.database.write(actor.business_id).await?;
    let mut row = find(&*write, actor, id).await?.into_active_model();
    row.alt = Set(words);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Opens the file of a picture for whoever knows its name. A removed picture is not found.
pub async fn open(services: &Services, name: &str) -> Result<OpenFile> {
    let (token, size) = parse_file_name(name).or_not_found()?;
    let row = picture::Entity::find()
        .filter(picture::Column::Token.eq(token))
        .filter(picture::Column::RemovedAt.is_null())
        .one(services.database.read())
        .await?
        .or_not_found()?;
    Ok(services.store.open(&key(row.business_id, row.id, token, size)).await?)
}

/// The job: removes the files of a picture that has no row or was removed long enough ago.
pub(crate) async fn forget(services: &Services, business_id: Uuid, id: Uuid) -> Result<Outcome> {
    let now = services.now();
    let row = picture::Entity::find_by_id(id)
        .filter(picture::Column::BusinessId.eq(business_id))
        .one(services.database.read())
        .await?;
    if let Some(row) = &row {
        match row.removed_at {
            None => return Ok(Outcome::Done),
            Some(removed_at) if removed_at + KEPT_FOR > now => {
                return Ok(Outcome::Again(removed_at + KEPT_FOR));
            }
            Some(_) => {}
        }
    }
    if row.is_some() {
        // The row goes first: a picture that is put back while its files go would be a picture without files.
        let write = services.database.write(business_id).await?;
        let gone = picture::Entity::delete_many()
            .filter(picture::Column::BusinessId.eq(business_id))
            .filter(picture::Column::Id.eq(id))
            .filter(picture::Column::RemovedAt.lte(now - KEPT_FOR))
            .exec(&*write)
            .await?;
        write.commit().await?;
        if gone.rows_affected == 0 {
            return Ok(Outcome::Done);
        }
    }
    let files = services.store.list(&folder(business_id, id)).await.map_err(Error::from)?;
    for file in files {
        services.store.delete(&file).await?;
    }
    Ok(Outcome::Done)
}
