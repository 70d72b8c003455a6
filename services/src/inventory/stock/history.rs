//! The stock of an item as shown: the figures of its variants, and the movements that made them.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use domain::{
    inventory::{
        Stock,
        stock::{Cause, Figures, MovementLine, StockView, VariantStock},
    },
    invoices::number,
    page::Page,
    time,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::Expr, sea_query::SimpleExpr,
};
use uuid::Uuid;

use super::by_hand::BY_HAND;
use crate::{
    Result, Services,
    accounts::{Actor, members::names},
    entities::{claim, customer, invoice, item, sale, stock_movement, variant},
    error::{OrNotFound, stored},
    inventory::list::sum_of,
    new_id,
    zone::Zone,
};

/// Movements shown at once.
const SHOWN: u64 = 20;

/// The figures of an item's variants, and the movements that came before the one with the key `after`, the newest first.
pub async fn view(services: &Services, actor: &Actor, item_id: Uuid, after: &str) -> Result<StockView> {
    let read = services.database.read();
    let item = item::Entity::find_by_id(item_id)
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .one(read)
        .await?
        .or_not_found()?;
    // Those that were removed are shown in the history: their pieces went somewhere.
    let variants = variant::Entity::find()
        .filter(variant::Column::BusinessId.eq(actor.business_id))
        .filter(variant::Column::ItemId.eq(item_id))
        .order_by_asc(variant::Column::Position)
        .all(read)
        .await?;
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.id).collect();
    let mut select = stock_movement::Entity::find()
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .filter(stock_movement::Column::VariantId.is_in(ids.iter().copied()))
        .order_by_desc(stock_movement::Column::Revision)
        .order_by_desc(stock_movement::Column::Id)
        .limit(SHOWN + 1);
    if let Some(place) = Place::parse(after) {
        select = select.filter(place.earlier());
    }
    let page = Page::new(select.all(read).await?, SHOWN, |row| Place::of(row).to_string());
    let rows = lines(services, actor, &variants, page.rows).await?;
    Ok(StockView {
        variants: variants
            .into_iter()
            .filter(|variant| variant.removed_at.is_none())
            .map(|variant| VariantStock {
                id: variant.id,
                name: variant.name,
                stock: Stock {
                    on_hand: variant.on_hand,
                    held: variant.held,
                    waitlisted: variant.waitlisted,
                    sold: variant.sold,
                },
                shipped: variant.shipped,
            })
            .collect(),
        low_mark: item.low_stock,
        movements: Page { rows, next: page.next },
        key: new_id(),
    })
}

/// Where a movement stands among those of its business. Writes of a business follow one another by its revision, whatever
/// the clocks of its servers say; within a write, ids rise.
struct Place {
    revision: i64,
    id: Uuid,
}

impl Place {
    fn of(row: &stock_movement::Model) -> Self {
        Place { revision: row.revision, id: row.id }
    }

    /// As it stands in the key of a page: `42.018f…`.
    fn parse(key: &str) -> Option<Self> {
        let (revision, id) = key.split_once('.')?;
        Some(Place { revision: revision.parse().ok()?, id: Uuid::parse_str(id).ok()? })
    }

    fn key() -> SimpleExpr {
        Expr::tuple([Expr::col(stock_movement::Column::Revision), Expr::col(stock_movement::Column::Id)])
    }

    fn value(&self) -> SimpleExpr {
        Expr::tuple([Expr::val(self.revision), Expr::val(self.id)])
    }

    /// Movements that were carried out before this one.
    fn earlier(&self) -> SimpleExpr {
        Place::key().lt(self.value())
    }

    /// Movements that were carried out after this one.
    fn later(&self) -> SimpleExpr {
        Place::key().gt(self.value())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.revision, self.id)
    }
}

