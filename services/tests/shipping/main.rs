//! From a paid invoice to a label: rates asked once, a label bought once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod given_up;
mod labels;
mod parcels;
mod quotes;
mod random;

use domain::{
    address::PostalAddress,
    customers::{AddressForm, CustomerForm},
    payments::{CredentialsForm, Gateway},
    shipping::{Carrier, ShipmentView},
    time::{HOUR, MINUTE},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    accounts::Actor,
    customers, entities,
    invoices::bill::bill_everyone,
    payments::pay,
    ports::PortError,
    sales::hold::hold,
    shipping::{account, purchase, quote, shipment},
    testing::World,
};
use uuid::Uuid;

/// A shop in which Ana has paid for two towers.
async fn paid(world: &World) -> (Actor, Uuid) {
    paid_at(world, "olive@moonlit.example").await
}

/// The same, of the business with this address.
async fn paid_at(world: &World, email: &str) -> (Actor, Uuid) {
    let shop = world.shop(email).await;
    let sale = world.sale(&shop).await;
    hold(&world.services, &shop, sale, "Ana Ruiz: sold B27 x2".into()).await.unwrap();
    world.introduce(&shop, "Ana Ruiz", "ana@buyers.example").await;
    bill_everyone(&world.services, &shop).await.unwrap();
    pay_all(world).await;
    let shipment = entities::shipment::Entity::find()
        .filter(entities::shipment::Column::BusinessId.eq(shop.business_id))
        .one(world.services.database.read())
        .await
        .unwrap();
    (shop, shipment.unwrap().id)
}

/// Every invoice that is open is paid.
async fn pay_all(world: &World) {
    let invoices = entities::invoice::Entity::find().all(world.services.database.read()).await.unwrap();
    for invoice in invoices.iter().filter(|invoice| invoice.paid == 0) {
        pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
        world.gateway.pay();
        world.later(MINUTE).await;
    }
}

async fn view(world: &World, shop: &Actor, id: Uuid) -> ShipmentView {
    shipment::view(&world.services, shop, id).await.unwrap()
}

async fn order(world: &World, shop: &Actor, id: Uuid) {
    quote::ask(&world.services, shop, id).await.unwrap();
    let rate = view(world, shop, id).await.chosen.unwrap();
    purchase::order(&world.services, shop, id, rate.id).await.unwrap();
}

/// A parcel whose label was bought, of which the carrier tells nothing but this error.
async fn unsure(world: &World, error: PortError) -> (Actor, Uuid) {
    let (shop, id) = paid(world).await;
    world.carrier.lose_next_answer();
    order(world, &shop, id).await;
    world.carrier.fail_looks(error);
    world.work().await;
    (shop, id)
}

/// Time goes by until nothing is looked for any more.
async fn look_for_long(world: &World) {
    for _ in 0..40 {
        world.later(HOUR).await;
    }
}

/// Ana moves.
async fn move_buyer(world: &World, shop: &Actor, address: PostalAddress) {
    let known = entities::customer::Entity::find()
        .filter(entities::customer::Column::BusinessId.eq(shop.business_id))
        .filter(entities::customer::Column::Name.eq("Ana Ruiz"))
        .one(world.services.database.read())
        .await
        .unwrap()
        .unwrap();
    let form = CustomerForm {
        name: known.name,
        email: known.email,
        phone: known.phone,
        addresses: vec![AddressForm { address, ..Default::default() }],
        default_address: "0".into(),
        ..Default::default()
    };
    customers::customer::save(&world.services, shop, known.id, &form).await.unwrap();
}

/// Connects EasyPost with a key.
async fn connect(world: &World, shop: &Actor, key: &str) {
    let form = CredentialsForm { key: key.into() };
    account::connect(&world.services, shop, Carrier::EasyPost, &form).await.unwrap();
}

/// The only label of a business.
async fn label(world: &World, shop: &Actor) -> entities::label::Model {
    let labels = entities::label::Entity::find()
        .filter(entities::label::Column::BusinessId.eq(shop.business_id))
        .all(world.services.database.read())
        .await
        .unwrap();
    assert_eq!(labels.len(), 1);
    labels.into_iter().next().unwrap()
}
