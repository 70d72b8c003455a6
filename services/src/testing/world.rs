//! A whole small world for one test: services on a fresh database, with outsides that the test holds in its hand.

#![expect(clippy::expect_used, reason = "a world that cannot be made is a failed test")]

use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicI64},
};

use domain::{
    accounts::RegistrationForm,
    address::PostalAddress,
    customers::{AddressForm, CustomerForm},
    inventory::{ItemForm, VariantForm},
    payments::{CredentialsForm, Gateway},
    sales::SaleForm,
    shipping::{Carrier, PackagingForm},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    TestDatabase,
    ports::{EASYPOST_KEY, FakeCarrier, FakeGateway, FakeMailer, STRIPE_KEY},
    store::FakeStore,
};
use crate::{
    Parts, Services, Settings,
    accounts::{
        Actor, business,
        password::Hasher,
        register::register,
        session::{self, Visitor},
    },
    clock::Clock,
    customers, entities, inventory,
    jobs::worker,
    live::Live,
    payments,
    places::ServerPlaces,
    sales, shipping,
    vault::Vault,
};

/// The moment at which every test begins: 23 November 2026, 09:15 UTC.
pub const BEGINNING: i64 = 1_795_425_300_000;

/// Services and their outsides.
pub struct World {
    pub services: Services,
    pub gateway: FakeGateway,
    pub carrier: FakeCarrier,
    pub mailer: FakeMailer,
    pub store: FakeStore,
    pub database: TestDatabase,
}

impl World {
    /// An empty world.
    pub fn new(database: TestDatabase) -> Self {
        Self::at(database, "https://shop.example")
    }

    /// An empty world that is reached at another address.
    pub fn at(database: TestDatabase, public_url: &str) -> Self {
        let (gateway, carrier, mailer) =
            (FakeGateway::default(), FakeCarrier::default(), FakeMailer::default());
        let store = FakeStore::default();
        let services = Services::new(Parts {
            database: database.database.clone(),
            clock: Clock::Set(Arc::new(AtomicI64::new(BEGINNING))),
            vault: Vault::new(&[42; 32]),
            hasher: Hasher::cheap(),
            places: ServerPlaces::default(),
            gateways: HashMap::from([(Gateway::Stripe, Box::new(gateway.clone()) as _)]),
            carriers: HashMap::from([(Carrier::EasyPost, Box::new(carrier.clone()) as _)]),
            mailer: Box::new(mailer.clone()),
            store: Box::new(store.clone()),
            live: Live::default(),
            settings: Settings { public_url: public_url.into(), registration: true },
        });
        World { services, gateway, carrier, mailer, store, database }
    }

    /// The services of another server of the same installation: other connections to the same database, the same clock and
    /// the same outsides.
    pub async fn another_server(&self) -> Services {
        self.another_server_with(Hasher::cheap()).await
    }

    /// The same with a door of its own, or one that it shares.
    pub async fn another_server_with(&self, hasher: Hasher) -> Services {
        Services::new(Parts {
            database: self.database.another_server().await,
            clock: self.services.clock.clone(),
            vault: Vault::new(&[42; 32]),
            hasher,
            places: ServerPlaces::default(),
            gateways: HashMap::from([(Gateway::Stripe, Box::new(self.gateway.clone()) as _)]),
            carriers: HashMap::from([(Carrier::EasyPost, Box::new(self.carrier.clone()) as _)]),
            mailer: Box::new(self.mailer.clone()),
            store: Box::new(self.store.clone()),
            live: Live::default(),
            settings: self.services.settings.clone(),
        })
    }

    /// Registers a business and signs its owner in.
    pub async fn owner(&self, email: &str) -> Actor {
        let registered = register(&self.services, &registration(email), &Visitor::default())
            .await
            .expect("registering works");
        session::authenticate(&self.services, registered.session.as_str())
            .await
            .expect("the session is read")
            .expect("the session is alive")
    }

