//! Tags for shelves: choosing them, and what is printed on each.

use std::collections::HashMap;

use domain::{
    inventory::shelf::{Shape, Tag, TagCode, TagOrder, TagQuery, TagRow, TagSheet, Tags},
    lists::search_words,
    money::Money,
    page::Page,
    problem::Problem,
};
use qrcode::{EcLevel, QrCode};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Expr};
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

use super::{list::containing, variants_of};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    entities::item,
    sales::sale::{Claimed, claimed},
};

/// Items shown at once, with all their variants.
const ITEMS_AT_ONCE: u64 = 25;

/// What stands on the tag of a variant: its own code if it has one.
fn code_of(claimed: &Claimed) -> &str {
    if claimed.variant.code.is_empty() { &claimed.item.code } else { &claimed.variant.code }
}

/// A stretch of the variants whose tags can be printed.
pub async fn rows(services: &Services, actor: &Actor, query: &TagQuery) -> Result<Page<TagRow>> {
    let read = services.database.read();
    let mut select = item::Entity::find()
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .order_by_asc(item::Column::CodeFolded)
        .limit(ITEMS_AT_ONCE + 1);
    select = match Uuid::parse_str(&query.item) {
        Ok(id) => select.filter(item::Column::Id.eq(id)),
        Err(_) => select.filter(item::Column::ArchivedAt.is_null()),
    };
    for word in search_words(&query.search) {
        select = select.filter(Expr::col(item::Column::Search).like(containing(&word)));
    }
    if !query.after.is_empty() {
        select = select.filter(item::Column::CodeFolded.gt(&query.after));
    }
    let page = Page::new(select.all(read).await?, ITEMS_AT_ONCE, |item| item.code_folded.clone());
    let ids: Vec<Uuid> = page.rows.iter().map(|item| item.id).collect();
    let variants = variants_of(read, actor.business_id, &ids).await?;
    let all = variants.values().flatten().map(|variant| variant.id);
    let claimed = claimed(read, actor.business_id, all).await?;
    let rows = ids
        .iter()
        .filter_map(|id| variants.get(id))
        .flatten()
        .filter_map(|variant| claimed.get(&variant.id))
        .map(|what| TagRow {
            variant_id: what.variant.id,
            code: code_of(what).to_owned(),
            title: what.item.title.clone(),
            variant: what.variant.name.clone(),
            price: Money::new(what.price(), actor.currency),
            on_hand: what.variant.on_hand,
        })
        .collect();
    Ok(Page { rows, next: page.next })
}

/// The tags of an order, in its order.
pub async fn sheet(services: &Services, actor: &Actor, order: &TagOrder) -> Result<TagSheet> {
    let Tags { picks, paper, code } = order.parse().map_err(|code| Problem::field("copies", code))?;
    let ids = picks.iter().map(|(id, _)| *id);
    let claimed = claimed(services.database.read(), actor.business_id, ids).await?;
    let mut shapes: HashMap<&str, Shape> = HashMap::new();
    let mut not_in_bars: Vec<String> = Vec::new();
    let mut tags = Vec::new();
    for (id, copies) in picks {
        // Another business' variant is not there.
        let Some(what) = claimed.get(&id) else { continue };
        let own = code_of(what);
        let shape = match shapes.get(own) {
            Some(shape) => shape.clone(),
            None => {
                let bars = (code == TagCode::Bars).then(|| Shape::bars(own)).flatten();
                if code == TagCode::Bars && bars.is_none() {
                    not_in_bars.push(own.to_owned());
                }
                let shape = match bars {
                    Some(bars) => bars,
                    None => square(&services.settings.public_url, own)?,
                };
                shapes.insert(own, shape.clone());
                shape
            }
        };
        tags.push(Tag {
            code: own.to_owned(),
            title: what.item.title.clone(),
            variant: what.variant.name.clone(),
            price: Money::new(what.price(), actor.currency),
            copies,
            shape,
        });
    }
    Ok(TagSheet { paper, tags, not_in_bars })
}

/// The address of an item as a QR code, so that the camera of any phone opens it. A tag may be scratched: a seventh of it
/// can be missing.
fn square(public_url: &str, code: &str) -> Result<Shape> {
    let code: String = byte_serialize(code.as_bytes()).collect();
    let address = format!("{public_url}/stock/find?code={code}");
    let drawn = QrCode::with_error_correction_level(address, EcLevel::M)
        .map_err(|_| Error::Fault("an address is too long for a QR code"))?;
    let modules: Vec<bool> =
        drawn.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    Ok(Shape::square(&modules, drawn.width()))
}
