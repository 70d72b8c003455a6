//! Letting go and taking it back: the same claim stands again, whoever was merged and however late it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    customers::merge::MergeForm,
    inventory::stock::{HandKind, StockForm},
    sales::by_hand::HandLineForm,
    time::HOUR,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    accounts::Actor,
    customers::merge,
    database_tests, entities,
    inventory::{item, stock},
    sales::{actions, by_hand, claims, hold::hold},
    testing::World,
};
use uuid::Uuid;

async fn paste(world: &World, shop: &Actor, sale: Uuid, text: &str) {
    hold(&world.services, shop, sale, text.into()).await.unwrap();
}

async fn line(world: &World, shop: &Actor, sale: Uuid, typed: &str) -> domain::sales::by_hand::HandClaimed {
    let form = HandLineForm { line: typed.into(), ..Default::default() };
    by_hand::claim_line(&world.services, shop, sale, &form).await.unwrap()
}

async fn customer(world: &World, name: &str) -> Uuid {
    let named = entities::customer::Entity::find().filter(entities::customer::Column::Name.eq(name));
    named.one(world.services.database.read()).await.unwrap().unwrap().id
}

async fn price_of(world: &World, shop: &Actor, code: &str, price: &str) {
    let coded = entities::item::Entity::find().filter(entities::item::Column::Code.eq(code));
    let id = coded.one(world.services.database.read()).await.unwrap().unwrap().id;
    let mut form = item::view(&world.services, shop, id).await.unwrap().form;
    form.price = price.into();
    item::save(&world.services, shop, Some(id), &form).await.unwrap();
}

/// The reasons of the comments that wait for a person.
async fn reasons(world: &World) -> Vec<String> {
    let waiting = entities::comment::Entity::find().filter(entities::comment::Column::Status.eq("review"));
    let comments = waiting.all(world.services.database.read()).await.unwrap();
    comments.into_iter().map(|comment| comment.reason).collect()
}

