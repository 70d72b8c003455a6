//! Taking everything along: each kind of rows as CSV or XLSX, all kinds in one zip. Rows are read in pages by key and written
//! on as they come, so that a large business takes no more memory than a small one.

mod claims;
mod customers;
mod invoices;
mod items;
mod movements;
mod past_sales;
mod payments;
mod shipments;
mod write;

use domain::{money::Money, reports::cell, transfer::export::ExportKind, weight, weight::WeightUnit};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

pub use self::write::{Piece, csv, everything, xlsx};
pub(crate) use self::write::{Pieces, quoted};
use crate::{Result, Services, accounts::Actor, entities::material, inventory};

/// Rows of the leading table read at once.
const PAGE_ROWS: u64 = 500;

/// One cell of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// What people wrote. It never becomes a formula.
    Text(String),
    /// A decimal number, as text without marks.
    Number(String),
}

impl Cell {
    fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    fn empty() -> Cell {
        Cell::Text(String::new())
    }

    fn count(number: i64) -> Cell {
        Cell::Number(number.to_string())
    }

    fn optional(number: Option<i64>) -> Cell {
        number.map_or_else(Cell::empty, Cell::count)
    }

    fn money(money: Money) -> Cell {
        Cell::Number(money.decimal())
    }

    /// Milligrams as grams, exactly.
    fn grams(milligrams: Option<i64>) -> Cell {
        milligrams
            .map_or_else(Cell::empty, |milligrams| Cell::Number(weight::exact(milligrams, WeightUnit::G)))
    }

    fn truth(truth: bool) -> Cell {
        Cell::text(if truth { "yes" } else { "no" })
    }

    /// The cell in a file of text.
    fn written(&self) -> String {
        match self {
            Cell::Text(text) => cell(text),
            Cell::Number(number) => number.clone(),
        }
    }
}

/// Rows of a file.
pub type Rows = Vec<Vec<Cell>>;

/// The rows of one kind, page by page.
pub struct Export {
    services: Services,
    actor: Actor,
    kind: ExportKind,
    after: Uuid,
    materials: Option<Vec<material::Model>>,
    ended: bool,
}

impl Export {
    /// Begins an export.
    ///
    /// # Errors
    /// The member's role does not allow it.
    pub fn begin(services: &Services, actor: &Actor, kind: ExportKind) -> Result<Export> {
        actor.must_sell()?;
        let (services, actor) = (services.clone(), actor.clone());
        Ok(Export { services, actor, kind, after: Uuid::nil(), materials: None, ended: false })
    }

    /// The next rows; nothing at the end.
    pub async fn page(&mut self) -> Result<Option<Rows>> {
        if self.ended {
            return Ok(None);
        }
        let read = self.services.database.read();
        let (rows, last) = match self.kind {
            ExportKind::Items => {
                if self.materials.is_none() {
                    self.materials = Some(inventory::material::rows(read, self.actor.business_id).await?);
                }
                let materials = self.materials.as_deref().unwrap_or_default();
                items::page(read, &self.actor, materials, self.after).await?
            }
            ExportKind::Customers => customers::page(read, &self.actor, self.after).await?,
            ExportKind::Sales => past_sales::page(read, &self.actor, self.after).await?,
            ExportKind::Claims => claims::page(read, &self.actor, self.after).await?,
            ExportKind::Invoices => invoices::page(read, &self.actor, self.after).await?,
            ExportKind::Payments => payments::page(read, &self.actor, self.after).await?,
            ExportKind::Shipments => shipments::page(read, &self.actor, self.after).await?,
            ExportKind::Movements => movements::page(read, &self.actor, self.after).await?,
        };
        match last {
            Some(last) => self.after = last,
            None => self.ended = true,
        }
        Ok((!rows.is_empty()).then_some(rows))
    }
}

/// Some rows, and the key of the last row of the leading table if more may follow.
type Page = (Rows, Option<Uuid>);

/// The key to go on after: that of the last row of a full page.
fn last_of<T>(rows: &[T], id: impl Fn(&T) -> Uuid) -> Option<Uuid> {
    let is_full = u64::try_from(rows.len()).unwrap_or_default() >= PAGE_ROWS;
    rows.last().filter(|_| is_full).map(id)
}

/// Codes, titles and variants' names of some variants: removed ones too, because they were sold.
async fn variants_named(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<std::collections::HashMap<Uuid, [String; 3]>> {
    use crate::entities::{item, variant};
    let ids: std::collections::HashSet<Uuid> = ids.into_iter().collect();
    let variants = variant::Entity::find()
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::Id.is_in(ids))
        .all(connection)
        .await?;
    let items: std::collections::HashMap<Uuid, item::Model> = item::Entity::find()
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::Id.is_in(variants.iter().map(|variant| variant.item_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|item| (item.id, item))
        .collect();
    Ok(variants
        .into_iter()
        .filter_map(|variant| {
            let item = items.get(&variant.item_id)?;
            Some((variant.id, [item.code.clone(), item.title.clone(), variant.name]))
        })
        .collect())
}
