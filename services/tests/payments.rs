//! From held claims to paid invoices: billed once, paid once, whatever is lost, repeated or forged on the way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    invoices::InvoiceState,
    payments::{AttemptState, CheckoutTruth, Gateway},
    problem::Code,
    time::{DAY, HOUR, MINUTE},
};
use sea_orm::EntityTrait;
use services::{
    accounts::Actor,
    database_tests, entities,
    invoices::{bill::bill_everyone, invoice, mail, pay_page},
    payments::{
        pay,
        webhook::{Received, receive},
    },
    ports::{PortError, gateway::WebhookRefused},
    reports::report,
    sales::hold::hold,
    testing::World,
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
        world.gateway.pay_with(|paid| paid.fee = None);
        world.later(MINUTE).await;
        assert_eq!(ledger(&world).await[0].fee, None);
        assert_eq!(state(&world, invoice.id).await, InvoiceState::Paid);
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
        let job = entities::job::Entity::find().one(&*write).await.unwrap().unwrap();
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
}
