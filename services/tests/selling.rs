//! The rules of selling: repeats, limits, blocked buyers, put-backs and edited comments.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    problem::Code,
    sales::policy::{Repeats, SellingPolicyForm},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    Services,
    accounts::Actor,
    customers::block,
    database_tests, entities, inventory,
    invoices::bill::bill_everyone,
    sales::{hold::hold, policy, sale},
    testing::World,
};
use uuid::Uuid;

async fn paste(world: &World, shop: &Actor, sale: Uuid, text: &str) -> domain::sales::view::Held {
    hold(&world.services, shop, sale, text.into()).await.unwrap()
}

/// Why comments wait for a person: `Ana Ruiz: over-limit: One buyer gets…`.
async fn reviews(services: &Services) -> Vec<String> {
    let mut comments = entities::comment::Entity::find()
        .filter(entities::comment::Column::Status.eq("review"))
        .all(services.database.read())
        .await
        .unwrap();
    comments.sort_by_key(|comment| comment.id);
    comments
        .iter()
        .map(|comment| format!("{}: {}: {}", comment.author, comment.flag, comment.reason))
        .collect()
}

async fn restock(world: &World, shop: &Actor, code: &str, quantity: &str) {
    let item = entities::item::Entity::find()
        .filter(entities::item::Column::Code.eq(code))
        .one(world.services.database.read())
        .await
        .unwrap()
        .unwrap();
    let mut form = inventory::item::view(&world.services, shop, item.id).await.unwrap().form;
    form.variants[0].quantity = quantity.into();
    inventory::item::save(&world.services, shop, Some(item.id), &form).await.unwrap();
}

async fn customer(services: &Services, name: &str) -> Uuid {
    let customers = entities::customer::Entity::find().filter(entities::customer::Column::Name.eq(name));
    customers.one(services.database.read()).await.unwrap().unwrap().id
}

