//! The stock ledger: every figure is the sum of its rows, whatever is done, by whom and how often; never below zero, never
//! sold twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::{
        ItemForm, VariantForm,
        stock::{Cause, HandKind, MovementLine, StockForm},
    },
    payments::Gateway,
    problem::{Code, FieldCode},
    time::{HOUR, MINUTE},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, prelude::Expr};
use services::{
    Error, Services,
    accounts::Actor,
    database_tests, entities,
    inventory::{
        item,
        stock::{by_hand, check::check, history},
    },
    invoices::bill::bill_everyone,
    jobs::worker,
    payments::pay,
    sales::hold::hold,
    shipping::{purchase, quote, shipment},
    testing::World,
};
use tokio::task::JoinSet;
use uuid::Uuid;

fn form(kind: HandKind, variant: Uuid, quantity: i64) -> StockForm {
    StockForm {
        variant: variant.to_string(),
        kind: kind.as_str().into(),
        quantity: quantity.to_string(),
        ..Default::default()
    }
}

async fn change(
    world: &World,
    shop: &Actor,
    kind: HandKind,
    variant: Uuid,
    quantity: i64,
) -> Result<String, Error> {
    let booked = by_hand::change(&world.services, shop, &form(kind, variant, quantity)).await?;
    Ok(booked.movement)
}

async fn undo(world: &World, shop: &Actor, movement: &str) -> Result<(), Error> {
    by_hand::undo(&world.services, shop, Uuid::parse_str(movement).unwrap()).await
}

async fn paste(world: &World, shop: &Actor, sale: Uuid, text: &str) {
    hold(&world.services, shop, sale, text.into()).await.unwrap();
}

/// Bills everybody, and Ana, who has an address, pays.
async fn ana_pays(world: &World, shop: &Actor) {
    world.introduce(shop, "Ana Ruiz", "ana@buyers.example").await;
    bill_everyone(&world.services, shop).await.unwrap();
    let read = world.services.database.read();
    let ana = entities::customer::Entity::find()
        .filter(entities::customer::Column::Name.eq("Ana Ruiz"))
        .filter(entities::customer::Column::BusinessId.eq(shop.business_id));
    let ana = ana.one(read).await.unwrap().unwrap();
    let invoice = entities::invoice::Entity::find()
        .filter(entities::invoice::Column::CustomerId.eq(ana.id))
        .filter(entities::invoice::Column::State.eq("open"));
    let invoice = invoice.one(read).await.unwrap().unwrap();
    pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
    world.gateway.pay();
    world.later(MINUTE).await;
}

/// Buys the label of the only parcel.
async fn ship(world: &World, shop: &Actor) {
    let read = world.services.database.read();
    let parcel = entities::shipment::Entity::find()
        .filter(entities::shipment::Column::BusinessId.eq(shop.business_id))
        .filter(entities::shipment::Column::State.eq("ready"));
    let parcel = parcel.one(read).await.unwrap().unwrap().id;
    quote::ask(&world.services, shop, parcel).await.unwrap();
    let rate = shipment::view(&world.services, shop, parcel).await.unwrap().chosen.unwrap();
    purchase::order(&world.services, shop, parcel, rate.id).await.unwrap();
    world.work().await;
}

/// All movements of an item, the newest first, read page by page.
async fn movements(services: &Services, shop: &Actor, item: Uuid) -> Vec<MovementLine> {
    let mut lines = Vec::new();
    let mut after = String::new();
    loop {
        let page = history::view(services, shop, item, &after).await.unwrap().movements;
        lines.extend(page.rows);
        match page.next {
            Some(next) => after = next,
            None => return lines,
        }
    }
}

async fn item_of(world: &World, variant: Uuid) -> Uuid {
    let variant = entities::variant::Entity::find_by_id(variant).one(world.services.database.read()).await;
    variant.unwrap().unwrap().item_id
}

fn wrong(result: Result<String, Error>) -> FieldCode {
    result.unwrap_err().problem().fields.remove(0).code
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.unwrap_err().problem().code
}

