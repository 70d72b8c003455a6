//! Registration, sessions and the walls between businesses.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    accounts::{RegistrationForm, Role, SignInForm},
    customers::CustomerForm,
    inventory::{ItemForm, StockQuery},
    problem::{Code, FieldCode},
    shipping::Carrier,
    time::{DAY, MINUTE},
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Set, Statement};
use services::{
    Result, Services,
    accounts::{
        Actor,
        password::{Guest, Turn},
        register::register,
        session::{self, SignedIn, Visitor},
    },
    customers, database_tests, entities, inventory, invoices, payments, sales, shipping,
    testing::{
        World,
        ports::{EASYPOST_KEY, STRIPE_KEY},
        world::registration,
    },
};
use tokio::task::{AbortHandle, JoinSet, yield_now};
use uuid::Uuid;

fn code<T>(result: Result<T>) -> Code {
    result.err().expect("this must fail").problem().code
}

fn sign_in_form(email: &str, password: &str) -> SignInForm {
    SignInForm { email: email.into(), password: password.into() }
}

fn stranger() -> Visitor {
    Visitor::default()
}

fn at(client: &str) -> Visitor {
    Visitor { client: Some(client.parse().unwrap()), ..stranger() }
}

/// Somebody of whom is only known through whom they come.
fn through(peer: &str) -> Visitor {
    Visitor { peer: Some(peer.parse().unwrap()), ..stranger() }
}

fn from(browser: &SignedIn) -> Visitor {
    Visitor { browser: Some(browser.browser.as_str().to_owned()), ..stranger() }
}

/// Signs in from a browser that nobody knows.
async fn sign_in(services: &Services, form: &SignInForm) -> Result<SignedIn> {
    session::sign_in(services, form, &stranger()).await
}

const RIGHT: &str = "a quiet long password";
const WRONG: &str = "another password";

