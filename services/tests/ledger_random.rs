//! Random doings of two businesses on one database: after each of them every figure is the sum of its movements and what
//! the claims say, and nothing is below zero.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::{
        count::{CountForm, LineForm},
        stock::{HandKind, StockForm},
    },
    payments::Gateway,
    problem::Code,
    sales::by_hand::{HandClaimForm, SplitForm},
    time::{HOUR, MINUTE},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use services::{
    Error,
    accounts::Actor,
    database_tests, entities,
    inventory::{
        count, item,
        stock::{by_hand, history},
    },
    invoices::bill::bill_everyone,
    payments::pay,
    sales::{actions, by_hand as claims_by_hand, claims},
    shipping::{purchase, quote, shipment},
    testing::World,
};
use uuid::Uuid;

/// Sequences of doings, and doings of one.
const SEQUENCES: u8 = 4;
const DOINGS: usize = 45;
/// Buyers of each business; the first has an address, so parcels can go to them.
const BUYERS: [&str; 3] = ["Ana Ruiz", "Kim Lee", "Mary Jo"];
/// What is claimed and moved: two sizes of one ring, and towers.
const CODES: [&str; 3] = ["A12 6", "A12 7", "B27"];

/// Something that a business does. Numbers choose among what there is and wrap around.
#[derive(Clone, Debug)]
enum Doing {
    Claim { buyer: usize, what: usize, pieces: u32 },
    Wait { buyer: usize, what: usize },
    Cancel { claim: usize },
    MoveToLine { claim: usize },
    Split { claim: usize, buyer: usize },
    UndoClaim,
    Restore { claim: usize },
    Hand { kind: usize, what: usize, pieces: i64 },
    UndoHand { movement: usize },
    Bill,
    Pay,
    Ship,
    Count { what: usize, pieces: i64, then: usize },
    Close { count: usize },
    Reopen { count: usize },
    Form { what: usize, pieces: i64 },
    TimePasses,
}

fn doing() -> impl Strategy<Value = Doing> {
    let (buyer, what, any) = (0..BUYERS.len(), 0..CODES.len(), 0..40_usize);
    prop_oneof![
        6 => (buyer.clone(), what.clone(), 1..4_u32).prop_map(|(buyer, what, pieces)| Doing::Claim { buyer, what, pieces }),
        1 => (buyer.clone(), what.clone()).prop_map(|(buyer, what)| Doing::Wait { buyer, what }),
        2 => any.clone().prop_map(|claim| Doing::Cancel { claim }),
        1 => any.clone().prop_map(|claim| Doing::MoveToLine { claim }),
        1 => (any.clone(), buyer).prop_map(|(claim, buyer)| Doing::Split { claim, buyer }),
        1 => Just(Doing::UndoClaim),
        1 => any.clone().prop_map(|claim| Doing::Restore { claim }),
        5 => (0..HandKind::ALL.len(), what.clone(), -3..5_i64)
            .prop_map(|(kind, what, pieces)| Doing::Hand { kind, what, pieces }),
        2 => any.clone().prop_map(|movement| Doing::UndoHand { movement }),
        2 => Just(Doing::Bill),
        2 => Just(Doing::Pay),
        1 => Just(Doing::Ship),
        3 => (what.clone(), 0..9_i64, any.clone()).prop_map(|(what, pieces, then)| Doing::Count { what, pieces, then }),
        2 => any.clone().prop_map(|count| Doing::Close { count }),
        1 => any.prop_map(|count| Doing::Reopen { count }),
        1 => (what, 0..9_i64).prop_map(|(what, pieces)| Doing::Form { what, pieces }),
        1 => Just(Doing::TimePasses),
    ]
}

/// One business and what it does things to.
struct Shop {
    actor: Actor,
    sale: Uuid,
    variants: Vec<Uuid>,
}

impl Shop {
    async fn open(world: &World, email: &str) -> Shop {
        let actor = world.shop(email).await;
        let sale = world.sale(&actor).await;
        world.rules(&actor, sale, ["3", "", "", "add"]).await;
        let mut variants = Vec::new();
        for what in CODES {
            let (code, name) = what.split_once(' ').unwrap_or((what, ""));
            variants.push(world.variant(&actor, code, name).await);
        }
        Shop { actor, sale, variants }
    }

