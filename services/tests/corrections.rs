//! What a seller puts right: readings before they are held, and comments that were held for review.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    problem::Code,
    sales::{
        Catalog, CatalogItem, CommentOrder, ReadSettings, Reader, SaleForm,
        by_hand::{ActionKind, HandLineForm},
        corrections::{Correction, Corrections, Reads, SplitOff},
        fingerprints,
        policy::SellingPolicyForm,
        rules::RuleForm,
        view::Held,
    },
    time::HOUR,
};
use services::{
    accounts::Actor,
    database_tests, new_id,
    sales::{
        actions, by_hand,
        hold::{hold, hold_corrected},
        policy,
        review::{self, Answer},
        rules, sale,
    },
    testing::World,
};
use uuid::Uuid;

const PASTE: &str =
    "Ana Ruiz: sold A12 x2\nKim Lee: the moon one please\nZoe Park: sold C3 x3\nMax Orr: sold C3";

async fn shop(world: &World) -> (Actor, Uuid) {
    let shop = world.shop("olive@moonlit.example").await;
    let sale = world.sale(&shop).await;
    (shop, sale)
}

/// The fingerprints of a paste as a browser would find them: the catalog says nothing about them.
fn prints(paste: &str) -> Vec<String> {
    let reader = Reader::new(Catalog::new(Vec::<CatalogItem>::new()), &ReadSettings::default());
    fingerprints(paste, &reader.read(paste).unwrap(), CommentOrder::OldestFirst)
}

fn of(paste: &str, all: Vec<(usize, Correction)>) -> Corrections {
    let prints = prints(paste);
    let mut corrections = Corrections::default();
    for (index, correction) in all {
        corrections.put(&prints[index], correction);
    }
    corrections
}

fn reads(reads: Reads) -> Correction {
    Correction { reads: Some(reads), ..Correction::default() }
}

async fn held(world: &World, shop: &Actor, sale: Uuid, all: Vec<(usize, Correction)>) -> Held {
    hold_corrected(&world.services, shop, sale, PASTE.into(), of(PASTE, all)).await.unwrap()
}

/// The comments in review: `Kim Lee: why`.
async fn reviews(world: &World, shop: &Actor, sale: Uuid) -> Vec<String> {
    let view = sale::view(&world.services, shop, sale).await.unwrap();
    view.review.iter().map(|line| format!("{}: {}", line.author, line.reason)).collect()
}

