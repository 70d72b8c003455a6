//! The replies to a sale's comments, for the seller to copy.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
};

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
    customers::{authors::Author, customer::names},
    entities::{claim, comment, handle, item, paste, sale as sales, variant},
    error::stored,
    inventory::variants_of,
};

/// Comments looked through for single replies.
const SHOWN: u64 = 200;
/// Comments of the latest paste that are replied to together.
const MOST_AT_ONCE: u64 = 5_000;

/// The replies of a sale: to its latest comments one by one and to whom claims were given or held by hand, and to all buyers
/// of the latest paste that brought anything. Who is told of a claim is who holds it now.
pub async fn of_sale(services: &Services, actor: &Actor, sale_id: Uuid) -> Result<Replies> {
    let read = services.database.read();
    let sale = sale::find(read, actor, sale_id).await?;
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
    let told = Told::read(read, actor, &sale, newest.iter().chain(&latest)).await?;
    Ok(Replies { lines: told.lines(&newest), more, latest: told.by_buyer(&latest) })
}

/// Comments that can have a reply: they were acted on or wait for a person, and somebody wrote them.
fn answered(select: Select<comment::Entity>) -> Select<comment::Entity> {
    select
        .filter(comment::Column::Status.is_in([Status::Act.as_str(), Status::Review.as_str()]))
        .filter(comment::Column::Author.ne(""))
}

/// Who is told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Whom {
    /// The author of the comment that it is about.
    Author,
    /// The customer to whom it was given, or for whom it was claimed by hand.
    Customer(Uuid),
}

/// What there is to tell, as things stand now.
#[derive(Default)]
struct Told {
    /// By the comment that it is about; nothing for what was claimed by hand. In the order of the comments.
    outcomes: BTreeMap<(Option<Uuid>, Whom), Outcome>,
    /// Which customers the authors of comments are, as far as they hold what they claimed.
    authors: HashMap<Uuid, Uuid>,
    /// When something was claimed by hand last for a customer: the id of the claim.
    by_hand: HashMap<Uuid, Uuid>,
    holders: Holders,
}

impl Told {
    async fn read(
        read: &impl ConnectionTrait,
        actor: &Actor,
        sale: &sales::Model,
        comments: impl Iterator<Item = &comment::Model> + Clone,
    ) -> Result<Told> {
        let comments: HashMap<Uuid, &comment::Model> =
            comments.map(|comment| (comment.id, comment)).collect();
        let of_these = Condition::any()
            .add(claim::Column::CommentId.is_in(comments.keys().copied()))
            .add(claim::Column::LetGoBy.is_in(comments.keys().copied()));
        let of_sale = claim::Entity::find()
            .filter(claim::Column::BusinessId.eq(actor.business_id))
            .filter(claim::Column::SaleId.eq(sale.id));
        let mut claims =
            of_sale.clone().filter(of_these).order_by_asc(claim::Column::Place).all(read).await?;
        // What was let go of by hand, the seller knows; nobody waits for an answer.
        let by_hand = of_sale
            .filter(claim::Column::CommentId.is_null())
            .filter(claim::Column::LetGoBy.is_null())
            .filter(claim::Column::State.ne(ClaimState::Cancelled.as_str()))
            .order_by_desc(claim::Column::Id)
            .limit(SHOWN)
            .all(read)
            .await?;
        claims.extend(by_hand);
        let holders = Holders::read(read, sale, claims.iter().map(|claim| claim.customer_id)).await?;
        let claimed =
            sale::claimed(read, actor.business_id, claims.iter().map(|claim| claim.variant_id)).await?;
        let mut told = Told { holders, ..Told::default() };
        for claim in claims {
            let Some(what) = claimed.get(&claim.variant_id) else { continue };
            let state = stored(ClaimState::parse(&claim.state))?;
            let pieces = pieces(what, claim.quantity);
            // The comment that let go tells it; the one that claimed has nothing to tell any more.
            let about = if state == ClaimState::Cancelled { claim.let_go_by } else { claim.comment_id };
            let comment = about.and_then(|id| comments.get(&id));
            let whom = match comment {
                Some(comment) if told.holders.wrote(claim.customer_id, comment) => {
                    told.authors.insert(comment.id, claim.customer_id);
                    Whom::Author
                }
                Some(_) => Whom::Customer(claim.customer_id),
                // The comment is not among those that are looked through.
                None if about.is_some() => continue,
                None => {
                    let latest = told.by_hand.entry(claim.customer_id).or_insert(claim.id);
                    *latest = Ord::max(*latest, claim.id);
                    Whom::Customer(claim.customer_id)
                }
            };
            let outcome = told.outcomes.entry((about, whom)).or_default();
            let list = match state {
                ClaimState::Held | ClaimState::Invoiced => &mut outcome.got,
                ClaimState::Waitlisted => &mut outcome.waiting,
                ClaimState::Cancelled => &mut outcome.let_go,
                ClaimState::Released => &mut outcome.released,
            };
            add(list, pieces);
        }
        let in_review = comments.into_values().filter(|comment| comment.status == Status::Review.as_str());
        let in_review: Vec<&comment::Model> = in_review.collect();
        let items = items(read, actor, in_review.iter().filter_map(|comment| comment.about_item_id)).await?;
        for comment in in_review {
            let item = comment.about_item_id.and_then(|id| items.get(&id));
            if let Some(ask) = ask(comment, item) {
                told.outcomes.entry((Some(comment.id), Whom::Author)).or_default().asks.push(ask);
            }
        }
        Ok(told)
    }

