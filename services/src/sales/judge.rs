//! What the rules of a sale make of its buyers' comments.

use std::collections::{HashMap, HashSet};

use domain::sales::{
    CatalogItem, CatalogVariant, Claim, ClaimKind, ClaimState,
    policy::{Objection, Repeats, SellingPolicy},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Expr, sea_query::Func};
use uuid::Uuid;

use super::{
    allot::{Allotment, Demand, Outcome},
    policy,
};
use crate::{
    Result,
    database::Write,
    entities::{claim, sale},
    inventory::list::sum_of,
};

/// What is demanded, looked up in the catalog.
struct Wanted<'c> {
    item: &'c CatalogItem,
    variant: &'c CatalogVariant,
    quantity: u32,
    kind: ClaimKind,
}

/// Whose comment it is.
#[derive(Clone, Copy)]
struct Author {
    comment_id: Uuid,
    customer_id: Uuid,
}

/// Carries out comments by the rules of a sale, one after the other, within one write.
pub(crate) struct Judge<'a> {
    policy: SellingPolicy,
    catalog: &'a [CatalogItem],
    allotment: Allotment<'a>,
    /// Pieces that buyers have on invoices from this sale, by buyer and variant.
    billed: HashMap<(Uuid, Uuid), i64>,
    /// How often a buyer let go of held pieces in this sale.
    put_backs: HashMap<Uuid, u32>,
}

