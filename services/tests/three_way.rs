//! Two tabs with the same form: nobody's change is lost without a word. And forms that are sent twice.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use domain::{
    inventory::{MaterialForm, StockQuery, VariantForm},
    lists::Chosen,
    problem::{Code, FieldCode, Problem},
    sales::{policy::SellingPolicyForm, words::WordsForm},
    three_way::{ThreeWay, seen},
};
use services::{
    Result, accounts,
    accounts::Actor,
    customers::{self, customer},
    database_tests,
    inventory::{bulk, item, list, material},
    sales::{hold::hold, policy, sale, words},
    shipping::packaging,
    testing::{World, world::address},
};
use uuid::Uuid;

fn problem<T>(result: Result<T>) -> Problem {
    result.err().expect("this must fail").problem()
}

/// The fields that both changed, with what they say now.
fn conflicts(problem: &Problem) -> Vec<(String, String)> {
    let fields = problem.fields.iter().filter_map(|field| match &field.code {
        FieldCode::ChangedMeanwhile { now, .. } => Some((field.field.clone(), now.clone())),
        _ => None,
    });
    let mut conflicts: Vec<(String, String)> = fields.collect();
    conflicts.sort();
    conflicts
}

async fn ring(world: &World, shop: &Actor) -> Uuid {
    let query = StockQuery { search: "A12".into(), ..Default::default() };
    list::list(&world.services, shop, &query).await.unwrap().rows[0].id
}

