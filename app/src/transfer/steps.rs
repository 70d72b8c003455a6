//! The steps of an import as server functions.

use domain::transfer::{ImportQuery, ImportView, MappingForm};
use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::error::AppError;

/// One import, as far as it has come.
#[server(prefix = "/api", endpoint = "import/view", input = GetUrl)]
pub async fn load_import(query: ImportQuery) -> Result<ImportView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&query.id)?;
    Ok(services::transfer::view::view(&caller.services, &caller.actor, id, &query).await?)
}

/// Chooses what the columns hold and lets the rows be checked.
#[server(prefix = "/api", endpoint = "import/check")]
pub async fn check_import(id: String, form: MappingForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::transfer::steps::check(&caller.services, &caller.actor, id, &form).await?;
    leptos_axum::redirect(&format!("/import/{id}"));
    Ok(())
}

/// Goes back to the columns.
#[server(prefix = "/api", endpoint = "import/map-again")]
pub async fn map_import_again(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::transfer::steps::map_again(&caller.services, &caller.actor, id).await?;
    leptos_axum::redirect(&format!("/import/{id}"));
    Ok(())
}

/// Lets it happen.
#[server(prefix = "/api", endpoint = "import/start")]
pub async fn start_import(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::transfer::steps::start(&caller.services, &caller.actor, id).await?;
    leptos_axum::redirect(&format!("/import/{id}"));
    Ok(())
}

/// Takes it back.
#[server(prefix = "/api", endpoint = "import/undo")]
pub async fn undo_import(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::transfer::steps::undo(&caller.services, &caller.actor, id).await?;
    leptos_axum::redirect(&format!("/import/{id}"));
    Ok(())
}

/// Lets work that gave up go on.
#[server(prefix = "/api", endpoint = "import/go-on")]
pub async fn go_on_with_import(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::transfer::steps::go_on(&caller.services, &caller.actor, id).await?;
    leptos_axum::redirect(&format!("/import/{id}"));
    Ok(())
}

/// Throws a file away that was not imported, and leads to the list.
#[server(prefix = "/api", endpoint = "import/discard")]
pub async fn discard_import(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::transfer::steps::discard(&caller.services, &caller.actor, id).await?;
    leptos_axum::redirect("/import");
    Ok(())
}
