//! Changing many customers at once.

use domain::{
    customers::{CustomerList, CustomerQuery, CustomersEdit, MAX_TAGS},
    lists::{BulkDone, BulkUndone, Chosen, ListName},
    problem::FieldCode,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select, Set, prelude::Expr};
use uuid::Uuid;

use super::{list::matching, search};
use crate::{
    Result, Services,
    accounts::Actor,
    database::Write,
    entities::{customer, customer_tag},
    lists::bulk::{self, Change, Edit, TagOf, Tagged, Tags, Work, each, marked},
    new_id,
    sales::claims::serve_the_waiting_of_some,
};

/// A change with what it is done with.
enum CustomersChange {
    Blocked(Blocked),
    Tagged(Tagged<CustomerTags>),
}

impl Change for CustomersChange {
    type Kind = CustomersEdit;
    type Entity = customer::Entity;
    const LIST: ListName = CustomerList::NAME;

    fn kind(word: &str) -> Option<CustomersEdit> {
        CustomersEdit::parse(word)
    }

    fn done_words(kind: CustomersEdit, count: i64) -> String {
        kind.done_words(count)
    }

    fn read(kind: CustomersEdit, value: &str, now: i64) -> Result<Self, FieldCode> {
        Ok(match kind {
            CustomersEdit::AddTag => CustomersChange::Tagged(Tagged::read(value, true)?),
            CustomersEdit::RemoveTag => CustomersChange::Tagged(Tagged::read(value, false)?),
            CustomersEdit::Block => CustomersChange::Blocked(Blocked { at: Some(now) }),
            CustomersEdit::Unblock => CustomersChange::Blocked(Blocked { at: None }),
        })
    }

    fn matching(business_id: Uuid, query: &str) -> (Select<customer::Entity>, customer::Column) {
        let query = CustomerQuery::read(|name| bulk::parameter(query, name));
        (matching(business_id, &query), customer::Column::Id)
    }

    async fn with<W: Work>(&self, work: W) -> Result<W::Done> {
        match self {
            CustomersChange::Blocked(edit) => work.on(edit).await,
            CustomersChange::Tagged(edit) => work.on(edit).await,
        }
    }
}

/// Changes the chosen customers.
///
/// # Errors
/// What it is done with, `value`, is wrong, or there are too many customers.
pub async fn change(
    services: &Services,
    actor: &Actor,
    kind: &str,
    value: &str,
    chosen: &Chosen,
) -> Result<BulkDone> {
    bulk::change::<CustomersChange>(services, actor, kind, value, chosen).await
}

/// What was done, for the page after it.
pub async fn done(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkDone> {
    bulk::done::<CustomersChange>(services, actor, id).await
}

/// Undoes a change of many customers.
pub async fn undo(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkUndone> {
    bulk::undo::<CustomersChange>(services, actor, id).await
}

/// Blocking, or taking a block back.
struct Blocked {
    /// UTC milliseconds.
    at: Option<i64>,
}

impl Edit for Blocked {
    type State = Option<i64>;

    async fn load(&self, write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, Option<i64>)>> {
        Ok(customer::Entity::find()
            .select_only()
            .columns([customer::Column::Id, customer::Column::BlockedAt])
            .filter(customer::Column::BusinessId.eq(business_id))
            .filter(customer::Column::Id.is_in(ids.iter().copied()))
            .filter(customer::Column::MergedInto.is_null())
            .into_tuple()
            .all(&**write)
            .await?)
    }

    fn change(&self, state: &Option<i64>) -> Option<i64> {
        marked(*state, self.at)
    }

    /// What those who are no longer blocked waited for is theirs again, as far as it is left.
    async fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, Option<i64>)],
        now: i64,
    ) -> Result<()> {
        let blocked_at = each(customer::Column::Id, rows, |at| Expr::value(*at), customer::Column::BlockedAt);
        customer::Entity::update_many()
            .col_expr(customer::Column::BlockedAt, blocked_at)
            .col_expr(customer::Column::UpdatedAt, Expr::value(now))
            .filter(customer::Column::BusinessId.eq(business_id))
            .filter(customer::Column::Id.is_in(rows.iter().map(|(id, _)| *id)))
            .exec(&**write)
            .await?;
        let free: Vec<Uuid> = rows.iter().filter(|(_, at)| at.is_none()).map(|(id, _)| *id).collect();
        if free.is_empty() {
            return Ok(());
        }
        serve_the_waiting_of_some(write, business_id, &free, now).await
    }
}

/// The tags of customers.
struct CustomerTags;

impl Tags for CustomerTags {
    const MOST: usize = MAX_TAGS;

    async fn known(write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(customer::Entity::find()
            .select_only()
            .column(customer::Column::Id)
            .filter(customer::Column::BusinessId.eq(business_id))
            .filter(customer::Column::Id.is_in(ids.iter().copied()))
            .filter(customer::Column::MergedInto.is_null())
            .into_tuple()
            .all(&**write)
            .await?)
    }

    async fn of(write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<Vec<TagOf>> {
        let tags = customer_tag::Entity::find()
            .filter(customer_tag::Column::BusinessId.eq(business_id))
            .filter(customer_tag::Column::CustomerId.is_in(ids.iter().copied()))
            .all(&**write)
            .await?;
        let tags = tags.into_iter();
        Ok(tags.map(|row| TagOf { row: row.customer_id, tag: row.tag, folded: row.tag_folded }).collect())
    }

    async fn replace(
        write: &Write,
        business_id: Uuid,
        ids: &[Uuid],
        folded: &str,
        added: Vec<(Uuid, String)>,
    ) -> Result<()> {
        customer_tag::Entity::delete_many()
            .filter(customer_tag::Column::BusinessId.eq(business_id))
            .filter(customer_tag::Column::CustomerId.is_in(ids.iter().copied()))
            .filter(customer_tag::Column::TagFolded.eq(folded))
            .exec(&**write)
            .await?;
        customer_tag::Entity::insert_many(added.into_iter().map(|(customer_id, tag)| {
            customer_tag::ActiveModel {
                id: Set(new_id()),
                business_id: Set(business_id),
                customer_id: Set(customer_id),
                tag: Set(tag),
                tag_folded: Set(folded.to_owned()),
            }
        }))
        .exec_without_returning(&**write)
        .await?;
        search::refresh(write, business_id, ids).await
    }
}
