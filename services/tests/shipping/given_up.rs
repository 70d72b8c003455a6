//! A label of which nobody can tell any more whether it was bought.

use domain::{
    accounts::Role,
    problem::{Code, FieldCode},
    reports::DismissForm,
    shipping::{GiveUpForm, LabelProblem, ShipmentState},
    time::{DAY, HOUR},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, prelude::Expr};
use services::{
    accounts::Actor,
    database_tests, entities,
    jobs::{Lane, stuck},
    ports::PortError,
    reports::{report, today},
    shipping::{given_up::give_up, purchase},
    testing::{
        World,
        workers::{asleep, worker},
    },
};
use uuid::Uuid;

use super::{look_for_long, order, paid, unsure, view};

fn because(note: &str) -> GiveUpForm {
    GiveUpForm { note: note.into() }
}

/// A parcel whose label was bought, which the carrier has not told for more than a day, because the account is closed.
async fn asked_in_vain(world: &World) -> (Actor, Uuid) {
    let asked = unsure(world, PortError::Unauthorised("401".into())).await;
    look_for_long(world).await;
    asked
}

/// The states of a business' labels, the oldest first.
async fn states(world: &World, shop: &Actor) -> Vec<String> {
    let labels = entities::label::Entity::find()
        .filter(entities::label::Column::BusinessId.eq(shop.business_id))
        .order_by_asc(entities::label::Column::Id)
        .all(world.services.database.read())
        .await
        .unwrap();
    labels.into_iter().map(|label| label.state).collect()
}

