//! The database: opening it, and the one way to write to it.

mod turns;

use std::time::{Duration, Instant};

use migrations::{Migrator, MigratorTrait};
pub use sea_orm::DbErr;
use sea_orm::{
    AccessMode, ColumnTrait, ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction,
    DbBackend, ExprTrait, IsolationLevel, RuntimeErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait, prelude::Expr, sea_query::Query,
};
use uuid::Uuid;

use self::turns::{Turn, Turns};
use crate::{Result, accounts::Actor, entities::business, error::OrNotFound};

/// Connections kept at most.
const MAX_CONNECTIONS: u32 = 10;
/// How long a connection is waited for.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for another process' write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long is waited before a file is opened again that was locked.
const CONNECT_PAUSE: Duration = Duration::from_millis(20);
/// How long a write waits for its turn among the writes of this server.
const TURN_TIMEOUT: Duration = Duration::from_secs(20);
/// How often SQLite's [`BUSY_TIMEOUT`] is waited for while another server brings the schema up to date: ten minutes.
const MIGRATION_TRIES: u32 = 60;
/// The key of PostgreSQL's lock under which the schema is brought up to date, within one database.
const MIGRATION_LOCK: i64 = 0x5e11_74ac;

/// What PostgreSQL is told at the begin of each connection. A server that freezes in the middle of a write, or is cut off
/// from the network, would otherwise hold the row of its business, and with it every other server's writes of that business,
/// until TCP gives up after hours.
const POSTGRESQL_OPTIONS: [(&str, &str); 7] = [
    // A write that does nothing for so long has lost its server. The program itself never waits for anything within one.
    ("idle_in_transaction_session_timeout", "60s"),
    // Those who wait for a row are told that the database is busy.
    ("lock_timeout", "10s"),
    // No question takes so long; one that does is given up.
    ("statement_timeout", "5min"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
    // Milliseconds for which an answer may lie unacknowledged.
    ("tcp_user_timeout", "60000"),
];

/// A connected database, cheap to clone.
#[derive(Clone)]
pub struct Database {
    connection: DatabaseConnection,
    turns: Turns,
}

impl Database {
    /// Opens the database at `url` (`sqlite://…` or `postgres://…`). SQLite's file is made if it is missing.
    pub async fn connect(url: &str) -> Result<Self, DbErr> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(MAX_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|sqlite| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // A committed payment must survive a power failure.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
        });
        options.map_sqlx_postgres_opts(|postgresql| postgresql.options(POSTGRESQL_OPTIONS));
        let connection = connect(options).await?;
        let turns = Turns::new(connection.get_database_backend());
        Ok(Database { connection, turns })
    }

    /// Brings the schema up to date, as a whole or not at all. Of several servers that start at once one does it; the others
    /// wait, and find nothing left to do.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        let transaction = self.begin_to_migrate().await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            // Other servers may be at it for long.
            for timeout in ["idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout"] {
                transaction.execute_unprepared(&format!("SET LOCAL {timeout} = 0")).await?;
            }
            let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
            transaction.execute_unprepared(&lock).await?;
        }
        Migrator::up(&transaction, None).await?;
        transaction.commit().await
    }

    /// On SQLite the one write is the lock.
    async fn begin_to_migrate(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = || TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let mut tries = 1;
        loop {
            match self.connection.begin_with_options(options()).await {
                Err(error) if is_busy(&error) && tries < MIGRATION_TRIES => tries += 1,
                begun => return begun,
            }
        }
    }

    /// Tells PostgreSQL how large these tables are by now, which it finds out by itself only now and then: until it does, it
    /// goes on with plans made for an empty table, and reads all of one that has grown for every question. SQLite goes by
    /// its indexes alone.
    pub async fn gather_statistics(&self, tables: &[&str]) -> Result<(), DbErr> {
        if self.connection.get_database_backend() == DbBackend::Postgres {
            self.connection.execute_unprepared(&format!("ANALYZE {}", tables.join(", "))).await?;
        }
        Ok(())
    }

    /// For reading outside a transaction.
    pub fn read(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Begins a write of a business.
    ///
    /// The business' revision is raised first. That tells open screens that something changed, and it makes the writes of
    /// one business take turns on PostgreSQL, as all writes do on SQLite: what is read in the transaction stays true
    /// until it ends.
    pub async fn write(&self, business_id: Uuid) -> Result<Write> {
        let mut write = self.begin(Some(business_id)).await?;
        let raise = Query::update()
            .table(business::Entity)
            .value(business::Column::Revision, Expr::col(business::Column::Revision).add(1))
            .and_where(business::Column::Id.eq(business_id))
            .returning_col(business::Column::Revision)
            .take();
        let raised = write.query_one(&raise).await?.or_not_found()?;
        write.revision = Some(raised.try_get_by_index(0)?);
        Ok(write)
    }

    /// Begins a write of a member: what it moves in the stock bears their name.
    pub async fn write_by(&self, actor: &Actor) -> Result<Write> {
        let mut write = self.write(actor.business_id).await?;
        write.member_id = Some(actor.member_id);
        Ok(write)
    }

    /// Reads many rows as they stand at one moment, however long that takes and whoever writes meanwhile.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction> {
        let is_sqlite = self.connection.get_database_backend() == DbBackend::Sqlite;
        let options = match is_sqlite {
            // A transaction that only reads sees one moment in SQLite's write-ahead log.
            true => TransactionOptions::default(),
            false => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
        };
        Ok(self.connection.begin_with_options(options).await?)
    }

    /// Begins a write that belongs to no business: registration, sessions, the queue's bookkeeping.
    pub async fn write_across(&self) -> Result<Write> {
        self.begin(None).await
    }

    async fn begin(&self, business_id: Option<Uuid>) -> Result<Write> {
        let turn = self.turns.take(business_id, TURN_TIMEOUT).await?;
        let transaction = self
            .connection
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            })
            .await?;
        Ok(Write { transaction, member_id: None, revision: None, _turn: turn })
    }

    /// Closes all connections.
    pub async fn close(self) -> Result<(), DbErr> {
        self.connection.close().await
    }
}

