//! What does not go on by itself, and what members do about it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    invoices::Mood,
    payments::Gateway,
    problem::{Code, FieldCode},
    reports::DismissForm,
    time::MINUTE,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    accounts::Actor,
    database_tests,
    entities::{dismissal, invoice, job},
    invoices::{bill::bill_everyone, invoice as invoices},
    jobs::{JobKind, queue, stuck},
    payments::pay,
    ports::PortError,
    reports::today,
    retention,
    sales::hold::hold,
    testing::World,
};

/// A shop whose mails to these buyers were refused.
async fn refused(world: &World, email: &str, buyers: usize) -> Actor {
    let shop = world.shop(email).await;
    let sale = world.sale(&shop).await;
    let names: Vec<String> = (0..buyers).map(|number| format!("Buyer N{number}x")).collect();
    let comments: Vec<String> = names.iter().map(|name| format!("{name}: sold C3")).collect();
    hold(&world.services, &shop, sale, comments.join("\n")).await.unwrap();
    for (number, name) in names.iter().enumerate() {
        world.introduce(&shop, name, &format!("n{number}@buyers.example")).await;
    }
    bill_everyone(&world.services, &shop).await.unwrap();
    world.mailer.fail_always(Some(PortError::Refused("550".into())));
    world.work().await;
    world.mailer.fail_always(None);
    shop
}

fn because(note: &str) -> DismissForm {
    DismissForm { note: note.into() }
}

