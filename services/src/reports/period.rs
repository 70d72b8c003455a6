//! Which invoices a report speaks of, and the periods that can be chosen with one press.

use domain::{
    invoices::InvoiceState,
    reports::{Period, ReportQuery},
    time::{self, DAY},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, Select, prelude::Expr,
    sea_query::SelectStatement,
};
use uuid::Uuid;

use crate::{
    accounts::Actor,
    entities::{claim, invoice},
    zone::Zone,
};

/// What a report is about. A sale or day that cannot be read counts as not asked for.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    business_id: Uuid,
    /// The sale whose share is told.
    pub sale: Option<Uuid>,
    /// Issued at this moment or later, UTC milliseconds.
    from: Option<i64>,
    /// Issued before this moment, UTC milliseconds.
    until: Option<i64>,
}

impl Scope {
    pub fn of(actor: &Actor, query: &ReportQuery) -> Scope {
        let day = |text: &str| Zone::day_of(text);
        Scope {
            business_id: actor.business_id,
            sale: Uuid::parse_str(&query.sale).ok(),
            from: day(&query.from).map(|day| actor.zone.start_of(day)),
            until: day(&query.to).map(|day| actor.zone.start_of(day.saturating_add(1))),
        }
    }

    /// The invoices in question: those that are not void, issued in the period, and bill a claim of the sale.
    pub fn invoices(&self) -> Select<invoice::Entity> {
        let mut select = invoice::Entity::find()
            .filter(invoice::Column::BusinessId.eq(self.business_id))
            .filter(invoice::Column::State.ne(InvoiceState::Void.as_str()));
        if let Some(from) = self.from {
            select = select.filter(invoice::Column::IssuedAt.gte(from));
        }
        if let Some(until) = self.until {
            select = select.filter(invoice::Column::IssuedAt.lt(until));
        }
        if let Some(sale) = self.sale {
            let billed = claim::Entity::find()
                .select_only()
                .column(claim::Column::InvoiceId)
                .filter(claim::Column::BusinessId.eq(self.business_id))
                .filter(claim::Column::SaleId.eq(sale))
                .filter(claim::Column::InvoiceId.is_not_null());
            select = select.filter(invoice::Column::Id.in_subquery(billed.into_query()));
        }
        select
    }

    /// Those of the invoices in question that were paid too much, whether it was given back since or not.
    pub fn overpaid(&self) -> Select<invoice::Entity> {
        self.invoices().filter(Expr::col(invoice::Column::Paid).gt(Expr::col(invoice::Column::Total)))
    }

    /// The ids of the invoices in question, as a question within a question.
    pub fn ids(&self) -> SelectStatement {
        self.invoices().select_only().column(invoice::Column::Id).into_query()
    }
}

/// This month, the last one, this year and the last one, as the business' clock has them now.
pub(super) fn choices(zone: &Zone, now: i64) -> Vec<Period> {
    let today = zone.day(now);
    let (year, month, day) = time::civil_date(today * DAY);
    let month_start = today - i64::from(day) + 1;
    let year_start = |year: i64| format!("{year:04}-01-01");
    let year_end = |year: i64| format!("{year:04}-12-31");
    let iso = |day: i64| time::iso_date(day * DAY);
    let (_, _, last_day_before) = time::civil_date((month_start - 1) * DAY);
    let next_month = match month {
        12 => format!("{:04}-01-01", year + 1),
        _ => format!("{year:04}-{:02}-01", month + 1),
    };
    let month_end = Zone::day_of(&next_month).map_or(today, |start| start - 1);
    let period = |name: &str, from: String, to: String| Period { name: name.into(), from, to };
    vec![
        period("This month", iso(month_start), iso(month_end)),
        period("Last month", iso(month_start - i64::from(last_day_before)), iso(month_start - 1)),
        period("This year", year_start(year), year_end(year)),
        period("Last year", year_start(year - 1), year_end(year - 1)),
        period("All time", String::new(), String::new()),
    ]
}

#[cfg(test)]
mod tests {
    use domain::time::HOUR;

    use super::*;

    fn told(name: &str, now: i64) -> Vec<(String, String)> {
        let zone = Zone::parse(name).unwrap_or_else(|| panic!("there is no zone {name}"));
        choices(&zone, now).into_iter().map(|period| (period.from, period.to)).collect()
    }

    #[test]
    fn periods_are_those_of_the_clock_on_the_wall() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect()
        };
        // Two hours into 2028 in UTC, still 2027 in Chicago.
        let new_year = Zone::day_of("2028-01-01").unwrap_or_default() * DAY + 2 * HOUR;
        assert_eq!(
            told("UTC", new_year),
            pairs(&[
                ("2028-01-01", "2028-01-31"),
                ("2027-12-01", "2027-12-31"),
                ("2028-01-01", "2028-12-31"),
                ("2027-01-01", "2027-12-31"),
                ("", ""),
            ])
        );
        assert_eq!(told("America/Chicago", new_year)[0], ("2027-12-01".into(), "2027-12-31".into()));
        // A leap day.
        let march = Zone::day_of("2028-03-05").unwrap_or_default() * DAY;
        assert_eq!(told("UTC", march)[1], ("2028-02-01".into(), "2028-02-29".into()));
    }
}
