//! The demo's business, made through the same use cases as any other.

use domain::{
    accounts::RegistrationForm,
    address::PostalAddress,
    customers::{AddressForm, CustomerForm, HandleForm},
    inventory::{ItemForm, MaterialForm, VariantForm},
    payments::{CredentialsForm, Gateway},
    problem::Code,
    sales::SaleForm,
    shipping::{Carrier, PackagingForm},
};
use services::{
    Error, Result, Services,
    accounts::{
        Actor, business,
        register::register,
        session::{SignedIn, Visitor, authenticate},
    },
    customers, inventory, invoices, payments, sales, shipping,
};
use uuid::Uuid;

use crate::adapters::pictures::{PictureError, prepare};

/// Whom the demo signs in.
pub const EMAIL: &str = "olive@moonlit.example";
pub const PASSWORD: &str = "moonlit silver demo";

/// Keys of the form that the sandbox takes.
const STRIPE_KEY: &str = "rk_test_sandboxdemo0001";
const EASYPOST_KEY: &str = "EZTKsandboxdemo0001";

/// What was pasted into the demo's first sale.
const PASTE: &str = include_str!("paste.txt");

/// Pictures of items, by their codes, and the words for those who do not see them. One item has none yet.
const PICTURES: [(&str, &[u8], &str); 5] = [
    ("A12", include_bytes!("pictures/moon-ring.jpg"), "A silver ring with a crescent"),
    ("A13", include_bytes!("pictures/star-studs.jpg"), "Two silver stars with a bead in each"),
    ("A14", include_bytes!("pictures/wave-bangle.jpg"), "A broad silver bangle with a wave cut into it"),
    ("B27", include_bytes!("pictures/rose-quartz-tower.jpg"), "A pink crystal that stands like a tower"),
    ("C3", include_bytes!("pictures/amber-candle.jpg"), "A burning candle of amber wax"),
];

/// Makes the demo's business, if it is not there yet.
pub async fn seed(services: &Services) -> Result<()> {
    let registered = register(services, &registration(), &Visitor::default()).await;
    let session = match registered {
        Ok(SignedIn { session, .. }) => session,
        // The address is taken: an earlier start has made everything.
        Err(error) if error.problem().code == Code::Invalid => return Ok(()),
        Err(error) => return Err(error),
    };
    let Some(owner) = authenticate(services, session.as_str()).await? else {
        return Err(Code::Internal.into());
    };
    let mut settings = business::view(services, &owner).await?;
    settings.shipping_fee = "5.99".into();
    business::save(services, &owner, &settings).await?;
    connect(services, &owner).await?;
    inventory::material::save(services, &owner, None, &silver()).await?;
    for item in items() {
        let id = inventory::item::save(services, &owner, None, &item).await?;
        if let Some((_, file, words)) = PICTURES.iter().find(|(code, ..)| *code == item.code) {
            add_picture(services, &owner, id, file, words).await?;
        }
    }
    first_sale(services, &owner).await
}

async fn add_picture(services: &Services, owner: &Actor, item: Uuid, file: &[u8], words: &str) -> Result<()> {
    let prepared = prepare(file.to_vec()).await.map_err(|error| match error {
        PictureError::Refused(_) => Error::Fault("a picture of the demo cannot be read"),
        PictureError::Fault(error) => error,
    })?;
    let id = inventory::pictures::add(services, owner, item, prepared).await?;
    inventory::pictures::describe(services, owner, id, words).await
}

fn registration() -> RegistrationForm {
    RegistrationForm {
        name: "Olive Owner".into(),
        business_name: "Moonlit Silver".into(),
        email: EMAIL.into(),
        password: PASSWORD.into(),
        address: address("1 Market Street", "Austin", "TX", "78701"),
        currency: "USD".into(),
        weight_unit: "oz".into(),
        time_zone: String::new(),
    }
}

fn address(line1: &str, city: &str, region: &str, postal_code: &str) -> PostalAddress {
    PostalAddress {
        line1: line1.into(),
        line2: String::new(),
        city: city.into(),
        region: region.into(),
        postal_code: postal_code.into(),
        country: "US".into(),
    }
}

async fn connect(services: &Services, owner: &Actor) -> Result<()> {
    let stripe = CredentialsForm { key: STRIPE_KEY.into() };
    payments::account::connect(services, owner, Gateway::Stripe, &stripe).await?;
    let easypost = CredentialsForm { key: EASYPOST_KEY.into() };
    shipping::account::connect(services, owner, Carrier::EasyPost, &easypost).await?;
    for (name, weight, length, width, height, cost, stock) in
        [("Small mailer", "0.6", "23", "15", "3", "0.18", "140"), ("Box", "4", "25", "20", "10", "0.85", "")]
    {
        let packaging = PackagingForm {
            name: name.into(),
            weight: weight.into(),
            length: length.into(),
            width: width.into(),
            height: height.into(),
            cost: cost.into(),
            stock: stock.into(),
            was: String::new(),
            ..PackagingForm::default()
        };
        shipping::packaging::add(services, owner, &packaging).await?;
    }
    Ok(())
}

