//! What a seller does to claims by hand, and undoing it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    problem::{Code, FieldCode},
    sales::by_hand::{ActionKind, HandClaimForm, HandClaimed, SplitForm},
    time::HOUR,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    Error,
    accounts::Actor,
    database_tests, entities,
    invoices::bill::bill_everyone,
    new_id,
    sales::{actions, by_hand, hold::hold, sale},
    testing::World,
};
use uuid::Uuid;

async fn shop(world: &World) -> (Actor, Uuid) {
    let shop = world.shop("olive@moonlit.example").await;
    let sale = world.sale(&shop).await;
    (shop, sale)
}

fn typed(buyer: &str, text: &str) -> HandClaimForm {
    HandClaimForm { buyer: buyer.into(), text: text.into(), key: String::new() }
}

async fn claim(world: &World, shop: &Actor, sale: Uuid, buyer: &str, text: &str) -> HandClaimed {
    by_hand::claim(&world.services, shop, sale, &typed(buyer, text)).await.unwrap()
}

async fn paste(world: &World, shop: &Actor, sale: Uuid, text: &str) {
    hold(&world.services, shop, sale, text.into()).await.unwrap();
}

/// The claim in this place of the line.
async fn nth(world: &World, shop: &Actor, sale: Uuid, place: usize) -> Uuid {
    world.claim_rows(shop, sale).await[place].id
}

async fn undo_last(world: &World, shop: &Actor, sale: Uuid) -> Result<(), Error> {
    let last = actions::list(&world.services, shop, sale).await.unwrap().remove(0);
    actions::undo(&world.services, shop, last.id).await
}

fn split(buyer: &str, pieces: &str) -> SplitForm {
    SplitForm { buyer: buyer.into(), pieces: pieces.into(), key: String::new() }
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.unwrap_err().problem().code
}

