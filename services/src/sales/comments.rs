//! Storing the comments of a paste.

use std::collections::HashSet;

use domain::sales::{
    Claim, ReadComment,
    corrections::SplitOff,
    known::{Known, MOST_KNOWN},
    policy::Flag,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::{
    Result, Services,
    accounts::Actor,
    customers::{authors::Author, handles::ROWS_AT_ONCE},
    database::Write,
    entities::{comment, paste, sale},
    new_id,
};

/// A comment as read, with what is stored beside it.
pub(crate) struct PastedComment {
    pub id: Uuid,
    pub read: ReadComment,
    /// Who wrote it.
    pub author: Author,
    /// The same for it in every copy of the stream.
    pub fingerprint: String,
    /// Its place in the paste, the first is 0.
    pub position: i64,
    /// The rule of selling that sent it to review.
    pub flag: Option<Flag>,
    /// For whom the seller said it is, if not for its author: a handle or a name.
    pub buyer: Option<String>,
    /// Pieces of its only claim that the seller gave to somebody else.
    pub split: Option<SplitOff>,
}

/// What one buyer gets of a comment.
pub(crate) struct Part<'comment> {
    pub buyer: &'comment str,
    /// Whether the seller named the buyer; otherwise it is the comment's author.
    pub is_named: bool,
    pub claims: Vec<Claim>,
}

impl PastedComment {
    /// Who gets what of it: one buyer all, unless the seller split it.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let claims = self.read.claims.clone();
        let (buyer, is_named) = match &self.buyer {
            Some(buyer) => (buyer.as_str(), true),
            None => (self.read.author.as_str(), false),
        };
        let (Some(split), [claim]) = (&self.split, claims.as_slice()) else {
            return vec![Part { buyer, is_named, claims }];
        };
        if claim.kind.lets_go() {
            return vec![Part { buyer, is_named, claims }];
        }
        let given = Ord::min(split.pieces, claim.quantity);
        let of = |quantity: u32| vec![Claim { quantity, ..claim.clone() }];
        let mut parts = vec![Part { buyer: &split.buyer, is_named: true, claims: of(given) }];
        if claim.quantity > given {
            parts.insert(0, Part { buyer, is_named, claims: of(claim.quantity - given) });
        }
        parts
    }
}

/// Which of these fingerprints the sale has already.
pub(crate) async fn known_fingerprints(
    write: &Write,
    sale: &sale::Model,
    comments: &[PastedComment],
) -> Result<HashSet<String>> {
    let mut known = HashSet::new();
    for some in comments.chunks(ROWS_AT_ONCE) {
        let found: Vec<String> = comment::Entity::find()
            .select_only()
            .column(comment::Column::Fingerprint)
            .filter(comment::Column::BusinessId.eq(sale.business_id))
            .filter(comment::Column::SaleId.eq(sale.id))
            .filter(comment::Column::Fingerprint.is_in(some.iter().map(|comment| &comment.fingerprint)))
            .into_tuple()
            .all(&**write)
            .await?;
        known.extend(found);
    }
    Ok(known)
}

/// The comments that a sale knows, in short: the newest [`MOST_KNOWN`], as [`Known`] reads them.
pub async fn known(services: &Services, actor: &Actor, sale_id: Uuid) -> Result<String> {
    let read = services.database.read();
    super::sale::find(read, actor, sale_id).await?;
    let fingerprints: Vec<String> = comment::Entity::find()
        .select_only()
        .column(comment::Column::Fingerprint)
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .filter(comment::Column::SaleId.eq(sale_id))
        .order_by_desc(comment::Column::Id)
        .limit(MOST_KNOWN as u64)
        .into_tuple()
        .all(read)
        .await?;
    Ok(Known::write(fingerprints.iter().map(String::as_str)))
}

/// Stores a paste and its new comments.
pub(crate) async fn store(
    write: &Write,
    sale: &sale::Model,
    in_paste: usize,
    new: &[PastedComment],
    items: &[Uuid],
    now: i64,
) -> Result<()> {
    let paste_id = new_id();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let row = paste::ActiveModel {
        id: Set(paste_id),
        business_id: Set(sale.business_id),
        sale_id: Set(sale.id),
        comments: Set(count(in_paste)),
        new_comments: Set(count(new.len())),
        created_at: Set(now),
    };
    paste::Entity::insert(row).exec_without_returning(&**write).await?;
    for some in new.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(|comment| comment::ActiveModel {
            id: Set(comment.id),
            business_id: Set(sale.business_id),
            sale_id: Set(sale.id),
            paste_id: Set(paste_id),
            position: Set(comment.position),
            author: Set(comment.read.author.clone()),
            profile: Set(comment.author.profile().to_owned()),
            text: Set(comment.read.text.clone()),
            fingerprint: Set(comment.fingerprint.clone()),
            status: Set(comment.read.status.as_str().into()),
            reason: Set(comment.read.reason.clone()),
            about_item_id: Set(comment.read.about.and_then(|index| items.get(index as usize).copied())),
            created_at: Set(now),
            edited: Set(comment.read.edited),
            flag: Set(comment.flag.map_or("", Flag::as_str).into()),
        });
        comment::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    }
    Ok(())
}
