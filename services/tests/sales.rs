//! From pasted comments to held stock: first come, first served, and nothing twice.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    inventory::StockQuery,
    problem::Code,
    sales::{Catalog, ClaimState, Reader, fingerprints, known::Known, view::Held},
};
use sea_orm::EntityTrait;
use services::{
    Services,
    accounts::Actor,
    customers::customer,
    database_tests, entities, inventory, invoices,
    sales::{claims, comments, hold::hold, review, sale},
    testing::World,
};
use uuid::Uuid;

/// Quantities of a variant: on hand, held, sold.
async fn stock(services: &Services, code: &str) -> (i64, i64, i64) {
    let item = entities::item::Entity::find()
        .all(services.database.read())
        .await
        .unwrap()
        .into_iter()
        .find(|item| item.code == code)
        .unwrap();
    let variants = entities::variant::Entity::find().all(services.database.read()).await.unwrap();
    let mine = variants.into_iter().filter(|variant| variant.item_id == item.id);
    mine.fold((0, 0, 0), |sum, variant| (sum.0 + variant.on_hand, sum.1 + variant.held, sum.2 + variant.sold))
}

/// The figures of every variant must be the sum of its movements.
async fn movements_explain_all_figures(services: &Services) {
    let mut sums: HashMap<Uuid, (i64, i64, i64)> = HashMap::new();
    for movement in entities::stock_movement::Entity::find().all(services.database.read()).await.unwrap() {
        let sum = sums.entry(movement.variant_id).or_default();
        *sum = (sum.0 + movement.on_hand, sum.1 + movement.held, sum.2 + movement.sold);
    }
    for variant in entities::variant::Entity::find().all(services.database.read()).await.unwrap() {
        let figures = (variant.on_hand, variant.held, variant.sold);
        assert_eq!(sums.get(&variant.id).copied().unwrap_or_default(), figures);
    }
}

async fn states(services: &Services, shop: &Actor, sale: Uuid) -> Vec<(String, i64, ClaimState)> {
    let mut claims = sale::view(services, shop, sale).await.unwrap().claims;
    claims.reverse();
    claims.into_iter().map(|claim| (claim.customer_name, claim.quantity, claim.state)).collect()
}

