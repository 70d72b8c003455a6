//! Comments that a person must look at.

use std::collections::HashMap;

use domain::{
    problem::{Code, FieldCode, Problem},
    sales::{
        ClaimKind, Platform, Reader, Status,
        by_hand::{self, ActionKind, read_typed},
        corrections::MAX_RETYPED_CHARACTERS,
        view::{Decided, ReviewLine},
    },
    text,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{
    actions::{Action, record},
    allot::Allotment,
    by_hand::with_reader,
    demands::{self, CarriedOut, Wanted},
    sale,
};
use crate::{
    Result, Services,
    accounts::Actor,
    customers::{
        authors::{Author, Whom, customers_of},
        buyer,
    },
    database::Write,
    entities::{comment, item, sale as sales},
    error::{OrNotFound, stored},
    once::Once,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It claims nothing.
    Ignore,
    /// So many of a variant are taken.
    Claim { variant_id: Uuid, quantity: u32 },
    /// It is read as if this had been written.
    Read(String),
}

/// Carries out a decision for the author of a comment. A comment is decided once.
pub async fn answer(services: &Services, actor: &Actor, comment_id: Uuid, answer: Answer) -> Result<()> {
    decide(services, actor, comment_id, answer, "").await.map(drop)
}

/// Carries out a decision. `buyer` says for whom, by id, handle or name; empty for the author of the comment. A comment
/// is decided once.
pub async fn decide(
    services: &Services,
    actor: &Actor,
    comment_id: Uuid,
    answer: Answer,
    buyer: &str,
) -> Result<Decided> {
    actor.must_sell()?;
    let named = match buyer {
        "" => None,
        typed => Some(by_hand::buyer(typed).map_err(|code| Problem::field("buyer", code))?),
    };
    let wanted = match answer {
        Answer::Ignore => Vec::new(),
        Answer::Claim { variant_id, quantity } if (1..=MAX_QUANTITY).contains(&quantity) => {
            vec![Wanted { kind: ClaimKind::Claim, variants: vec![variant_id], quantity }]
        }
        Answer::Claim { .. } => return Err(Code::NotFound.into()),
        Answer::Read(typed) => {
            let typed = text::required(&typed, MAX_RETYPED_CHARACTERS)
                .map_err(|code| Problem::field("reads", code))?;
            let sale_id = find(services.database.read(), actor, comment_id).await?.sale_id;
            let read = move |reader: &Reader| {
                let read = read_typed(reader, &typed);
                let wanted = demands::of(&read, reader.catalog().items());
                (read, wanted)
            };
            match with_reader(services, actor, sale_id, read).await? {
                (read, wanted) if read.status == Status::Act => wanted,
                (read, _) => return Ok(Decided { unclear: Some(read.reason), action: None }),
            }
        }
    };

    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let comment = find(&*write, actor, comment_id).await?;
    if comment.status != Status::Review.as_str() {
        return Err(Code::WrongState.into());
    }
    let mut action = None;
    if !wanted.is_empty() {
        let sale = sale::find(&*write, actor, comment.sale_id).await?;
        let customer_id = buyer_of(&write, &sale, &comment, named.as_deref(), now).await?;
        let variants: Vec<Uuid> = wanted.iter().flat_map(|wanted| wanted.variants.iter().copied()).collect();
        let mut allotment = Allotment::begin(&write, &sale, variants.iter().copied(), now).await?;
        if !variants.iter().all(|variant_id| allotment.can_be_claimed(*variant_id)) {
            return Err(Code::NotFound.into());
        }
        let carried_out = demands::carry_out(&mut allotment, customer_id, Some(comment_id), &wanted);
        let (variant_id, quantity) = match carried_out {
            CarriedOut::Done { variant_id, quantity } => (variant_id, quantity),
            CarriedOut::Unclear(why) => return Ok(Decided { unclear: Some(why), action: None }),
            CarriedOut::Nothing => return Err(Code::WrongState.into()),
        };
        let changes = allotment.changes();
        allotment.finish().await?;
        let quantity = i64::from(quantity);
        let kind = ActionKind::Answer;
        let once = Once::without_key();
        let done = Action { kind, once, customer_id, variant_id, quantity };
        action = Some(record(&write, actor, &sale, done, &changes, now).await?);
    }
    let mut row = comment.into_active_model();
    row.status = Set(if action.is_some() { Status::Act } else { Status::None }.as_str().into());
    row.update(&*write).await?;
    write.commit().await?;
    Ok(Decided { unclear: None, action })
}

/// For whom a comment is decided.
async fn buyer_of(
    write: &Write,
    sale: &sales::Model,
    comment: &comment::Model,
    named: Option<&str>,
    now: i64,
) -> Result<Uuid> {
    let platform = stored(Platform::parse(&sale.platform))?;
    match named {
        Some(typed) => buyer::named(write, sale.business_id, platform, typed, now).await,
        None => {
            let author = Author::new(&comment.author, &comment.profile);
            let found = customers_of(write, sale.business_id, platform, [&author], now).await?;
            let whom = found.get(author.key());
            match whom {
                Some(Whom::Customer { id, .. }) => Ok(*id),
                Some(Whom::Several) => Err(Problem::field("buyer", FieldCode::NotAChoice).into()),
                // Without a name there is nobody to bill.
                Some(Whom::New { .. }) | None => Err(Code::WrongState.into()),
            }
        }
    }
}

/// Puts a comment that was passed over to review again.
pub async fn look_again(services: &Services, actor: &Actor, comment_id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write_by(actor).await?;
    let comment = find(&*write, actor, comment_id).await?;
    if comment.status != Status::None.as_str() {
        return Err(Code::WrongState.into());
    }
    let mut row = comment.into_active_model();
    row.status = Set(Status::Review.as_str().into());
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

async fn find(connection: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<comment::Model> {
    comment::Entity::find_by_id(id)
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}
