//! Two tabs with the same form: nobody's change is lost without a word, and nothing is stored that neither of them said.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use domain::{
    accounts::BusinessForm,
    address::PostalAddress,
    customers::{AddressForm, CustomerForm},
    inventory::{ItemForm, MaterialForm, StockQuery, VariantForm},
    problem::{FieldCode, Problem},
    sales::{SaleForm, policy::SellingPolicyForm, words::WordsForm},
    shipping::PackagingForm,
    three_way::{ThreeWay, seen},
};
use services::{
    Result, accounts,
    accounts::Actor,
    customers::customer,
    database_tests,
    inventory::{item, list, material},
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

/// Two tabs show the same form; each changes something, and one saves before the other. Afterwards `open` is what the second
/// tab shows, which has seen what it was told.
async fn two_tabs<F: ThreeWay + Clone, T>(
    open: &mut F,
    one: impl FnOnce(&mut F),
    other: impl FnOnce(&mut F),
    save: impl AsyncFn(&F) -> Result<T>,
) -> Result<T> {
    let mut first = open.clone();
    one(&mut first);
    save(&first).await?;
    other(open);
    let saved = save(open).await;
    if let Err(error) = saved {
        let problem = error.problem();
        let marks = seen(open.filled_mut(), &problem);
        *open.filled_mut() = marks;
        return Err(problem.into());
    }
    saved
}

/// A customer with one address.
async fn ana(world: &World, shop: &Actor) -> Uuid {
    let sale = world.sale(shop).await;
    hold(&world.services, shop, sale, "Ana Ruiz: sold B27".into()).await.unwrap();
    world.introduce(shop, "Ana Ruiz", "ana@buyers.example").await
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
        let id = ana(&world, &shop).await;
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
        assert_eq!(conflicts(&refused), [("addresses_0_line1".to_owned(), "9 Other Road, Austin TX 78701, United States".to_owned())]);
    }

    async fn a_home_that_another_tab_chose_stays_the_home(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = ana(&world, &shop).await;
        let mut both = customer::view(services, &shop, id).await.unwrap().form;
        both.addresses.push(AddressForm { address: address("2 Work Lane"), ..Default::default() });
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

    async fn half_of_one_address_and_half_of_another_are_never_stored(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = ana(&world, &shop).await;
        let mut open = customer::view(services, &shop, id).await.unwrap().form;
        let save = async |form: &CustomerForm| customer::save(services, &shop, id, form).await;
        let home = "9 New Road, Dallas TX 75201, United States";
        let refused = two_tabs(
            &mut open,
            |one| one.addresses[0].address = PostalAddress { city: "Dallas".into(), postal_code: "75201".into(), ..address("9 New Road") },
            |other| other.addresses[0].address.line2 = "Apt 4".into(),
            save,
        ).await;
        assert_eq!(conflicts(&problem(refused)), [("addresses_0_line1".to_owned(), home.to_owned())]);
        let stored = customer::view(services, &shop, id).await.unwrap().form;
        assert_eq!(stored.addresses[0].address.line(), home, "nothing of the old house");
        // Who has seen it and saves again has the whole address that the screen shows.
        customer::save(services, &shop, id, &open).await.unwrap();
        let stored = customer::view(services, &shop, id).await.unwrap().form;
        assert_eq!(stored.addresses[0].address, open.addresses[0].address);
    }

    async fn an_address_is_the_same_one_when_parcels_go_elsewhere(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = ana(&world, &shop).await;
        let mut both = customer::view(services, &shop, id).await.unwrap().form;
        both.addresses.push(AddressForm { address: address("2 Work Lane"), ..Default::default() });
        customer::save(services, &shop, id, &both).await.unwrap();
        let mut open = customer::view(services, &shop, id).await.unwrap().form;
        let save = async |form: &CustomerForm| customer::save(services, &shop, id, form).await;
        two_tabs(
            &mut open,
            |one| one.default_address = "1".into(),
            |other| {
                other.default_address = "0".into();
                other.addresses[0].address.line2 = "Apt 4".into();
            },
            save,
        ).await.unwrap();
        let stored = customer::view(services, &shop, id).await.unwrap().form;
        let lines: Vec<(&str, &str)> = stored.addresses.iter().map(|row| (row.address.line1.as_str(), row.address.line2.as_str())).collect();
        assert_eq!(lines, [("2 Work Lane", ""), ("7 Invented Lane", "Apt 4")]);
    }

    async fn a_name_and_its_platform_are_one_answer(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = ana(&world, &shop).await;
        let mut open = customer::view(services, &shop, id).await.unwrap().form;
        let save = async |form: &CustomerForm| customer::save(services, &shop, id, form).await;
        let refused = two_tabs(
            &mut open,
            |one| one.handles[0].platform = "youtube".into(),
            |other| other.handles[0].handle = "ana.silver".into(),
            save,
        ).await;
        assert_eq!(conflicts(&problem(refused)), [("handles_0_handle".to_owned(), "Ana Ruiz, youtube".to_owned())]);
    }

    async fn a_rate_is_never_taken_for_one_of_another_unit(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let silver = MaterialForm { name: "Silver".into(), unit: "g".into(), rate: "0.85".into(), ..Default::default() };
        let id = material::save(services, &shop, None, &silver).await.unwrap();
        let save = async |form: &MaterialForm| material::save(services, &shop, Some(id), form).await;
        let mut open = material::view(services, &shop, id).await.unwrap().form;
        let refused = two_tabs(&mut open, |one| one.unit = "ozt".into(), |other| other.rate = "0.95".into(), save).await;
        assert_eq!(conflicts(&problem(refused)), [("rate".to_owned(), "0.85, ozt".to_owned())]);
        let mut open = material::view(services, &shop, id).await.unwrap().form;
        let refused = two_tabs(
            &mut open,
            |one| (one.unit, one.rate) = ("g".into(), "0.90".into()),
            |other| other.rate = "26.40".into(),
            save,
        ).await;
        assert_eq!(conflicts(&problem(refused)), [("rate".to_owned(), "0.90, g".to_owned())]);
        save(&open).await.unwrap();
        let stored = material::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.rate.as_str(), stored.unit.as_str()), ("26.40", "ozt"), "as the screen of who saved last says");
        let mut open = stored;
        two_tabs(&mut open, |one| one.rate = "26.50".into(), |other| other.purity = "925".into(), save).await.unwrap();
        let stored = material::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.purity.as_str(), stored.rate.as_str()), ("925", "26.50"));
    }

    async fn a_price_and_values_of_an_item_keep_what_they_mean(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let silver = MaterialForm { name: "Silver".into(), unit: "g".into(), rate: "0.85".into(), ..Default::default() };
        material::save(services, &shop, None, &silver).await.unwrap();
        let id = ring(&world, &shop).await;
        let save = async |form: &ItemForm| item::save(services, &shop, Some(id), form).await;
        let mut open = item::view(services, &shop, id).await.unwrap().form;
        let refused = two_tabs(
            &mut open,
            |one| {
                one.options = vec!["Metal".into(), "Size".into()];
                for row in &mut one.variants {
                    row.values.insert(0, "Silver".into());
                }
            },
            |other| other.variants[0].values[0] = "6.5".into(),
            save,
        ).await;
        assert_eq!(conflicts(&problem(refused))[0].0, "options_0");
        let stored = item::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.options.len(), stored.variants[0].values.len()), (2, 2));
        save(&open).await.unwrap();
        let stored = item::view(services, &shop, id).await.unwrap().form;
        assert_eq!((&stored.options, &stored.variants[0].values), (&open.options, &open.variants[0].values));

        let mut open = stored;
        let refused = two_tabs(
            &mut open,
            |one| {
                one.pricing = "by-weight".into();
                one.material = "Silver".into();
                one.net_weight = "0.2".into();
            },
            |other| other.price = "30".into(),
            save,
        ).await;
        assert_eq!(conflicts(&problem(refused))[0].0, "price");
    }

    async fn the_settings_of_a_business_keep_what_each_of_two_tabs_changed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let save = async |form: &BusinessForm| accounts::business::save(services, &shop, form).await;
        let mut open = accounts::business::view(services, &shop).await.unwrap();
        two_tabs(&mut open, |one| one.shipping_fee = "7".into(), |other| other.name = "Sunlit Silver".into(), save).await.unwrap();
        let stored = accounts::business::view(services, &shop).await.unwrap();
        assert_eq!((stored.name.as_str(), stored.shipping_fee.as_str()), ("Sunlit Silver", "7.00"));
        open.shipping_fee = "8".into();
        assert_eq!(conflicts(&problem(save(&open).await)), [("shipping_fee".to_owned(), "7.00".to_owned())]);
        let mut open = stored;
        let refused = two_tabs(
            &mut open,
            |one| one.address = PostalAddress { city: "Dallas".into(), ..address("9 New Road") },
            |other| other.address.line2 = "Suite 4".into(),
            save,
        ).await;
        assert_eq!(conflicts(&problem(refused))[0].0, "address_line1");
    }

    async fn the_rules_of_selling_keep_what_each_of_two_tabs_changed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        let (one, other) = (
            |one: &mut SellingPolicyForm| one.hold_hours = "24".into(),
            |other: &mut SellingPolicyForm| other.put_backs = "2".into(),
        );
        let mut open = SellingPolicyForm::from(policy::view_of_sale(services, &shop, sale).await.unwrap());
        two_tabs(&mut open, one, other, async |form: &SellingPolicyForm| policy::save_of_sale(services, &shop, sale, form).await).await.unwrap();
        let stored = policy::view_of_sale(services, &shop, sale).await.unwrap();
        assert_eq!((stored.hold_hours, stored.put_backs), (Some(24), Some(2)));
        let mut open = SellingPolicyForm::from(policy::view(services, &shop).await.unwrap());
        two_tabs(&mut open, one, other, async |form: &SellingPolicyForm| policy::save(services, &shop, form).await).await.unwrap();
        let stored = policy::view(services, &shop).await.unwrap();
        assert_eq!((stored.hold_hours, stored.put_backs), (Some(24), Some(2)));
    }

    async fn words_keep_what_each_of_two_tabs_changed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        let (one, other) = (
            |one: &mut WordsForm| one.claim = "dibs".into(),
            |other: &mut WordsForm| other.cancel = "changed my mind".into(),
        );
        let open = || WordsForm::default().filled();
        two_tabs(&mut open(), one, other, async |form: &WordsForm| words::save_of_sale(services, &shop, sale, form).await.map(|_| ())).await.unwrap();
        two_tabs(&mut open(), one, other, async |form: &WordsForm| words::save(services, &shop, form).await.map(|_| ())).await.unwrap();
        for stored in [words::view_of_sale(services, &shop, sale).await.unwrap(), words::view(services, &shop).await.unwrap()] {
            assert_eq!((stored.claim, stored.cancel), (vec!["dibs".to_owned()], vec!["changed my mind".to_owned()]));
        }
    }

    async fn a_sale_keeps_what_each_of_two_tabs_changed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let sale = world.sale(&shop).await;
        let mut open = sale::form(services, &shop, sale).await.unwrap();
        let save = async |form: &SaleForm| sale::edit(services, &shop, sale, form).await;
        two_tabs(&mut open, |one| one.title = "Saturday gold".into(), |other| other.seller = "Olive".into(), save).await.unwrap();
        let stored = sale::form(services, &shop, sale).await.unwrap();
        assert_eq!((stored.title.as_str(), stored.seller.as_str()), ("Saturday gold", "Olive"));
    }

    async fn a_packaging_keeps_what_each_of_two_tabs_changed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let id = packaging::list(services, &shop).await.unwrap()[0].id;
        let save = async |form: &PackagingForm| packaging::save(services, &shop, id, form).await;
        let mut open = packaging::view(services, &shop, id).await.unwrap().form;
        two_tabs(&mut open, |one| one.weight = "0.7".into(), |other| other.cost = "0.18".into(), save).await.unwrap();
        let stored = packaging::view(services, &shop, id).await.unwrap().form;
        assert_eq!((stored.weight.as_str(), stored.cost.as_str()), ("0.7", "0.18"));
        let mut open = stored;
        let refused = two_tabs(&mut open, |one| one.length = "31".into(), |other| other.height = "7".into(), save).await;
        assert_eq!(conflicts(&problem(refused))[0].0, "length", "a box has the sides of one form");
    }
}

/// Whoever adds a form that is merged adds a test of it above.
#[test]
fn every_form_that_is_merged_is_known_here() {
    let tested = [
        "BusinessForm",
        "CustomerForm",
        "ItemForm",
        "MaterialForm",
        "PackagingForm",
        "SaleForm",
        "SellingPolicyForm",
        "WordsForm",
    ];
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("three_way") {
                    folders.push(path);
                }
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let forms =
                text.lines().filter_map(|line| line.strip_prefix("impl ThreeWay for ")?.strip_suffix(" {"));
            found.extend(forms.map(ToOwned::to_owned));
        }
    }
    found.sort();
    assert_eq!(found, tested);
}
