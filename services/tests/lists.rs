//! Long lists: continued by key in every order, filtered, kept as views, and changed many rows at once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::HashSet;

use domain::{
    customers::CustomerQuery,
    inventory::{ItemForm, StockQuery, VariantForm},
    invoices::BillQuery,
    lists::{Chosen, ListName},
    problem::{Code, FieldCode},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    Error,
    accounts::Actor,
    customers, database_tests, entities,
    inventory::{self, bulk, list, pictures::Prepared},
    lists::views,
    sales::hold::hold,
    testing::World,
};
use uuid::Uuid;

/// Items in several stretches, with titles and prices that are alike and a code of several scripts among them.
async fn many(world: &World, actor: &Actor, count: usize) {
    for index in 0..count {
        let title = ["moon ring", "Star studs", "Éclair bangle"][index % 3];
        let price = ["24.00", "9.00"][index % 2];
        let pieces = (index % 4 + 1).to_string();
        world.item(actor, &format!("T{index:03}"), title, price, &[("", &pieces)]).await;
    }
}

fn sorted(sort: &str) -> StockQuery {
    StockQuery { sort: sort.into(), ..Default::default() }
}

/// The codes of a whole list, forwards stretch by stretch.
async fn forwards(world: &World, actor: &Actor, query: &StockQuery) -> Vec<String> {
    let mut query = query.from_start();
    let mut codes = Vec::new();
    loop {
        let stretch = list::list(&world.services, actor, &query).await.unwrap();
        assert_eq!(
            stretch.previous.is_some(),
            !query.after.is_empty(),
            "the first stretch has nothing before it"
        );
        codes.extend(stretch.rows.into_iter().map(|row| row.code));
        match stretch.next {
            Some(next) => query.after = next,
            None => return codes,
        }
    }
}

/// The codes of a whole list, backwards from its last stretch.
async fn backwards(world: &World, actor: &Actor, query: &StockQuery) -> Vec<String> {
    let mut query = query.from_start();
    while let Some(next) = list::list(&world.services, actor, &query).await.unwrap().next {
        query.after = next;
    }
    let mut codes: Vec<String> = Vec::new();
    loop {
        let stretch = list::list(&world.services, actor, &query).await.unwrap();
        // A stretch that reaches the beginning is filled up with rows that were seen.
        let new = stretch.rows.iter().filter(|row| !codes.contains(&row.code)).map(|row| row.code.clone());
        codes = new.chain(codes.iter().cloned()).collect();
        match stretch.previous {
            Some(previous) => query = StockQuery { before: previous, after: String::new(), ..query },
            None => return codes,
        }
    }
}

async fn found(world: &World, actor: &Actor, query: StockQuery) -> Vec<String> {
    forwards(world, actor, &query).await
}

fn chosen(ids: &[Uuid]) -> Chosen {
    Chosen { ids: ids.iter().map(Uuid::to_string).collect(), ..Default::default() }
}

fn all(query: &str) -> Chosen {
    Chosen { all: "1".into(), query: query.into(), ..Default::default() }
}

fn code<T>(result: Result<T, Error>) -> Code {
    result.err().unwrap().problem().code
}

async fn prices(world: &World, actor: &Actor) -> Vec<String> {
    let rows = list::list(&world.services, actor, &StockQuery::default()).await.unwrap().rows;
    rows.into_iter().map(|row| row.price.to_string()).collect()
}

