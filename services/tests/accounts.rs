//! Registration, sessions and the walls between businesses.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use domain::{
    accounts::SignInForm,
    customers::CustomerForm,
    inventory::{ItemForm, StockQuery},
    problem::{Code, FieldCode},
    shipping::Carrier,
    time::{DAY, MINUTE},
};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use services::{
    Result,
    accounts::{register::register, session},
    customers, database_tests, entities, inventory, invoices, payments, sales, shipping,
    testing::{
        World,
        ports::{EASYPOST_KEY, STRIPE_KEY},
        world::registration,
    },
};
use uuid::Uuid;

fn code<T>(result: Result<T>) -> Code {
    result.err().expect("this must fail").problem().code
}

fn sign_in_form(email: &str, password: &str) -> SignInForm {
    SignInForm { email: email.into(), password: password.into() }
}

database_tests! {
    async fn a_member_registers_signs_in_and_out(database: TestDatabase) {
        let world = World::new(database);
        let owner = world.owner("olive@moonlit.example").await;
        assert_eq!(owner.business_name, "Moonlit Silver");

        let right = sign_in_form(" OLIVE@moonlit.example ", "a quiet long password");
        let token = session::sign_in(&world.services, &right).await.unwrap();
        let signed_in = session::authenticate(&world.services, token.as_str()).await.unwrap();
        assert_eq!(signed_in.map(|actor| actor.business_id), Some(owner.business_id));
        session::sign_out(&world.services, token.as_str()).await.unwrap();
        assert_eq!(session::authenticate(&world.services, token.as_str()).await.unwrap(), None);
    }

    async fn an_email_address_registers_once_in_any_case(database: TestDatabase) {
        let world = World::new(database);
        world.owner("olive@moonlit.example").await;
        let again = register(&world.services, &registration("Olive@Moonlit.example")).await;
        let problem = again.err().expect("the address is taken").problem();
        assert_eq!(problem.message_for("email"), Some(FieldCode::Taken.message()));
        let businesses = entities::business::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(businesses.len(), 1, "nothing of the second registration is left");
    }

    async fn only_the_hash_of_a_token_is_stored(database: TestDatabase) {
        let world = World::new(database);
        let token = register(&world.services, &registration("olive@moonlit.example")).await.unwrap();
        let sessions = entities::session::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0].token_hash.len(), 32);
        assert_ne!(sessions[0].token_hash, token.as_str().as_bytes());
        let members = entities::member::Entity::find().all(world.services.database.read()).await.unwrap();
        assert!(members[0].password_hash.starts_with("$argon2id$"));
    }

    async fn a_session_ends_when_it_is_not_used(database: TestDatabase) {
        let world = World::new(database);
        let token = register(&world.services, &registration("olive@moonlit.example")).await.unwrap();
        for _ in 0..3 {
            world.services.clock.advance(20 * DAY);
            let actor = session::authenticate(&world.services, token.as_str()).await.unwrap();
            assert!(actor.is_some(), "each use prolongs it");
        }
        world.services.clock.advance(31 * DAY);
        assert_eq!(session::authenticate(&world.services, token.as_str()).await.unwrap(), None);
        assert_eq!(session::authenticate(&world.services, "made up").await.unwrap(), None);
    }

    async fn guessing_passwords_is_slowed_down(database: TestDatabase) {
        let world = World::new(database);
        world.owner("olive@moonlit.example").await;
        for _ in 0..10 {
            let wrong = sign_in_form("olive@moonlit.example", "another password");
            assert_eq!(code(session::sign_in(&world.services, &wrong).await), Code::WrongCredentials);
        }
        let right = sign_in_form("olive@moonlit.example", "a quiet long password");
        assert_eq!(code(session::sign_in(&world.services, &right).await), Code::TooMany);
        world.services.clock.advance(16 * MINUTE);
        assert!(session::sign_in(&world.services, &right).await.is_ok());
        let nobody = sign_in_form("nobody@moonlit.example", "a quiet long password");
        assert_eq!(code(session::sign_in(&world.services, &nobody).await), Code::WrongCredentials);
    }

    async fn another_business_rows_are_not_found(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let shop = world.shop("olive@moonlit.example").await;
        let other = world.shop("otto@other.example").await;
        let sale = world.sale(&shop).await;
        let held = sales::hold::hold(services, &shop, sale, "Ana Ruiz: sold A12 7\nKim: sold A12".into()).await.unwrap();
        assert_eq!((held.held, held.to_review), (1, 1));
        let customer = world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        let view = sales::sale::view(services, &shop, sale).await.unwrap();
        let (claim, comment) = (view.claims[0].id, view.review[0].id);
        let item = inventory::list::list(services, &shop, &StockQuery::default()).await.unwrap().rows[0].id;
        invoices::bill::bill_everyone(services, &shop).await.unwrap();
        let invoice = entities::invoice::Entity::find().one(services.database.read()).await.unwrap().unwrap();
        payments::pay::start(services, &invoice.token, domain::payments::Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        let shipment = entities::shipment::Entity::find().one(services.database.read()).await.unwrap().unwrap().id;
        let packaging = shipping::packaging::list(services, &shop).await.unwrap()[0].id;

        let ignore = sales::review::Answer::Ignore;
        for outcome in [
            code(inventory::item::view(services, &other, item).await),
            code(inventory::item::archive(services, &other, item, true).await),
            code(sales::sale::view(services, &other, sale).await),
            code(sales::sale::close(services, &other, sale, true).await),
            code(sales::hold::hold(services, &other, sale, "Ana: sold B27".into()).await),
            code(sales::claims::cancel(services, &other, claim).await),
            code(sales::claims::restore(services, &other, claim).await),
            code(sales::review::answer(services, &other, comment, ignore).await),
            code(customers::customer::view(services, &other, customer).await),
            code(customers::customer::save(services, &other, customer, &CustomerForm { name: "X".into(), ..Default::default() }).await),
            code(invoices::invoice::view(services, &other, invoice.id).await),
            code(invoices::mail::mail_again(services, &other, invoice.id).await),
            code(shipping::shipment::view(services, &other, shipment).await),
            code(shipping::quote::ask(services, &other, shipment).await),
            code(shipping::quote::repack(services, &other, shipment, packaging).await),
            code(shipping::packaging::remove(services, &other, packaging).await),
            code(shipping::purchase::order(services, &other, shipment, Uuid::now_v7()).await),
            code(shipping::purchase::document(services, &other, shipment).await),
        ] {
            assert_eq!(outcome, Code::NotFound);
        }
        let changed = ItemForm { code: "A12".into(), title: "Mine now".into(), price: "1".into(), weight: "1".into(),
            variants: vec![domain::inventory::VariantForm { quantity: "1".into(), ..Default::default() }], ..Default::default() };
        assert_eq!(code(inventory::item::save(services, &other, Some(item), &changed).await), Code::NotFound);
        let report = services::reports::report::view(services, &other, &Default::default()).await.unwrap();
        assert_eq!((report.invoices, report.collected.minor), (0, 0));
        assert_eq!(customers::list::list(services, &other, &Default::default()).await.unwrap().rows, []);
    }

    async fn keys_are_stored_sealed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        for (table, key) in [("gateway_accounts", STRIPE_KEY), ("carrier_accounts", EASYPOST_KEY)] {
            let read = world.services.database.read();
            let query = Statement::from_string(read.get_database_backend(), format!("SELECT sealed_key FROM {table}"));
            let row = read.query_one_raw(query).await.unwrap().unwrap();
            let sealed: String = row.try_get("", "sealed_key").unwrap();
            assert!(sealed.starts_with("v1.") && !sealed.contains(key), "{table}");
        }
        let shown = payments::account::list(&world.services, &shop).await.unwrap();
        assert_eq!(shown[0].key_ends_with, "1234");
        let wrong = domain::payments::CredentialsForm { key: "EZTKanotherkey1234567".into() };
        let problem = shipping::account::connect(&world.services, &shop, Carrier::EasyPost, &wrong).await;
        assert!(problem.expect_err("the key is wrong").problem().message_for("key").is_some());
    }
}
