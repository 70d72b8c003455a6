//! The words of a business and of a sale, and what the reader was taught.

use domain::{
    sales::words::{WordChanges, WordsForm},
    three_way,
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Set, sea_query::OnConflict};
use uuid::Uuid;

use super::{
    policy::{Stored, settings},
    sale,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    entities::{sale as sales, selling_settings},
    error::stored,
};

/// Changes as they are stored; an empty text changes nothing.
fn parse(text: &str) -> Result<WordChanges> {
    match text {
        "" => Ok(WordChanges::default()),
        text => stored(serde_json::from_str(text).ok()),
    }
}

fn store(changes: &WordChanges) -> Result<String> {
    if changes.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(changes).map_err(|_| Error::Fault("words cannot be written as JSON"))
}

/// The words by which a sale is read: its own laid over those of its business.
pub async fn for_reading(connection: &impl ConnectionTrait, sale: &sales::Model) -> Result<WordChanges> {
    let settings = settings(connection, sale.business_id).await?;
    let business = parse(settings.as_ref().map_or("", |settings| settings.words.as_str()))?;
    Ok(parse(&sale.words)?.over(&business))
}

/// The words of the business.
pub async fn view(services: &Services, actor: &Actor) -> Result<WordChanges> {
    of_business(services.database.read(), actor).await
}

async fn of_business(connection: &impl ConnectionTrait, actor: &Actor) -> Result<WordChanges> {
    let settings = settings(connection, actor.business_id).await?;
    parse(settings.as_ref().map_or("", |settings| settings.words.as_str()))
}

/// Saves the words of the business. They count for the next reading of every sale.
///
/// # Errors
/// Names the lists that are wrong or were changed by somebody else meanwhile.
pub async fn save(services: &Services, actor: &Actor, form: &WordsForm) -> Result<()> {
    use selling_settings::Column::{BusinessId, Words};
    actor.must_sell()?;
    form.parse()?;
    let policy = Stored::from(domain::sales::policy::SellingPolicy::default());
    let write = services.database.write(actor.business_id).await?;
    let present = WordsForm::from(&of_business(&*write, actor).await?);
    let words = store(&three_way::merged(form, &present)?.parse()?)?;
    selling_settings::Entity::insert(selling_settings::ActiveModel {
        business_id: Set(actor.business_id),
        hold_hours: Set(policy.hold_hours),
        limit_per_buyer: Set(policy.limit_per_buyer),
        put_backs: Set(policy.put_backs),
        repeats: Set(policy.repeats),
        words: Set(words),
    })
    .on_conflict(OnConflict::column(BusinessId).update_column(Words).to_owned())
    .exec_without_returning(&*write)
    .await?;
    write.commit().await?;
    Ok(())
}

/// What a sale changes about the words of its business.
pub async fn view_of_sale(services: &Services, actor: &Actor, sale_id: Uuid) -> Result<WordChanges> {
    parse(&sale::find(services.database.read(), actor, sale_id).await?.words)
}

/// Saves what a sale changes about the words of its business.
///
/// # Errors
/// Names the lists that are wrong or were changed by somebody else meanwhile.
pub async fn save_of_sale(services: &Services, actor: &Actor, sale_id: Uuid, form: &WordsForm) -> Result<()> {
    actor.must_sell()?;
    form.parse()?;
    let write = services.database.write(actor.business_id).await?;
    let sale = sale::find(&*write, actor, sale_id).await?;
    let present = WordsForm::from(&parse(&sale.words)?);
    let words = store(&three_way::merged(form, &present)?.parse()?)?;
    let mut row = sale.into_active_model();
    row.words = Set(words);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}
