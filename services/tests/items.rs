//! Items: their codes, variants, prices and weights.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::{ItemForm, MAX_VARIANTS, StockQuery, UNNAMED_OPTION, VariantForm},
    problem::{Code, FieldCode, Problem},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use services::{
    Result,
    accounts::Actor,
    database_tests, entities,
    inventory::{item, list},
    invoices::bill::bill_everyone,
    sales::hold::hold,
    testing::World,
};
use uuid::Uuid;

fn problem<T>(result: Result<T>) -> Problem {
    result.err().expect("this must fail").problem()
}

fn plain(code: &str) -> ItemForm {
    ItemForm {
        code: code.into(),
        title: format!("Thing {code}"),
        price: "10".into(),
        variants: vec![VariantForm::named("", "1")],
        ..Default::default()
    }
}

async fn save(world: &World, shop: &Actor, form: &ItemForm) -> Result<Uuid> {
    item::save(&world.services, shop, None, form).await
}

async fn form(world: &World, shop: &Actor, id: Uuid) -> ItemForm {
    item::view(&world.services, shop, id).await.unwrap().form
}

/// Rings of two options.
fn rings() -> ItemForm {
    let ring = |size: &str, metal: &str, quantity: &str| VariantForm {
        values: vec![size.into(), metal.into()],
        quantity: quantity.into(),
        ..Default::default()
    };
    ItemForm {
        options: vec!["Size".into(), "Metal".into()],
        variants: vec![ring("6", "Gold", "1"), ring("6", "Silver", "2"), ring("7", "Gold", "3")],
        ..plain("R1")
    }
}

