//! From held claims to paid invoices: billed once, paid once, whatever is lost, repeated or forged on the way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod billing;
mod booking;
mod keys;
mod pages;

use domain::{
    invoices::InvoiceState,
    money::Money,
    payments::{AttemptState, CredentialsForm, Gateway},
    problem::Code,
};
use sea_orm::{EntityTrait, QueryOrder};
use services::{
    accounts::Actor,
    entities,
    invoices::bill::bill_everyone,
    payments::{
        account, pay,
        webhook::{Received, find_recipient, receive},
    },
    sales::hold::hold,
    testing::World,
};
use uuid::Uuid;

/// A shop in which Ana owes for two towers and a candle.
async fn billed(world: &World) -> (Actor, entities::invoice::Model) {
    let shop = world.shop("olive@moonlit.example").await;
    let sale = world.sale(&shop).await;
    hold(&world.services, &shop, sale, "Ana Ruiz: sold B27 x2\nAna Ruiz: sold C3".into()).await.unwrap();
    world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
    bill_everyone(&world.services, &shop).await.unwrap();
    let invoice =
        entities::invoice::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
    (shop, invoice)
}

/// All attempts, in the order in which they were made.
async fn attempts(world: &World) -> Vec<entities::attempt::Model> {
    let attempts = entities::attempt::Entity::find().order_by_asc(entities::attempt::Column::Id);
    attempts.all(world.services.database.read()).await.unwrap()
}

async fn ledger(world: &World) -> Vec<entities::ledger::Model> {
    entities::ledger::Entity::find().all(world.services.database.read()).await.unwrap()
}

async fn state(world: &World, id: Uuid) -> InvoiceState {
    let row =
        entities::invoice::Entity::find_by_id(id).one(world.services.database.read()).await.unwrap().unwrap();
    InvoiceState::parse(&row.state).unwrap()
}

async fn event(world: &World, id: &str, signature: &str) -> Received {
    let attempt = attempts(world).await.remove(0);
    let body = format!("{id} {}", attempt.reference.unwrap());
    let signature = signature.to_owned();
    let header = move |name: &str| (name == "signature").then(|| signature.clone());
    let account = attempt.gateway_account_id;
    let recipient = find_recipient(&world.services, Gateway::Stripe, account).await.unwrap().unwrap();
    receive(&world.services, recipient, &header, body.as_bytes()).await.unwrap()
}

/// Another key of Stripe.
const NEW_KEY: &str = "rk_test_invented5678";

async fn start(world: &World, invoice: &entities::invoice::Model) -> Result<String, Code> {
    pay::start(&world.services, &invoice.token, Gateway::Stripe).await.map_err(|error| error.problem().code)
}

/// A click whose answer from the gateway is on its way until the test lets it come.
fn click(world: &World, invoice: &entities::invoice::Model) -> tokio::task::JoinHandle<Result<String, Code>> {
    let (services, token) = (world.services.clone(), invoice.token.clone());
    tokio::spawn(async move {
        pay::start(&services, &token, Gateway::Stripe).await.map_err(|error| error.problem().code)
    })
}

async fn connect(world: &World, shop: &Actor, key: &str) {
    let form = CredentialsForm { key: key.into() };
    account::connect(&world.services, shop, Gateway::Stripe, &form).await.unwrap();
}

async fn states(world: &World) -> Vec<AttemptState> {
    attempts(world).await.iter().map(|attempt| AttemptState::parse(&attempt.state).unwrap()).collect()
}

/// Ana claims one candle more, and everyone is billed.
async fn one_candle_more(world: &World, shop: &Actor) -> domain::invoices::Billed {
    let sale = world.sale(shop).await;
    hold(&world.services, shop, sale, "Ana Ruiz: sold C3".into()).await.unwrap();
    bill_everyone(&world.services, shop).await.unwrap()
}

async fn revision(world: &World) -> i64 {
    entities::business::Entity::find().one(world.services.database.read()).await.unwrap().unwrap().revision
}

fn usd(minor: i64) -> Money {
    Money::new(minor, domain::money::Currency::USD)
}