database_tests! {
    async fn a_claim_by_hand_is_read_as_a_buyers(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        let held = claim(&world, &shop, sale, "Ana Ruiz", "A12 6 x2").await;
        assert_eq!((held.held, held.waitlisted, held.action.is_some()), (2, 0, true));
        let waiting = claim(&world, &shop, sale, "@kim", "sold B27 x4").await;
        assert_eq!((waiting.held, waiting.waitlisted), (3, 1));
        let queued = claim(&world, &shop, sale, "Mary Jo", "next B27").await;
        assert_eq!((queued.held, queued.waitlisted), (0, 1));
        let gone = claim(&world, &shop, sale, "@kim", "cancel B27").await;
        assert_eq!(gone.cancelled, 4);
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 2 held", "kim 3 cancelled", "kim 1 cancelled", "Mary Jo 1 held"]
        );
        for unclear in ["A12", "hello", "A12 99", "Z9 x2"] {
            let unclear = claim(&world, &shop, sale, "Ana Ruiz", unclear).await;
            assert!(unclear.unclear.is_some() && unclear.held == 0, "{unclear:?}");
        }
        assert_eq!(actions::list(&world.services, &shop, sale).await.unwrap().len(), 4);
        world.stock_is_sound().await;
    }

    async fn a_form_that_is_sent_twice_claims_once(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        let form = HandClaimForm { key: new_id().to_string(), ..typed("ana", "C3 x2") };
        let mut tabs = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let (services, shop, form) = (world.services.clone(), shop.clone(), form.clone());
            tabs.spawn(async move { by_hand::claim(&services, &shop, sale, &form).await.unwrap() });
        }
        while let Some(done) = tabs.join_next().await {
            assert_eq!(done.unwrap().held, 2, "every answer says what was done");
        }
        assert_eq!(world.claims(&shop, sale).await, ["ana 2 held"]);
        let form = SplitForm { key: new_id().to_string(), ..split("kim", "1") };
        let first = nth(&world, &shop, sale, 0).await;
        by_hand::split(&world.services, &shop, first, &form).await.unwrap();
        by_hand::split(&world.services, &shop, first, &form).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["ana 1 held", "kim 1 held"]);
        world.stock_is_sound().await;
    }

    async fn what_was_claimed_for_one_is_not_said_of_another(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        let (services, key) = (&world.services, new_id().to_string());
        let form = |buyer: &str, text: &str| HandClaimForm { key: key.clone(), ..typed(buyer, text) };
        let done = by_hand::claim(services, &shop, sale, &form("ana", "C3 x2")).await.unwrap();
        for (buyer, text) in [("kim", "C3 x2"), ("ana", "C3 x3"), ("ana", "A12 7 x2")] {
            assert_eq!(code(by_hand::claim(services, &shop, sale, &form(buyer, text)).await), Code::WrongState);
        }
        assert_eq!(world.claims(&shop, sale).await, ["ana 2 held"]);
        let of_split = |buyer: &str, pieces: &str| SplitForm { key: new_id().to_string(), ..split(buyer, pieces) };
        let first = nth(&world, &shop, sale, 0).await;
        let halved = of_split("kim", "1");
        by_hand::split(services, &shop, first, &halved).await.unwrap();
        let other = SplitForm { buyer: "mary".into(), ..halved };
        assert_eq!(code(by_hand::split(services, &shop, first, &other).await), Code::WrongState);
        undo_last(&world, &shop, sale).await.unwrap();
        actions::undo(services, &shop, done.action.unwrap()).await.unwrap();
        let undone = by_hand::claim(services, &shop, sale, &form("ana", "C3 x2")).await;
        assert_eq!(code(undone), Code::WrongState, "it is not held any more");
        world.stock_is_sound().await;
    }

    async fn a_buyer_is_found_by_handle_name_or_id_and_never_guessed(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        paste(&world, &shop, sale, "ana_r: sold C3\nkim: sold C3").await;
        let ana = world.introduce(&shop, "ana_r", "ana@buyers.example").await;
        let read = world.services.database.read();
        let rename = |id: Uuid, name: &str| entities::customer::Entity::update_many()
            .col_expr(entities::customer::Column::Name, sea_orm::prelude::Expr::value(name))
            .col_expr(entities::customer::Column::Search, sea_orm::prelude::Expr::value(name.to_lowercase()))
            .filter(entities::customer::Column::Id.eq(id)).exec(read);
        rename(ana, "Ana Ruiz").await.unwrap();
        claim(&world, &shop, sale, "@ANA_R", "C3").await;
        claim(&world, &shop, sale, "ana  ruiz", "C3").await;
        claim(&world, &shop, sale, &ana.to_string(), "C3").await;
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 1 held", "kim 1 held", "Ana Ruiz 1 held", "Ana Ruiz 1 held", "Ana Ruiz 1 held"]
        );
        let kim = world.claim_rows(&shop, sale).await[1].customer_id;
        rename(kim, "Ana Ruiz").await.unwrap();
        let which = by_hand::claim(&world.services, &shop, sale, &typed("Ana Ruiz", "C3")).await;
        let problem = which.unwrap_err().problem();
        assert_eq!((problem.fields[0].field.as_str(), &problem.fields[0].code), ("buyer", &FieldCode::NotAChoice));

        let rival = world.shop("rival@other.example").await;
        let theirs = world.sale(&rival).await;
        assert_eq!(code(by_hand::claim(&world.services, &rival, sale, &typed("kim", "C3")).await), Code::NotFound);
        let foreign = typed(&ana.to_string(), "C3");
        assert_eq!(code(by_hand::claim(&world.services, &rival, theirs, &foreign).await), Code::NotFound);
    }

    async fn moving_to_the_line_lets_others_go_first_and_can_be_undone(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27 x2\nMary Jo: sold C3").await;
        let before = world.claims(&shop, sale).await;
        let first = nth(&world, &shop, sale, 0).await;
        by_hand::wait(&world.services, &shop, first).await.unwrap();
        let after = ["Kim Lee 2 held", "Mary Jo 1 held", "Ana Ruiz 3 waitlisted"];
        assert_eq!(world.claims(&shop, sale).await, after, "one piece stays free for who claims it next");
        assert_eq!(code(by_hand::wait(&world.services, &shop, first).await), Code::WrongState);
        undo_last(&world, &shop, sale).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, before);
        world.stock_is_sound().await;
    }

    async fn a_claim_is_split_and_given_away_and_both_can_be_undone(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x5").await;
        let before = world.claims(&shop, sale).await;
        assert_eq!(before, ["Ana Ruiz 3 held", "Ana Ruiz 2 waitlisted"]);
        let [held, waiting] = [nth(&world, &shop, sale, 0).await, nth(&world, &shop, sale, 1).await];
        by_hand::split(services, &shop, held, &split("Kim Lee", "2")).await.unwrap();
        by_hand::split(services, &shop, waiting, &split("Kim Lee", "2")).await.unwrap();
        by_hand::assign(services, &shop, held, "@Mary Jo").await.unwrap();
        let mut now = world.claims(&shop, sale).await;
        now.sort();
        assert_eq!(now, ["Kim Lee 2 held", "Kim Lee 2 waitlisted", "Mary Jo 1 held"]);
        world.stock_is_sound().await;

        let none = by_hand::split(services, &shop, held, &split("Kim Lee", "0")).await;
        assert!(none.unwrap_err().problem().message_for("pieces").is_some());
        let many = by_hand::split(services, &shop, held, &split("Kim Lee", "2")).await;
        assert_eq!(many.unwrap_err().problem().fields[0].code, FieldCode::TooMuch(1));
        let same = by_hand::assign(services, &shop, held, "Mary Jo").await;
        assert!(same.unwrap_err().problem().message_for("buyer").is_some());

        let done = actions::list(services, &shop, sale).await.unwrap();
        let kinds: Vec<ActionKind> = done.iter().map(|action| action.kind).collect();
        assert_eq!(kinds, [ActionKind::Assign, ActionKind::Split, ActionKind::Split]);
        let first_split = done[2].id;
        assert_eq!(code(actions::undo(services, &shop, first_split).await), Code::WrongState, "Mary has it now");
        for _ in 0..3 {
            undo_last(&world, &shop, sale).await.unwrap();
        }
        assert_eq!(world.claims(&shop, sale).await, before);
        assert_eq!(code(actions::undo(services, &shop, first_split).await), Code::WrongState, "undone once");
        world.stock_is_sound().await;
    }

    async fn a_counted_cancel_lets_go_of_so_many_pieces(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27 x2").await;
        // What is let go of is for the line, and Ana keeps the rest.
        paste(&world, &shop, sale, "Ana Ruiz: cancel 1 B27").await;
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 2 held", "Ana Ruiz 1 cancelled", "Kim Lee 1 held", "Kim Lee 1 waitlisted"]
        );
        world.stock_is_sound().await;
        // Of what waits first: Kim keeps the piece that is held.
        let gone = claim(&world, &shop, sale, "Kim Lee", "cancel one B27").await;
        assert_eq!((gone.cancelled, gone.held), (1, 0));
        undo_last(&world, &shop, sale).await.unwrap();
        // More than there are lets go of all.
        assert_eq!(claim(&world, &shop, sale, "Kim Lee", "cancel 5 B27").await.cancelled, 2);
        assert_eq!(claim(&world, &shop, sale, "Ana Ruiz", "cancel 1 B27").await.cancelled, 1);
        undo_last(&world, &shop, sale).await.unwrap();
        let held: i64 = world
            .claim_rows(&shop, sale)
            .await
            .iter()
            .filter(|claim| claim.state == "held")
            .map(|claim| claim.quantity)
            .sum();
        assert_eq!(held, 2, "Ana has her two again");
        world.stock_is_sound().await;
    }

    async fn undoing_a_cancel_takes_the_pieces_back_from_the_line(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        world.rules(&shop, sale, ["2", "", "", "add"]).await;
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27 x4").await;
        let before = world.claims(&shop, sale).await;
        by_hand::cancel(services, &shop, nth(&world, &shop, sale, 0).await).await.unwrap();
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana Ruiz 3 cancelled", "Kim Lee 3 held", "Kim Lee 1 waitlisted"]
        );
        undo_last(&world, &shop, sale).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, before);
        world.stock_is_sound().await;
        world.later(2 * HOUR).await;
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 3 released", "Kim Lee 3 held", "Kim Lee 1 waitlisted"]);
        world.stock_is_sound().await;
    }

    async fn undo_refuses_what_stands_in_the_way(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        paste(&world, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold A12 7").await;
        by_hand::cancel(services, &shop, nth(&world, &shop, sale, 0).await).await.unwrap();
        paste(&world, &shop, sale, "Mary Jo: sold B27").await;
        let before = world.claims(&shop, sale).await;
        assert_eq!(code(undo_last(&world, &shop, sale).await), Code::WrongState, "Mary has one of the pieces");
        assert_eq!(world.claims(&shop, sale).await, before, "a refused undo changes nothing");

        claim(&world, &shop, sale, "DeShawn", "C3").await;
        bill_everyone(services, &shop).await.unwrap();
        assert_eq!(code(undo_last(&world, &shop, sale).await), Code::WrongState, "it is on an invoice");
        let billed = nth(&world, &shop, sale, 1).await;
        assert_eq!(code(by_hand::wait(services, &shop, billed).await), Code::WrongState);
        assert_eq!(code(by_hand::assign(services, &shop, billed, "ana").await), Code::WrongState);

        let rival = world.shop("rival@other.example").await;
        let action = actions::list(services, &shop, sale).await.unwrap()[0].id;
        assert_eq!(code(actions::undo(services, &rival, action).await), Code::NotFound);
        assert_eq!(code(by_hand::cancel(services, &rival, billed).await), Code::NotFound);
        assert!(actions::list(services, &rival, sale).await.unwrap().is_empty());
        world.stock_is_sound().await;
    }

    async fn undoing_a_claim_by_hand_serves_who_came_later(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        claim(&world, &shop, sale, "Ana Ruiz", "A12 7").await;
        paste(&world, &shop, sale, "Kim Lee: sold A12 7").await;
        assert_eq!(world.claims(&shop, sale).await, ["Ana Ruiz 1 held", "Kim Lee 1 waitlisted"]);
        undo_last(&world, &shop, sale).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["Kim Lee 1 held"]);
        sale::close(&world.services, &shop, sale, true).await.unwrap();
        let closed = by_hand::claim(&world.services, &shop, sale, &typed("ana", "C3")).await;
        assert_eq!(code(closed), Code::WrongState);
        world.stock_is_sound().await;
    }

    async fn whatever_is_done_and_undone_stock_and_claims_agree(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        world.rules(&shop, sale, ["1", "4", "2", "toggle"]).await;
        // A fixed sequence that looks like chance, the same on both engines.
        let mut seed = 20_261_124_u64;
        let mut next = move |bound: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % bound
        };
        for step in 0..120_u64 {
            let buyer = format!("buyer{}", next(5));
            let item = ["B27", "A12 6", "A12 7"][next(3) as usize];
            let claims = world.claim_rows(&shop, sale).await;
            let some = claims.get(next(claims.len().max(1) as u64) as usize).map_or(sale, |claim| claim.id);
            let done = match next(9) {
                0 | 1 => {
                    let word = ["sold", "mine", "next", "cancel"][next(4) as usize];
                    let text = format!("{buyer}: {word} {item}{}", "!".repeat(step as usize % 7));
                    hold(services, &shop, sale, text).await.map(|_| ())
                }
                2 => by_hand::claim(services, &shop, sale, &typed(&buyer, item)).await.map(|_| ()),
                3 => by_hand::wait(services, &shop, some).await.map(drop),
                4 => by_hand::split(services, &shop, some, &split(&buyer, "1")).await.map(drop),
                5 => by_hand::assign(services, &shop, some, &buyer).await.map(drop),
                6 => by_hand::cancel(services, &shop, some).await.map(drop),
                7 => {
                    world.later(HOUR / 8).await;
                    Ok(())
                }
                _ => match actions::list(services, &shop, sale).await.unwrap().first() {
                    Some(action) => actions::undo(services, &shop, action.id).await,
                    None => Ok(()),
                },
            };
            if let Err(error) = done {
                assert!(!error.is_fault(), "step {step}: {error}");
            }
            world.stock_is_sound().await;
        }
    }
}
