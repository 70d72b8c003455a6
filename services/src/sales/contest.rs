//! Who came first for a variant in a sale.

use std::collections::HashMap;

use domain::sales::{
    ClaimState, CommentOrder,
    contest::{Contest, ContestLine, Sureness},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::sale;
use crate::{
    Result, Services,
    accounts::Actor,
    customers::customer::names,
    entities::{claim, comment},
    error::{OrNotFound, stored},
    inventory::list::sum_of,
};

/// Claims shown at once.
const SHOWN: u64 = 200;

/// The claims on a variant in the order in which they came, and how sure that order is.
pub async fn view(services: &Services, actor: &Actor, sale_id: Uuid, variant_id: Uuid) -> Result<Contest> {
    let read = services.database.read();
    let sale = sale::find(read, actor, sale_id).await?;
    let order = stored(CommentOrder::parse(&sale.comment_order))?;
    let what =
        sale::claimed(read, actor.business_id, [variant_id]).await?.remove(&variant_id).or_not_found()?;
    let of_variant = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::SaleId.eq(sale_id))
        .filter(claim::Column::VariantId.eq(variant_id));
    let waiting: Option<i64> = of_variant
        .clone()
        .select_only()
        .expr_as(sum_of(claim::Column::Quantity), "pieces")
        .filter(claim::Column::State.eq(ClaimState::Waitlisted.as_str()))
        .into_tuple()
        .one(read)
        .await?;
    let mut claims = of_variant
        .order_by_asc(claim::Column::Place)
        .order_by_asc(claim::Column::Id)
        .limit(SHOWN + 1)
        .all(read)
        .await?;
    let more = claims.len() as u64 > SHOWN;
    claims.truncate(SHOWN as usize);
    let comments: HashMap<Uuid, comment::Model> = comment::Entity::find()
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .filter(comment::Column::Id.is_in(claims.iter().filter_map(|claim| claim.comment_id)))
        .all(read)
        .await?
        .into_iter()
        .map(|comment| (comment.id, comment))
        .collect();
    let names = names(read, actor.business_id, claims.iter().map(|claim| claim.customer_id)).await?;
    let lines = claims
        .into_iter()
        .map(|claim| {
            let comment = claim.comment_id.and_then(|id| comments.get(&id));
            let (text, came, sureness) = match comment {
                Some(comment) => (
                    comment.text.clone(),
                    format!(
                        "Comment {} of the paste of {}",
                        comment.position + 1,
                        actor.zone.date_and_time(comment.created_at)
                    ),
                    Sureness::of(comment.edited, order),
                ),
                None => {
                    let came = format!("By hand, {}", actor.zone.date_and_time(claim.created_at));
                    (String::new(), came, Sureness::Sure)
                }
            };
            Ok(ContestLine {
                claim_id: claim.id,
                customer_id: claim.customer_id,
                customer_name: names.get(&claim.customer_id).cloned().unwrap_or_default(),
                quantity: claim.quantity,
                state: stored(ClaimState::parse(&claim.state))?,
                text,
                came,
                sureness,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Contest {
        code: what.item.code,
        title: what.item.title,
        variant: what.variant.name,
        on_hand: what.variant.on_hand,
        left: what.variant.on_hand - what.variant.held,
        waiting: waiting.unwrap_or_default(),
        lines,
        more,
    })
}
