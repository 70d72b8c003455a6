//! The replies to a sale's comments, for the seller to copy.

use std::collections::{HashMap, HashSet};

use domain::{
    sales::{
        ClaimState, Status,
        policy::Flag,
        reply::{Ask, Outcome, Pieces, Replies, ReplyLine, add},
    },
    text::fold,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::sale::{self, Claimed};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{claim, comment, item, paste, variant},
    error::stored,
    inventory::variants_of,
};

/// Comments looked through for single replies.
const SHOWN: u64 = 200;
/// Comments of the latest paste that are replied to together.
const MOST_AT_ONCE: u64 = 5_000;

/// The replies of a sale: to its latest comments one by one, and to all buyers of the latest paste that brought anything.
pub async fn of_sale(services: &Services, actor: &Actor, sale_id: Uuid) -> Result<Replies> {
    let read = services.database.read();
    sale::find(read, actor, sale_id).await?;
    let of_this = comment::Entity::find()
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .filter(comment::Column::SaleId.eq(sale_id));
    let mut newest =
        answered(of_this.clone()).order_by_desc(comment::Column::Id).limit(SHOWN + 1).all(read).await?;
    let more = newest.len() as u64 > SHOWN;
    newest.truncate(SHOWN as usize);
    let paste: Option<Uuid> = paste::Entity::find()
        .select_only()
        .column(paste::Column::Id)
        .filter(paste::Column::BusinessId.eq(actor.business_id))
        .filter(paste::Column::SaleId.eq(sale_id))
        .filter(paste::Column::NewComments.gt(0))
        .order_by_desc(paste::Column::Id)
        .limit(1)
        .into_tuple()
        .one(read)
        .await?;
    let latest = match paste {
        None => Vec::new(),
        Some(paste_id) => {
            answered(of_this)
                .filter(comment::Column::PasteId.eq(paste_id))
                .order_by_asc(comment::Column::Position)
                .limit(MOST_AT_ONCE)
                .all(read)
                .await?
        }
    };
    let outcomes = outcomes(read, actor, sale_id, newest.iter().chain(&latest)).await?;
    let lines = newest
        .iter()
        .filter_map(|comment| {
            let reply = outcomes.get(&comment.id)?.reply(&comment.author)?;
            let comment::Model { id, author, text, .. } = comment.clone();
            Some(ReplyLine { comment_id: id, author, text, reply })
        })
        .collect();
    Ok(Replies { lines, more, latest: by_buyer(&latest, &outcomes) })
}

/// Comments that can have a reply: they were acted on or wait for a person, and somebody wrote them.
fn answered(select: Select<comment::Entity>) -> Select<comment::Entity> {
    select
        .filter(comment::Column::Status.is_in([Status::Act.as_str(), Status::Review.as_str()]))
        .filter(comment::Column::Author.ne(""))
}

/// One reply for each buyer, in the order in which they first wrote.
fn by_buyer(comments: &[comment::Model], outcomes: &HashMap<Uuid, Outcome>) -> Vec<String> {
    let mut buyers: Vec<(&str, Outcome)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for comment in comments {
        let Some(outcome) = outcomes.get(&comment.id) else { continue };
        let place = *places.entry(fold(&comment.author)).or_insert(buyers.len());
        match buyers.get_mut(place) {
            Some((_, known)) => known.join(outcome.clone()),
            None => buyers.push((&comment.author, outcome.clone())),
        }
    }
    buyers.into_iter().filter_map(|(author, outcome)| outcome.reply(author)).collect()
}

