//! What a text demands that a seller typed or confirmed, and carrying it out.

use domain::sales::{CatalogItem, ClaimKind, ReadComment};
use uuid::Uuid;

use super::allot::{Allotment, Demand};

/// One demand, by stored variants.
pub(super) struct Wanted {
    pub kind: ClaimKind,
    /// One; all that the item has where it is let go without saying of which.
    pub variants: Vec<Uuid>,
    /// Pieces.
    pub quantity: u32,
}

/// What became of demands.
pub(super) enum CarriedOut {
    /// The first of them, by its variant and its pieces.
    Done { variant_id: Uuid, quantity: u32 },
    /// Nothing may be committed: a person must say what is meant.
    Unclear(String),
    /// There were none.
    Nothing,
}

/// What a comment demands.
pub(super) fn of(comment: &ReadComment, items: &[CatalogItem]) -> Vec<Wanted> {
    let wanted = comment.claims.iter().filter_map(|claim| {
        let item = items.get(claim.item as usize)?;
        let variants = match claim.kind {
            ClaimKind::CancelItem => item.variants.iter().map(|variant| variant.id).collect(),
            _ => vec![item.variants.get(claim.variant as usize)?.id],
        };
        Some(Wanted { kind: claim.kind, variants, quantity: claim.quantity })
    });
    wanted.collect()
}

/// Carries out what a buyer demands. The rules for buyers do not bind a seller.
pub(super) fn carry_out(
    allotment: &mut Allotment<'_>,
    customer_id: Uuid,
    comment_id: Option<Uuid>,
    wanted: &[Wanted],
) -> CarriedOut {
    let mut first = CarriedOut::Nothing;
    for Wanted { kind, variants, quantity } in wanted {
        let (Some(named), quantity) = (variants.first().copied(), *quantity) else { continue };
        let demand = Demand { comment_id, customer_id, variant_id: named, quantity };
        let variant_id = match kind {
            ClaimKind::Claim => {
                allotment.claim(&demand);
                named
            }
            ClaimKind::Next => {
                allotment.queue(&demand);
                named
            }
            ClaimKind::Cancel => {
                allotment.cancel(customer_id, named, comment_id);
                named
            }
            ClaimKind::Reduce => {
                allotment.reduce(customer_id, named, quantity, comment_id);
                named
            }
            ClaimKind::CancelItem => match allotment.only_one(customer_id, variants) {
                Ok(only) => {
                    allotment.cancel(customer_id, only, comment_id);
                    only
                }
                Err(objection) => return CarriedOut::Unclear(objection.in_words()),
            },
        };
        if matches!(first, CarriedOut::Nothing) {
            first = CarriedOut::Done { variant_id, quantity };
        }
    }
    first
}
