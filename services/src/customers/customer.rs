//! One customer: reading and saving.

use std::collections::HashMap;

use domain::{
    customers::{CustomerForm, CustomerView, Handle},
    sales::Platform,
    text::fold,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::address;
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{customer, handle},
    error::{OrNotFound, stored},
    invoices,
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

async fn handles(
    connection: &impl ConnectionTrait,
    customer: &customer::Model,
) -> Result<Vec<handle::Model>> {
    Ok(handle::Entity::find()
        .filter(handle::Column::BusinessId.eq(customer.business_id))
        .filter(handle::Column::CustomerId.eq(customer.id))
        .order_by_asc(handle::Column::Id)
        .all(connection)
        .await?)
}

/// The customer's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<CustomerView> {
    let read = services.database.read();
    let customer = find(read, actor.business_id, id).await?;
    let handles = handles(read, &customer)
        .await?
        .into_iter()
        .map(|row| Ok(Handle { platform: stored(Platform::parse(&row.platform))?, handle: row.handle }))
        .collect::<Result<_>>()?;
    Ok(CustomerView {
        id,
        handles,
        invoices: invoices::list::of_customer(services, actor, id).await?,
        form: CustomerForm {
            address: address(&customer),
            name: customer.name,
            email: customer.email,
            phone: customer.phone,
            note: customer.note,
        },
    })
}

/// Saves a customer. A buyer whose address became known may be waiting to be shipped to, so open screens are told.
pub async fn save(services: &Services, actor: &Actor, id: Uuid, form: &CustomerForm) -> Result<()> {
    let input = form.parse()?;
    let write = services.database.write(actor.business_id).await?;
    let known = find(&*write, actor.business_id, id).await?;
    let mut words = vec![fold(&input.name), fold(&input.email), fold(&input.phone)];
    words.extend(handles(&*write, &known).await?.into_iter().map(|handle| handle.handle_folded));
    let mut row = known.into_active_model();
    row.search = Set(words.join(" "));
    row.name = Set(input.name);
    row.email = Set(input.email);
    row.phone = Set(input.phone);
    row.note = Set(input.note);
    row.line1 = Set(input.address.line1);
    row.line2 = Set(input.address.line2);
    row.city = Set(input.address.city);
    row.region = Set(input.address.region);
    row.postal_code = Set(input.address.postal_code);
    row.country = Set(input.address.country);
    row.updated_at = Set(services.now());
    row.update(&*write).await?;
    crate::shipping::forget_quotes(&write, actor.business_id, id, services.now()).await?;
    write.commit().await?;
    Ok(())
}
