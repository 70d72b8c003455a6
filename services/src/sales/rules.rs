//! What a seller teaches the reader: next time a phrase is read as another.

use domain::{
    problem::{FieldCode, Problem},
    sales::{
        rules::{MAX_RULES, ReadingRule, RuleForm, RuleLine},
        view::Taught,
    },
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{Result, Services, accounts::Actor, entities::reading_rule, error::OrNotFound, new_id};

/// The rules by which the comments of a business are read, the oldest first.
pub async fn for_reading(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<Vec<ReadingRule>> {
    let rows = reading_rule::Entity::find()
        .filter(reading_rule::Column::BusinessId.eq(business_id))
        .order_by_asc(reading_rule::Column::Id)
        .limit(MAX_RULES as u64)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| ReadingRule { phrase: row.phrase, meaning: row.meaning }).collect())
}

/// The rules of the business in the order of their phrases.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<RuleLine>> {
    let rows = reading_rule::Entity::find()
        .filter(reading_rule::Column::BusinessId.eq(actor.business_id))
        .order_by_asc(reading_rule::Column::Phrase)
        .limit(MAX_RULES as u64)
        .all(services.database.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| RuleLine { id: row.id, rule: ReadingRule { phrase: row.phrase, meaning: row.meaning } })
        .collect())
}

/// Teaches a rule. A phrase that is known gets its new meaning.
pub async fn add(services: &Services, actor: &Actor, form: &RuleForm) -> Result<Taught> {
    use reading_rule::Column::{BusinessId, Meaning, Phrase};
    actor.must_sell()?;
    let rule = form.parse()?;
    let write = services.database.write(actor.business_id).await?;
    let known = reading_rule::Entity::find()
        .filter(BusinessId.eq(actor.business_id))
        .filter(Phrase.eq(rule.phrase.as_str()))
        .one(&*write)
        .await?;
    let others = reading_rule::Entity::find()
        .filter(BusinessId.eq(actor.business_id))
        .filter(Phrase.ne(rule.phrase.as_str()))
        .count(&*write)
        .await?;
    if others >= MAX_RULES as u64 {
        return Err(Problem::field("phrase", FieldCode::TooMuch(MAX_RULES as i64)).into());
    }
    let new = new_id();
    reading_rule::Entity::insert(reading_rule::ActiveModel {
        id: Set(new),
        business_id: Set(actor.business_id),
        phrase: Set(rule.phrase.clone()),
        meaning: Set(rule.meaning.clone()),
        created_at: Set(services.now()),
    })
    .on_conflict(OnConflict::columns([BusinessId, Phrase]).update_column(Meaning).to_owned())
    .exec_without_returning(&*write)
    .await?;
    write.commit().await?;
    let id = known.as_ref().map_or(new, |known| known.id);
    Ok(Taught { line: RuleLine { id, rule }, before: known.map(|known| known.meaning) })
}

/// Forgets a rule.
pub async fn remove(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let removed = reading_rule::Entity::delete_many()
        .filter(reading_rule::Column::BusinessId.eq(actor.business_id))
        .filter(reading_rule::Column::Id.eq(id))
        .exec(&*write)
        .await?;
    (removed.rows_affected == 1).then_some(()).or_not_found()?;
    write.commit().await?;
    Ok(())
}
