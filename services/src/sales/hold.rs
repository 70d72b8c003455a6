//! Holding the claims of a paste.

use std::collections::HashSet;

use domain::{
    problem::Code,
    sales::{
        Catalog, ClaimKind, CommentOrder, Platform, ReadComment, Reader, Refused, Status, fingerprints,
        view::Held,
    },
    text::fold,
};
use tokio::task;
use uuid::Uuid;

use super::{
    allot::{Allotment, Demand},
    comments::{self, PastedComment},
    sale,
};
use crate::{Error, Result, Services, accounts::Actor, customers::handles::customers_of, error::stored};

/// Reads a paste and holds its claims. Comments that the sale knows already add nothing.
pub async fn hold(services: &Services, actor: &Actor, sale_id: Uuid, paste: String) -> Result<Held> {
    actor.must_sell()?;
    let database = services.database.read();
    let settings = sale::settings(&sale::find(database, actor, sale_id).await?)?;
    let sale::SaleCatalog { items, item_ids } = sale::catalog(database, actor).await?;
    let (mut pasted, items) = task::spawn_blocking(move || {
        let reader = Reader::new(Catalog::new(items), &settings);
        Pasted::read(&reader, &paste, settings.order)
            .map(|pasted| (pasted, reader.catalog().items().to_vec()))
    })
    .await
    .map_err(|_| Error::Fault("reading was interrupted"))?
    .map_err(|refused| refused.problem())?;
    send_nameless_to_review(&mut pasted);

    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let sale = sale::find(&*write, actor, sale_id).await?;
    if sale.closed_at.is_some() {
        return Err(Code::WrongState.into());
    }
    let platform = stored(Platform::parse(&sale.platform))?;
    let known = comments::known_fingerprints(&write, &sale, &pasted.comments).await?;
    let is_new = |comment: &PastedComment| !known.contains(&comment.fingerprint);
    let variant_of = |claim: &domain::sales::Claim| {
        items
            .get(claim.item as usize)
            .and_then(|item| item.variants.get(claim.variant as usize))
            .map(|variant| variant.id)
    };
    let variants: HashSet<Uuid> = pasted
        .comments
        .iter()
        .filter(|comment| is_new(comment))
        .flat_map(|comment| comment.read.claims.iter().filter_map(variant_of))
        .collect();
    let mut allotment = Allotment::begin(&write, &sale, variants, now).await?;
    for comment in pasted.comments.iter_mut().filter(|comment| !known.contains(&comment.fingerprint)) {
        let gone = comment
            .read
            .claims
            .iter()
            .any(|claim| variant_of(claim).is_none_or(|variant| !allotment.can_be_claimed(variant)));
        if comment.read.status == Status::Act && gone {
            to_review(&mut comment.read, "The item was changed while this was read.");
        }
    }
    let new: Vec<&PastedComment> = pasted.comments.iter().filter(|comment| is_new(comment)).collect();
    let acting = || new.iter().map(|comment| &comment.read).filter(|read| read.status == Status::Act);
    let authors = acting().map(|read| read.author.as_str());
    let customers = customers_of(&write, actor.business_id, platform, authors, now).await?;
    let ids = comments::store(&write, &sale, pasted.comments.len(), &new, &item_ids, now).await?;
    let id_of: std::collections::HashMap<&str, Uuid> =
        new.iter().zip(&ids).map(|(comment, id)| (comment.fingerprint.as_str(), *id)).collect();

    for comment in pasted.first_come() {
        let Some(comment_id) = id_of.get(comment.fingerprint.as_str()) else { continue };
        let Some(customer_id) = customers.get(&fold(&comment.read.author)) else { continue };
        if comment.read.status != Status::Act {
            continue;
        }
        for claim in &comment.read.claims {
            let Some(variant_id) = variant_of(claim) else { continue };
            let demand = Demand {
                comment_id: Some(*comment_id),
                customer_id: *customer_id,
                variant_id,
                quantity: claim.quantity,
            };
            match claim.kind {
                ClaimKind::Claim => allotment.claim(&demand),
                ClaimKind::Next => allotment.queue(&demand),
                ClaimKind::Cancel => allotment.cancel(*customer_id, variant_id),
            }
        }
    }
    let outcome = allotment.finish().await?;
    write.commit().await?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(Held {
        new_comments: count(new.len()),
        known_comments: count(pasted.comments.len() - new.len()),
        held: outcome.held,
        waitlisted: outcome.waitlisted,
        cancelled: outcome.cancelled,
        to_review: count(new.iter().filter(|comment| comment.read.status == Status::Review).count()),
    })
}

/// A paste as read, with what tells its comments from those of other pastes.
struct Pasted {
    /// In the order of the paste.
    comments: Vec<PastedComment>,
    /// Indices of the comments in the order in which they were written.
    first_come: Vec<usize>,
}

impl Pasted {
    fn read(reader: &Reader, paste: &str, order: CommentOrder) -> Result<Self, Refused> {
        let reading = reader.read(paste)?;
        let comments = reading.comments.iter().zip(fingerprints(paste, &reading, order));
        let comments = comments.map(|(comment, fingerprint)| PastedComment {
            read: reader.in_words(paste, &reading, comment),
            fingerprint,
        });
        Ok(Pasted { comments: comments.collect(), first_come: reading.first_come_order(order) })
    }

    fn first_come(&self) -> impl Iterator<Item = &PastedComment> {
        self.first_come.iter().filter_map(|index| self.comments.get(*index))
    }
}

/// A claim without a name cannot be billed to anybody.
fn send_nameless_to_review(pasted: &mut Pasted) {
    for comment in &mut pasted.comments {
        if comment.read.status == Status::Act && fold(&comment.read.author).is_empty() {
            to_review(&mut comment.read, "Nobody's name stands beside this claim.");
        }
    }
}

fn to_review(comment: &mut ReadComment, reason: &str) {
    comment.about = comment.claims.first().map(|claim| claim.item);
    comment.claims.clear();
    comment.status = Status::Review;
    comment.reason = reason.to_owned();
}
