//! Telling open screens that something of a business changed.
//!
//! The database is the messenger, so it works with any number of servers: a watcher reads the revisions of the
//! businesses that have a screen open here, and passes on those that rose.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{Result, Services, entities::business};

/// How often revisions are read while somebody is watching.
const PERIOD: Duration = Duration::from_millis(700);

/// The screens that are open on this server.
#[derive(Clone, Default)]
pub struct Live {
    watched: Arc<Mutex<HashMap<Uuid, watch::Sender<i64>>>>,
}

impl Live {
    /// Watches a business. The value is its revision, zero until it was first read.
    pub fn watch(&self, business_id: Uuid) -> watch::Receiver<i64> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.entry(business_id).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// The businesses that somebody watches; those that nobody does any more are forgotten.
    fn businesses(&self) -> Vec<Uuid> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|_, sender| sender.receiver_count() > 0);
        watched.keys().copied().collect()
    }

    fn announce(&self, business_id: Uuid, revision: i64) {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = watched.get(&business_id) {
            sender.send_if_modified(|known| std::mem::replace(known, revision) != revision);
        }
    }
}

/// Reads the watched revisions once and announces those that changed.
pub async fn look_once(services: &Services) -> Result<()> {
    let businesses = services.live.businesses();
    if businesses.is_empty() {
        return Ok(());
    }
    let revisions: Vec<(Uuid, i64)> = business::Entity::find()
        .select_only()
        .columns([business::Column::Id, business::Column::Revision])
        .filter(business::Column::Id.is_in(businesses))
        .into_tuple()
        .all(services.database.read())
        .await?;
    for (business_id, revision) in revisions {
        services.live.announce(business_id, revision);
    }
    Ok(())
}

/// Looks again and again. An error is told to the log and the next look tries again.
pub async fn run(services: Services) {
    loop {
        tokio::time::sleep(PERIOD).await;
        if let Err(error) = look_once(&services).await {
            tracing::warn!(%error, "reading revisions failed");
        }
    }
}
