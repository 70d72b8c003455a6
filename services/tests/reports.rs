//! Reports tell the same truth as the ledger and Today: whatever the number of invoices, in the days of the business' own clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    payments::Gateway,
    reports::{Report, ReportQuery},
    time::{DAY, HOUR},
};
use sea_orm::{EntityTrait, QueryOrder};
use services::{
    accounts::{
        Actor, business,
        session::{self, Visitor},
    },
    database_tests, entities,
    invoices::bill::bill_everyone,
    payments::pay,
    reports::{
        file,
        report::{self, LINES_AT_ONCE},
        today,
    },
    sales::hold::hold,
    testing::World,
};
use uuid::Uuid;

async fn told(world: &World, actor: &Actor, query: &ReportQuery) -> Report {
    report::view(&world.services, actor, query).await.unwrap()
}

/// The file's rows without its heading, the sums last.
async fn rows(world: &World, actor: &Actor, query: &ReportQuery) -> Vec<csv::StringRecord> {
    let mut pieces = file::csv(&world.services, actor, query).unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.recv().await {
        bytes.extend(piece.unwrap());
    }
    csv::Reader::from_reader(&bytes[..]).into_records().map(Result::unwrap).collect()
}

/// The actor as a new request finds them, after the settings of the business were changed.
async fn in_zone(world: &World, actor: &Actor, zone: &str) -> Actor {
    let mut form = business::view(&world.services, actor).await.unwrap();
    form.time_zone = zone.into();
    business::save(&world.services, actor, &form).await.unwrap();
    let sign_in =
        domain::accounts::SignInForm { email: form.email.clone(), password: "a quiet long password".into() };
    let signed_in = session::sign_in(&world.services, &sign_in, &Visitor::default()).await.unwrap();
    session::authenticate(&world.services, signed_in.session.as_str()).await.unwrap().unwrap()
}

async fn invoices(world: &World) -> Vec<entities::invoice::Model> {
    let ordered = entities::invoice::Entity::find().order_by_asc(entities::invoice::Column::Sequence);
    ordered.all(world.services.database.read()).await.unwrap()
}

/// The buyer pays an invoice in full.
async fn paid(world: &World, invoice: &entities::invoice::Model) {
    pay::start(&world.services, &invoice.token, Gateway::Stripe).await.unwrap();
    world.gateway.pay();
    world.later(60_000).await;
}

fn of_sale(sale: Uuid) -> ReportQuery {
    ReportQuery { sale: sale.to_string(), ..Default::default() }
}