database_tests! {
    async fn an_owner_says_that_a_label_was_not_bought_and_it_turns_up_late(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = asked_in_vain(&world).await;
        assert_eq!(today::view(services, &shop).await.unwrap().stuck_count, 1);
        let missing = give_up(services, &shop, id, &because(" ")).await.unwrap_err().problem();
        assert_eq!((missing.fields[0].field.as_str(), missing.fields[0].code.clone()), ("note", FieldCode::Missing));
        give_up(services, &shop, id, &because("The account is closed")).await.unwrap();
        let given_up = view(&world, &shop, id).await;
        assert_eq!((given_up.state, given_up.problem), (ShipmentState::Failed, Some(LabelProblem::GivenUp)));
        let stray = &given_up.strays[0];
        let said = stray.given_up.as_ref().unwrap();
        assert_eq!((said.by.as_str(), said.note.as_str(), stray.is_bought), (shop.member_name.as_str(), "The account is closed", false));
        assert_eq!(today::view(services, &shop).await.unwrap().stuck_count, 0);

        // With another account the parcel gets another label.
        order(&world, &shop, id).await;
        world.work().await;
        let labelled = view(&world, &shop, id).await;
        assert_eq!((labelled.state, world.carrier.purchases()), (ShipmentState::Labelled, 2));
        assert_eq!(labelled.label.unwrap().tracking_number, "TRACK2");
        let before = report::view(services, &shop, &Default::default()).await.unwrap().figures;

        // The old account answers again, days later.
        world.later(2 * DAY).await;
        world.carrier.fail_looks(None);
        world.later(2 * DAY).await;
        let found = view(&world, &shop, id).await;
        assert_eq!((found.state, found.label.unwrap().tracking_number.as_str()), (ShipmentState::Labelled, "TRACK2"));
        let stray = &found.strays[0];
        assert_eq!((stray.is_bought, stray.tracking_number.as_str(), stray.price.minor), (true, "TRACK1", 820));
        assert_eq!(states(&world, &shop).await, ["stray", "bought"]);
        let after = report::view(services, &shop, &Default::default()).await.unwrap().figures;
        assert_eq!((after.shipped, after.postage), (before.shipped, before.postage));

        // Today says so until somebody has seen to it.
        let row = today::view(services, &shop).await.unwrap().stuck.remove(0);
        assert_eq!((row.what.as_str(), row.path, row.can_retry), ("A label was bought after all", format!("/ship/{id}"), false));
        assert_eq!(row.about, "INV-0001 · Ana Ruiz");
        assert_eq!(stuck::one(services, &shop, row.id).await.unwrap().what, row.what);
        stuck::dismiss(services, &shop, row.id, &DismissForm { note: "Refunded".into() }).await.unwrap();
        let view = stuck::view(services, &shop, "").await.unwrap();
        assert_eq!((view.count, view.dismissed[0].what.as_str()), (0, "A label was bought after all"));
        stuck::put_back(services, &shop, row.id).await.unwrap();
        assert_eq!(stuck::view(services, &shop, "").await.unwrap().count, 1);
        world.later(60 * DAY).await;
        assert_eq!(world.carrier.purchases(), 2);
    }

    async fn what_is_still_looked_for_is_given_up_by_nobody(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = paid(&world).await;
        let refused = give_up(services, &shop, id, &because("why not")).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState, "nothing was asked for");
        world.carrier.lose_next_answer();
        order(&world, &shop, id).await;
        world.carrier.fail_looks(PortError::Unauthorised("401".into()));
        world.work().await;
        world.later(HOUR).await;
        let early = view(&world, &shop, id).await;
        assert!(early.looking_again.is_some() && !early.is_asked_in_vain && !early.may_give_up);
        let refused = give_up(services, &shop, id, &because("I am in a hurry")).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState);
        look_for_long(&world).await;
        assert!(view(&world, &shop, id).await.may_give_up);
        purchase::look_again(services, &shop, id).await.unwrap();
        let refused = give_up(services, &shop, id, &because("The account is closed")).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState, "somebody has just asked for a look");
        world.carrier.fail_looks(None);
        world.work().await;
        let refused = give_up(services, &shop, id, &because("The account is closed")).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState, "it is bought");
        assert_eq!(states(&world, &shop).await, ["bought"]);
    }

    async fn a_label_of_an_account_whose_key_cannot_be_opened_can_be_given_up(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = unsure(&world, PortError::Unavailable("503".into())).await;
        // As after a restore with another master key.
        entities::carrier_account::Entity::update_many()
            .col_expr(entities::carrier_account::Column::SealedKey, Expr::value("spoiled"))
            .exec(services.database.read())
            .await
            .unwrap();
        look_for_long(&world).await;
        assert!(view(&world, &shop, id).await.may_give_up);
        purchase::look_again(services, &shop, id).await.unwrap();
        world.later(2 * HOUR).await;
        give_up(services, &shop, id, &because("The carrier says so")).await.unwrap();
    }

    async fn a_look_that_never_comes_about_is_not_waited_for(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = asked_in_vain(&world).await;
        purchase::look_again(services, &shop, id).await.unwrap();
        // Its workers died again and again.
        entities::job::Entity::update_many()
            .col_expr(entities::job::Column::State, Expr::value("stuck"))
            .filter(entities::job::Column::Kind.eq("buy-label"))
            .exec(services.database.read())
            .await
            .unwrap();
        assert!(!view(&world, &shop, id).await.may_give_up, "it was asked for just now");
        world.later(HOUR).await;
        let overdue = view(&world, &shop, id).await;
        assert!(overdue.may_give_up && overdue.looking_again.is_none());
        give_up(services, &shop, id, &because("The carrier says so")).await.unwrap();
    }

    async fn only_an_owner_gives_a_label_up(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = asked_in_vain(&world).await;
        let manager = Actor { role: Role::Manager, ..shop.clone() };
        let seen = view(&world, &manager, id).await;
        assert!(seen.is_asked_in_vain && !seen.may_give_up);
        let refused = give_up(services, &manager, id, &because("The account is closed")).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::NotAllowed);
        let other = world.owner("pia@sunlit.example").await;
        let refused = give_up(services, &other, id, &because("The account is closed")).await.unwrap_err();
        assert_eq!(refused.problem().code, Code::WrongState, "another business has no such label");
        assert_eq!(states(&world, &shop).await, ["unsure"]);
    }

    async fn a_look_under_way_finds_what_was_given_up_meanwhile(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = asked_in_vain(&world).await;
        // Tried again from Today; the answer is on its way when the owner decides.
        world.carrier.fail_looks(None);
        let mut held = world.carrier.hold_next_look();
        stuck::retry_all(services, &shop).await.unwrap();
        let looking = worker(services, Lane::Labels, asleep());
        held.arrived().await;
        give_up(services, &shop, id, &because("The account is closed")).await.unwrap();
        held.release();
        assert!(looking.await.unwrap());
        let found = view(&world, &shop, id).await;
        assert_eq!((found.state, found.strays[0].is_bought), (ShipmentState::Failed, true));
        assert_eq!(today::view(services, &shop).await.unwrap().stuck_count, 1);
    }

    async fn what_never_turns_up_is_asked_for_no_longer_than_a_month(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (shop, id) = asked_in_vain(&world).await;
        give_up(services, &shop, id, &because("The account is closed")).await.unwrap();
        let looks = world.carrier.looks();
        world.later(HOUR).await;
        for _ in 0..40 {
            world.later(DAY).await;
        }
        assert_eq!(world.carrier.looks(), looks + 5);
        let jobs = entities::job::Entity::find().filter(entities::job::Column::Kind.eq("buy-label"));
        assert_eq!(jobs.one(services.database.read()).await.unwrap(), None::<entities::job::Model>);
        assert_eq!((states(&world, &shop).await, view(&world, &shop, id).await.state), (vec!["given-up".to_owned()], ShipmentState::Failed));
    }
}
