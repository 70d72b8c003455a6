//! What is thrown away by time, and what stays.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;

use domain::{
    accounts::SignInForm,
    inventory::StockQuery,
    lists::Chosen,
    payments::{AttemptState, Gateway},
    problem::Code,
    time::{DAY, HOUR, MINUTE},
    transfer::{ImportQuery, ImportState, ImportView},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set,
};
use services::{
    accounts::{
        Actor,
        session::{self, Visitor},
    },
    database_tests, entities, inventory, invoices, new_id, payments,
    retention::sweep_if_due,
    sales,
    testing::World,
    transfer::{stage, steps, view},
};
use uuid::Uuid;

/// How many rows a table has.
macro_rules! rows {
    ($world:expr, $table:ident) => {
        entities::$table::Entity::find().count($world.services.database.read()).await.unwrap()
    };
}

/// Lets days pass and throws away what is old by then.
async fn days_pass(world: &World, days: i64) {
    world.services.clock.advance(days * DAY);
    assert!(sweep_if_due(&world.services).await.unwrap());
}

async fn send(world: &World, actor: &Actor) -> Uuid {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"code,title,price\nR1,Moon ring,24.00\nT2,Rose tower,18.50\n").unwrap();
    file.flush().unwrap();
    let place = world.services.places.files.take(actor.business_id).await.unwrap();
    stage::stage(&world.services, actor, "items.csv", file.path().to_owned(), place).await.unwrap().unwrap()
}

async fn look(world: &World, actor: &Actor, id: Uuid) -> ImportView {
    view::view(&world.services, actor, id, &ImportQuery::default()).await.unwrap()
}

async fn check(world: &World, actor: &Actor, id: Uuid) {
    let form = look(world, actor, id).await.form;
    steps::check(&world.services, actor, id, &form).await.unwrap();
    world.work().await;
    assert_eq!(look(world, actor, id).await.state, ImportState::Checked);
}

