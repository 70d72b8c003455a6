//! A label is bought at most once, whatever becomes of the answers.

use domain::shipping::Carrier;
use domain::{
    money::{Currency, Money},
    problem::Code,
    shipping::{LabelProblem, ShipmentState},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use services::{
    accounts::Actor,
    database_tests, entities,
    invoices::bill::bill_everyone,
    jobs::{Lane, stuck},
    ports::{PortError, carrier::OfferedRate},
    reports::{file, report},
    sales::hold::hold,
    shipping::{account, document, packaging, purchase, queue, quote},
    testing::{
        World,
        ports::{EASYPOST_KEY, NEXT_EASYPOST_KEY},
        workers::{asleep, worker},
        world::address,
    },
};

use super::{connect, label, look_for_long, move_buyer, order, paid, paid_at, pay_all, unsure, view};

/// Longer than a worker that does not answer keeps its job.
const LEASE_IS_OVER: i64 = 30 * SECOND;

/// Everything that a carrier may say instead of an answer.
fn errors() -> [PortError; 6] {
    [
        PortError::Unavailable("500".into()),
        PortError::Nonsense("malformed".into()),
        PortError::Unauthorised("401".into()),
        PortError::Gone("404".into()),
        PortError::Refused("400".into()),
        PortError::PaymentRequired("402".into()),
    ]
}

database_tests! {
    async fn a_purchase_whose_answer_was_lost_is_looked_up(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        world.carrier.lose_next_answer();
        order(&world, &shop, id).await;
        world.work().await;
        assert_eq!(view(&world, &shop, id).await.state, ShipmentState::Unsure);
        world.later(MINUTE).await;
        assert_eq!(view(&world, &shop, id).await.state, ShipmentState::Labelled);
        assert_eq!(world.carrier.purchases(), 1, "paid for once");
    }

    async fn two_orders_buy_one_label(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        quote::ask(&world.services, &shop, id).await.unwrap();
        let rate = view(&world, &shop, id).await.chosen.unwrap().id;
        let (left, right) = tokio::join!(
            purchase::order(&world.services, &shop, id, rate),
            purchase::order(&world.services, &shop, id, rate)
        );
        assert_eq!([left.is_ok(), right.is_ok()].into_iter().filter(|done| *done).count(), 1);
        world.work().await;
        assert_eq!(world.carrier.purchases(), 1);
        let again = purchase::order(&world.services, &shop, id, rate).await;
        assert_eq!(again.unwrap_err().problem().code, Code::WrongState);
    }

    async fn a_refused_purchase_says_why_and_can_be_tried_again(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        for (error, expected) in [
            (PortError::PaymentRequired("no money".into()), LabelProblem::Unpaid),
            (PortError::Gone("no such rate".into()), LabelProblem::RateGone),
            (PortError::Refused("bad address".into()), LabelProblem::Refused),
        ] {
            quote::ask(&world.services, &shop, id).await.unwrap();
            let rate = view(&world, &shop, id).await.chosen.unwrap();
            purchase::order(&world.services, &shop, id, rate.id).await.unwrap();
            world.carrier.fail_next(error);
            world.work().await;
            let after = view(&world, &shop, id).await;
            assert_eq!((after.state, after.problem), (ShipmentState::Failed, Some(expected)));
        }
        order(&world, &shop, id).await;
        world.work().await;
        assert_eq!((view(&world, &shop, id).await.state, world.carrier.purchases()), (ShipmentState::Labelled, 1));
    }

    async fn a_lost_purchase_stays_unsure_until_a_look_succeeds(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        world.carrier.lose_next_answer();
        order(&world, &shop, id).await;
        for error in errors() {
            world.carrier.fail_looks(error.clone());
            world.later(2 * HOUR).await;
            let unsure = view(&world, &shop, id).await;
            assert_eq!((unsure.state, unsure.problem), (ShipmentState::Unsure, None), "{error}");
            assert!(unsure.looking_again.is_some(), "{error}");
        }
        let mailer = packaging::list(services, &shop).await.unwrap()[0].id;
        let rate = entities::rate::Entity::find().one(services.database.read()).await.unwrap().unwrap();
        move_buyer(&world, &shop, address("99 New Place")).await;
        for refused in [
            quote::ask(services, &shop, id).await,
            quote::repack(services, &shop, id, mailer).await,
            quote::weigh(services, &shop, id, "1").await,
            purchase::order(services, &shop, id, rate.id).await,
        ] {
            assert_eq!(refused.unwrap_err().problem().code, Code::WrongState);
        }
        let shipment = entities::shipment::Entity::find_by_id(id).one(services.database.read()).await.unwrap().unwrap();
        assert_eq!(shipment.quote_reference.as_deref(), Some("shp_1"), "by which it is looked for");
        let row = queue::list(services, &shop, false, "").await.unwrap().rows.remove(0);
        assert_eq!(row.state, ShipmentState::Unsure);

        world.carrier.fail_looks(None);
        world.later(HOUR).await;
        let bought = view(&world, &shop, id).await;
        assert_eq!((bought.state, world.carrier.purchases()), (ShipmentState::Labelled, 1));
        let to = bought.label.unwrap().recipient.address.line1;
        assert_eq!(to, "7 Invented Lane", "the page says where the label goes, not where the buyer lives by now");
    }

    async fn after_a_day_a_person_is_asked_and_nothing_is_decided(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = unsure(&world, PortError::Unavailable("503".into())).await;
        look_for_long(&world).await;
        let unsure = view(&world, &shop, id).await;
        assert_eq!((unsure.state, unsure.looking_again), (ShipmentState::Unsure, None));
        let looks = world.carrier.looks();
        world.later(30 * DAY).await;
        assert_eq!(world.carrier.looks(), looks, "the job waits for a person");

        // Trying again asks what became of it; it buys nothing.
        stuck::retry_all(services, &shop).await.unwrap();
        world.work().await;
        assert_eq!((world.carrier.looks(), world.carrier.purchases()), (looks + 1, 1));
        world.carrier.fail_looks(None);
        purchase::look_again(services, &shop, id).await.unwrap();
        world.work().await;
        assert_eq!((view(&world, &shop, id).await.state, world.carrier.purchases()), (ShipmentState::Labelled, 1));
        let refused = purchase::look_again(services, &shop, id).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState, "there is nothing to look for");
    }

    async fn a_refusal_of_what_was_sold_is_no_end(database: TestDatabase) {
        let world = World::new(database);
        // Of a key that is refused at the door it does follow that nothing was sold.
        let errors = errors().into_iter().filter(|error| !matches!(error, PortError::Unauthorised(_)));
        for (number, error) in errors.enumerate() {
            let sold = world.carrier.purchases();
            let (shop, id) = paid_at(&world, &format!("olive{number}@moonlit.example")).await;
            world.carrier.answer_next_purchase_with(error.clone());
            order(&world, &shop, id).await;
            world.work().await;
            world.later(MINUTE).await;
            let after = view(&world, &shop, id).await;
            assert_eq!((after.state, world.carrier.purchases()), (ShipmentState::Labelled, sold + 1), "{error}");
        }
    }

    async fn what_was_not_sold_is_ordered_again_after_a_look_and_at_last_given_up(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        order(&world, &shop, id).await;
        world.carrier.fail_next(PortError::Unavailable("down".into()));
        world.work().await;
        world.later(10 * SECOND).await;
        assert_eq!(world.carrier.purchases(), 0, "the first purchase may still be under way");
        assert_eq!(view(&world, &shop, id).await.state, ShipmentState::Unsure);
        world.later(2 * MINUTE).await;
        assert_eq!((view(&world, &shop, id).await.state, world.carrier.purchases()), (ShipmentState::Labelled, 1));

        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold C3".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        pay_all(&world).await;
        let next = queue::list(&world.services, &shop, false, "").await.unwrap().rows[0].id;
        order(&world, &shop, next).await;
        world.carrier.fail_purchases(PortError::Unavailable("down".into()));
        for _ in 0..4 {
            world.later(2 * MINUTE).await;
            assert_eq!(view(&world, &shop, next).await.state, ShipmentState::Unsure);
        }
        world.later(2 * MINUTE).await;
        world.later(2 * MINUTE).await;
        let after = view(&world, &shop, next).await;
        assert_eq!((after.state, after.problem), (ShipmentState::Failed, Some(LabelProblem::Unavailable)));
        assert_eq!(world.carrier.purchases(), 1, "and the carrier had said so");
        world.carrier.fail_purchases(None);
        order(&world, &shop, next).await;
        world.work().await;
        assert_eq!((view(&world, &shop, next).await.state, world.carrier.purchases()), (ShipmentState::Labelled, 2));
    }

    async fn a_late_answer_turns_no_label_back(database: TestDatabase) {
        let world = World::new(database);
        for (number, error) in errors().into_iter().enumerate() {
            let sold = world.carrier.purchases();
            let (shop, id) = paid_at(&world, &format!("olive{number}@moonlit.example")).await;
            order(&world, &shop, id).await;
            let mut held = world.carrier.hold_next_answer();
            world.carrier.answer_next_purchase_with(error.clone());
            let slow = worker(&world.services, Lane::Labels, asleep());
            held.arrived().await;

            // The worker sleeps with its lid closed; another one takes the job and finds the label.
            world.later(LEASE_IS_OVER).await;
            world.later(HOUR).await;
            assert_eq!(view(&world, &shop, id).await.state, ShipmentState::Labelled, "{error}");
            let before = shipped(&world, &shop).await;
            held.release();
            slow.await.unwrap();
            world.later(HOUR).await;
            assert_eq!((view(&world, &shop, id).await.state, label(&world, &shop).await.state.as_str()), (ShipmentState::Labelled, "bought"), "{error}");
            assert_eq!((world.carrier.purchases(), shipped(&world, &shop).await), (sold + 1, before), "{error}");
        }
    }

    async fn a_purchase_under_way_is_not_given_up_by_another_worker(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        order(&world, &shop, id).await;
        let mut held = world.carrier.hold_next_purchase();
        let slow = worker(&world.services, Lane::Labels, asleep());
        held.arrived().await;
        // The carrier says, rightly, that nothing was bought so far.
        world.later(LEASE_IS_OVER).await;
        assert_eq!(view(&world, &shop, id).await.state, ShipmentState::Unsure);
        let refused = quote::ask(&world.services, &shop, id).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState);
        held.release();
        slow.await.unwrap();
        assert_eq!((view(&world, &shop, id).await.state, world.carrier.purchases()), (ShipmentState::Labelled, 1));
        world.later(HOUR).await;
        assert_eq!(world.carrier.purchases(), 1);
    }

    async fn pieces_are_shipped_once_and_only_those_of_the_parcel(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        hold(services, &shop, sale, "Ana Ruiz: sold C3 x2\nKim Lee: sold C3 x5".into()).await.unwrap();
        world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        bill_everyone(services, &shop).await.unwrap();
        pay_all(&world).await;
        let rows = queue::list(services, &shop, false, "").await.unwrap().rows;
        let id = rows.iter().find(|row| row.customer_name == "Ana Ruiz").unwrap().id;
        order(&world, &shop, id).await;
        world.work().await;
        assert_eq!(shipped(&world, &shop).await, 2);
        // As after a restored backup: the purchase is found a second time.
        let mut row = label(&world, &shop).await.into_active_model();
        row.state = Set("unsure".into());
        row.update(services.database.read()).await.unwrap();
        purchase::look_again(services, &shop, id).await.unwrap();
        world.work().await;
        assert_eq!((label(&world, &shop).await.state.as_str(), shipped(&world, &shop).await), ("bought", 2), "Kim's are still here");
    }

    async fn a_bought_label_is_kept_however_odd_it_is(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        world.carrier.sell_next(|label| {
            label.tracking_number.clear();
            label.tracking_url.clear();
            label.price = None;
        });
        order(&world, &shop, id).await;
        world.work().await;
        let after = view(&world, &shop, id).await;
        let kept = after.label.unwrap();
        assert_eq!((after.state, kept.has_document, kept.tracking_number.as_str()), (ShipmentState::Labelled, true, ""));
        assert_eq!((kept.price, kept.is_price_of_rate), (Money::new(820, Currency::USD), true), "what the rate said");
        let told = world.mailer.sent().pop().unwrap();
        assert!(!told.text.contains("Tracking number"), "{}", told.text);
        let report = report::view(services, &shop, &Default::default()).await.unwrap().figures;
        assert_eq!((report.shipped, report.postage.minor), (1, 820));
    }

    async fn a_key_that_is_refused_is_told_as_such(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        order(&world, &shop, id).await;
        world.carrier.revoke(EASYPOST_KEY);
        world.work().await;
        let after = view(&world, &shop, id).await;
        assert_eq!((after.state, after.problem), (ShipmentState::Failed, Some(LabelProblem::Key)));
        let refused = quote::ask(services, &shop, id).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::NotConnected, "and not that the parcel was refused");
        connect(&world, &shop, NEXT_EASYPOST_KEY).await;
        order(&world, &shop, id).await;
        world.work().await;
        assert_eq!((view(&world, &shop, id).await.state, world.carrier.purchases()), (ShipmentState::Labelled, 1));
    }

    async fn a_purchase_is_looked_for_with_the_key_that_is_connected_by_now(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        world.carrier.lose_next_answer();
        order(&world, &shop, id).await;
        world.work().await;
        world.carrier.revoke(EASYPOST_KEY);
        world.later(HOUR).await;
        account::disconnect(&world.services, &shop, Carrier::EasyPost).await.unwrap();
        world.later(HOUR).await;
        assert_eq!(view(&world, &shop, id).await.state, ShipmentState::Unsure);
        connect(&world, &shop, NEXT_EASYPOST_KEY).await;
        world.later(HOUR).await;
        assert_eq!((view(&world, &shop, id).await.state, world.carrier.purchases()), (ShipmentState::Labelled, 1));
    }

    async fn a_picture_that_has_moved_is_asked_for_anew(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        world.carrier.lose_next_answer();
        order(&world, &shop, id).await;
        world.work().await;
        let mut row = label(&world, &shop).await.into_active_model();
        // What was told first leads nowhere by the time it is fetched.
        world.later(HOUR).await;
        row.document = Set(None);
        row.update(services.database.read()).await.unwrap();
        world.carrier.move_labels();
        world.carrier.fail_looks(PortError::Unavailable("503".into()));
        document::fetch_again(services, &shop, id).await.unwrap();
        world.work().await;
        let failing = view(&world, &shop, id).await.label.unwrap();
        assert!(failing.is_bought && failing.is_fetch_failing && !failing.has_document, "the page says so");
        world.carrier.fail_looks(None);
        world.later(HOUR).await;
        let fetched = view(&world, &shop, id).await.label.unwrap();
        assert!(fetched.has_document && !fetched.is_fetch_failing);
        assert_eq!(label(&world, &shop).await.label_url, "https://carrier.example/label.png?moved");
        let refused = document::fetch_again(services, &shop, id).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState, "it is there");
    }

    async fn amounts_of_two_currencies_are_neither_compared_nor_added(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        let yen = Money::new(300, Currency::JPY);
        world.carrier.offer(OfferedRate {
            reference: "rate_yen".into(),
            carrier: "JapanPost".into(),
            service: "Parcel".into(),
            price: yen,
            days: Some(1),
        });
        quote::ask(services, &shop, id).await.unwrap();
        let offered = view(&world, &shop, id).await;
        assert_eq!(offered.chosen.unwrap().price, Money::new(820, Currency::USD), "300 yen are not less than 820 cents");
        let prices: Vec<Money> = offered.rates.iter().map(|rate| rate.price).collect();
        assert_eq!(prices, [Money::new(820, Currency::USD), Money::new(1_101, Currency::USD), yen], "the books' currency first");
        let row = queue::list(services, &shop, false, "").await.unwrap().rows.remove(0);
        assert_eq!(row.cheapest.unwrap().price, Money::new(820, Currency::USD));

        let in_yen = offered.rates.last().unwrap().id;
        purchase::order(services, &shop, id, in_yen).await.unwrap();
        world.work().await;
        let report = report::view(services, &shop, &Default::default()).await.unwrap().figures;
        assert_eq!((report.shipped, report.postage.minor, report.postage_elsewhere), (1, 0, vec![yen]));
        let mut pieces = file::csv(services, &shop, &Default::default()).unwrap();
        let mut file = String::new();
        while let Some(piece) = pieces.recv().await {
            file += str::from_utf8(&piece.unwrap()).unwrap();
        }
        assert_eq!(file.matches("300 JPY").count(), 2, "in the line and in the sums: {file}");
    }
}

/// How many pieces of a business were booked as shipped.
async fn shipped(world: &World, shop: &Actor) -> i64 {
    let variants = entities::variant::Entity::find()
        .filter(entities::variant::Column::BusinessId.eq(shop.business_id))
        .all(world.services.database.read())
        .await
        .unwrap();
    variants.into_iter().map(|variant| variant.shipped).sum()
}
