//! Items that come in, come in again and go again.

use domain::{
    inventory::{ItemForm, VariantForm},
    problem::Code,
    transfer::{Reason, ResultKind, export::ExportKind},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use services::{
    database_tests,
    entities::{import_chunk, item, material, stock_movement, variant},
    inventory,
    sales::hold::hold,
    testing::World,
    transfer::{
        export::{self, Cell, Export},
        steps,
    },
};

use super::support::{ITEMS, check, csv_of, import, items, look, reasons, send, undo, xlsx_of};

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

    async fn long_texts_of_many_variants_are_not_written_all_at_once(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let long = "x".repeat(4_000);
        let mut file = String::from("code,title,price,size,quantity,description,note\n");
        for (code, text) in [("R1", long.as_str()), ("R2", ""), ("R3", "")] {
            for size in 0..300 {
                let text = if size == 0 { text } else { "" };
                file.push_str(&format!("{code},Ring {code},1.50,{size},1,{text},{text}\n"));
            }
        }
        let view = import(&world, &actor, &file).await;
        assert_eq!((view.counts.added, view.counts.problems), (3, 0));

        let bytes = |row: &Vec<Cell>| -> usize {
            row.iter().map(|cell| match cell { Cell::Text(text) | Cell::Number(text) => text.len() }).sum()
        };
        let mut pages = Vec::new();
        let mut pages_of_items = Export::begin(&world.services, &actor, ExportKind::Items).unwrap();
        while let Some(rows) = pages_of_items.page().await.unwrap() {
            let but_the_last: usize = rows.iter().rev().skip(1).map(bytes).sum();
            assert!(but_the_last < 1024 * 1024, "{but_the_last} bytes");
            pages.push(rows.len());
        }
        assert!(pages.iter().all(|rows| *rows <= 500), "{pages:?}");
        assert_eq!(pages.iter().sum::<usize>(), 900, "each row comes once");

        let mut lines = 0;
        let mut pieces = export::csv(&world.services, &actor, ExportKind::Items).unwrap();
        while let Some(piece) = pieces.recv().await {
            let piece = piece.unwrap();
            assert!(piece.len() <= 64 * 1024, "{} bytes", piece.len());
            lines += piece.iter().filter(|byte| **byte == b'\n').count();
        }
        assert_eq!(lines, 901);
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

    async fn a_file_that_names_a_removed_material_brings_it_back(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        import(&world, &actor, ITEMS).await;
        let services = &world.services;
        let materials = async || inventory::material::list(services, &actor).await.unwrap();
        let silver = materials().await.into_iter().find(|row| row.name == "Silver").unwrap().id;
        let is_removed = async || materials().await.iter().any(|row| row.id == silver && row.is_removed);
        inventory::material::remove(services, &actor, silver).await.unwrap();
        import(&world, &actor, "code,title,price\nR1,Sun ring,24.00\n").await;
        assert!(is_removed().await, "what is made of it already says nothing new");
        import(&world, &actor, "code,title,price,material,quantity\nR2,Star ring,20.00,silver,1\n").await;
        assert!(!is_removed().await);
    }

    async fn what_is_left_of_items_is_noted_through_import_and_undo(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let left = async || -> Vec<(String, i64)> {
            let rows = item::Entity::find().all(world.services.database.read()).await.unwrap();
            let mut left: Vec<_> = rows.into_iter().map(|row| (row.code, row.pieces_left)).collect();
            left.sort();
            left
        };
        let expected = |pieces: i64| [("C9", 100), ("R1", pieces), ("T2", 3)].map(|(code, left)| (code.to_owned(), left));
        import(&world, &actor, ITEMS).await;
        assert_eq!(left().await, expected(3));
        let more = "code,title,price,size,quantity\nR1,Moon ring,24.00,6,5\nR1,Moon ring,24.00,8,4\n";
        let id = import(&world, &actor, more).await.id;
        assert_eq!(left().await, expected(10));
        undo(&world, &actor, id).await;
        assert_eq!(left().await, expected(3));
    }
}