database_tests! {
    async fn an_item_keeps_what_each_of_two_tabs_changed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = ring(&world, &shop).await;
        let mut one = item::view(services, &shop, id).await.unwrap().form;
        let mut other = one.clone();
        one.price = "5".into();
        one.variants[0].price = "6".into();
        one.note = "From the first tab".into();
        item::save(services, &shop, Some(id), &one).await.unwrap();
        other.title = "Moon ring, silver".into();
        other.variants[0].code = "MR6".into();
        item::save(services, &shop, Some(id), &other).await.unwrap();
        let stored = item::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.title.as_str(), stored.price.as_str()), ("Moon ring, silver", "5.00"));
        assert_eq!(stored.note, "From the first tab");
        assert_eq!((stored.variants[0].code.as_str(), stored.variants[0].price.as_str()), ("MR6", "6.00"));
    }

    async fn what_two_tabs_changed_is_told_beside_the_field_and_nothing_is_saved(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = ring(&world, &shop).await;
        let mut one = item::view(services, &shop, id).await.unwrap().form;
        let mut other = one.clone();
        one.price = "5".into();
        one.variants[1].price = "6".into();
        item::save(services, &shop, Some(id), &one).await.unwrap();
        other.price = "7".into();
        other.variants[1].price = "8".into();
        other.title = "Sun ring".into();
        let refused = problem(item::save(services, &shop, Some(id), &other).await);
        let told = [("price".to_owned(), "5.00".to_owned()), ("variants_1_price".to_owned(), "6.00".to_owned())];
        assert_eq!(conflicts(&refused), told);
        assert_eq!(refused.message_for("price").unwrap(), "Changed meanwhile to “5.00”. Save again to keep yours, or write that instead.");
        assert_eq!(item::view(services, &shop, id).await.unwrap().form.title, "Moon ring");
        other.filled = seen(&other.filled, &refused);
        other.variants[1].price = "6.00".into();
        item::save(services, &shop, Some(id), &other).await.unwrap();
        let stored = item::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.title.as_str(), stored.price.as_str(), stored.variants[1].price.as_str()), ("Sun ring", "7.00", "6.00"));
    }

    async fn a_size_that_another_tab_added_stays_with_its_pieces(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = ring(&world, &shop).await;
        let mut one = item::view(services, &shop, id).await.unwrap().form;
        let mut other = one.clone();
        one.variants.push(VariantForm::named("8", "5"));
        item::save(services, &shop, Some(id), &one).await.unwrap();
        other.title = "Sun ring".into();
        item::save(services, &shop, Some(id), &other).await.unwrap();
        let eight = world.variant(&shop, "A12", "8").await;
        assert_eq!(world.figures(eight).await, [5, 0, 0, 0, 0]);
        let mut last = item::view(services, &shop, id).await.unwrap().form;
        assert_eq!(last.variants.len(), 3);
        // A row of which only its id is left goes, and nothing else does.
        last.variants[2] = VariantForm { id: last.variants[2].id.clone(), ..Default::default() };
        last.variants.remove(0);
        item::save(services, &shop, Some(id), &last).await.unwrap();
        let names: Vec<Vec<String>> = item::view(services, &shop, id).await.unwrap().form.variants.into_iter().map(|row| row.values).collect();
        assert_eq!(names, [["7"], ["6"]]);
        assert_eq!(world.figures(eight).await, [0, 0, 0, 0, 0]);
        world.stock_is_sound().await;
    }

    async fn a_size_that_another_tab_removed_goes_unless_it_was_changed_here(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = ring(&world, &shop).await;
        let open = item::view(services, &shop, id).await.unwrap().form;
        let mut one = open.clone();
        one.variants[1] = VariantForm { id: one.variants[1].id.clone(), ..Default::default() };
        item::save(services, &shop, Some(id), &one).await.unwrap();
        let mut untouched = open.clone();
        untouched.title = "Sun ring".into();
        item::save(services, &shop, Some(id), &untouched).await.unwrap();
        assert_eq!(item::view(services, &shop, id).await.unwrap().form.variants.len(), 1);
        let mut touched = open;
        touched.variants[1].price = "9".into();
        let refused = problem(item::save(services, &shop, Some(id), &touched).await);
        assert!(matches!(refused.fields[0].code, FieldCode::RemovedMeanwhile { .. }), "{refused:?}");
        touched.filled = seen(&touched.filled, &refused);
        item::save(services, &shop, Some(id), &touched).await.unwrap();
        assert_eq!(item::view(services, &shop, id).await.unwrap().form.variants.len(), 2, "it is there anew");
        world.stock_is_sound().await;
    }

    async fn a_customer_keeps_what_each_of_two_tabs_changed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        hold(services, &shop, sale, "Ana Ruiz: sold B27".into()).await.unwrap();
        let id = world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        let mut one = customer::view(services, &shop, id).await.unwrap().form;
        let (mut other, mut third) = (one.clone(), one.clone());
        one.phone = "+1 512 555 0199".into();
        one.addresses[0].address.line1 = "9 Other Road".into();
        customer::save(services, &shop, id, &one).await.unwrap();
        other.note = "Likes silver".into();
        other.addresses[0].label = "Home".into();
        customer::save(services, &shop, id, &other).await.unwrap();
        let stored = customer::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.phone.as_str(), stored.note.as_str()), ("+1 512 555 0199", "Likes silver"));
        assert_eq!((stored.addresses[0].label.as_str(), stored.addresses[0].address.line1.as_str()), ("Home", "9 Other Road"));
        third.addresses[0].address.line1 = "10 Third Street".into();
        let refused = problem(customer::save(services, &shop, id, &third).await);
        assert_eq!(conflicts(&refused), [("addresses_0_line1".to_owned(), "9 Other Road".to_owned())]);
    }

    async fn a_home_that_another_tab_chose_stays_the_home(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        hold(services, &shop, sale, "Ana Ruiz: sold B27".into()).await.unwrap();
        let id = world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        let mut both = customer::view(services, &shop, id).await.unwrap().form;
        both.addresses.push(domain::customers::AddressForm { address: address("2 Work Lane"), ..Default::default() });
        customer::save(services, &shop, id, &both).await.unwrap();
        let open = customer::view(services, &shop, id).await.unwrap().form;
        let mut one = open.clone();
        one.default_address = "1".into();
        customer::save(services, &shop, id, &one).await.unwrap();
        let mut other = open;
        other.note = "Rings twice".into();
        other.default_address = "0".into();
        customer::save(services, &shop, id, &other).await.unwrap();
        let stored = customer::view(services, &shop, id).await.unwrap().form;
        let lines: Vec<&str> = stored.addresses.iter().map(|row| row.address.line1.as_str()).collect();
        assert_eq!(lines, ["2 Work Lane", "7 Invented Lane"]);
    }

    async fn every_form_of_the_settings_and_of_a_sale_merges(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;

        let open = accounts::business::view(services, &shop).await.unwrap();
        let (mut one, mut other) = (open.clone(), open.clone());
        one.shipping_fee = "7".into();
        accounts::business::save(services, &shop, &one).await.unwrap();
        other.name = "Sunlit Silver".into();
        accounts::business::save(services, &shop, &other).await.unwrap();
        other.shipping_fee = "8".into();
        let refused = problem(accounts::business::save(services, &shop, &other).await);
        assert_eq!(conflicts(&refused), [("shipping_fee".to_owned(), "7.00".to_owned())]);
        let stored = accounts::business::view(services, &shop).await.unwrap();
        assert_eq!((stored.name.as_str(), stored.shipping_fee.as_str()), ("Sunlit Silver", "7.00"));

        let open = SellingPolicyForm::from(policy::view_of_sale(services, &shop, sale).await.unwrap());
        let (mut one, mut other) = (open.clone(), open.clone());
        one.hold_hours = "24".into();
        policy::save_of_sale(services, &shop, sale, &one).await.unwrap();
        other.put_backs = "2".into();
        policy::save_of_sale(services, &shop, sale, &other).await.unwrap();
        let stored = policy::view_of_sale(services, &shop, sale).await.unwrap();
        assert_eq!((stored.hold_hours, stored.put_backs), (Some(24), Some(2)));
        one.limit_per_buyer = "3".into();
        policy::save(services, &shop, &one).await.unwrap();
        policy::save(services, &shop, &other).await.unwrap();
        assert_eq!(policy::view(services, &shop).await.unwrap().limit_per_buyer, Some(3));

        let open = WordsForm::default().filled();
        let (mut one, mut other) = (open.clone(), open);
        one.claim = "dibs".into();
        words::save_of_sale(services, &shop, sale, &one).await.unwrap();
        words::save(services, &shop, &one).await.unwrap();
        other.cancel = "changed my mind".into();
        words::save_of_sale(services, &shop, sale, &other).await.unwrap();
        words::save(services, &shop, &other).await.unwrap();
        for stored in [words::view_of_sale(services, &shop, sale).await.unwrap(), words::view(services, &shop).await.unwrap()] {
            assert_eq!((stored.claim, stored.cancel), (vec!["dibs".to_owned()], vec!["changed my mind".to_owned()]));
        }

        let open = sale::form(services, &shop, sale).await.unwrap();
        let (mut one, mut other) = (open.clone(), open);
        one.title = "Saturday gold".into();
        sale::edit(services, &shop, sale, &one).await.unwrap();
        other.seller = "Olive".into();
        sale::edit(services, &shop, sale, &other).await.unwrap();
        let stored = sale::form(services, &shop, sale).await.unwrap();
        assert_eq!((stored.title.as_str(), stored.seller.as_str()), ("Saturday gold", "Olive"));

        let silver = MaterialForm { name: "Silver".into(), unit: "g".into(), rate: "0.85".into(), ..Default::default() };
        let id = material::save(services, &shop, None, &silver).await.unwrap();
        let mut open = material::view(services, &shop, id).await.unwrap().form;
        material::set_rate(services, &shop, id, "0.95").await.unwrap();
        open.purity = "925".into();
        material::save(services, &shop, Some(id), &open).await.unwrap();
        let stored = material::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.purity.as_str(), stored.rate.as_str()), ("925", "0.95"));

        let id = packaging::list(services, &shop).await.unwrap()[0].id;
        let open = packaging::view(services, &shop, id).await.unwrap().form;
        let (mut one, mut other) = (open.clone(), open);
        one.weight = "0.7".into();
        packaging::save(services, &shop, id, &one).await.unwrap();
        other.cost = "0.18".into();
        packaging::save(services, &shop, id, &other).await.unwrap();
        let stored = packaging::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.weight.as_str(), stored.cost.as_str()), ("0.7", "0.18"));
    }

    async fn a_change_of_many_rows_that_is_sent_twice_is_made_once(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let key = list::show(services, &shop, &StockQuery::default()).await.unwrap().key;
        let all = Chosen { all: "1".into(), key: key.to_string(), ..Default::default() };
        let price = || async { item::view(services, &shop, ring(&world, &shop).await).await.unwrap().form.price };
        let done = bulk::change(services, &shop, "price", "10", &all).await.unwrap();
        assert_eq!(bulk::change(services, &shop, "price", "10", &all).await.unwrap(), done);
        assert_eq!(price().await, "26.40");
        assert_eq!(problem(bulk::change(services, &shop, "price", "20", &all).await).code, Code::WrongState);
        bulk::undo(services, &shop, done.action.unwrap()).await.unwrap();
        assert_eq!(problem(bulk::change(services, &shop, "price", "10", &all).await).code, Code::WrongState);
        assert_eq!(price().await, "24.00");
        let tagged = Chosen { all: "1".into(), key: Uuid::from_u128(7).to_string(), ..Default::default() };
        let sale = world.sale(&shop).await;
        hold(services, &shop, sale, "Ana Ruiz: sold B27".into()).await.unwrap();
        let done = customers::bulk::change(services, &shop, "add-tag", "VIP", &tagged).await.unwrap();
        assert_eq!(customers::bulk::change(services, &shop, "add-tag", "VIP", &tagged).await.unwrap(), done);
    }
}
