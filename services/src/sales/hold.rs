//! Holding the claims of a paste.

use std::collections::HashMap;

use domain::{
    problem::Code,
    sales::{
        Catalog, CatalogItem, Claim, CommentOrder, Platform, ReadComment, Reader, Refused, Status,
        corrections::{Corrections, Corrector},
        fingerprints,
        policy::Objection,
        view::Held,
    },
    text::fold,
};
use uuid::Uuid;

use super::{
    catalog::{SaleCatalog, catalog},
    comments::{self, Part, PastedComment},
    judge::Judge,
    sale,
};
use crate::{
    Result, Services,
    accounts::Actor,
    customers::{
        authors::{Author, AuthorKey, Whom, make_customers, recognise},
        buyer::all_named,
    },
    database::Write,
    error::stored,
    new_id,
};

/// Reads a paste and holds its claims by the rules of the sale. Comments that the sale knows already add nothing.
pub async fn hold(services: &Services, actor: &Actor, sale_id: Uuid, paste: String) -> Result<Held> {
    hold_corrected(services, actor, sale_id, paste, Corrections::default()).await
}

/// As [`hold`], with what the seller put right about the reading. The paste is read anew all the same, and what a
/// correction demands is looked up in the catalog and judged by the rules of the sale as if a buyer had written it.
pub async fn hold_corrected(
    services: &Services,
    actor: &Actor,
    sale_id: Uuid,
    paste: String,
    corrections: Corrections,
) -> Result<Held> {
    actor.must_sell()?;
    corrections.check()?;
    // Taken before the catalog is loaded, so that there are not more catalogs in memory than readers: what waits for the write
    // keeps only the items that its paste names.
    let place = services.places.reading.take(actor.business_id).await?;
    let database = services.database.read();
    let sale = sale::find(database, actor, sale_id).await?;
    let settings = sale::settings(database, &sale).await?;
    let SaleCatalog { items, item_ids, .. } = catalog(database, actor, Some(sale_id), services.now()).await?;
    let reading = place.work(move || {
        let reader = Reader::new(Catalog::new(items), &settings);
        read(&reader, &paste, settings.order, &corrections)
            .map(|comments| Pasted::of(comments, reader.catalog().items(), &item_ids))
    });
    let Pasted { comments: pasted, items, item_ids } = reading.await?.map_err(|refused| refused.problem())?;

    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let sale = sale::find(&*write, actor, sale_id).await?;
    if sale.closed_at.is_some() {
        return Err(Code::WrongState.into());
    }
    let platform = stored(Platform::parse(&sale.platform))?;
    let in_paste = pasted.len();
    let known = comments::known_fingerprints(&write, &sale, &pasted).await?;
    let mut new: Vec<PastedComment> =
        pasted.into_iter().filter(|comment| !known.contains(&comment.fingerprint)).collect();

    let mut judge = Judge::begin(&write, &sale, &items, claims_of(&new), now).await?;
    for comment in acting(&mut new) {
        if comment.parts().iter().any(|part| fold(part.buyer).is_empty()) {
            to_review(comment, "Nobody's name stands beside this claim.");
        } else if !judge.knows_all(&comment.read.claims) {
            to_review(comment, "The item was changed while this was read.");
        }
    }
    let contested = judge.contested(claims_of(&new));
    for comment in acting(&mut new).filter(|comment| comment.read.edited) {
        if let Some(objection) = judge.objects_to_edited(&comment.read.claims, &contested) {
            object(comment, vec![objection]);
        }
    }
    let authors = name_authors(&write, actor.business_id, platform, &mut new, now).await?;
    let parts = new.iter().filter(is_acting).flat_map(PastedComment::parts);
    let named = parts.filter(|part| part.is_named).map(|part| part.buyer);
    let named = all_named(&write, actor.business_id, platform, named, now).await?;
    for comment in acting(&mut new) {
        let author = authors.get(comment.author.key()).and_then(Whom::customer);
        let buyer_of = |part: &Part<'_>| {
            if part.is_named { named.get(part.buyer).copied().flatten() } else { author }
        };
        let parts = comment.parts().into_iter().map(|part| Some((buyer_of(&part)?, part.claims)));
        let parts: Option<Vec<(Uuid, Vec<Claim>)>> = parts.collect();
        let Some(parts) = parts else {
            to_review(comment, "Several customers are called so: whom is it for?");
            continue;
        };
        let objections: Vec<(u32, Objection)> = parts
            .iter()
            .flat_map(|(customer_id, claims)| judge.carry_out(comment.id, *customer_id, claims))
            .collect();
        if !objections.is_empty() {
            object(comment, objections);
        }
    }
    comments::store(&write, &sale, in_paste, &new, &item_ids, now).await?;
    let outcome = judge.finish().await?;
    write.commit().await?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(Held {
        new_comments: count(new.len()),
        known_comments: count(in_paste - new.len()),
        held: outcome.held,
        waitlisted: outcome.waitlisted,
        cancelled: outcome.cancelled,
        to_review: count(new.iter().filter(|comment| comment.read.status == Status::Review).count()),
    })
}

/// The comments of a paste, and of the catalog the items that they name.
struct Pasted {
    comments: Vec<PastedComment>,
    items: Vec<CatalogItem>,
    /// The stored items that those stand for, in the same order.
    item_ids: Vec<Uuid>,
}