impl<'a> Judge<'a> {
    /// Reads what is needed to carry out claims on `items` of the catalog.
    pub async fn begin(
        write: &'a Write,
        sale: &'a sale::Model,
        catalog: &'a [CatalogItem],
        claims: impl Iterator<Item = &Claim>,
        now: i64,
    ) -> Result<Judge<'a>> {
        let policy = policy::of_sale(sale)?;
        let mut variants: HashSet<Uuid> = HashSet::new();
        for claim in claims {
            let Some(item) = catalog.get(claim.item as usize) else { continue };
            match policy.limit_per_buyer {
                // What a buyer has of the item's other variants counts as well, and which of them they have where they let
                // go of the item.
                _ if claim.kind == ClaimKind::CancelItem => {
                    variants.extend(item.variants.iter().map(|variant| variant.id));
                }
                Some(_) => variants.extend(item.variants.iter().map(|variant| variant.id)),
                None => variants.extend(item.variants.get(claim.variant as usize).map(|variant| variant.id)),
            }
        }
        let asks_what_is_billed = policy.limit_per_buyer.is_some() || policy.repeats != Repeats::Add;
        Ok(Judge {
            policy,
            catalog,
            allotment: Allotment::begin(write, sale, variants, now).await?,
            billed: if asks_what_is_billed { billed(write, sale).await? } else { HashMap::new() },
            put_backs: if policy.put_backs.is_some() {
                put_backs(write, sale).await?
            } else {
                HashMap::new()
            },
        })
    }

    /// Whether all that a comment demands can be claimed at all.
    pub fn knows_all(&self, claims: &[Claim]) -> bool {
        claims.iter().all(|claim| {
            if claim.kind == ClaimKind::CancelItem {
                return self.catalog.get(claim.item as usize).is_some();
            }
            self.look_up(claim).is_some_and(|wanted| self.allotment.can_be_claimed(wanted.variant.id))
        })
    }

    /// The variants of which more is wanted than there is, if all these claims are met.
    pub fn contested<'c>(&self, claims: impl Iterator<Item = &'c Claim>) -> HashSet<Uuid> {
        let mut wanted: HashMap<Uuid, i64> = HashMap::new();
        for claim in claims.filter(|claim| !claim.kind.lets_go()) {
            let Some(of) = self.look_up(claim) else { continue };
            *wanted.entry(of.variant.id).or_default() += i64::from(claim.quantity);
        }
        let contested = wanted.into_iter().filter(|(variant_id, pieces)| {
            pieces + self.allotment.waiting(*variant_id) > self.allotment.left(*variant_id)
        });
        contested.map(|(variant_id, _)| variant_id).collect()
    }

    /// Why an edited comment waits for a person: its place among those who want the same is not sure. With the index of
    /// the item in the catalog.
    pub fn objects_to_edited(&self, claims: &[Claim], contested: &HashSet<Uuid>) -> Option<(u32, Objection)> {
        claims.iter().find_map(|claim| {
            let wanted = self.look_up(claim).filter(|wanted| contested.contains(&wanted.variant.id))?;
            Some((claim.item, Objection::EditedContest { code: wanted.item.code.clone() }))
        })
    }

    /// Carries out what a comment demands, as far as the rules allow it. Gives what they object to, with the index of the
    /// item in the catalog.
    pub fn carry_out(
        &mut self,
        comment_id: Uuid,
        customer_id: Uuid,
        claims: &[Claim],
    ) -> Vec<(u32, Objection)> {
        if self.allotment.is_blocked(customer_id) {
            return claims.first().map(|claim| (claim.item, Objection::Blocked)).into_iter().collect();
        }
        let author = Author { comment_id, customer_id };
        let before = self.put_backs.get(&customer_id).copied().unwrap_or_default();
        let mut objections = Vec::new();
        for claim in claims {
            let wanted = match self.look_up_for(author, claim) {
                Ok(Some(wanted)) => wanted,
                Ok(None) => continue,
                Err(objection) => {
                    objections.push((claim.item, objection));
                    continue;
                }
            };
            let objection = match wanted.kind {
                ClaimKind::Cancel | ClaimKind::CancelItem | ClaimKind::Reduce => {
                    self.let_go(author, &wanted, before)
                }
                ClaimKind::Claim | ClaimKind::Next => self.claim(author, &wanted, before),
            };
            objections.extend(objection.map(|objection| (claim.item, objection)));
        }
        objections
    }

    /// What a buyer demands. Which variant they let go of where they do not say it is the one that they have.
    fn look_up_for(&self, author: Author, claim: &Claim) -> Result<Option<Wanted<'a>>, Objection> {
        if claim.kind != ClaimKind::CancelItem {
            return Ok(self.look_up(claim));
        }
        let Some(item) = self.catalog.get(claim.item as usize) else { return Ok(None) };
        let ids: Vec<Uuid> = item.variants.iter().map(|variant| variant.id).collect();
        let only = self.allotment.only_one(author.customer_id, &ids)?;
        let variant = item.variants.iter().find(|variant| variant.id == only);
        Ok(variant.map(|variant| Wanted { item, variant, quantity: claim.quantity, kind: ClaimKind::Cancel }))
    }

    fn look_up(&self, claim: &Claim) -> Option<Wanted<'a>> {
        let item = self.catalog.get(claim.item as usize)?;
        let variant = item.variants.get(claim.variant as usize)?;
        Some(Wanted { item, variant, quantity: claim.quantity, kind: claim.kind })
    }

    fn claim(&mut self, author: Author, wanted: &Wanted<'_>, before: u32) -> Option<Objection> {
        let variant_id = wanted.variant.id;
        let standing = self.allotment.standing(author.customer_id, variant_id);
        let open = standing.held + standing.waiting;
        let known = open + self.billed_of(author.customer_id, variant_id);
        let more = match self.policy.repeats {
            Repeats::Add => wanted.quantity,
            Repeats::Toggle if wanted.kind == ClaimKind::Claim && known > 0 => {
                return match open {
                    0 => Some(Objection::Billed { code: wanted.item.code.clone() }),
                    _ => self.let_go(author, wanted, before),
                };
            }
            // Who queues twice for the same does not mean to leave the line.
            Repeats::Merge | Repeats::Toggle => {
                wanted.quantity.saturating_sub(u32::try_from(known).unwrap_or(u32::MAX))
            }
        };
        let (taken, objection) = self.within_limit(author, wanted, more);
        if taken > 0 {
            let Author { comment_id, customer_id } = author;
            let demand = Demand { comment_id: Some(comment_id), customer_id, variant_id, quantity: taken };
            match wanted.kind {
                ClaimKind::Next => self.allotment.queue(&demand),
                ClaimKind::Claim | ClaimKind::Cancel | ClaimKind::CancelItem | ClaimKind::Reduce => {
                    self.allotment.claim(&demand);
                }
            }
        }
        objection
    }

    /// How many of so many pieces a buyer may have, and what stands against the rest.
    fn within_limit(&self, author: Author, wanted: &Wanted<'_>, more: u32) -> (u32, Option<Objection>) {
        let Some(limit) = self.policy.limit_per_buyer else { return (more, None) };
        let has: i64 = wanted
            .item
            .variants
            .iter()
            .map(|variant| {
                let standing = self.allotment.standing(author.customer_id, variant.id);
                standing.held + standing.waiting + self.billed_of(author.customer_id, variant.id)
            })
            .sum();
        let has = u32::try_from(has).unwrap_or(u32::MAX);
        let taken = Ord::min(more, limit.saturating_sub(has));
        let left_out = more - taken;
        let code = wanted.item.code.clone();
        let objection = Objection::OverLimit { code, limit, taken: has.saturating_add(taken), left_out };
        (taken, (left_out > 0).then_some(objection))
    }

    /// Lets go of what a buyer has of a variant, or of so many pieces of it. However much one comment lets go of that was
    /// held, it is one put-back; `before` says how many there were before this comment.
    fn let_go(&mut self, author: Author, wanted: &Wanted<'_>, before: u32) -> Option<Objection> {
        let Author { comment_id, customer_id } = author;
        let standing = self.allotment.standing(customer_id, wanted.variant.id);
        // Of fewer pieces than all, those that wait are let go of first.
        let holds = standing.held > 0
            && (wanted.kind != ClaimKind::Reduce || i64::from(wanted.quantity) > standing.waiting);
        if let Some(put_backs) = self.policy.put_backs.filter(|put_backs| holds && before >= *put_backs) {
            return Some(Objection::PutBacksUsed { code: wanted.item.code.clone(), put_backs });
        }
        let (variant_id, comment_id) = (wanted.variant.id, Some(comment_id));
        match wanted.kind {
            ClaimKind::Reduce => self.allotment.reduce(customer_id, variant_id, wanted.quantity, comment_id),
            _ => self.allotment.cancel(customer_id, variant_id, comment_id),
        };
        if holds {
            self.put_backs.insert(customer_id, before + 1);
        }
        None
    }

    fn billed_of(&self, customer_id: Uuid, variant_id: Uuid) -> i64 {
        self.billed.get(&(customer_id, variant_id)).copied().unwrap_or_default()
    }

    /// Stores what came of it.
    pub async fn finish(self) -> Result<Outcome> {
        self.allotment.finish().await
    }
}

