//! What goes wrong: crashes, rows and files that cannot be taken, and people who may not.

use std::collections::BTreeMap;

use domain::{
    problem::Code,
    transfer::{FileProblem, ImportQuery, ImportState, Reason, ResultKind, export::ExportKind},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use services::{
    accounts::Actor,
    database_tests,
    entities::{import, import_chunk, import_key, import_result, item, job},
    jobs, new_id,
    testing::World,
    transfer::{export, stage, steps, view},
};
use tempfile::NamedTempFile;

use super::support::{ITEMS, check, csv_of, import, items, look, reasons, send};

database_tests! {
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

    async fn two_workers_at_one_check_count_every_row_once(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let mut file = String::from("code,title,price\n");
        for number in 0..3_500 {
            file.push_str(&format!("K{},Stone {number},1.50\n", number % 3_000));
        }
        let id = send(&world, &actor, "many.csv", file.as_bytes()).await.unwrap();
        let form = look(&world, &actor, id, ResultKind::Added).await.form;
        steps::check(&world.services, &actor, id, &form).await.unwrap();
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..2 {
            let services = world.services.clone();
            workers.spawn(async move { jobs::worker::run_one(&services).await.unwrap() });
            // The next worker comes when this one is at work, and takes it for dead.
            while job::Entity::find().one(world.services.database.read()).await.unwrap().is_some_and(|job| job.state != "running") {
                tokio::task::yield_now().await;
            }
            world.services.clock.advance(60_000);
        }
        while let Some(worked) = workers.join_next().await {
            worked.unwrap();
        }
        world.services.clock.advance(60_000);
        world.work().await;
        let view = look(&world, &actor, id, ResultKind::Problem).await;
        assert_eq!((view.state, view.done), (ImportState::Checked, 3_501));
        assert_eq!((view.counts.added, view.counts.problems), (3_000, 500));
        let read = world.services.database.read();
        assert_eq!(import_result::Entity::find().count(read).await.unwrap(), 3_500);
        assert_eq!(import_key::Entity::find().count(read).await.unwrap(), 0, "what it met is forgotten");
    }

    async fn a_check_goes_on_where_it_was_cut_off_and_knows_what_it_met(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let mut file = String::from("code,title,price,material\n");
        for number in 0..2_500 {
            // The last 500 stood among the first.
            file.push_str(&format!("K{},Stone {number},1.50,Silver\n", number % 2_000));
        }
        let id = send(&world, &actor, "many.csv", file.as_bytes()).await.unwrap();
        let form = look(&world, &actor, id, ResultKind::Added).await.form;
        steps::check(&world.services, &actor, id, &form).await.unwrap();
        let read = world.services.database.read();
        let done = async || import::Entity::find().one(read).await.unwrap().unwrap().done;
        let worker = tokio::spawn({
            let services = world.services.clone();
            async move { jobs::worker::run_one(&services).await }
        });
        while done().await == 0 {
            tokio::task::yield_now().await;
        }
        worker.abort();
        let _ = worker.await;
        let before = done().await;
        world.services.clock.advance(60_000);
        world.work().await;
        let view = look(&world, &actor, id, ResultKind::Problem).await;
        assert_eq!((view.state, view.done), (ImportState::Checked, 2_501), "cut off at {before}");
        assert_eq!((view.counts.added, view.counts.problems), (2_000, 500));
        assert!(reasons(&view).iter().all(|(.., reason)| matches!(reason, Reason::Twice(_))), "{:?}", reasons(&view));
    }

    async fn every_cell_of_a_csv_stands_in_quotes(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        world.item(&actor, "R1", "Ring;=1+1", "24.00", &[("", "1")]).await;
        let items = csv_of(&world, &actor, ExportKind::Items).await;
        assert!(items.contains(",\"Ring;'=1+1\","), "{items}");
        let mut pieces = services::reports::file::csv(&world.services, &actor, &Default::default()).unwrap();
        let mut report = Vec::new();
        while let Some(piece) = pieces.recv().await {
            report.extend(piece.unwrap());
        }
        let report = String::from_utf8(report).unwrap();
        for line in items.trim_start_matches('\u{FEFF}').lines().chain(report.trim_start_matches('\u{FEFF}').lines()) {
            let inner = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap();
            assert!(inner.split("\",\"").all(|cell| !cell.contains('"')), "{line}");
        }
    }

    async fn two_files_at_once_are_enough_for_a_member(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let actor = world.owner("olive@moonlit.example").await;
        let rival = world.owner("rival@other.example").await;
        let busy = |actor: &Actor| {
            let outcomes = [
                export::csv(services, actor, ExportKind::Items),
                export::xlsx(services, actor, ExportKind::Items),
                export::everything(services, actor),
            ];
            outcomes.into_iter().all(|outcome| outcome.err().is_some_and(|error| error.problem().code == Code::Busy))
        };
        let two = [0, 1].map(|_| services.places.downloads.take_free(actor.member_id).unwrap());
        assert!(busy(&actor));
        assert_eq!(csv_of(&world, &rival, ExportKind::Items).await.lines().count(), 1, "others fetch theirs");
        drop(two);
        assert_eq!(csv_of(&world, &actor, ExportKind::Items).await.lines().count(), 1);

        // Whoever has not let go of a file has its place, also when all of it is written.
        let mut files = [
            export::csv(services, &actor, ExportKind::Items).unwrap(),
            services::reports::file::csv(services, &actor, &Default::default()).unwrap(),
        ];
        for file in &mut files {
            while let Some(piece) = file.recv().await {
                piece.unwrap();
            }
        }
        assert!(busy(&actor));
        drop(files);
        assert_eq!(csv_of(&world, &actor, ExportKind::Items).await.lines().count(), 1);

        // The server as a whole has a limit as well.
        let mut all = Vec::new();
        while let Ok(place) = services.places.downloads.take_free(new_id()) {
            all.push(place);
        }
        assert!(busy(&actor) && busy(&rival));
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
        let place = services.places.files.take(actor.business_id).await.unwrap();
        let refused = stage::stage(services, &actor, "x.csv", file.path().to_owned(), place).await.unwrap_err();
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
