//! The queue: lanes and turns, workers that die or are told to stop, and outages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use domain::{
    payments::{AttemptState, Gateway},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, Set, Statement,
};
use services::{
    accounts::Actor,
    database_tests,
    entities::{attempt, business, invoice, job, mail},
    invoices::{bill::bill_everyone, mail::mail_again},
    jobs::{
        JobKind, Lane, queue,
        worker::{self, Pace},
    },
    new_id, payments,
    ports::PortError,
    sales::hold::hold,
    testing::{World, workers},
};
use tokio::sync::watch;
use uuid::Uuid;

/// A shop in which Ana owes for a candle; her mail is due.
async fn billed(world: &World, email: &str) -> (Actor, invoice::Model) {
    let shop = world.shop(email).await;
    let sale = world.sale(&shop).await;
    hold(&world.services, &shop, sale, "Ana Ruiz: sold C3".into()).await.unwrap();
    world.introduce(&shop, "Ana Ruiz", &format!("ana.of.{email}")).await;
    bill_everyone(&world.services, &shop).await.unwrap();
    let invoice = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(shop.business_id))
        .one(world.services.database.read())
        .await
        .unwrap()
        .unwrap();
    (shop, invoice)
}

/// So many more mails about an invoice, each with its job.
async fn more_mails(world: &World, invoice: &invoice::Model, count: usize) {
    let now = world.services.now();
    let write = world.services.database.write(invoice.business_id).await.unwrap();
    let mut ids = Vec::new();
    for number in 0..count {
        let id = new_id();
        ids.push(id);
        let row = mail::ActiveModel {
            id: Set(id),
            business_id: Set(invoice.business_id),
            invoice_id: Set(invoice.id),
            kind: Set("invoice".into()),
            recipient: Set(format!("buyer{number}@buyers.example")),
            created_at: Set(now),
            sent_at: Set(None),
            told_lines: Set(None),
        };
        mail::Entity::insert(row).exec_without_returning(&*write).await.unwrap();
    }
    queue::enqueue(&write, invoice.business_id, JobKind::SendMail, ids, now).await.unwrap();
    write.commit().await.unwrap();
}

async fn jobs(world: &World) -> Vec<job::Model> {
    job::Entity::find().order_by_asc(job::Column::Id).all(world.services.database.read()).await.unwrap()
}

async fn only_job(world: &World) -> job::Model {
    let mut jobs = jobs(world).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.remove(0)
}

async fn revision(world: &World, shop: &Actor) -> i64 {
    let business = business::Entity::find_by_id(shop.business_id);
    business.one(world.services.database.read()).await.unwrap().unwrap().revision
}

/// One more mail about the shop's invoice.
async fn mail_again_anew(world: &World, shop: &Actor) {
    let invoice = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(shop.business_id))
        .one(world.services.database.read())
        .await
        .unwrap()
        .unwrap();
    mail_again(&world.services, shop, invoice.id).await.unwrap();
}