database_tests! {
    async fn what_is_stuck_says_what_it_is_and_why(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 1).await;
        let invoice = invoice::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
        let today = today::view(&world.services, &shop).await.unwrap();
        assert_eq!(today.stuck_count, 1);
        let row = &today.stuck[0];
        assert_eq!(row.what, "A mail could not be sent");
        assert_eq!(row.about, "INV-0001 · Buyer N0x");
        assert_eq!(row.why, "The mail server refused the address n0@buyers.example.");
        assert_eq!(row.path, format!("/bill/{}", invoice.id));

        let view = invoices::view(&world.services, &shop, invoice.id).await.unwrap();
        let told = view.timeline.iter().find(|entry| entry.mood == Mood::Wrong).unwrap();
        assert_eq!(
            told.what,
            "Invoice could not be mailed to n0@buyers.example. The mail server refused the address."
        );
    }

    async fn all_of_it_can_be_reached(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 30).await;
        let today = today::view(&world.services, &shop).await.unwrap();
        assert_eq!((today.stuck.len(), today.stuck_count), (5, 30));
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let view = stuck::view(&world.services, &shop, &after).await.unwrap();
            assert_eq!(view.count, 30);
            seen.extend(view.stuck.rows.into_iter().map(|row| row.id));
            match view.stuck.next {
                Some(next) => after = next,
                None => break,
            }
        }
        seen.dedup();
        assert_eq!(seen.len(), 30);
    }

    async fn one_is_tried_again_or_all(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 3).await;
        let view = stuck::view(&world.services, &shop, "").await.unwrap();
        stuck::retry_one(&world.services, &shop, view.stuck.rows[1].id).await.unwrap();
        world.work().await;
        assert_eq!(world.mailer.sent().len(), 1);
        stuck::retry_all(&world.services, &shop).await.unwrap();
        world.work().await;
        assert_eq!(world.mailer.sent().len(), 3);
        assert_eq!(stuck::view(&world.services, &shop, "").await.unwrap().count, 0);
    }

    async fn a_refused_mail_is_tried_again_at_the_present_address(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 2).await;
        let rows = stuck::view(&world.services, &shop, "").await.unwrap().stuck.rows;
        let whose = |email: &str| rows.iter().find(|row| row.why.contains(email)).unwrap();
        let (first, other) = (whose("n0@buyers.example"), whose("n1@buyers.example"));
        // What is put right is refused once more: the row names the address that was tried last.
        world.introduce(&shop, "Buyer N0x", "n0@beyers.example").await;
        world.mailer.fail_next(PortError::Refused("550".into()));
        stuck::retry_one(&world.services, &shop, first.id).await.unwrap();
        world.work().await;
        let row = stuck::one(&world.services, &shop, first.id).await.unwrap();
        assert_eq!(row.why, "The mail server refused the address n0@beyers.example.");

        world.introduce(&shop, "Buyer N0x", "n0@elsewhere.example").await;
        stuck::retry_all(&world.services, &shop).await.unwrap();
        world.work().await;
        let mut sent: Vec<String> = world.mailer.sent().into_iter().map(|mail| mail.to).collect();
        sent.sort();
        assert_eq!(sent, ["n0@elsewhere.example", "n1@buyers.example"], "{}", other.about);
        let invoice = first.path.rsplit('/').next().unwrap().parse().unwrap();
        let view = invoices::view(&world.services, &shop, invoice).await.unwrap();
        let mailed = view.timeline.iter().find(|entry| entry.mood == Mood::Well).unwrap();
        assert_eq!(mailed.what, "Invoice mailed to n0@elsewhere.example");
    }

    async fn it_is_dismissed_with_a_reason_and_put_back(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 2).await;
        let id = stuck::view(&world.services, &shop, "").await.unwrap().stuck.rows[0].id;
        let without = stuck::dismiss(&world.services, &shop, id, &because("  ")).await.unwrap_err().problem();
        assert_eq!(without.fields[0].code, FieldCode::Missing);

        stuck::dismiss(&world.services, &shop, id, &because("I rang her up")).await.unwrap();
        let view = stuck::view(&world.services, &shop, "").await.unwrap();
        assert_eq!((view.count, view.dismissed.len()), (1, 1));
        let row = &view.dismissed[0];
        assert_eq!((row.note.as_str(), row.by.as_str()), ("I rang her up", shop.member_name.as_str()));
        let twice = stuck::dismiss(&world.services, &shop, id, &because("again")).await;
        assert_eq!(twice.unwrap_err().problem().code, Code::WrongState);
        stuck::retry_all(&world.services, &shop).await.unwrap();
        world.work().await;
        assert_eq!(world.mailer.sent().len(), 1, "what was dismissed is not tried again");

        stuck::put_back(&world.services, &shop, id).await.unwrap();
        let view = stuck::view(&world.services, &shop, "").await.unwrap();
        assert_eq!((view.count, view.dismissed.len()), (1, 0));
        stuck::retry_one(&world.services, &shop, id).await.unwrap();
        world.work().await;
        assert_eq!(world.mailer.sent().len(), 2);
    }

    async fn a_payment_that_differs_is_dismissed_with_a_note(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 1).await;
        stuck::retry_all(&world.services, &shop).await.unwrap();
        let invoice = invoice::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay_with(|paid| paid.currency = "cad".into());
        world.later(MINUTE).await;
        let row = stuck::view(&world.services, &shop, "").await.unwrap().stuck.rows.remove(0);
        assert_eq!((row.path, row.can_retry), (format!("/bill/{}", invoice.id), false));
        stuck::dismiss(&world.services, &shop, row.id, &because("Given back by hand")).await.unwrap();
        let today = today::view(&world.services, &shop).await.unwrap();
        assert_eq!((today.stuck.len(), today.stuck_count), (0, 0));
        stuck::put_back(&world.services, &shop, row.id).await.unwrap();
        assert_eq!(today::view(&world.services, &shop).await.unwrap().stuck_count, 1);
    }

    async fn what_is_another_business_is_not_found(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 1).await;
        let other = world.owner("pia@sunlit.example").await;
        let id = stuck::view(&world.services, &shop, "").await.unwrap().stuck.rows[0].id;
        let not_found = |error: services::Error| assert_eq!(error.problem().code, Code::NotFound);
        not_found(stuck::one(&world.services, &other, id).await.unwrap_err());
        not_found(stuck::retry_one(&world.services, &other, id).await.unwrap_err());
        not_found(stuck::dismiss(&world.services, &other, id, &because("mine?")).await.unwrap_err());
        stuck::retry_all(&world.services, &other).await.unwrap();
        let row = job::Entity::find().filter(job::Column::Id.eq(id)).one(world.services.database.read()).await;
        assert_eq!(row.unwrap().unwrap().state, "stuck");
        stuck::dismiss(&world.services, &shop, id, &because("done")).await.unwrap();
        not_found(stuck::put_back(&world.services, &other, id).await.unwrap_err());
    }

    async fn what_is_set_aside_is_found_however_much_went_on_since(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 12).await;
        let rows = stuck::view(&world.services, &shop, "").await.unwrap().stuck.rows;
        for row in &rows {
            stuck::dismiss(&world.services, &shop, row.id, &because("I rang them up")).await.unwrap();
            world.services.clock.advance(MINUTE);
        }
        // All but the first are queued anew.
        let read = world.services.database.read();
        for row in &rows[1..] {
            let job = job::Entity::find_by_id(row.id).one(read).await.unwrap().unwrap();
            let write = world.services.database.write(shop.business_id).await.unwrap();
            let now = world.services.now();
            queue::enqueue(&write, shop.business_id, JobKind::SendMail, [job.subject_id], now).await.unwrap();
            write.commit().await.unwrap();
        }
        let left = dismissal::Entity::find().all(read).await.unwrap();
        assert_eq!(left.iter().map(|row| row.subject_id).collect::<Vec<_>>(), [rows[0].id], "what goes on is not set aside");
        world.work().await;
        assert_eq!(world.mailer.sent().len(), 11);
        let view = stuck::view(&world.services, &shop, "").await.unwrap();
        assert_eq!((view.dismissed.len(), view.dismissed[0].id), (1, rows[0].id));
    }

    async fn dismissals_of_what_is_not_there_any_more_take_no_place(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 12).await;
        let rows = stuck::view(&world.services, &shop, "").await.unwrap().stuck.rows;
        for row in &rows {
            stuck::dismiss(&world.services, &shop, row.id, &because("I rang them up")).await.unwrap();
            world.services.clock.advance(MINUTE);
        }
        // As an older server left them: their jobs are gone, the rows are not.
        let read = world.services.database.read();
        job::Entity::delete_many()
            .filter(job::Column::Id.is_in(rows[1..].iter().map(|row| row.id)))
            .exec(read)
            .await
            .unwrap();
        let view = stuck::view(&world.services, &shop, "").await.unwrap();
        assert_eq!((view.dismissed.len(), view.dismissed[0].id), (1, rows[0].id));
        assert!(retention::sweep_if_due(&world.services).await.unwrap());
        let left = dismissal::Entity::find().all(read).await.unwrap();
        assert_eq!(left.iter().map(|row| row.subject_id).collect::<Vec<_>>(), [rows[0].id]);
        stuck::put_back(&world.services, &shop, rows[0].id).await.unwrap();
    }

    async fn today_says_that_mail_is_paused_and_why(database: TestDatabase) {
        let world = World::new(database);
        let shop = refused(&world, "olive@moonlit.example", 1).await;
        let rests = async || {
            let today = today::view(&world.services, &shop).await.unwrap();
            let stuck = stuck::view(&world.services, &shop, "").await.unwrap();
            assert_eq!(today.mail_rests, stuck.mail_rests);
            today.mail_rests
        };
        assert_eq!(rests().await, None, "one address that is refused is no outage");
        for (error, why) in [
            (PortError::Unavailable("no answer".into()), "because the mail server does not answer"),
            (PortError::Unauthorised("535".into()), "because the mail server does not accept this server's password"),
        ] {
            world.mailer.fail_always(Some(error));
            stuck::retry_all(&world.services, &shop).await.unwrap();
            world.later(10 * MINUTE).await;
            let words = rests().await.unwrap();
            assert!(words.starts_with("Mail is paused until ") && words.contains(why), "{words}");
        }
        world.services.clock.advance(10 * MINUTE);
        assert_eq!(rests().await, None, "it is tried at this moment");
        world.mailer.fail_always(None);
        world.work().await;
        assert_eq!((rests().await, world.mailer.sent().len()), (None, 1));
    }
}
