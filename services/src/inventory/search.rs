//! By what an item is found, kept true where many items are changed at once.

use std::collections::HashMap;

use domain::text::search_fold;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, prelude::Expr, sea_query::CaseStatement,
};
use uuid::Uuid;

use super::{aliases_of, material::names, tags_of, variants_of};
use crate::{Result, database::Write, entities::item};

/// Writes the search texts of some items anew, as saving them would.
pub(super) async fn refresh(write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<()> {
    let items: Vec<(Uuid, String, String, String, Option<Uuid>)> = item::Entity::find()
        .select_only()
        .columns([item::Column::Id, item::Column::Code, item::Column::Title, item::Column::Category])
        .column(item::Column::MaterialId)
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(&**write)
        .await?;
    if items.is_empty() {
        return Ok(());
    }
    let mut aliases = texts(aliases_of(&**write, business_id, ids).await?, |row| [row.alias.clone()]);
    let mut tags = texts(tags_of(&**write, business_id, ids).await?, |row| [row.tag.clone()]);
    let mut variants =
        texts(variants_of(&**write, business_id, ids).await?, |row| [row.code.clone(), row.barcode.clone()]);
    let made_of = items.iter().filter_map(|(_, _, _, _, material)| *material);
    let materials = names(&**write, business_id, made_of).await?;
    let case = items.into_iter().fold(CaseStatement::new(), |case, (id, code, title, category, material)| {
        let of = |words: &mut HashMap<Uuid, Vec<String>>| words.remove(&id).unwrap_or_default();
        let words = [code, title]
            .into_iter()
            .chain(of(&mut aliases))
            .chain(of(&mut tags))
            .chain([category])
            .chain(material.and_then(|id| materials.get(&id).cloned()))
            .chain(of(&mut variants));
        let words: Vec<String> =
            words.map(|word| search_fold(&word)).filter(|word| !word.is_empty()).collect();
        case.case(Expr::col(item::Column::Id).eq(id), Expr::value(words.join(" ")))
    });
    item::Entity::update_many()
        .col_expr(item::Column::Search, Expr::expr(case.finally(Expr::col(item::Column::Search))))
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::Id.is_in(ids.iter().copied()))
        .exec(&**write)
        .await?;
    Ok(())
}

/// The words of rows, by item.
fn texts<T, const N: usize>(
    rows: HashMap<Uuid, Vec<T>>,
    words: impl Fn(&T) -> [String; N],
) -> HashMap<Uuid, Vec<String>> {
    rows.into_iter().map(|(id, rows)| (id, rows.iter().flat_map(&words).collect())).collect()
}
