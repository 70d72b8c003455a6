//! Everyone is billed once and told by mail, and what is claimed later joins what is open.

use domain::{
    invoices::InvoiceState,
    payments::{AttemptState, CheckoutTruth, Gateway},
    time::{DAY, HOUR, MINUTE},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, prelude::Expr};
use services::{
    database_tests, entities,
    invoices::{bill::bill_everyone, invoice, mail},
    jobs::Lane,
    payments::pay,
    ports::PortError,
    sales::hold::hold,
    testing::{
        World,
        workers::{asleep, worker},
    },
};

use super::{attempts, billed, one_candle_more, start, state};

/// Joins something to an invoice while the mail about what joined before is being sent, after `meanwhile`. Each is told once.
async fn what_joins_meanwhile_is_told(world: &World, meanwhile: impl AsyncFnOnce()) {
    let (shop, _) = billed(world).await;
    world.work().await;
    one_candle_more(world, &shop).await;
    let mut answer = world.mailer.hold_next();
    let sending = worker(&world.services, Lane::Mail, asleep());
    answer.arrived().await;
    meanwhile().await;
    one_candle_more(world, &shop).await;
    answer.release();
    sending.await.unwrap();
    world.work().await;
    let subjects: Vec<String> = world.mailer.sent().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects.len(), 3, "{subjects:?}");
    assert!(subjects[1..].iter().all(|subject| subject.ends_with(", 1 piece added")), "{subjects:?}");
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
        assert!(!added.contains("× B27") && before.contains("× B27") && before.contains("× C3"), "{before}");
        assert!(!before.contains("× A12") && before.contains("New total  $99.99"), "{before}");
        assert!(mails[2].text.contains("× A12") && !mails[2].text.contains("added"), "{}", mails[2].text);
    }

    async fn what_joins_while_a_mail_waits_is_told_once_as_new(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world).await;
        world.work().await;
        world.mailer.fail_always(Some(PortError::Unavailable("the mail server rests".into())));
        one_candle_more(&world, &shop).await;
        world.work().await;
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold A12 6".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        world.work().await;
        world.mailer.fail_always(None);
        world.later(HOUR).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold A12 7".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        world.work().await;
        let mails = world.mailer.sent();
        assert_eq!(mails.len(), 3);
        assert!(mails[1].subject.ends_with(", 2 pieces added"), "{}", mails[1].subject);
        let (added, before) = mails[1].text.split_once("What you got before:").unwrap();
        assert!(added.contains("× C3") && added.contains("× A12") && !before.contains("× A12"), "{}", mails[1].text);
        assert_eq!(before.matches("× C3").count(), 1, "{before}");
        assert!(mails[2].subject.ends_with(", 1 piece added"), "{}", mails[2].subject);
        let (added, before) = mails[2].text.split_once("What you got before:").unwrap();
        assert_eq!((added.matches("× A12").count(), before.matches("× A12").count()), (1, 1), "{}", mails[2].text);
    }

    async fn what_joins_while_a_mail_is_being_sent_is_told_by_the_next(database: TestDatabase) {
        let world = World::new(database);
        what_joins_meanwhile_is_told(&world, async || {}).await;
    }

    async fn what_joins_a_mail_that_its_worker_lost_is_told_by_the_next(database: TestDatabase) {
        let world = World::new(database);
        what_joins_meanwhile_is_told(&world, async || {
            // Its lease ran out, and the mail waits for another worker.
            entities::job::Entity::update_many()
                .col_expr(entities::job::Column::State, Expr::value("queued"))
                .col_expr(entities::job::Column::LeaseUntil, Expr::value(Option::<i64>::None))
                .filter(entities::job::Column::Kind.eq("send-mail"))
                .exec(world.services.database.read())
                .await
                .unwrap();
        })
        .await;
    }

    async fn what_mails_told_before_that_was_kept_is_counted(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world).await;
        world.work().await;
        one_candle_more(&world, &shop).await;
        world.work().await;
        one_candle_more(&world, &shop).await;
        let read = world.services.database.read();
        let told = async || {
            let mails = entities::mail::Entity::find().order_by_asc(entities::mail::Column::Id).all(read).await.unwrap();
            mails.into_iter().map(|mail| mail.told_lines).collect::<Vec<_>>()
        };
        assert_eq!(told().await, [Some(2), Some(3), None]);
        let nothing = Expr::value(Option::<i64>::None);
        let forget = entities::mail::Entity::update_many().col_expr(entities::mail::Column::ToldLines, nothing);
        forget.exec(read).await.unwrap();
        migrations::m20261130_000027_keys_and_mails::count_told_lines(read).await.unwrap();
        assert_eq!(told().await, [Some(2), Some(3), None]);
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
    async fn an_open_invoice_that_comes_to_nothing_is_paid_for_good(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        world.item(&shop, "G1", "Giveaway", "0", &[("", "9")]).await;
        let invoices = async |claims: &str| {
            let sale = world.sale(&shop).await;
            hold(&world.services, &shop, sale, claims.into()).await.unwrap();
            bill_everyone(&world.services, &shop).await.unwrap();
            let read = world.services.database.read();
            let rows = entities::invoice::Entity::find().order_by_asc(entities::invoice::Column::Sequence).all(read).await;
            rows.unwrap().into_iter().map(|row| (row.state, row.total, row.token)).collect::<Vec<_>>()
        };
        let sums = |rows: &[(String, i64, String)]| rows.iter().map(|row| (row.0.clone(), row.1)).collect::<Vec<_>>();
        let (open, paid) = (("open".to_owned(), 599), ("paid".to_owned(), 0));
        assert_eq!(sums(&invoices("Ana Ruiz: sold G1\nKim Lee: sold G1").await), [open.clone(), open.clone()]);
        let mut form = services::accounts::business::view(&world.services, &shop).await.unwrap();
        form.shipping_fee = "0".into();
        services::accounts::business::save(&world.services, &shop, &form).await.unwrap();
        assert_eq!(sums(&invoices("Ana Ruiz: sold G1").await), [paid.clone(), open.clone()]);
        // What is won later is billed on its own: free pieces and one that costs something.
        let rows = invoices("Ana Ruiz: sold G1").await;
        assert_eq!(sums(&rows), [paid.clone(), open.clone(), paid.clone()]);
        let rows = invoices("Ana Ruiz: sold C3").await;
        assert_eq!(sums(&rows), [paid.clone(), open, paid, ("open".into(), 900)]);
        pay::start(&world.services, &rows[3].2, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        let read = world.services.database.read();
        assert_eq!(entities::shipment::Entity::find().all(read).await.unwrap().len(), 3);
        assert_eq!(entities::invoice::Entity::find().all(read).await.unwrap().iter().filter(|row| row.state == "paid").count(), 3);
    }
}
