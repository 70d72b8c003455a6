//! What a gateway tells of a payment is booked once, with its moment and its fee, and what became of it is shown.

use domain::{
    invoices::{InvoiceState, WhyUnclear},
    payments::{AttemptState, CheckoutTruth, Fee, Gateway},
    problem::Code,
    reports::DismissForm,
    time::{DAY, HOUR, MINUTE},
};
use sea_orm::EntityTrait;
use services::{
    database_tests, entities,
    invoices::{invoice, pay_page},
    jobs::{Lane, stuck},
    payments::{
        pay,
        webhook::{Received, find_recipient, receive},
    },
    ports::gateway::WebhookRefused,
    reports::{report, today},
    testing::{
        World,
        workers::{asleep, worker},
    },
};
use uuid::Uuid;

use super::{attempts, billed, event, ledger, one_candle_more, revision, start, state, states, usd};

database_tests! {
    async fn paying_books_once_and_makes_the_parcel_ready(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        let url = pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        assert!(url.starts_with("https://gateway.example/"));
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Open);
        world.gateway.pay();
        assert_eq!(event(&world, "evt_1", "right").await, Received::Stored);
        world.work().await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
        assert_eq!(event(&world, "evt_1", "right").await, Received::Known);
        assert_eq!(event(&world, "evt_2", "right").await, Received::Stored);
        world.later(DAY).await;
        assert_eq!(ledger(&world).await.len(), 1);

        let row = &ledger(&world).await[0];
        assert_eq!((row.amount, row.fee, row.currency.as_str()), (5_199, Some(170), "USD"));
        let shipments = entities::shipment::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(shipments.len(), 1);
        let report = report::view(&world.services, &shop, &Default::default()).await.unwrap().figures;
        assert_eq!((report.sold.minor, report.collected.minor, report.owed.minor, report.fees.minor), (5_199, 5_199, 0, 170));
        let again = pay::start(&world.services, &invoice.token, Gateway::Stripe).await;
        assert_eq!(again.unwrap_err().problem().code, Code::WrongState, "what is paid cannot be paid again");
    }

    async fn without_events_the_truth_is_asked_for(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(30_000).await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
    }

    async fn a_payment_bears_the_moment_in_which_it_was_made(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        let clicked = world.services.now();
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay_with(|paid| paid.paid_at = Some(clicked + MINUTE));
        // The server was down until the next day.
        world.later(30 * HOUR).await;
        assert_eq!(ledger(&world).await[0].at, clicked + MINUTE);
        let days = today::view(&world.services, &shop).await.unwrap().collected_by_day;
        assert_eq!(days[days.len() - 2..], [5_199, 0], "it was paid yesterday");
    }

    async fn a_clock_that_is_wrong_moves_no_payment_out_of_its_time(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        let clicked = world.services.now();
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay_with(|paid| paid.paid_at = Some(clicked - DAY));
        world.later(MINUTE).await;
        assert_eq!(ledger(&world).await[0].at, clicked, "not before there was a page");
        one_candle_more(&world, &shop).await;
        let next = entities::invoice::Entity::find().all(world.services.database.read()).await.unwrap();
        let next = next.into_iter().find(|row| row.id != invoice.id).unwrap();
        pay::start(&world.services, &next.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay_with(|paid| paid.paid_at = Some(i64::MAX));
        world.later(MINUTE).await;
        assert_eq!(ledger(&world).await[1].at, world.services.now(), "not after it was heard of");
    }

    async fn what_happened_in_one_moment_stands_in_its_order(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        let told = async || {
            let view = invoice::view(&world.services, &shop, invoice.id).await.unwrap();
            view.timeline.into_iter().map(|entry| entry.what).collect::<Vec<_>>()
        };
        world.work().await;
        start(&world, &invoice).await.unwrap();
        let before = ["Stripe page for $51.99: waiting for the buyer", "Invoice mailed to ana@buyers.example", "Issued"];
        assert_eq!(told().await, before);
        world.gateway.pay();
        event(&world, "evt_1", "right").await;
        world.work().await;
        let paid = "$51.99 paid through Stripe, fee $1.70";
        assert_eq!(told().await, [paid, before[1], before[2]], "the latest stands first");
    }

    async fn forged_and_unknown_events_change_nothing(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        assert_eq!(event(&world, "evt_1", "wrong").await, Received::Refused(WebhookRefused::Forged));
        assert!(find_recipient(&world.services, Gateway::Stripe, Uuid::now_v7()).await.unwrap().is_none());
        let events = entities::webhook_event::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(events.len(), 0);
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Open, "an event alone is never believed");
    }

    async fn another_amount_or_currency_is_not_booked(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay_with(|paid| paid.currency = "cad".into());
        world.later(MINUTE).await;
        assert_eq!(ledger(&world).await.len(), 0);
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Open);
        assert_eq!(attempts(&world).await[0].state, AttemptState::Mismatch.as_str());
        let today = services::reports::today::view(&world.services, &shop).await.unwrap();
        assert_eq!(today.stuck.len(), 1, "a person is told");
    }

    async fn nobody_is_asked_to_pay_again_while_a_payment_differs(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.pay_with(|paid| paid.amount -= 1);
        world.later(MINUTE).await;
        assert_eq!(states(&world).await, [AttemptState::Mismatch]);
        assert_eq!(start(&world, &invoice).await, Err(Code::PaymentUnclear));
        assert_eq!(world.gateway.created(), 1);
        let is_unclear = async || pay_page::view(&world.services, &invoice.token).await.unwrap().unclear;
        assert!(is_unclear().await, "the buyer is told");
        let view = invoice::view(&world.services, &shop, invoice.id).await.unwrap();
        let told: Vec<_> = view.unclear.iter().map(|payment| (payment.why, payment.amount)).collect();
        assert_eq!(told, [(WhyUnclear::Differs, usd(5_199))], "the seller is told");
        assert_eq!(one_candle_more(&world, &shop).await.invoices, 1, "on an invoice of its own");
        assert_eq!(invoice::view(&world.services, &shop, invoice.id).await.unwrap().owed, usd(5_199));

        // Once somebody has settled it, it can be paid anew.
        let id = attempts(&world).await[0].id;
        let note = DismissForm { note: "Given back at Stripe".into() };
        stuck::dismiss(&world.services, &shop, id, &note).await.unwrap();
        assert!(!is_unclear().await);
        assert!(invoice::view(&world.services, &shop, invoice.id).await.unwrap().unclear.is_empty());
        start(&world, &invoice).await.unwrap();

        stuck::put_back(&world.services, &shop, id).await.unwrap();
        assert!(is_unclear().await);
        assert_eq!(start(&world, &invoice).await, Err(Code::PaymentUnclear));
        world.work().await;
        assert_eq!(states(&world).await, [AttemptState::Mismatch, AttemptState::Expired], "that page takes no money");
    }

    async fn a_payment_that_differs_closes_the_other_page(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        // Something joins the invoice, and before the page of the old sum is closed the buyer pays on it.
        world.gateway.pay_with(|paid| paid.currency = "cad".into());
        one_candle_more(&world, &shop).await;
        start(&world, &invoice).await.unwrap();
        world.later(MINUTE).await;
        assert_eq!(states(&world).await, [AttemptState::Mismatch, AttemptState::Expired]);
        assert_eq!(start(&world, &invoice).await, Err(Code::PaymentUnclear));
    }

    async fn what_is_paid_stays_so_whatever_is_answered_late(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.work().await;
        world.gateway.tell(CheckoutTruth::Pending);
        // One server asks and is answered late that the bank is paying.
        let mut answer = world.gateway.hold_next();
        world.services.clock.advance(30_000);
        let late = worker(&world.services, Lane::Money, asleep());
        answer.arrived().await;
        // Meanwhile another hears that it was paid.
        world.gateway.tell(CheckoutTruth::Open);
        world.gateway.pay();
        event(&world, "evt_1", "right").await;
        world.later(MINUTE).await;
        assert_eq!(states(&world).await, [AttemptState::Paid]);
        answer.release();
        late.await.unwrap();
        assert_eq!(states(&world).await, [AttemptState::Paid]);
        assert!(!pay_page::view(&world.services, &invoice.token).await.unwrap().on_its_way);
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
    }

    async fn a_fee_that_comes_later_is_added(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay_with(|paid| paid.fee = Fee::Unknown);
        world.later(MINUTE).await;
        assert_eq!(ledger(&world).await[0].fee, None);
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
        world.gateway.amend(|paid| paid.fee = Fee::Known(181));
        world.later(5 * MINUTE).await;
        assert_eq!(ledger(&world).await[0].fee, Some(181));
    }

    async fn a_fee_in_another_currency_is_known_for_good(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.pay_with(|paid| paid.fee = Fee::Other { currency: "eur".into(), amount: 150 });
        world.later(MINUTE).await;
        let asked = world.gateway.fetched();
        for _ in 0..20 {
            world.later(HOUR).await;
        }
        assert_eq!(world.gateway.fetched(), asked, "it is not asked for again and again");
        let view = invoice::view(&world.services, &shop, invoice.id).await.unwrap();
        assert!(view.timeline.iter().any(|entry| entry.what.ends_with("fee €1.50")), "{:?}", view.timeline);
        assert_eq!(ledger(&world).await[0].fee, None);
    }

    async fn a_fee_is_waited_for_from_the_payment_on(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.tell(CheckoutTruth::Pending);
        world.later(MINUTE).await;
        world.later(3 * DAY).await;
        world.gateway.tell(CheckoutTruth::Open);
        world.gateway.pay_with(|paid| paid.fee = Fee::Unknown);
        world.later(10 * MINUTE).await;
        assert_eq!(ledger(&world).await[0].fee, None);
        world.gateway.amend(|paid| paid.fee = Fee::Known(80));
        world.later(2 * MINUTE).await;
        assert_eq!(ledger(&world).await[0].fee, Some(80));
    }

    async fn a_refund_is_shown_and_taken_off_nothing(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        let payment = ledger(&world).await.remove(0).reference;
        world.gateway.amend(|paid| paid.refunded = 2_000);
        let account = attempts(&world).await[0].gateway_account_id;
        let body = format!("evt_9 {payment}");
        let header = |_: &str| Some("right".to_owned());
        let recipient = find_recipient(&world.services, Gateway::Stripe, account).await.unwrap().unwrap();
        receive(&world.services, recipient, &header, body.as_bytes()).await.unwrap();
        world.work().await;
        let view = invoice::view(&world.services, &shop, invoice.id).await.unwrap();
        assert_eq!(view.reversals.len(), 1);
        assert_eq!((view.reversals[0].refunded, view.reversals[0].disputed), (usd(2_000), false));
        assert!(view.timeline.iter().any(|entry| entry.what == "Refunded at Stripe: $20.00"), "{:?}", view.timeline);
        let report = report::view(&world.services, &shop, &Default::default()).await.unwrap();
        assert_eq!((report.figures.collected, report.figures.refunded), (usd(5_199), usd(2_000)));
        assert_eq!(today::view(&world.services, &shop).await.unwrap().refunded, usd(2_000));
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);

        // The refund fails after days, and the bank asks for the money instead: no event tells, a later look does.
        world.gateway.amend(|paid| (paid.refunded, paid.disputed) = (0, true));
        world.later(2 * DAY).await;
        let view = invoice::view(&world.services, &shop, invoice.id).await.unwrap();
        assert_eq!((view.reversals[0].refunded, view.reversals[0].disputed), (usd(0), true));
    }

    async fn today_sets_refunds_off_against_the_payments_that_it_counts(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.tell(CheckoutTruth::Pending);
        world.later(MINUTE).await;
        // The bank pays after four days, and the seller gives a part back.
        world.later(4 * DAY).await;
        world.gateway.tell(CheckoutTruth::Open);
        world.gateway.pay();
        world.later(10 * MINUTE).await;
        world.gateway.amend(|paid| paid.refunded = 2_000);
        world.later(2 * DAY).await;
        let today = async || {
            let today = today::view(&world.services, &shop).await.unwrap();
            (today.collected.minor, today.refunded.minor)
        };
        assert_eq!(today().await, (5_199, 2_000));
        // The click was 32 days ago by now, the payment 28.
        world.services.clock.advance(26 * DAY);
        assert_eq!(today().await, (5_199, 2_000));
        world.services.clock.advance(3 * DAY);
        assert_eq!(today().await, (0, 0));
    }

    async fn what_was_paid_too_much_and_given_back_is_not_asked_for_again(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        // As after two pages that were paid at the same moment.
        use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
        let write = world.services.database.write_across().await.unwrap();
        let mut row = entities::invoice::Entity::find_by_id(invoice.id).one(&*write).await.unwrap().unwrap().into_active_model();
        row.paid = Set(7_199);
        row.update(&*write).await.unwrap();
        write.commit().await.unwrap();
        let overpaid = async || report::view(&world.services, &shop, &Default::default()).await.unwrap().figures.overpaid;
        assert_eq!(overpaid().await, usd(2_000));
        world.gateway.amend(|paid| paid.refunded = 2_000);
        world.later(2 * DAY).await;
        assert_eq!(overpaid().await, usd(0));
    }

    async fn a_payment_is_looked_at_for_months_and_not_for_ever(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        let (asked, before) = (world.gateway.fetched(), revision(&world).await);
        for _ in 0..130 {
            world.later(DAY).await;
        }
        assert_eq!(world.gateway.fetched() - asked, 7);
        let jobs = entities::job::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(jobs.len(), 0);
        // Each look is a job that ends, and nothing beside.
        assert!(revision(&world).await - before <= 8 + 1, "{} rises", revision(&world).await - before);
    }
}
