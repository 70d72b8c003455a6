//! One customer: finding, making and saving.

use std::collections::HashMap;

use domain::{
    customers::{CustomerForm, CustomerInput},
    problem::{Check, Code, FieldCode},
    three_way,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    Set,
};
use uuid::Uuid;

use super::{addresses, handles, phone, search, tags};
use crate::{
    Result, Services,
    accounts::{Actor, business},
    database::Write,
    entities::customer,
    error::OrNotFound,
    new_id,
};

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<customer::Model> {
    customer::Entity::find_by_id(id)
        .filter(customer::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The names of some customers.
pub(crate) async fn names(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let names: Vec<(Uuid, String)> = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::Name])
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(names.into_iter().collect())
}

pub use super::view::view;

/// The row of a customer of whom only the name is known. [`search::refresh`] completes it, once its handles are stored.
pub(crate) fn new_row(id: Uuid, business_id: Uuid, name: String, now: i64) -> customer::ActiveModel {
    let empty = || Set(String::new());
    customer::ActiveModel {
        id: Set(id),
        business_id: Set(business_id),
        search: Set(domain::text::search_fold(&name)),
        name_folded: Set(domain::text::fold(&name)),
        name: Set(name),
        email: empty(),
        email_folded: empty(),
        phone: empty(),
        phone_e164: empty(),
        language: empty(),
        note: empty(),
        tax_exempt_at: Set(None),
        tax_id: empty(),
        created_at: Set(now),
        updated_at: Set(now),
        address_label: empty(),
        address_id: Set(None),
        line1: empty(),
        line2: empty(),
        city: empty(),
        city_folded: empty(),
        region: empty(),
        postal_code: empty(),
        postal_folded: empty(),
        country: empty(),
        blocked_at: Set(None),
        merged_into: Set(None),
    }
}

/// Adds a customer by hand, and gives the new id.
pub async fn create(services: &Services, actor: &Actor, form: &CustomerForm) -> Result<Uuid> {
    let input = form.parse()?;
    let now = services.now();
    let id = new_id();
    let country = business::of(services.database.read(), actor).await?.country;
    let write = services.database.write(actor.business_id).await?;
    customer::Entity::insert(new_row(id, actor.business_id, input.name.clone(), now))
        .exec_without_returning(&*write)
        .await?;
    store(&write, actor, id, input, &country, now).await?;
    write.commit().await?;
    Ok(id)
}

/// Saves a customer. A buyer whose address became known may be waiting to be shipped to, so open screens are told.
///
/// # Errors
/// Names the fields that are wrong or were changed by somebody else meanwhile; a handle that another customer has says whose it
/// is.
pub async fn save(services: &Services, actor: &Actor, id: Uuid, form: &CustomerForm) -> Result<()> {
    form.parse()?;
    let country = business::of(services.database.read(), actor).await?.country;
    let write = services.database.write(actor.business_id).await?;
    let present = super::view::form(&*write, &find(&*write, actor.business_id, id).await?).await?;
    let mut merged = three_way::merged(form, &present)?;
    // The address that parcels go to stands first, whatever it was when the form was filled in.
    if !form.filled.is_empty() && form.default_address == "0" {
        merged.default_address.clear();
    }
    store(&write, actor, id, merged.parse()?, &country, services.now()).await?;
    write.commit().await?;
    Ok(())
}

/// What is stored of a customer, as the form that changes it.
pub async fn form(services: &Services, actor: &Actor, id: Uuid) -> Result<CustomerForm> {
    let read = services.database.read();
    super::view::form(read, &find(read, actor.business_id, id).await?).await
}

/// Stores what is known of a customer, all of it or nothing. `country` is the business' own, for phone numbers without
/// one.
pub(crate) async fn store(
    write: &Write,
    actor: &Actor,
    id: Uuid,
    input: CustomerInput,
    country: &str,
    now: i64,
) -> Result<()> {
    let known = find(&**write, actor.business_id, id).await?;
    if known.merged_into.is_some() {
        return Err(Code::WrongState.into());
    }
    let mut check = Check::new();
    let phone_e164 = match phone::e164(&input.phone, &[country, &known.country]) {
        Some(number) => number,
        None => {
            // What was stored before numbers were read stays as it is, so that the rest can be saved.
            if !input.phone.is_empty() && input.phone != known.phone {
                check.note("phone", FieldCode::NotAPhone);
            }
            String::new()
        }
    };
    handles::store(write, &known, &input.handles, &mut check).await?;
    if let Some(problem) = check.problem() {
        return Err(problem.into());
    }
    tags::store(write, actor.business_id, id, &input.tags).await?;
    let first = addresses::store(write, &known, &input.addresses, now).await?;
    let exempt_since = known.tax_exempt_at;
    let mut row = known.into_active_model();
    row.name = Set(input.name);
    row.email = Set(input.email);
    row.phone = Set(input.phone);
    row.phone_e164 = Set(phone_e164);
    row.language = Set(input.language);
    row.note = Set(input.note);
    row.tax_exempt_at = Set(input.tax_exempt.then(|| exempt_since.unwrap_or(now)));
    row.tax_id = Set(input.tax_id);
    row.address_id = Set(Some(first.id));
    row.address_label = Set(first.label);
    let home = first.address;
    row.line1 = Set(home.line1);
    row.line2 = Set(home.line2);
    row.city = Set(home.city);
    row.region = Set(home.region);
    row.postal_code = Set(home.postal_code);
    row.country = Set(home.country);
    row.updated_at = Set(now);
    row.update(&**write).await?;
    search::refresh(write, actor.business_id, &[id]).await?;
    crate::shipping::forget_quotes(write, actor.business_id, id, now).await
}
