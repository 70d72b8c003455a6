//! Replies to copy, contests, and the words and rules that a business teaches the reader.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    problem::Code,
    sales::{
        SaleForm,
        by_hand::{HandClaimForm, SplitForm},
        contest::Sureness,
        rules::{MAX_RULES, RuleForm},
        words::WordsForm,
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    database_tests, entities, new_id,
    sales::{by_hand, contest, hold::hold, replies, rules, sale, words},
    testing::World,
};

database_tests! {
    async fn replies_say_what_came_of_a_comment(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let sale = world.sale(&shop).await;
        world.rules(&shop, sale, ["", "3", "", "add"]).await;
        assert_eq!(replies::of_sale(services, &shop, sale).await.unwrap(), Default::default());
        let text = "ana: sold A12 6 x2\nkim: sold A12 7\nana: sold A12 7\nmary: sold A12\nkim: nice\nzoe: sold C3 x4";
        hold(services, &shop, sale, text.into()).await.unwrap();
        let all = replies::of_sale(services, &shop, sale).await.unwrap();
        let single: Vec<&str> = all.lines.iter().map(|line| line.reply.as_str()).collect();
        assert_eq!(
            single,
            [
                "@zoe got it! 3 × C3 Amber candle. Sorry, I cannot give more of C3 Amber candle to one buyer",
                "@mary which A12 Moon ring would you like: 6 or 7?",
                "@ana you are next in line for A12 Moon ring 7",
                "@kim got it! A12 Moon ring 7",
                "@ana got it! 2 × A12 Moon ring 6",
            ]
        );
        assert_eq!((all.more, all.lines[3].text.as_str()), (false, "sold A12 7"));
        assert_eq!(
            all.latest,
            [
                "@ana got it! 2 × A12 Moon ring 6. You are next in line for A12 Moon ring 7",
                "@kim got it! A12 Moon ring 7",
                "@mary which A12 Moon ring would you like: 6 or 7?",
                "@zoe got it! 3 × C3 Amber candle. Sorry, I cannot give more of C3 Amber candle to one buyer",
            ]
        );

        hold(services, &shop, sale, "kim: cancel A12 7".into()).await.unwrap();
        let later = replies::of_sale(services, &shop, sale).await.unwrap();
        assert_eq!(later.latest_text(), "@kim no problem, you let go of A12 Moon ring 7");
        let anas = later.lines.iter().find(|line| line.author == "ana").unwrap();
        assert_eq!(anas.reply, "@ana got it! A12 Moon ring 7", "ana was next in line");
        assert_eq!(later.lines.iter().filter(|line| line.author == "kim").count(), 1);

        let rival = world.owner("rival@other.example").await;
        let foreign = replies::of_sale(services, &rival, sale).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
    }

    async fn replies_follow_who_holds_the_claim(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let sale = world.sale(&shop).await;
        let text = "Ana Ruizova: sold A12 6 x2\nKim Lee: sold C3 x3\nAna Ruizova: sold B27";
        hold(services, &shop, sale, text.into()).await.unwrap();
        let rings = world.claim_rows(&shop, sale).await[0].id;
        by_hand::assign(services, &shop, rings, "Nobody Known").await.unwrap();
        let candles = world.claim_rows(&shop, sale).await[1].id;
        let split = SplitForm { buyer: "Ana Ruizova".into(), pieces: "1".into(), key: String::new() };
        by_hand::split(services, &shop, candles, &split).await.unwrap();
        let typed = HandClaimForm { buyer: "Zoe Hand".into(), text: "C3 x2".into(), key: String::new() };
        by_hand::claim(services, &shop, sale, &typed).await.unwrap();

        let all = replies::of_sale(services, &shop, sale).await.unwrap();
        let single: Vec<(&str, &str, &str)> =
            all.lines.iter().map(|line| (line.author.as_str(), line.text.as_str(), line.reply.as_str())).collect();
        assert_eq!(
            single,
            [
                ("Zoe Hand", "", "@Zoe Hand got it! 2 × C3 Amber candle"),
                ("Ana Ruizova", "sold B27", "@Ana Ruizova got it! B27 Rose tower"),
                ("Kim Lee", "sold C3 x3", "@Kim Lee got it! 2 × C3 Amber candle"),
                ("Ana Ruizova", "Kim Lee: sold C3 x3", "@Ana Ruizova got it! C3 Amber candle"),
                ("Nobody Known", "Ana Ruizova: sold A12 6 x2", "@Nobody Known got it! 2 × A12 Moon ring 6"),
            ]
        );
        assert_eq!(
            all.latest,
            [
                "@Nobody Known got it! 2 × A12 Moon ring 6",
                "@Kim Lee got it! 2 × C3 Amber candle",
                "@Ana Ruizova got it! C3 Amber candle, B27 Rose tower",
            ]
        );
        let zoes = world.claim_rows(&shop, sale).await.pop().unwrap().id;
        by_hand::cancel(services, &shop, zoes).await.unwrap();
        let later = replies::of_sale(services, &shop, sale).await.unwrap();
        assert!(later.lines.iter().all(|line| line.author != "Zoe Hand"), "{later:?}");
    }

    async fn a_buyer_who_is_called_otherwise_now_is_still_the_author(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let sale = world.sale(&shop).await;
        hold(services, &shop, sale, "ana_r: sold C3".into()).await.unwrap();
        let ana = world.introduce(&shop, "ana_r", "ana@buyers.example").await;
        let renamed = entities::customer::Entity::update_many()
            .col_expr(entities::customer::Column::Name, sea_orm::prelude::Expr::value("Ana Ruiz"))
            .filter(entities::customer::Column::Id.eq(ana));
        renamed.exec(services.database.read()).await.unwrap();
        let all = replies::of_sale(services, &shop, sale).await.unwrap();
        assert_eq!(all.latest, ["@ana_r got it! C3 Amber candle"]);
        assert_eq!((all.lines.len(), all.lines[0].text.as_str()), (1, "sold C3"));
    }

    async fn a_contest_shows_who_came_first_and_how_sure_that_is(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let sale = world.sale(&shop).await;
        let tower = world.variant(&shop, "B27", "").await;
        let text = "ana: sold B27 x2\nkim: nice\nkim: sold B27";
        hold(services, &shop, sale, text.into()).await.unwrap();
        let calm = contest::view(services, &shop, sale, tower).await.unwrap();
        assert!(!calm.is_contested() && calm.is_sure());
        hold(services, &shop, sale, "[14/08/23, 09:17:00] mary: sold B27 <This message was edited>".into()).await.unwrap();
        let review = sale::view(services, &shop, sale).await.unwrap().review.remove(0);
        let answer = services::sales::review::Answer::Claim { variant_id: tower, quantity: 1 };
        services::sales::review::answer(services, &shop, review.id, answer).await.unwrap();
        let form = domain::sales::by_hand::HandClaimForm { buyer: "zoe".into(), text: "B27".into(), key: String::new() };
        by_hand::claim(services, &shop, sale, &form).await.unwrap();

        let contest = contest::view(services, &shop, sale, tower).await.unwrap();
        assert!(contest.is_contested() && !contest.is_sure());
        assert_eq!((contest.on_hand, contest.left, contest.waiting), (3, 0, 2));
        let lines: Vec<(&str, &str, Sureness)> = contest
            .lines
            .iter()
            .map(|line| (line.customer_name.as_str(), line.came.as_str(), line.sureness))
            .collect();
        assert_eq!(
            lines,
            [
                ("ana", "Comment 1 of the paste of 23 Nov 2026, 09:15", Sureness::Sure),
                ("kim", "Comment 3 of the paste of 23 Nov 2026, 09:15", Sureness::Sure),
                ("mary", "Comment 1 of the paste of 23 Nov 2026, 09:15", Sureness::Edited),
                ("zoe", "By hand, 23 Nov 2026, 09:15", Sureness::Sure),
            ]
        );
        let form = SaleForm {
            title: "Post".into(),
            platform: "facebook".into(),
            preset: "us".into(),
            order: "unordered".into(),
            ..Default::default()
        };
        let post = sale::open(services, &shop, &form).await.unwrap();
        hold(services, &shop, post, "ana: sold C3".into()).await.unwrap();
        let candle = world.variant(&shop, "C3", "").await;
        let unsure = contest::view(services, &shop, post, candle).await.unwrap();
        assert_eq!(unsure.lines[0].sureness, Sureness::Unordered);

        let rival = world.shop("rival@other.example").await;
        let theirs = world.sale(&rival).await;
        let foreign = contest::view(services, &rival, theirs, tower).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
    }

    async fn a_sale_is_read_with_its_words_laid_over_those_of_the_business(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let sale = world.sale(&shop).await;
        let business = WordsForm { claim: "grab, dibs".into(), titles: "yes".into(), ..Default::default() };
        words::save(services, &shop, &business).await.unwrap();
        let of_sale = WordsForm { without: "Dibs".into(), slips: "yes".into(), ..Default::default() };
        words::save_of_sale(services, &shop, sale, &of_sale).await.unwrap();
        assert_eq!(words::view(services, &shop).await.unwrap(), business.parse().unwrap());
        assert_eq!(words::view_of_sale(services, &shop, sale).await.unwrap(), of_sale.parse().unwrap());
        let row = entities::sale::Entity::find_by_id(sale).one(services.database.read()).await.unwrap().unwrap();
        let read = words::for_reading(services.database.read(), &row).await.unwrap();
        assert_eq!((read.claim.as_slice(), read.without.as_slice()), (&["grab".to_owned()][..], &["dibs".to_owned()][..]));
        assert!(read.titles_claim() && read.slips_are_understood());

        words::save_of_sale(services, &shop, sale, &WordsForm::default()).await.unwrap();
        assert!(words::view_of_sale(services, &shop, sale).await.unwrap().is_empty());
        // Rules of selling and words are saved apart from each other.
        let policy = domain::sales::policy::SellingPolicyForm { repeats: "merge".into(), ..Default::default() };
        services::sales::policy::save(services, &shop, &policy).await.unwrap();
        assert_eq!(words::view(services, &shop).await.unwrap().claim, ["grab", "dibs"]);
        words::save(services, &shop, &WordsForm::default()).await.unwrap();
        let kept = services::sales::policy::view(services, &shop).await.unwrap().repeats;
        assert_eq!(kept, domain::sales::policy::Repeats::Merge);

        let rival = world.owner("rival@other.example").await;
        let foreign = words::save_of_sale(services, &rival, sale, &of_sale).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        assert!(words::view(services, &rival).await.unwrap().is_empty());
    }

    async fn what_is_taught_is_kept_once_and_can_be_forgotten(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let rival = world.owner("rival@other.example").await;
        let form = |phrase: &str, meaning: &str| RuleForm { phrase: phrase.into(), meaning: meaning.into() };
        rules::add(services, &shop, &form("The moon one", "A12 7")).await.unwrap();
        rules::add(services, &shop, &form("the MOON  one", "A12 6")).await.unwrap();
        rules::add(services, &shop, &form("lol", "")).await.unwrap();
        rules::add(services, &rival, &form("lol", "B1")).await.unwrap();
        let taught = rules::list(services, &shop).await.unwrap();
        let words: Vec<(&str, &str)> =
            taught.iter().map(|line| (line.rule.phrase.as_str(), line.rule.meaning.as_str())).collect();
        assert_eq!(words, [("lol", ""), ("the moon one", "A12 6")]);
        let read = rules::for_reading(services.database.read(), shop.business_id).await.unwrap();
        assert_eq!(read[0].phrase, "the moon one", "the oldest rule comes first");

        let foreign = rules::remove(services, &rival, taught[0].id).await;
        assert_eq!(foreign.unwrap_err().problem().code, Code::NotFound);
        rules::remove(services, &shop, taught[0].id).await.unwrap();
        let again = rules::remove(services, &shop, taught[0].id).await;
        assert_eq!(again.unwrap_err().problem().code, Code::NotFound);

        let many = (1..MAX_RULES).map(|number| entities::reading_rule::ActiveModel {
            id: sea_orm::Set(new_id()),
            business_id: sea_orm::Set(shop.business_id),
            phrase: sea_orm::Set(format!("phrase {number}")),
            meaning: sea_orm::Set(String::new()),
            created_at: sea_orm::Set(0),
        });
        entities::reading_rule::Entity::insert_many(many).exec_without_returning(services.database.read()).await.unwrap();
        let full = rules::add(services, &shop, &form("one too many", "C3")).await;
        assert!(full.unwrap_err().problem().message_for("phrase").is_some());
        rules::add(services, &shop, &form("the moon one", "A12 7")).await.unwrap();
    }

    async fn a_paste_is_read_as_the_reader_was_told(database: TestDatabase) {
        let world = World::new(database);
        let (services, shop) = (&world.services, world.shop("olive@moonlit.example").await);
        let form = SaleForm {
            title: "Group of the shop".into(),
            platform: "whatsapp".into(),
            preset: "us".into(),
            order: "oldest-first".into(),
            layout: "whatsapp".into(),
            ..Default::default()
        };
        let sale = sale::open(services, &shop, &form).await.unwrap();
        let business = WordsForm { claim: "gimme".into(), without: "mine".into(), ..Default::default() };
        words::save(services, &shop, &business).await.unwrap();
        let rule = |phrase: &str, meaning: &str| RuleForm { phrase: phrase.into(), meaning: meaning.into() };
        rules::add(services, &shop, &rule("the candle", "C3 x2")).await.unwrap();
        let paste = "14/08/2023, 09:15 - Ana: gimme B27\n14/08/2023, 09:16 - Kim: mine B27\n\
                     14/08/2023, 09:17 - Zoe: The candle!\n14/08/2023, 09:18 - Lea: nice\nAna: gimme C3";
        let held = hold(services, &shop, sale, paste.into()).await.unwrap();
        // The last line belongs to Lea's message, because only a chat was copied.
        assert_eq!((held.new_comments, held.held, held.to_review), (4, 3, 2));
        let view = sale::view(services, &shop, sale).await.unwrap();
        assert_eq!(view.settings.layout, domain::sales::LayoutChoice::Whatsapp);
        assert_eq!((view.settings.words.claim.as_slice(), view.settings.rules.len()), (&["gimme".to_owned()][..], 1));
        let form = domain::sales::by_hand::HandClaimForm { buyer: "zoe".into(), text: "gimme C3".into(), key: String::new() };
        let by_hand = by_hand::claim(services, &shop, sale, &form).await.unwrap();
        assert_eq!(by_hand.unclear, None, "what is typed by hand is read in the same words");
    }
}
