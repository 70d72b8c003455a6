//! A key that is rolled, refused or lacks a permission loses no payment.

use domain::{
    invoices::InvoiceState,
    payments::{AttemptState, CheckoutTruth, CredentialsForm, Fee, Gateway},
    problem::{Code, FieldCode},
    time::{DAY, HOUR, MINUTE},
};
use sea_orm::{EntityTrait, prelude::Expr};
use services::{
    accounts::Actor,
    database_tests, entities,
    invoices::{invoice, pay_page},
    payments::{
        account, check,
        webhook::{Received, find_recipient, receive},
    },
    ports::PortError,
    reports::today,
    testing::{World, ports::STRIPE_KEY},
};

use super::{NEW_KEY, attempts, billed, click, connect, ledger, one_candle_more, start, state, states};

/// The key of the only attempt is revoked, nobody can look at its page, and the owner says that it was not paid.
async fn call_not_paid(world: &World, shop: &Actor) {
    world.gateway.revoke_key(STRIPE_KEY);
    world.later(MINUTE).await;
    check::give_up(&world.services, shop, attempts(world).await[0].id).await.unwrap();
}

database_tests! {
    async fn a_page_of_a_rolled_key_is_looked_at_with_the_new_one(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        world.gateway.revoke_key(STRIPE_KEY);
        world.gateway.pay();
        world.later(MINUTE).await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
        let today = today::view(&world.services, &shop).await.unwrap();
        assert_eq!((today.stuck, today.troubles), (vec![], vec![]));
    }

    async fn an_event_at_the_new_endpoint_finds_the_page_of_the_old_key(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        world.gateway.pay();
        let accounts = entities::gateway_account::Entity::find().all(world.services.database.read()).await.unwrap();
        let connected = accounts.iter().find(|account| account.removed_at.is_none()).unwrap();
        let body = format!("evt_1 {}", attempts(&world).await.remove(0).reference.unwrap());
        let header = |_: &str| Some("right".to_owned());
        let recipient = find_recipient(&world.services, Gateway::Stripe, connected.id).await.unwrap().unwrap();
        let received = receive(&world.services, recipient, &header, body.as_bytes()).await;
        assert_eq!(received.unwrap(), Received::Stored);
        world.work().await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid, "without waiting for the next look");
    }

    async fn while_no_key_can_look_at_a_page_nobody_pays_twice(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.pay();
        world.gateway.give_key(NEW_KEY, false);
        connect(&world, &shop, NEW_KEY).await;
        world.gateway.revoke_key(STRIPE_KEY);
        for _ in 0..30 {
            world.later(HOUR).await;
        }
        assert_eq!(start(&world, &invoice).await, Err(Code::PaymentUnclear));
        assert!(pay_page::view(&world.services, &invoice.token).await.unwrap().unclear);
        assert_eq!(one_candle_more(&world, &shop).await.joined, 0, "its sum stays as it is");
        let troubles = today::view(&world.services, &shop).await.unwrap().troubles;
        assert_eq!((troubles.len(), troubles[0].path.clone()), (1, format!("/bill/{}", invoice.id)));
        let view = invoice::view(&world.services, &shop, invoice.id).await.unwrap();
        assert_eq!(view.unclear.len(), 1);

        // A key of the right account is found: what was paid is booked at once.
        world.gateway.give_key("rk_test_invented9999", true);
        connect(&world, &shop, "rk_test_invented9999").await;
        world.work().await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
        assert_eq!(today::view(&world.services, &shop).await.unwrap().troubles, []);
    }

    async fn the_owner_may_say_that_an_unclear_page_was_not_paid(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        let attempt = attempts(&world).await.remove(0).id;
        let early = check::give_up(&world.services, &shop, attempt).await;
        assert_eq!(early.unwrap_err().problem().code, Code::WrongState, "what can be looked at is looked at");
        world.gateway.revoke_key(STRIPE_KEY);
        world.later(MINUTE).await;
        assert_eq!(start(&world, &invoice).await, Err(Code::PaymentUnclear));
        let stranger = world.owner("other@shop.example").await;
        let foreign = check::give_up(&world.services, &stranger, attempt).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        check::give_up(&world.services, &shop, attempt).await.unwrap();
        world.gateway.give_key(NEW_KEY, false);
        connect(&world, &shop, NEW_KEY).await;
        start(&world, &invoice).await.unwrap();
        assert_eq!(states(&world).await, [AttemptState::Expired, AttemptState::Open]);
    }

    async fn a_key_that_is_connected_while_the_old_one_is_refused_is_asked_at_once(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.revoke_key(STRIPE_KEY);
        world.gateway.give_key(NEW_KEY, true);
        let mut refusal = world.gateway.hold_next();
        let meanwhile = async {
            refusal.arrived().await;
            connect(&world, &shop, NEW_KEY).await;
            refusal.release();
        };
        tokio::join!(world.later(MINUTE), meanwhile);
        let looked_at = attempts(&world).await.remove(0);
        assert_eq!((looked_at.state.as_str(), looked_at.unchecked_since), (AttemptState::Open.as_str(), None));
        start(&world, &invoice).await.unwrap();
    }

    async fn a_key_that_cannot_be_opened_is_one_that_is_not_taken(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        let write = world.services.database.write_across().await.unwrap();
        // As after a restore with another master key.
        entities::gateway_account::Entity::update_many()
            .col_expr(entities::gateway_account::Column::SealedKey, Expr::value("spoiled"))
            .exec(&*write)
            .await
            .unwrap();
        write.commit().await.unwrap();
        world.later(MINUTE).await;
        assert!(attempts(&world).await[0].unchecked_since.is_some(), "the owner may say that it was not paid");
        assert!(!account::list(&world.services, &shop).await.unwrap()[0].works);
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        world.work().await;
        assert_eq!(attempts(&world).await[0].unchecked_since, None, "the connected key is asked beside it");
        world.gateway.pay();
        world.later(MINUTE).await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
    }

    async fn a_page_that_was_called_not_paid_is_closed_as_soon_as_a_key_can(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        call_not_paid(&world, &shop).await;
        world.later(2 * HOUR).await;
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        start(&world, &invoice).await.unwrap();
        assert_eq!(world.gateway.open_pages(), 2);
        world.work().await;
        assert_eq!((world.gateway.open_pages(), states(&world).await), (1, vec![AttemptState::Expired, AttemptState::Open]));
        world.gateway.pay();
        world.later(MINUTE).await;
        assert_eq!((state(&world, invoice.id).await, ledger(&world).await.len()), (InvoiceState::Paid, 1));
    }

    async fn a_page_that_was_called_not_paid_and_was_is_booked(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        call_not_paid(&world, &shop).await;
        let again = check::give_up(&world.services, &shop, attempts(&world).await[0].id).await;
        assert_eq!(again.unwrap_err().problem().code, Code::WrongState, "it is said once");
        world.gateway.pay();
        // The page is long over, and nobody asks about it by and by.
        for _ in 0..30 {
            world.later(HOUR).await;
        }
        let waiting = entities::job::Entity::find().all(world.services.database.read()).await.unwrap();
        assert!(waiting.iter().all(|job| job.kind == "tidy-webhooks"), "{waiting:?}");
        assert_eq!((states(&world).await, ledger(&world).await.len()), (vec![AttemptState::Expired], 0));
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        world.work().await;
        assert_eq!((states(&world).await, ledger(&world).await.len()), (vec![AttemptState::Paid], 1));
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
    }

    async fn a_debit_that_was_called_not_paid_and_is_on_its_way_is_waited_for(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.tell(CheckoutTruth::Pending);
        world.later(MINUTE).await;
        assert_eq!(states(&world).await, [AttemptState::Pending]);
        world.gateway.revoke_key(STRIPE_KEY);
        world.later(HOUR).await;
        check::give_up(&world.services, &shop, attempts(&world).await[0].id).await.unwrap();
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        start(&world, &invoice).await.unwrap();
        world.work().await;
        assert_eq!(start(&world, &invoice).await, Err(Code::PaymentOnItsWay));
        assert_eq!((world.gateway.open_pages(), states(&world).await), (0, vec![AttemptState::Pending, AttemptState::Expired]));
    }

    async fn a_late_page_that_no_key_could_close_is_closed_when_one_can(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        let mut answer = world.gateway.hold_next();
        let clicked = click(&world, &invoice);
        answer.arrived().await;
        world.later(2 * HOUR).await;
        assert_eq!(states(&world).await, [AttemptState::Expired], "no page came for so long");
        world.gateway.revoke_key(STRIPE_KEY);
        answer.release();
        assert_eq!(clicked.await.unwrap(), Err(Code::WrongState));
        world.later(2 * HOUR).await;
        assert_eq!(world.gateway.open_pages(), 1);
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        world.work().await;
        assert_eq!(world.gateway.open_pages(), 0);
    }

    async fn what_became_of_a_payment_while_no_key_could_look_is_seen_with_the_next(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.pay_with(|paid| paid.fee = Fee::Unknown);
        world.later(30_000).await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
        world.gateway.revoke_key(STRIPE_KEY);
        for _ in 0..2 {
            world.later(DAY).await;
        }
        assert_eq!(today::view(&world.services, &shop).await.unwrap().stuck, []);
        world.gateway.amend(|paid| (paid.fee, paid.refunded) = (Fee::Known(181), 2_000));
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        world.work().await;
        assert_eq!((ledger(&world).await[0].fee, attempts(&world).await[0].refunded), (Some(181), 2_000));
        // And it is looked at as often as if there had always been a key.
        let asked = world.gateway.fetched();
        world.gateway.amend(|paid| paid.refunded = 5_199);
        for _ in 0..130 {
            world.later(DAY).await;
        }
        assert_eq!(attempts(&world).await[0].refunded, 5_199);
        assert_eq!(world.gateway.fetched() - asked, 6 * 2, "six looks, each with the old key and with the new one");
    }

    async fn a_key_that_is_not_taken_is_told_to_buyer_and_owner(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        world.gateway.revoke_key(STRIPE_KEY);
        assert_eq!(start(&world, &invoice).await, Err(Code::CannotTakePayments));
        let troubles = today::view(&world.services, &shop).await.unwrap().troubles;
        assert_eq!((troubles.len(), troubles[0].path.as_str()), (1, "/settings#payments"));
        assert!(!account::list(&world.services, &shop).await.unwrap()[0].works);
        world.gateway.give_key(NEW_KEY, true);
        connect(&world, &shop, NEW_KEY).await;
        assert!(account::list(&world.services, &shop).await.unwrap()[0].works);
        assert_eq!(today::view(&world.services, &shop).await.unwrap().troubles, []);
        start(&world, &invoice).await.unwrap();
    }

    async fn a_key_that_may_look_at_pages_and_make_none_stays_told(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        one_candle_more(&world, &shop).await;
        world.gateway.only_look(true);
        assert_eq!(start(&world, &invoice).await, Err(Code::CannotTakePayments));
        let troubles = async || today::view(&world.services, &shop).await.unwrap().troubles.len();
        let asked = world.gateway.fetched();
        for _ in 0..5 {
            world.later(10 * MINUTE).await;
            assert_eq!(troubles().await, 1);
            assert!(!account::list(&world.services, &shop).await.unwrap()[0].works);
        }
        assert!(world.gateway.fetched() > asked, "the page is looked at, with success");
        // The permission is given back: the old page is closed, which tells that it was.
        world.gateway.only_look(false);
        world.later(10 * MINUTE).await;
        assert_eq!((world.gateway.open_pages(), troubles().await), (0, 0));
        start(&world, &invoice).await.unwrap();
    }

    async fn a_key_that_may_look_again_is_told_no_more(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        let troubles = async || today::view(&world.services, &shop).await.unwrap().troubles.len();
        world.gateway.fail_next(PortError::Unauthorised("not at this moment".into()));
        world.later(MINUTE).await;
        assert_eq!(troubles().await, 2, "the key, and a page that nobody can look at");
        world.later(HOUR).await;
        assert_eq!(troubles().await, 0);
        start(&world, &invoice).await.unwrap();
    }

    async fn a_key_that_lacks_a_permission_is_told_which(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        world.gateway.lack("Charges");
        let form = CredentialsForm { key: STRIPE_KEY.into() };
        let refused = account::connect(&world.services, &shop, Gateway::Stripe, &form).await;
        assert_eq!(refused.unwrap_err().problem().fields[0].code, FieldCode::KeyMayNot("Charges".into()));
        assert_eq!(world.gateway.endpoints().len(), 1, "nothing was registered for it");
    }

    async fn addresses_for_events_go_with_their_accounts(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let ours = |id: &str| format!("https://shop.example/webhooks/stripe/{id}");
        // One whose registration was answered too late, one of another program, one of another server of the same seller.
        world.gateway.add_endpoint(&ours("01890000-0000-7000-8000-000000000000"), world.services.now() - HOUR);
        world.gateway.add_endpoint("https://elsewhere.example/hooks", 0);
        world.gateway.add_endpoint(
            "https://other.example/webhooks/stripe/01890000-0000-7000-8000-000000000000",
            0,
        );
        // One that is being registered by another server at this moment.
        let coming = ours("01890000-0000-7000-8000-000000000001");
        world.gateway.add_endpoint(&coming, world.services.now());
        connect(&world, &shop, STRIPE_KEY).await;
        world.work().await;
        let urls = || world.gateway.endpoints().into_iter().map(|endpoint| endpoint.url).collect::<Vec<_>>();
        assert_eq!(urls().len(), 4, "{:?}", urls());
        assert!(urls().contains(&coming));
        assert_eq!(urls().iter().filter(|url| url.starts_with(&ours(""))).count(), 2);
        world.later(HOUR).await;
        assert!(!urls().contains(&coming), "it never became an account");
        account::disconnect(&world.services, &shop, Gateway::Stripe).await.unwrap();
        world.work().await;
        assert_eq!(urls().iter().filter(|url| url.starts_with("https://shop.example")).count(), 0);
        assert_eq!(urls().len(), 2, "those of others stay");
    }
}
