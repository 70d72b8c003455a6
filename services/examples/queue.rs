//! What taking a job costs with many due ones: `cargo run --release -p services --example queue --features testing`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool that prints a table")]

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};
use services::{
    jobs::{
        JobKind, Lane, queue,
        worker::{Pace, run_one_of},
    },
    new_id,
    testing::{TestDatabase, World},
};
use tokio::sync::watch;

/// The jobs that are due.
const DUE: usize = 10_000;
/// How often each thing is done.
const TIMES: u32 = 200;

/// One question for what is due and what lost its worker, as the queue asked before it had lanes.
const AT_ONCE: &str = "SELECT id FROM jobs WHERE (state = 'due' AND run_at <= 9e15) OR (state = 'running' AND lease_until <= 0) \
     ORDER BY run_at, id LIMIT 1";
/// The next job of the business whose turn it is.
const IN_TURN: &str = "SELECT id FROM jobs WHERE lane = 'files' AND state = 'due' \
     ORDER BY business_id, run_at, id LIMIT 1";

#[tokio::main]
async fn main() {
    table("SQLite", TestDatabase::sqlite().await).await;
    if std::env::var("SELLTRAC_TEST_POSTGRES").is_ok() {
        table("PostgreSQL", TestDatabase::postgresql().await).await;
    }
}

async fn table(engine: &str, database: TestDatabase) {
    let world = World::new(database);
    let shop = world.owner("olive@moonlit.example").await;
    let connection = world.services.database.read();
    connection.execute_unprepared("CREATE INDEX before ON jobs (state, run_at)").await.unwrap();
    let write = world.services.database.write(shop.business_id).await.unwrap();
    let subjects = (0..DUE).map(|_| new_id());
    queue::enqueue(&write, shop.business_id, JobKind::ForgetPicture, subjects, 0).await.unwrap();
    write.commit().await.unwrap();
    world.services.database.gather_statistics(&["jobs"]).await.unwrap();

    let (_keep, mut stop) = watch::channel(false);
    let mut works = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        assert!(run_one_of(&world.services, Lane::Files, Pace::default(), &mut stop).await.unwrap());
        works.push(began.elapsed());
    }
    connection.execute_unprepared("UPDATE jobs SET state = 'due'").await.unwrap();
    world.services.database.gather_statistics(&["jobs"]).await.unwrap();
    println!("{engine}, {DUE} due jobs of one business, median of {TIMES}:");
    println!("  one question for all that is due  {:>9.3?}", ask(&world, AT_ONCE).await);
    println!("  the question in turn              {:>9.3?}", ask(&world, IN_TURN).await);
    println!("  a job taken, done and ended       {:>9.3?}", median(works));
}

async fn ask(world: &World, question: &str) -> Duration {
    let connection = world.services.database.read();
    let backend = connection.get_database_backend();
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        connection.query_one_raw(Statement::from_string(backend, question)).await.unwrap().unwrap();
        took.push(began.elapsed());
    }
    median(took)
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort();
    took[took.len() / 2]
}
