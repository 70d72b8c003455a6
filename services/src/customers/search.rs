//! The columns by which customers are found, and the one function that keeps them true.

use std::collections::HashMap;

use domain::{customers::search::Searched, text::fold};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::Expr, sea_query::CaseStatement,
};
use uuid::Uuid;

use super::phone;
use crate::{
    Result,
    database::{Database, Write},
    entities::{business, customer, customer_address, customer_tag, handle},
};

/// Customers refreshed with one statement, well below the engines' limits on parameters.
const ROWS_AT_ONCE: usize = 200;

/// Makes what customers are found by agree with what is stored of them: text for the search, folded columns for likely
/// duplicates. Whoever changes a name, an e-mail address, a phone number, an address, a handle or a tag calls this in the
/// same write.
pub(crate) async fn refresh(write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<()> {
    for some in ids.chunks(ROWS_AT_ONCE) {
        refresh_some(&**write, business_id, some).await?;
    }
    Ok(())
}

async fn refresh_some(connection: &impl ConnectionTrait, business_id: Uuid, ids: &[Uuid]) -> Result<()> {
    use customer::Column::{BusinessId, CityFolded, EmailFolded, Id, NameFolded, PostalFolded, Search};
    let customers = customer::Entity::find()
        .filter(BusinessId.eq(business_id))
        .filter(Id.is_in(ids.iter().copied()))
        .all(connection)
        .await?;
    if customers.is_empty() {
        return Ok(());
    }
    let handles: Vec<(Uuid, String)> = handle::Entity::find()
        .select_only()
        .columns([handle::Column::CustomerId, handle::Column::Handle])
        .filter(handle::Column::BusinessId.eq(business_id))
        .filter(handle::Column::CustomerId.is_in(ids.iter().copied()))
        .order_by_asc(handle::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    let cities: Vec<(Uuid, String)> = customer_address::Entity::find()
        .select_only()
        .columns([customer_address::Column::CustomerId, customer_address::Column::City])
        .filter(customer_address::Column::BusinessId.eq(business_id))
        .filter(customer_address::Column::CustomerId.is_in(ids.iter().copied()))
        .order_by_asc(customer_address::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    let tags: Vec<(Uuid, String)> = customer_tag::Entity::find()
        .select_only()
        .columns([customer_tag::Column::CustomerId, customer_tag::Column::Tag])
        .filter(customer_tag::Column::BusinessId.eq(business_id))
        .filter(customer_tag::Column::CustomerId.is_in(ids.iter().copied()))
        .order_by_asc(customer_tag::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    let (handles, cities, tags) = (by_customer(&handles), by_customer(&cities), by_customer(&tags));
    let of = |all: &HashMap<Uuid, Vec<&str>>, id: Uuid| -> Vec<String> {
        all.get(&id).into_iter().flatten().map(|text| (*text).to_owned()).collect()
    };
    let each = |value: &dyn Fn(&customer::Model) -> String, otherwise: customer::Column| {
        let case = customers.iter().fold(CaseStatement::new(), |case, row| {
            case.case(Expr::col(Id).eq(row.id), Expr::value(value(row)))
        });
        Expr::expr(case.finally(Expr::col(otherwise)))
    };
    let text = |row: &customer::Model| {
        let (handles, mut cities, tags) = (of(&handles, row.id), of(&cities, row.id), of(&tags, row.id));
        cities.insert(0, row.city.clone());
        Searched {
            name: &row.name,
            email: &row.email,
            phone: &row.phone,
            phone_e164: &row.phone_e164,
            handles: handles.iter().map(String::as_str).collect(),
            cities: cities.iter().map(String::as_str).collect(),
            tags: tags.iter().map(String::as_str).collect(),
        }
        .text()
    };
    customer::Entity::update_many()
        .col_expr(Search, each(&text, Search))
        .col_expr(NameFolded, each(&|row| fold(&row.name), NameFolded))
        .col_expr(EmailFolded, each(&|row| fold(&row.email), EmailFolded))
        .col_expr(CityFolded, each(&|row| fold(&row.city), CityFolded))
        .col_expr(PostalFolded, each(&|row| fold(&row.postal_code).replace([' ', '-'], ""), PostalFolded))
        .filter(BusinessId.eq(business_id))
        .filter(Id.is_in(customers.iter().map(|row| row.id)))
        .exec(connection)
        .await?;
    Ok(())
}

fn by_customer(pairs: &[(Uuid, String)]) -> HashMap<Uuid, Vec<&str>> {
    let mut grouped: HashMap<Uuid, Vec<&str>> = HashMap::new();
    for (customer_id, text) in pairs {
        grouped.entry(*customer_id).or_default().push(text);
    }
    grouped
}

/// Fills in what rows from before these columns do not have yet; run at every start, after the schema was brought up to
/// date. A customer always has a name, so a row without a folded one is from before.
pub async fn complete(database: &Database) -> Result<u64> {
    let mut completed = 0;
    loop {
        let some: Vec<customer::Model> = customer::Entity::find()
            .filter(customer::Column::NameFolded.eq(""))
            .filter(customer::Column::Name.ne(""))
            .order_by_asc(customer::Column::BusinessId)
            .order_by_asc(customer::Column::Id)
            .limit(ROWS_AT_ONCE as u64)
            .all(database.read())
            .await?;
        let Some(business_id) = some.first().map(|row| row.business_id) else { return Ok(completed) };
        let some: Vec<customer::Model> = some
            .into_iter()
            .filter(|row| row.business_id == business_id && !fold(&row.name).is_empty())
            .collect();
        if some.is_empty() {
            return Ok(completed);
        }
        completed += some.len() as u64;
        let write = database.write(business_id).await?;
        phones(&write, business_id, &some).await?;
        let ids: Vec<Uuid> = some.iter().map(|row| row.id).collect();
        refresh(&write, business_id, &ids).await?;
        write.commit().await?;
    }
}

/// Reads the phone numbers of some customers once more.
async fn phones(write: &Write, business_id: Uuid, customers: &[customer::Model]) -> Result<()> {
    use customer::Column::{BusinessId, Id, PhoneE164};
    let country: Option<String> = business::Entity::find_by_id(business_id)
        .select_only()
        .column(business::Column::Country)
        .into_tuple()
        .one(&**write)
        .await?;
    let country = country.unwrap_or_default();
    let numbers: Vec<(Uuid, String)> = customers
        .iter()
        .filter(|row| !row.phone.is_empty() && row.phone_e164.is_empty())
        .filter_map(|row| Some((row.id, phone::e164(&row.phone, &[&country, &row.country])?)))
        .collect();
    if numbers.is_empty() {
        return Ok(());
    }
    let case = numbers.iter().fold(CaseStatement::new(), |case, (id, number)| {
        case.case(Expr::col(Id).eq(*id), Expr::value(number.clone()))
    });
    customer::Entity::update_many()
        .col_expr(PhoneE164, Expr::expr(case.finally(Expr::col(PhoneE164))))
        .filter(BusinessId.eq(business_id))
        .filter(Id.is_in(numbers.iter().map(|(id, _)| *id)))
        .exec(&**write)
        .await?;
    Ok(())
}