    /// What is told about a comment, its author first.
    fn about(&self, comment_id: Option<Uuid>) -> impl Iterator<Item = (Whom, &Outcome)> {
        let all = (comment_id, Whom::Author)..=(comment_id, Whom::Customer(Uuid::max()));
        self.outcomes.range(all).map(|((_, whom), outcome)| (*whom, outcome))
    }

    /// The replies one by one, the newest first.
    fn lines(&self, newest: &[comment::Model]) -> Vec<ReplyLine> {
        let mut lines: Vec<(Uuid, ReplyLine)> = Vec::new();
        for comment in newest {
            for (whom, outcome) in self.about(Some(comment.id)) {
                let (author, text) = match whom {
                    Whom::Author => (comment.author.clone(), comment.text.clone()),
                    Whom::Customer(id) => {
                        (self.holders.name(id).to_owned(), format!("{}: {}", comment.author, comment.text))
                    }
                };
                let Some(reply) = outcome.reply(&author) else { continue };
                lines.push((comment.id, ReplyLine { comment_id: Some(comment.id), author, text, reply }));
            }
        }
        for (whom, outcome) in self.about(None) {
            let Whom::Customer(id) = whom else { continue };
            let author = self.holders.name(id).to_owned();
            let Some(reply) = outcome.reply(&author) else { continue };
            let line = ReplyLine { comment_id: None, author, text: String::new(), reply };
            lines.push((self.by_hand.get(&id).copied().unwrap_or_default(), line));
        }
        lines.sort_by_key(|(moment, _)| Reverse(*moment));
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// One reply for each buyer, in the order in which they first wrote or were given something.
    fn by_buyer(&self, comments: &[comment::Model]) -> Vec<String> {
        // One person may have comments of which something is held and others of which nothing is.
        let known: HashMap<String, Uuid> = comments
            .iter()
            .filter_map(|comment| Some((fold(&comment.author), *self.authors.get(&comment.id)?)))
            .collect();
        let mut buyers: Vec<(&str, Outcome)> = Vec::new();
        let mut places: HashMap<(Option<Uuid>, String), usize> = HashMap::new();
        for comment in comments {
            for (whom, outcome) in self.about(Some(comment.id)) {
                let folded = fold(&comment.author);
                let (name, key) = match whom {
                    Whom::Author => match known.get(&folded) {
                        Some(customer) => (comment.author.as_str(), (Some(*customer), String::new())),
                        None => (comment.author.as_str(), (None, folded)),
                    },
                    Whom::Customer(id) => (self.holders.name(id), (Some(id), String::new())),
                };
                let place = *places.entry(key).or_insert(buyers.len());
                match buyers.get_mut(place) {
                    Some((_, known)) => known.join(outcome.clone()),
                    None => buyers.push((name, outcome.clone())),
                }
            }
        }
        buyers.into_iter().filter_map(|(name, outcome)| outcome.reply(name)).collect()
    }
}

/// Those who hold something, and how they are called where the sale is.
#[derive(Default)]
struct Holders {
    names: HashMap<Uuid, String>,
    handles: HashMap<Uuid, Vec<handle::Model>>,
}

impl Holders {
    async fn read(
        read: &impl ConnectionTrait,
        sale: &sales::Model,
        customers: impl IntoIterator<Item = Uuid>,
    ) -> Result<Holders> {
        let ids: HashSet<Uuid> = customers.into_iter().collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut holders = Holders::default();
        for some in ids.chunks(sale::IDS_AT_ONCE) {
            holders.names.extend(names(read, sale.business_id, some.iter().copied()).await?);
            let rows = handle::Entity::find()
                .filter(handle::Column::BusinessId.eq(sale.business_id))
                .filter(handle::Column::Platform.eq(&sale.platform))
                .filter(handle::Column::CustomerId.is_in(some.iter().copied()))
                .order_by_asc(handle::Column::Id)
                .all(read)
                .await?;
            for row in rows {
                holders.handles.entry(row.customer_id).or_default().push(row);
            }
        }
        Ok(holders)
    }

    /// How a customer is called on the platform of the sale.
    fn name(&self, id: Uuid) -> &str {
        let handle = self.handles.get(&id).and_then(|handles| handles.first());
        handle.map_or_else(|| self.names.get(&id).map_or("", String::as_str), |handle| &handle.handle)
    }

    /// Whether a customer is the author of a comment.
    fn wrote(&self, id: Uuid, comment: &comment::Model) -> bool {
        let author = Author::new(&comment.author, &comment.profile);
        match self.handles.get(&id) {
            Some(handles) => handles.iter().any(|handle| author.has(handle)),
            None => self.names.get(&id).is_some_and(|name| fold(name) == fold(&comment.author)),
        }
    }
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
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, (item::Model, Vec<variant::Model>)>> {
    let ids: HashSet<Uuid> = ids.collect();
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
        Some(Flag::WhichLetGo) => Some(Ask::Anything),
        None if variants.len() > 1 => {
            let choices = variants.iter().map(|variant| variant.name.clone()).collect();
            Some(Ask::Choice { item: name(item), choices })
        }
        None => Some(Ask::HowMany { item: name(item) }),
    }
}
