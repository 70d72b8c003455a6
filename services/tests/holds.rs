//! Holds that run out: what was held too long goes to those who wait.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::time::{HOUR, MINUTE};
use sea_orm::EntityTrait;
use services::{
    Services,
    accounts::Actor,
    database_tests, entities,
    invoices::bill::bill_everyone,
    sales::{claims, hold::hold},
    testing::World,
};
use uuid::Uuid;

async fn paste(world: &World, shop: &Actor, sale: Uuid, text: &str) {
    hold(&world.services, shop, sale, text.into()).await.unwrap();
}

async fn jobs(services: &Services) -> Vec<(String, i64)> {
    let jobs = entities::job::Entity::find().all(services.database.read()).await.unwrap();
    jobs.into_iter().map(|job| (job.kind, job.run_at)).collect()
}

database_tests! {
    async fn a_hold_runs_out_and_the_line_is_served(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["2", "", "", "add"]).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x2\nKim Lee: sold B27 x3\nMary Jo: sold B27").await;
        world.later(HOUR).await;
        paste(&world, &shop, sale, "DeShawn: sold C3").await;
        world.later(HOUR - MINUTE).await;
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 2 held", "Kim Lee 1 held", "Kim Lee 2 waitlisted", "Mary Jo 1 waitlisted", "DeShawn 1 held"],
            "not yet"
        );
        world.later(MINUTE).await;
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 2 released", "Kim Lee 1 released", "Kim Lee 2 released", "Mary Jo 1 held", "DeShawn 1 held"],
            "with the pieces goes the place in the line"
        );
        world.stock_is_sound().await;
        let again = entities::job::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
        assert_eq!(again.run_at, world.services.now() + HOUR, "DeShawn's time is over next");
        world.later(HOUR).await;
        world.later(HOUR).await;
        assert!(world.claims(&shop, sale).await.iter().all(|claim| claim.ends_with("released")));
        assert_eq!(jobs(&world.services).await, [], "nothing is left to wait for");
        let restored = world.claim_rows(&shop, sale).await[0].id;
        claims::restore(&world.services, &shop, restored).await.unwrap();
        assert!(world.claims(&shop, sale).await.contains(&"Ana Ruiz 2 held".to_owned()));
        world.stock_is_sound().await;
    }

    async fn billed_claims_are_not_released_and_a_hold_time_can_be_set_later(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let sale = world.sale(&shop).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27").await;
        bill_everyone(services, &shop).await.unwrap();
        paste(&world, &shop, sale, "Kim Lee: sold B27").await;
        assert!(jobs(services).await.iter().all(|(kind, _)| kind != "release-claims"));
        world.later(5 * HOUR).await;
        world.rules(&shop, sale, ["3", "", "", "add"]).await;
        world.work().await;
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 1 invoiced", "Kim Lee 1 released"]);
        world.rules(&shop, sale, ["", "", "", "add"]).await;
        paste(&world, &shop, sale, "Kim Lee: mine B27").await;
        world.later(500 * HOUR).await;
        assert!(world.claims(&shop, sale).await.contains(&"Kim Lee 1 held".to_owned()));
        world.stock_is_sound().await;
    }

    async fn a_release_that_was_cut_off_or_runs_twice_releases_once(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["1", "", "", "add"]).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27").await;
        let due = entities::job::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
        world.later(HOUR).await;
        // A worker that was killed behind its write leaves the job as it was.
        let again = entities::job::ActiveModel {
            id: sea_orm::Set(services::new_id()),
            subject_id: sea_orm::Set(sale),
            ..due.into()
        };
        entities::job::Entity::delete_many().exec(world.services.database.read()).await.unwrap();
        entities::job::Entity::insert(again).exec_without_returning(world.services.database.read()).await.unwrap();
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let services = world.services.clone();
            workers.spawn(async move { services::jobs::worker::run_due(&services).await.unwrap() });
        }
        while let Some(done) = workers.join_next().await {
            done.unwrap();
        }
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 3 released", "Kim Lee 1 held"]);
        world.stock_is_sound().await;
    }
}
