//! From held claims to paid invoices: billed once, paid once, whatever is lost, repeated or forged on the way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    invoices::InvoiceState,
    money::Money,
    payments::{AttemptState, CheckoutTruth, CredentialsForm, Fee, Gateway},
    problem::{Code, FieldCode},
    time::{DAY, HOUR, MINUTE},
};
use sea_orm::EntityTrait;
use services::{
    accounts::Actor,
    database_tests, entities,
    invoices::{bill::bill_everyone, invoice, mail, pay_page},
    payments::{
        account, check, pay,
        webhook::{Received, receive},
    },
    ports::{
        PortError,
        gateway::{NotMade, WebhookRefused},
    },
    reports::{report, today},
    sales::hold::hold,
    testing::{World, ports::STRIPE_KEY},
};
use uuid::Uuid;

/// A shop in which Ana owes for two towers and a candle.
async fn billed(world: &World) -> (Actor, entities::invoice::Model) {
    let shop = world.shop("olive@moonlit.example").await;
    let sale = world.sale(&shop).await;
    hold(&world.services, &shop, sale, "Ana Ruiz: sold B27 x2\nAna Ruiz: sold C3".into()).await.unwrap();
    world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
    bill_everyone(&world.services, &shop).await.unwrap();
    let invoice =
        entities::invoice::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
    (shop, invoice)
}

async fn attempts(world: &World) -> Vec<entities::attempt::Model> {
    entities::attempt::Entity::find().all(world.services.database.read()).await.unwrap()
}

async fn ledger(world: &World) -> Vec<entities::ledger::Model> {
    entities::ledger::Entity::find().all(world.services.database.read()).await.unwrap()
}

async fn state(world: &World, id: Uuid) -> InvoiceState {
    let row =
        entities::invoice::Entity::find_by_id(id).one(world.services.database.read()).await.unwrap().unwrap();
    InvoiceState::parse(&row.state).unwrap()
}

async fn event(world: &World, id: &str, signature: &str) -> Received {
    let attempt = attempts(world).await.remove(0);
    let body = format!("{id} {}", attempt.reference.unwrap());
    let signature = signature.to_owned();
    let header = move |name: &str| (name == "signature").then(|| signature.clone());
    receive(&world.services, Gateway::Stripe, attempt.gateway_account_id, &header, body.as_bytes())
        .await
        .unwrap()
}

/// Another key of Stripe.
const NEW_KEY: &str = "rk_test_invented5678";

async fn start(world: &World, invoice: &entities::invoice::Model) -> Result<String, Code> {
    pay::start(&world.services, &invoice.token, Gateway::Stripe).await.map_err(|error| error.problem().code)
}

/// A click whose answer from the gateway is on its way until the test lets it come.
fn click(world: &World, invoice: &entities::invoice::Model) -> tokio::task::JoinHandle<Result<String, Code>> {
    let (services, token) = (world.services.clone(), invoice.token.clone());
    tokio::spawn(async move {
        pay::start(&services, &token, Gateway::Stripe).await.map_err(|error| error.problem().code)
    })
}

async fn connect(world: &World, shop: &Actor, key: &str) {
    let form = CredentialsForm { key: key.into() };
    account::connect(&world.services, shop, Gateway::Stripe, &form).await.unwrap();
}

async fn states(world: &World) -> Vec<AttemptState> {
    attempts(world).await.iter().map(|attempt| AttemptState::parse(&attempt.state).unwrap()).collect()
}

/// Ana claims one candle more, and everyone is billed.
async fn one_candle_more(world: &World, shop: &Actor) -> domain::invoices::Billed {
    let sale = world.sale(shop).await;
    hold(&world.services, shop, sale, "Ana Ruiz: sold C3".into()).await.unwrap();
    bill_everyone(&world.services, shop).await.unwrap()
}

async fn revision(world: &World) -> i64 {
    entities::business::Entity::find().one(world.services.database.read()).await.unwrap().unwrap().revision
}

fn usd(minor: i64) -> Money {
    Money::new(minor, domain::money::Currency::USD)
}

