//! Customers who may be the same person: found by indexes, told once, and remembered if they are not.

use std::collections::{BTreeMap, HashMap};

use domain::{
    customers::duplicates::{Alike, Duplicates, Likeness, Pair},
    problem::{FieldCode, Problem},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Set,
    sea_query::{Expr, ExprTrait, JoinType, OnConflict, Query, SelectStatement},
};
use uuid::Uuid;

use super::{customer::find, handles, merge::twin};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{customer, customer_distinction, handle},
    new_id,
};

/// Pairs of each likeness shown at once.
const SHOWN: u64 = 50;
/// Others shown on a customer's page.
const ALIKE: u64 = 5;

/// Joins `d`: that a person said of the pair that they differ.
fn differ(first: (&'static str, &'static str), second: (&'static str, &'static str)) -> Condition {
    Condition::all()
        .add(Expr::col(("d", "first_id")).equals(first))
        .add(Expr::col(("d", "second_id")).equals(second))
}

/// Pairs of customers who have the same in all of `columns`, and something in each. Who was met first comes first.
fn alike_in(business_id: Uuid, columns: &[&'static str]) -> SelectStatement {
    let mut same = Condition::all()
        .add(Expr::col(("b", "business_id")).eq(business_id))
        .add(Expr::col(("b", "merged_into")).is_null())
        .add(Expr::col(("b", "id")).gt(Expr::col(("a", "id"))));
    let mut select = Query::select();
    select
        .expr_as(Expr::col(("a", "id")), "first")
        .expr_as(Expr::col(("b", "id")), "second")
        .from_as(customer::Entity, "a")
        .and_where(Expr::col(("a", "business_id")).eq(business_id))
        .and_where(Expr::col(("a", "merged_into")).is_null());
    for column in columns {
        same = same.add(Expr::col(("b", *column)).equals(("a", *column)));
        select.and_where(Expr::col(("a", *column)).ne(""));
    }
    select
        .join_as(JoinType::InnerJoin, customer::Entity, "b", same)
        .join_as(JoinType::LeftJoin, customer_distinction::Entity, "d", differ(("a", "id"), ("b", "id")))
        .and_where(Expr::col(("d", "id")).is_null())
        .limit(SHOWN + 1)
        .to_owned()
}

/// Pairs of customers who have the same handle. On one platform it belongs to one customer, so these are two platforms.
fn alike_in_handle(business_id: Uuid) -> SelectStatement {
    let same = Condition::all()
        .add(Expr::col(("b", "business_id")).eq(business_id))
        .add(Expr::col(("b", "handle_folded")).equals(("a", "handle_folded")))
        .add(Expr::col(("b", "customer_id")).gt(Expr::col(("a", "customer_id"))));
    let differ = differ(("a", "customer_id"), ("b", "customer_id"));
    Query::select()
        .distinct()
        .expr_as(Expr::col(("a", "customer_id")), "first")
        .expr_as(Expr::col(("b", "customer_id")), "second")
        .from_as(handle::Entity, "a")
        .join_as(JoinType::InnerJoin, handle::Entity, "b", same)
        .join_as(JoinType::LeftJoin, customer_distinction::Entity, "d", differ)
        .and_where(Expr::col(("a", "business_id")).eq(business_id))
        .and_where(Expr::col(("d", "id")).is_null())
        .limit(SHOWN + 1)
        .to_owned()
}

/// Pairs of customers who may be the same person, the surest first.
pub async fn list(services: &Services, actor: &Actor) -> Result<Duplicates> {
    let read = services.database.read();
    let queries = [
        (Likeness::Email, alike_in(actor.business_id, &["email_folded"])),
        (Likeness::Phone, alike_in(actor.business_id, &["phone_e164"])),
        (Likeness::NameAndPlace, alike_in(actor.business_id, &["name_folded", "city_folded"])),
        (Likeness::NameAndPlace, alike_in(actor.business_id, &["name_folded", "postal_folded"])),
        (Likeness::Handle, alike_in_handle(actor.business_id)),
    ];
    let mut found: Vec<((Uuid, Uuid), Vec<Likeness>)> = Vec::new();
    let mut places: BTreeMap<(Uuid, Uuid), usize> = BTreeMap::new();
    let mut more = false;
    // One query for each kind of likeness, however many customers there are.
    for (likeness, query) in queries {
        let rows = read.query_all(&query).await?;
        more |= rows.len() as u64 > SHOWN;
        for row in rows {
            let pair: (Uuid, Uuid) = (row.try_get("", "first")?, row.try_get("", "second")?);
            let place = *places.entry(pair).or_insert_with(|| {
                found.push((pair, Vec::new()));
                found.len() - 1
            });
            if let Some((_, likenesses)) = found.get_mut(place)
                && !likenesses.contains(&likeness)
            {
                likenesses.push(likeness);
            }
        }
    }
    more |= found.len() as u64 > SHOWN;
    found.truncate(SHOWN as usize);
    let ids: Vec<Uuid> = found.iter().flat_map(|((first, second), _)| [*first, *second]).collect();
    let twins = twins(read, actor.business_id, &ids).await?;
    let pairs = found.into_iter().filter_map(|((first, second), likeness)| {
        Some(Pair { first: twins.get(&first)?.clone(), second: twins.get(&second)?.clone(), likeness })
    });
    Ok(Duplicates { pairs: pairs.collect(), more })
}

async fn twins(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, domain::customers::duplicates::Twin>> {
    let customers = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await?;
    let mut handles: HashMap<Uuid, Vec<handle::Model>> = HashMap::new();
    let rows = handle::Entity::find()
        .filter(handle::Column::BusinessId.eq(business_id))
        .filter(handle::Column::CustomerId.is_in(ids.iter().copied()))
        .order_by_asc(handle::Column::Id)
        .all(connection)
        .await?;
    for row in rows {
        handles.entry(row.customer_id).or_default().push(row);
    }
    let named = |row: customer::Model| {
        let handles = handles.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        (row.id, twin(&row, handles))
    };
    Ok(customers.into_iter().map(named).collect())
}

/// Others who may be the same as one customer.
pub(super) async fn alike(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<Vec<Alike>> {
    use customer::Column::{CityFolded, EmailFolded, Id, MergedInto, NameFolded, PhoneE164, PostalFolded};
    let this = find(connection, business_id, id).await?;
    let own: Vec<String> = handles::of(connection, business_id, id)
        .await?
        .into_iter()
        .map(|handle| handle.handle_folded)
        .collect();
    let same_handle = handle::Entity::find()
        .select_only()
        .column(handle::Column::CustomerId)
        .filter(handle::Column::BusinessId.eq(business_id))
        .filter(handle::Column::HandleFolded.is_in(own));
    let named_so: Vec<Uuid> = same_handle
        .filter(handle::Column::CustomerId.ne(id))
        .limit(ALIKE)
        .into_tuple()
        .all(connection)
        .await?;
    let mut any = Condition::any();
    for (column, value) in [(EmailFolded, &this.email_folded), (PhoneE164, &this.phone_e164)] {
        if !value.is_empty() {
            any = any.add(column.eq(value.as_str()));
        }
    }
    for (column, value) in [(CityFolded, &this.city_folded), (PostalFolded, &this.postal_folded)] {
        if !value.is_empty() {
            any = any.add(
                Condition::all().add(NameFolded.eq(this.name_folded.as_str())).add(column.eq(value.as_str())),
            );
        }
    }
    if !named_so.is_empty() {
        any = any.add(Id.is_in(named_so.clone()));
    }
    if any.is_empty() {
        return Ok(Vec::new());
    }
    let said = |this_one: customer_distinction::Column, other: customer_distinction::Column| {
        customer_distinction::Entity::find()
            .select_only()
            .column(other)
            .filter(customer_distinction::Column::BusinessId.eq(business_id))
            .filter(this_one.eq(id))
            .into_query()
    };
    use customer_distinction::Column::{FirstId, SecondId};
    let others = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(MergedInto.is_null())
        .filter(Id.ne(id))
        .filter(any)
        .filter(Id.not_in_subquery(said(FirstId, SecondId)))
        .filter(Id.not_in_subquery(said(SecondId, FirstId)))
        .order_by_asc(Id)
        .limit(ALIKE)
        .all(connection)
        .await?;
    let likeness = |other: &customer::Model| {
        let is_same = |left: &str, right: &str| !left.is_empty() && left == right;
        let in_place = is_same(&this.city_folded, &other.city_folded)
            || is_same(&this.postal_folded, &other.postal_folded);
        [
            (Likeness::Email, is_same(&this.email_folded, &other.email_folded)),
            (Likeness::Phone, is_same(&this.phone_e164, &other.phone_e164)),
            (Likeness::NameAndPlace, is_same(&this.name_folded, &other.name_folded) && in_place),
            (Likeness::Handle, named_so.contains(&other.id)),
        ]
        .into_iter()
        .filter_map(|(likeness, holds)| holds.then_some(likeness))
        .collect()
    };
    Ok(others
        .into_iter()
        .map(|other| Alike { likeness: likeness(&other), id: other.id, name: other.name })
        .collect())
}

fn ordered(one: Uuid, other: Uuid) -> (Uuid, Uuid) {
    if one < other { (one, other) } else { (other, one) }
}

/// Remembers that two customers are not the same person.
pub async fn tell_apart(services: &Services, actor: &Actor, one: Uuid, other: Uuid) -> Result<()> {
    actor.must_sell()?;
    if one == other {
        return Err(Problem::field("other", FieldCode::NotAChoice).into());
    }
    let write = services.database.write(actor.business_id).await?;
    find(&*write, actor.business_id, one).await?;
    find(&*write, actor.business_id, other).await?;
    let (first_id, second_id) = ordered(one, other);
    let row = customer_distinction::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        first_id: Set(first_id),
        second_id: Set(second_id),
        created_at: Set(services.now()),
    };
    let known =
        OnConflict::columns([customer_distinction::Column::FirstId, customer_distinction::Column::SecondId])
            .do_nothing()
            .to_owned();
    customer_distinction::Entity::insert(row).on_conflict(known).exec_without_returning(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Takes that back.
pub async fn suggest_again(services: &Services, actor: &Actor, one: Uuid, other: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let (first_id, second_id) = ordered(one, other);
    customer_distinction::Entity::delete_many()
        .filter(customer_distinction::Column::BusinessId.eq(actor.business_id))
        .filter(customer_distinction::Column::FirstId.eq(first_id))
        .filter(customer_distinction::Column::SecondId.eq(second_id))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}
