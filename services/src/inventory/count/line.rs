//! Counting one variant: a number typed, or one more with each scan.

use domain::{
    inventory::{
        MAX_QUANTITY,
        count::{Counted, LineForm, Scanned},
    },
    problem::{FieldCode, Problem},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{find_open, moved};
use crate::{
    Result, Services,
    accounts::Actor,
    database::Write,
    entities::{item, stock_count_line, variant},
    error::OrNotFound,
    inventory::{
        find::{self, Found},
        stock::by_hand,
    },
    new_id,
};

/// Keeps what was counted of a variant, or forgets it where the number was emptied. What was counted before is replaced.
pub async fn set(services: &Services, actor: &Actor, form: &LineForm) -> Result<()> {
    actor.must_sell()?;
    let Counted { count_id, variant_id, pieces } = form.parse()?;
    let write = services.database.write_by(actor).await?;
    find_open(&*write, actor, count_id).await?;
    let variant = by_hand::find(&*write, actor.business_id, variant_id).await?;
    match pieces {
        Some(pieces) => store(&write, actor, count_id, &variant, pieces, services.now()).await?,
        None => {
            stock_count_line::Entity::delete_many()
                .filter(stock_count_line::Column::BusinessId.eq(actor.business_id))
                .filter(stock_count_line::Column::CountId.eq(count_id))
                .filter(stock_count_line::Column::VariantId.eq(variant_id))
                .exec(&*write)
                .await?;
        }
    }
    write.commit().await?;
    Ok(())
}

/// Stores a line that is counted at this moment.
async fn store(
    write: &Write,
    actor: &Actor,
    count_id: Uuid,
    variant: &variant::Model,
    pieces: i64,
    now: i64,
) -> Result<()> {
    use stock_count_line::Column::{CountId, Counted, CountedAt, MemberId, Moved, Unsure, VariantId};
    let moved = moved(&**write, actor.business_id, &[variant.id]).await?;
    let line = stock_count_line::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        count_id: Set(count_id),
        variant_id: Set(variant.id),
        counted: Set(pieces),
        moved: Set(moved.get(&variant.id).copied().unwrap_or_default()),
        unsure: Set(false),
        member_id: Set(actor.member_id),
        counted_at: Set(now),
    };
    stock_count_line::Entity::insert(line)
        .on_conflict(
            OnConflict::columns([CountId, VariantId])
                .update_columns([Counted, Moved, Unsure, MemberId, CountedAt])
                .to_owned(),
        )
        .exec_without_returning(&**write)
        .await?;
    Ok(())
}

/// Adds one piece of what a scanned code means. The moment of the first scan counts for the line: which of the pieces that
/// came or went between two scans had been scanned is not known, so such a line is marked to be counted again.
///
/// # Errors
/// The code means nothing, or an item of several variants.
pub async fn scan(services: &Services, actor: &Actor, count_id: Uuid, code: &str) -> Result<Scanned> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    find_open(&*write, actor, count_id).await?;
    let variant = match find::find(&*write, actor.business_id, code).await? {
        Found::Variant(variant) => *variant,
        Found::Item(_) => return Err(Problem::field("code", FieldCode::SeveralVariants).into()),
        Found::Nothing => return Err(Problem::field("code", FieldCode::UnknownCode).into()),
    };
    let known = stock_count_line::Entity::find()
        .filter(stock_count_line::Column::BusinessId.eq(actor.business_id))
        .filter(stock_count_line::Column::CountId.eq(count_id))
        .filter(stock_count_line::Column::VariantId.eq(variant.id))
        .one(&*write)
        .await?;
    let counted = match known {
        None => {
            store(&write, actor, count_id, &variant, 1, now).await?;
            1
        }
        Some(line) if line.counted >= MAX_QUANTITY => {
            return Err(Problem::field("code", FieldCode::TooMuch(MAX_QUANTITY)).into());
        }
        Some(line) => {
            let moved = moved(&*write, actor.business_id, &[variant.id]).await?;
            let is_stirred = moved.get(&variant.id).copied().unwrap_or_default() != line.moved;
            let (counted, unsure) = (line.counted + 1, line.unsure || is_stirred);
            let mut row = line.into_active_model();
            row.counted = Set(counted);
            row.unsure = Set(unsure);
            row.member_id = Set(actor.member_id);
            row.counted_at = Set(now);
            row.update(&*write).await?;
            counted
        }
    };
    let item = item::Entity::find_by_id(variant.item_id)
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .one(&*write)
        .await?
        .or_not_found()?;
    write.commit().await?;
    let name = [item.code, item.title, variant.name].join(" ");
    Ok(Scanned { name: name.trim_end().to_owned(), counted })
}
