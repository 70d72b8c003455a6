//! The picture of a label, fetched once and kept as the PDF that is printed.

use domain::problem::Code;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::{LabelState, account, purchase};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::label,
    error::OrNotFound,
    jobs::{JobKind, Outcome, queue},
    ports::PortError,
};

/// The job: fetches the label's picture and keeps it as the PDF that is printed. Where it is not where it was said to be,
/// the carrier is asked anew where it is.
pub(crate) async fn fetch(services: &Services, business_id: Uuid, label_id: Uuid) -> Result<Outcome> {
    let label = purchase::label(services.database.read(), business_id, label_id).await?;
    if label.document.is_some() || label.state != LabelState::Bought.as_str() {
        return Ok(Outcome::Done);
    }
    let (address, fetched) = fetched(services, &label).await?;
    let now = services.now();
    let write = services.database.write(business_id).await?;
    let mut row = purchase::label(&*write, business_id, label_id).await?.into_active_model();
    row.label_url = Set(address);
    let outcome = match fetched {
        Ok(document) => {
            row.document = Set(Some(document));
            row.fetch_failed_at = Set(None);
            Outcome::Done
        }
        Err(error) => {
            row.fetch_failed_at = Set(Some(now));
            Outcome::Failed(error.into())
        }
    };
    row.update(&*write).await?;
    write.commit().await?;
    Ok(outcome)
}

/// The picture, and the address at which it was looked for last.
async fn fetched(services: &Services, label: &label::Model) -> Result<(String, Result<Vec<u8>, PortError>)> {
    let read = services.database.read();
    let account = account::by_id(read, label.business_id, label.carrier_account_id).await?;
    let (key, carrier) = purchase::reached_with(services, &account)?;
    if !label.label_url.is_empty() {
        let first = carrier.fetch_label(&key, &label.label_url).await;
        // While the place where labels lie does not answer, another address there is of no use.
        if !matches!(&first, Err(error) if !error.is_passing()) {
            return Ok((label.label_url.clone(), first));
        }
    }
    let address = match purchase::look_up(services, label).await? {
        Ok(Some(bought)) => bought.label_url,
        Ok(None) => String::new(),
        Err(error) => return Ok((label.label_url.clone(), Err(later(error)))),
    };
    if address.is_empty() {
        let error = PortError::Unavailable("the carrier does not tell where the label is".into());
        return Ok((label.label_url.clone(), Err(error)));
    }
    let second = carrier.fetch_label(&key, &address).await.map_err(later);
    Ok((address, second))
}

/// A label that was paid for is worth another try, whatever was said.
fn later(error: PortError) -> PortError {
    if error.is_passing() { error } else { PortError::Unavailable(error.to_string()) }
}

/// Fetches the label of a shipment at once.
///
/// # Errors
/// `WrongState` where there is no label, or its document is there.
pub async fn fetch_again(services: &Services, actor: &Actor, shipment_id: Uuid) -> Result<()> {
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let label = super::bought_label(&*write, actor.business_id, shipment_id).await?;
    let label = label.filter(|label| !label.has_document).ok_or(Code::WrongState)?;
    queue::enqueue(&write, actor.business_id, JobKind::FetchLabel, [label.id], now).await?;
    write.commit().await?;
    Ok(())
}

/// The PDF of a shipment's label.
pub async fn document(services: &Services, actor: &Actor, shipment_id: Uuid) -> Result<Vec<u8>> {
    let document: Option<Option<Vec<u8>>> = label::Entity::find()
        .select_only()
        .column(label::Column::Document)
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::ShipmentId.eq(shipment_id))
        .filter(label::Column::State.eq(LabelState::Bought.as_str()))
        .order_by_desc(label::Column::Id)
        .limit(1)
        .into_tuple()
        .one(services.database.read())
        .await?;
    document.flatten().or_not_found()
}
