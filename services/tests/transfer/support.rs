//! Files that go in and out, and what is looked at before and after.

use std::{collections::BTreeMap, io::Write};

use domain::transfer::{
    FileProblem, ImportQuery, ImportState, ImportView, Reason, ResultKind, export::ExportKind,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use services::{
    accounts::Actor,
    entities::{customer, item},
    inventory,
    testing::World,
    transfer::{export, stage, steps, view},
};
use tempfile::NamedTempFile;
use uuid::Uuid;

pub const ITEMS: &str = "\
code,title,price,size,quantity,weight,material,tags
R1,Moon ring,24.00,6,2,3.2 g,Silver,rings
R1,Moon ring,24.00,7,1,3.2 g,Silver,rings
T2,Rose tower,18.50,,3,2 oz,Quartz,
C9,Amber candle,9,,100,,,\n";

/// Sends a file and gives its import, or why it was refused.
pub async fn send(world: &World, actor: &Actor, name: &str, bytes: &[u8]) -> Result<Uuid, FileProblem> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file.flush().unwrap();
    let place = world.services.places.files.take(actor.business_id).await.unwrap();
    stage::stage(&world.services, actor, name, file.path().to_owned(), place).await.unwrap()
}

pub async fn look(world: &World, actor: &Actor, id: Uuid, kind: ResultKind) -> ImportView {
    let query = ImportQuery { kind: kind.as_str().into(), ..ImportQuery::default() };
    view::view(&world.services, actor, id, &query).await.unwrap()
}

/// Checks a file with the columns as they were guessed, changed by `fields`: column and word.
pub async fn check(world: &World, actor: &Actor, id: Uuid, fields: &[(usize, &str)]) -> ImportView {
    let mut form = look(world, actor, id, ResultKind::Added).await.form;
    for (column, word) in fields {
        form.fields[*column] = (*word).to_owned();
    }
    steps::check(&world.services, actor, id, &form).await.unwrap();
    world.work().await;
    let view = look(world, actor, id, ResultKind::Problem).await;
    assert_eq!(view.state, ImportState::Checked);
    view
}

/// Sends, checks and imports a file.
pub async fn import(world: &World, actor: &Actor, bytes: &str) -> ImportView {
    let id = send(world, actor, "file.csv", bytes.as_bytes()).await.unwrap();
    check(world, actor, id, &[]).await;
    world.services.clock.advance(1_000);
    steps::start(&world.services, actor, id).await.unwrap();
    world.work().await;
    world.services.clock.advance(1_000);
    let view = look(world, actor, id, ResultKind::Problem).await;
    assert_eq!(view.state, ImportState::Done);
    view
}

pub async fn undo(world: &World, actor: &Actor, id: Uuid) -> ImportView {
    steps::undo(&world.services, actor, id).await.unwrap();
    world.work().await;
    let view = look(world, actor, id, ResultKind::Added).await;
    assert_eq!(view.state, ImportState::Undone);
    view
}

/// A kind of rows as it is downloaded.
pub async fn csv_of(world: &World, actor: &Actor, kind: ExportKind) -> String {
    let mut pieces = export::csv(&world.services, actor, kind).unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.recv().await {
        bytes.extend(piece.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

pub async fn xlsx_of(world: &World, actor: &Actor, kind: ExportKind) -> Vec<u8> {
    let mut pieces = export::xlsx(&world.services, actor, kind).unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.recv().await {
        bytes.extend(piece.unwrap());
    }
    bytes
}

/// Every item with its variants in short, by code.
pub async fn items(world: &World, actor: &Actor) -> BTreeMap<String, String> {
    let read = world.services.database.read();
    let rows =
        item::Entity::find().filter(item::Column::BusinessId.eq(actor.business_id)).all(read).await.unwrap();
    let mut items = BTreeMap::new();
    for row in rows {
        let view = inventory::item::view(&world.services, actor, row.id).await.unwrap();
        let variants: Vec<String> = view
            .form
            .variants
            .iter()
            .map(|one| format!("{}×{} {}", one.values.join("/"), one.quantity, one.price))
            .collect();
        let form = &view.form;
        items.insert(
            row.code,
            format!(
                "{} {} {} {} [{}] {}",
                form.title,
                form.price,
                form.weight,
                form.material,
                form.tags,
                variants.join("; ")
            ),
        );
    }
    items
}

pub async fn count_of_customers(world: &World, actor: &Actor) -> u64 {
    let of_business = customer::Entity::find().filter(customer::Column::BusinessId.eq(actor.business_id));
    of_business.count(world.services.database.read()).await.unwrap()
}

pub fn reasons(view: &ImportView) -> Vec<(i64, String, Reason)> {
    view.results.rows.iter().map(|row| (row.line, row.column.clone(), row.reason.clone().unwrap())).collect()
}