/// What is written into the log while this is held.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Takes what this thread, on which a test runs, writes into the log.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).without_time();
        tracing::subscriber::set_default(subscriber.with_writer(move || log.clone()).finish())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The security events so far, from what happened on; those before are forgotten.
    fn take(&self) -> Vec<String> {
        let lines = self
            .text()
            .lines()
            .filter_map(|line| line.split_once("security: "))
            .map(|(_, event)| event.to_owned())
            .collect();
        self.0.lock().unwrap().clear();
        lines
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Uses up what a stranger may try with an e-mail address.
async fn guess_ten_times(world: &World, email: &str) {
    for _ in 0..10 {
        assert_eq!(code(sign_in(&world.services, &sign_in_form(email, WRONG)).await), Code::WrongCredentials);
    }
    assert_eq!(code(sign_in(&world.services, &sign_in_form(email, RIGHT)).await), Code::TooMany);
}

/// Forty who stand at the door. Those who get a place keep it.
struct Crowd(Vec<AbortHandle>);

impl Crowd {
    /// Returns when each of them works or waits; those who find no room go again.
    async fn come(services: &Services, guest: impl Fn(IpAddr) -> Guest) -> Self {
        let mut all = Vec::new();
        for number in 1..=40 {
            let Ok(queued) = services.hasher.enter(guest(IpAddr::from([203, 0, 113, number]))) else {
                continue;
            };
            let (hasher, has_begun) = (services.hasher.clone(), Arc::new(tokio::sync::Notify::new()));
            let begins = has_begun.clone();
            let one = tokio::spawn(async move {
                let mut place = std::pin::pin!(hasher.place(queued));
                // Asked once before the next one comes, so that all stand in their order.
                let at_once =
                    std::future::poll_fn(|context| std::task::Poll::Ready(place.as_mut().poll(context)))
                        .await;
                begins.notify_one();
                let _place = match at_once {
                    std::task::Poll::Ready(place) => place,
                    std::task::Poll::Pending => place.await,
                };
                std::future::pending::<()>().await;
            });
            has_begun.notified().await;
            all.push(one.abort_handle());
        }
        Crowd(all)
    }

    fn leave(self) {
        for one in self.0 {
            one.abort();
        }
    }
}

database_tests! {
    async fn a_member_registers_signs_in_and_out(database: TestDatabase) {
        let world = World::new(database);
        let owner = world.owner("olive@moonlit.example").await;
        assert_eq!(owner.business_name, "Moonlit Silver");

        let right = sign_in_form(" OLIVE@moonlit.example ", "a quiet long password");
        let signed_in = sign_in(&world.services, &right).await.unwrap();
        let token = signed_in.session.as_str();
        let actor = session::authenticate(&world.services, token).await.unwrap();
        assert_eq!(actor.map(|actor| actor.business_id), Some(owner.business_id));
        session::sign_out(&world.services, token, &stranger()).await.unwrap();
        assert_eq!(session::authenticate(&world.services, token).await.unwrap(), None);
    }

    async fn an_email_address_registers_once_in_any_case(database: TestDatabase) {
        let world = World::new(database);
        world.owner("olive@moonlit.example").await;
        let again = register(&world.services, &registration("Olive@Moonlit.example"), &stranger()).await;
        let problem = again.err().expect("the address is taken").problem();
        assert_eq!(problem.message_for("email"), Some(FieldCode::Taken.message()));
        let businesses = entities::business::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(businesses.len(), 1, "nothing of the second registration is left");
    }

    async fn only_the_hash_of_a_token_is_stored(database: TestDatabase) {
        let world = World::new(database);
        let registered = register(&world.services, &registration("olive@moonlit.example"), &stranger()).await.unwrap();
        let sessions = entities::session::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0].token_hash.len(), 32);
        assert_ne!(sessions[0].token_hash, registered.session.as_str().as_bytes());
        let browsers = entities::known_browser::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!((browsers.len(), browsers[0].token_hash.len()), (1, 32));
        assert_ne!(browsers[0].token_hash, registered.browser.as_str().as_bytes());
        let members = entities::member::Entity::find().all(world.services.database.read()).await.unwrap();
        assert!(members[0].password_hash.starts_with("$argon2id$"));
    }

    async fn a_session_ends_when_it_is_not_used(database: TestDatabase) {
        let world = World::new(database);
        let registered = register(&world.services, &registration("olive@moonlit.example"), &stranger()).await.unwrap();
        let token = registered.session.as_str();
        for _ in 0..3 {
            world.services.clock.advance(20 * DAY);
            let actor = session::authenticate(&world.services, token).await.unwrap();
            assert!(actor.is_some(), "each use prolongs it");
        }
        world.services.clock.advance(31 * DAY);
        assert_eq!(session::authenticate(&world.services, token).await.unwrap(), None);
        assert_eq!(session::authenticate(&world.services, "made up").await.unwrap(), None);
    }

    async fn guessing_passwords_is_slowed_down(database: TestDatabase) {
        let world = World::new(database);
        world.owner("olive@moonlit.example").await;
        guess_ten_times(&world, "olive@moonlit.example").await;
        world.services.clock.advance(16 * MINUTE);
        let right = sign_in_form("olive@moonlit.example", RIGHT);
        assert!(sign_in(&world.services, &right).await.is_ok());
        let nobody = sign_in_form("nobody@moonlit.example", RIGHT);
        assert_eq!(code(sign_in(&world.services, &nobody).await), Code::WrongCredentials);
        let tries = entities::sign_in_try::Entity::find().all(world.services.database.read()).await.unwrap();
        assert!(tries.iter().all(|row| !row.subject.contains("moonlit")), "what was typed is stored nowhere: {tries:?}");
    }

    async fn whoever_asks_all_at_once_has_no_more_guesses(database: TestDatabase) {
        let world = World::new(database);
        world.owner("olive@moonlit.example").await;
        // Nobody is served before all of them are at the door.
        let places = world.services.hasher.places().clone();
        let mut held = Vec::new();
        while let Ok(place) = places.take_free(Turn::Member(Uuid::now_v7())) {
            held.push(place);
        }
        let mut guesses = JoinSet::new();
        for _ in 0..20 {
            let services = world.services.clone();
            guesses.spawn(async move {
                let wrong = sign_in_form("olive@moonlit.example", WRONG);
                code(session::sign_in(&services, &wrong, &at("192.0.2.7")).await)
            });
        }
        // Each is counted and waits for a place, or was sent away.
        let mut sent_away = 0;
        while sent_away < 10 {
            match guesses.try_join_next() {
                Some(outcome) => {
                    assert_eq!(outcome.unwrap(), Code::TooMany);
                    sent_away += 1;
                }
                None => yield_now().await,
            }
        }
        assert_eq!(places.entered(&Turn::Network("192.0.2.7".parse().unwrap())), 10, "ten may guess");
        drop(held);
        let mut wrong = 0;
        while let Some(outcome) = guesses.join_next().await {
            assert_eq!(outcome.unwrap(), Code::WrongCredentials);
            wrong += 1;
        }
        assert_eq!(wrong, 10);
    }

    async fn a_crowd_that_guesses_keeps_nobody_waiting(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let owner = register(services, &registration("olive@moonlit.example"), &stranger()).await.unwrap();
        let crowd = Crowd::come(services, |network| Guest::Stranger { network: Some(network), is_doubtful: true }).await;
        assert_eq!(services.hasher.places().free(), 2, "only two of them work at a time");
        let right = sign_in_form("olive@moonlit.example", RIGHT);
        assert!(session::sign_in(services, &right, &from(&owner)).await.is_ok());
        assert!(session::sign_in(services, &right, &at("192.0.2.7")).await.is_ok(), "in a new browser");
        assert!(register(services, &registration("otto@other.example"), &at("192.0.2.7")).await.is_ok());
        crowd.leave();
    }

    async fn a_crowd_from_everywhere_keeps_nobody_out_who_was_here_before(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let owner = register(services, &registration("olive@moonlit.example"), &stranger()).await.unwrap();
        let crowd = Crowd::come(services, |network| Guest::Stranger { network: Some(network), is_doubtful: false }).await;
        assert_eq!(services.hasher.places().free(), 1, "one place is kept");
        let right = sign_in_form("olive@moonlit.example", RIGHT);
        assert!(session::sign_in(services, &right, &from(&owner)).await.is_ok());

        // A stranger waits for a turn, and is asked to come back if it does not come.
        let impatient = world.another_server_with(services.hasher.with_patience(Duration::ZERO)).await;
        for _ in 0..20 {
            assert_eq!(code(session::sign_in(&impatient, &right, &at("192.0.2.7")).await), Code::Busy);
        }
        let form = registration("otto@other.example");
        assert_eq!(code(register(&impatient, &form, &at("192.0.2.7")).await), Code::Busy);
        let tries = entities::sign_in_try::Entity::find().all(services.database.read()).await.unwrap();
        assert!(tries.iter().all(|row| row.tries == 0), "whoever was not even heard has tried nothing: {tries:?}");
        let patient = services.clone();
        let waiting = tokio::spawn(async move { session::sign_in(&patient, &right, &at("192.0.2.7")).await.is_ok() });
        crowd.leave();
        assert!(waiting.await.unwrap());
    }

    async fn a_member_with_the_right_password_shuts_no_door(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let owner = register(services, &registration("olive@moonlit.example"), &stranger()).await.unwrap();
        register(services, &registration("otto@other.example"), &stranger()).await.unwrap();
        let otto = Guest::Known(Uuid::now_v7());
        let crowd = Crowd::come(services, |_| otto).await;
        assert_eq!(services.hasher.places().free(), 3, "a member has one place");
        assert_eq!(code(services.hasher.enter(otto).map(drop)), Code::Busy);
        let right = sign_in_form("olive@moonlit.example", RIGHT);
        assert!(session::sign_in(services, &right, &from(&owner)).await.is_ok());
        assert!(session::sign_in(services, &right, &at("192.0.2.7")).await.is_ok());
        crowd.leave();

        let own = sign_in_form("otto@other.example", RIGHT);
        for _ in 0..30 {
            assert!(session::sign_in(services, &own, &at("203.0.113.1")).await.is_ok());
        }
        assert_eq!(code(session::sign_in(services, &own, &at("203.0.113.1")).await), Code::TooMany);
        assert!(session::sign_in(services, &own, &at("203.0.113.2")).await.is_ok());
        assert!(session::sign_in(services, &right, &at("203.0.113.1")).await.is_ok(), "it is the member who came too often");
    }

    async fn guessing_elsewhere_keeps_an_owner_out_of_no_new_browser(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        world.owner("olive@moonlit.example").await;
        let (right, wrong) = (sign_in_form("olive@moonlit.example", RIGHT), sign_in_form("olive@moonlit.example", WRONG));
        for network in 1..=10 {
            let guesser = at(&format!("203.0.113.{network}"));
            for _ in 0..10 {
                assert_eq!(code(session::sign_in(services, &wrong, &guesser).await), Code::WrongCredentials);
            }
            assert_eq!(code(session::sign_in(services, &right, &guesser).await), Code::TooMany);
            assert!(session::sign_in(services, &right, &at("198.51.100.1")).await.is_ok(), "a new browser elsewhere");
        }
        // A hundred guesses are an attack: from now on each network has one.
        let guesser = at("203.0.113.200");
        assert_eq!(code(session::sign_in(services, &wrong, &guesser).await), Code::WrongCredentials);
        assert_eq!(code(session::sign_in(services, &wrong, &guesser).await), Code::TooMany);
        assert!(session::sign_in(services, &right, &at("198.51.100.2")).await.is_ok(), "and still nobody is kept out");
    }

    async fn strangers_do_not_lock_an_owner_out(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let owner = register(services, &registration("olive@moonlit.example"), &stranger()).await.unwrap();
        let neighbour = register(services, &registration("otto@other.example"), &stranger()).await.unwrap();
        guess_ten_times(&world, "olive@moonlit.example").await;
        let right = sign_in_form("olive@moonlit.example", RIGHT);
        for other in [from(&neighbour), Visitor { browser: Some("made up".into()), ..stranger() }] {
            let outcome = session::sign_in(services, &right, &other).await;
            assert_eq!(code(outcome), Code::TooMany, "only the member's own browser is known");
        }
        let again = session::sign_in(services, &right, &from(&owner)).await.unwrap();
        assert_eq!(again.browser.as_str(), owner.browser.as_str(), "a browser keeps what it is known by");
        assert_eq!(code(sign_in(services, &right).await), Code::TooMany, "the guessers have won nothing by it");

        let wrong = sign_in_form("olive@moonlit.example", WRONG);
        for _ in 0..10 {
            let outcome = session::sign_in(services, &wrong, &from(&owner)).await;
            assert_eq!(code(outcome), Code::WrongCredentials);
        }
        let outcome = session::sign_in(services, &right, &from(&owner)).await;
        assert_eq!(code(outcome), Code::TooMany, "a known browser guesses no more than others");
        world.services.clock.advance(181 * DAY);
        guess_ten_times(&world, "olive@moonlit.example").await;
        let outcome = session::sign_in(services, &right, &from(&owner)).await;
        assert_eq!(code(outcome), Code::TooMany, "and is forgotten after half a year");
    }

    async fn a_member_has_a_bounded_number_of_sessions_and_known_browsers(database: TestDatabase) {
        let world = World::new(database);
        let first = register(&world.services, &registration("olive@moonlit.example"), &stranger()).await.unwrap();
        let right = sign_in_form("olive@moonlit.example", RIGHT);
        for _ in 0..200 {
            world.services.clock.advance(MINUTE);
            sign_in(&world.services, &right).await.unwrap();
        }
        let sessions = entities::session::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(sessions.len(), 200);
        assert_eq!(session::authenticate(&world.services, first.session.as_str()).await.unwrap(), None);
        let browsers = entities::known_browser::Entity::find().all(world.services.database.read()).await.unwrap();
        assert_eq!(browsers.len(), 20);
        assert!(browsers.iter().all(|browser| browser.seen_at > services::testing::world::BEGINNING + 180 * MINUTE));
    }

    async fn spraying_over_many_addresses_is_slowed_down(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        world.owner("olive@moonlit.example").await;
        let right = sign_in_form("olive@moonlit.example", RIGHT);
        for number in 0..50 {
            // All of one site, which chooses the rest of its addresses.
            let client = at(&format!("2001:db8:1:{number:x}::1"));
            // Signing in to an account of one's own gives no new tries.
            if number < 30 {
                assert!(session::sign_in(services, &right, &client).await.is_ok());
            }
            let wrong = sign_in_form(&format!("member{number}@other.example"), WRONG);
            assert_eq!(code(session::sign_in(services, &wrong, &client).await), Code::WrongCredentials);
        }
        let wrong = sign_in_form("one.more@other.example", WRONG);
        assert_eq!(code(session::sign_in(services, &wrong, &at("2001:db8:1:2:3::4")).await), Code::TooMany);
        assert_eq!(code(session::sign_in(services, &wrong, &at("2001:db8:2::1")).await), Code::WrongCredentials);
        assert_eq!(code(session::sign_in(services, &wrong, &at("192.0.2.1")).await), Code::WrongCredentials);
        world.services.clock.advance(16 * MINUTE);
        assert_eq!(code(session::sign_in(services, &wrong, &at("2001:db8:1:2::1")).await), Code::WrongCredentials);
    }

    async fn one_place_registers_a_bounded_number_of_businesses(database: TestDatabase) {
        let world = World::new(database);
        let client = at("192.0.2.1");
        for number in 0..20 {
            register(&world.services, &registration(&format!("member{number}@other.example")), &client).await.unwrap();
        }
        let one_more = registration("one.more@other.example");
        assert_eq!(code(register(&world.services, &one_more, &client).await), Code::TooMany);
        assert!(register(&world.services, &one_more, &at("192.0.2.2")).await.is_ok());
    }

    async fn those_who_cannot_be_told_apart_are_bounded_together(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let (crowd, right) = (through("172.17.0.1"), sign_in_form("olive@moonlit.example", RIGHT));
        let owner = register(services, &registration("olive@moonlit.example"), &crowd).await.unwrap();
        let known = Visitor { peer: crowd.peer, ..from(&owner) };

        // One of them works and twenty wait.
        let network: IpAddr = "172.17.0.1".parse().unwrap();
        let guest = Guest::Stranger { network: Some(network), is_doubtful: true };
        let waiting: Vec<_> = (0..21).map_while(|_| services.hasher.enter(guest).ok()).collect();
        assert_eq!(waiting.len(), 21);
        assert_eq!(code(session::sign_in(services, &right, &crowd).await), Code::Busy);
        assert_eq!(code(register(services, &registration("otto@other.example"), &crowd).await), Code::Busy);
        assert!(session::sign_in(services, &right, &known).await.is_ok(), "a known browser stands elsewhere");
        assert!(session::sign_in(services, &right, &at("192.0.2.7")).await.is_ok());
        drop(waiting);

        // 199 registrations, of which each would take its time.
        let write = services.database.write_across().await.unwrap();
        let count = entities::sign_in_try::Entity::find_by_id("registrations-through:172.17.0.1");
        let mut count = count.one(&*write).await.unwrap().unwrap().into_active_model();
        count.tries = Set(199);
        count.update(&*write).await.unwrap();
        write.commit().await.unwrap();
        register(services, &registration("otto@other.example"), &crowd).await.unwrap();
        let one_more = registration("one.more@other.example");
        assert_eq!(code(register(services, &one_more, &crowd).await), Code::TooMany);
        assert!(register(services, &one_more, &through("172.17.0.2")).await.is_ok());
        // What others guess keeps nobody out who comes through the same.
        for number in 0..60 {
            let wrong = sign_in_form(&format!("nobody{number}@other.example"), WRONG);
            assert_eq!(code(session::sign_in(services, &wrong, &crowd).await), Code::WrongCredentials);
        }
        assert!(session::sign_in(services, &right, &crowd).await.is_ok());
    }

    async fn a_password_that_is_easy_to_guess_is_refused_beside_its_field(database: TestDatabase) {
        let world = World::new(database);
        for password in ["password12", "moonlitsilver", "olive.moonlit"] {
            let form = RegistrationForm { password: password.into(), ..registration("olive.moonlit@moonlit.example") };
            let problem = register(&world.services, &form, &stranger()).await.err().expect("it is refused").problem();
            assert_eq!(problem.message_for("password"), Some(FieldCode::EasyToGuess.message()), "{password}");
        }
    }

    async fn through_whom_somebody_came_is_in_the_log(database: TestDatabase) {
        let world = World::new(database);
        let log = Log::default();
        let _listening = log.listen();
        let (services, proxied) = (&world.services, through("172.17.0.1"));
        let wrong = sign_in_form("olive@moonlit.example", WRONG);
        assert_eq!(code(session::sign_in(services, &wrong, &proxied).await), Code::WrongCredentials);
        assert_eq!(log.take(), [r#"event="sign-in" outcome="failed" about="" peer=172.17.0.1"#]);

        let owner = register(services, &registration("olive@moonlit.example"), &proxied).await.unwrap();
        let actor = session::authenticate(services, owner.session.as_str()).await.unwrap().unwrap();
        let who = format!("member_id={} business_id={} peer=172.17.0.1", actor.member_id, actor.business_id);
        session::sign_out(services, owner.session.as_str(), &proxied).await.unwrap();
        assert_eq!(log.take(), [
            format!(r#"event="registration" outcome="done" about="" {who}"#),
            format!(r#"event="sign-out" outcome="done" about="" {who}"#),
        ]);
    }

    async fn what_matters_for_security_is_in_the_log(database: TestDatabase) {
        let world = World::new(database);
        let services = &world.services;
        let log = Log::default();
        let _listening = log.listen();
        let client = at("192.0.2.7");
        let owner = register(services, &registration("olive@moonlit.example"), &client).await.unwrap();
        let actor = session::authenticate(services, owner.session.as_str()).await.unwrap().unwrap();
        let who = format!("member_id={} business_id={}", actor.member_id, actor.business_id);
        let from = "client=192.0.2.7";
        assert_eq!(log.take(), [format!(r#"event="registration" outcome="done" about="" {who} {from}"#)]);

        let right = sign_in_form("olive@moonlit.example", RIGHT);
        let signed_in = session::sign_in(services, &right, &client).await.unwrap();
        session::sign_out(services, signed_in.session.as_str(), &client).await.unwrap();
        session::sign_out(services, signed_in.session.as_str(), &client).await.unwrap();
        assert_eq!(log.take(), [
            format!(r#"event="sign-in" outcome="done" about="" {who} {from}"#),
            format!(r#"event="sign-out" outcome="done" about="" {who} {from}"#),
        ]);

        let member = format!("member_id={}", actor.member_id);
        let wrong = sign_in_form("olive@moonlit.example", WRONG);
        for _ in 0..10 {
            assert_eq!(code(session::sign_in(services, &wrong, &client).await), Code::WrongCredentials);
            assert_eq!(log.take(), [format!(r#"event="sign-in" outcome="failed" about="" {member} {from}"#)]);
        }
        assert_eq!(code(session::sign_in(services, &right, &client).await), Code::TooMany);
        assert_eq!(log.take(), [format!(r#"event="sign-in" outcome="throttled" about="" {member} {from}"#)]);
        let secret = "my secret password";
        assert_eq!(code(session::sign_in(services, &sign_in_form(secret, secret), &client).await), Code::WrongCredentials);
        assert!(!log.text().contains("secret"), "what was typed as an address may be a password: {}", log.text());
        assert_eq!(log.take(), [format!(r#"event="sign-in" outcome="failed" about="" {from}"#)]);

        let stripe = domain::payments::CredentialsForm { key: STRIPE_KEY.into() };
        payments::account::connect(services, &actor, domain::payments::Gateway::Stripe, &stripe).await.unwrap();
        payments::account::disconnect(services, &actor, domain::payments::Gateway::Stripe).await.unwrap();
        let easypost = domain::payments::CredentialsForm { key: EASYPOST_KEY.into() };
        shipping::account::connect(services, &actor, Carrier::EasyPost, &easypost).await.unwrap();
        shipping::account::disconnect(services, &actor, Carrier::EasyPost).await.unwrap();
        assert_eq!(log.take(), [
            format!(r#"event="connect" outcome="done" about="stripe" {who}"#),
            format!(r#"event="disconnect" outcome="done" about="stripe" {who}"#),
            format!(r#"event="connect" outcome="done" about="easypost" {who}"#),
            format!(r#"event="disconnect" outcome="done" about="easypost" {who}"#),
        ]);

        services::transfer::export::everything(services, &actor).unwrap();
        let packer = Actor { role: Role::Packer, ..actor };
        assert!(services::transfer::export::everything(services, &packer).is_err());
        assert_eq!(log.take(), [
            format!(r#"event="export-everything" outcome="done" about="" {who}"#),
            format!(r#"event="role" outcome="refused" about="" {who}"#),
        ]);
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
        let report = services::reports::report::view(services, &other, &Default::default()).await.unwrap().figures;
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