    /// A business that has all it needs to sell: accounts, a packaging, and a ring in two sizes, a tower and a candle.
    pub async fn shop(&self, email: &str) -> Actor {
        let actor = self.owner(email).await;
        let services = &self.services;
        let mut form = business::view(services, &actor).await.expect("the settings are read");
        form.shipping_fee = "5.99".into();
        business::save(services, &actor, &form).await.expect("the settings are saved");
        let stripe = CredentialsForm { key: STRIPE_KEY.into() };
        payments::account::connect(services, &actor, Gateway::Stripe, &stripe)
            .await
            .expect("Stripe is connected");
        let easypost = CredentialsForm { key: EASYPOST_KEY.into() };
        shipping::account::connect(services, &actor, Carrier::EasyPost, &easypost)
            .await
            .expect("EasyPost is connected");
        let mailer = PackagingForm {
            name: "Small mailer".into(),
            weight: "0.6".into(),
            length: "23".into(),
            width: "15".into(),
            height: "3".into(),
            ..Default::default()
        };
        shipping::packaging::add(services, &actor, &mailer).await.expect("the packaging is added");
        self.item(&actor, "A12", "Moon ring", "24.00", &[("6", "2"), ("7", "1")]).await;
        self.item(&actor, "B27", "Rose tower", "18.50", &[("", "3")]).await;
        self.item(&actor, "C3", "Amber candle", "9.00", &[("", "100")]).await;
        actor
    }

    /// Adds an item with variants of the given names and quantities.
    pub async fn item(
        &self,
        actor: &Actor,
        code: &str,
        title: &str,
        price: &str,
        variants: &[(&str, &str)],
    ) -> Uuid {
        let form = ItemForm {
            code: code.into(),
            title: title.into(),
            price: price.into(),
            weight: "1.5".into(),
            variants: variants.iter().map(|(name, quantity)| VariantForm::named(name, quantity)).collect(),
            ..Default::default()
        };
        inventory::item::save(&self.services, actor, None, &form).await.expect("the item is saved")
    }

    /// Opens a sale.
    pub async fn sale(&self, actor: &Actor) -> Uuid {
        let form = SaleForm {
            title: "Friday night silver".into(),
            platform: "facebook".into(),
            preset: "us".into(),
            order: "oldest-first".into(),
            ..Default::default()
        };
        sales::sale::open(&self.services, actor, &form).await.expect("the sale is opened")
    }

    /// Gives a customer, found by name, an e-mail address and a postal address.
    pub async fn introduce(&self, actor: &Actor, name: &str, email: &str) -> Uuid {
        let customer = entities::customer::Entity::find()
            .filter(entities::customer::Column::BusinessId.eq(actor.business_id))
            .filter(entities::customer::Column::Name.eq(name))
            .one(self.services.database.read())
            .await
            .expect("customers are read")
            .expect("the customer is known");
        let home = AddressForm { address: address("7 Invented Lane"), ..Default::default() };
        let form = CustomerForm {
            name: name.into(),
            email: email.into(),
            phone: "+1 512 555 0100".into(),
            addresses: vec![home],
            default_address: "0".into(),
            ..Default::default()
        };
        customers::customer::save(&self.services, actor, customer.id, &form)
            .await
            .expect("the customer is saved");
        customer.id
    }

    /// Carries out all jobs that are due.
    pub async fn work(&self) -> u64 {
        worker::run_due(&self.services).await.expect("jobs are carried out")
    }

    /// Lets time pass, then carries out what is due.
    pub async fn later(&self, milliseconds: i64) -> u64 {
        self.services.clock.advance(milliseconds);
        self.work().await
    }
}

/// An invented address in Austin.
pub fn address(line1: &str) -> PostalAddress {
    PostalAddress {
        line1: line1.into(),
        line2: String::new(),
        city: "Austin".into(),
        region: "TX".into(),
        postal_code: "78701".into(),
        country: "US".into(),
    }
}

/// A registration that is well formed.
pub fn registration(email: &str) -> RegistrationForm {
    RegistrationForm {
        name: "Olive Owner".into(),
        business_name: "Moonlit Silver".into(),
        email: email.into(),
        password: "a quiet long password".into(),
        address: address("1 Market Street"),
        currency: "USD".into(),
        weight_unit: "oz".into(),
        time_zone: "UTC".into(),
    }
}
