//! What was asked is what is bought: rates hold for the parcel, the addresses and the account as they are.

use domain::{
    problem::Code,
    shipping::{Carrier, LabelProblem, PackagingForm, ShipmentState},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use services::{
    accounts::{Actor, business},
    database_tests, entities,
    shipping::{account, packaging, purchase, queue, quote},
    testing::{
        World,
        ports::{EASYPOST_KEY, NEXT_EASYPOST_KEY},
        world::address,
    },
};
use uuid::Uuid;

use super::{connect, move_buyer, order, paid, view};

/// Something that makes rates hold no longer.
#[derive(Clone, Copy, Debug)]
enum Change {
    BuyerMoves,
    BusinessMoves,
    BusinessIsRenamed,
    PackagingIsMeasured,
    ContentsAreWeighed,
    AccountIsReplaced,
    AccountIsDisconnected,
}

const CHANGES: [Change; 7] = [
    Change::BuyerMoves,
    Change::BusinessMoves,
    Change::BusinessIsRenamed,
    Change::PackagingIsMeasured,
    Change::ContentsAreWeighed,
    Change::AccountIsReplaced,
    Change::AccountIsDisconnected,
];

/// Changes something; `number` makes it differ from the last time.
async fn change(world: &World, shop: &Actor, id: Uuid, change: Change, number: usize) {
    let services = &world.services;
    match change {
        Change::BuyerMoves => move_buyer(world, shop, address(&format!("{number} New Place"))).await,
        Change::BusinessMoves | Change::BusinessIsRenamed => {
            let mut form = business::view(services, shop).await.unwrap();
            match change {
                Change::BusinessMoves => form.address = address(&format!("{number} Other Market")),
                _ => form.name = format!("Moonlit Silver {number}"),
            }
            business::save(services, shop, &form).await.unwrap();
        }
        Change::PackagingIsMeasured => {
            let mailer = packaging::list(services, shop).await.unwrap()[0].id;
            let form = packaging::view(services, shop, mailer).await.unwrap().form;
            let form = PackagingForm { weight: format!("{number}.5"), ..form };
            packaging::save(services, shop, mailer, &form).await.unwrap();
        }
        Change::ContentsAreWeighed => {
            quote::weigh(services, shop, id, &format!("{number}.5")).await.unwrap();
        }
        Change::AccountIsReplaced => connect(world, shop, NEXT_EASYPOST_KEY).await,
        Change::AccountIsDisconnected => {
            account::disconnect(services, shop, Carrier::EasyPost).await.unwrap();
        }
    }
}

/// What follows a change is tried with an account.
async fn reconnected(world: &World, shop: &Actor, what: Change) {
    if matches!(what, Change::AccountIsDisconnected) {
        connect(world, shop, EASYPOST_KEY).await;
    }
}

database_tests! {
    async fn what_changes_while_rates_are_asked_is_noticed(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        for (number, what) in CHANGES.into_iter().enumerate() {
            let mut held = world.carrier.hold_next_quote();
            let (asked, ()) = tokio::join!(quote::ask(&world.services, &shop, id), async {
                held.arrived().await;
                change(&world, &shop, id, what, number + 1).await;
                held.release();
            });
            assert_eq!(asked.unwrap_err().problem().code, Code::WrongState, "{what:?}");
            assert_eq!(view(&world, &shop, id).await.rates, [], "{what:?}");
            reconnected(&world, &shop, what).await;
        }
        order(&world, &shop, id).await;
        world.work().await;
        let sold = world.carrier.sold().remove(0);
        assert_eq!(sold.to.address.line1, "1 New Place");
        assert_eq!((sold.from.name.as_str(), sold.from.address.line1.as_str()), ("Moonlit Silver 3", "2 Other Market"));
    }

    async fn what_changes_after_rates_were_asked_takes_them_away(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        for (number, what) in CHANGES.into_iter().enumerate() {
            quote::ask(services, &shop, id).await.unwrap();
            let rate = view(&world, &shop, id).await.chosen.unwrap().id;
            change(&world, &shop, id, what, number + 1).await;
            assert_eq!(view(&world, &shop, id).await.rates, [], "{what:?}");
            assert!(!queue::list(services, &shop, false, "").await.unwrap().rows[0].has_rates, "{what:?}");
            assert!(purchase::order(services, &shop, id, rate).await.is_err(), "{what:?}");
            reconnected(&world, &shop, what).await;
        }
        world.work().await;
        assert_eq!(world.carrier.purchases(), 0);
    }

    async fn what_changes_after_the_order_ends_the_purchase(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        // Nothing about a parcel is weighed once its label is ordered.
        let changes = CHANGES.into_iter().filter(|what| !matches!(what, Change::ContentsAreWeighed));
        for (number, what) in changes.enumerate() {
            order(&world, &shop, id).await;
            change(&world, &shop, id, what, number + 1).await;
            world.work().await;
            let after = view(&world, &shop, id).await;
            assert_eq!((after.state, after.problem), (ShipmentState::Failed, Some(LabelProblem::Changed)), "{what:?}");
            assert_eq!(world.carrier.purchases(), 0, "{what:?}");
            reconnected(&world, &shop, what).await;
        }
        order(&world, &shop, id).await;
        world.work().await;
        assert_eq!((view(&world, &shop, id).await.state, world.carrier.purchases()), (ShipmentState::Labelled, 1));
    }

    async fn a_change_of_which_nobody_told_is_noticed_too(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let read = services.database.read();
        let (shop, id) = paid(&world).await;
        quote::ask(services, &shop, id).await.unwrap();
        let rate = view(&world, &shop, id).await.chosen.unwrap().id;
        let mut row = entities::customer::Entity::find().one(read).await.unwrap().unwrap().into_active_model();
        row.postal_code = Set("78799".into());
        row.update(read).await.unwrap();
        assert_eq!(view(&world, &shop, id).await.rates, [], "they do not hold");
        let refused = purchase::order(services, &shop, id, rate).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState);
        assert!(entities::rate::Entity::find().all(read).await.unwrap().is_empty(), "they are forgotten");
        quote::ask(services, &shop, id).await.unwrap();
        assert_eq!(world.carrier.quotes(), 2);
    }

    async fn what_no_carrier_is_told_keeps_the_rates(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        quote::ask(services, &shop, id).await.unwrap();
        let mut form = business::view(services, &shop).await.unwrap();
        form.shipping_fee = "7.99".into();
        business::save(services, &shop, &form).await.unwrap();
        assert_ne!(view(&world, &shop, id).await.rates, []);
    }
}
