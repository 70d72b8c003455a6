//! Comments that a person must look at.

use std::collections::HashMap;

use domain::{
    problem::Code,
    sales::{Platform, Status, view::ReviewLine},
    text::fold,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{
    allot::{Allotment, Demand},
    sale,
};
use crate::{
    Result, Services,
    accounts::Actor,
    customers::handles::customers_of,
    entities::{comment, item},
    error::{OrNotFound, stored},
};

/// Comments shown for review at once.
const SHOWN: u64 = 100;
/// The most pieces that one answer claims.
const MAX_QUANTITY: u32 = 999;

/// The comments of a sale that wait for a person, in the order of their pastes.
pub(crate) async fn of_sale(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sale_id: Uuid,
) -> Result<Vec<ReviewLine>> {
    let comments = comment::Entity::find()
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .filter(comment::Column::SaleId.eq(sale_id))
        .filter(comment::Column::Status.eq(Status::Review.as_str()))
        .order_by_asc(comment::Column::Id)
        .limit(SHOWN)
        .all(connection)
        .await?;
    let codes: HashMap<Uuid, String> = item::Entity::find()
        .select_only()
        .columns([item::Column::Id, item::Column::Code])
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .filter(item::Column::Id.is_in(comments.iter().filter_map(|comment| comment.about_item_id)))
        .into_tuple::<(Uuid, String)>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    Ok(comments
        .into_iter()
        .map(|comment| ReviewLine {
            id: comment.id,
            about_code: comment.about_item_id.and_then(|id| codes.get(&id).cloned()).unwrap_or_default(),
            author: comment.author,
            text: comment.text,
            reason: comment.reason,
        })
        .collect())
}

/// What a person decides about a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It claims nothing.
    Ignore,
    /// Its author takes so many of a variant.
    Claim { variant_id: Uuid, quantity: u32 },
}

/// Carries out a decision. A comment is decided once.
pub async fn answer(services: &Services, actor: &Actor, comment_id: Uuid, answer: Answer) -> Result<()> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let comment = comment::Entity::find_by_id(comment_id)
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .one(&*write)
        .await?
        .or_not_found()?;
    if comment.status != Status::Review.as_str() {
        return Err(Code::WrongState.into());
    }
    let status = match answer {
        Answer::Ignore => Status::None,
        Answer::Claim { variant_id, quantity } => {
            let sale = sale::find(&*write, actor, comment.sale_id).await?;
            let platform = stored(Platform::parse(&sale.platform))?;
            let author = comment.author.as_str();
            let customers = customers_of(&write, actor.business_id, platform, [author], now).await?;
            // Without a name there is nobody to bill.
            let customer_id = *customers.get(&fold(author)).ok_or(Code::WrongState)?;
            let mut allotment = Allotment::begin(&write, &sale, [variant_id], now).await?;
            if !allotment.can_be_claimed(variant_id) || !(1..=MAX_QUANTITY).contains(&quantity) {
                return Err(Code::NotFound.into());
            }
            allotment.claim(&Demand { comment_id: Some(comment_id), customer_id, variant_id, quantity });
            allotment.finish().await?;
            Status::Act
        }
    };
    let mut row = comment.into_active_model();
    row.status = Set(status.as_str().into());
    row.reason = Set("Decided by hand.".into());
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}
