//! Moving in with a file and out with one, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeMap, io::Write};

use domain::{
    customers::{AddressForm, CustomerForm, HandleForm},
    inventory::{ItemForm, VariantForm},
    problem::Code,
    transfer::{FileProblem, ImportQuery, ImportState, ImportView, Reason, ResultKind, export::ExportKind},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use services::{
    accounts::Actor,
    customers, database_tests,
    entities::{customer, import, import_chunk, item, material, past_sale, stock_movement, variant},
    inventory, jobs,
    sales::hold::hold,
    testing::{World, world::address},
    transfer::{export, stage, steps, view},
};
use tempfile::NamedTempFile;
use uuid::Uuid;

const ITEMS: &str = "\
code,title,price,size,quantity,weight,material,tags
R1,Moon ring,24.00,6,2,3.2 g,Silver,rings
R1,Moon ring,24.00,7,1,3.2 g,Silver,rings
T2,Rose tower,18.50,,3,2 oz,Quartz,
C9,Amber candle,9,,100,,,\n";

/// Sends a file and gives its import, or why it was refused.
async fn send(world: &World, actor: &Actor, name: &str, bytes: &[u8]) -> Result<Uuid, FileProblem> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file.flush().unwrap();
    stage::stage(&world.services, actor, name, file.path().to_owned()).await.unwrap()
}

async fn look(world: &World, actor: &Actor, id: Uuid, kind: ResultKind) -> ImportView {
    let query = ImportQuery { kind: kind.as_str().into(), ..ImportQuery::default() };
    view::view(&world.services, actor, id, &query).await.unwrap()
}

/// Checks a file with the columns as they were guessed, changed by `fields`: column and word.
async fn check(world: &World, actor: &Actor, id: Uuid, fields: &[(usize, &str)]) -> ImportView {
    let mut form = look(world, actor, id, ResultKind::Added).await.form;
    for (column, word) in fields {
        form.fields[*column] = (*word).to_owned();
    }
    steps::check(&world.services, actor, id, &form).await.unwrap();
    world.work().await;
    let view = look(world, actor, id, ResultKind::Problem).await;
    assert_eq!(view.state, ImportState::Checked);
    view
}

/// Sends, checks and imports a file.
async fn import(world: &World, actor: &Actor, bytes: &str) -> ImportView {
    let id = send(world, actor, "file.csv", bytes.as_bytes()).await.unwrap();
    check(world, actor, id, &[]).await;
    world.services.clock.advance(1_000);
    steps::start(&world.services, actor, id).await.unwrap();
    world.work().await;
    world.services.clock.advance(1_000);
    let view = look(world, actor, id, ResultKind::Problem).await;
    assert_eq!(view.state, ImportState::Done);
    view
}

async fn undo(world: &World, actor: &Actor, id: Uuid) -> ImportView {
    steps::undo(&world.services, actor, id).await.unwrap();
    world.work().await;
    let view = look(world, actor, id, ResultKind::Added).await;
    assert_eq!(view.state, ImportState::Undone);
    view
}

