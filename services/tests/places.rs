//! Slow work takes places: one of each business, and what waits goes on by itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::KeywordQuery,
    sales::{Preset, by_hand::HandClaimForm, view::KnownCatalog},
};
use services::{
    database_tests,
    inventory::keywords,
    sales::{by_hand, hold::hold, sale},
    testing::World,
};
use tokio::task::JoinSet;

database_tests! {
    async fn a_business_reads_one_thing_at_a_time_and_keeps_nobody_else_waiting(database: TestDatabase) {
        let world = World::new(database);
        let (shop, rival) = (world.shop("olive@moonlit.example").await, world.shop("rival@other.example").await);
        let (sale, other_sale) = (world.sale(&shop).await, world.sale(&rival).await);
        let reading = &world.services.places.reading;
        let place = reading.take_free(shop.business_id).unwrap();
        let mut waiting = JoinSet::new();
        let (services, actor) = (world.services.clone(), shop.clone());
        waiting.spawn(async move { hold(&services, &actor, sale, "Ana Ruiz: sold C3".into()).await.map(|_| ()) });
        let (services, actor) = (world.services.clone(), shop.clone());
        waiting.spawn(async move {
            let form = HandClaimForm { buyer: "Kim".into(), text: "C3".into(), ..Default::default() };
            by_hand::claim(&services, &actor, sale, &form).await.map(|_| ())
        });
        let (services, actor) = (world.services.clone(), shop.clone());
        waiting.spawn(async move { keywords::check(&services, &actor, None, &KeywordQuery::default()).await.map(|_| ()) });
        while reading.entered(&shop.business_id) < 4 {
            tokio::task::yield_now().await;
        }
        let held = hold(&world.services, &rival, other_sale, "Ana Ruiz: sold C3".into()).await.unwrap();
        assert_eq!(held.held, 1);
        assert!(waiting.try_join_next().is_none(), "all three wait for the one place");
        drop(place);
        while let Some(done) = waiting.join_next().await {
            done.unwrap().unwrap();
        }
        assert_eq!(world.claims(&shop, sale).await.len(), 2);
    }
    async fn of_one_business_one_catalog_is_loaded_at_a_time(database: TestDatabase) {
        let world = World::new(database);
        let (shop, rival) = (world.shop("olive@moonlit.example").await, world.shop("rival@other.example").await);
        let (id, other_sale) = (world.sale(&shop).await, world.sale(&rival).await);
        let known = sale::view(&world.services, &shop, id).await.unwrap().catalog_mark;
        let reading = &world.services.places.reading;
        let place = reading.take_free(shop.business_id).unwrap();
        let mut waiting = JoinSet::new();
        for known in [KnownCatalog::Nothing, KnownCatalog::Page, KnownCatalog::Catalog(known)] {
            let (services, actor) = (world.services.clone(), shop.clone());
            waiting.spawn(async move { sale::view_for(&services, &actor, id, &known).await.map(|_| ()) });
        }
        let (services, actor) = (world.services.clone(), shop.clone());
        waiting.spawn(async move { sale::reading(&services, &actor, id).await.map(|_| ()) });
        let (services, actor) = (world.services.clone(), shop.clone());
        waiting.spawn(async move { sale::reading_of_business(&services, &actor, Preset::Us).await.map(|_| ()) });
        while reading.entered(&shop.business_id) < 6 {
            tokio::task::yield_now().await;
        }
        assert_eq!(sale::view(&world.services, &rival, other_sale).await.unwrap().catalog.len(), 3);
        assert!(waiting.try_join_next().is_none(), "all wait for the one place");
        drop(place);
        while let Some(done) = waiting.join_next().await {
            done.unwrap().unwrap();
        }
        assert_eq!(reading.entered(&shop.business_id), 0);
    }
}