database_tests! {
    async fn a_code_stands_for_one_thing_however_it_is_written(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let first = save(&world, &shop, &ItemForm { title: "Moon ring".into(), ..plain("A12") }).await.unwrap();
        for code in ["A12", "a12", "Ａ１２", "A\u{200B}12", " A12 "] {
            let problem = problem(save(&world, &shop, &plain(code)).await);
            assert_eq!(problem.code, Code::Invalid, "{code:?}");
            assert_eq!(problem.message_for("code").unwrap(), "“A12 Moon ring” has this already.", "{code:?}");
        }
        let mut rings = rings();
        rings.variants[1].code = "a12".into();
        let refused = problem(save(&world, &shop, &rings).await);
        assert_eq!(refused.message_for("variants_1_code").unwrap(), "“A12 Moon ring” has this already.");
        rings.variants[1].code = "R1-6S".into();
        rings.variants[1].barcode = "4006381333931".into();
        let rings_id = save(&world, &shop, &rings).await.unwrap();
        let refused = problem(save(&world, &shop, &plain("r1-6s")).await);
        assert_eq!(refused.message_for("code").unwrap(), "“R1 Thing R1 · 6 / Silver” has this already.");
        let mut other = plain("B1");
        other.variants[0].barcode = "4006381333931".into();
        assert!(problem(save(&world, &shop, &other).await).message_for("variants_0_barcode").is_some());

        // What it has itself is no obstacle, nor is what another business has.
        let again = form(&world, &shop, rings_id).await;
        item::save(&world.services, &shop, Some(rings_id), &again).await.unwrap();
        let stranger = world.owner("nina@other.example").await;
        save(&world, &stranger, &plain("A12")).await.unwrap();

        // A code is free again when its variant goes, but not while its item is only put away.
        let mut fewer = form(&world, &shop, rings_id).await;
        fewer.variants[1] = VariantForm { id: fewer.variants[1].id.clone(), ..Default::default() };
        item::save(&world.services, &shop, Some(rings_id), &fewer).await.unwrap();
        save(&world, &shop, &plain("R1-6S")).await.unwrap();
        item::archive(&world.services, &shop, first, true).await.unwrap();
        assert!(problem(save(&world, &shop, &plain("A12")).await).message_for("code").is_some());
        world.stock_is_sound().await;
    }

    async fn the_next_code_goes_on_where_the_newest_stopped(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let next = async || item::setting(&world.services, &shop).await.unwrap().next_code;
        assert_eq!(next().await, "A1");
        save(&world, &shop, &plain("A12")).await.unwrap();
        assert_eq!(next().await, "A13");
        save(&world, &shop, &plain("27B")).await.unwrap();
        assert_eq!(next().await, "28B");
        let mut variant = plain("28C");
        variant.variants[0].code = "29c".into();
        save(&world, &shop, &plain("29B")).await.unwrap();
        save(&world, &shop, &variant).await.unwrap();
        assert_eq!(next().await, "30C", "a variant has 29c");
    }

    async fn variants_have_values_codes_and_weights_of_their_own(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let mut rings = rings();
        rings.variants[0].price = "26".into();
        rings.variants[0].weight = "0.3".into();
        rings.variants[0].net_weight = "3.2 g".into();
        rings.category = "Rings".into();
        rings.tags = "silver, Moon".into();
        let id = save(&world, &shop, &rings).await.unwrap();
        let stored = form(&world, &shop, id).await;
        assert_eq!(stored.options, ["Size", "Metal"]);
        assert_eq!(stored.variants[0].values, ["6", "Gold"]);
        assert_eq!((stored.variants[0].price.as_str(), stored.variants[0].weight.as_str()), ("26.00", "0.3"));
        assert_eq!(stored.tags, "Moon, silver");
        world.variant(&shop, "R1", "6 / Gold").await;

        // What the form shows is saved as it was, to the milligram, and again.
        item::save(&world.services, &shop, Some(id), &stored).await.unwrap();
        assert_eq!(form(&world, &shop, id).await, stored);
        let weight = entities::variant::Entity::find()
            .filter(entities::variant::Column::Name.eq("6 / Gold"))
            .one(world.services.database.read())
            .await
            .unwrap()
            .unwrap()
            .net_weight;
        assert_eq!(weight, Some(3_200));
        let query = StockQuery { search: "moon".into(), ..Default::default() };
        let found = list::list(&world.services, &shop, &query);
        assert_eq!(found.await.unwrap().rows.len(), 1, "an item is found by its tags");
        world.stock_is_sound().await;
    }

    async fn a_variant_that_buyers_hold_stays(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold A12 size 6".into()).await.unwrap();
        let variant = world.variant(&shop, "A12", "6").await;
        let row = entities::variant::Entity::find_by_id(variant).one(world.services.database.read()).await;
        let id = row.unwrap().unwrap().item_id;
        let stored = form(&world, &shop, id).await;
        let mut without = stored.clone();
        without.variants[0] = VariantForm { id: without.variants[0].id.clone(), ..Default::default() };
        let refused = problem(item::save(&world.services, &shop, Some(id), &without).await);
        assert_eq!(refused.fields[0].code, FieldCode::Held(1));
        let mut fewer = stored.clone();
        fewer.variants[0].quantity = "0".into();
        let refused = problem(item::save(&world.services, &shop, Some(id), &fewer).await);
        assert_eq!(refused.message_for("variants_0_quantity").unwrap(), "At least 1, please.");
        let mut other = stored;
        other.variants[1] = VariantForm { id: other.variants[1].id.clone(), ..Default::default() };
        item::save(&world.services, &shop, Some(id), &other).await.unwrap();
        assert_eq!(form(&world, &shop, id).await.variants.len(), 1);
        world.stock_is_sound().await;
    }

    async fn several_hundred_variants_are_saved_and_more_are_refused(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let many = |count: usize| ItemForm {
            options: vec!["Number".into()],
            variants: (0..count).map(|number| VariantForm::named(&number.to_string(), "1")).collect(),
            ..plain("N1")
        };
        let refused = problem(save(&world, &shop, &many(MAX_VARIANTS + 1)).await);
        assert_eq!(refused.fields[0].code, FieldCode::TooMuch(MAX_VARIANTS as i64));
        let id = save(&world, &shop, &many(MAX_VARIANTS)).await.unwrap();
        let stored = form(&world, &shop, id).await;
        assert_eq!(stored.variants.len(), MAX_VARIANTS);
        assert_eq!(stored.variants[MAX_VARIANTS - 1].values, [(MAX_VARIANTS - 1).to_string()], "in their order");
        world.stock_is_sound().await;
    }

    async fn variants_that_have_only_a_name_live_on(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        // As they were stored before items had options.
        let read = world.services.database.read();
        let ring = entities::item::Entity::find()
            .filter(entities::item::Column::Code.eq("A12"))
            .one(read)
            .await
            .unwrap()
            .unwrap();
        let id = ring.id;
        let mut ring = ring.into_active_model();
        ring.options = Set(String::new());
        ring.update(read).await.unwrap();
        for variant in entities::variant::Entity::find().all(read).await.unwrap() {
            let mut variant = variant.into_active_model();
            variant.values = Set(String::new());
            variant.update(read).await.unwrap();
        }
        let stored = form(&world, &shop, id).await;
        assert_eq!(stored.options, [UNNAMED_OPTION]);
        assert_eq!(stored.variants[1].values, ["7"]);
        item::save(&world.services, &shop, Some(id), &stored).await.unwrap();
        assert_eq!(form(&world, &shop, id).await, stored);
    }

    async fn a_sale_price_is_what_a_claim_costs(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let mut rings = ItemForm { sale_price: "8".into(), ..rings() };
        rings.variants[2].price = "12".into();
        save(&world, &shop, &rings).await.unwrap();
        let row = list::list(&world.services, &shop, &StockQuery::default()).await.unwrap().rows.remove(0);
        assert_eq!((row.price.minor, row.regular.map(|price| price.minor)), (800, Some(1_000)));
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana: sold R1 6 gold\nBen: sold R1 7 gold".into()).await.unwrap();
        let prices: Vec<i64> = world.claim_rows(&shop, sale).await.iter().map(|claim| claim.price).collect();
        assert_eq!(prices, [800, 1_200], "a variant with a price of its own keeps it");
    }

    async fn parcels_weigh_what_is_posted(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let mut rings = ItemForm { weight: "5 g".into(), net_weight: "3 g".into(), ..rings() };
        rings.variants[2].weight = "9 g".into();
        rings.variants[1].net_weight = "7 g".into();
        save(&world, &shop, &rings).await.unwrap();
        let sale = world.sale(&shop).await;
        let paste = "Ana: sold R1 6 gold\nAna: sold R1 6 silver x2\nAna: sold R1 7 gold";
        hold(&world.services, &shop, sale, paste.into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        let lines = entities::invoice_line::Entity::find().all(world.services.database.read()).await.unwrap();
        let mut weights: Vec<i64> = lines.iter().map(|line| line.weight).collect();
        weights.sort_unstable();
        assert_eq!(weights, [5_000, 9_000, 14_000]);
    }
}
