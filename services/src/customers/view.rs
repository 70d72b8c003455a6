//! The customer's page.

use domain::{
    customers::{CustomerForm, CustomerName, CustomerView, history::History},
    invoices::InvoiceState,
    money::Money,
    three_way::ThreeWay,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{addresses, credit, customer::find, duplicates, handles, history, tags, unmerge};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{customer, invoice},
    inventory::list::sum_of,
    invoices::list::OWED,
    new_id,
};

/// The customer's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<CustomerView> {
    let read = services.database.read();
    let customer = find(read, actor.business_id, id).await?;
    let merged_into = match customer.merged_into {
        Some(into) => Some(CustomerName { id: into, name: find(read, actor.business_id, into).await?.name }),
        None => None,
    };
    let is_here = merged_into.is_none();
    let (spent, owed) = spent_and_owed(read, actor, id).await?;
    Ok(CustomerView {
        id,
        form: form(read, &customer).await?,
        phone_e164: customer.phone_e164,
        since: actor.zone.date(customer.created_at),
        is_blocked: customer.blocked_at.is_some(),
        merged_into,
        spent,
        owed,
        credit: credit::balance(read, actor, id).await?,
        history: if is_here { history::latest(services, actor, id).await? } else { History::default() },
        past_sales: crate::transfer::sales::list::of_customer(services, actor, id).await?,
        merges: unmerge::lines(read, actor, id, services.now()).await?,
        alike: if is_here { duplicates::alike(read, actor.business_id, id).await? } else { Vec::new() },
        key: new_id(),
    })
}

/// What is stored of a customer, as a form.
pub(crate) async fn form(
    connection: &impl ConnectionTrait,
    customer: &customer::Model,
) -> Result<CustomerForm> {
    let (business_id, id) = (customer.business_id, customer.id);
    let tags: Vec<String> =
        tags::of(connection, business_id, id).await?.into_iter().map(|tag| tag.tag).collect();
    Ok(CustomerForm {
        name: customer.name.clone(),
        email: customer.email.clone(),
        phone: customer.phone.clone(),
        language: customer.language.clone(),
        note: customer.note.clone(),
        tags: tags.join(", "),
        tax_exempt: customer.tax_exempt_at.is_some(),
        tax_id: customer.tax_id.clone(),
        handles: handles::forms(&handles::of(connection, business_id, id).await?),
        addresses: addresses::forms(customer, &addresses::further(connection, business_id, id).await?),
        default_address: String::new(),
        filled: String::new(),
    }
    .filled())
}

/// What a customer has paid on all invoices, and what is still to be paid.
async fn spent_and_owed(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<(Money, Money)> {
    let of_customer = invoice::Entity::find()
        .select_only()
        .expr_as(sum_of(invoice::Column::Paid), "paid")
        .expr_as(sum_of(invoice::Column::Total), "total")
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::CustomerId.eq(id));
    let all: Option<(i64, i64)> = of_customer
        .clone()
        .filter(invoice::Column::State.ne(InvoiceState::Void.as_str()))
        .into_tuple()
        .one(connection)
        .await?;
    let open: Option<(i64, i64)> =
        of_customer.filter(invoice::Column::State.is_in(OWED)).into_tuple().one(connection).await?;
    let (spent, _) = all.unwrap_or_default();
    let (paid, total) = open.unwrap_or_default();
    Ok((Money::new(spent, actor.currency), Money::new(total - paid, actor.currency)))
}