database_tests! {
    async fn the_code_of_a_variant_claims_just_it(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let rows = entities::item::Entity::find().filter(entities::item::Column::Code.eq("A12"));
        let ring = rows.one(world.services.database.read()).await.unwrap().unwrap();
        let mut form = inventory::item::view(&world.services, &shop, ring.id).await.unwrap().form;
        let seven = form.variants.iter_mut().find(|variant| variant.values.contains(&"7".to_owned()));
        seven.unwrap().code = "MR7".into();
        inventory::item::save(&world.services, &shop, Some(ring.id), &form).await.unwrap();
        // There are two of size 6 and one of size 7.
        let held = paste(&world, &shop, sale, "Ana Ruiz: sold MR7\nKim Lee: mr7 please\nBen Oak: sold A12").await;
        assert_eq!((held.held, held.waitlisted, held.to_review), (1, 1, 1));
        world.stock_is_sound().await;
    }

    async fn repeats_add_merge_or_let_go(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        for (repeats, expected) in [
            ("add", &["Ana Ruiz 2 held", "Ana Ruiz 1 held"][..]),
            ("merge", &["Ana Ruiz 2 held"]),
            ("toggle", &["Ana Ruiz 2 cancelled"]),
        ] {
            let sale = world.sale(&shop).await;
            world.rules(&shop, sale, ["", "", "", repeats]).await;
            paste(&world, &shop, sale, "Ana Ruiz: sold C3 x2\nKim Lee: nice").await;
            paste(&world, &shop, sale, "Ana Ruiz: sold C3").await;
            assert_eq!(world.claims(&shop, sale).await, expected, "{repeats}");
        }
        let larger = world.sale(&shop).await;
        world.rules(&shop, larger, ["", "", "", "merge"]).await;
        paste(&world, &shop, larger, "Ana Ruiz: sold C3\nAna Ruiz: sold C3 x4\nAna Ruiz: mine C3 x3").await;
        assert_eq!(world.claims(&shop, larger).await, ["Ana Ruiz 1 held", "Ana Ruiz 3 held"]);
        world.stock_is_sound().await;
    }

    async fn letting_go_by_a_repeat_ends_at_the_invoice(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["", "", "", "toggle"]).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold C3").await;
        bill_everyone(&world.services, &shop).await.unwrap();
        paste(&world, &shop, sale, "Ana Ruiz: claim C3").await;
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 1 invoiced"]);
        assert_eq!(
            reviews(&world.services).await,
            ["Ana Ruiz: billed: Names C3 again to let it go, but it is on an invoice already."]
        );
        world.stock_is_sound().await;
    }

    async fn what_exceeds_the_limit_of_a_buyer_goes_to_review(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["", "2", "", "add"]).await;
        let held = paste(&world, &shop, sale, "Ana Ruiz: sold C3 x5\nKim Lee: sold A12 6\nKim Lee: sold A12 7").await;
        assert_eq!((held.held, held.to_review), (4, 1));
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 2 held", "Kim Lee 1 held", "Kim Lee 1 held"]
        );
        // Billed pieces count, and so do those of the item's other variants.
        bill_everyone(&world.services, &shop).await.unwrap();
        let more = paste(&world, &shop, sale, "Kim Lee: mine A12 6").await;
        assert_eq!((more.held, more.to_review), (0, 1));
        assert_eq!(
            reviews(&world.services).await,
            [
                "Ana Ruiz: over-limit: One buyer gets at most 2 of C3: 2 taken, 3 more asked for.",
                "Kim Lee: over-limit: One buyer gets at most 2 of A12: 2 taken, 1 more asked for.",
            ]
        );
        let review = sale::view(&world.services, &shop, sale).await.unwrap().review;
        assert_eq!(review[0].about_code, "C3");
        world.stock_is_sound().await;
    }

    async fn a_blocked_buyer_gets_nothing_until_unblocked(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let sale = world.sale(&shop).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27\nMary Jo: sold B27").await;
        let kim = customer(services, "Kim Lee").await;
        block::block(services, &shop, kim).await.unwrap();
        block::block(services, &shop, kim).await.unwrap();
        let held = paste(&world, &shop, sale, "Kim Lee: sold C3\nAna Ruiz: cancel B27").await;
        assert_eq!((held.to_review, held.cancelled), (1, 3));
        assert!(reviews(services).await[0].starts_with("Kim Lee: blocked: "));
        let now = world.claims(&shop, sale).await;
        assert_eq!(now, ["Ana Ruiz 3 cancelled", "Kim Lee 1 waitlisted", "Mary Jo 1 held"], "the line goes on");

        let stranger = world.owner("rival@other.example").await;
        let foreign = block::unblock(services, &stranger, kim).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        block::unblock(services, &shop, kim).await.unwrap();
        let now = world.claims(&shop, sale).await;
        assert_eq!(now, ["Ana Ruiz 3 cancelled", "Kim Lee 1 held", "Mary Jo 1 held"]);
        world.stock_is_sound().await;
    }

    async fn put_backs_beyond_the_quota_go_to_review(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["", "", "1", "add"]).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold C3\nAna Ruiz: sold A12 7\nAna Ruiz: sold B27").await;
        // Leaving a line puts nothing back, and neither does what the seller cancels.
        paste(&world, &shop, sale, "Kim Lee: sold A12 7\nKim Lee: cancel A12 7\nKim Lee: sold C3").await;
        paste(&world, &shop, sale, "Ana Ruiz: cancel C3\nKim Lee: cancel C3").await;
        paste(&world, &shop, sale, "Ana Ruiz: cancel B27\nKim Lee: sold B27").await;
        assert_eq!(
            world.claims(&shop, sale).await,
            [
                "Ana Ruiz 1 cancelled",
                "Ana Ruiz 1 held",
                "Ana Ruiz 1 held",
                "Kim Lee 1 cancelled",
                "Kim Lee 1 cancelled",
                "Kim Lee 1 held",
            ]
        );
        assert_eq!(
            reviews(&world.services).await,
            ["Ana Ruiz: put-backs-used: Lets go of B27, but has put something back once already."]
        );
        world.stock_is_sound().await;
    }

    async fn an_edited_comment_on_contested_stock_goes_to_review(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let text = "[14/08/23, 09:16:40] Ana Ruiz: sold B27 x2\n\
            [14/08/23, 09:17:00] Kim Lee: sold B27 x2 <This message was edited>\n\
            [14/08/23, 09:17:10] Mary Jo: sold C3 <This message was edited>\n\
            [14/08/23, 09:17:20] DeShawn: sold B27";
        let held = paste(&world, &shop, sale, text).await;
        assert_eq!((held.held, held.waitlisted, held.to_review), (4, 0, 1));
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 2 held", "Mary Jo 1 held", "DeShawn 1 held"],
            "an edited comment that nobody contests is as good as any"
        );
        assert_eq!(
            reviews(&world.services).await,
            ["Kim Lee: edited-contest: Edited later, and B27 is contested: who came first is not sure."]
        );
    }

    async fn what_a_buyer_lets_go_is_offered_in_order_at_once(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27 x2").await;
        paste(&world, &shop, sale, "Ana Ruiz: cancel B27\nMary Jo: sold B27 x2").await;
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 3 cancelled", "Kim Lee 2 held", "Mary Jo 1 held", "Mary Jo 1 waitlisted"],
            "who waits comes before who writes later"
        );
        let another = world.sale(&shop).await;
        paste(&world, &shop, another, "DeShawn: sold B27").await;
        restock(&world, &shop, "B27", "5").await;
        assert_eq!(world.claims(&shop, another).await, ["DeShawn 1 held"], "the line goes through all sales");
        assert!(world.claims(&shop, sale).await.contains(&"Mary Jo 1 held".to_owned()));
        world.stock_is_sound().await;
    }

    async fn a_sale_begins_with_the_rules_of_its_business_and_keeps_them(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let before = world.sale(&shop).await;
        let form = SellingPolicyForm {
            hold_hours: "48".into(),
            limit_per_buyer: "3".into(),
            put_backs: "0".into(),
            repeats: "merge".into(),
            ..SellingPolicyForm::default()
        };
        policy::save(services, &shop, &form).await.unwrap();
        let after = world.sale(&shop).await;
        let stored = policy::view_of_sale(services, &shop, after).await.unwrap();
        assert_eq!(stored, policy::view(services, &shop).await.unwrap());
        assert_eq!((stored.hold_hours, stored.limit_per_buyer), (Some(48), Some(3)));
        assert_eq!((stored.put_backs, stored.repeats), (Some(0), Repeats::Merge));
        assert_eq!(policy::view_of_sale(services, &shop, before).await.unwrap(), Default::default());
        policy::save(services, &shop, &SellingPolicyForm { repeats: "add".into(), ..form }).await.unwrap();
        assert_eq!(policy::view_of_sale(services, &shop, after).await.unwrap().repeats, Repeats::Merge);

        let stranger = world.owner("rival@other.example").await;
        assert_eq!(policy::view(services, &stranger).await.unwrap(), Default::default());
        let foreign = policy::view_of_sale(services, &stranger, after).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        let wrong = policy::save(services, &shop, &SellingPolicyForm::default()).await;
        assert!(wrong.unwrap_err().problem().message_for("repeats").is_some());
    }

    async fn many_tabs_keep_the_limit_of_a_buyer(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["", "5", "", "add"]).await;
        let mut tabs = tokio::task::JoinSet::new();
        for tab in 0..20 {
            let (services, shop) = (world.services.clone(), shop.clone());
            let text = format!("Ana Ruiz: sold C3{}", "!".repeat(tab));
            tabs.spawn(async move { hold(&services, &shop, sale, text).await.unwrap() });
        }
        while let Some(done) = tabs.join_next().await {
            done.unwrap();
        }
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 1 held"; 5]);
        assert_eq!(reviews(&world.services).await.len(), 15);
        world.stock_is_sound().await;
    }
}
