//! Pictures of items: order, removal with a way back, and files that never stay behind.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::pictures::{MAX_PICTURES, PictureSize, file_name},
    problem::{Code, FieldCode},
    time::{DAY, HOUR},
};
use services::{
    accounts::Actor,
    database_tests,
    inventory::pictures::{self, Prepared},
    testing::World,
};
use uuid::Uuid;

fn prepared() -> Prepared {
    Prepared { files: [vec![1; 30], vec![2; 20], vec![3; 10]], width: 1600, height: 1200 }
}

async fn add(world: &World, actor: &Actor, item: Uuid) -> Uuid {
    pictures::add(&world.services, actor, item, prepared()).await.unwrap()
}

async fn shown(world: &World, actor: &Actor, item: Uuid) -> Vec<Uuid> {
    let pictures = pictures::list(&world.services, actor, item).await.unwrap();
    pictures.shown.into_iter().map(|picture| picture.id).collect()
}

async fn read(world: &World, name: &str) -> Option<u64> {
    pictures::open(&world.services, name).await.ok().map(|file| file.length)
}

database_tests! {
    async fn pictures_keep_the_order_they_are_given(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let item = world.item(&shop, "A12", "Moon ring", "24", &[("", "1")]).await;
        let (first, second, third) = (add(&world, &shop, item).await, add(&world, &shop, item).await, add(&world, &shop, item).await);
        assert_eq!(shown(&world, &shop, item).await, [first, second, third]);
        pictures::place(&world.services, &shop, third, 0).await.unwrap();
        assert_eq!(shown(&world, &shop, item).await, [third, first, second]);
        pictures::place(&world.services, &shop, third, 99).await.unwrap();
        assert_eq!(shown(&world, &shop, item).await, [first, second, third]);

        pictures::remove(&world.services, &shop, second).await.unwrap();
        pictures::place(&world.services, &shop, third, 0).await.unwrap();
        assert_eq!(shown(&world, &shop, item).await, [third, first]);
        assert_eq!(pictures::list(&world.services, &shop, item).await.unwrap().removed, [second]);
        pictures::restore(&world.services, &shop, second).await.unwrap();
        assert_eq!(shown(&world, &shop, item).await.len(), 3);

        pictures::describe(&world.services, &shop, third, "  A ring \u{200B} on moss ").await.unwrap();
        assert_eq!(pictures::list(&world.services, &shop, item).await.unwrap().shown[0].alt, "A ring on moss");
        let error = pictures::describe(&world.services, &shop, third, &"x".repeat(201)).await.unwrap_err();
        assert_eq!(error.problem().fields[0].code, FieldCode::TooLong(200));
    }

    async fn an_item_has_at_most_so_many(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let item = world.item(&shop, "A12", "Moon ring", "24", &[("", "1")]).await;
        let mut last = Uuid::nil();
        for _ in 0..MAX_PICTURES {
            last = add(&world, &shop, item).await;
        }
        let full = pictures::add(&world.services, &shop, item, prepared()).await.unwrap_err();
        assert_eq!(full.problem().fields[0].code, FieldCode::TooManyPictures(12));
        assert_eq!(world.store.keys().len(), 3 * MAX_PICTURES, "nothing is written for one that has no room");
        pictures::remove(&world.services, &shop, last).await.unwrap();
        add(&world, &shop, item).await;
        let back = pictures::restore(&world.services, &shop, last).await.unwrap_err();
        assert_eq!(back.problem().fields[0].code, FieldCode::TooManyPictures(12));
    }

    async fn a_removed_picture_is_not_shown_and_goes_after_a_day(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let item = world.item(&shop, "A12", "Moon ring", "24", &[("", "1")]).await;
        let (kept, gone) = (add(&world, &shop, item).await, add(&world, &shop, item).await);
        let tokens: Vec<String> = pictures::list(&world.services, &shop, item).await.unwrap().shown.into_iter().map(|picture| picture.token).collect();
        assert!(tokens.iter().all(|token| token.len() >= 43), "nobody guesses {tokens:?}");
        let name = |index: usize| file_name(&tokens[index], PictureSize::Thumb);
        assert_eq!((read(&world, &name(0)).await, read(&world, &name(1)).await), (Some(10), Some(10)));
        world.later(12 * HOUR).await;
        pictures::remove(&world.services, &shop, gone).await.unwrap();
        assert_eq!(read(&world, &name(1)).await, None, "it is not shown at once");
        world.later(13 * HOUR).await;
        assert_eq!(world.store.keys().len(), 6, "it can still be put back");
        world.later(DAY).await;
        assert_eq!(world.store.keys().len(), 3);
        assert_eq!(read(&world, &name(0)).await, Some(10));
        assert_eq!(shown(&world, &shop, item).await, [kept]);
        let error = pictures::restore(&world.services, &shop, gone).await.unwrap_err();
        assert_eq!(error.problem().code, Code::NotFound);
    }

    async fn files_of_an_upload_that_was_cut_off_do_not_stay(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let item = world.item(&shop, "A12", "Moon ring", "24", &[("", "1")]).await;
        world.store.fail_after(2);
        let error = pictures::add(&world.services, &shop, item, prepared()).await.unwrap_err();
        assert_eq!(error.problem().code, Code::ProviderUnavailable);
        assert!(shown(&world, &shop, item).await.is_empty());
        assert_eq!(world.store.keys().len(), 2, "the first files were written");
        world.later(DAY - HOUR).await;
        let kept = add(&world, &shop, item).await;
        world.later(2 * HOUR).await;
        assert_eq!(world.store.keys().len(), 3, "what had no row is gone, the new picture is not");
        world.later(2 * DAY).await;
        assert_eq!(shown(&world, &shop, item).await, [kept]);
        assert_eq!(world.store.keys().len(), 3);
    }

    async fn another_business_has_no_hand_in_it(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let rival = world.owner("rival@other.example").await;
        let item = world.item(&shop, "A12", "Moon ring", "24", &[("", "1")]).await;
        let picture = add(&world, &shop, item).await;
        let services = &world.services;
        assert_eq!(pictures::list(services, &rival, item).await.unwrap().shown, []);
        for refused in [
            pictures::add(services, &rival, item, prepared()).await.map(|_| ()),
            pictures::remove(services, &rival, picture).await,
            pictures::restore(services, &rival, picture).await,
            pictures::place(services, &rival, picture, 0).await,
            pictures::describe(services, &rival, picture, "mine").await,
        ] {
            assert_eq!(refused.unwrap_err().problem().code, Code::NotFound);
        }
        assert_eq!(shown(&world, &shop, item).await, [picture]);
        assert_eq!(world.store.keys().len(), 3);
    }
}
