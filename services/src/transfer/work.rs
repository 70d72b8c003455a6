//! The job of an import: whatever its state asks for.

use domain::transfer::ImportState;
use uuid::Uuid;

use super::{check, find, state, undo};
use crate::{Result, Services, jobs::Outcome};

/// Works at an import.
pub(crate) async fn work(services: &Services, business_id: Uuid, import_id: Uuid) -> Result<Outcome> {
    let import = find(services.database.read(), business_id, import_id).await?;
    match state(&import)? {
        ImportState::Checking => check::check(services, business_id, import).await,
        ImportState::Importing => check::carry_out(services, business_id, import).await,
        ImportState::Undoing => undo::undo(services, business_id, import).await,
        ImportState::Reading
        | ImportState::Mapping
        | ImportState::Checked
        | ImportState::Done
        | ImportState::Settled
        | ImportState::Undone => Ok(Outcome::Done),
    }
}
