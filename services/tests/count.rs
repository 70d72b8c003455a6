//! The stock-take: counting while selling goes on, closing, opening again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::{
        count::{CountForm, CountQuery, CountView, Differences, LineForm},
        stock::{HandKind, StockForm},
    },
    payments::Gateway,
    problem::{Code, FieldCode},
    time::MINUTE,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    Error,
    accounts::Actor,
    database_tests, entities,
    inventory::{count, item, stock::by_hand},
    invoices::bill::bill_everyone,
    payments::pay,
    sales::{claims, hold::hold},
    testing::World,
};
use uuid::Uuid;

async fn begin(world: &World, shop: &Actor, search: &str) -> Uuid {
    let form = CountForm { search: search.into(), blind: String::new() };
    count::begin(&world.services, shop, &form).await.unwrap()
}

async fn set(world: &World, shop: &Actor, id: Uuid, variant: Uuid, counted: &str) {
    let form = LineForm { count: id.to_string(), variant: variant.to_string(), counted: counted.into() };
    count::set(&world.services, shop, &form).await.unwrap();
}

async fn view(world: &World, shop: &Actor, id: Uuid) -> CountView {
    count::view(&world.services, shop, id, &CountQuery::default()).await.unwrap()
}

async fn differences(world: &World, shop: &Actor, id: Uuid) -> Differences {
    count::differences(&world.services, shop, id).await.unwrap()
}

async fn change(world: &World, shop: &Actor, kind: HandKind, variant: Uuid, quantity: i64) {
    let form = StockForm {
        variant: variant.to_string(),
        kind: kind.as_str().into(),
        quantity: quantity.to_string(),
        ..Default::default()
    };
    by_hand::change(&world.services, shop, &form).await.unwrap();
}

async fn paste(world: &World, shop: &Actor, sale: Uuid, text: &str) {
    hold(&world.services, shop, sale, text.into()).await.unwrap();
}

/// Bills everybody and pays the first invoice.
async fn pay_one(world: &World, shop: &Actor) {
    bill_everyone(&world.services, shop).await.unwrap();
    let invoice =
        entities::invoice::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
    pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
    world.gateway.pay();
    world.later(MINUTE).await;
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.unwrap_err().problem().code
}

/// Movements that were booked by a stock-take, as `+2`.
async fn booked(world: &World, id: Uuid) -> Vec<i64> {
    let rows = entities::stock_movement::Entity::find()
        .filter(entities::stock_movement::Column::CountId.eq(id))
        .all(world.services.database.read())
        .await
        .unwrap();
    rows.into_iter().map(|row| row.on_hand).collect()
}