/// A kind of rows as it is downloaded.
async fn csv_of(world: &World, actor: &Actor, kind: ExportKind) -> String {
    let mut pieces = export::csv(&world.services, actor, kind).unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.recv().await {
        bytes.extend(piece.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

async fn xlsx_of(world: &World, actor: &Actor, kind: ExportKind) -> Vec<u8> {
    let mut pieces = export::xlsx(&world.services, actor, kind).unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.recv().await {
        bytes.extend(piece.unwrap());
    }
    bytes
}

/// Every item with its variants in short, by code.
async fn items(world: &World, actor: &Actor) -> BTreeMap<String, String> {
    let read = world.services.database.read();
    let rows =
        item::Entity::find().filter(item::Column::BusinessId.eq(actor.business_id)).all(read).await.unwrap();
    let mut items = BTreeMap::new();
    for row in rows {
        let view = inventory::item::view(&world.services, actor, row.id).await.unwrap();
        let variants: Vec<String> = view
            .form
            .variants
            .iter()
            .map(|one| format!("{}×{} {}", one.values.join("/"), one.quantity, one.price))
            .collect();
        let form = &view.form;
        items.insert(
            row.code,
            format!(
                "{} {} {} {} [{}] {}",
                form.title,
                form.price,
                form.weight,
                form.material,
                form.tags,
                variants.join("; ")
            ),
        );
    }
    items
}

async fn count_of_customers(world: &World, actor: &Actor) -> u64 {
    let of_business = customer::Entity::find().filter(customer::Column::BusinessId.eq(actor.business_id));
    of_business.count(world.services.database.read()).await.unwrap()
}

fn reasons(view: &ImportView) -> Vec<(i64, String, Reason)> {
    view.results.rows.iter().map(|row| (row.line, row.column.clone(), row.reason.clone().unwrap())).collect()
}

database_tests! {
    async fn items_come_in_with_their_variants_and_go_again(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let id = send(&world, &actor, "shop.csv", ITEMS.as_bytes()).await.unwrap();
        let view = check(&world, &actor, id, &[]).await;
        assert_eq!((view.counts.added, view.counts.problems, view.rows), (3, 0, 4));
        assert!(items(&world, &actor).await.is_empty(), "a check changes nothing");

        steps::start(&world.services, &actor, id).await.unwrap();
        world.work().await;
        let there = items(&world, &actor).await;
        assert_eq!(there["R1"], "Moon ring 24.00 0.11288 Silver [rings] 6×2 ; 7×1 ");
        assert_eq!(there["T2"], "Rose tower 18.50 2 Quartz [] ×3 ");
        world.stock_is_sound().await;
        let chunks = import_chunk::Entity::find().count(world.services.database.read()).await.unwrap();
        assert_eq!(chunks, 0, "the file is not kept any longer than it is needed");
        let causes: Vec<String> = stock_movement::Entity::find()
            .all(world.services.database.read()).await.unwrap().into_iter().map(|row| row.cause).collect();
        assert_eq!(causes, ["import"; 4]);

        world.services.clock.advance(1_000);
        let view = undo(&world, &actor, id).await;
        assert_eq!(view.counts.kept, 0);
        let read = world.services.database.read();
        assert_eq!(item::Entity::find().count(read).await.unwrap(), 0);
        assert_eq!(variant::Entity::find().count(read).await.unwrap(), 0);
        assert_eq!(stock_movement::Entity::find().count(read).await.unwrap(), 0);
        assert_eq!(material::Entity::find().count(read).await.unwrap(), 0, "materials that it made go as well");
    }

    async fn the_same_file_again_changes_nothing_and_another_only_what_it_says(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        import(&world, &actor, ITEMS).await;
        let before = items(&world, &actor).await;
        let id = send(&world, &actor, "again.csv", ITEMS.as_bytes()).await.unwrap();
        let view = check(&world, &actor, id, &[]).await;
        assert_eq!((view.counts.same, view.counts.to_do()), (3, 0));
        assert!(view.remembered, "the columns are known again");
        let nothing = steps::start(&world.services, &actor, id).await.unwrap_err();
        assert_eq!(nothing.problem().code, Code::WrongState);

        let prices = "code,price,size,quantity\nR1,26,6,5\nT2,,,\nZ1,5,,1\n";
        let id = send(&world, &actor, "prices.csv", prices.as_bytes()).await.unwrap();
        let form = look(&world, &actor, id, ResultKind::Added).await.form;
        assert_eq!(steps::check(&world.services, &actor, id, &form).await.unwrap_err().problem().fields[0].field, "subject");
        let prices = "code,title,price,size,quantity\nR1,,26,6,5\nT2,,,,\nZ1,,5,,1\n";
        let view = import(&world, &actor, prices).await;
        assert_eq!((view.counts.changed, view.counts.same, view.counts.problems), (1, 1, 1));
        assert_eq!(reasons(&view), [(4, "title".into(), Reason::Field(domain::problem::FieldCode::Missing))]);
        let after = items(&world, &actor).await;
        assert_eq!(after["R1"], "Moon ring 26.00 0.11288 Silver [rings] 6×5 ; 7×1 ");
        assert_eq!(after["T2"], before["T2"], "an empty cell changes nothing");
        world.stock_is_sound().await;

        undo(&world, &actor, view.id).await;
        assert_eq!(items(&world, &actor).await, before);
        world.stock_is_sound().await;
    }

    async fn what_something_later_speaks_of_stays_and_is_named(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let imported = import(&world, &actor, ITEMS).await;
        let sale = world.sale(&actor).await;
        hold(&world.services, &actor, sale, "Ana Ruiz: sold T2".into()).await.unwrap();
        let read = world.services.database.read();
        let candle = item::Entity::find().filter(item::Column::Code.eq("C9")).one(read).await.unwrap().unwrap();
        let mut form = inventory::item::view(&world.services, &actor, candle.id).await.unwrap().form;
        form.title = "Amber candle, large".into();
        inventory::item::save(&world.services, &actor, Some(candle.id), &form).await.unwrap();

        let view = undo(&world, &actor, imported.id).await;
        assert_eq!(view.counts.kept, 2);
        let kept: Vec<(&str, Option<Reason>)> =
            view.kept.iter().map(|row| (row.label.as_str(), row.reason.clone())).collect();
        assert_eq!(kept, [
            ("T2 Rose tower", Some(Reason::MovedSince)),
            ("C9 Amber candle", Some(Reason::ChangedSince)),
        ]);
        let left: Vec<String> = items(&world, &actor).await.into_keys().collect();
        assert_eq!(left, ["C9", "T2"]);
        world.stock_is_sound().await;
    }

    async fn a_crash_between_two_batches_takes_no_row_twice(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let mut file = String::from("code,title,price,quantity\n");
        for number in 0..2_500 {
            file.push_str(&format!("K{number},Stone {number},1.50,{}\n", number % 3));
        }
        let id = send(&world, &actor, "many.csv", file.as_bytes()).await.unwrap();
        check(&world, &actor, id, &[]).await;
        steps::start(&world.services, &actor, id).await.unwrap();
        // A worker is cut off again and again, wherever it happens to be.
        for wait in [1, 30, 60, 90, 120, 150] {
            let cut_off = tokio::time::timeout(
                std::time::Duration::from_millis(wait),
                jobs::worker::run_one(&world.services),
            );
            let _ = cut_off.await;
            world.services.clock.advance(60_000);
        }
        world.work().await;
        let view = look(&world, &actor, id, ResultKind::Added).await;
        assert_eq!((view.state, view.counts.added, view.counts.problems), (ImportState::Done, 2_500, 0));
        let read = world.services.database.read();
        assert_eq!(item::Entity::find().count(read).await.unwrap(), 2_500);
        world.stock_is_sound().await;

        steps::undo(&world.services, &actor, id).await.unwrap();
        for wait in [5, 40, 80] {
            let cut_off = tokio::time::timeout(
                std::time::Duration::from_millis(wait),
                jobs::worker::run_one(&world.services),
            );
            let _ = cut_off.await;
            world.services.clock.advance(60_000);
        }
        world.work().await;
        let view = look(&world, &actor, id, ResultKind::Added).await;
        assert_eq!((view.state, view.counts.kept, view.done), (ImportState::Undone, 0, 2_500));
        assert_eq!(item::Entity::find().count(read).await.unwrap(), 0);
    }

    async fn our_own_export_of_items_comes_back_without_loss(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.shop("olive@moonlit.example").await;
        let silver = domain::inventory::MaterialForm {
            name: "Silver".into(), unit: "g".into(), rate: "0.85".into(), ..Default::default()
        };
        inventory::material::save(&world.services, &actor, None, &silver).await.unwrap();
        let full = ItemForm {
            code: "=CMD".replace('=', "#"),
            title: "=HYPERLINK(\"x\")".into(),
            description: "-5 of them,\n\"quoted\"; and 'more".into(),
            category: "Rings".into(),
            tags: "a;b, new".into(),
            pricing: "by-weight".into(),
            cost: "3.10".into(),
            net_weight: "3.217 g".into(),
            weight: "0.000036".into(),
            material: "Silver".into(),
            tax_class: "reduced".into(),
            origin: "MX".into(),
            hs_code: "711311".into(),
            handling_days: "3".into(),
            note: "+1 for luck".into(),
            low_stock: "2".into(),
            aliases: "moon|ring".into(),
            options: vec!["Size".into(), "Metal".into()],
            variants: vec![
                VariantForm {
                    values: vec!["7".into(), "@gold".into()],
                    code: "R-7G".into(),
                    price: "99.00".into(),
                    weight: "4.5 g".into(),
                    barcode: "4006381333931".into(),
                    quantity: "4".into(),
                    ..Default::default()
                },
                VariantForm { values: vec!["8".into(), "silver".into()], quantity: "0".into(), ..Default::default() },
            ],
            ..Default::default()
        };
        inventory::item::save(&world.services, &actor, None, &full).await.unwrap();
        let archived = world.item(&actor, "OLD", "Old thing", "1.00", &[("", "1")]).await;
        inventory::item::archive(&world.services, &actor, archived, true).await.unwrap();

        let csv = csv_of(&world, &actor, ExportKind::Items).await;
        for cell in csv.split(['\n', ',']) {
            let text = cell.trim_matches('"');
            assert!(!text.starts_with(['=', '+', '-', '@']), "{cell}");
        }
        // Into the same business nothing would change, as CSV and as a workbook.
        for (name, bytes) in [("items.csv", csv.clone().into_bytes()), ("items.xlsx", xlsx_of(&world, &actor, ExportKind::Items).await)] {
            let id = send(&world, &actor, name, &bytes).await.unwrap();
            let view = check(&world, &actor, id, &[]).await;
            assert_eq!(view.source, "SellTrac");
            assert_eq!((view.counts.same, view.counts.to_do(), view.counts.problems), (5, 0, 0), "{name}: {:?}", view.results.rows);
        }
        // Into an empty one everything is there again.
        let other = world.owner("wanda@elsewhere.example").await;
        inventory::material::save(&world.services, &other, None, &silver).await.unwrap();
        import(&world, &other, &csv).await;
        assert_eq!(items(&world, &other).await, items(&world, &actor).await);
        assert_eq!(csv_of(&world, &other, ExportKind::Items).await, csv);
        world.stock_is_sound().await;
    }

    async fn our_own_export_of_customers_comes_back_without_loss(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let place = |label: &str, line1: &str| AddressForm {
            label: label.into(), address: address(line1), ..Default::default()
        };
        let handle = |platform: &str, handle: &str| HandleForm {
            platform: platform.into(), handle: handle.into(), ..Default::default()
        };
        let ana = CustomerForm {
            name: "=Ana; Ruiz".into(),
            email: "ana@buyers.example".into(),
            phone: "+1 512 555 0100".into(),
            language: "es".into(),
            note: "-likes blue\nsecond line".into(),
            tags: "VIP, a;b".into(),
            tax_exempt: true,
            tax_id: "X-1".into(),
            handles: vec![handle("facebook", "Ana; Ruiz"), handle("instagram", "ana_r")],
            addresses: vec![place("Home", "7 Invented Lane"), place("Work", "8 Invented Lane")],
            default_address: "1".into(),
        };
        let id = customers::customer::create(&world.services, &actor, &ana).await.unwrap();
        customers::block::block(&world.services, &actor, id).await.unwrap();
        let kim = CustomerForm { name: "Kim".into(), ..Default::default() };
        customers::customer::create(&world.services, &actor, &kim).await.unwrap();

        let csv = csv_of(&world, &actor, ExportKind::Customers).await;
        for (name, bytes) in [("c.csv", csv.clone().into_bytes()), ("c.xlsx", xlsx_of(&world, &actor, ExportKind::Customers).await)] {
            let import = send(&world, &actor, name, &bytes).await.unwrap();
            let view = check(&world, &actor, import, &[]).await;
            assert_eq!((view.counts.same, view.counts.to_do(), view.counts.problems), (2, 0, 0), "{name}: {:?}", view.results.rows);
        }
        let other = world.owner("wanda@elsewhere.example").await;
        let imported = import(&world, &other, &csv).await;
        assert_eq!(imported.counts.added, 2);
        let without_ids = |csv: String| csv.lines().map(|line| line.split_once(',').unwrap().1.to_owned()).collect::<Vec<_>>();
        assert_eq!(without_ids(csv_of(&world, &other, ExportKind::Customers).await), without_ids(csv));
        undo(&world, &other, imported.id).await;
        assert_eq!(count_of_customers(&world, &other).await, 0);
    }

    async fn customers_are_known_again_and_never_guessed(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        for (name, email, facebook) in [("Ana", "ana@x.example", "Ana R"), ("Bea", "", "Bea B"), ("Cy", "", ""), ("Cy", "", "")] {
            let form = CustomerForm {
                name: name.into(), email: email.into(),
                handles: vec![HandleForm { platform: "facebook".into(), handle: facebook.into(), ..Default::default() }],
                ..Default::default()
            };
            customers::customer::create(&world.services, &actor, &form).await.unwrap();
        }
        let file = "name,email,facebook,phone,city,state,zip,address,country\n\
            Ana Ruiz,ANA@x.example,,+1 512 555 0100,Austin,TX,78701,7 Invented Lane,United States\n\
            Bea,bea@x.example,@bea b,,,,,,\n\
            Cy,,,,,,,,\n\
            Who,ana@x.example,Bea B,,,,,,\n\
            Dee,dee@x.example,,555,,,,,\n\
            Eve,eve@x.example,,,,,,,\n\
            Eve,eve@X.example,,,,,,,\n";
        let view = import(&world, &actor, file).await;
        assert_eq!((view.counts.added, view.counts.changed, view.counts.problems), (1, 2, 4));
        let why: Vec<Reason> = reasons(&view).into_iter().map(|(_, _, reason)| reason).collect();
        assert!(why.contains(&Reason::SeveralMeant), "two are called Cy");
        assert!(why.contains(&Reason::Twice(3)), "{why:?}");
        assert!(why.contains(&Reason::Twice(7)), "{why:?}");
        let bea = customer::Entity::find().filter(customer::Column::Name.eq("Bea")).one(world.services.database.read()).await.unwrap().unwrap();
        assert_eq!(bea.email_folded, "bea@x.example");
        let ana = customers::customer::view(&world.services, &actor, customer::Entity::find().filter(customer::Column::Name.eq("Ana Ruiz")).one(world.services.database.read()).await.unwrap().unwrap().id).await.unwrap();
        assert_eq!((ana.phone_e164.as_str(), ana.form.addresses.len(), ana.form.handles.len()), ("+15125550100", 1, 1));

        undo(&world, &actor, view.id).await;
        let mut names: Vec<String> = customer::Entity::find().all(world.services.database.read()).await.unwrap().into_iter().map(|row| format!("{} {}", row.name, row.email)).collect();
        names.sort();
        assert_eq!(names, ["Ana ana@x.example", "Bea ", "Cy ", "Cy "]);
    }

    async fn past_sales_are_a_record_of_their_customer(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.shop("olive@moonlit.example").await;
        let file = "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Created at,Billing Name\n\
            #1001,ana@x.example,paid,USD,42.50,5.99,0.00,48.49,0.00,1,Moon ring,24.00,A12,2025-11-01 10:15:00 -0500,Ana Ruiz\n\
            #1001,ana@x.example,,,,,,,,2,Candle,9.25,C3,2025-11-01 10:15:00 -0500,\n\
            #1002,ana@x.example,paid,EUR,9.00,0.00,0.00,9.00,0.00,1,Candle,9.00,C3,2025-11-02 10:15:00 -0500,Ana Ruiz\n\
            #1003,,paid,USD,9.00,0.00,0.00,1.250,0.00,1,Candle,9.00,C3,2025-11-02 10:15:00 -0500,Kim\n";
        let before = count_of_customers(&world, &actor).await;
        let view = import(&world, &actor, file).await;
        assert_eq!((view.source.as_str(), view.counts.added, view.counts.problems), ("Shopify", 2, 1));
        assert_eq!(reasons(&view), [(5, "Total".into(), Reason::TwoWays)]);
        let read = world.services.database.read();
        let ana = customer::Entity::find().filter(customer::Column::Email.eq("ana@x.example")).one(read).await.unwrap().unwrap();
        let shown = customers::customer::view(&world.services, &actor, ana.id).await.unwrap().past_sales;
        let told: Vec<String> = shown.iter().map(|sale| format!("{} {} {} {}", sale.reference, sale.date, sale.summary, sale.total)).collect();
        assert_eq!(told, ["#1002 2 Nov 2025 Candle €9.00", "#1001 1 Nov 2025 Moon ring and 1 more $48.49"]);

        let csv = csv_of(&world, &actor, ExportKind::Sales).await;
        let id = send(&world, &actor, "own.csv", csv.as_bytes()).await.unwrap();
        let again = check(&world, &actor, id, &[]).await;
        assert_eq!((again.source.as_str(), again.counts.same, again.counts.to_do()), ("SellTrac", 2, 0), "{:?}", again.results.rows);

        undo(&world, &actor, view.id).await;
        assert_eq!(past_sale::Entity::find().count(read).await.unwrap(), 0);
        assert_eq!(count_of_customers(&world, &actor).await, before, "who was made for them goes as well");
        world.stock_is_sound().await;
    }

    async fn rows_that_cannot_be_taken_say_why(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.shop("olive@moonlit.example").await;
        let long = "x".repeat(1_000);
        let file = format!(
            "code,title,price,size,quantity,weight,variant_code\n\
            D1,Two ways,1.250,,1,,\n\
            D2,Euro,€5,,1,,\n\
            d1x,First,5,,1,,\n\
            Ｄ１Ｘ,Wide,5,,1,,\n\
            D4,{long},5,,1,,\n\
            D5,Ragged,5,,1,,,more\n\
            D6,Weight,5,,1,\"1,250 g\",\n\
            D7,Pieces,5,,1.5,,\n\
            D8,Twins,5,7,1,,\n\
            D8,Twins,5,7,1,,\n\
            A12,,24,,5,,\n\
            D 9,Space,5,,1,,\n\
            D10,Taken,5,,1,,A12\n\
            D11,\u{202E}\u{200B},5,,1,,\n\
            D12,=cmd(),5,,1,,\n"
        );
        let id = send(&world, &actor, "bad.csv", file.as_bytes()).await.unwrap();
        let view = check(&world, &actor, id, &[]).await;
        use domain::problem::FieldCode::*;
        let why: BTreeMap<i64, (String, Reason)> =
            reasons(&view).into_iter().map(|(line, column, reason)| (line, (column, reason))).collect();
        for (line, column, reason) in [
            (2, "price", Reason::TwoWays),
            (3, "price", Reason::AnotherCurrency),
            (5, "", Reason::Twice(4)),
            (6, "title", Reason::Field(TooLong(200))),
            (7, "", Reason::TooManyCells),
            (8, "weight", Reason::TwoWays),
            (9, "quantity", Reason::Field(NotANumber)),
            (11, "", Reason::SameVariant),
            (12, "", Reason::SeveralMeant),
            (13, "code", Reason::Field(BadCharacter)),
            (14, "variant_code", Reason::Field(Taken)),
            (15, "title", Reason::Field(Missing)),
        ] {
            assert_eq!(why.get(&line), Some(&(column.to_owned(), reason)), "line {line}");
        }
        assert_eq!((view.counts.added, why.len()), (1, 12), "{why:?}");
        steps::start(&world.services, &actor, id).await.unwrap();
        world.work().await;
        assert!(items(&world, &actor).await["D12"].starts_with("=cmd()"), "text stays text");
    }

    async fn files_without_codes_get_the_next_ones(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        world.item(&actor, "A7", "Known", "1.00", &[("", "1")]).await;
        let file = "code,title,price\n,Opal,5\nA9,Jade,6\n,Onyx,7\n,Known,9\n";
        let view = import(&world, &actor, file).await;
        assert_eq!((view.counts.added, view.counts.changed), (3, 1));
        let there: Vec<String> = items(&world, &actor).await.into_iter().map(|(code, told)| format!("{code} {}", told.split(' ').next().unwrap())).collect();
        assert_eq!(there, ["A10 Onyx", "A7 Known", "A8 Opal", "A9 Jade"]);
    }

    async fn another_business_sees_and_touches_nothing(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.shop("olive@moonlit.example").await;
        let stranger = world.owner("wanda@elsewhere.example").await;
        let view = import(&world, &actor, ITEMS).await;
        let query = ImportQuery::default();
        let services = &world.services;
        let not_found = [
            view::view(services, &stranger, view.id, &query).await.map(|_| ()).unwrap_err(),
            steps::undo(services, &stranger, view.id).await.unwrap_err(),
            steps::start(services, &stranger, view.id).await.unwrap_err(),
            steps::discard(services, &stranger, view.id).await.unwrap_err(),
            steps::map_again(services, &stranger, view.id).await.unwrap_err(),
            steps::go_on(services, &stranger, view.id).await.unwrap_err(),
            steps::check(services, &stranger, view.id, &view.form).await.unwrap_err(),
        ];
        for error in not_found {
            assert_eq!(error.problem().code, Code::NotFound);
        }
        assert!(view::list(services, &stranger).await.unwrap().is_empty());
        for kind in ExportKind::ALL {
            let csv = csv_of(&world, &stranger, *kind).await;
            assert_eq!(csv.lines().count(), 1, "{kind:?} has its heading alone");
        }
        // The same codes in another business are other items.
        let own = import(&world, &stranger, ITEMS).await;
        assert_eq!((own.counts.added, own.counts.changed), (3, 0));
    }

    async fn a_packer_neither_imports_nor_exports(database: TestDatabase) {
        let world = World::new(database);
        let mut actor = world.shop("olive@moonlit.example").await;
        actor.role = domain::accounts::Role::Packer;
        let services = &world.services;
        let file = NamedTempFile::new().unwrap();
        let refused = stage::stage(services, &actor, "x.csv", file.path().to_owned()).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::NotAllowed);
        assert!(export::csv(services, &actor, ExportKind::Items).is_err());
        actor.role = domain::accounts::Role::Manager;
        assert!(export::xlsx(services, &actor, ExportKind::Items).is_ok());
        assert!(export::everything(services, &actor).is_err(), "everything is the owner's");
    }

    async fn files_that_are_no_tables_leave_nothing_behind(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let endless = format!("code,title\nA1,\"{}", "x,\n".repeat(300_000));
        let wide = format!("{}\n1", ",".repeat(300).replace(',', "a,"));
        let many = format!("a\n{}", "1\n".repeat(250_001));
        for (bytes, problem) in [
            (&b""[..], FileProblem::Empty),
            (b"\n \n\n", FileProblem::Empty),
            (b"code,title,price\n", FileProblem::NoRows),
            (b"%PDF-1.7\n\x00\x01\x02\x03", FileProblem::NotATable),
            (&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1], FileProblem::OldWorkbook),
            (b"PK\x03\x04 nothing of the kind", FileProblem::BrokenWorkbook),
            (endless.as_bytes(), FileProblem::RowTooLong),
            (wide.as_bytes(), FileProblem::TooManyColumns),
            (many.as_bytes(), FileProblem::TooManyRows),
        ] {
            assert_eq!(send(&world, &actor, "bad", bytes).await, Err(problem));
        }
        let read = world.services.database.read();
        assert_eq!(import::Entity::find().count(read).await.unwrap(), 0);
        assert_eq!(import_chunk::Entity::find().count(read).await.unwrap(), 0);
    }
}