database_tests! {
    async fn no_invoice_is_left_out_of_the_sums(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        world.item(&shop, "D4", "Tiny bell", "1.00", &[("", "1000")]).await;
        let sale = world.sale(&shop).await;
        // One more than a page has, and one more than the file reads at once.
        let buyers = 501_i64;
        let paste: Vec<String> = (0..buyers).map(|number| format!("Buyer Number{number:03}: sold D4")).collect();
        hold(&world.services, &shop, sale, paste.join("\n")).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        let all = invoices(&world).await;
        assert_eq!(all.len() as i64, buyers);
        // The latest one, which a list of the oldest would not have.
        paid(&world, all.last().unwrap()).await;

        for query in [ReportQuery::default(), of_sale(sale)] {
            let report = told(&world, &shop, &query).await;
            assert_eq!(report.figures.invoices, buyers);
            assert_eq!(report.figures.pieces, buyers);
            assert_eq!(report.figures.sold.minor, buyers * (100 + 599));
            assert_eq!(report.figures.collected.minor, 699);
            assert_eq!(report.figures.owed.minor, (buyers - 1) * 699);
            let today = today::view(&world.services, &shop).await.unwrap();
            assert_eq!(today.collected, report.figures.collected);
            assert_eq!(today.unpaid, report.figures.owed);

            // The pages go through all of them once, the latest first.
            let mut seen: Vec<i64> = Vec::new();
            let mut asked = query.clone();
            loop {
                let page = told(&world, &shop, &asked).await.lines;
                assert!(page.rows.len() as u64 <= LINES_AT_ONCE);
                seen.extend(page.rows.iter().map(|line| line.sequence));
                let Some(next) = page.next else { break };
                asked.after = next;
            }
            assert_eq!(seen, (1..=buyers).rev().collect::<Vec<_>>());

            let mut rows = rows(&world, &shop, &asked).await;
            let sums = rows.pop().unwrap();
            assert_eq!(rows.len() as i64, buyers, "the file has all lines, wherever the page stood");
            assert_eq!(&sums[4], report.figures.sold.decimal());
            assert_eq!(&sums[5], report.figures.collected.decimal());
        }
    }

    async fn an_invoice_of_two_sales_is_shared_between_them(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let (first, second) = (world.sale(&shop).await, world.sale(&shop).await);
        hold(&world.services, &shop, first, "Ana Ruiz: sold B27 x2".into()).await.unwrap();
        hold(&world.services, &shop, second, "Ana Ruiz: sold C3".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        let invoice = invoices(&world).await.remove(0);
        assert_eq!(invoice.total, 5_199);
        paid(&world, &invoice).await;

        let all = told(&world, &shop, &ReportQuery::default()).await.figures;
        let shares = [told(&world, &shop, &of_sale(first)).await.figures, told(&world, &shop, &of_sale(second)).await.figures];
        assert_eq!(shares[0].pieces, 2);
        assert_eq!(shares[1].pieces, 1);
        // 37.00 and 9.00 of goods, with 5.99 of delivery in proportion.
        assert_eq!((shares[0].sold.minor, shares[1].sold.minor), (3_700 + 482, 900 + 117));
        assert_eq!(shares[0].sold.minor + shares[1].sold.minor, all.sold.minor);
        assert_eq!(shares[0].collected.minor + shares[1].collected.minor, all.collected.minor);
        assert_eq!(shares[0].fees.minor + shares[1].fees.minor, all.fees.minor);
        assert_eq!((shares[0].owed.minor, shares[1].owed.minor, all.owed.minor), (0, 0, 0));
    }

    async fn days_are_those_of_the_sellers_clock(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let shop = in_zone(&world, &shop, "America/Chicago").await;
        let sale = world.sale(&shop).await;
        // From 23 November, 09:15 UTC, to the 25th, 03:00 UTC: still the evening of the 24th in Chicago.
        world.services.clock.advance(DAY + 17 * HOUR + 45 * 60_000);
        hold(&world.services, &shop, sale, "Ana Ruiz: sold C3".into()).await.unwrap();
        bill_everyone(&world.services, &shop).await.unwrap();
        let invoice = invoices(&world).await.remove(0);
        paid(&world, &invoice).await;

        let report = told(&world, &shop, &ReportQuery::default()).await;
        assert_eq!(report.lines.rows[0].issued, "2026-11-24");
        let view = services::invoices::invoice::view(&world.services, &shop, invoice.id).await.unwrap();
        assert_eq!(view.issued, "24 Nov 2026");
        assert!(view.timeline.iter().any(|entry| entry.when == "24 Nov 2026, 21:00"), "{:?}", view.timeline);
        let today = today::view(&world.services, &shop).await.unwrap();
        assert_eq!(today.collected_by_day.last(), Some(&1_499), "what came in this evening came in today");

        let on = |from: &str, to: &str| ReportQuery { from: from.into(), to: to.into(), ..Default::default() };
        for (query, invoices) in [
            (on("2026-11-24", "2026-11-24"), 1),
            (on("2026-11-25", ""), 0),
            (on("", "2026-11-23"), 0),
            (on("2026-11-24", ""), 1),
            // What is no day is not asked for.
            (on("2026-02-30", "soon"), 1),
        ] {
            assert_eq!(told(&world, &shop, &query).await.figures.invoices, invoices, "{query:?}");
        }
        assert_eq!(rows(&world, &shop, &on("2026-11-25", "")).await.len(), 1, "the sums alone");

        // In UTC the same evening is the next day.
        let shop = in_zone(&world, &shop, "UTC").await;
        assert_eq!(told(&world, &shop, &ReportQuery::default()).await.lines.rows[0].issued, "2026-11-25");
    }

    async fn a_zone_that_there_is_not_is_refused_beside_its_field(database: TestDatabase) {
        let world = World::new(database);
        let shop = world.shop("olive@moonlit.example").await;
        let mut form = business::view(&world.services, &shop).await.unwrap();
        form.time_zone = "Moon/Base".into();
        let problem = business::save(&world.services, &shop, &form).await.unwrap_err().problem();
        assert_eq!(problem.fields[0].field, "time_zone");
        assert_eq!(business::view(&world.services, &shop).await.unwrap().time_zone, "UTC");
    }
}