database_tests! {
    async fn every_order_is_walked_both_ways_without_gaps_and_doubles(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let rival = world.owner("rival@other.example").await;
        many(&world, &shop, 60).await;
        many(&world, &rival, 3).await;
        for sort in ["", "-code", "title", "-title", "newest", "-newest", "left", "-left", "price", "-price"] {
            let there = forwards(&world, &shop, &sorted(sort)).await;
            let distinct: HashSet<&String> = there.iter().collect();
            assert_eq!((there.len(), distinct.len()), (60, 60), "{sort}");
            assert_eq!(backwards(&world, &shop, &sorted(sort)).await, there, "{sort} backwards");
            let opposite = match sort.strip_prefix('-') { Some(word) => word.to_owned(), None if sort.is_empty() => "-code".into(), None => format!("-{sort}") };
            let mut reversed = forwards(&world, &shop, &sorted(&opposite)).await;
            reversed.reverse();
            assert_eq!(reversed, there, "{sort} and its opposite");
        }
        assert_eq!(forwards(&world, &shop, &sorted("")).await[..3], ["T000", "T001", "T002"]);
        assert_eq!(forwards(&world, &shop, &sorted("newest")).await[0], "T059");
    }

    async fn a_search_of_a_million_words_asks_for_ten(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        many(&world, &shop, 3).await;
        let endless = "t ".repeat(1_000_000);
        let of_items = StockQuery { search: endless.clone(), category: endless.clone(), tag: String::new(), ..Default::default() };
        assert!(list::list(&world.services, &shop, &of_items).await.unwrap().rows.is_empty());
        let of_items = StockQuery { search: endless.clone(), ..Default::default() };
        assert_eq!(list::list(&world.services, &shop, &of_items).await.unwrap().rows.len(), 3);
        let of_customers = CustomerQuery { search: endless.clone(), tag: endless.clone(), ..Default::default() };
        assert!(services::customers::list::list(&world.services, &shop, &of_customers).await.unwrap().rows.is_empty());
        let of_invoices = BillQuery { search: endless.clone(), ..Default::default() };
        assert!(services::invoices::list::view(&world.services, &shop, &of_invoices).await.unwrap().invoices.rows.is_empty());

        // A change of all that match goes no further than the search does.
        let eleven_words = "t+".repeat(11);
        for query in [format!("q={endless}"), format!("q={}", "x".repeat(990)), format!("q={eleven_words}")] {
            let refused = bulk::change(&world.services, &shop, "archive", "", &all(&query)).await;
            assert_eq!(refused.unwrap_err().problem().code, Code::TooLarge);
        }
        assert_eq!(list::list(&world.services, &shop, &StockQuery::default()).await.unwrap().rows.len(), 3);
    }

    async fn rows_that_come_meanwhile_make_no_gaps_and_no_doubles(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        many(&world, &shop, 60).await;
        for (number, sort) in ["", "title", "price"].into_iter().enumerate() {
            let first = list::list(&world.services, &shop, &sorted(sort)).await.unwrap();
            let (early, late) = (format!("A{number}"), format!("Z{number}"));
            world.item(&shop, &early, "aaa", "0.50", &[("", "1")]).await;
            world.item(&shop, &late, "zzz", "999", &[("", "1")]).await;
            let mut seen: Vec<String> = first.rows.into_iter().map(|row| row.code).collect();
            let mut query = StockQuery { after: first.next.unwrap(), ..sorted(sort) };
            loop {
                let stretch = list::list(&world.services, &shop, &query).await.unwrap();
                seen.extend(stretch.rows.into_iter().map(|row| row.code));
                let Some(next) = stretch.next else { break };
                query.after = next;
            }
            let distinct: HashSet<&String> = seen.iter().collect();
            assert_eq!(distinct.len(), seen.len(), "{sort}: no doubles");
            assert!(seen.contains(&late) && !seen.contains(&early), "{sort}: what comes behind is seen, what comes before is not");
            assert_eq!(seen.iter().filter(|code| code.starts_with('T')).count(), 60, "{sort}: no gaps");
        }
        let nonsense = StockQuery { after: "nonsense".into(), before: "'; --".into(), ..Default::default() };
        assert_eq!(list::list(&world.services, &shop, &nonsense).await.unwrap().rows.len(), 25, "what is no key is passed over");
    }

    async fn codes_that_begin_with_the_word_come_first(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        for index in 0..30 {
            world.item(&shop, &format!("B{index:02}"), "Ring for a12 lovers", "1", &[("", "1")]).await;
        }
        for code in ["A129", "A12", "A121"] {
            world.item(&shop, code, "Moon", "1", &[("", "1")]).await;
        }
        let query = StockQuery { search: "ａ12".into(), ..Default::default() };
        let codes = found(&world, &shop, query.clone()).await;
        assert_eq!(codes[..4], ["A12", "A121", "A129", "B00"]);
        assert_eq!(codes.len(), 33);
        assert_eq!(backwards(&world, &shop, &query).await, codes);
        for search in ["%", "_", "\\", "a1%", "moon b"] {
            let query = StockQuery { search: search.into(), ..Default::default() };
            assert_eq!(found(&world, &shop, query).await, Vec::<String>::new(), "{search} is no pattern");
        }
        let two_words = StockQuery { search: "lovers b2".into(), ..Default::default() };
        assert_eq!(found(&world, &shop, two_words).await.len(), 10);
    }

    async fn filters_find_what_they_say(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let save = async |code: &str, category: &str, tags: &str, material: &str, low: &str, pieces: &str| {
            let form = ItemForm {
                code: code.into(), title: "Thing".into(), price: "10".into(), weight: "1".into(),
                category: category.into(), tags: tags.into(), material: material.into(), low_stock: low.into(),
                variants: vec![VariantForm { quantity: pieces.into(), ..Default::default() }],
                ..Default::default()
            };
            inventory::item::save(&world.services, &shop, None, &form).await.unwrap()
        };
        let ring = save("R1", "Rings", "new, silver", "Silver", "2", "2").await;
        let tower = save("T1", "Towers", "new", "Quartz", "2", "3").await;
        let prepared = Prepared { files: [vec![1], vec![2], vec![3]], width: 1, height: 1 };
        inventory::pictures::add(&world.services, &shop, ring, prepared).await.unwrap();
        let usual = StockQuery::default;
        assert_eq!(found(&world, &shop, StockQuery { category: "rings".into(), ..usual() }).await, ["R1"]);
        assert_eq!(found(&world, &shop, StockQuery { tag: "NEW".into(), ..usual() }).await, ["R1", "T1"]);
        assert_eq!(found(&world, &shop, StockQuery { tag: "silver".into(), ..usual() }).await, ["R1"]);
        assert_eq!(found(&world, &shop, StockQuery { material: "quartz".into(), ..usual() }).await, ["T1"]);
        assert_eq!(found(&world, &shop, StockQuery { low: true, ..usual() }).await, ["R1"]);
        assert_eq!(found(&world, &shop, StockQuery { without_picture: true, ..usual() }).await, ["T1"]);
        inventory::item::archive(&world.services, &shop, tower, true).await.unwrap();
        assert_eq!(found(&world, &shop, usual()).await, ["R1"]);
        assert_eq!(found(&world, &shop, StockQuery { archived: true, ..usual() }).await, ["T1"]);
        let choices = list::choices(&world.services, &shop).await.unwrap();
        assert_eq!(choices.categories, ["Rings", "Towers"]);
        assert_eq!(choices.tags, ["new", "silver"]);
        let rows = list::list(&world.services, &shop, &usual()).await.unwrap().rows;
        assert!(rows[0].is_low && rows[0].picture.is_some());
    }

    async fn customers_are_filtered_and_walked_as_well(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        let paste: Vec<String> = (0..60).map(|index| format!("Buyer {index:02}: sold C3")).collect();
        hold(&world.services, &shop, sale, paste.join("\n")).await.unwrap();
        let introduced = world.introduce(&shop, "Buyer 07", "seven@buyers.example").await;
        customers::block::block(&world.services, &shop, introduced).await.unwrap();
        let names = async |query: CustomerQuery| {
            let mut query = query;
            let mut names = Vec::new();
            loop {
                let stretch = customers::list::list(&world.services, &shop, &query).await.unwrap();
                names.extend(stretch.rows.into_iter().map(|row| row.name));
                match stretch.next { Some(next) => query.after = next, None => return names }
            }
        };
        let usual = CustomerQuery::default;
        let by_name = names(CustomerQuery { sort: "name".into(), ..usual() }).await;
        assert_eq!((by_name.len(), by_name[0].as_str(), by_name[59].as_str()), (60, "Buyer 00", "Buyer 59"));
        let mut backwards = names(CustomerQuery { sort: "-name".into(), ..usual() }).await;
        backwards.reverse();
        assert_eq!(backwards, by_name);
        let distinct: HashSet<String> = names(usual()).await.into_iter().collect();
        assert_eq!(distinct.len(), 60);
        assert_eq!(names(CustomerQuery { blocked: true, ..usual() }).await, ["Buyer 07"]);
        assert_eq!(names(CustomerQuery { without_address: true, ..usual() }).await.len(), 59);
        assert_eq!(names(CustomerQuery { owing: true, ..usual() }).await, Vec::<String>::new());
        services::invoices::bill::bill_everyone(&world.services, &shop).await.unwrap();
        assert_eq!(names(CustomerQuery { owing: true, ..usual() }).await.len(), 60);
        let words = customers::bulk::change(&world.services, &shop, "add-tag", "Regulars", &all("q=buyer 33")).await.unwrap().words;
        assert_eq!(words, "Tag added to 1 customer.");
        assert_eq!(names(CustomerQuery { tag: "regulars".into(), ..usual() }).await, ["Buyer 33"]);
        assert_eq!(customers::list::tags(&world.services, &shop).await.unwrap(), ["Regulars"]);
    }

    async fn blocking_many_is_undone_and_serves_who_waited(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold B27 x3\nKim Lee: sold B27\nMary Jo: hello".into()).await.unwrap();
        let blocked = customers::bulk::change(&world.services, &shop, "block", "", &all("")).await.unwrap();
        assert_eq!(blocked.words, "2 customers blocked.");
        let again = customers::bulk::change(&world.services, &shop, "block", "", &all("")).await.unwrap();
        assert_eq!((again.action, again.words.as_str()), (None, "Nothing had to be changed."));
        let undone = customers::bulk::undo(&world.services, &shop, blocked.action.unwrap()).await.unwrap();
        assert_eq!((undone.restored, undone.left), (2, 0));
        let query = CustomerQuery { blocked: true, ..Default::default() };
        assert_eq!(customers::list::list(&world.services, &shop, &query).await.unwrap().rows, []);
        world.stock_is_sound().await;
    }

    async fn many_items_are_changed_at_once_and_it_is_undone(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        many(&world, &shop, 60).await;
        let services = &world.services;
        let count = async |query: StockQuery| found(&world, &shop, query).await.len();
        let usual = StockQuery::default;

        let done = bulk::change(services, &shop, "category", "Rings", &all("q=moon")).await.unwrap();
        assert_eq!(done.words, "Category of 20 items set.");
        assert_eq!(count(StockQuery { category: "rings".into(), ..usual() }).await, 20);
        assert_eq!(count(StockQuery { search: "rings".into(), ..usual() }).await, 20, "they are found by it");
        let undone = bulk::undo(services, &shop, done.action.unwrap()).await.unwrap();
        assert_eq!((undone.restored, undone.left), (20, 0));
        assert_eq!(count(StockQuery { search: "rings".into(), ..usual() }).await, 0);
        let twice = bulk::undo(services, &shop, done.action.unwrap()).await.unwrap_err();
        assert_eq!(twice.problem().code, Code::WrongState);

        let tagged = bulk::change(services, &shop, "add-tag", "New", &all("")).await.unwrap();
        assert_eq!(count(StockQuery { tag: "new".into(), ..usual() }).await, 60);
        bulk::change(services, &shop, "remove-tag", "new", &all("q=t00")).await.unwrap();
        assert_eq!(count(StockQuery { tag: "new".into(), ..usual() }).await, 50);
        let undone = bulk::undo(services, &shop, tagged.action.unwrap()).await.unwrap();
        assert_eq!((undone.restored, undone.left), (50, 10), "those that were changed since stay");
        assert_eq!(undone.words(), "50 are as before. 10 were changed since and stay as they are.");

        let ids: Vec<Uuid> = list::list(services, &shop, &usual()).await.unwrap().rows.iter().map(|row| row.id).collect();
        let archived = bulk::change(services, &shop, "archive", "", &chosen(&ids[..3])).await.unwrap();
        assert_eq!(archived.words, "3 items archived.");
        assert_eq!(count(usual()).await, 57);
        assert_eq!(bulk::done(services, &shop, archived.action.unwrap()).await.unwrap(), archived);
        bulk::change(services, &shop, "put-back", "", &chosen(&ids[..1])).await.unwrap();
        let undone = bulk::undo(services, &shop, archived.action.unwrap()).await.unwrap();
        assert_eq!((undone.restored, undone.left), (2, 1));
        assert_eq!(count(usual()).await, 60);
    }

    async fn prices_change_by_per_cent_half_up_and_by_weight_stay(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let services = &world.services;
        let form = ItemForm {
            code: "A1".into(), title: "Ring".into(), price: "10.05".into(), sale_price: "9.99".into(), weight: "1".into(),
            options: vec!["Size".into()],
            variants: vec![
                VariantForm { values: vec!["6".into()], quantity: "1".into(), ..Default::default() },
                VariantForm { values: vec!["7".into()], quantity: "1".into(), price: "12.50".into(), ..Default::default() },
            ],
            ..Default::default()
        };
        let ring = inventory::item::save(services, &shop, None, &form).await.unwrap();
        world.item(&shop, "B1", "Cheap", "0.01", &[("", "1")]).await;
        let done = bulk::change(services, &shop, "price", "+10", &all("")).await.unwrap();
        assert_eq!(done.words, "Prices of 1 item changed.", "ten per cent of a cent are nothing");
        let view = inventory::item::view(services, &shop, ring).await.unwrap();
        assert_eq!((view.form.price.as_str(), view.form.sale_price.as_str()), ("11.06", "10.99"), "10.05 + 10 % is 11.055");
        assert_eq!(view.form.variants[1].price, "13.75");
        bulk::undo(services, &shop, done.action.unwrap()).await.unwrap();
        let view = inventory::item::view(services, &shop, ring).await.unwrap();
        assert_eq!((view.form.price.as_str(), view.form.sale_price.as_str(), view.form.variants[1].price.as_str()), ("10.05", "9.99", "12.50"));
        let free = bulk::change(services, &shop, "price", "-100", &all("")).await.unwrap();
        assert_eq!(free.words, "Prices of 1 item changed.", "a sale price that would not be below the price any more stays, and its item with it");
        assert_eq!(prices(&world, &shop).await, ["$9.99", "$0.00"]);
    }

    async fn a_change_of_many_rows_that_is_sent_twice_is_made_once(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let key = list::show(services, &shop, &StockQuery::default()).await.unwrap().key;
        let every = Chosen { key: key.to_string(), ..all("") };
        let before = prices(&world, &shop).await;
        let done = bulk::change(services, &shop, "price", "10", &every).await.unwrap();
        let after = prices(&world, &shop).await;
        assert_eq!(bulk::change(services, &shop, "price", "10", &every).await.unwrap(), done);
        assert_eq!(prices(&world, &shop).await, after);
        assert_ne!(before, after);
        assert_eq!(code(bulk::change(services, &shop, "price", "20", &every).await), Code::WrongState);
        bulk::undo(services, &shop, done.action.unwrap()).await.unwrap();
        assert_eq!(code(bulk::change(services, &shop, "price", "10", &every).await), Code::WrongState);
        assert_eq!(prices(&world, &shop).await, before);
        let tagged = Chosen { key: Uuid::from_u128(7).to_string(), ..all("") };
        let sale = world.sale(&shop).await;
        hold(services, &shop, sale, "Ana Ruiz: sold B27".into()).await.unwrap();
        let done = customers::bulk::change(services, &shop, "add-tag", "VIP", &tagged).await.unwrap();
        assert_eq!(customers::bulk::change(services, &shop, "add-tag", "VIP", &tagged).await.unwrap(), done);
    }

    async fn what_was_done_to_some_rows_is_not_said_of_others(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        let shown = list::show(services, &shop, &StockQuery::default()).await.unwrap();
        let ids: Vec<Uuid> = shown.items.rows.iter().map(|row| row.id).collect();
        let with_key = |chosen: Chosen| Chosen { key: shown.key.to_string(), ..chosen };
        let first = with_key(chosen(&ids[..2]));
        let done = bulk::change(services, &shop, "archive", "", &first).await.unwrap();
        let backwards = with_key(chosen(&[ids[1], ids[0], ids[1]]));
        assert_eq!(bulk::change(services, &shop, "archive", "", &backwards).await.unwrap(), done, "the same rows");
        for others in [chosen(&ids[2..]), chosen(&ids), chosen(&ids[..1]), all("")] {
            assert_eq!(code(bulk::change(services, &shop, "archive", "", &with_key(others)).await), Code::WrongState);
        }
        let left = list::list(services, &shop, &StockQuery::default()).await.unwrap().rows;
        assert_eq!(left.iter().map(|row| row.id).collect::<Vec<_>>(), ids[2..]);
    }

    async fn a_bulk_edit_that_makes_no_sense_changes_nothing(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let rival = world.owner("rival@other.example").await;
        let item = world.item(&shop, "A12", "Moon ring", "24", &[("", "1")]).await;
        let services = &world.services;
        for (kind, value, what, field, code) in [
            ("explode", "", chosen(&[item]), "kind", FieldCode::NotAChoice),
            ("archive", "", chosen(&[]), "ids", FieldCode::Missing),
            ("archive", "", Chosen { ids: vec!["nonsense".into()], ..Default::default() }, "ids", FieldCode::Missing),
            ("add-tag", " ", chosen(&[item]), "value", FieldCode::Missing),
            ("add-tag", "a,b", chosen(&[item]), "value", FieldCode::BadCharacter),
            ("price", "cheap", chosen(&[item]), "value", FieldCode::NotAPercentage),
            ("category", &"x".repeat(61), chosen(&[item]), "value", FieldCode::TooLong(60)),
        ] {
            let problem = bulk::change(services, &shop, kind, value, &what).await.unwrap_err().problem();
            assert_eq!((problem.fields[0].field.as_str(), &problem.fields[0].code), (field, &code), "{kind}");
        }
        let nothing = bulk::change(services, &rival, "archive", "", &chosen(&[item])).await.unwrap();
        assert_eq!(nothing.action, None, "an item of another business is no item");
        assert_eq!(found(&world, &shop, StockQuery::default()).await, ["A12"]);
        let done = bulk::change(services, &shop, "archive", "", &chosen(&[item])).await.unwrap();
        let refused = bulk::undo(services, &rival, done.action.unwrap()).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::NotFound);
        let wrong_list = customers::bulk::undo(services, &shop, done.action.unwrap()).await.unwrap_err();
        assert_eq!(wrong_list.problem().code, Code::NotFound);
        let actions = entities::bulk_action::Entity::find().filter(entities::bulk_action::Column::BusinessId.eq(rival.business_id));
        assert!(actions.all(services.database.read()).await.unwrap().is_empty(), "nothing is kept of what did nothing");
    }

    async fn views_are_kept_per_business_and_removed_with_a_way_back(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.owner("olive@moonlit.example").await;
        let rival = world.owner("rival@other.example").await;
        let services = &world.services;
        let names = async |actor: &Actor| -> Vec<String> {
            let list = list::show(services, actor, &StockQuery::default()).await.unwrap();
            list.views.into_iter().map(|view| view.name).collect()
        };
        let low = views::save(services, &shop, ListName::Items, " Runs  low ", "low=1").await.unwrap();
        views::save(services, &shop, ListName::Customers, "Regulars", "tag=Regulars").await.unwrap();
        views::save(services, &shop, ListName::Items, "Rings", "category=Rings").await.unwrap();
        assert_eq!(names(&shop).await, ["Runs low", "Rings"]);
        assert_eq!(names(&rival).await, Vec::<String>::new());
        for (name, query, code) in [
            ("", "low=1", Code::Invalid), ("RUNS LOW", "low=1", Code::Invalid), ("Long", &"q".repeat(1_001), Code::TooLarge),
        ] {
            let error = views::save(services, &shop, ListName::Items, name, query).await.unwrap_err();
            assert_eq!(error.problem().code, code, "{name}");
        }
        assert_eq!(views::remove(services, &rival, low, true).await.unwrap_err().problem().code, Code::NotFound);
        views::remove(services, &shop, low, true).await.unwrap();
        assert_eq!(names(&shop).await, ["Rings"]);
        views::remove(services, &shop, low, false).await.unwrap();
        assert_eq!(names(&shop).await, ["Runs low", "Rings"], "it is back in its place");
    }

    async fn what_has_accents_is_found_without_them(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let services = &world.services;
        world.item(&shop, "D4", "Đá thạch anh", "3.00", &[("", "1")]).await;
        let sale = world.sale(&shop).await;
        let paste = "Nguyễn Thị Lan Hương: sold C3\nNguyen Thi Lan Huong: sold C3\nJosé Muñoz: sold B27";
        hold(services, &shop, sale, paste.into()).await.unwrap();
        services::invoices::bill::bill_everyone(services, &shop).await.unwrap();
        let customers = async |search: &str| {
            let query = CustomerQuery { search: search.into(), ..Default::default() };
            customers::list::list(services, &shop, &query).await.unwrap().rows.len()
        };
        let invoices = async |search: &str| {
            let query = domain::invoices::BillQuery { search: search.into(), ..Default::default() };
            services::invoices::list::view(services, &shop, &query).await.unwrap().invoices.rows.len()
        };
        for _ in 0..2 {
            for typed in ["nguyen", "Nguyễn", "thi lan huong"] {
                assert_eq!(customers(typed).await, 2, "{typed}: two people of one spelling");
                assert_eq!(invoices(typed).await, 2, "{typed}");
            }
            assert_eq!(customers("munoz").await, 1);
            for typed in ["da thach", "Đá"] {
                let query = StockQuery { search: typed.into(), ..Default::default() };
                assert_eq!(found(&world, &shop, query).await, ["D4"], "{typed}");
            }
            // Texts that were stored before have their accents still.
            old_search_texts(&world).await;
            migrations::m20261130_000024_selling::refresh(services.database.read()).await.unwrap();
        }
        for text in ["nguyễn", "łódź", "straße", "ทอง", "が", "søren æ"] {
            let bare = migrations::m20261130_000024_selling::without_accents(&domain::text::fold(text));
            assert_eq!(bare, domain::text::search_fold(text), "{text}");
        }
    }
}

/// Makes the texts that things are found by those of before they had no accents.
async fn old_search_texts(world: &World) {
    use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
    use services::entities::{customer, invoice, item};

    let read = world.services.database.read();
    for row in customer::Entity::find().all(read).await.unwrap() {
        let search = domain::text::fold(&row.name);
        let mut row = row.into_active_model();
        row.search = Set(search);
        row.update(read).await.unwrap();
    }
    for row in item::Entity::find().all(read).await.unwrap() {
        let search = domain::text::fold(&format!("{} {}", row.code, row.title));
        let mut row = row.into_active_model();
        row.search = Set(search);
        row.update(read).await.unwrap();
    }
    for row in invoice::Entity::find().all(read).await.unwrap() {
        let customer = customer::Entity::find_by_id(row.customer_id).one(read).await.unwrap().unwrap();
        let mut row = row.into_active_model();
        row.search = Set(customer.search);
        row.update(read).await.unwrap();
    }
}