/// What most pieces are made of. The bangle's price follows its rate.
fn silver() -> MaterialForm {
    MaterialForm {
        name: "Sterling silver".into(),
        purity: "925".into(),
        unit: "g".into(),
        rate: "1.70".into(),
        wastage: "8".into(),
        origin: "MX".into(),
        hs_code: "7113.11".into(),
        ..MaterialForm::default()
    }
}

fn items() -> Vec<ItemForm> {
    let item = |code: &str,
                title: &str,
                price: &str,
                weight: &str,
                material: &str,
                aliases: &str,
                variants: &[(&str, &str)]| {
        ItemForm {
            code: code.into(),
            title: title.into(),
            price: price.into(),
            weight: weight.into(),
            material: material.into(),
            aliases: aliases.into(),
            options: if variants.len() > 1 { vec!["Size".into()] } else { Vec::new() },
            variants: variants.iter().map(|(name, quantity)| VariantForm::named(name, quantity)).collect(),
            ..Default::default()
        }
    };
    vec![
        item(
            "A12",
            "Moon ring",
            "24.00",
            "0.2",
            "Sterling silver",
            "moon",
            &[("6", "4"), ("7", "3"), ("8", "2")],
        ),
        item("A13", "Star studs", "18.00", "0.1", "Sterling silver", "star studs", &[("", "6")]),
        ItemForm {
            pricing: "by-weight".into(),
            net_weight: "25 g".into(),
            ..item("A14", "Wave bangle", "", "0.9", "Sterling silver", "", &[("", "2")])
        },
        item("B27", "Rose quartz tower", "18.50", "5.5", "Rose quartz", "rose tower", &[("", "3")]),
        item("B28", "Amethyst sphere", "32.00", "9", "Amethyst", "", &[("small", "2"), ("large", "1")]),
        item("C3", "Amber candle", "9.00", "7", "Wax", "candle", &[("", "12")]),
    ]
}

/// A sale of the evening before, billed, so that every place has something to show.
async fn first_sale(services: &Services, owner: &Actor) -> Result<()> {
    let sale = SaleForm {
        title: "Thursday warm-up".into(),
        platform: "facebook".into(),
        preset: "us".into(),
        order: "oldest-first".into(),
        ..Default::default()
    };
    let sale = sales::sale::open(services, owner, &sale).await?;
    sales::hold::hold(services, owner, sale, PASTE.to_owned()).await?;
    let buyers = customers::list::list(services, owner, &Default::default()).await?;
    for buyer in buyers.rows {
        let Some(form) = known_buyer(&buyer.name) else { continue };
        customers::customer::save(services, owner, buyer.id, &form).await?;
    }
    customers::customer::create(services, owner, &twin()).await?;
    invoices::bill::bill_everyone(services, owner).await?;
    Ok(())
}

/// What is known of the demo's regulars; the others are yet to be asked.
fn known_buyer(name: &str) -> Option<CustomerForm> {
    let lives = |label: &str, address: PostalAddress| AddressForm {
        label: label.into(),
        address,
        ..Default::default()
    };
    match name {
        "Ana Ruiz" => Some(CustomerForm {
            name: name.into(),
            email: "ana@buyers.example".into(),
            phone: "(503) 555-0142".into(),
            language: "es".into(),
            note: "Ring size 7. Likes her parcels on Fridays.".into(),
            tags: "VIP, silver".into(),
            addresses: vec![
                lives("Home", address("7 Invented Lane", "Portland", "OR", "97201")),
                lives("Work", address("300 Pretend Avenue", "Portland", "OR", "97204")),
            ],
            ..Default::default()
        }),
        "Kim Lee Tran" => Some(CustomerForm {
            name: name.into(),
            email: "kim@buyers.example".into(),
            language: "vi".into(),
            tags: "crystals".into(),
            addresses: vec![lives("", address("22 Madeup Road", "Denver", "CO", "80202"))],
            ..Default::default()
        }),
        _ => None,
    }
}

/// Ana once more, as she wrote from another platform: a likely duplicate.
fn twin() -> CustomerForm {
    CustomerForm {
        name: "ana.makes.things".into(),
        email: "ana@buyers.example".into(),
        handles: vec![HandleForm {
            platform: "instagram".into(),
            handle: "ana.makes.things".into(),
            ..Default::default()
        }],
        ..Default::default()
    }
}
