//! Parcels: their packaging, their weight, what keeps them from being posted, and one label from its rates to its print.

use domain::payments::Gateway;
use domain::{
    address::PostalAddress,
    inventory::{ItemForm, VariantForm},
    problem::Code,
    shipping::{MAX_PACKAGINGS, PackagingForm, ShipBlocker, ShipmentState},
    time::MINUTE,
};
use sea_orm::EntityTrait;
use services::{
    accounts::{Actor, viewer},
    database_tests, entities,
    inventory::item,
    invoices::bill::bill_everyone,
    payments::pay,
    reports::report,
    sales::hold::hold,
    shipping::{packaging, purchase, queue, quote},
    testing::World,
    zone::Zone,
};
use uuid::Uuid;

use super::{move_buyer, order, paid, pay_all, view};

database_tests! {
    async fn a_label_is_bought_kept_and_told_of(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        let before = view(&world, &shop, id).await;
        assert_eq!(before.state, ShipmentState::Ready);
        // Two towers of 1.5 oz and a mailer of 0.6 oz.
        assert_eq!(before.parcel.unwrap().weight, 2 * 42_524 + 17_010);
        order(&world, &shop, id).await;
        assert_eq!(view(&world, &shop, id).await.state, ShipmentState::Buying);
        world.work().await;

        let after = view(&world, &shop, id).await;
        let label = after.label.unwrap();
        assert_eq!((after.state, label.tracking_number.as_str(), label.has_document), (ShipmentState::Labelled, "TRACK1", true));
        assert!(purchase::document(&world.services, &shop, id).await.unwrap().starts_with(b"%PDF"));
        let told = world.mailer.sent().pop().unwrap();
        assert!(told.subject.starts_with("On its way") && told.text.contains("TRACK1"), "{told:?}");
        let report = report::view(&world.services, &shop, &Default::default()).await.unwrap().figures;
        assert_eq!((report.shipped, report.postage.minor), (1, 820));
        assert_eq!(queue::list(&world.services, &shop, false, "").await.unwrap().rows.len(), 0);
        assert_eq!(queue::list(&world.services, &shop, true, "").await.unwrap().rows[0].tracking_number, "TRACK1");
    }

    async fn a_label_uses_up_a_box_that_is_counted(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        let mailer = packaging::list(&world.services, &shop).await.unwrap().remove(0);
        assert_eq!(mailer.left(), None, "it is not counted");
        packaging::count(&world.services, &shop, mailer.id, "1").await.unwrap();
        order(&world, &shop, id).await;
        world.work().await;
        let left = packaging::list(&world.services, &shop).await.unwrap()[0].left();
        assert_eq!(left.as_deref(), Some("none left"));

        // The count may be wrong, so a label is bought all the same.
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Ana Ruiz: sold C3".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        let invoices = entities::invoice::Entity::find().all(world.services.database.read()).await.unwrap();
        let open = invoices.iter().find(|invoice| invoice.paid == 0).unwrap();
        pay::start(&world.services, &open.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        let next = queue::list(&world.services, &shop, false, "").await.unwrap().rows[0].id;
        order(&world, &shop, next).await;
        world.work().await;
        assert_eq!(view(&world, &shop, next).await.state, ShipmentState::Labelled);
        assert_eq!(packaging::list(&world.services, &shop).await.unwrap()[0].stock, Some(0), "never below zero");
        packaging::count(&world.services, &shop, mailer.id, "").await.unwrap();
        assert_eq!(packaging::list(&world.services, &shop).await.unwrap()[0].stock, None);
        let stranger = world.owner("nina@other.example").await;
        let refused = packaging::count(&world.services, &stranger, mailer.id, "5").await.unwrap_err();
        assert_eq!(refused.problem().code, Code::NotFound);
        let refused = packaging::count(&world.services, &shop, mailer.id, "-5").await.unwrap_err();
        assert!(refused.problem().message_for("stock").is_some());
    }

    async fn a_packaging_is_changed_and_parcels_in_it_follow(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        let mailer = packaging::list(services, &shop).await.unwrap().remove(0);
        let page = packaging::view(services, &shop, mailer.id).await.unwrap();
        assert_eq!((page.form.weight.as_str(), page.form.length.as_str(), page.waiting), ("0.6", "23", 1));
        quote::ask(services, &shop, id).await.unwrap();

        let form = PackagingForm { name: "Padded mailer".into(), cost: "0.18".into(), stock: "5".into(), ..page.form };
        packaging::save(services, &shop, mailer.id, &form).await.unwrap();
        let saved = packaging::list(services, &shop).await.unwrap().remove(0);
        assert_eq!((saved.name.as_str(), saved.cost.unwrap().minor, saved.stock), ("Padded mailer", 18, Some(5)));
        assert_ne!(view(&world, &shop, id).await.rates, [], "its measures are the same");

        // Somebody used one while the form was open; that stays counted.
        let form = packaging::view(services, &shop, mailer.id).await.unwrap().form;
        packaging::count(services, &shop, mailer.id, "4").await.unwrap();
        let form = PackagingForm { weight: "1".into(), height: "4.5".into(), ..form };
        packaging::save(services, &shop, mailer.id, &form).await.unwrap();
        assert_eq!(packaging::list(services, &shop).await.unwrap()[0].stock, Some(4));
        let after = view(&world, &shop, id).await;
        assert_eq!((after.rates, after.parcel.unwrap().height), (vec![], 45), "another size asks for new rates");

        let refused = packaging::save(services, &shop, mailer.id, &PackagingForm::default()).await.unwrap_err();
        let fields: Vec<String> = refused.problem().fields.into_iter().map(|field| field.field).collect();
        assert_eq!(fields, ["name", "weight", "length", "width", "height"]);
        let stranger = world.owner("nina@other.example").await;
        for outcome in [
            packaging::view(services, &stranger, mailer.id).await.map(drop),
            packaging::save(services, &stranger, mailer.id, &form).await,
            packaging::restore(services, &stranger, mailer.id).await,
        ] {
            assert_eq!(outcome.unwrap_err().problem().code, Code::NotFound);
        }
    }

    async fn a_removed_packaging_is_offered_to_nothing_new(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        let mailer = packaging::list(services, &shop).await.unwrap().remove(0).id;
        let form = packaging::view(services, &shop, mailer).await.unwrap().form;
        let form = PackagingForm { name: "Box".into(), ..form };
        packaging::add(services, &shop, &form).await.unwrap();
        let boxed = packaging::list(services, &shop).await.unwrap()[1].id;
        packaging::remove(services, &shop, mailer).await.unwrap();
        let offered = async |id: Uuid| -> Vec<Uuid> {
            view(&world, &shop, id).await.packagings.iter().map(|packaging| packaging.id).collect()
        };
        assert_eq!(offered(id).await, [boxed, mailer], "the parcel in it keeps it");
        assert_eq!(packaging::removed(services, &shop).await.unwrap()[0].id, mailer);
        assert!(packaging::view(services, &shop, mailer).await.unwrap().is_removed);
        quote::repack(services, &shop, id, mailer).await.unwrap();
        quote::repack(services, &shop, id, boxed).await.unwrap();
        assert_eq!(offered(id).await, [boxed]);
        let refused = quote::repack(services, &shop, id, mailer).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState);
        packaging::restore(services, &shop, mailer).await.unwrap();
        assert_eq!(offered(id).await, [mailer, boxed]);
        assert!(packaging::removed(services, &shop).await.unwrap().is_empty());
    }

    async fn there_is_room_for_a_hundred_packagings(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let shop = world.shop("olive@moonlit.example").await;
        let mailer = packaging::list(services, &shop).await.unwrap().remove(0).id;
        let form = packaging::view(services, &shop, mailer).await.unwrap().form;
        packaging::remove(services, &shop, mailer).await.unwrap();
        for number in 0..MAX_PACKAGINGS {
            let form = PackagingForm { name: format!("Box {number}"), ..form.clone() };
            packaging::add(services, &shop, &form).await.unwrap();
        }
        for refused in [
            packaging::add(services, &shop, &form).await.unwrap_err(),
            packaging::restore(services, &shop, mailer).await.unwrap_err(),
        ] {
            assert!(refused.problem().message_for("name").is_some());
        }
    }

    async fn rates_are_asked_once_until_the_parcel_changes(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        quote::ask(&world.services, &shop, id).await.unwrap();
        quote::ask(&world.services, &shop, id).await.unwrap();
        assert_eq!(world.carrier.quotes(), 1);
        let same = packaging::list(&world.services, &shop).await.unwrap()[0].id;
        quote::repack(&world.services, &shop, id, same).await.unwrap();
        assert_eq!(view(&world, &shop, id).await.rates, []);
        quote::ask(&world.services, &shop, id).await.unwrap();
        world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        assert_eq!(view(&world, &shop, id).await.rates, [], "a changed address asks for new rates");
        quote::ask(&world.services, &shop, id).await.unwrap();
        assert_eq!(world.carrier.quotes(), 3);
    }

    async fn a_parcel_without_an_address_says_so(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        hold(&world.services, &shop, sale, "Kim Lee: sold B27".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        let invoice = entities::invoice::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        let row = queue::list(&world.services, &shop, false, "").await.unwrap().rows.remove(0);
        assert_eq!(row.blocker, Some(ShipBlocker::Address));
        let refused = quote::ask(&world.services, &shop, row.id).await;
        assert_eq!(refused.unwrap_err().problem().code, Code::WrongState);
    }

    async fn the_weight_of_the_pieces_is_a_plain_number_until_somebody_weighs(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        assert_eq!(view(&world, &shop, id).await.contents_weight, "3", "two pieces of 1.5 oz");
        quote::weigh(&world.services, &shop, id, "85.1 g").await.unwrap();
        assert_eq!(view(&world, &shop, id).await.contents_weight, "85.1 g", "as it was typed");
    }

    async fn an_unclear_label_waits_among_the_parcels_and_is_told_by_the_sellers_clock(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        world.carrier.lose_next_answer();
        order(&world, &shop, id).await;
        world.work().await;
        assert_eq!(viewer::waiting(&world.services, &shop).await.unwrap().to_ship, 1);
        let by_clock = async |zone: &str| {
            let shop = Actor { zone: Zone::parse(zone).unwrap(), ..shop.clone() };
            view(&world, &shop, id).await.looking_again.unwrap()
        };
        let (here, there) = (by_clock("UTC").await, by_clock("Asia/Kathmandu").await);
        assert_ne!(here, there);
    }

    async fn a_parcel_of_what_has_no_weight_is_weighed_before_anything_is_asked(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let shop = world.shop("olive@moonlit.example").await;
        let form = ItemForm {
            code: "E5".into(),
            title: "Lucky bag".into(),
            price: "5.00".into(),
            variants: vec![VariantForm::named("", "10")],
            ..Default::default()
        };
        let bag = item::save(services, &shop, None, &form).await.unwrap();
        let sale = world.sale(&shop).await;
        hold(services, &shop, sale, "Ana Ruiz: sold E5 x2\nAna Ruiz: sold B27".into()).await.unwrap();
        world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        bill_everyone(services, &shop).await.unwrap();
        pay_all(&world).await;
        let row = queue::list(services, &shop, false, "").await.unwrap().rows.remove(0);
        assert_eq!(row.blocker, Some(ShipBlocker::Weight));
        let before = view(&world, &shop, row.id).await;
        assert_eq!((before.blocker, before.contents_weight.as_str()), (Some(ShipBlocker::Weight), ""));
        assert_eq!(before.items_weight, None, "the bag has none");
        let refused = quote::ask(services, &shop, row.id).await.unwrap_err();
        assert_eq!((refused.problem().code, world.carrier.quotes()), (Code::WrongState, 0));

        for typed in ["", "0", "heavy"] {
            let refused = quote::weigh(services, &shop, row.id, typed).await.unwrap_err();
            assert!(refused.problem().message_for("weight").is_some(), "{typed}");
        }
        quote::weigh(services, &shop, row.id, "4 oz").await.unwrap();
        let weighed = view(&world, &shop, row.id).await;
        assert_eq!((weighed.blocker, weighed.contents_weight.as_str()), (None, "4"));
        assert_eq!(weighed.parcel.unwrap().weight, 113_398 + 17_010);
        quote::ask(services, &shop, row.id).await.unwrap();
        quote::weigh(services, &shop, row.id, "4").await.unwrap();
        assert_ne!(view(&world, &shop, row.id).await.rates, [], "it weighs the same");
        quote::weigh(services, &shop, row.id, "5").await.unwrap();
        assert_eq!(view(&world, &shop, row.id).await.rates, []);

        // What is mended on the item can be taken over.
        let form = ItemForm { weight: "2".into(), ..item::view(services, &shop, bag).await.unwrap().form };
        item::save(services, &shop, Some(bag), &form).await.unwrap();
        let offered = view(&world, &shop, row.id).await.items_weight.unwrap();
        quote::weigh(services, &shop, row.id, &offered).await.unwrap();
        let mended = view(&world, &shop, row.id).await;
        assert_eq!((mended.contents_weight.as_str(), mended.items_weight), ("5.5", None), "two bags and a tower");
        order(&world, &shop, row.id).await;
        world.work().await;
        let refused = quote::weigh(services, &shop, row.id, "1").await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState, "it has its label");
        let stranger = world.owner("nina@other.example").await;
        let refused = quote::weigh(services, &stranger, row.id, "1").await.unwrap_err();
        assert_eq!(refused.problem().code, Code::NotFound);
    }

    async fn a_parcel_abroad_is_not_rated_without_customs(database: TestDatabase) {
        let world = World::new(database);
        let (shop, id) = paid(&world).await;
        let paris = PostalAddress {
            line1: "1 rue Inventée".into(),
            line2: String::new(),
            city: "Paris".into(),
            region: String::new(),
            postal_code: "75001".into(),
            country: "FR".into(),
        };
        move_buyer(&world, &shop, paris).await;
        assert_eq!(view(&world, &shop, id).await.blocker, Some(ShipBlocker::Customs));
        let refused = quote::ask(&world.services, &shop, id).await.unwrap_err();
        assert_eq!((refused.problem().code, world.carrier.quotes()), (Code::WrongState, 0));
    }
}