database_tests! {
    async fn one_server_throws_away_for_all_once_an_hour(database: TestDatabase) {
        let world = World::new(database);
        let mut servers = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let services = world.services.clone();
            servers.spawn(async move { sweep_if_due(&services).await.unwrap() });
        }
        let mut swept = 0;
        while let Some(outcome) = servers.join_next().await {
            swept += i32::from(outcome.unwrap());
        }
        assert_eq!(swept, 1);
        world.services.clock.advance(HOUR - 1);
        assert!(!sweep_if_due(&world.services).await.unwrap());
        world.services.clock.advance(1);
        assert!(sweep_if_due(&world.services).await.unwrap());
    }

    async fn what_lets_people_in_goes_when_it_is_over(database: TestDatabase) {
        let world = World::new(database);
        world.owner("olive@moonlit.example").await;
        let wrong = SignInForm { email: "olive@moonlit.example".into(), password: "another password".into() };
        let visitor = Visitor { client: Some("192.0.2.7".parse().unwrap()), ..Visitor::default() };
        for _ in 0..3 {
            assert!(session::sign_in(&world.services, &wrong, &visitor).await.is_err());
        }
        assert_eq!((rows!(world, sign_in_try), rows!(world, session), rows!(world, known_browser)), (4, 1, 1));
        days_pass(&world, 1).await;
        assert_eq!((rows!(world, sign_in_try), rows!(world, session), rows!(world, known_browser)), (0, 1, 1));
        days_pass(&world, 30).await;
        assert_eq!((rows!(world, session), rows!(world, known_browser)), (0, 1));
        days_pass(&world, 150).await;
        assert_eq!(rows!(world, known_browser), 0);
    }

    async fn imports_go_by_time_and_not_with_the_next_one(database: TestDatabase) {
        let world = World::new(database);
        let owner = world.owner("olive@moonlit.example").await;
        let other = world.owner("otto@other.example").await;
        let done = send(&world, &owner).await;
        check(&world, &owner, done).await;
        steps::start(&world.services, &owner, done).await.unwrap();
        world.work().await;
        let left_behind = send(&world, &other).await;
        check(&world, &other, left_behind).await;
        assert_eq!((rows!(world, import), rows!(world, import_result), rows!(world, import_chunk)), (2, 4, 1));

        days_pass(&world, 6).await;
        assert_eq!((rows!(world, import), rows!(world, import_result), rows!(world, import_chunk)), (2, 4, 1));
        days_pass(&world, 2).await;
        assert_eq!((rows!(world, import), rows!(world, import_result), rows!(world, import_chunk)), (1, 2, 0));
        assert_eq!(look(&world, &owner, done).await.state, ImportState::Done);

        days_pass(&world, 90).await;
        assert_eq!((rows!(world, import), rows!(world, import_result)), (1, 0));
        let view = look(&world, &owner, done).await;
        assert_eq!((view.state, view.counts.added), (ImportState::Settled, 2), "it stays on the list");
        let refused = steps::undo(&world.services, &owner, done).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState);
        assert_eq!(rows!(world, item), 2, "what was imported stays");
        let again = look(&world, &owner, send(&world, &owner).await).await;
        assert!(again.remembered, "and so does what its columns hold");
    }

    async fn a_change_of_many_rows_goes_with_what_it_changed(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let all = Chosen { all: "1".into(), ..Default::default() };
        let change = async |word: &str, value: &str| {
            inventory::bulk::change(&world.services, &shop, word, value, &all).await.unwrap().action.unwrap()
        };
        let old = change("price", "10").await;
        days_pass(&world, 60).await;
        let young = change("category", "Rings").await;
        assert_eq!((rows!(world, bulk_action), rows!(world, bulk_change)), (2, 6));
        days_pass(&world, 31).await;
        assert_eq!((rows!(world, bulk_action), rows!(world, bulk_change)), (1, 3));
        let refused = inventory::bulk::undo(&world.services, &shop, old).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::NotFound);
        assert_eq!(inventory::bulk::undo(&world.services, &shop, young).await.unwrap().restored, 3);
        let items = inventory::list::list(&world.services, &shop, &StockQuery::default()).await.unwrap();
        assert_eq!(items.rows.len(), 3);
    }

    async fn money_stays_and_what_came_to_nothing_goes(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let shop = world.shop("olive@moonlit.example").await;
        let sale = world.sale(&shop).await;
        sales::hold::hold(services, &shop, sale, "Ana Ruiz: sold A12 7".into()).await.unwrap();
        world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
        invoices::bill::bill_everyone(services, &shop).await.unwrap();
        let read = services.database.read();
        let invoice = entities::invoice::Entity::find().one(read).await.unwrap().unwrap();
        payments::pay::start(services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
        let paid = entities::attempt::Entity::find().one(read).await.unwrap().unwrap();
        assert_eq!(paid.state, AttemptState::Paid.as_str());
        for state in [AttemptState::Expired, AttemptState::Refused, AttemptState::Mismatch, AttemptState::Pending] {
            let mut other = paid.clone().into_active_model();
            other.id = Set(new_id());
            other.state = Set(state.as_str().into());
            other.reference = Set(None);
            entities::attempt::Entity::insert(other.reset_all()).exec_without_returning(read).await.unwrap();
        }
        let event = entities::webhook_event::ActiveModel {
            id: Set(new_id()),
            business_id: Set(shop.business_id),
            gateway_account_id: Set(paid.gateway_account_id),
            event_id: Set("evt_invented".into()),
            kind: Set("checkout.session.completed".into()),
            received_at: Set(services.now()),
        };
        event.insert(read).await.unwrap();
        let mails = rows!(world, mail);
        assert!(mails > 0);

        days_pass(&world, 59).await;
        assert_eq!((rows!(world, webhook_event), rows!(world, attempt)), (1, 5));
        days_pass(&world, 2).await;
        assert_eq!((rows!(world, webhook_event), rows!(world, attempt)), (0, 5));
        days_pass(&world, 120).await;
        let gone = [AttemptState::Expired, AttemptState::Refused].map(AttemptState::as_str);
        let left = entities::attempt::Entity::find().filter(entities::attempt::Column::State.is_in(gone));
        assert_eq!((rows!(world, attempt), left.count(read).await.unwrap()), (3, 0));
        assert_eq!(rows!(world, mail), mails);
        days_pass(&world, 730).await;
        assert_eq!((rows!(world, mail), rows!(world, ledger), rows!(world, invoice)), (0, 1, 1));
        assert_eq!(rows!(world, attempt), 3);
    }
}
