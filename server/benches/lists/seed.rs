//! A business with so many items and customers: one of each is made as people make them, and its rows are copied.

use app::accounts::cookie;
use domain::{
    accounts::RegistrationForm,
    address::PostalAddress,
    customers::CustomerForm,
    inventory::{ItemForm, VariantForm},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use services::{
    Services,
    accounts::{
        Actor,
        register::register,
        session::{Visitor, authenticate},
    },
    customers,
    entities::{customer, item, variant},
    inventory, new_id,
};

use crate::Problem;

/// Rows written with one statement.
const ROWS_AT_ONCE: usize = 500;

/// A business and its owner's session.
pub struct Business {
    pub actor: Actor,
    /// The header by which the owner is known.
    pub cookie: String,
}

fn address() -> PostalAddress {
    PostalAddress {
        line1: "1 Market Street".into(),
        line2: String::new(),
        city: "Austin".into(),
        region: "TX".into(),
        postal_code: "78701".into(),
        country: "US".into(),
    }
}

/// Makes a business with `size` items of two variants each, and as many customers.
pub async fn business(services: &Services, email: &str, size: usize) -> Result<Business, Problem> {
    let registration = RegistrationForm {
        name: "Olive Owner".into(),
        business_name: "Moonlit Silver".into(),
        email: email.into(),
        password: "a quiet long password".into(),
        address: address(),
        currency: "USD".into(),
        weight_unit: "oz".into(),
        time_zone: "UTC".into(),
    };
    let token = register(services, &registration, &Visitor::default()).await?.session;
    let actor = authenticate(services, token.as_str()).await?.ok_or("the session is not alive")?;
    let cookie = format!("{}={}", cookie::name(&services.settings.public_url), token.as_str());
    items(services, &actor, size).await?;
    people(services, &actor, size).await?;
    Ok(Business { actor, cookie })
}

async fn items(services: &Services, actor: &Actor, size: usize) -> Result<(), Problem> {
    let variant = |size: &str, quantity: &str| VariantForm {
        values: vec![size.into()],
        quantity: quantity.into(),
        ..Default::default()
    };
    let form = ItemForm {
        code: "K".into(),
        title: "Moon ring".into(),
        description: "A ring of sterling silver with a moonstone, made by hand.".into(),
        category: "Rings".into(),
        price: "24.00".into(),
        weight: "0.2".into(),
        material: "Sterling silver".into(),
        options: vec!["Size".into()],
        variants: vec![variant("6", "4"), variant("7", "3")],
        ..Default::default()
    };
    let id = inventory::item::save(services, actor, None, &form).await?;
    let read = services.database.read();
    let pattern = item::Entity::find_by_id(id).one(read).await?.ok_or("the item is not there")?;
    let variants = variant::Entity::find().filter(variant::Column::ItemId.eq(id)).all(read).await?;
    let numbers: Vec<usize> = (1..size).collect();
    for some in numbers.chunks(ROWS_AT_ONCE) {
        let mut items = Vec::new();
        let mut of_items = Vec::new();
        for number in some {
            let id = new_id();
            let code = format!("K{number:05}");
            let mut row = pattern.clone().into_active_model().reset_all();
            row.id = Set(id);
            row.search = Set(format!("{} moon ring {number}", code.to_lowercase()));
            row.code_folded = Set(code.to_lowercase());
            row.code = Set(code);
            row.title = Set(format!("Moon ring {}", number % 977));
            row.price = Set(i64::try_from(500 + number % 5_000)?);
            items.push(row);
            of_items.extend(variants.iter().map(|pattern| {
                let mut row = pattern.clone().into_active_model().reset_all();
                row.id = Set(new_id());
                row.item_id = Set(id);
                row
            }));
        }
        let write = services.database.write(actor.business_id).await?;
        item::Entity::insert_many(items).exec_without_returning(&*write).await?;
        for some in of_items.chunks(ROWS_AT_ONCE) {
            variant::Entity::insert_many(some.to_vec()).exec_without_returning(&*write).await?;
        }
        write.commit().await?;
    }
    Ok(())
}

async fn people(services: &Services, actor: &Actor, size: usize) -> Result<(), Problem> {
    let form =
        CustomerForm { name: "Anna Bell".into(), email: "anna@buyers.example".into(), ..Default::default() };
    let id = customers::customer::create(services, actor, &form).await?;
    let read = services.database.read();
    let pattern = customer::Entity::find_by_id(id).one(read).await?.ok_or("the customer is not there")?;
    let numbers: Vec<usize> = (1..size).collect();
    for some in numbers.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(|number| {
            let name = format!("Anna Bell {number:05}");
            let mut row = pattern.clone().into_active_model().reset_all();
            row.id = Set(new_id());
            row.search = Set(format!("anna bell {number:05} anna{number}@buyers.example anna {number:05}"));
            row.name_folded = Set(name.to_lowercase());
            row.name = Set(name);
            row.email = Set(format!("anna{number}@buyers.example"));
            row
        });
        let write = services.database.write(actor.business_id).await?;
        customer::Entity::insert_many(rows).exec_without_returning(&*write).await?;
        write.commit().await?;
    }
    Ok(())
}