async fn lines(
    services: &Services,
    actor: &Actor,
    variants: &[variant::Model],
    rows: Vec<stock_movement::Model>,
) -> Result<Vec<MovementLine>> {
    let (read, now) = (services.database.read(), services.now());
    let mut after = figures_after(read, actor, variants, rows.first()).await?;
    let who = names(read, rows.iter().filter_map(|row| row.member_id)).await?;
    let links = links(read, actor, &rows).await?;
    let ids = rows.iter().map(|row| row.id);
    let undone: HashSet<Uuid> = stock_movement::Entity::find()
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .filter(stock_movement::Column::Undoes.is_in(ids))
        .all(read)
        .await?
        .into_iter()
        .filter_map(|row| row.undoes)
        .collect();
    let of = |id: Uuid| variants.iter().find(|variant| variant.id == id);
    rows.into_iter()
        .map(|row| {
            let cause = stored(Cause::parse(&row.cause))?;
            let figures = after.entry(row.variant_id).or_default();
            let (on_hand, held) = *figures;
            *figures = (on_hand - row.on_hand, held - row.held);
            let variant = of(row.variant_id).or_not_found()?;
            let is_undone = undone.contains(&row.id);
            Ok(MovementLine {
                id: row.id,
                variant: variant.name.clone(),
                cause,
                change: Figures {
                    on_hand: row.on_hand,
                    held: row.held,
                    waitlisted: row.waitlisted,
                    sold: row.sold,
                    shipped: row.shipped,
                },
                on_hand_after: on_hand,
                left_after: on_hand - held,
                who: row.member_id.and_then(|id| who.get(&id).cloned()).unwrap_or_default(),
                note: row.note,
                when: when(&actor.zone, row.at, now),
                link: match row.count_id {
                    Some(id) => Some((format!("/stock/count/{id}"), "Stock-take".to_owned())),
                    None => row.claim_id.and_then(|id| links.get(&id).cloned()),
                },
                undoes: row.undoes.is_some(),
                undone: is_undone,
                can_be_undone: BY_HAND.contains(&cause)
                    && row.undoes.is_none()
                    && !is_undone
                    && variant.removed_at.is_none(),
            })
        })
        .collect()
}

/// An age while it is short, a date afterwards.
fn when(zone: &Zone, at: i64, now: i64) -> String {
    match now.saturating_sub(at) {
        ..time::DAY => time::age(at, now),
        _ => zone.date_and_time(at),
    }
}

/// Pieces on hand and held of each variant after the first row shown: the figures of now without what came later.
async fn figures_after(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    variants: &[variant::Model],
    first: Option<&stock_movement::Model>,
) -> Result<HashMap<Uuid, (i64, i64)>> {
    let Some(first) = first else { return Ok(HashMap::new()) };
    let later: Vec<(Uuid, i64, i64)> = stock_movement::Entity::find()
        .select_only()
        .column(stock_movement::Column::VariantId)
        .expr_as(sum_of(stock_movement::Column::OnHand), "pieces")
        .expr_as(sum_of(stock_movement::Column::Held), "held_pieces")
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .filter(stock_movement::Column::VariantId.is_in(variants.iter().map(|variant| variant.id)))
        .filter(Place::of(first).later())
        .group_by(stock_movement::Column::VariantId)
        .into_tuple()
        .all(connection)
        .await?;
    let mut figures: HashMap<Uuid, (i64, i64)> =
        variants.iter().map(|variant| (variant.id, (variant.on_hand, variant.held))).collect();
    for (variant_id, on_hand, held) in later {
        if let Some(figures) = figures.get_mut(&variant_id) {
            *figures = (figures.0 - on_hand, figures.1 - held);
        }
    }
    Ok(figures)
}

/// For each claim among the causes, where it is shown: on its invoice for what followed from billing, else in its sale.
async fn links(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    rows: &[stock_movement::Model],
) -> Result<HashMap<Uuid, (String, String)>> {
    let ids: HashSet<Uuid> = rows.iter().filter_map(|row| row.claim_id).collect();
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::Id.is_in(ids))
        .all(connection)
        .await?;
    let sales: HashMap<Uuid, String> = sale::Entity::find()
        .filter(sale::Column::BusinessId.eq(actor.business_id))
        .filter(sale::Column::Id.is_in(claims.iter().map(|claim| claim.sale_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|sale| (sale.id, sale.title))
        .collect();
    let invoices: HashMap<Uuid, i64> = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::Id.is_in(claims.iter().filter_map(|claim| claim.invoice_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|invoice| (invoice.id, invoice.sequence))
        .collect();
    let customers: HashMap<Uuid, String> = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::Id.is_in(claims.iter().map(|claim| claim.customer_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|customer| (customer.id, customer.name))
        .collect();
    Ok(claims
        .into_iter()
        .map(|claim| {
            let buyer = customers.get(&claim.customer_id).cloned().unwrap_or_default();
            let billed = claim.invoice_id.and_then(|id| Some((id, invoices.get(&id)?)));
            let link = match billed {
                Some((id, sequence)) => (format!("/bill/{id}"), format!("{buyer}, {}", number(*sequence))),
                None => {
                    let title = sales.get(&claim.sale_id).cloned().unwrap_or_default();
                    (format!("/sell/{}", claim.sale_id), format!("{buyer}, {title}"))
                }
            };
            (claim.id, link)
        })
        .collect())
}