database_tests! {
    async fn two_buyers_of_one_name_are_two_customers_where_links_tell_them_apart(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        let paste = "[Ana Ruiz](https://www.tiktok.example/@ana_one)\nsold B27\n2h agoReply\n\
                     [Ana Ruiz](https://www.tiktok.example/@ana_two)\nsold C3\n2h agoReply\n\
                     [Kim Lee](https://www.tiktok.example/@kim_stones)\nsold C3\n2h agoReply\n";
        hold(services, &shop, id, paste.into()).await.unwrap();
        let mut buyers: Vec<String> =
            states(services, &shop, id).await.into_iter().map(|(buyer, ..)| buyer).collect();
        buyers.sort();
        assert_eq!(buyers, ["Ana Ruiz (ana_one)", "Ana Ruiz (ana_two)", "Kim Lee"]);
    }

    async fn two_buyers_of_one_name_stay_two_from_one_paste_to_the_next(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        let linked = |name: &str, profile: &str, text: &str| {
            format!("[{name}](https://www.tiktok.example/@{profile})\n{text}\n2h agoReply\n")
        };
        // Known by name alone at first, then by the profile as well.
        for paste in [
            "Ana Ruiz: sold C3".to_owned(),
            linked("Ana Ruiz", "ana_one", "sold C3 x2"),
            linked("Ana Ruiz", "Ana_Two", "sold C3 x3"),
            linked("Ana R.", "ana_one", "sold C3 x4"),
            linked("Ana Ruiz", "ana_two", "sold C3 x5") + &linked("Ana Ruiz", "ana_three", "sold C3 x6"),
        ] {
            hold(services, &shop, id, paste).await.unwrap();
        }
        let mut pieces = BTreeMap::new();
        for (buyer, quantity, _) in states(services, &shop, id).await {
            *pieces.entry(buyer).or_insert(0) += quantity;
        }
        let expected = [("Ana Ruiz", 1 + 2 + 4), ("Ana Ruiz (Ana_Two)", 3 + 5), ("Ana Ruiz (ana_three)", 6)];
        assert_eq!(pieces, expected.map(|(buyer, pieces)| (buyer.to_owned(), pieces)).into());

        // What the seller calls her changes nothing about who she is to the platform.
        let ana = entities::customer::Entity::find().all(services.database.read()).await.unwrap();
        let ana = ana.into_iter().find(|customer| customer.name == "Ana Ruiz").unwrap();
        let mut form = customer::view(services, &shop, ana.id).await.unwrap().form;
        form.handles[0].handle = "Ana by the sea".into();
        customer::save(services, &shop, ana.id, &form).await.unwrap();
        hold(services, &shop, id, linked("Ana Ruiz", "ana_one", "sold C3 x7")).await.unwrap();
        assert_eq!(states(services, &shop, id).await.last().unwrap().0, "Ana Ruiz");

        // Without a link, whoever is called so may be meant.
        let held = hold(services, &shop, id, "Ana Ruiz: sold B27".into()).await.unwrap();
        assert_eq!((held.held, held.to_review), (0, 1));
        assert_eq!(stock(services, "B27").await, (3, 0, 0));
        let asked = sale::view(services, &shop, id).await.unwrap().review.remove(0);
        let variant_id = entities::variant::Entity::find().all(services.database.read()).await.unwrap()[0].id;
        let taken = review::Answer::Claim { variant_id, quantity: 1 };
        let refused = review::answer(services, &shop, asked.id, taken.clone()).await.unwrap_err();
        assert!(refused.problem().message_for("buyer").is_some());
        let decided = review::decide(services, &shop, asked.id, taken, "Ana Ruiz (ana_three)").await.unwrap();
        assert!(decided.action.is_some());
    }

    async fn a_comment_in_review_is_still_told_apart_by_its_profile(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        for profile in ["ana_one", "ana_two"] {
            let paste = format!("[Ana Ruiz](https://www.tiktok.example/@{profile})\nsold A12\n2h agoReply\n");
            let held = hold(services, &shop, id, paste).await.unwrap();
            assert_eq!((held.new_comments, held.to_review), (1, 1));
        }
        let variant_id = entities::variant::Entity::find().all(services.database.read()).await.unwrap()[0].id;
        for asked in sale::view(services, &shop, id).await.unwrap().review {
            let taken = review::Answer::Claim { variant_id, quantity: 1 };
            review::answer(services, &shop, asked.id, taken).await.unwrap();
        }
        let buyers: BTreeSet<String> =
            states(services, &shop, id).await.into_iter().map(|(buyer, ..)| buyer).collect();
        assert_eq!(buyers, ["Ana Ruiz", "Ana Ruiz (ana_two)"].map(str::to_owned).into());
    }

    async fn claims_take_stock_first_come_first_served(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        let paste = "Ana Ruiz: sold B27 x2\nKim Lee: sold B27 x2\nMary Jo: sold B27\nDeShawn: how much is B27?";
        let held = hold(services, &shop, id, paste.into()).await.unwrap();
        assert_eq!(
            held,
            Held { new_comments: 4, known_comments: 0, held: 3, waitlisted: 2, cancelled: 0, to_review: 0 }
        );
        assert_eq!(stock(services, "B27").await, (3, 3, 0));
        assert_eq!(
            states(services, &shop, id).await,
            [
                ("Ana Ruiz".to_owned(), 2, ClaimState::Held),
                ("Kim Lee".to_owned(), 1, ClaimState::Held),
                ("Kim Lee".to_owned(), 1, ClaimState::Waitlisted),
                ("Mary Jo".to_owned(), 1, ClaimState::Waitlisted),
            ]
        );
        movements_explain_all_figures(services).await;
    }

    async fn the_head_of_a_sale_counts_what_is_billed_apart(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        let tally = async || {
            let tally = sale::view(services, &shop, id).await.unwrap().tally;
            let listed = sale::list(services, &shop, "").await.unwrap().rows.remove(0).tally;
            assert_eq!(tally, listed);
            (tally.held, tally.billed, tally.waiting, tally.buyers, tally.claimed.minor)
        };
        assert_eq!(tally().await, (0, 0, 0, 0, 0));
        hold(services, &shop, id, "Ana Ruiz: sold B27 x2\nKim Lee: sold B27 x2".into()).await.unwrap();
        assert_eq!(tally().await, (3, 0, 1, 2, 5_550));
        invoices::bill::bill_everyone(services, &shop).await.unwrap();
        assert_eq!(tally().await, (0, 3, 1, 2, 5_550));
        hold(services, &shop, id, "Mary Jo: sold C3 x4".into()).await.unwrap();
        assert_eq!(tally().await, (4, 3, 1, 3, 9_150));
    }

    async fn what_a_sale_knows_is_told_in_short(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        assert_eq!(comments::known(services, &shop, id).await.unwrap(), "");
        let old = "Ana Ruiz: sold B27 x2\nKim Lee: so pretty\nMary Jo: how much is A12?\n";
        hold(services, &shop, id, old.into()).await.unwrap();
        let known = Known::read(&comments::known(services, &shop, id).await.unwrap());
        let paste = format!("{old}Ana Ruiz: sold B27 x2\nZoe: sold C3\n");
        let reading = sale::reading(services, &shop, id).await.unwrap();
        let order = reading.settings.order;
        let read = Reader::new(Catalog::new(reading.catalog), &reading.settings).read(&paste).unwrap();
        let is_known: Vec<bool> =
            fingerprints(&paste, &read, order).iter().map(|fingerprint| known.has(fingerprint)).collect();
        assert_eq!(is_known, [true, true, true, false, false]);
        let other = world.sale(&shop).await;
        assert_eq!(comments::known(services, &shop, other).await.unwrap(), "", "each sale knows its own");
        let rival = world.owner("rita@rival.example").await;
        let foreign = comments::known(services, &rival, id).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
    }

    async fn the_same_paste_again_changes_nothing(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        let first = "Ana Ruiz: sold B27\nKim Lee: sold C3 x2";
        hold(services, &shop, id, first.into()).await.unwrap();
        let before = states(services, &shop, id).await;
        let again = hold(services, &shop, id, first.into()).await.unwrap();
        assert_eq!(again, Held { known_comments: 2, ..Held::default() });
        assert_eq!(states(services, &shop, id).await, before);

        let longer = format!("{first}\nMary Jo: sold C3");
        let more = hold(services, &shop, id, longer).await.unwrap();
        assert_eq!((more.new_comments, more.known_comments, more.held), (1, 2, 1));
        assert_eq!(stock(services, "C3").await, (100, 3, 0));
        movements_explain_all_figures(services).await;
    }

    async fn letting_go_serves_who_waits_and_can_be_undone(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        hold(services, &shop, id, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27 x2".into()).await.unwrap();
        let anas = sale::view(services, &shop, id).await.unwrap().claims.into_iter().find(|claim| claim.customer_name == "Ana Ruiz").unwrap();
        claims::cancel(services, &shop, anas.id).await.unwrap();
        let now = states(services, &shop, id).await;
        assert!(now.contains(&("Kim Lee".to_owned(), 2, ClaimState::Held)), "{now:?}");
        assert_eq!(stock(services, "B27").await, (3, 2, 0));
        let twice = claims::cancel(services, &shop, anas.id).await;
        assert_eq!(twice.unwrap_err().problem().code, Code::WrongState);

        claims::restore(services, &shop, anas.id).await.unwrap();
        let now = states(services, &shop, id).await;
        assert!(now.contains(&("Ana Ruiz".to_owned(), 1, ClaimState::Held)), "one was left: {now:?}");
        assert!(now.contains(&("Ana Ruiz".to_owned(), 2, ClaimState::Waitlisted)), "{now:?}");
        assert_eq!(stock(services, "B27").await, (3, 3, 0));
        movements_explain_all_figures(services).await;
    }

    async fn restocking_serves_who_waits(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        hold(services, &shop, id, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27 x2".into()).await.unwrap();
        let query = StockQuery { search: "rose".into(), ..Default::default() };
        let item = inventory::list::list(services, &shop, &query).await.unwrap().rows[0].id;
        let mut form = inventory::item::view(services, &shop, item).await.unwrap().form;
        form.variants[0].quantity = "4".into();
        inventory::item::save(services, &shop, Some(item), &form).await.unwrap();
        assert_eq!(stock(services, "B27").await, (4, 4, 0));
        form.variants[0].quantity = "2".into();
        let too_few = inventory::item::save(services, &shop, Some(item), &form).await;
        assert!(too_few.unwrap_err().problem().message_for("variants_0_quantity").is_some());
        assert_eq!(stock(services, "B27").await, (4, 4, 0));
        movements_explain_all_figures(services).await;
    }

    async fn a_comment_in_review_is_decided_once(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        let held = hold(services, &shop, id, "Mary Jo: sold A12".into()).await.unwrap();
        assert_eq!((held.held, held.to_review), (0, 1));
        let view = sale::view(services, &shop, id).await.unwrap();
        let line = &view.review[0];
        assert_eq!((line.author.as_str(), line.about_code.as_str()), ("Mary Jo", "A12"));
        let ring = view.catalog.iter().find(|item| item.code == "A12").unwrap();
        let answer = review::Answer::Claim { variant_id: ring.variants[1].id, quantity: 1 };
        review::answer(services, &shop, line.id, answer.clone()).await.unwrap();
        assert_eq!(states(services, &shop, id).await, [("Mary Jo".to_owned(), 1, ClaimState::Held)]);
        let again = review::answer(services, &shop, line.id, answer).await;
        assert_eq!(again.unwrap_err().problem().code, Code::WrongState);
        assert_eq!(stock(services, "A12").await, (3, 1, 0));
    }

    async fn a_closed_sale_takes_no_claims(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        sale::close(services, &shop, id, true).await.unwrap();
        let refused = hold(services, &shop, id, "Ana Ruiz: sold B27".into()).await;
        assert_eq!(refused.unwrap_err().problem().code, Code::WrongState);
        let customers = entities::customer::Entity::find().all(services.database.read()).await.unwrap();
        assert!(customers.is_empty(), "nothing of a refused paste stays");
    }

    async fn what_is_too_large_is_refused_whole(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let id = world.sale(&shop).await;
        let refused = hold(services, &shop, id, "x".repeat(6 * 1024 * 1024)).await;
        assert_eq!(refused.unwrap_err().problem().code, Code::TooLarge);
        let binary = hold(services, &shop, id, "\u{0}\u{1}\u{2}\u{3}".repeat(1_000)).await;
        assert!(binary.is_err());
    }

    async fn two_servers_and_many_tabs_never_sell_a_piece_twice(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let id = world.sale(&shop).await;
        let mut tabs = tokio::task::JoinSet::new();
        for tab in 0..60 {
            let (services, shop) = (world.services.clone(), shop.clone());
            tabs.spawn(async move {
                hold(&services, &shop, id, format!("Buyer {tab}: sold C3 x2")).await.expect("each tab is served")
            });
        }
        let mut held = 0;
        let mut waiting = 0;
        while let Some(outcome) = tabs.join_next().await {
            let outcome = outcome.unwrap();
            held += outcome.held;
            waiting += outcome.waitlisted;
        }
        assert_eq!((held, waiting), (100, 20));
        assert_eq!(stock(&world.services, "C3").await, (100, 100, 0));
        movements_explain_all_figures(&world.services).await;
    }

    async fn writes_of_two_servers_take_turns(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let second = world.database.another_server().await;
        let mut writers = tokio::task::JoinSet::new();
        for number in 0..40 {
            let database = if number % 2 == 0 { world.services.database.clone() } else { second.clone() };
            let business_id = shop.business_id;
            writers.spawn(async move {
                let write = database.write(business_id).await.expect("a turn comes");
                let before = entities::business::Entity::find_by_id(business_id).one(&*write).await.unwrap().unwrap();
                tokio::task::yield_now().await;
                let after = entities::business::Entity::find_by_id(business_id).one(&*write).await.unwrap().unwrap();
                assert_eq!(before.revision, after.revision, "nobody writes in between");
                write.commit().await.unwrap();
            });
        }
        while let Some(done) = writers.join_next().await {
            done.unwrap();
        }
        let business = entities::business::Entity::find_by_id(shop.business_id);
        assert_eq!(business.one(world.services.database.read()).await.unwrap().unwrap().revision, 41);
    }
}