/// Connects. The first of several servers that begin with a new file of SQLite turns its journal into a write-ahead log, and
/// SQLite tells the others at once that the file is locked, whatever time they were given to wait; so they ask again.
async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let begun = Instant::now();
    loop {
        match sea_orm::Database::connect(options.clone()).await {
            Err(error) if is_busy(&error) && begun.elapsed() < BUSY_TIMEOUT => {
                tokio::time::sleep(CONNECT_PAUSE).await;
            }
            connected => return connected,
        }
    }
}

/// A write under way. Dropped without [`Write::commit`], nothing of it happened. No network call, password hashing or
/// file work may happen while one is held.
pub struct Write {
    transaction: DatabaseTransaction,
    member_id: Option<Uuid>,
    revision: Option<i64>,
    _turn: Turn,
}

impl Write {
    /// Who writes; nobody for a job, a buyer or a gateway.
    pub fn member_id(&self) -> Option<Uuid> {
        self.member_id
    }

    /// The revision that the business has with this write, which tells its order among the writes of one business whatever
    /// the clocks say; nothing for a write that belongs to no business.
    pub fn revision(&self) -> Option<i64> {
        self.revision
    }

    /// Makes it so.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }
}

impl std::ops::Deref for Write {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

/// Whether an insert failed because a unique index already has the row.
pub(crate) fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// Whether the database could not be used because others are using it: no connection was free in time, a row or SQLite's file
/// was locked for too long, a statement took too long, or two writes waited for one another.
pub(crate) fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Conn(runtime) | DbErr::Exec(runtime) | DbErr::Query(runtime)) = error else {
        return matches!(error, DbErr::ConnectionAcquire(_));
    };
    let RuntimeErr::SqlxError(error) = runtime else { return false };
    let Some(code) = error.as_database_error().and_then(|error| error.code()) else { return false };
    match code.parse::<u32>() {
        // The lowest byte of SQLite's codes is the kind, here `SQLITE_BUSY` and `SQLITE_LOCKED`.
        Ok(code) if code < 10_000 => matches!(code & 0xff, 5 | 6),
        // PostgreSQL's lock not available, statement cancelled, deadlock, transaction idle for too long.
        _ => matches!(code.as_ref(), "55P03" | "57014" | "40P01" | "25P03"),
    }
}