/// What came of some comments, as things stand now.
async fn outcomes(
    read: &impl ConnectionTrait,
    actor: &Actor,
    sale_id: Uuid,
    comments: impl Iterator<Item = &comment::Model> + Clone,
) -> Result<HashMap<Uuid, Outcome>> {
    let ids: HashSet<Uuid> = comments.clone().map(|comment| comment.id).collect();
    let of_these = Condition::any()
        .add(claim::Column::CommentId.is_in(ids.iter().copied()))
        .add(claim::Column::LetGoBy.is_in(ids.iter().copied()));
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::SaleId.eq(sale_id))
        .filter(of_these)
        .order_by_asc(claim::Column::Place)
        .all(read)
        .await?;
    let claimed = sale::claimed(read, actor.business_id, claims.iter().map(|claim| claim.variant_id)).await?;
    let mut outcomes: HashMap<Uuid, Outcome> = HashMap::new();
    for claim in claims {
        let Some(what) = claimed.get(&claim.variant_id) else { continue };
        let state = stored(ClaimState::parse(&claim.state))?;
        let pieces = pieces(what, claim.quantity);
        // The comment that let go tells it; the one that claimed has nothing to tell any more.
        let teller = if state == ClaimState::Cancelled { claim.let_go_by } else { claim.comment_id };
        let Some(comment_id) = teller.filter(|id| ids.contains(id)) else { continue };
        let outcome = outcomes.entry(comment_id).or_default();
        let list = match state {
            ClaimState::Held | ClaimState::Invoiced => &mut outcome.got,
            ClaimState::Waitlisted => &mut outcome.waiting,
            ClaimState::Cancelled => &mut outcome.let_go,
            ClaimState::Released => &mut outcome.released,
        };
        add(list, pieces);
    }
    let in_review: HashMap<Uuid, &comment::Model> = comments
        .filter(|comment| comment.status == Status::Review.as_str())
        .map(|comment| (comment.id, comment))
        .collect();
    let about: HashSet<Uuid> = in_review.values().filter_map(|comment| comment.about_item_id).collect();
    let items = items(read, actor, about).await?;
    for (id, comment) in in_review {
        let item = comment.about_item_id.and_then(|id| items.get(&id));
        if let Some(ask) = ask(comment, item) {
            outcomes.entry(id).or_default().asks.push(ask);
        }
    }
    Ok(outcomes)
}

fn pieces(what: &Claimed, quantity: i64) -> Pieces {
    Pieces {
        code: what.item.code.clone(),
        title: what.item.title.clone(),
        variant: what.variant.name.clone(),
        quantity,
    }
}

/// Some items with their variants.
async fn items(
    read: &impl ConnectionTrait,
    actor: &Actor,
    ids: HashSet<Uuid>,
) -> Result<HashMap<Uuid, (item::Model, Vec<variant::Model>)>> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut variants = variants_of(read, actor.business_id, &ids).await?;
    let rows = item::Entity::find()
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .filter(item::Column::Id.is_in(ids))
        .all(read)
        .await?;
    let with_variants = rows.into_iter().map(|row| {
        let variants = variants.remove(&row.id).unwrap_or_default();
        (row.id, (row, variants))
    });
    Ok(with_variants.collect())
}

/// What to ask or tell about a comment in review. A blocked buyer is told nothing, and of a bill the invoice tells.
fn ask(comment: &comment::Model, item: Option<&(item::Model, Vec<variant::Model>)>) -> Option<Ask> {
    let name = |item: &item::Model| format!("{} {}", item.code, item.title).trim().to_owned();
    let Some((item, variants)) = item else {
        return Flag::parse(&comment.flag).is_none().then_some(Ask::Anything);
    };
    match Flag::parse(&comment.flag) {
        Some(Flag::Blocked | Flag::Billed) => None,
        Some(Flag::OverLimit) => Some(Ask::Limit { item: name(item) }),
        Some(Flag::PutBacksUsed) => Some(Ask::Kept { item: name(item) }),
        Some(Flag::EditedContest) => Some(Ask::Contest { item: name(item) }),
        None if variants.len() > 1 => {
            let choices = variants.iter().map(|variant| variant.name.clone()).collect();
            Some(Ask::Choice { item: name(item), choices })
        }
        None => Some(Ask::HowMany { item: name(item) }),
    }
}