    /// The claim of this number, counted around.
    async fn claim(&self, world: &World, number: usize) -> Option<Uuid> {
        let rows = world.claim_rows(&self.actor, self.sale).await;
        (!rows.is_empty()).then(|| rows[number % rows.len()].id)
    }

    async fn do_it(&self, world: &World, doing: &Doing) -> Result<(), Error> {
        let (services, actor) = (&world.services, &self.actor);
        let read = services.database.read();
        match doing {
            Doing::Claim { buyer, what, pieces } => {
                let text = format!("sold {} x{pieces}", CODES[*what]);
                let form = HandClaimForm { buyer: BUYERS[*buyer].into(), text, key: String::new() };
                claims_by_hand::claim(services, actor, self.sale, &form).await?;
            }
            Doing::Wait { buyer, what } => {
                let text = format!("next {}", CODES[*what]);
                let form = HandClaimForm { buyer: BUYERS[*buyer].into(), text, key: String::new() };
                claims_by_hand::claim(services, actor, self.sale, &form).await?;
            }
            Doing::Cancel { claim } => {
                if let Some(claim) = self.claim(world, *claim).await {
                    claims::cancel(services, actor, claim).await?;
                }
            }
            Doing::MoveToLine { claim } => {
                if let Some(claim) = self.claim(world, *claim).await {
                    claims_by_hand::wait(services, actor, claim).await?;
                }
            }
            Doing::Split { claim, buyer } => {
                if let Some(claim) = self.claim(world, *claim).await {
                    let form =
                        SplitForm { buyer: BUYERS[*buyer].into(), pieces: "1".into(), key: String::new() };
                    claims_by_hand::split(services, actor, claim, &form).await?;
                }
            }
            Doing::UndoClaim => {
                if let Some(last) = actions::list(services, actor, self.sale).await?.first() {
                    actions::undo(services, actor, last.id).await?;
                }
            }
            Doing::Restore { claim } => {
                if let Some(claim) = self.claim(world, *claim).await {
                    claims::restore(services, actor, claim).await?;
                }
            }
            Doing::Hand { kind, what, pieces } => {
                let form = StockForm {
                    variant: self.variants[*what].to_string(),
                    kind: HandKind::ALL[*kind].as_str().into(),
                    quantity: pieces.to_string(),
                    // As a browser makes it.
                    key: Uuid::new_v4().to_string(),
                    ..Default::default()
                };
                by_hand::change(services, actor, &form).await?;
            }
            Doing::UndoHand { movement } => {
                let rows = entities::stock_movement::Entity::find()
                    .filter(entities::stock_movement::Column::BusinessId.eq(actor.business_id))
                    .filter(entities::stock_movement::Column::Cause.is_in([
                        "restock",
                        "elsewhere",
                        "return",
                        "correction",
                    ]))
                    .order_by_desc(entities::stock_movement::Column::Id)
                    .all(read)
                    .await?;
                if !rows.is_empty() {
                    by_hand::undo(services, actor, rows[*movement % rows.len()].id).await?;
                }
            }
            Doing::Bill => {
                bill_everyone(services, actor).await?;
            }
            Doing::Pay => {
                let owed = entities::invoice::Entity::find()
                    .filter(entities::invoice::Column::BusinessId.eq(actor.business_id))
                    .filter(entities::invoice::Column::State.eq("open"))
                    .limit(1)
                    .one(read)
                    .await?;
                if let Some(owed) = owed {
                    pay::start(services, &owed.token, Gateway::Stripe).await?;
                    world.gateway.pay();
                    world.later(MINUTE).await;
                }
            }
            Doing::Ship => {
                let parcel = entities::shipment::Entity::find()
                    .filter(entities::shipment::Column::BusinessId.eq(actor.business_id))
                    .filter(entities::shipment::Column::State.eq("ready"))
                    .one(read)
                    .await?;
                if let Some(parcel) = parcel {
                    quote::ask(services, actor, parcel.id).await?;
                    if let Some(rate) = shipment::view(services, actor, parcel.id).await?.chosen {
                        purchase::order(services, actor, parcel.id, rate.id).await?;
                        world.work().await;
                    }
                }
            }
            Doing::Count { what, pieces, then } => {
                let open = count::list(services, actor).await?.into_iter().find(|row| !row.closed);
                let id = match open {
                    Some(open) => open.id,
                    None => count::begin(services, actor, &CountForm::default()).await?,
                };
                let form = LineForm {
                    count: id.to_string(),
                    variant: self.variants[*what].to_string(),
                    counted: pieces.to_string(),
                };
                count::set(services, actor, &form).await?;
                if then % 3 == 0 {
                    count::scan(services, actor, id, CODES[*what].split(' ').next().unwrap_or_default())
                        .await?;
                }
            }
            Doing::Close { count } | Doing::Reopen { count } => {
                let rows = count::list(services, actor).await?;
                if !rows.is_empty() {
                    let id = rows[*count % rows.len()].id;
                    match doing {
                        Doing::Close { .. } => {
                            count::close(services, actor, id).await?;
                        }
                        _ => count::reopen(services, actor, id).await?,
                    }
                }
            }
            Doing::Form { what, pieces } => {
                let row = entities::variant::Entity::find_by_id(self.variants[*what]).one(read).await?;
                let item_id = row.unwrap().item_id;
                let mut form = item::view(services, actor, item_id).await?.form;
                let place = form.variants.iter().position(|row| row.id == self.variants[*what].to_string());
                form.variants[place.unwrap()].quantity = pieces.to_string();
                item::save(services, actor, Some(item_id), &form).await?;
            }
            Doing::TimePasses => {
                world.later(4 * HOUR).await;
            }
        }
        Ok(())
    }

