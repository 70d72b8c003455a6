//! What a person does with an import: choose its columns, let it happen, take it back, throw it away.

use domain::{
    problem::Code,
    transfer::{ImportState, MappingForm},
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, prelude::Expr};
use uuid::Uuid;

use super::{find, results, stage, state, view::first_row};
use crate::{
    Result, Services,
    accounts::Actor,
    database::Write,
    entities::import,
    jobs::{JobKind, queue},
};

/// Chooses the columns and lets the rows be checked.
///
/// # Errors
/// Names the columns that are wrong.
pub async fn check(services: &Services, actor: &Actor, id: Uuid, form: &MappingForm) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let import = find(&*write, actor.business_id, id).await?;
    if !state(&import)?.can_be_mapped() {
        return Err(Code::WrongState.into());
    }
    let mapping = form.parse(first_row(&import).len())?;
    results::forget_check(&write, &import).await?;
    import::Entity::update_many()
        .col_expr(import::Column::Mapping, Expr::value(stage::mapping_text(&mapping)?))
        .filter(import::Column::BusinessId.eq(actor.business_id))
        .filter(import::Column::Id.eq(id))
        .exec(&*write)
        .await?;
    begin(&write, services, &import, ImportState::Checking, import.rows).await?;
    write.commit().await?;
    Ok(())
}

/// Goes back from what was found to the columns.
pub async fn map_again(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let import = find(&*write, actor.business_id, id).await?;
    if state(&import)? != ImportState::Checked {
        return Err(Code::WrongState.into());
    }
    set_state(&write, services, &import, ImportState::Mapping).await?;
    write.commit().await?;
    Ok(())
}

/// Lets it happen.
pub async fn start(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let import = find(&*write, actor.business_id, id).await?;
    if state(&import)? != ImportState::Checked || import.added + import.changed == 0 {
        return Err(Code::WrongState.into());
    }
    begin(&write, services, &import, ImportState::Importing, import.rows).await?;
    write.commit().await?;
    Ok(())
}

/// Takes it back, except what something later stands in the way of.
pub async fn undo(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let import = find(&*write, actor.business_id, id).await?;
    if state(&import)? != ImportState::Done {
        return Err(Code::WrongState.into());
    }
    let to_do = results::to_undo(&*write, &import).await?;
    import::Entity::update_many()
        .col_expr(import::Column::State, Expr::value(ImportState::Undoing.as_str()))
        .col_expr(import::Column::Done, Expr::value(0_i64))
        .col_expr(import::Column::ToDo, Expr::value(to_do))
        .col_expr(import::Column::Kept, Expr::value(0_i64))
        .col_expr(import::Column::UpdatedAt, Expr::value(services.now()))
        .filter(import::Column::BusinessId.eq(actor.business_id))
        .filter(import::Column::Id.eq(id))
        .exec(&*write)
        .await?;
    enqueue(&write, services, &import).await?;
    write.commit().await?;
    Ok(())
}

/// Lets work that gave up go on where it stopped.
pub async fn go_on(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let import = find(&*write, actor.business_id, id).await?;
    if !state(&import)?.is_working() {
        return Err(Code::WrongState.into());
    }
    enqueue(&write, services, &import).await?;
    write.commit().await?;
    Ok(())
}

/// Throws away a file that was not imported, with everything kept of it.
pub async fn discard(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let import = find(&*write, actor.business_id, id).await?;
    if !state(&import)?.can_be_mapped() && state(&import)? != ImportState::Reading {
        return Err(Code::WrongState.into());
    }
    stage::forget(&write, actor.business_id, id).await?;
    write.commit().await?;
    Ok(())
}

async fn begin(
    write: &Write,
    services: &Services,
    import: &import::Model,
    state: ImportState,
    to_do: i64,
) -> Result<()> {
    use import::Column::{
        Added, BusinessId, Changed, Done, Id, Kept, Problems, Run, Same, State, ToDo, UpdatedAt,
    };
    let mut update = import::Entity::update_many()
        .col_expr(State, Expr::value(state.as_str()))
        .col_expr(ToDo, Expr::value(to_do))
        // Whoever still works at what was begun before sees by this that it is over.
        .col_expr(Run, Expr::col(Run).add(1_i64))
        .col_expr(UpdatedAt, Expr::value(services.now()));
    for count in [Done, Added, Changed, Same, Problems, Kept] {
        update = update.col_expr(count, Expr::value(0_i64));
    }
    update.filter(BusinessId.eq(import.business_id)).filter(Id.eq(import.id)).exec(&**write).await?;
    enqueue(write, services, import).await
}

async fn enqueue(write: &Write, services: &Services, import: &import::Model) -> Result<()> {
    queue::enqueue(write, import.business_id, JobKind::Import, [import.id], services.now()).await
}

pub(super) async fn set_state(
    write: &Write,
    services: &Services,
    import: &import::Model,
    state: ImportState,
) -> Result<()> {
    import::Entity::update_many()
        .col_expr(import::Column::State, Expr::value(state.as_str()))
        .col_expr(import::Column::UpdatedAt, Expr::value(services.now()))
        .filter(import::Column::BusinessId.eq(import.business_id))
        .filter(import::Column::Id.eq(import.id))
        .exec(&**write)
        .await?;
    Ok(())
}