/// Waits on PostgreSQL until a statement stands before a lock that somebody else has. On SQLite nobody gets so far: whoever
/// writes waits for a turn.
async fn somebody_waits_for_a_lock(world: &World) {
    let read = world.services.database.read();
    if read.get_database_backend() != DbBackend::Postgres {
        return;
    }
    let question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        let statement = Statement::from_string(DbBackend::Postgres, question);
        let waiting: i64 = read.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap();
        if waiting > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn every_kind_is_in_a_lane_that_waits_for_nothing_else() {
    let lanes: Vec<(&str, &str)> =
        JobKind::ALL.iter().map(|kind| (kind.as_str(), kind.lane().as_str())).collect();
    assert!(lanes.contains(&("check-attempt", "money")) && lanes.contains(&("buy-label", "labels")));
    let mails: Vec<&str> = lanes.iter().filter(|(_, lane)| *lane == "mail").map(|(kind, _)| *kind).collect();
    assert_eq!(mails, ["send-mail"]);
}

database_tests! {
    async fn businesses_take_turns(database: TestDatabase) {
        let world = World::new(database);
        let (_, first) = billed(&world, "olive@moonlit.example").await;
        more_mails(&world, &first, 40).await;
        world.services.clock.advance(SECOND);
        billed(&world, "pia@sunlit.example").await;
        let (_keep, mut stop) = watch::channel(false);
        for _ in 0..3 {
            worker::run_one_of(&world.services, Lane::Mail, Pace::default(), &mut stop).await.unwrap();
        }
        let sent: Vec<String> = world.mailer.sent().into_iter().map(|mail| mail.to).collect();
        assert!(sent.contains(&"ana.of.pia@sunlit.example".to_owned()), "{sent:?}");
        assert_eq!(world.work().await, 39, "and all others follow");
        assert_eq!(world.mailer.sent().len(), 42);
    }

    async fn a_slow_mail_server_keeps_no_payment_waiting(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world, "olive@moonlit.example").await;
        payments::pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.services.clock.advance(MINUTE);
        let mut held = world.mailer.hold_next();
        let mailing = workers::worker(&world.services, Lane::Mail, Pace::default());
        held.arrived().await;
        let (_keep, mut stop) = watch::channel(false);
        while worker::run_one_of(&world.services, Lane::Money, Pace::default(), &mut stop).await.unwrap() {}
        let attempt = attempt::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
        assert_eq!(attempt.state, AttemptState::Paid.as_str());
        held.release();
        assert!(mailing.await.unwrap());
    }

    async fn workers_of_a_lane_take_nothing_of_another(database: TestDatabase) {
        let world = World::new(database);
        billed(&world, "olive@moonlit.example").await;
        let (_keep, mut stop) = watch::channel(false);
        for lane in [Lane::Money, Lane::Labels, Lane::Files] {
            assert!(!worker::run_one_of(&world.services, lane, Pace::default(), &mut stop).await.unwrap());
        }
        assert!(worker::run_one_of(&world.services, Lane::Mail, Pace::default(), &mut stop).await.unwrap());
    }

    async fn a_panic_is_a_failed_try(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world, "olive@moonlit.example").await;
        world.mailer.panic_always(true);
        world.work().await;
        let job = only_job(&world).await;
        assert_eq!((job.tries, job.reason.as_str()), (1, "fault"));
        assert!(job.last_error.contains("panicked"), "{}", job.last_error);
        for _ in 0..20 {
            world.later(HOUR).await;
        }
        assert_eq!(only_job(&world).await.state, "stuck");
        let today = services::reports::today::view(&world.services, &shop).await.unwrap();
        assert_eq!(today.stuck_count, 1);
        assert_eq!(today.stuck[0].about, "INV-0001 · Ana Ruiz");
    }

    async fn a_job_that_its_workers_die_of_waits_for_a_person(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world, "olive@moonlit.example").await;
        let before = revision(&world, &shop).await;
        for tries in 1..=20 {
            let mut held = world.mailer.hold_next();
            let worker = workers::worker(&world.services, Lane::Mail, Pace::default());
            held.arrived().await;
            worker.abort();
            held.given_up().await;
            assert!(worker.await.unwrap_err().is_cancelled());
            assert_eq!(only_job(&world).await.tries, tries);
            world.services.clock.advance(21 * SECOND);
        }
        assert_eq!(world.work().await, 0, "it is not started once more");
        let job = only_job(&world).await;
        assert_eq!((job.state.as_str(), job.reason.as_str()), ("stuck", "lost"));
        assert!(revision(&world, &shop).await > before, "open screens are told");
    }

    async fn kinds_that_a_server_does_not_know_are_left_to_others(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world, "olive@moonlit.example").await;
        let known = only_job(&world).await;
        let newer = job::ActiveModel {
            id: Set(Uuid::nil()),
            kind: Set("beam-mail".into()),
            subject_id: Set(new_id()),
            run_at: Set(0),
            ..known.into_active_model()
        };
        job::Entity::insert(newer).exec_without_returning(world.services.database.read()).await.unwrap();
        assert_eq!(world.work().await, 1);
        assert_eq!(world.mailer.sent().len(), 1);
        world.later(DAY).await;
        let left = only_job(&world).await;
        assert_eq!((left.kind.as_str(), left.tries, left.lease_until), ("beam-mail", 0, None));
        let today = services::reports::today::view(&world.services, &shop).await.unwrap();
        assert_eq!(today.stuck_count, 0);
    }

    async fn a_worker_that_comes_back_ends_nothing_of_its_successor(database: TestDatabase) {
        let world = World::new(database);
        billed(&world, "olive@moonlit.example").await;
        let slow = world.another_server().await;
        let mut first = world.mailer.hold_next();
        // It sleeps, and renews nothing.
        let lost = workers::worker(&slow, Lane::Mail, workers::asleep());
        first.arrived().await;
        world.services.clock.advance(21 * SECOND);
        let mut second = world.mailer.hold_next();
        let successor = workers::worker(&world.services, Lane::Mail, Pace::default());
        second.arrived().await;
        first.release();
        assert!(lost.await.unwrap());
        let job = only_job(&world).await;
        assert_eq!((job.state.as_str(), job.generation), ("running", 2));
        assert_eq!(job.lease_until, Some(world.services.now() + 20 * SECOND));
        second.release();
        assert!(successor.await.unwrap());
        assert_eq!(jobs(&world).await.len(), 0);
    }

    async fn a_worker_gives_up_what_another_took_over(database: TestDatabase) {
        let world = World::new(database);
        billed(&world, "olive@moonlit.example").await;
        let mut held = world.mailer.hold_next();
        let pace = Pace { renew_every: Duration::from_millis(1), ..Pace::default() };
        let worker = workers::worker(&world.services, Lane::Mail, pace);
        held.arrived().await;
        let write = world.services.database.write_across().await.unwrap();
        let mut taken = job::Entity::find().one(&*write).await.unwrap().unwrap().into_active_model();
        taken.generation = Set(2);
        taken.update(&*write).await.unwrap();
        write.commit().await.unwrap();
        held.given_up().await;
        assert!(worker.await.unwrap());
        assert_eq!(only_job(&world).await.state, "running", "it is its successor's to end");
    }

    async fn a_server_that_stops_gives_back_what_it_cannot_end(database: TestDatabase) {
        let world = World::new(database);
        billed(&world, "olive@moonlit.example").await;
        let mut held = world.mailer.hold_next();
        let pace = Pace { stop_patience: Duration::ZERO, ..Pace::default() };
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(worker::run_at(world.services.clone(), Lane::Mail, pace, stopped));
        held.arrived().await;
        stop.send_replace(true);
        worker.await.unwrap();
        held.given_up().await;
        let job = only_job(&world).await;
        assert_eq!((job.state.as_str(), job.tries, job.lease_until), ("queued", 0, None));
        assert_eq!(world.work().await, 1, "another server takes it at once");
        assert_eq!(jobs(&world).await.len(), 0);
    }

    async fn a_server_that_stops_ends_what_it_has_in_hand_and_takes_nothing_new(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world, "olive@moonlit.example").await;
        more_mails(&world, &invoice, 3).await;
        let mut held = world.mailer.hold_next();
        let pace = Pace { stop_patience: Duration::from_secs(600), ..Pace::default() };
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(worker::run_at(world.services.clone(), Lane::Mail, pace, stopped));
        held.arrived().await;
        stop.send_replace(true);
        held.release();
        worker.await.unwrap();
        assert_eq!(jobs(&world).await.len(), 3);
    }

    async fn screens_are_told_of_what_they_show_alone(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world, "olive@moonlit.example").await;
        world.mailer.fail_always(Some(PortError::Postponed("451".into())));
        let before = revision(&world, &shop).await;
        world.work().await;
        assert_eq!(only_job(&world).await.tries, 1);
        assert_eq!(revision(&world, &shop).await, before, "a try that failed is shown nowhere");
        world.mailer.fail_always(Some(PortError::Refused("550".into())));
        world.later(MINUTE).await;
        assert_eq!(only_job(&world).await.state, "stuck");
        assert!(revision(&world, &shop).await > before, "what is stuck is shown");
    }

    async fn any_number_is_queued_at_once(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let write = world.services.database.write(shop.business_id).await.unwrap();
        let mut subjects: Vec<Uuid> = (0..5_000).map(|_| new_id()).collect();
        subjects.push(subjects[0]);
        queue::enqueue(&write, shop.business_id, JobKind::ExpireAttempt, subjects, DAY).await.unwrap();
        queue::enqueue(&write, shop.business_id, JobKind::ExpireAttempt, [], DAY).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(job::Entity::find().count(world.services.database.read()).await.unwrap(), 5_000);
    }

    async fn a_mail_server_that_does_not_answer_is_left_alone(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world, "olive@moonlit.example").await;
        billed(&world, "pia@sunlit.example").await;
        more_mails(&world, &invoice, 10).await;
        world.mailer.fail_always(Some(PortError::Unavailable("no answer".into())));
        world.work().await;
        assert_eq!(world.mailer.asked(), 1, "the others are not tried at it");
        world.later(SECOND).await;
        assert_eq!(world.mailer.asked(), 1);
        world.later(SECOND).await;
        assert_eq!(world.mailer.asked(), 2, "one asks whether it is back");
        world.later(2 * SECOND).await;
        assert_eq!(world.mailer.asked(), 2, "and the rests grow");
        world.later(10 * MINUTE).await;
        assert_eq!(world.mailer.asked(), 3);
        world.mailer.fail_always(None);
        world.later(10 * MINUTE).await;
        assert_eq!(world.mailer.sent().len(), 12, "when it is back all goes on at once");
        assert_eq!(jobs(&world).await.len(), 0);
    }

    async fn while_it_is_not_known_to_be_back_one_mail_asks(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world, "olive@moonlit.example").await;
        more_mails(&world, &invoice, 3).await;
        world.mailer.fail_next(PortError::Unauthorised("535".into()));
        world.work().await;
        assert_eq!(world.mailer.asked(), 1, "a password that is not taken is everybody's trouble");
        world.services.clock.advance(2 * SECOND);
        let mut held = world.mailer.hold_next();
        let asking = workers::worker(&world.services, Lane::Mail, Pace::default());
        held.arrived().await;
        assert_eq!(world.work().await, 0);
        held.release();
        assert!(asking.await.unwrap());
        assert_eq!(world.work().await, 3);
        assert_eq!(world.mailer.sent().len(), 4);
    }

    async fn a_refused_address_stops_no_other_mail(database: TestDatabase) {
        let world = World::new(database);
        let (_, invoice) = billed(&world, "olive@moonlit.example").await;
        more_mails(&world, &invoice, 3).await;
        let (_keep, mut stop) = watch::channel(false);
        for error in [PortError::Refused("550".into()), PortError::Postponed("452".into())] {
            world.mailer.fail_next(error);
            worker::run_one_of(&world.services, Lane::Mail, Pace::default(), &mut stop).await.unwrap();
        }
        world.work().await;
        assert_eq!((world.mailer.asked(), world.mailer.sent().len()), (4, 2));
    }

    async fn an_invoice_has_one_mail_on_its_way(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world, "olive@moonlit.example").await;
        mail_again(&world.services, &shop, invoice.id).await.unwrap();
        let ana = world.introduce(&shop, "Ana Ruiz", "ana@new.example").await;
        assert_eq!(ana, invoice.customer_id);
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold B27".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        world.work().await;
        let sent = world.mailer.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].to, "ana@new.example");
        assert!(sent[0].text.contains("× B27"), "it says what is true when it is sent: {}", sent[0].text);
        mail_again(&world.services, &shop, invoice.id).await.unwrap();
        world.work().await;
        assert_eq!(world.mailer.sent().len(), 2, "after that it may be mailed again");
    }

    async fn a_mail_that_is_written_already_is_followed_by_another(database: TestDatabase) {
        let world = World::new(database);
        let (shop, invoice) = billed(&world, "olive@moonlit.example").await;
        let mut held = world.mailer.hold_next();
        let mailing = workers::worker(&world.services, Lane::Mail, Pace::default());
        held.arrived().await;
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold B27".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        mail_again(&world.services, &shop, invoice.id).await.unwrap();
        held.release();
        assert!(mailing.await.unwrap());
        world.work().await;
        let sent = world.mailer.sent();
        assert_eq!(sent.len(), 2);
        assert!(!sent[0].text.contains("× B27") && sent[1].text.contains("× B27"));
    }

    async fn a_job_made_due_while_it_runs_runs_again(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world, "olive@moonlit.example").await;
        let mut held = world.mailer.hold_next();
        let mailing = workers::worker(&world.services, Lane::Mail, Pace::default());
        held.arrived().await;
        // At the very moment for which it was queued.
        let job = only_job(&world).await;
        let write = world.services.database.write(shop.business_id).await.unwrap();
        queue::enqueue(&write, shop.business_id, JobKind::SendMail, [job.subject_id], job.run_at).await.unwrap();
        write.commit().await.unwrap();
        held.release();
        assert!(mailing.await.unwrap());
        assert_eq!(only_job(&world).await.state, "queued");
        assert_eq!(world.work().await, 1);
        assert_eq!(jobs(&world).await.len(), 0);
    }

    async fn a_job_made_due_at_the_moment_it_ends_runs_again(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world, "olive@moonlit.example").await;
        let job = only_job(&world).await;
        let mut held = world.mailer.hold_next();
        // Nothing but its end waits for the row.
        let mailing = workers::worker(&world.services, Lane::Mail, workers::asleep());
        held.arrived().await;
        // Somebody has written that it is due again, and not committed it yet, while the worker ends it. Of the business only
        // the job is held, because the work itself writes to it.
        let write = world.services.database.write_across().await.unwrap();
        queue::enqueue(&write, shop.business_id, JobKind::SendMail, [job.subject_id], job.run_at).await.unwrap();
        held.release();
        somebody_waits_for_a_lock(&world).await;
        write.commit().await.unwrap();
        assert!(mailing.await.unwrap());
        let again = only_job(&world).await;
        assert_eq!((again.state.as_str(), again.tries, again.due_again), ("queued", 0, false));
        assert_eq!(world.work().await, 1);
        assert_eq!(jobs(&world).await.len(), 0);
    }

    async fn jobs_of_a_server_without_lanes_are_adopted(database: TestDatabase) {
        let world = World::new(database);
        let (shop, _) = billed(&world, "olive@moonlit.example").await;
        let without_lane = async || {
            let mut row = only_job(&world).await.into_active_model();
            row.lane = Set(String::new());
            row.update(world.services.database.read()).await.unwrap();
            assert_eq!(world.work().await, 0, "nobody looks there");
        };
        without_lane().await;
        assert_eq!(queue::adopt(&world.services).await.unwrap(), 1);
        assert_eq!(queue::adopt(&world.services).await.unwrap(), 0);
        assert_eq!((world.work().await, world.mailer.sent().len()), (1, 1));

        // And whoever queues one anew gives it its lane.
        mail_again_anew(&world, &shop).await;
        without_lane().await;
        let job = only_job(&world).await;
        let write = world.services.database.write(shop.business_id).await.unwrap();
        queue::enqueue(&write, shop.business_id, JobKind::SendMail, [job.subject_id], job.run_at).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!((world.work().await, world.mailer.sent().len()), (1, 2));
    }

    async fn kinds_without_a_lane_that_a_server_does_not_know_are_left_to_others(database: TestDatabase) {
        let world = World::new(database);
        billed(&world, "olive@moonlit.example").await;
        let mut row = only_job(&world).await.into_active_model();
        row.lane = Set(String::new());
        row.kind = Set("beam-mail".into());
        row.update(world.services.database.read()).await.unwrap();
        assert_eq!(queue::adopt(&world.services).await.unwrap(), 0);
        assert_eq!(only_job(&world).await.lane, "");
    }

    async fn a_job_in_hand_waits_for_no_other_business(database: TestDatabase) {
        let world = World::new(database);
        let (busy, _) = billed(&world, "olive@moonlit.example").await;
        // A job of which worker after worker has died.
        let mut lost = only_job(&world).await.into_active_model();
        lost.state = Set("running".into());
        lost.tries = Set(20);
        lost.lease_until = Set(Some(world.services.now() - 1));
        lost.update(world.services.database.read()).await.unwrap();
        billed(&world, "pia@sunlit.example").await;
        let before = revision(&world, &busy).await;
        let is_postgresql = world.services.database.read().get_database_backend() == DbBackend::Postgres;
        // SQLite has one writer, so that nobody could take a job.
        let write = match is_postgresql {
            true => Some(world.services.database.write(busy.business_id).await.unwrap()),
            false => None,
        };
        let mut held = world.mailer.hold_next();
        let mut mailing = workers::worker(&world.services, Lane::Mail, Pace::default());
        tokio::select! {
            () = held.arrived() => {}
            ended = &mut mailing => panic!("the job was not carried out: {ended:?}"),
        }
        drop(write);
        held.release();
        assert!(mailing.await.unwrap());
        assert_eq!(world.mailer.sent()[0].to, "ana.of.pia@sunlit.example");
        assert!(revision(&world, &busy).await > before, "what is stuck is shown");
    }
}
