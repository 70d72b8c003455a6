//! A click leads to one page, whatever is lost, repeated or changed meanwhile, and a page that asks for too much is closed.

use domain::{
    invoices::InvoiceState,
    payments::{AttemptState, CheckoutTruth, Gateway},
    problem::Code,
    time::{DAY, HOUR, MINUTE},
};
use sea_orm::EntityTrait;
use services::{
    database_tests, entities,
    invoices::{bill::bill_everyone, invoice, pay_page},
    payments::{account, pay, webhook::Received},
    ports::{PortError, gateway::NotMade},
    sales::hold::hold,
    testing::World,
};

use super::{attempts, billed, click, event, ledger, one_candle_more, revision, start, state, states, usd};

database_tests! {
    async fn two_clicks_and_a_lost_answer_make_one_page(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        world.gateway.fail_next(PortError::Unavailable("the answer was lost".into()));
        let lost = pay::start(&world.services, &invoice.token, Gateway::Stripe).await;
        assert_eq!(lost.unwrap_err().problem().code, Code::ProviderUnavailable);
        assert_eq!(attempts(&world).await[0].state, AttemptState::Created.as_str(), "the attempt was stored before");
        let (left, right) = tokio::join!(
            pay::start(&world.services, &invoice.token, Gateway::Stripe),
            pay::start(&world.services, &invoice.token, Gateway::Stripe)
        );
        assert_eq!(left.unwrap(), right.unwrap());
        assert_eq!((attempts(&world).await.len(), world.gateway.pages()), (1, 1));
    }

    async fn a_refusal_is_told_and_the_next_click_tries_anew(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        world.gateway.fail_next(PortError::Refused("no".into()));
        let refused = pay::start(&world.services, &invoice.token, Gateway::Stripe).await;
        assert_eq!(refused.unwrap_err().problem().code, Code::PaymentNotStarted);
        assert!(pay::start(&world.services, &invoice.token, Gateway::Stripe).await.is_ok());
        assert_eq!(attempts(&world).await.len(), 2);
    }

    async fn while_a_bank_pays_nothing_more_can_be_paid(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.tell(CheckoutTruth::Pending);
        world.later(MINUTE).await;
        assert!(pay_page::view(&world.services, &invoice.token).await.unwrap().on_its_way);
        let second = pay::start(&world.services, &invoice.token, Gateway::Stripe).await;
        assert_eq!(second.unwrap_err().problem().code, Code::PaymentOnItsWay);
        assert_eq!(world.gateway.pages(), 1);

        // The bank refuses after days: the buyer may try again.
        world.gateway.tell(CheckoutTruth::Failed);
        world.later(2 * DAY).await;
        assert_eq!(attempts(&world).await[0].state, AttemptState::Refused.as_str());
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Open);
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
        assert_eq!(ledger(&world).await.len(), 1);
    }

    async fn a_page_nobody_pays_expires(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        for _ in 0..200 {
            world.later(10 * MINUTE).await;
        }
        assert_eq!(attempts(&world).await[0].state, AttemptState::Expired.as_str());
        let jobs = entities::job::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(jobs.len(), 0, "nothing goes on for ever");
        assert!(pay::start(&world.services, &invoice.token, Gateway::Stripe).await.is_ok());
    }

    async fn a_worker_that_died_is_replaced(database: TestDatabase) {
        let world = World::new(database);
        billed(&world).await;
        // A worker took the mail's job and was killed: the lease stays behind.
        let write = world.services.database.write_across().await.unwrap();
        use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
        let jobs = entities::job::Entity::find().all(&*write).await.unwrap();
        let job = jobs.into_iter().find(|job| job.kind == "send-mail").unwrap();
        let mut taken = job.into_active_model();
        taken.state = Set("running".into());
        taken.tries = Set(1);
        taken.lease_until = Set(Some(world.services.now() + MINUTE));
        taken.update(&*write).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(world.work().await, 0, "a lease is respected while it lasts");
        world.later(HOUR).await;
        assert_eq!(world.mailer.sent().len(), 1);
    }

    async fn the_buyers_page_shows_what_is_owed(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        let page = pay_page::view(&world.services, &invoice.token).await.unwrap();
        assert_eq!((page.owed.minor, page.gateways.len(), page.lines.len()), (5_199, 1, 2));
        let guess = pay_page::view(&world.services, "guessed").await;
        assert_eq!(guess.unwrap_err().problem().code, Code::NotFound);
    }

    async fn a_part_payment_closes_the_page_for_the_whole(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        one_candle_more(&world, &shop).await;
        // The buyer pays the old sum before its page is closed, and presses again before that is known.
        world.gateway.pay();
        start(&world, &invoice).await.unwrap();
        world.work().await;
        assert_eq!((state(&world, invoice.id).await, ledger(&world).await.len()), (InvoiceState::PartPaid, 1));
        assert_eq!((world.gateway.open_pages(), states(&world).await), (0, vec![AttemptState::Paid, AttemptState::Expired]));
        // What is left can be paid.
        start(&world, &invoice).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        let page = pay_page::view(&world.services, &invoice.token).await.unwrap();
        assert_eq!((page.state, page.paid, page.totals.total), (InvoiceState::Paid, usd(6_099), usd(6_099)));
    }

    async fn what_was_paid_on_a_page_that_cannot_be_closed_is_booked(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        one_candle_more(&world, &shop).await;
        world.gateway.pay();
        world.gateway.fail_closings(PortError::PaymentRequired("402".into()));
        world.work().await;
        assert_eq!((state(&world, invoice.id).await, ledger(&world).await.len()), (InvoiceState::PartPaid, 1));
    }

    async fn a_page_that_cannot_be_closed_is_closed_when_it_can(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        one_candle_more(&world, &shop).await;
        world.gateway.fail_closings(PortError::Unavailable("503".into()));
        world.work().await;
        assert_eq!((world.gateway.open_pages(), states(&world).await), (1, vec![AttemptState::Open]));
        world.gateway.fail_closings(None);
        world.later(MINUTE).await;
        assert_eq!((world.gateway.open_pages(), states(&world).await), (0, vec![AttemptState::Expired]));
    }

    async fn an_event_that_comes_while_a_page_is_closed_is_not_put_off(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        one_candle_more(&world, &shop).await;
        // The gateway does not close it, because it is being paid at this moment.
        world.gateway.fail_closings(PortError::Refused("it is being paid".into()));
        world.gateway.hold_next().release();
        let mut look = world.gateway.hold_next();
        let meanwhile = async {
            look.arrived().await;
            world.gateway.pay();
            assert_eq!(event(&world, "evt_1", "right").await, Received::Stored);
            look.release();
        };
        tokio::join!(world.work(), meanwhile);
        assert_eq!((state(&world, invoice.id).await, ledger(&world).await.len()), (InvoiceState::PartPaid, 1));
    }

    async fn a_page_that_was_being_made_when_the_sum_changed_is_closed(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        let mut answer = world.gateway.hold_next();
        let clicked = click(&world, &invoice);
        answer.arrived().await;
        one_candle_more(&world, &shop).await;
        world.work().await;
        answer.release();
        assert_eq!(clicked.await.unwrap(), Err(Code::WrongState), "nobody is sent to the page for the old sum");
        world.work().await;
        assert_eq!((world.gateway.open_pages(), states(&world).await), (0, vec![AttemptState::Expired]));
        start(&world, &invoice).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
    }

    async fn a_page_that_was_being_made_when_the_invoice_was_paid_is_closed(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        let write = world.services.database.write_across().await.unwrap();
        use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
        // The page is nearly over, so the next click makes another one.
        let mut nearly_over = attempts(&world).await.remove(0).into_active_model();
        nearly_over.expires_at = Set(world.services.now() + MINUTE);
        nearly_over.update(&*write).await.unwrap();
        write.commit().await.unwrap();
        world.gateway.pay();
        let mut answer = world.gateway.hold_next();
        let clicked = click(&world, &invoice);
        answer.arrived().await;
        world.later(MINUTE).await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
        answer.release();
        assert_eq!(clicked.await.unwrap(), Err(Code::WrongState));
        world.work().await;
        assert_eq!(world.gateway.open_pages(), 0);
        assert_eq!(states(&world).await, [AttemptState::Paid, AttemptState::Expired]);
        assert_eq!(ledger(&world).await.len(), 1);
    }

    async fn a_page_made_after_its_attempt_was_given_up_is_closed(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        let mut answer = world.gateway.hold_next();
        let clicked = click(&world, &invoice);
        answer.arrived().await;
        world.later(2 * HOUR).await;
        assert_eq!(states(&world).await, [AttemptState::Expired]);
        answer.release();
        assert_eq!(clicked.await.unwrap(), Err(Code::WrongState));
        world.work().await;
        assert_eq!((world.gateway.open_pages(), states(&world).await), (0, vec![AttemptState::Expired]));
    }

    async fn a_second_click_that_is_refused_late_takes_no_open_page_back(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        world.gateway.fail_next(PortError::Refused("a late no".into()));
        let mut answer = world.gateway.hold_next();
        let refused = click(&world, &invoice);
        answer.arrived().await;
        let url = start(&world, &invoice).await.unwrap();
        answer.release();
        assert_eq!(refused.await.unwrap(), Ok(url), "both buyers' tabs go to the one page");
        assert_eq!(states(&world).await, [AttemptState::Open]);
    }

    async fn a_sum_above_the_most_is_called_so(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        world.gateway.refuse_next(NotMade::TooLarge);
        assert_eq!(start(&world, &invoice).await, Err(Code::AmountTooLarge));
    }

    async fn a_buyer_is_not_told_to_connect_an_account(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        account::disconnect(&world.services, &shop, Gateway::Stripe).await.unwrap();
        assert_eq!(start(&world, &invoice).await, Err(Code::CannotTakePayments));
    }

    async fn an_attempt_whose_key_is_spent_is_given_up(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        world.gateway.refuse_next(NotMade::Spent("500".into()));
        assert_eq!(start(&world, &invoice).await, Err(Code::ProviderUnavailable));
        start(&world, &invoice).await.unwrap();
        assert_eq!(states(&world).await, [AttemptState::Refused, AttemptState::Open]);
    }

    async fn an_address_that_the_gateway_does_not_take_is_left_out(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        world.gateway.refuse_next(NotMade::Email);
        start(&world, &invoice).await.unwrap();
        assert_eq!(world.gateway.emails(), [""]);
        let asked: Vec<String> = attempts(&world).await.into_iter().map(|attempt| attempt.customer_email).collect();
        assert_eq!(asked, ["ana@buyers.example", ""], "another key for another request");
    }

    async fn a_repeat_asks_for_the_same_whatever_was_edited_meanwhile(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        world.gateway.fail_next(PortError::Unavailable("the answer was lost".into()));
        assert_eq!(start(&world, &invoice).await, Err(Code::ProviderUnavailable));
        world.introduce(&shop, "Ana Ruiz", "ana.ruiz@elsewhere.example").await;
        world.services.clock.advance(30 * MINUTE);
        start(&world, &invoice).await.unwrap();
        assert_eq!((world.gateway.pages(), states(&world).await), (1, vec![AttemptState::Open]));
    }

    async fn a_sum_below_the_least_is_not_asked_for(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let mut form = services::accounts::business::view(&world.services, &shop).await.unwrap();
        form.shipping_fee = "0".into();
        services::accounts::business::save(&world.services, &shop, &form).await.unwrap();
        world.item(&shop, "D1", "Bead", "0.30", &[("", "5")]).await;
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold D1".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        let invoice = entities::invoice::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
        assert_eq!(start(&world, &invoice).await, Err(Code::AmountTooSmall));
        let page = pay_page::view(&world.services, &invoice.token).await.unwrap();
        assert!(page.too_small && page.gateways.is_empty());
        let view = invoice::view(&world.services, &shop, invoice.id).await.unwrap();
        assert_eq!(view.too_small_below, Some(usd(50)));
        assert_eq!((world.gateway.created(), attempts(&world).await.len()), (0, 0));
    }

    async fn a_click_that_finds_its_page_writes_nothing(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        let url = start(&world, &invoice).await.unwrap();
        let before = revision(&world).await;
        for _ in 0..10 {
            assert_eq!(start(&world, &invoice).await.as_ref(), Ok(&url));
        }
        assert_eq!((revision(&world).await, world.gateway.created()), (before, 1));
    }

    async fn clicks_that_are_refused_do_not_pile_attempts_up(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        for _ in 0..5 {
            world.gateway.fail_next(PortError::Refused("no".into()));
            assert_eq!(start(&world, &invoice).await, Err(Code::PaymentNotStarted));
        }
        let before = revision(&world).await;
        for _ in 0..5 {
            assert_eq!(start(&world, &invoice).await, Err(Code::TooMany));
        }
        assert_eq!((attempts(&world).await.len(), revision(&world).await), (5, before));
        world.services.clock.advance(MINUTE);
        start(&world, &invoice).await.unwrap();
    }
}
