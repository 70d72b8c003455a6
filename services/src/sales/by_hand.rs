//! What a seller does to claims by hand. Each gives the id of the action, by which it can be undone: see
//! [`super::actions`].

use domain::{
    problem::{Code, FieldCode, Problem},
    sales::{
        Catalog, ClaimState, Platform, Reader, Status,
        by_hand::{
            ActionKind, HandClaim, HandClaimForm, HandClaimed, HandLineForm, Split, SplitForm, buyer,
            read_typed, split_line,
        },
    },
};
use uuid::Uuid;

use super::{
    actions::{Action, came_to, done_already, record},
    allot::Allotment,
    catalog::catalog,
    claims,
    demands::{self, CarriedOut},
    sale,
};
use crate::{
    Result, Services,
    accounts::Actor,
    customers::buyer::named,
    database::Write,
    entities::{claim as claim_rows, sale as sales},
    error::stored,
    once::Once,
};

/// Claims by hand what the seller typed as a buyer would have written it. The rules for buyers do not bind a seller.
pub async fn claim(
    services: &Services,
    actor: &Actor,
    sale_id: Uuid,
    form: &HandClaimForm,
) -> Result<HandClaimed> {
    actor.must_sell()?;
    let HandClaim { buyer, text, key } = form.parse()?;
    let once = Once::new(key, [sale_id.as_bytes().as_slice(), buyer.as_bytes(), text.as_bytes()]);
    claim_typed(services, actor, sale_id, once, move |_| Some((buyer, text))).await
}

/// As [`claim`], with the buyer at the beginning of the line: `@ana A12 7 x2`.
pub async fn claim_line(
    services: &Services,
    actor: &Actor,
    sale_id: Uuid,
    form: &HandLineForm,
) -> Result<HandClaimed> {
    actor.must_sell()?;
    let (line, key) = form.parse()?;
    let once = Once::new(key, [sale_id.as_bytes().as_slice(), line.as_bytes()]);
    claim_typed(services, actor, sale_id, once, move |reader| split_line(reader, &line)).await
}

/// Claims what `typed` makes of the reader: a buyer and a text.
async fn claim_typed(
    services: &Services,
    actor: &Actor,
    sale_id: Uuid,
    once: Once,
    typed: impl FnOnce(&Reader) -> Option<(String, String)> + Send + 'static,
) -> Result<HandClaimed> {
    let read = with_reader(services, actor, sale_id, move |reader| {
        let (buyer, text) = typed(reader)?;
        let comment = read_typed(reader, &text);
        let wanted = demands::of(&comment, reader.catalog().items());
        Some((buyer, comment, wanted))
    })
    .await?;
    let unclear = |why: &str| Ok(HandClaimed { unclear: Some(why.to_owned()), ..HandClaimed::default() });
    let Some((typed, comment, wanted)) = read else {
        return unclear("Write who it is for first, such as @ana A12 x2 or Ana Ruiz: A12 x2.");
    };
    match comment.status {
        Status::Act => {}
        Status::None => return unclear("This claims nothing: write a code and how many, such as A12 x2."),
        Status::Review => return unclear(&comment.reason),
    }
    let buyer = buyer(&typed).map_err(|code| Problem::field("buyer", code))?;

    let now = services.now();
    let write = services.database.write_by(actor).await?;
    if let Some(changes) = done_already(&write, actor, &once).await? {
        return Ok(HandClaimed { action: once.key, ..came_to(&changes) });
    }
    let sale = sale::find(&*write, actor, sale_id).await?;
    if sale.closed_at.is_some() {
        return Err(Code::WrongState.into());
    }
    let customer_id = customer(&write, &sale, &buyer, now).await?;
    let variants: Vec<Uuid> = wanted.iter().flat_map(|wanted| wanted.variants.iter().copied()).collect();
    let mut allotment = Allotment::begin(&write, &sale, variants.iter().copied(), now).await?;
    if !variants.iter().all(|variant_id| allotment.can_be_claimed(*variant_id)) {
        return Err(Code::WrongState.into());
    }
    let (variant_id, quantity) = match demands::carry_out(&mut allotment, customer_id, None, &wanted) {
        CarriedOut::Done { variant_id, quantity } => (variant_id, quantity),
        CarriedOut::Unclear(why) => return unclear(&why),
        CarriedOut::Nothing => return Err(Code::WrongState.into()),
    };
    let changes = allotment.changes();
    allotment.finish().await?;
    let mut claimed = came_to(&changes);
    if !changes.is_empty() {
        let quantity = i64::from(quantity);
        let action = Action { kind: ActionKind::Claim, once, customer_id, variant_id, quantity };
        claimed.action = Some(record(&write, actor, &sale, action, &changes, now).await?);
    }
    write.commit().await?;
    Ok(claimed)
}

/// Does something with the reader of a sale, off the threads that serve. The catalog goes with the place: whatever is needed
/// of it later is taken out by the work.
pub(super) async fn with_reader<T: Send + 'static>(
    services: &Services,
    actor: &Actor,
    sale_id: Uuid,
    work: impl FnOnce(&Reader) -> T + Send + 'static,
) -> Result<T> {
    let place = services.places.reading.take(actor.business_id).await?;
    let read = services.database.read();
    let sale = sale::find(read, actor, sale_id).await?;
    let settings = sale::settings(read, &sale).await?;
    let items = catalog(read, actor, Some(sale_id), services.now()).await?.items;
    place
        .work(move || {
            let reader = Reader::new(Catalog::new(items), &settings);
            work(&reader)
        })
        .await
}