impl Pasted {
    /// Takes along what the comments name. Their indexes are then those of what was taken.
    fn of(mut comments: Vec<PastedComment>, catalog: &[CatalogItem], ids: &[Uuid]) -> Pasted {
        let mut taken: HashMap<u32, u32> = HashMap::new();
        let (mut items, mut item_ids) = (Vec::new(), Vec::new());
        for index in comments.iter_mut().flat_map(|comment| indexes(&mut comment.read)) {
            let of_catalog = *index;
            if let Some(known) = taken.get(&of_catalog) {
                *index = *known;
                continue;
            }
            let found = catalog.get(of_catalog as usize).zip(ids.get(of_catalog as usize));
            // What the catalog does not have, its part does not have either: it is no longer than the catalog.
            let Some((item, id)) = found else { continue };
            *index = u32::try_from(items.len()).unwrap_or(u32::MAX);
            taken.insert(of_catalog, *index);
            items.push(item.clone());
            item_ids.push(*id);
        }
        Pasted { comments, items, item_ids }
    }
}

/// The indexes of items that a comment names.
fn indexes(read: &mut ReadComment) -> impl Iterator<Item = &mut u32> {
    read.claims.iter_mut().map(|claim| &mut claim.item).chain(&mut read.about)
}

/// Who the authors of new comments are, and how they are shown. Those who claim become customers; whoever only asks or
/// praises is none for it, but is called by the same name as everywhere.
async fn name_authors(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    new: &mut [PastedComment],
    now: i64,
) -> Result<HashMap<AuthorKey, Whom>> {
    let authors = new.iter().map(|comment| &comment.author);
    let mut authors = recognise(write, business_id, platform, authors).await?;
    let buyers = new.iter().filter(is_acting).filter(|comment| comment.buyer.is_none());
    let buyers = buyers.map(|comment| comment.author.key().clone());
    make_customers(write, business_id, platform, &mut authors, buyers, now).await?;
    for comment in new {
        if let Some(whom) = authors.get(comment.author.key()) {
            comment.read.author = comment.author.shown_as(whom);
        }
    }
    Ok(authors)
}

/// The comments of a paste in the order in which they were written, so that who came first is served first. Their ids
/// follow the paste.
fn read(
    reader: &Reader,
    paste: &str,
    order: CommentOrder,
    corrections: &Corrections,
) -> Result<Vec<PastedComment>, Refused> {
    let reading = reader.read(paste)?;
    let corrector = (!corrections.is_empty()).then(|| Corrector::new(reader));
    let read = reading.comments.iter().zip(fingerprints(paste, &reading, order)).zip(0_i64..);
    let mut comments: Vec<Option<PastedComment>> = read
        .map(|((comment, fingerprint), position)| {
            let mut read = reader.in_words(paste, &reading, comment);
            let author = Author::new(&read.author, comment.profile(paste).unwrap_or_default());
            let correction = corrections.of(&fingerprint);
            if let (Some(corrector), Some(correction)) = (&corrector, correction) {
                read = corrector.apply(&read, correction);
            }
            let buyer = correction.and_then(|correction| correction.buyer.clone());
            let split = correction.and_then(|correction| correction.split.clone());
            Some(PastedComment {
                id: new_id(),
                read,
                author,
                fingerprint,
                position,
                flag: None,
                buyer,
                split,
            })
        })
        .collect();
    let first_come = reading.first_come_order(order);
    Ok(first_come.into_iter().filter_map(|index| comments.get_mut(index)?.take()).collect())
}

fn is_acting(comment: &&PastedComment) -> bool {
    comment.read.status == Status::Act
}

fn acting(comments: &mut [PastedComment]) -> impl Iterator<Item = &mut PastedComment> {
    comments.iter_mut().filter(|comment| comment.read.status == Status::Act)
}

/// What all comments that act demand.
fn claims_of(comments: &[PastedComment]) -> impl Iterator<Item = &Claim> {
    comments.iter().filter(is_acting).flat_map(|comment| &comment.read.claims)
}

fn to_review(comment: &mut PastedComment, reason: &str) {
    comment.read.about = comment.read.claims.first().map(|claim| claim.item);
    comment.read.claims.clear();
    comment.read.status = Status::Review;
    comment.read.reason = reason.to_owned();
}

/// Sends a comment to review with what the rules of the sale object to it.
fn object(comment: &mut PastedComment, objections: Vec<(u32, Objection)>) {
    let reasons: Vec<String> = objections.iter().map(|(_, objection)| objection.in_words()).collect();
    to_review(comment, &reasons.join(" "));
    if let Some((item, objection)) = objections.first() {
        comment.read.about = Some(*item);
        comment.flag = Some(objection.flag());
    }
}

#[cfg(test)]
mod tests {
    use domain::sales::{CatalogVariant, ReadSettings};

    use super::*;

    fn item(code: &str) -> CatalogItem {
        let (id, code_of_its_own, name) = (new_id(), String::new(), String::new());
        let variant = CatalogVariant { id, code: code_of_its_own, name, left: 1, price: 0 };
        CatalogItem { code: code.into(), title: String::new(), aliases: Vec::new(), variants: vec![variant] }
    }

    #[test]
    fn only_what_a_paste_names_is_taken_along_of_the_catalog() {
        let catalog = ["A12", "B27", "C3", "D4"].map(item);
        let ids = [0; 4].map(|_| new_id());
        let reader = Reader::new(Catalog::new(catalog.to_vec()), &ReadSettings::default());
        let paste = "Ana Ruiz: sold D4\nKim Lee: sold B27\nMary Jo: sold D4";
        let comments = read(&reader, paste, CommentOrder::OldestFirst, &Corrections::default()).unwrap();
        let Pasted { comments, items, item_ids } = Pasted::of(comments, &catalog, &ids);
        let claims: Vec<u32> = claims_of(&comments).map(|claim| claim.item).collect();
        assert_eq!(claims, [0, 1, 0]);
        let codes: Vec<&str> = items.iter().map(|item| item.code.as_str()).collect();
        assert_eq!((codes, item_ids), (vec!["D4", "B27"], vec![ids[3], ids[1]]));
    }
}