database_tests! {
    async fn a_restock_serves_those_who_wait_in_their_order_and_can_be_undone(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27 x2\nMary Jo: sold B27\nDeShawn: sold B27 x2").await;
        assert_eq!(world.figures(tower).await, [3, 3, 5, 0, 0]);

        let key = services::new_id().to_string();
        let restock = StockForm { note: "From the kiln".into(), key: key.clone(), ..form(HandKind::Restock, tower, 4) };
        let booked = by_hand::change(&world.services, &shop, &restock).await.unwrap();
        assert_eq!(booked.told, "Restocked 4. 4 went to buyers who waited.");
        let served = [
            "Ana Ruiz 3 held", "Kim Lee 2 held", "Mary Jo 1 held", "DeShawn 1 held", "DeShawn 1 waitlisted",
        ];
        assert_eq!(world.claims(&shop, sale).await, served);
        assert_eq!(world.figures(tower).await, [7, 7, 1, 0, 0]);
        world.stock_is_sound().await;

        let again = by_hand::change(&world.services, &shop, &restock).await.unwrap();
        assert_eq!(again, booked, "a form that is sent twice books once");
        for other in [
            StockForm { quantity: "5".into(), ..restock.clone() },
            StockForm { note: String::new(), ..restock.clone() },
            StockForm { kind: "correction".into(), ..restock.clone() },
        ] {
            let said = by_hand::change(&world.services, &shop, &other).await;
            assert_eq!(refused(said), Code::WrongState, "nothing like it was booked");
        }
        assert_eq!(world.figures(tower).await, [7, 7, 1, 0, 0]);

        undo(&world, &shop, &booked.movement).await.unwrap();
        assert_eq!(refused(by_hand::change(&world.services, &shop, &restock).await), Code::WrongState, "it was undone");
        let as_before = ["Ana Ruiz 3 held", "Kim Lee 2 waitlisted", "Mary Jo 1 waitlisted", "DeShawn 2 waitlisted"];
        assert_eq!(world.claims(&shop, sale).await, as_before, "in their old places");
        assert_eq!(world.figures(tower).await, [3, 3, 5, 0, 0]);
        assert_eq!(refused(undo(&world, &shop, &booked.movement).await), Code::WrongState, "only once");
        world.stock_is_sound().await;

        let lines = movements(&world.services, &shop, item_of(&world, tower).await).await;
        let restocked = lines.iter().find(|line| line.id.to_string() == booked.movement).unwrap();
        assert_eq!((restocked.cause, restocked.who.as_str(), restocked.note.as_str()), (Cause::Restock, "Olive Owner", "From the kiln"));
        assert!(restocked.undone && !restocked.can_be_undone);
        assert!(lines.iter().any(|line| line.undoes && line.cause == Cause::Restock && line.change.on_hand == -4));
    }

    async fn the_key_of_a_form_says_nothing_about_the_order(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27 x2").await;
        // A browser makes keys at random, and most of them are greater than any id.
        let restock = StockForm { key: Uuid::max().to_string(), ..form(HandKind::Restock, tower, 4) };
        by_hand::change(&world.services, &shop, &restock).await.unwrap();
        let lines = movements(&world.services, &shop, item_of(&world, tower).await).await;
        let latest: Vec<(Cause, i64, i64)> =
            lines.iter().take(2).map(|line| (line.cause, line.on_hand_after, line.left_after)).collect();
        assert_eq!(latest, [(Cause::Claim, 7, 2), (Cause::Restock, 7, 4)]);
    }

    async fn the_same_key_in_two_businesses_is_two_forms(database: TestDatabase) {
        let world = World::new(database);
        for email in ["olive@moonlit.example", "rita@rival.example"] {
            let shop = world.shop(email).await;
            let tower = world.variant(&shop, "B27", "").await;
            let restock = StockForm { key: Uuid::max().to_string(), ..form(HandKind::Restock, tower, 4) };
            by_hand::change(&world.services, &shop, &restock).await.unwrap();
            assert_eq!(world.figures(tower).await, [7, 0, 0, 0, 0], "the key of somebody else says nothing");
        }
    }

    async fn a_form_that_was_carried_out_before_keys_had_a_column_is_known(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let tower = world.variant(&shop, "B27", "").await;
        // The key was the id of what the form made.
        let key = change(&world, &shop, HandKind::Restock, tower, 4).await.unwrap();
        migrations::m20261130_000030_keys_of_forms::note_keys(world.services.database.read()).await.unwrap();
        let again = StockForm { key: key.clone(), ..form(HandKind::Restock, tower, 4) };
        assert_eq!(by_hand::change(&world.services, &shop, &again).await.unwrap().movement, key);
        assert_eq!(world.figures(tower).await, [7, 0, 0, 0, 0]);
    }

    async fn what_was_served_and_billed_is_not_taken_back(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27").await;
        let restock = change(&world, &shop, HandKind::Restock, tower, 2).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        assert_eq!(refused(undo(&world, &shop, &restock).await), Code::WrongState);
        assert_eq!(world.figures(tower).await, [5, 4, 0, 0, 0]);

        let second = change(&world, &shop, HandKind::Restock, tower, 1).await.unwrap();
        paste(&world, &shop, sale, "Mary Jo: sold B27 x2").await;
        assert_eq!(refused(undo(&world, &shop, &second).await), Code::WrongState, "Mary Jo has it now");
        world.stock_is_sound().await;
    }

    async fn each_way_out_and_back_has_its_figures_and_bounds(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27").await;
        assert_eq!(wrong(change(&world, &shop, HandKind::Elsewhere, tower, 3).await), FieldCode::TooMuch(2), "one is Ana's");
        assert_eq!(wrong(change(&world, &shop, HandKind::Correction, tower, -3).await), FieldCode::TooLittle(-2));
        assert_eq!(wrong(change(&world, &shop, HandKind::Return, tower, 1).await), FieldCode::TooMuch(0), "nothing was sold");
        assert_eq!(wrong(change(&world, &shop, HandKind::Restock, tower, 1_000_000).await), FieldCode::TooMuch(999_997));

        let elsewhere = change(&world, &shop, HandKind::Elsewhere, tower, 2).await.unwrap();
        assert_eq!(world.figures(tower).await, [1, 1, 0, 2, 2], "sold, and gone from the house");
        change(&world, &shop, HandKind::Return, tower, 1).await.unwrap();
        assert_eq!(world.figures(tower).await, [2, 1, 0, 1, 1]);
        assert_eq!(refused(undo(&world, &shop, &elsewhere).await), Code::WrongState, "one came back already");
        change(&world, &shop, HandKind::Correction, tower, -1).await.unwrap();
        assert_eq!(world.figures(tower).await, [1, 1, 0, 1, 1]);

        ana_pays(&world, &shop).await;
        assert_eq!(world.figures(tower).await, [0, 0, 0, 2, 1]);
        ship(&world, &shop).await;
        assert_eq!(world.figures(tower).await, [0, 0, 0, 2, 2]);
        change(&world, &shop, HandKind::Return, tower, 2).await.unwrap();
        assert_eq!(world.figures(tower).await, [2, 0, 0, 0, 0]);
        world.stock_is_sound().await;

        let lines = movements(&world.services, &shop, item_of(&world, tower).await).await;
        let told: Vec<(Cause, String, i64)> =
            lines.iter().map(|line| (line.cause, line.change.change(), line.on_hand_after)).collect();
        assert_eq!(told, [
            (Cause::Return, "+2".into(), 2),
            (Cause::Shipped, "+1 shipped".into(), 0),
            (Cause::Payment, "−1".into(), 0),
            (Cause::Correction, "−1".into(), 1),
            (Cause::Return, "+1".into(), 2),
            (Cause::Elsewhere, "−2".into(), 1),
            (Cause::Claim, "+1 held".into(), 3),
            (Cause::Count, "+3".into(), 3),
        ]);
        assert!(lines[1].link.as_ref().unwrap().0.starts_with("/bill/"));
        assert_eq!(lines[2].who, "", "the gateway is no member");
        assert_eq!(lines[6].who, "Olive Owner");
    }

    async fn a_piece_that_came_back_before_it_was_sent_spoils_no_label(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x2").await;
        ana_pays(&world, &shop).await;
        change(&world, &shop, HandKind::Return, tower, 1).await.unwrap();
        assert_eq!(world.figures(tower).await, [2, 0, 0, 1, 0]);
        ship(&world, &shop).await;
        assert_eq!(world.carrier.purchases(), 1);
        assert_eq!(world.figures(tower).await, [2, 0, 0, 1, 1]);
        world.stock_is_sound().await;
    }

    async fn another_business_stock_is_not_found(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let rival = world.shop("rita@rival.example").await;
        let tower = world.variant(&shop, "B27", "").await;
        let restock = change(&world, &shop, HandKind::Restock, tower, 1).await.unwrap();
        assert_eq!(refused(change(&world, &rival, HandKind::Restock, tower, 1).await), Code::NotFound);
        assert_eq!(refused(undo(&world, &rival, &restock).await), Code::NotFound);
        let item = item_of(&world, tower).await;
        assert_eq!(refused(history::view(&world.services, &rival, item, "").await), Code::NotFound);
        assert_eq!(world.figures(tower).await[0], 4);
    }

    async fn an_item_form_left_open_counts_only_what_was_typed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        let id = item_of(&world, tower).await;
        let mut opened = item::view(&world.services, &shop, id).await.unwrap().form;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27").await;
        ana_pays(&world, &shop).await;
        change(&world, &shop, HandKind::Restock, tower, 5).await.unwrap();
        opened.title = "Rose tower, large".into();
        item::save(&world.services, &shop, Some(id), &opened).await.unwrap();
        assert_eq!(world.figures(tower).await, [7, 0, 0, 1, 0], "a number that was left as it is counts nothing");
        opened.variants[0].quantity = "2".into();
        item::save(&world.services, &shop, Some(id), &opened).await.unwrap();
        assert_eq!(world.figures(tower).await, [6, 0, 0, 1, 0], "one fewer than was shown is one fewer");
        opened.variants[0].was = "9".into();
        opened.variants[0].quantity = "0".into();
        let problem = item::save(&world.services, &shop, Some(id), &opened).await.unwrap_err().problem();
        assert_eq!(problem.fields[0].code, FieldCode::TooLittle(3), "nine fewer than six cannot be");
        world.stock_is_sound().await;
    }

    async fn a_variant_that_is_taken_off_leaves_the_stock_with_a_row(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let seven = world.variant(&shop, "A12", "7").await;
        let id = item_of(&world, seven).await;
        let mut opened: ItemForm = item::view(&world.services, &shop, id).await.unwrap().form;
        let gone = opened.variants.iter().position(|variant| variant.id == seven.to_string()).unwrap();
        opened.variants[gone] = VariantForm { id: seven.to_string(), ..Default::default() };
        item::save(&world.services, &shop, Some(id), &opened).await.unwrap();
        assert_eq!(world.figures(seven).await, [0; 5]);
        let lines = movements(&world.services, &shop, id).await;
        assert_eq!((lines[0].cause, lines[0].change.on_hand, lines[0].variant.as_str()), (Cause::Removed, -1, "7"));
        assert_eq!(refused(change(&world, &shop, HandKind::Restock, seven, 1).await), Code::NotFound);
        world.stock_is_sound().await;
    }

    async fn balances_follow_one_another_whatever_the_clocks_of_two_servers_say(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let tower = world.variant(&shop, "B27", "").await;
        let (item, at_first) = (item_of(&world, tower).await, world.figures(tower).await[0]);
        for _ in 0..30 {
            change(&world, &shop, HandKind::Restock, tower, 1).await.unwrap();
        }
        let movement = || entities::stock_movement::Entity::update_many();
        let rows = entities::stock_movement::Entity::find().all(world.services.database.read()).await.unwrap();
        for row in rows.iter().filter(|row| row.variant_id == tower) {
            // Every movement has an id from before the one that it follows.
            let id = Uuid::from_u128(u128::try_from(i64::MAX - row.revision).unwrap());
            let by_another_clock = movement()
                .col_expr(entities::stock_movement::Column::Id, Expr::value(id))
                .filter(entities::stock_movement::Column::Id.eq(row.id));
            by_another_clock.exec(world.services.database.read()).await.unwrap();
        }
        let lines = movements(&world.services, &shop, item).await;
        let balances: Vec<i64> = lines.iter().map(|line| line.on_hand_after).collect();
        let expected: Vec<i64> = (at_first..=at_first + 30).rev().collect();
        assert_eq!(balances, expected);
    }

    async fn a_disagreement_is_found_and_named(database: TestDatabase) {
        use sea_orm::ConnectionTrait;
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27").await;
        world.stock_is_sound().await;
        let spoil = "UPDATE variants SET on_hand = on_hand + 2, waitlisted = 0 WHERE on_hand = 3";
        world.services.database.read().execute_unprepared(spoil).await.unwrap();
        let mut found = Vec::new();
        check(&world.services.database, |checked| found.push(checked)).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].variants), ("Moonlit Silver", 4));
        assert_eq!(found[0].disagreements, [
            "B27: 5 on hand, but the movements come to 3",
            "B27: 0 waiting, but the movements come to 1",
            "B27: 0 waiting, but the claims come to 1",
            "B27: 0 left by its own figure, but its variants have 2",
        ]);
    }

    async fn a_thousand_who_ask_from_many_screens_at_once_get_a_hundred_pieces_once(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let candle = world.variant(&shop, "C3", "").await;
        let servers = [world.services.clone(), world.another_server().await];
        let mut screens = JoinSet::new();
        // Not a screen each: a thousand in one line would be longer than the database lets anybody wait.
        for screen in 0..40_usize {
            let (services, shop) = (servers[screen % 2].clone(), shop.clone());
            screens.spawn(async move {
                let mut sums = (0, 0);
                for buyer in 0..25 {
                    let held = hold(&services, &shop, sale, format!("@buyer{screen}x{buyer}: sold C3")).await.unwrap();
                    sums = (sums.0 + held.held, sums.1 + held.waitlisted);
                }
                sums
            });
        }
        let mut sums = (0, 0);
        while let Some(of_screen) = screens.join_next().await {
            let (held, waitlisted) = of_screen.unwrap();
            sums = (sums.0 + held, sums.1 + waitlisted);
        }
        assert_eq!(sums, (100, 900));
        assert_eq!(world.figures(candle).await, [100, 100, 900, 0, 0]);
        let rows = world.claim_rows(&shop, sale).await;
        let pieces = |state: &str| rows.iter().filter(|row| row.state == state).map(|row| row.quantity).sum::<i64>();
        assert_eq!((pieces("held"), pieces("waitlisted")), (100, 900));
        let last_held = rows.iter().filter(|row| row.state == "held").map(|row| row.place).max();
        let first_waiting = rows.iter().filter(|row| row.state == "waitlisted").map(|row| row.place).min();
        assert!(last_held < first_waiting, "first come, first served");
        world.stock_is_sound().await;
    }

    async fn claims_and_releases_at_once_hold_no_piece_twice(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["1", "", "", "add"]).await;
        let candle = world.variant(&shop, "C3", "").await;
        let early: Vec<String> = (0..150).map(|number| format!("@early{number}: sold C3")).collect();
        paste(&world, &shop, sale, &early.join("\n")).await;
        assert_eq!(world.figures(candle).await, [100, 100, 50, 0, 0]);
        world.services.clock.advance(HOUR);
        let servers = [world.services.clone(), world.another_server().await];
        let mut all = JoinSet::new();
        for screen in 0..20_usize {
            let (services, shop) = (servers[screen % 2].clone(), shop.clone());
            all.spawn(async move {
                for buyer in 0..10 {
                    hold(&services, &shop, sale, format!("@late{screen}x{buyer}: sold C3")).await.unwrap();
                }
            });
            if screen % 2 == 0 {
                let services = servers[screen / 2 % 2].clone();
                all.spawn(async move {
                    worker::run_due(&services).await.unwrap();
                });
            }
        }
        while let Some(done) = all.join_next().await {
            done.unwrap();
        }
        world.work().await;
        let rows = world.claim_rows(&shop, sale).await;
        let pieces = |state: &str| rows.iter().filter(|row| row.state == state).map(|row| row.quantity).sum::<i64>();
        assert_eq!((pieces("released"), pieces("held"), pieces("waitlisted")), (100, 100, 150));
        assert_eq!(world.figures(candle).await, [100, 100, 150, 0, 0]);
        world.stock_is_sound().await;
    }

    async fn low_stock_is_what_no_more_than_the_mark_is_left_of(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let rival = world.shop("rita@rival.example").await;
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        let id = item_of(&world, tower).await;
        let low = async |actor: &Actor| services::reports::today::view(&world.services, actor).await.unwrap().low_stock;
        assert_eq!(low(&shop).await, 0, "nothing has a mark");
        let mut opened = item::view(&world.services, &shop, id).await.unwrap().form;
        opened.low_stock = "2".into();
        item::save(&world.services, &shop, Some(id), &opened).await.unwrap();
        assert_eq!(low(&shop).await, 0, "three are left");
        paste(&world, &shop, sale, "Ana Ruiz: sold B27").await;
        assert_eq!(low(&shop).await, 1, "two are left");
        assert_eq!(low(&rival).await, 0);
        item::archive(&world.services, &shop, id, true).await.unwrap();
        assert_eq!(low(&shop).await, 0, "it is not for sale");
    }
}
