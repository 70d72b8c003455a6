//! The report as its page shows it.

use domain::{
    page::Page,
    reports::{Report, ReportQuery},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    figures, lines,
    period::{self, Scope},
};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{invoice, sale},
};

/// Lines of a page.
pub const LINES_AT_ONCE: u64 = 100;
/// Sales that the page offers to choose from; every sale's own page leads to its report.
const SALES_OFFERED: u64 = 100;

/// The report of a period, of a sale, or of everything.
pub async fn view(services: &Services, actor: &Actor, query: &ReportQuery) -> Result<Report> {
    let read = services.database.read();
    let scope = Scope::of(actor, query);
    Ok(Report {
        figures: figures::of(read, actor, &scope).await?,
        lines: latest(read, actor, &scope, query.after.parse().ok()).await?,
        sales: sales(read, actor, scope.sale).await?,
        periods: period::choices(&actor.zone, services.now()),
    })
}

/// The lines behind an invoice of this number, the latest first.
async fn latest(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    scope: &Scope,
    after: Option<i64>,
) -> Result<Page<domain::reports::ReportLine>> {
    let mut select =
        scope.invoices().order_by_desc(invoice::Column::Sequence).limit(LINES_AT_ONCE.saturating_add(1));
    if let Some(after) = after {
        select = select.filter(invoice::Column::Sequence.lt(after));
    }
    let lines = lines::of(connection, actor, scope.sale, select.all(connection).await?).await?;
    Ok(Page::new(lines, LINES_AT_ONCE, |line| line.sequence.to_string()))
}

/// The latest sales, with the chosen one at their end if it is older.
async fn sales(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    chosen: Option<Uuid>,
) -> Result<Vec<(String, String)>> {
    let of_business = || sale::Entity::find().filter(sale::Column::BusinessId.eq(actor.business_id));
    let mut sales =
        of_business().order_by_desc(sale::Column::Id).limit(SALES_OFFERED).all(connection).await?;
    if let Some(chosen) = chosen.filter(|chosen| sales.iter().all(|sale| sale.id != *chosen)) {
        sales.extend(of_business().filter(sale::Column::Id.eq(chosen)).one(connection).await?);
    }
    Ok(sales.into_iter().map(|sale| (sale.id.to_string(), sale.title)).collect())
}
