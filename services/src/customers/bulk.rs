//! Changing many customers at once.

use std::collections::HashMap;

use domain::{
    customers::{CustomerList, CustomerQuery, CustomersEdit, MAX_TAGS},
    lists::{BulkDone, BulkUndone, Chosen},
    problem::{Code, FieldCode, Problem},
    text::{self, fold},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set, prelude::Expr,
    sea_query::CaseStatement,
};
use uuid::Uuid;

use super::{list::matching, search};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    database::Write,
    entities::{bulk_action, customer, customer_tag},
    error::stored,
    lists::bulk::{self, Action, Edit, Rows},
    new_id,
    sales::claims::serve_the_waiting_of_some,
};

/// The longest tag, as in the customer's own form.
const MAX_TAG: u32 = 40;

/// A change with what it is done with.
enum CustomersChange {
    Blocked(Blocked),
    Tagged(Tagged),
}

impl CustomersChange {
    fn read(kind: CustomersEdit, value: &str, now: i64) -> Result<Self, FieldCode> {
        Ok(match kind {
            CustomersEdit::AddTag => CustomersChange::Tagged(Tagged { tag: tag(value)?, wanted: true }),
            CustomersEdit::RemoveTag => CustomersChange::Tagged(Tagged { tag: tag(value)?, wanted: false }),
            CustomersEdit::Block => CustomersChange::Blocked(Blocked { at: Some(now) }),
            CustomersEdit::Unblock => CustomersChange::Blocked(Blocked { at: None }),
        })
    }
}

/// A tag as it is typed. Tags stand between commas elsewhere, so it has none.
fn tag(value: &str) -> Result<String, FieldCode> {
    let tag = text::required(value, MAX_TAG)?;
    if tag.contains(',') { Err(FieldCode::BadCharacter) } else { Ok(tag) }
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
    actor.must_sell()?;
    let kind = CustomersEdit::parse(kind).ok_or_else(|| Problem::field("kind", FieldCode::NotAChoice))?;
    let now = services.now();
    let change = CustomersChange::read(kind, value, now).map_err(|code| Problem::field("value", code))?;
    let rows = Rows::of(chosen);
    if matches!(&rows, Rows::Some(ids) if ids.is_empty()) {
        return Err(Problem::field("ids", FieldCode::Missing).into());
    }
    let query = CustomerQuery::read(|name| bulk::parameter(&chosen.query, name));
    let write = services.database.write_by(actor).await?;
    let all = (matching(actor.business_id, &query), customer::Column::Id);
    let action = Action { list: CustomerList::NAME, kind: kind.as_str(), value };
    let (id, changed) = match &change {
        CustomersChange::Blocked(edit) => {
            bulk::carry_out(&write, actor, action, edit, rows, all, now).await?
        }
        CustomersChange::Tagged(edit) => bulk::carry_out(&write, actor, action, edit, rows, all, now).await?,
    };
    if id.is_some() {
        write.commit().await?;
    }
    Ok(bulk::done(id, changed, |count| kind.done_words(count)))
}

/// What was done, for the page after it.
pub async fn done(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkDone> {
    let action = bulk::last(services, actor, CustomerList::NAME, id).await?;
    let kind = kind(&action)?;
    Ok(bulk::done(Some(id), action.count, |count| kind.done_words(count)))
}

fn kind(action: &bulk_action::Model) -> Result<CustomersEdit> {
    stored(CustomersEdit::parse(&action.kind))
}

/// Undoes a change of many customers.
pub async fn undo(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkUndone> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let action = bulk::find(&write, actor, id, CustomerList::NAME).await?;
    let change = CustomersChange::read(kind(&action)?, &action.value, now)
        .map_err(|_| Error::Problem(Code::WrongState.into()))?;
    let undone = match &change {
        CustomersChange::Blocked(edit) => bulk::undo(&write, actor, action, edit, now).await?,
        CustomersChange::Tagged(edit) => bulk::undo(&write, actor, action, edit, now).await?,
    };
    write.commit().await?;
    Ok(undone)
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

    /// Who is blocked already keeps the time of it.
    fn change(&self, state: &Option<i64>) -> Option<i64> {
        if state.is_some() == self.at.is_some() { *state } else { self.at }
    }

    /// What those who are no longer blocked waited for is theirs again, as far as it is left.
    async fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, Option<i64>)],
        now: i64,
    ) -> Result<()> {
        let case = rows.iter().fold(CaseStatement::new(), |case, (id, at)| {
            case.case(Expr::col(customer::Column::Id).eq(*id), Expr::value(*at))
        });
        let blocked_at = Expr::expr(case.finally(Expr::col(customer::Column::BlockedAt)));
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

/// Adding a tag, or removing it. The state is the tag as the customer has it, or nothing.
struct Tagged {
    tag: String,
    wanted: bool,
}

impl Edit for Tagged {
    type State = Option<String>;

    async fn load(
        &self,
        write: &Write,
        business_id: Uuid,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Option<String>)>> {
        let tags: Vec<(Uuid, String, String)> = customer_tag::Entity::find()
            .select_only()
            .columns([
                customer_tag::Column::CustomerId,
                customer_tag::Column::Tag,
                customer_tag::Column::TagFolded,
            ])
            .filter(customer_tag::Column::BusinessId.eq(business_id))
            .filter(customer_tag::Column::CustomerId.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&**write)
            .await?;
        let folded = fold(&self.tag);
        let mut counts: HashMap<Uuid, usize> = HashMap::new();
        let mut tagged: HashMap<Uuid, String> = HashMap::new();
        for (id, tag, tag_folded) in tags {
            *counts.entry(id).or_default() += 1;
            if tag_folded == folded {
                tagged.insert(id, tag);
            }
        }
        let known: Vec<Uuid> = customer::Entity::find()
            .select_only()
            .column(customer::Column::Id)
            .filter(customer::Column::BusinessId.eq(business_id))
            .filter(customer::Column::Id.is_in(ids.iter().copied()))
            .filter(customer::Column::MergedInto.is_null())
            .into_tuple()
            .all(&**write)
            .await?;
        let states = known.into_iter().filter_map(|id| {
            let tag = tagged.remove(&id);
            // A customer who has all the tags they may have gets no other.
            let has_room = counts.get(&id).copied().unwrap_or_default() < MAX_TAGS;
            (tag.is_some() || !self.wanted || has_room).then_some((id, tag))
        });
        Ok(states.collect())
    }

    fn change(&self, state: &Option<String>) -> Option<String> {
        match (state, self.wanted) {
            (Some(tag), true) => Some(tag.clone()),
            (None, true) => Some(self.tag.clone()),
            (_, false) => None,
        }
    }

    async fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, Option<String>)],
        _: i64,
    ) -> Result<()> {
        let folded = fold(&self.tag);
        let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
        customer_tag::Entity::delete_many()
            .filter(customer_tag::Column::BusinessId.eq(business_id))
            .filter(customer_tag::Column::CustomerId.is_in(ids.iter().copied()))
            .filter(customer_tag::Column::TagFolded.eq(folded.as_str()))
            .exec(&**write)
            .await?;
        let added = rows.iter().filter_map(|(id, tag)| Some((*id, tag.as_ref()?)));
        customer_tag::Entity::insert_many(added.map(|(customer_id, tag)| customer_tag::ActiveModel {
            id: Set(new_id()),
            business_id: Set(business_id),
            customer_id: Set(customer_id),
            tag: Set(tag.clone()),
            tag_folded: Set(folded.clone()),
        }))
        .exec_without_returning(&**write)
        .await?;
        search::refresh(write, business_id, &ids).await
    }
}