    /// The history shown leads from the figures of now back to nothing, page by page and row by row.
    async fn history_adds_up(&self, world: &World) {
        for variant in &self.variants {
            let row =
                entities::variant::Entity::find_by_id(*variant).one(world.services.database.read()).await;
            let row = row.unwrap().unwrap();
            let (mut on_hand, mut left) = (row.on_hand, row.on_hand - row.held);
            let mut after = String::new();
            loop {
                let page =
                    history::view(&world.services, &self.actor, row.item_id, &after).await.unwrap().movements;
                for line in page.rows.iter().filter(|line| line.variant == row.name) {
                    assert_eq!((line.on_hand_after, line.left_after), (on_hand, left));
                    assert!(line.on_hand_after >= 0, "never below zero, at no moment");
                    on_hand -= line.change.on_hand;
                    left -= line.change.on_hand - line.change.held;
                }
                match page.next {
                    Some(next) => after = next,
                    None => break,
                }
            }
            assert_eq!((on_hand, left), (0, 0));
        }
    }
}

/// What a seller may be told: anything but that the program failed.
fn is_an_answer(result: &Result<(), Error>) -> bool {
    result.as_ref().err().is_none_or(|error| error.problem().code != Code::Internal)
}

database_tests! {
    async fn figures_are_the_sums_of_their_movements_whatever_is_done(database: TestDatabase) {
        let world = World::new(database);
        let shops = [Shop::open(&world, "olive@moonlit.example").await, Shop::open(&world, "rita@rival.example").await];
        for shop in &shops {
            let form = HandClaimForm { buyer: BUYERS[0].into(), text: "sold C3".into(), key: String::new() };
            claims_by_hand::claim(&world.services, &shop.actor, shop.sale, &form).await.unwrap();
            world.introduce(&shop.actor, BUYERS[0], "ana@buyers.example").await;
        }
        let (mut done, mut refused) = (0, 0);
        for sequence in 0..SEQUENCES {
            let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[sequence + 1; 32]);
            let mut runner = TestRunner::new_with_rng(Config::default(), rng);
            let doings = prop::collection::vec((0..shops.len(), doing()), DOINGS);
            let doings = doings.new_tree(&mut runner).unwrap().current();
            for (index, (shop, doing)) in doings.iter().enumerate() {
                let result = shops[*shop].do_it(&world, doing).await;
                assert!(is_an_answer(&result), "sequence {sequence}, {index}: {doing:?}: {result:?}");
                match result {
                    Ok(()) => done += 1,
                    Err(_) => refused += 1,
                }
                world.stock_is_sound().await;
            }
        }
        for shop in &shops {
            shop.history_adds_up(&world).await;
        }
        assert!(done > refused, "most of it can be done: {done} done, {refused} refused");
    }
}
