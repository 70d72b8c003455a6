//! Materials, their rates, and prices that follow them until they are claimed.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::{ItemForm, MaterialForm, StockQuery, VariantForm},
    problem::{Code, FieldCode, Problem},
    sales::by_hand::HandClaimForm,
    time::DAY,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    Result,
    accounts::Actor,
    database_tests, entities,
    inventory::{item, list, material},
    sales::{by_hand, hold::hold, sale},
    testing::World,
};
use uuid::Uuid;

fn problem<T>(result: Result<T>) -> Problem {
    result.err().expect("this must fail").problem()
}

fn silver() -> MaterialForm {
    MaterialForm {
        name: "Sterling silver".into(),
        purity: "925".into(),
        unit: "g".into(),
        rate: "0.85".into(),
        wastage: "10".into(),
        origin: "TH".into(),
        hs_code: "7113.11".into(),
        ..MaterialForm::default()
    }
}

fn by_weight(code: &str, net_weight: &str) -> ItemForm {
    ItemForm {
        code: code.into(),
        title: "Wave bangle".into(),
        pricing: "by-weight".into(),
        material: "sterling SILVER".into(),
        net_weight: net_weight.into(),
        variants: vec![VariantForm::named("", "10")],
        ..Default::default()
    }
}

async fn shop_with_silver(world: &World) -> (Actor, Uuid) {
    let shop = world.owner("olive@moonlit.example").await;
    let id = material::save(&world.services, &shop, None, &silver()).await.unwrap();
    (shop, id)
}

async fn stored_price(world: &World, code: &str) -> i64 {
    let item = entities::item::Entity::find().filter(entities::item::Column::Code.eq(code));
    item.one(world.services.database.read()).await.unwrap().unwrap().price
}