database_tests! {
    async fn so_many_stock_takes_are_open_and_one_more_is_told_why(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let last = begin(&world, &shop, "").await;
        for _ in 1..20 {
            begin(&world, &shop, "").await;
        }
        let form = CountForm { search: String::new(), blind: String::new() };
        let problem = count::begin(&world.services, &shop, &form).await.unwrap_err().problem();
        assert_eq!(problem.fields[0].code, FieldCode::TooManyOpen(20));
        count::discard(&world.services, &shop, last).await.unwrap();
        begin(&world, &shop, "").await;
    }

    async fn what_differs_is_booked_and_what_was_not_counted_stays(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let (six, seven) = (world.variant(&shop, "A12", "6").await, world.variant(&shop, "A12", "7").await);
        let (tower, candle) = (world.variant(&shop, "B27", "").await, world.variant(&shop, "C3", "").await);
        let id = begin(&world, &shop, "").await;
        let page = view(&world, &shop, id).await;
        assert_eq!((page.counted, page.of, page.lines.rows.len()), (0, 4, 4));
        assert_eq!(page.lines.rows[0].expected, Some(2));
        set(&world, &shop, id, six, "2").await;
        set(&world, &shop, id, seven, "3").await;
        set(&world, &shop, id, tower, "9").await;
        set(&world, &shop, id, tower, "1").await;
        set(&world, &shop, id, candle, "7").await;
        set(&world, &shop, id, candle, "").await;
        assert_eq!(world.figures(tower).await[0], 3, "nothing is booked yet");

        let shown = differences(&world, &shop, id).await;
        assert_eq!((shown.all, shown.problems, shown.agree, shown.left_out), (2, 0, 1, 1));
        let rows: Vec<(&str, &str, i64)> =
            shown.rows.iter().map(|row| (row.code.as_str(), row.variant.as_str(), row.difference)).collect();
        assert_eq!(rows, [("A12", "7", 2), ("B27", "", -2)]);

        assert_eq!(count::close(&world.services, &shop, id).await.unwrap(), 2);
        assert_eq!(
            [world.figures(six).await[0], world.figures(seven).await[0], world.figures(tower).await[0], world.figures(candle).await[0]],
            [2, 3, 1, 100]
        );
        let mut movements = booked(&world, id).await;
        movements.sort_unstable();
        assert_eq!(movements, [-2, 2], "a movement for each difference and none for what agrees");
        assert!(view(&world, &shop, id).await.closed);
        assert_eq!(refused(count::close(&world.services, &shop, id).await), Code::WrongState, "once");
        world.stock_is_sound().await;

        count::reopen(&world.services, &shop, id).await.unwrap();
        assert_eq!([world.figures(seven).await[0], world.figures(tower).await[0]], [1, 3]);
        let page = view(&world, &shop, id).await;
        assert_eq!((page.closed, page.counted), (false, 3), "what was counted is still there");
        assert_eq!(refused(count::discard(&world.services, &shop, id).await), Code::WrongState, "it stands in the history");
        assert_eq!(count::close(&world.services, &shop, id).await.unwrap(), 2);
        assert_eq!([world.figures(seven).await[0], world.figures(tower).await[0]], [3, 1]);
        count::reopen(&world.services, &shop, id).await.unwrap();
        assert_eq!([world.figures(seven).await[0], world.figures(tower).await[0]], [1, 3]);
        assert_eq!(booked(&world, id).await.iter().sum::<i64>(), 0);
        world.stock_is_sound().await;
    }

    async fn selling_goes_on_while_people_count(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let candle = world.variant(&shop, "C3", "").await;
        paste(&world, &shop, sale, "Ana Ruiz: sold C3 x10").await;
        world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        let id = begin(&world, &shop, "").await;
        // Two are missing.
        set(&world, &shop, id, candle, "98").await;
        // Claimed, paid, restocked, sold at a market and corrected since then.
        paste(&world, &shop, sale, "Kim Lee: sold C3 x5").await;
        pay_one(&world, &shop).await;
        change(&world, &shop, HandKind::Restock, candle, 20).await;
        change(&world, &shop, HandKind::Elsewhere, candle, 3).await;
        change(&world, &shop, HandKind::Correction, candle, -1).await;
        assert_eq!(world.figures(candle).await, [106, 5, 0, 13, 3]);
        let shown = differences(&world, &shop, id).await;
        assert_eq!((shown.rows[0].counted, shown.rows[0].moved, shown.rows[0].difference), (98, 6, -2));
        count::close(&world.services, &shop, id).await.unwrap();
        assert_eq!(world.figures(candle).await, [104, 5, 0, 13, 3], "Kim Lee's claim is held as before");
        assert!(world.claims(&shop, sale).await.contains(&"Kim Lee 5 invoiced".to_owned()));
        world.stock_is_sound().await;

        // The same was found out on the item's page meanwhile: it is not taken off twice.
        let again = begin(&world, &shop, "").await;
        set(&world, &shop, again, candle, "100").await;
        let row = entities::variant::Entity::find_by_id(candle).one(world.services.database.read()).await.unwrap().unwrap();
        let mut opened = item::view(&world.services, &shop, row.item_id).await.unwrap().form;
        opened.variants[0].quantity = "100".into();
        item::save(&world.services, &shop, Some(row.item_id), &opened).await.unwrap();
        assert_eq!(count::close(&world.services, &shop, again).await.unwrap(), 0);
        assert_eq!(world.figures(candle).await[0], 100);
    }

    async fn fewer_than_are_held_are_refused_line_by_line(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let (tower, candle) = (world.variant(&shop, "B27", "").await, world.variant(&shop, "C3", "").await);
        let id = begin(&world, &shop, "").await;
        set(&world, &shop, id, tower, "1").await;
        set(&world, &shop, id, candle, "90").await;
        // The claims come after the count, and must not be lost by it.
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x2\nKim Lee: sold C3 x2").await;
        let shown = differences(&world, &shop, id).await;
        assert_eq!(shown.problems, 1);
        assert!(shown.rows[0].problem.as_ref().unwrap().starts_with("2 pieces are held for buyers"));
        let problem = count::close(&world.services, &shop, id).await.unwrap_err().problem();
        assert_eq!(problem.fields.len(), 1);
        assert_eq!(problem.fields[0].field, format!("line_{tower}"));
        assert_eq!(problem.fields[0].code, FieldCode::BelowHeld(2));
        assert_eq!([world.figures(tower).await, world.figures(candle).await], [[3, 2, 0, 0, 0], [100, 2, 0, 0, 0]], "nothing half done");

        let ana = world.claim_rows(&shop, sale).await[0].id;
        claims::cancel(&world.services, &shop, ana).await.unwrap();
        assert_eq!(count::close(&world.services, &shop, id).await.unwrap(), 2);
        assert_eq!([world.figures(tower).await, world.figures(candle).await], [[1, 0, 0, 0, 0], [90, 2, 0, 0, 0]]);
        world.stock_is_sound().await;
    }

    async fn what_is_found_goes_to_those_who_wait_and_comes_back_when_undone(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27\nMary Jo: sold B27").await;
        let id = begin(&world, &shop, "tower").await;
        set(&world, &shop, id, tower, "4").await;
        count::close(&world.services, &shop, id).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 3 held", "Kim Lee 1 held", "Mary Jo 1 waitlisted"]);
        count::reopen(&world.services, &shop, id).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 3 held", "Kim Lee 1 waitlisted", "Mary Jo 1 waitlisted"]);
        assert_eq!(world.figures(tower).await, [3, 3, 2, 0, 0]);
        world.stock_is_sound().await;

        count::close(&world.services, &shop, id).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        assert_eq!(refused(count::reopen(&world.services, &shop, id).await), Code::WrongState, "Kim Lee has the invoice");
        assert_eq!(world.figures(tower).await, [4, 4, 1, 0, 0]);
        world.stock_is_sound().await;
    }

    async fn each_scan_adds_one_and_doubts_what_moved_between(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let (six, tower) = (world.variant(&shop, "A12", "6").await, world.variant(&shop, "B27", "").await);
        let ring = world.services.database.read();
        let row = entities::variant::Entity::find_by_id(six).one(ring).await.unwrap().unwrap();
        let mut opened = item::view(&world.services, &shop, row.item_id).await.unwrap().form;
        let place = opened.variants.iter().position(|variant| variant.id == six.to_string()).unwrap();
        opened.variants[place].code = "A12-6".into();
        opened.variants[place].barcode = "4006381333931".into();
        item::save(&world.services, &shop, Some(row.item_id), &opened).await.unwrap();
        let id = begin(&world, &shop, "").await;
        for (code, name, counted) in [
            ("b27", "B27 Rose tower", 1),
            ("https://shop.example/stock/find?code=B27", "B27 Rose tower", 2),
            ("Ａ12-6", "A12 Moon ring 6", 1),
            (" 4006381333931", "A12 Moon ring 6", 2),
        ] {
            let scanned = count::scan(&world.services, &shop, id, code).await.unwrap();
            assert_eq!((scanned.name.as_str(), scanned.counted), (name, counted), "{code}");
        }
        let problem = |result: Result<domain::inventory::count::Scanned, Error>| result.unwrap_err().problem().fields.remove(0).code;
        assert_eq!(problem(count::scan(&world.services, &shop, id, "A12").await), FieldCode::SeveralVariants);
        assert_eq!(problem(count::scan(&world.services, &shop, id, "Z9").await), FieldCode::UnknownCode);
        assert_eq!(problem(count::scan(&world.services, &shop, id, "").await), FieldCode::UnknownCode);

        change(&world, &shop, HandKind::Elsewhere, tower, 1).await;
        count::scan(&world.services, &shop, id, "B27").await.unwrap();
        let lines = view(&world, &shop, id).await.lines.rows;
        let line = lines.iter().find(|line| line.variant_id == tower).unwrap();
        assert_eq!((line.counted, line.unsure), (Some(3), true));
        set(&world, &shop, id, tower, "2").await;
        let lines = view(&world, &shop, id).await.lines.rows;
        let line = lines.iter().find(|line| line.variant_id == tower).unwrap();
        assert_eq!((line.counted, line.unsure), (Some(2), false), "a typed number is beyond doubt");
        assert_eq!(differences(&world, &shop, id).await.all, 0);
    }

    async fn a_stock_take_is_its_business_own_and_goes_on_elsewhere(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let rival = world.shop("rita@rival.example").await;
        let (tower, theirs) = (world.variant(&shop, "B27", "").await, world.variant(&rival, "B27", "").await);
        let id = begin(&world, &shop, "ring").await;
        let page = view(&world, &shop, id).await;
        assert_eq!((page.of, page.what.as_str()), (2, "Items with “ring”"));
        let foreign = |variant: Uuid| LineForm { count: id.to_string(), variant: variant.to_string(), counted: "1".into() };
        let services = &world.services;
        assert_eq!(refused(count::set(services, &rival, &foreign(theirs)).await), Code::NotFound);
        assert_eq!(refused(count::set(services, &shop, &foreign(theirs)).await), Code::NotFound);
        assert_eq!(refused(count::view(services, &rival, id, &CountQuery::default()).await), Code::NotFound);
        assert_eq!(refused(count::differences(services, &rival, id).await), Code::NotFound);
        assert_eq!(refused(count::close(services, &rival, id).await), Code::NotFound);
        assert_eq!(refused(count::scan(services, &rival, id, "B27").await), Code::NotFound);
        assert_eq!(refused(count::discard(services, &rival, id).await), Code::NotFound);
        assert!(count::list(services, &rival).await.unwrap().is_empty());

        set(&world, &shop, id, tower, "3").await;
        count::hide_figures(services, &shop, id, true).await.unwrap();
        let page = view(&world, &shop, id).await;
        assert!(page.blind && page.lines.rows.iter().all(|line| line.expected.is_none()));
        let listed = count::list(services, &shop).await.unwrap();
        assert_eq!((listed.len(), listed[0].counted, listed[0].closed, listed[0].who.as_str()), (1, 1, false, "Olive Owner"));
        count::discard(services, &shop, id).await.unwrap();
        assert!(count::list(services, &shop).await.unwrap().is_empty());
        assert_eq!(world.figures(tower).await[0], 3);
    }

    async fn two_who_close_at_once_book_once(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let tower = world.variant(&shop, "B27", "").await;
        let id = begin(&world, &shop, "").await;
        set(&world, &shop, id, tower, "1").await;
        let mut closing = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (services, shop) = (world.services.clone(), shop.clone());
            closing.spawn(async move { count::close(&services, &shop, id).await.is_ok() });
        }
        let mut closed = 0;
        while let Some(done) = closing.join_next().await {
            closed += usize::from(done.unwrap());
        }
        assert_eq!((closed, world.figures(tower).await[0]), (1, 1));
        world.stock_is_sound().await;
    }

    async fn pieces_that_an_item_form_adds_or_takes_while_people_count_stay_so(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let tower = world.variant(&shop, "B27", "").await;
        let rows = entities::item::Entity::find().filter(entities::item::Column::Code.eq("B27"));
        let item_id = rows.one(world.services.database.read()).await.unwrap().unwrap().id;
        for (counted, saved) in [("3", "8"), ("8", "1"), ("1", "0")] {
            let id = begin(&world, &shop, "").await;
            set(&world, &shop, id, tower, counted).await;
            let mut form = item::view(&world.services, &shop, item_id).await.unwrap().form;
            form.variants[0].quantity = saved.into();
            item::save(&world.services, &shop, Some(item_id), &form).await.unwrap();
            assert_eq!(count::close(&world.services, &shop, id).await.unwrap(), 0, "nothing differs");
            assert_eq!(world.figures(tower).await[0].to_string(), saved);
        }
        world.stock_is_sound().await;
    }
}