async fn customer(write: &Write, sale: &sales::Model, typed: &str, now: i64) -> Result<Uuid> {
    let platform = stored(Platform::parse(&sale.platform))?;
    named(write, sale.business_id, platform, typed, now).await
}

/// A claim that can still be changed, with its sale.
async fn open_claim(write: &Write, actor: &Actor, id: Uuid) -> Result<(claim_rows::Model, sales::Model)> {
    let claim = claims::find(&**write, actor, id).await?;
    match stored(ClaimState::parse(&claim.state))? {
        ClaimState::Held | ClaimState::Waitlisted => {}
        ClaimState::Cancelled | ClaimState::Invoiced | ClaimState::Released => {
            return Err(Code::WrongState.into());
        }
    }
    let sale = sale::find(&**write, actor, claim.sale_id).await?;
    Ok((claim, sale))
}

/// Stores an allotment and how to undo it.
async fn finish(
    write: &Write,
    actor: &Actor,
    sale: &sales::Model,
    mut allotment: Allotment<'_>,
    action: Action,
    now: i64,
) -> Result<Uuid> {
    let changes = allotment.changes();
    allotment.finish().await?;
    record(write, actor, sale, action, &changes, now).await
}

/// Lets go of a claim that is not billed yet. What it held goes to those who wait.
pub async fn cancel(services: &Services, actor: &Actor, claim_id: Uuid) -> Result<Uuid> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let (claim, sale) = open_claim(&write, actor, claim_id).await?;
    let mut allotment = Allotment::begin(&write, &sale, [claim.variant_id], now).await?;
    allotment.cancel_claim(claim_id);
    let action = finish(&write, actor, &sale, allotment, about(ActionKind::Cancel, &claim), now).await?;
    write.commit().await?;
    Ok(action)
}

/// Moves a held claim to the end of the waitlist. Its pieces go to those who wait already; what none of them takes stays
/// free for the next who claim it.
pub async fn wait(services: &Services, actor: &Actor, claim_id: Uuid) -> Result<Uuid> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let (claim, sale) = open_claim(&write, actor, claim_id).await?;
    let mut allotment = Allotment::begin(&write, &sale, [claim.variant_id], now).await?;
    allotment.move_to_line(claim_id)?;
    let action = finish(&write, actor, &sale, allotment, about(ActionKind::Wait, &claim), now).await?;
    write.commit().await?;
    Ok(action)
}

/// Gives a claim to another customer: by id, handle or name.
pub async fn assign(services: &Services, actor: &Actor, claim_id: Uuid, typed: &str) -> Result<Uuid> {
    actor.must_sell()?;
    let typed = buyer(typed).map_err(|code| Problem::field("buyer", code))?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let (claim, sale) = open_claim(&write, actor, claim_id).await?;
    let customer_id = another(&write, &sale, &claim, &typed, now).await?;
    let mut allotment = Allotment::begin(&write, &sale, [claim.variant_id], now).await?;
    allotment.assign(claim_id, customer_id)?;
    let action = Action { customer_id, ..about(ActionKind::Assign, &claim) };
    let action = finish(&write, actor, &sale, allotment, action, now).await?;
    write.commit().await?;
    Ok(action)
}

/// Gives some pieces of a claim, or all of them, to another customer.
pub async fn split(services: &Services, actor: &Actor, claim_id: Uuid, form: &SplitForm) -> Result<Uuid> {
    actor.must_sell()?;
    let Split { buyer, pieces, key } = form.parse()?;
    let asked = [claim_id.as_bytes().as_slice(), buyer.as_bytes(), &pieces.to_be_bytes()];
    let once = Once::new(key, asked);
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    if done_already(&write, actor, &once).await?.is_some() {
        return Ok(once.id());
    }
    let (claim, sale) = open_claim(&write, actor, claim_id).await?;
    if pieces > claim.quantity {
        return Err(Problem::field("pieces", FieldCode::TooMuch(claim.quantity)).into());
    }
    let customer_id = another(&write, &sale, &claim, &buyer, now).await?;
    let mut allotment = Allotment::begin(&write, &sale, [claim.variant_id], now).await?;
    if pieces == claim.quantity {
        allotment.assign(claim_id, customer_id)?;
    } else {
        allotment.split(claim_id, pieces, customer_id)?;
    }
    let action = Action { once, customer_id, quantity: pieces, ..about(ActionKind::Split, &claim) };
    let action = finish(&write, actor, &sale, allotment, action, now).await?;
    write.commit().await?;
    Ok(action)
}

fn about(kind: ActionKind, claim: &claim_rows::Model) -> Action {
    let claim_rows::Model { customer_id, variant_id, quantity, .. } = *claim;
    Action { kind, once: Once::without_key(), customer_id, variant_id, quantity }
}

/// A customer other than the one who has the claim.
async fn another(
    write: &Write,
    sale: &sales::Model,
    claim: &claim_rows::Model,
    typed: &str,
    now: i64,
) -> Result<Uuid> {
    let customer_id = customer(write, sale, typed, now).await?;
    if customer_id == claim.customer_id {
        return Err(Problem::field("buyer", FieldCode::NotAChoice).into());
    }
    Ok(customer_id)
}
