//! What buyers may type for an item, and which other items could be meant by the same.

use domain::{
    inventory::KeywordQuery,
    problem::Code,
    sales::{
        Catalog, Preset, ReadSettings,
        keywords::{Keyword, KeywordIndex},
    },
};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::{Actor, business},
    error::stored,
    sales::{
        catalog::{SaleCatalog, catalog},
        words,
    },
};

/// Reads an item as it is typed against everything else of the business. `id` is nothing for an item that is not stored.
pub async fn check(
    services: &Services,
    actor: &Actor,
    id: Option<Uuid>,
    typed: &KeywordQuery,
) -> Result<Vec<Keyword>> {
    let place = services.places.reading.take(actor.business_id).await?;
    let read = services.database.read();
    let business = business::of(read, actor).await?;
    let settings = ReadSettings {
        preset: stored(Preset::parse(&business.preset))?,
        words: words::view(services, actor).await?,
        ..ReadSettings::default()
    };
    let SaleCatalog { items, item_ids, .. } = catalog(read, actor, None, services.now()).await?;
    let own = id.and_then(|id| item_ids.iter().position(|known| *known == id));
    let own = own.map(u32::try_from).transpose().map_err(|_| Error::Problem(Code::TooLarge.into()))?;
    let typed = typed.item();
    place
        .work(move || {
            let catalog = Catalog::new(items);
            KeywordIndex::new(&catalog, &settings).check(&typed, own)
        })
        .await
}