/// Pieces on invoices from a sale, by buyer and variant.
async fn billed(write: &Write, sale: &sale::Model) -> Result<HashMap<(Uuid, Uuid), i64>> {
    let rows: Vec<(Uuid, Uuid, i64)> = claim::Entity::find()
        .select_only()
        .columns([claim::Column::CustomerId, claim::Column::VariantId])
        .expr_as(sum_of(claim::Column::Quantity), "pieces")
        .filter(claim::Column::BusinessId.eq(sale.business_id))
        .filter(claim::Column::SaleId.eq(sale.id))
        .filter(claim::Column::State.eq(ClaimState::Invoiced.as_str()))
        .group_by(claim::Column::CustomerId)
        .group_by(claim::Column::VariantId)
        .into_tuple()
        .all(&**write)
        .await?;
    Ok(rows.into_iter().map(|(customer, variant, pieces)| ((customer, variant), pieces)).collect())
}

/// How many comments of each buyer let go of held pieces in a sale.
async fn put_backs(write: &Write, sale: &sale::Model) -> Result<HashMap<Uuid, u32>> {
    let rows: Vec<(Uuid, i64)> = claim::Entity::find()
        .select_only()
        .column(claim::Column::CustomerId)
        .expr_as(Expr::expr(Func::count_distinct(Expr::col(claim::Column::LetGoBy))), "comments")
        .filter(claim::Column::BusinessId.eq(sale.business_id))
        .filter(claim::Column::SaleId.eq(sale.id))
        .filter(claim::Column::LetGoBy.is_not_null())
        .filter(claim::Column::HeldAt.is_not_null())
        .group_by(claim::Column::CustomerId)
        .into_tuple()
        .all(&**write)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(customer, times)| (customer, u32::try_from(times).unwrap_or(u32::MAX)))
        .collect())
}