database_tests! {
    async fn restoring_gives_the_same_claim_back(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        let made = line(&world, &shop, sale, "@ana B27 x2").await.action.unwrap();
        paste(&world, &shop, sale, "Kim Lee: sold B27 x2").await;
        let before = world.claim_rows(&shop, sale).await;
        claims::cancel(services, &shop, before[0].id).await.unwrap();
        price_of(&world, &shop, "B27", "99").await;
        claims::restore(services, &shop, before[0].id).await.unwrap();
        let after = world.claim_rows(&shop, sale).await;
        let restored: Vec<_> = after.iter().filter(|row| row.customer_id == before[0].customer_id).collect();
        assert!(restored.iter().any(|row| row.id == before[0].id), "it is the same row");
        assert!(restored.iter().all(|row| row.price == 1_850 && row.place == before[0].place), "{restored:?}");
        // One piece was left: the other had gone to Kim, and is waited for in the old place.
        let mut pieces: Vec<(i64, &str)> = restored.iter().map(|row| (row.quantity, row.state.as_str())).collect();
        pieces.sort_unstable();
        assert_eq!(pieces, [(1, "held"), (1, "waitlisted")]);
        world.stock_is_sound().await;
        let kims = after.iter().find(|row| row.customer_id != before[0].customer_id).unwrap();
        claims::cancel(services, &shop, kims.id).await.unwrap();
        let rows = world.claim_rows(&shop, sale).await;
        let hers = rows.iter().filter(|row| row.customer_id == before[0].customer_id);
        let held: i64 = hers.filter(|row| row.state == "held").map(|row| row.quantity).sum();
        assert_eq!(held, 2);
        assert!(actions::view(services, &shop, made).await.is_ok());
        world.stock_is_sound().await;
    }

    async fn what_was_done_by_hand_can_be_undone_after_a_claim_was_restored(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        let made = line(&world, &shop, sale, "@ana B27 x2").await.action.unwrap();
        let claim = world.claim_rows(&shop, sale).await[0].id;
        claims::cancel(services, &shop, claim).await.unwrap();
        claims::restore(services, &shop, claim).await.unwrap();
        actions::undo(services, &shop, made).await.unwrap();
        assert!(world.claims(&shop, sale).await.is_empty());
        world.stock_is_sound().await;
    }

    async fn a_restock_is_undone_though_a_buyer_it_served_was_merged(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        paste(&world, &shop, sale, "Kim Lee: sold B27 x3\nAna Ruiz: sold B27\nAna R: sold C3").await;
        let variant = world.variant(&shop, "B27", "").await;
        let form = StockForm {
            variant: variant.to_string(),
            kind: HandKind::Restock.as_str().into(),
            quantity: "1".into(),
            ..Default::default()
        };
        let booked = stock::by_hand::change(services, &shop, &form).await.unwrap();
        let (from, into) = (customer(&world, "Ana Ruiz").await, customer(&world, "Ana R").await);
        let form = MergeForm { from: from.to_string(), ..Default::default() };
        merge::merge(services, &shop, into, &form).await.unwrap();
        let movement = Uuid::parse_str(&booked.movement).unwrap();
        stock::by_hand::undo(services, &shop, movement).await.unwrap();
        assert_eq!(world.figures(variant).await[..3], [3, 3, 1], "she waits again");
        world.stock_is_sound().await;
    }

    async fn who_is_given_a_claim_back_too_late_has_the_time_to_hold_anew(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["2", "", "", "add"]).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27").await;
        let claim = world.claim_rows(&shop, sale).await[0].id;
        let cancelled = by_hand::cancel(services, &shop, claim).await.unwrap();
        world.later(3 * HOUR).await;
        actions::undo(services, &shop, cancelled).await.unwrap();
        world.work().await;
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 1 held"]);
        world.later(HOUR).await;
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 1 held"]);
        world.later(HOUR).await;
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 1 released"]);
        // Within its time a claim goes on as it was.
        paste(&world, &shop, sale, "Kim Lee: sold B27").await;
        let kims = world.claim_rows(&shop, sale).await.pop().unwrap();
        let cancelled = by_hand::cancel(services, &shop, kims.id).await.unwrap();
        services.clock.advance(HOUR);
        actions::undo(services, &shop, cancelled).await.unwrap();
        assert_eq!(world.claim_rows(&shop, sale).await.pop().unwrap().held_at, kims.held_at);
        world.stock_is_sound().await;
    }

    async fn letting_go_of_what_only_waits_is_no_put_back(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["", "", "1", "add"]).await;
        // Ana holds three towers and waits for two.
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x5\nAna Ruiz: sold C3").await;
        paste(&world, &shop, sale, "Ana Ruiz: cancel 1 B27\nAna Ruiz: cancel 1 B27\nAna Ruiz: cancel C3").await;
        assert_eq!(reasons(&world).await, Vec::<String>::new());
        let states = world.claims(&shop, sale).await;
        assert!(states.contains(&"Ana Ruiz 3 held".to_owned()) && states.contains(&"Ana Ruiz 1 cancelled".to_owned()), "{states:?}");
        paste(&world, &shop, sale, "Ana Ruiz: cancel 1 B27!").await;
        assert_eq!(reasons(&world).await.len(), 1, "now a held one would go");
        world.stock_is_sound().await;
    }

    async fn an_item_let_go_without_its_size_is_the_one_that_the_buyer_has(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold A12 7\nKim Lee: sold A12 6\nKim Lee: sold A12 7").await;
        paste(&world, &shop, sale, "Ana Ruiz: cancel A12\nKim Lee: cancel A12\nBen Oak: cancel A12").await;
        let states = world.claims(&shop, sale).await;
        assert_eq!(states, ["Ana Ruiz 1 cancelled", "Kim Lee 1 held", "Kim Lee 1 held"]);
        let mut told = reasons(&world).await;
        told.sort_unstable();
        assert_eq!(told, ["Lets go of A12, but has 6, 7: which?", "Lets go of A12, but has none of it."]);
        let unclear = line(&world, &shop, sale, "Kim Lee: cancel A12").await;
        assert_eq!(unclear.unclear.as_deref(), Some("Lets go of A12, but has 6, 7: which?"));
        paste(&world, &shop, sale, "Kim Lee: cancel A12 6").await;
        assert_eq!(line(&world, &shop, sale, "Kim Lee: cancel A12").await.cancelled, 1);
        world.stock_is_sound().await;
    }
}