database_tests! {
    async fn everyone_is_billed_once_and_mailed(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        assert_eq!((invoice.sequence, invoice.subtotal, invoice.shipping, invoice.total), (1, 4_600, 599, 5_199));
        let again = bill_everyone(&world.services, &shop).await.unwrap();
        assert_eq!(again.invoices, 0);

        world.work().await;
        let mails = world.mailer.sent();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, "ana@buyers.example");
        assert!(mails[0].text.contains(&format!("https://shop.example/pay/{}", invoice.token)), "{}", mails[0].text);
        assert!(mails[0].text.contains("$51.99"), "{}", mails[0].text);
        world.later(DAY).await;
        assert_eq!(world.mailer.sent().len(), 1, "a mail is sent once");
    }

    async fn later_claims_join_the_open_invoice(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold C3\nKim Lee: sold C3".into()).await.unwrap();
        let billed = bill_everyone(&world.services, &shop).await.unwrap();
        assert_eq!((billed.invoices, billed.joined, billed.without_email), (2, 1, 1));
        let view = invoice::view(&world.services, &shop, invoice.id).await.unwrap();
        assert_eq!((view.totals.total.minor, view.lines.len()), (6_099, 3));
        world.work().await;
        assert_eq!(world.gateway.open_pages(), 0, "the page for the old amount takes no money any more");
        assert_eq!(attempts(&world).await[0].state, AttemptState::Expired.as_str());
    }

    async fn the_mail_of_a_joined_invoice_says_what_was_added(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        world.work().await;
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold A12 6 x2".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        world.work().await;
        mail::mail_again(&world.services, &shop, invoice.id).await.unwrap();
        world.work().await;
        let mails = world.mailer.sent();
        let subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(
            subjects,
            [
                "INV-0001 from Moonlit Silver",
                "Updated: INV-0001 from Moonlit Silver, 2 pieces added",
                "INV-0001 from Moonlit Silver",
            ]
        );
        assert!(mails[0].text.starts_with("Hello Ana Ruiz,\n\nThank you! This is what you got:\n"), "{}", mails[0].text);
        let (added, before) = mails[1].text.split_once("What you got before:").unwrap();
        assert!(added.contains("added to your order INV-0001") && added.contains("2 × A12"), "{added}");
        assert!(!added.contains("B27") && before.contains("B27") && before.contains("C3"), "{before}");
        assert!(!before.contains("A12") && before.contains("New total  $99.99"), "{before}");
        assert!(mails[2].text.contains("A12") && !mails[2].text.contains("added"), "{}", mails[2].text);
    }

    async fn a_first_mail_is_no_update_whatever_joined_before_it(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold B27".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold C3".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        world.work().await;
        let mails = world.mailer.sent();
        assert_eq!(mails.len(), 1, "no address was known before");
        assert_eq!(mails[0].subject, "INV-0001 from Moonlit Silver");
    }

    async fn a_mail_that_fails_is_tried_again(database: TestDatabase) {
        let world = World::new(database);
        billed(&world).await;
        world.mailer.fail_next(PortError::Unavailable("the mail server rests".into()));
        world.work().await;
        assert_eq!(world.mailer.sent().len(), 0);
        world.later(MINUTE).await;
        assert_eq!(world.mailer.sent().len(), 1);
    }

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

    async fn forged_and_unknown_events_change_nothing(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        assert_eq!(event(&world, "evt_1", "wrong").await, Received::Refused(WebhookRefused::Forged));
        let header = |_: &str| Some("right".to_owned());
        let nobody = receive(&world.services, Gateway::Stripe, Uuid::now_v7(), &header, b"evt_1 cs_1").await.unwrap();
        assert_eq!(nobody, Received::Unknown);
        let events = entities::webhook_event::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(events.len(), 0);
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Open, "an event alone is never believed");
    }

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
        assert_eq!(refused.unwrap_err().problem().code, Code::ProviderRefused);
        assert!(pay::start(&world.services, &invoice.token, Gateway::Stripe).await.is_ok());
        assert_eq!(attempts(&world).await.len(), 2);
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

    async fn what_is_paid_stays_so_whatever_is_answered_late(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.work().await;
        world.gateway.tell(CheckoutTruth::Pending);
        // One server asks and is answered late that the bank is paying.
        let mut answer = world.gateway.hold_next();
        let services = world.services.clone();
        world.services.clock.advance(30_000);
        let late = tokio::spawn(async move { services::jobs::worker::run_one(&services).await.unwrap() });
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
        let received = receive(&world.services, Gateway::Stripe, connected.id, &header, body.as_bytes()).await;
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
            assert_eq!(start(&world, &invoice).await, Err(Code::ProviderRefused));
        }
        let before = revision(&world).await;
        for _ in 0..5 {
            assert_eq!(start(&world, &invoice).await, Err(Code::TooMany));
        }
        assert_eq!((attempts(&world).await.len(), revision(&world).await), (5, before));
        world.services.clock.advance(MINUTE);
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
        receive(&world.services, Gateway::Stripe, account, &header, body.as_bytes()).await.unwrap();
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

    async fn later_claims_do_not_join_what_a_bank_is_paying(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world).await;
        start(&world, &invoice).await.unwrap();
        world.gateway.tell(CheckoutTruth::Pending);
        world.later(MINUTE).await;
        let more = one_candle_more(&world, &shop).await;
        assert_eq!((more.invoices, more.joined), (1, 0));
        world.gateway.tell(CheckoutTruth::Open);
        world.gateway.pay();
        world.later(HOUR).await;
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
    }
}
