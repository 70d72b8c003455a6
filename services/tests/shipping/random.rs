//! Random doings around labels: whatever happens, no label is paid for of which the books know nothing.

use domain::{
    shipping::{Carrier, ShipmentState},
    time::{HOUR, MINUTE, SECOND},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use services::{
    accounts::Actor,
    database_tests, entities,
    jobs::{Lane, stuck},
    ports::PortError,
    shipping::{account, purchase, quote},
    testing::{
        World,
        ports::{EASYPOST_KEY, NEXT_EASYPOST_KEY},
        workers::{asleep, worker},
        world::address,
    },
};
use uuid::Uuid;

use super::{connect, move_buyer, paid_at, view};

/// Sequences of doings, and doings of one.
const SEQUENCES: u8 = 3;
const DOINGS: usize = 40;

/// Something that happens. Numbers choose among what there is and wrap around.
#[derive(Clone, Debug)]
enum Doing {
    Ask,
    Order,
    Work,
    Later {
        seconds: i64,
    },
    LoseTheNextAnswer {
        error: usize,
    },
    FailTheNextCall {
        error: usize,
    },
    FailLooks {
        error: Option<usize>,
    },
    /// A worker loses its lease in the middle of a purchase, and its answer comes late.
    LoseTheLease {
        sold_before: bool,
    },
    MoveTheBuyer {
        number: u8,
    },
    ReplaceTheAccount {
        next: bool,
    },
    LookAgain,
    RetryStuck,
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        3 => Just(Doing::Ask),
        4 => Just(Doing::Order),
        3 => Just(Doing::Work),
        2 => (1..90_i64).prop_map(|seconds| Doing::Later { seconds }),
        1 => (1..30_i64).prop_map(|hours| Doing::Later { seconds: hours * HOUR / SECOND }),
        2 => (0..6_usize).prop_map(|error| Doing::LoseTheNextAnswer { error }),
        1 => (0..6_usize).prop_map(|error| Doing::FailTheNextCall { error }),
        2 => prop::option::of(0..6_usize).prop_map(|error| Doing::FailLooks { error }),
        2 => any::<bool>().prop_map(|sold_before| Doing::LoseTheLease { sold_before }),
        1 => any::<u8>().prop_map(|number| Doing::MoveTheBuyer { number }),
        1 => any::<bool>().prop_map(|next| Doing::ReplaceTheAccount { next }),
        1 => Just(Doing::LookAgain),
        1 => Just(Doing::RetryStuck),
    ]
}

fn error(number: usize) -> PortError {
    match number {
        0 => PortError::Unavailable("500".into()),
        1 => PortError::Nonsense("malformed".into()),
        2 => PortError::Gone("404".into()),
        3 => PortError::Refused("400".into()),
        _ => PortError::PaymentRequired("402".into()),
    }
}

async fn act(world: &World, shop: &Actor, id: Uuid, doing: &Doing) {
    let services = &world.services;
    match *doing {
        Doing::Ask => drop(quote::ask(services, shop, id).await),
        Doing::Order => {
            if let Some(rate) = view(world, shop, id).await.chosen {
                drop(purchase::order(services, shop, id, rate.id).await);
            }
        }
        Doing::Work => drop(world.work().await),
        Doing::Later { seconds } => drop(world.later(seconds * SECOND).await),
        Doing::LoseTheNextAnswer { error: number } => world.carrier.answer_next_purchase_with(error(number)),
        Doing::FailTheNextCall { error: number } => world.carrier.fail_next(error(number)),
        Doing::FailLooks { error: number } => world.carrier.fail_looks(number.map(error)),
        Doing::LoseTheLease { sold_before } => {
            if view(world, shop, id).await.state != ShipmentState::Buying || label_was_asked_for(world).await
            {
                return;
            }
            let mut held = match sold_before {
                true => world.carrier.hold_next_answer(),
                false => world.carrier.hold_next_purchase(),
            };
            let slow = worker(services, Lane::Labels, asleep());
            // A purchase that ends before it gets there ends the worker too.
            let mut slow = std::pin::pin!(slow);
            tokio::select! {
                () = held.arrived() => {
                    world.later(MINUTE / 2).await;
                    world.later(3 * MINUTE).await;
                    held.release();
                    drop(slow.await);
                }
                _ = &mut slow => held.release(),
            }
        }
        Doing::MoveTheBuyer { number } => {
            move_buyer(world, shop, address(&format!("{number} New Place"))).await
        }
        Doing::ReplaceTheAccount { next } => {
            drop(account::disconnect(services, shop, Carrier::EasyPost).await);
            connect(world, shop, if next { NEXT_EASYPOST_KEY } else { EASYPOST_KEY }).await;
        }
        Doing::LookAgain => drop(purchase::look_again(services, shop, id).await),
        Doing::RetryStuck => stuck::retry_all(services, shop).await.unwrap(),
    }
}

async fn label_was_asked_for(world: &World) -> bool {
    entities::label::Entity::find()
        .filter(entities::label::Column::State.eq("unsure"))
        .count(world.services.database.read())
        .await
        .unwrap()
        > 0
}

/// Labels that were paid for, or may have been, as far as the books know.
async fn known(world: &World) -> u64 {
    entities::label::Entity::find()
        .filter(entities::label::Column::State.is_in(["bought", "unsure"]))
        .count(world.services.database.read())
        .await
        .unwrap()
}

database_tests! {
    async fn no_label_is_paid_for_unknown_to_the_books(database: TestDatabase) {
        let world = World::new(database);
        for sequence in 0..SEQUENCES {
            let (shop, id) = paid_at(&world, &format!("olive{sequence}@moonlit.example")).await;
            let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[sequence; 32]);
            let mut runner = TestRunner::new_with_rng(Config::default(), rng);
            let doings = prop::collection::vec(doing(), DOINGS).new_tree(&mut runner).unwrap().current();
            for (step, doing) in doings.iter().enumerate() {
                act(&world, &shop, id, doing).await;
                let (sold, known) = (u64::from(world.carrier.purchases()), known(&world).await);
                assert!(sold <= known, "{sold} sold, {known} known after {:?}", &doings[..=step]);
                assert!(sold <= u64::from(sequence) + 1, "sold twice after {:?}", &doings[..=step]);
            }
            // In the end all is known.
            world.carrier.fail_looks(None);
            world.carrier.forget_faults();
            drop(purchase::look_again(&world.services, &shop, id).await);
            stuck::retry_all(&world.services, &shop).await.unwrap();
            for _ in 0..8 {
                world.later(HOUR).await;
            }
            let state = view(&world, &shop, id).await.state;
            assert!(!matches!(state, ShipmentState::Unsure | ShipmentState::Buying), "{state:?} after {doings:?}");
        }
    }
}
