//! Today: what waits, what is stuck, and how the last sale went.

use domain::{
    money::Money,
    reports::{FirstSteps, LatestSale, TodayView},
    time::MINUTE,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, prelude::Expr, sea_query::Alias,
};
use uuid::Uuid;

use crate::{
    Result, Services,
    accounts::{Actor, viewer},
    entities::{gateway_account, item, ledger, sale},
    inventory::{list::sum_of, stock::low::low},
    invoices::list::{oldest_unpaid, unpaid},
    jobs::stuck,
    payments::{reversals, troubles},
    sales::tally,
    shipping,
};

/// Days of the line of what came in.
const DAYS: usize = 30;
/// Stuck things and unpaid invoices shown.
const SHOWN: u64 = 5;
/// The span by which the database adds payments up: every zone's clock is a multiple of it from UTC, so that no span belongs
/// to two days.
const SPAN: i64 = 15 * MINUTE;

/// The first page.
pub async fn view(services: &Services, actor: &Actor) -> Result<TodayView> {
    let read = services.database.read();
    let waiting = viewer::waiting(services, actor).await?;
    let collected_by_day = collected_by_day(read, actor, services.now()).await?;
    Ok(TodayView {
        to_review: waiting.to_review,
        to_bill: waiting.to_bill,
        to_ship: waiting.to_ship,
        low_stock: low(read, actor.business_id).await?,
        unpaid: unpaid(read, actor).await?.1,
        collected: Money::new(collected_by_day.iter().sum(), actor.currency),
        collected_by_day,
        refunded: Money::new(
            reversals::since(
                read,
                actor.business_id,
                actor.zone.start_of(actor.zone.day(services.now()) - (DAYS as i64 - 1)),
            )
            .await?,
            actor.currency,
        ),
        troubles: troubles::of_business(read, actor.business_id, SHOWN).await?,
        stuck: stuck::list(read, actor, "", SHOWN).await?.rows,
        stuck_count: stuck::count(read, actor).await?,
        mail_rests: stuck::mail_rests(read, actor, services.now()).await?,
        latest_sale: latest_sale(read, actor).await?,
        unpaid_invoices: oldest_unpaid(services, actor, SHOWN).await?,
        steps: first_steps(read, actor).await?,
    })
}

/// What came in on each of the last days by the business' clock, the oldest first.
async fn collected_by_day(connection: &impl ConnectionTrait, actor: &Actor, now: i64) -> Result<Vec<i64>> {
    let first_day = actor.zone.day(now) - (DAYS as i64 - 1);
    let payments: Vec<(i64, i64)> = ledger::Entity::find()
        .select_only()
        .expr_as(Expr::col(ledger::Column::At).div(SPAN), "span")
        .expr_as(sum_of(ledger::Column::Amount), "amount")
        .filter(ledger::Column::BusinessId.eq(actor.business_id))
        .filter(ledger::Column::At.gte(actor.zone.start_of(first_day)))
        // By the name of what was asked for: to PostgreSQL the same expression with another parameter is another one.
        .group_by(Expr::col(Alias::new("span")))
        .into_tuple()
        .all(connection)
        .await?;
    let mut days = vec![0_i64; DAYS];
    for (span, amount) in payments {
        let day = usize::try_from(actor.zone.day(span * SPAN) - first_day).unwrap_or(usize::MAX);
        if let Some(sum) = days.get_mut(day) {
            *sum = sum.saturating_add(amount);
        }
    }
    Ok(days)
}

async fn latest_sale(connection: &impl ConnectionTrait, actor: &Actor) -> Result<Option<LatestSale>> {
    let sales = sale::Entity::find()
        .filter(sale::Column::BusinessId.eq(actor.business_id))
        .order_by_desc(sale::Column::Id)
        .limit(2)
        .all(connection)
        .await?;
    let ids: Vec<Uuid> = sales.iter().map(|sale| sale.id).collect();
    let tallies = tally::of(connection, actor, &ids).await?;
    let tally = |id: &Uuid| tallies.get(id).copied().unwrap_or_else(|| tally::empty(actor));
    Ok(sales.first().map(|sale| LatestSale {
        id: sale.id,
        title: sale.title.clone(),
        claimed: tally(&sale.id).claimed,
        buyers: tally(&sale.id).buyers,
        before: sales.get(1).map(|before| tally(&before.id).claimed),
    }))
}

async fn first_steps(connection: &impl ConnectionTrait, actor: &Actor) -> Result<FirstSteps> {
    let items = item::Entity::find().filter(item::Column::BusinessId.eq(actor.business_id)).limit(1);
    let sales = sale::Entity::find().filter(sale::Column::BusinessId.eq(actor.business_id)).limit(1);
    let gateways = gateway_account::Entity::find()
        .filter(gateway_account::Column::BusinessId.eq(actor.business_id))
        .filter(gateway_account::Column::RemovedAt.is_null());
    Ok(FirstSteps {
        has_item: items.one(connection).await?.is_some(),
        has_sale: sales.one(connection).await?.is_some(),
        has_gateway: gateways.count(connection).await? > 0,
        has_carrier: shipping::account::connected(connection, actor.business_id).await?.is_some(),
    })
}