database_tests! {
    async fn a_price_by_weight_follows_its_rate_until_it_is_claimed(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, silver) = shop_with_silver(&world).await;
        let bangle = item::save(services, &shop, None, &by_weight("W1", "32 g")).await.unwrap();
        let shown = async || {
            let row = list::list(services, &shop, &StockQuery::default()).await.unwrap().rows.remove(0);
            let page = item::view(services, &shop, bangle).await.unwrap();
            assert_eq!(page.prices[0].price, row.price, "the list and the page agree");
            (row.price.minor, row.told.unwrap())
        };
        // 0.85 × 32 × 1.1 = 29.92
        assert_eq!(shown().await, (2_992, "$0.85/g × 32 g + 10%".into()));

        let sale = world.sale(&shop).await;
        hold(services, &shop, sale, "Ana: sold W1".into()).await.unwrap();
        material::set_rate(services, &shop, silver, "1").await.unwrap();
        assert_eq!(shown().await, (3_520, "$1.00/g × 32 g + 10%".into()));
        assert_eq!(stored_price(&world, "W1").await, 3_520, "lists are ordered by what is stored");
        assert_eq!(sale::view(services, &shop, sale).await.unwrap().catalog[0].variants[0].price, 3_520);
        hold(services, &shop, sale, "Ben: sold W1".into()).await.unwrap();
        let typed = HandClaimForm { buyer: "Cora".into(), text: "W1".into(), key: String::new() };
        by_hand::claim(services, &shop, sale, &typed).await.unwrap();
        material::set_rate(services, &shop, silver, "5").await.unwrap();
        let claims = world.claim_rows(&shop, sale).await;
        let prices: Vec<i64> = claims.iter().map(|claim| claim.price).collect();
        assert_eq!(prices, [2_992, 3_520, 3_520], "a claim keeps the price of its moment");
    }

    async fn rates_are_kept_with_who_set_them_and_when(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, silver) = shop_with_silver(&world).await;
        services.clock.advance(DAY);
        material::set_rate(services, &shop, silver, "0.8543").await.unwrap();
        material::set_rate(services, &shop, silver, "0.8543").await.unwrap();
        let mut form = material::view(services, &shop, silver).await.unwrap().form;
        form.purity = "999".into();
        material::save(services, &shop, Some(silver), &form).await.unwrap();
        form.unit = "ozt".into();
        material::save(services, &shop, Some(silver), &form).await.unwrap();

        let view = material::view(services, &shop, silver).await.unwrap();
        let told: Vec<String> = view
            .rates
            .iter()
            .map(|past| format!("{}/{} {} {}", past.rate.unwrap(), past.unit.symbol(), past.by, past.date))
            .collect();
        assert_eq!(
            told,
            [
                "$0.8543/ozt Olive Owner 24 Nov 2026",
                "$0.8543/g Olive Owner 24 Nov 2026",
                "$0.85/g Olive Owner 23 Nov 2026",
            ],
            "what did not change is not told"
        );
        let row = material::list(services, &shop).await.unwrap().remove(0);
        assert_eq!((row.items, row.following, row.changed.as_deref()), (0, 0, Some("just now")));
    }

    async fn a_rate_that_prices_follow_stays(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, silver) = shop_with_silver(&world).await;
        item::save(services, &shop, None, &by_weight("W1", "3.2 g")).await.unwrap();
        let form = MaterialForm { rate: String::new(), ..self::silver() };
        let refused = problem(material::save(services, &shop, Some(silver), &form).await);
        assert_eq!(refused.fields[0].code, FieldCode::RateNeeded(1));
        for rate in ["0", "-1", "", "cheap"] {
            let refused = problem(material::set_rate(services, &shop, silver, rate).await);
            assert_eq!(refused.fields[0].field, "rate", "{rate}");
        }
        let row = material::list(services, &shop).await.unwrap().remove(0);
        assert_eq!((row.items, row.following), (1, 1));
    }

    async fn a_price_by_weight_needs_a_rate_and_a_price_that_can_be(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, _) = shop_with_silver(&world).await;
        let mut form = by_weight("W1", "3.2 g");
        form.material = "Wax".into();
        let refused = problem(item::save(services, &shop, None, &form).await);
        assert_eq!(refused.fields[0].code, FieldCode::NoRate);
        assert_eq!(material::list(services, &shop).await.unwrap().len(), 1, "nothing half done");
        let dear = MaterialForm { name: "Dream".into(), rate: "9000000000".into(), unit: "ct".into(), ..silver() };
        material::save(services, &shop, None, &dear).await.unwrap();
        let form = ItemForm { material: "Dream".into(), ..by_weight("W1", "900 kg") };
        assert_eq!(problem(item::save(services, &shop, None, &form).await).fields[0].field, "net_weight");
        let fixed = ItemForm { pricing: String::new(), price: "9".into(), material: "Wax".into(), ..by_weight("W1", "") };
        item::save(services, &shop, None, &fixed).await.unwrap();
        assert_eq!(material::list(services, &shop).await.unwrap().len(), 3, "a new word is a new material");
    }

    async fn a_name_stands_for_one_material(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, _) = shop_with_silver(&world).await;
        let again = MaterialForm { name: "STERLING\u{200B}  silver".into(), ..silver() };
        assert_eq!(problem(material::save(services, &shop, None, &again).await).fields[0].code, FieldCode::Taken);
    }

    async fn another_business_materials_are_not_found(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, silver) = shop_with_silver(&world).await;
        let stranger = world.owner("nina@other.example").await;
        for outcome in [
            problem(material::view(services, &stranger, silver).await),
            problem(material::set_rate(services, &stranger, silver, "1").await),
            problem(material::save(services, &stranger, Some(silver), &self::silver()).await),
        ] {
            assert_eq!(outcome.code, Code::NotFound);
        }
        assert!(material::list(services, &stranger).await.unwrap().is_empty());
        // The same name is a material of their own, which has no rate.
        let refused = problem(item::save(services, &stranger, None, &by_weight("W1", "3 g")).await);
        assert_eq!(refused.fields[0].code, FieldCode::NoRate);
        assert_eq!(material::view(services, &shop, silver).await.unwrap().form.rate, "0.85");
    }

    async fn a_removed_material_stays_with_what_is_made_of_it(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, silver) = shop_with_silver(&world).await;
        let bangle = item::save(services, &shop, None, &by_weight("W1", "32 g")).await.unwrap();
        material::remove(services, &shop, silver).await.unwrap();
        let row = material::list(services, &shop).await.unwrap().remove(0);
        assert_eq!((row.is_removed, row.items, row.following), (true, 1, 1));
        let page = material::view(services, &shop, silver).await.unwrap();
        let made: Vec<_> = page.made_of_it.iter().map(|item| (item.code.as_str(), item.by_weight)).collect();
        assert_eq!((page.is_removed, made), (true, vec![("W1", true)]));
        assert!(item::setting(services, &shop).await.unwrap().materials.is_empty(), "it is not offered");

        // Its rate can still be changed, and what is made of it follows.
        material::set_rate(services, &shop, silver, "1").await.unwrap();
        let view = item::view(services, &shop, bangle).await.unwrap();
        assert_eq!(view.prices[0].price.minor, 3_520);
        assert_eq!(view.setting.materials.len(), 1, "the item itself may keep it");
        let form = ItemForm { title: "Wavy bangle".into(), ..view.form };
        item::save(services, &shop, Some(bangle), &form).await.unwrap();
        assert!(material::view(services, &shop, silver).await.unwrap().is_removed, "keeping it says nothing new");
        let choices = list::choices(services, &shop).await.unwrap();
        assert_eq!(choices.materials, ["Sterling silver"], "what is there can be looked for");

        // Whoever names it for something new wants it back.
        item::save(services, &shop, None, &by_weight("W2", "10 g")).await.unwrap();
        assert!(!material::view(services, &shop, silver).await.unwrap().is_removed);
    }

    async fn a_removed_material_is_put_back_rather_than_made_twice(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, silver) = shop_with_silver(&world).await;
        let stranger = world.owner("nina@other.example").await;
        material::remove(services, &shop, silver).await.unwrap();
        material::remove(services, &shop, silver).await.unwrap();
        assert!(list::choices(services, &shop).await.unwrap().materials.is_empty(), "nothing is made of it");
        let refused = problem(material::save(services, &shop, None, &self::silver()).await);
        assert_eq!(refused.fields[0].code, FieldCode::TakenByRemoved);
        for outcome in [
            problem(material::remove(services, &stranger, silver).await),
            problem(material::restore(services, &stranger, silver).await),
        ] {
            assert_eq!(outcome.code, Code::NotFound);
        }
        material::restore(services, &shop, silver).await.unwrap();
        let refused = problem(material::save(services, &shop, None, &self::silver()).await);
        assert_eq!(refused.fields[0].code, FieldCode::Taken);
        assert!(!material::list(services, &shop).await.unwrap()[0].is_removed);
    }

    async fn items_are_found_by_what_they_are_made_of(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, silver) = shop_with_silver(&world).await;
        item::save(services, &shop, None, &by_weight("W1", "32 g")).await.unwrap();
        world.item(&shop, "B27", "Rose tower", "18.50", &[("", "3")]).await;
        let found = async |words: &str| -> Vec<String> {
            let query = StockQuery { search: words.into(), ..Default::default() };
            let rows = list::list(services, &shop, &query).await.unwrap().rows;
            rows.into_iter().map(|row| row.code).collect()
        };
        assert_eq!(found("sterl").await, ["W1"]);
        assert_eq!(found("bangle SILVER").await, ["W1"]);
        let form = MaterialForm { name: "Argentium".into(), ..self::silver() };
        material::save(services, &shop, Some(silver), &form).await.unwrap();
        assert_eq!(found("argent").await, ["W1"], "a new name is known at once");
        assert!(found("sterling").await.is_empty());
        // A change of many items writes the same texts.
        let chosen = domain::lists::Chosen { all: "1".into(), ..Default::default() };
        let edit = domain::inventory::ItemsEdit::Category.as_str();
        services::inventory::bulk::change(services, &shop, edit, "Bangles", &chosen).await.unwrap();
        assert_eq!(found("argent").await, ["W1"]);
    }
}
