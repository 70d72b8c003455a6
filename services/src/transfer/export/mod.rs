//! Taking everything along: each kind of rows as CSV or XLSX, all kinds in one zip. Tables are read a piece at a time by key,
//! and their rows are made and written on in pages that are bounded in rows and in bytes, so that a large business takes no more
//! memory than a small one.

mod claims;
mod customers;
mod invoices;
mod items;
mod movements;
mod past_sales;
mod payments;
mod pieces;
mod shipments;
mod write;

use domain::{
    money::Money,
    transfer::{export::ExportKind, formulas},
    weight,
    weight::WeightUnit,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

pub(crate) use self::{pieces::Pieces, write::quoted};
pub use self::{
    pieces::{Download, Piece},
    write::{csv, everything, xlsx},
};
use crate::{Result, Services, accounts::Actor, entities::material, inventory};

/// Rows of a page at most, and rows of a leading table read at once.
const PAGE_ROWS: u64 = 500;
/// Bytes of text after which a page ends.
const PAGE_BYTES: usize = 1024 * 1024;

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
            Cell::Text(text) => formulas::escaped(text).into_owned(),
            Cell::Number(number) => number.clone(),
        }
    }

    /// Bytes of its text.
    fn bytes(&self) -> usize {
        match self {
            Cell::Text(text) | Cell::Number(text) => text.len(),
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
    to_come: ToCome,
    /// Nothing follows what is to come.
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
        let to_come = Box::new(std::iter::empty::<Vec<Cell>>());
        Ok(Export { services, actor, kind, after: Uuid::nil(), materials: None, to_come, ended: false })
    }

    /// The next rows, at most [`PAGE_ROWS`], and none after the one with which they reach [`PAGE_BYTES`]; nothing at the end.
    pub async fn page(&mut self) -> Result<Option<Rows>> {
        let (mut rows, mut bytes) = (Rows::new(), 0);
        while (rows.len() as u64) < PAGE_ROWS && bytes < PAGE_BYTES {
            match self.to_come.next() {
                Some(row) => {
                    bytes += row.iter().map(Cell::bytes).sum::<usize>();
                    rows.push(row);
                }
                None if self.ended => break,
                None => self.read_on().await?,
            }
        }
        Ok((!rows.is_empty()).then_some(rows))
    }

    /// Reads on in the leading table.
    async fn read_on(&mut self) -> Result<()> {
        let read = self.services.database.read();
        let (to_come, last) = match self.kind {
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
        self.to_come = to_come;
        Ok(())
    }
}

/// Rows of a file that are made when they are asked for. What is said of an item stands in the row of each of its variants: if
/// all were made at once, one long description would be in memory hundreds of times.
type ToCome = Box<dyn Iterator<Item = Vec<Cell>> + Send>;

/// The rows that come of what was read, and the key of its last row in the leading table if more may follow.
type Page = (ToCome, Option<Uuid>);

/// The key to go on after: that of the last row where as many were found as are read at once.
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
    let variants: Vec<(Uuid, Uuid, String)> = variant::Entity::find()
        .select_only()
        .columns([variant::Column::Id, variant::Column::ItemId, variant::Column::Name])
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    let items: Vec<(Uuid, String, String)> = item::Entity::find()
        .select_only()
        .columns([item::Column::Id, item::Column::Code, item::Column::Title])
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::Id.is_in(variants.iter().map(|(_, item_id, _)| *item_id)))
        .into_tuple()
        .all(connection)
        .await?;
    let items: std::collections::HashMap<Uuid, (String, String)> =
        items.into_iter().map(|(id, code, title)| (id, (code, title))).collect();
    Ok(variants
        .into_iter()
        .filter_map(|(id, item_id, name)| {
            let (code, title) = items.get(&item_id)?;
            Some((id, [code.clone(), title.clone(), name]))
        })
        .collect())
}