database_tests! {
    async fn a_paste_is_held_as_it_was_put_right(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        let seven = world.variant(&shop, "A12", "7").await;
        let corrections = vec![
            (0, reads(Reads::Takes { variant: seven, quantity: 2 })),
            (1, Correction { buyer: Some("@kim_l".into()), ..reads(Reads::As("A12 6".into())) }),
            (2, Correction { split: Some(SplitOff { buyer: "Ida".into(), pieces: 1 }), ..Default::default() }),
            (3, reads(Reads::Nothing)),
        ];
        let first = held(&world, &shop, sale, corrections.clone()).await;
        assert_eq!((first.held, first.waitlisted, first.to_review), (5, 1, 0));
        let expected = [
            "Ana Ruiz 1 held", "Ana Ruiz 1 waitlisted", "kim_l 1 held", "Zoe Park 2 held", "Ida 1 held",
        ];
        assert_eq!(world.claims(&shop, sale).await, expected);
        let again = held(&world, &shop, sale, corrections).await;
        assert_eq!((again.new_comments, again.held), (0, 0), "the same paste again adds nothing");
        assert_eq!(world.claims(&shop, sale).await, expected);
        world.stock_is_sound().await;
    }

    async fn one_may_let_all_others_go_first(database: TestDatabase) {
        let world = World::new(database);
        let (shop, sale) = shop(&world).await;
        let paste = "Ana: sold B27 x2\nKim: sold B27 x2";
        let waits = of(paste, vec![(0, Correction { waits: true, ..Default::default() })]);
        hold_corrected(&world.services, &shop, sale, paste.into(), waits).await.unwrap();
        assert_eq!(
            world.claims(&shop, sale).await,
            ["Ana 1 held", "Ana 1 waitlisted", "Kim 2 held"],
            "what nobody else takes is theirs"
        );
    }

    async fn what_a_browser_says_is_looked_up_and_judged(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        let rival = world.shop("rival@other.example").await;
        let theirs = world.variant(&rival, "A12", "7").await;
        world.rules(&shop, sale, ["", "2", "", "add"]).await;
        let mut twins = Vec::new();
        for platform in ["instagram", "tiktok"] {
            let form = SaleForm { platform: platform.into(), ..sale::form(services, &shop, sale).await.unwrap() };
            let other = sale::open(services, &shop, &form).await.unwrap();
            hold(services, &shop, other, "Sam Twin: sold C3".into()).await.unwrap();
            twins.push(other);
        }
        let first = held(&world, &shop, sale, vec![
            (0, reads(Reads::Takes { variant: theirs, quantity: 1 })),
            (1, reads(Reads::As("maybe A12".into()))),
            (3, Correction { buyer: Some("sam twin".into()), ..Default::default() }),
        ]).await;
        assert_eq!((first.held, first.to_review), (2, 4));
        let reviews = reviews(&world, &shop, sale).await;
        assert_eq!(reviews[0], "Ana Ruiz: The item was changed meanwhile.");
        assert!(reviews[1].starts_with("Kim Lee: Read as “maybe A12”."), "{reviews:?}");
        assert!(reviews[2].starts_with("Zoe Park: One buyer gets at most 2 of C3"), "{reviews:?}");
        assert_eq!(reviews[3], "Max Orr: Several customers are called so: whom is it for?");
        let forged = of(PASTE, vec![(0, reads(Reads::As("x".repeat(500))))]);
        let refused = hold_corrected(services, &shop, sale, PASTE.into(), forged).await;
        assert_eq!(refused.unwrap_err().problem().code, Code::Invalid);
        world.stock_is_sound().await;
    }

    async fn a_line_by_hand_names_its_buyer_first(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        let line = |line: &str| HandLineForm { line: line.into(), key: String::new() };
        let done = by_hand::claim_line(services, &shop, sale, &line("@ana A12 7 x2")).await.unwrap();
        assert_eq!((done.held, done.waitlisted), (1, 1));
        by_hand::claim_line(services, &shop, sale, &line("Kim Lee: C3")).await.unwrap();
        for unclear in ["A12 7", "@ana A12", "@ana hello", "@ana"] {
            let unclear = by_hand::claim_line(services, &shop, sale, &line(unclear)).await.unwrap();
            assert!(unclear.unclear.is_some() && unclear.action.is_none(), "{unclear:?}");
        }
        let twice = HandLineForm { key: new_id().to_string(), ..line("@ida C3 x2") };
        for _ in 0..2 {
            let done = by_hand::claim_line(services, &shop, sale, &twice).await.unwrap();
            assert_eq!((done.held, done.action.unwrap().to_string()), (2, twice.key.clone()));
        }
        let last = actions::view(services, &shop, done.action.unwrap()).await.unwrap();
        assert_eq!(last.sentence(), "Claimed A12 7 ×2 for ana.");
        actions::undo(services, &shop, last.id).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["Kim Lee 1 held", "ida 2 held"]);
        let rival = world.owner("rival@other.example").await;
        let foreign = by_hand::claim_line(services, &rival, sale, &line("@ana C3")).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        let foreign = actions::view(services, &rival, last.id).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        world.stock_is_sound().await;
    }

    async fn a_decided_comment_can_be_undecided(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        hold(services, &shop, sale, "Ana: sold A12\nKim: A12 C3 maybe".into()).await.unwrap();
        let [ana, kim] = sale::view(services, &shop, sale).await.unwrap().review.try_into().unwrap();
        let before = reviews(&world, &shop, sale).await;

        let read = Answer::Read("A12".into());
        let unclear = review::decide(services, &shop, ana.id, read, "").await.unwrap();
        assert!(unclear.unclear.is_some() && unclear.action.is_none());
        let read = Answer::Read("A12 6 and C3 x2".into());
        let done = review::decide(services, &shop, ana.id, read, "@ida").await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["ida 1 held", "ida 2 held"]);
        let action = actions::view(services, &shop, done.action.unwrap()).await.unwrap();
        assert_eq!(action.kind, ActionKind::Answer);
        review::decide(services, &shop, kim.id, Answer::Ignore, "").await.unwrap();
        assert!(reviews(&world, &shop, sale).await.is_empty());

        actions::undo(services, &shop, action.id).await.unwrap();
        let early = review::look_again(services, &shop, ana.id).await;
        assert_eq!(early.unwrap_err().problem().code, Code::WrongState);
        let rival = world.owner("rival@other.example").await;
        let foreign = review::look_again(services, &rival, kim.id).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        review::look_again(services, &shop, kim.id).await.unwrap();
        assert_eq!(reviews(&world, &shop, sale).await, before, "both stand there as they did");
        assert!(world.claims(&shop, sale).await.is_empty());
        world.stock_is_sound().await;
    }

    async fn undoing_a_decision_leaves_the_comments_of_others_alone(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        hold(services, &shop, sale, "Ana: sold B27 x3\nBea: sold B27 x5\nAna: sold A12".into()).await.unwrap();
        let [ana] = sale::view(services, &shop, sale).await.unwrap().review.try_into().unwrap();
        let read = Answer::Read("cancel B27".into());
        let done = review::decide(services, &shop, ana.id, read, "").await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["Ana 3 cancelled", "Bea 3 held", "Bea 2 waitlisted"]);
        actions::undo(services, &shop, done.action.unwrap()).await.unwrap();
        assert_eq!(world.claims(&shop, sale).await, ["Ana 3 held", "Bea 5 waitlisted"]);
        let left = sale::view(services, &shop, sale).await.unwrap().review;
        assert_eq!(left.iter().map(|line| line.id).collect::<Vec<_>>(), [ana.id]);
        world.stock_is_sound().await;
    }

    async fn claims_show_their_place_in_line_and_the_time_they_have_left(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        world.rules(&shop, sale, ["48", "", "", "add"]).await;
        let other = world.sale(&shop).await;
        hold(services, &shop, sale, "Ana: sold B27 x3".into()).await.unwrap();
        hold(services, &shop, other, "Bea: sold B27\nBad: sold B27".into()).await.unwrap();
        hold(services, &shop, sale, "Kim: sold B27".into()).await.unwrap();
        let lines = async || {
            let view = sale::view(services, &shop, sale).await.unwrap();
            view.claims
                .into_iter()
                .map(|line| (line.customer_name, line.place_in_line, line.time_left))
                .collect::<Vec<_>>()
        };
        let held = |left: &str| ("Ana".to_owned(), None, Some(left.to_owned()));
        assert_eq!(lines().await, [("Kim".to_owned(), Some(3), None), held("2 days left")]);
        let bad = world.introduce(&shop, "Bad", "bad@buyers.example").await;
        services::customers::block::block(services, &shop, bad).await.unwrap();
        services.clock.advance(30 * HOUR);
        assert_eq!(lines().await, [("Kim".to_owned(), Some(2), None), held("18 h left")]);
        // The time is over: what Ana held goes to Bea of the other sale first, then to Kim.
        world.later(18 * HOUR).await;
        assert_eq!(world.claims(&shop, sale).await, ["Ana 3 released", "Kim 1 held"]);
        assert_eq!(world.claims(&shop, other).await, ["Bea 1 held", "Bad 1 waitlisted"]);
        world.stock_is_sound().await;
    }

    async fn what_is_taught_reads_the_next_paste_and_can_be_taken_back(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        let form = |meaning: &str| RuleForm { phrase: "The moon one".into(), meaning: meaning.into() };
        let first = rules::add(services, &shop, &form("A12 7")).await.unwrap();
        assert_eq!(first.before, None);
        let second = rules::add(services, &shop, &form("A12 6")).await.unwrap();
        assert_eq!((second.line.id, second.before.as_deref()), (first.line.id, Some("A12 7")));
        let view = sale::view(services, &shop, sale).await.unwrap();
        assert_eq!(view.settings.rules[0].meaning, "A12 6", "the browser reads by it at once");
        rules::remove(services, &shop, second.line.id).await.unwrap();
        assert!(sale::view(services, &shop, sale).await.unwrap().settings.rules.is_empty());
    }

    async fn a_sale_can_be_called_and_read_otherwise_later(database: TestDatabase) {
        let world = World::new(database);
        let (services, (shop, sale)) = (&world.services, shop(&world).await);
        let mut form = sale::form(services, &shop, sale).await.unwrap();
        form.title = " Saturday  pearls ".into();
        form.order = "newest-first".into();
        form.platform = "tiktok".into();
        sale::edit(services, &shop, sale, &form).await.unwrap();
        let view = sale::view(services, &shop, sale).await.unwrap();
        assert_eq!((view.title.as_str(), view.settings.order), ("Saturday pearls", CommentOrder::NewestFirst));
        assert_eq!(view.platform, domain::sales::Platform::Facebook, "buyers' names are names there");
        sale::set_order(services, &shop, sale, "unordered").await.unwrap();
        assert_eq!(sale::form(services, &shop, sale).await.unwrap().order, "unordered");
        let wrong = sale::set_order(services, &shop, sale, "sideways").await;
        assert_eq!(wrong.unwrap_err().problem().code, Code::Invalid);
        let wrong = sale::edit(services, &shop, sale, &SaleForm { title: String::new(), ..form.clone() }).await;
        assert!(wrong.unwrap_err().problem().message_for("title").is_some());
        let rival = world.owner("rival@other.example").await;
        let foreign = sale::edit(services, &rival, sale, &form).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        let policy = policy::view_of_sale(services, &shop, sale).await.unwrap();
        assert_eq!(SellingPolicyForm::from(policy).repeats, "add");
    }
}
