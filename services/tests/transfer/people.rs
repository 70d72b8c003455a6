//! Customers and their past sales.

use domain::{
    customers::{AddressForm, CustomerForm, HandleForm},
    transfer::{Reason, export::ExportKind},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use services::{
    customers, database_tests,
    entities::{customer, past_sale},
    testing::{World, world::address},
};

use super::support::{check, count_of_customers, csv_of, import, reasons, send, undo, xlsx_of};

database_tests! {
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
            ..CustomerForm::default()
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

    async fn an_address_stays_the_same_one_through_import_and_undo(database: TestDatabase) {
        let world = World::new(database);
        let actor = world.owner("olive@moonlit.example").await;
        let place = |line1: &str| AddressForm { address: address(line1), ..Default::default() };
        let ana = CustomerForm {
            name: "Ana".into(), email: "ana@x.example".into(),
            addresses: vec![place("7 Invented Lane"), place("8 Invented Lane")],
            ..Default::default()
        };
        let id = customers::customer::create(&world.services, &actor, &ana).await.unwrap();
        let stored = async || customers::customer::view(&world.services, &actor, id).await.unwrap().form.addresses;
        let before = stored().await;
        let file = "name,email,phone,city,state,zip,address,country\n\
            Ana,ana@x.example,,Austin,TX,78701,8 Invented Lane,United States\n";
        let view = import(&world, &actor, file).await;
        assert_eq!(view.counts.changed, 1);
        assert_eq!(stored().await, [before[1].clone(), before[0].clone()], "parcels go there from now on");
        undo(&world, &actor, view.id).await;
        assert_eq!(stored().await, before);
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
}
