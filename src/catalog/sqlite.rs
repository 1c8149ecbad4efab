//! The catalog in one SQLite file: WAL, synchronous FULL, one writer connection and a few readers.

mod articles;
mod clips;
mod feeds;
mod keys;
mod lexicons;
mod lock;
mod plays;
mod put;
mod queue;
mod renditions;

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row as _, Sqlite, Transaction};

use super::{CatalogError, Clock, ErrorKind, Result};

pub use lock::ServeLock;

/// The tables. A file that a release has shipped is never edited; changes are new files.
static MIGRATOR: Migrator = sqlx::migrate!("src/catalog/migrations/sqlite");

/// Connections that read.
const READERS: u32 = 4;

/// How long a statement waits for another process's transaction, and a caller for a connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// What the write-ahead log is cut back to after a checkpoint, in bytes.
const WAL_BYTES: &str = "67108864";

/// The catalog in one SQLite file. Cheap to clone. Other processes may use the file at the same time;
/// only one may [`SqliteCatalog::lock`] it to serve. The file must not lie on a network file system.
#[derive(Clone, Debug)]
pub struct SqliteCatalog {
    path: PathBuf,
    writer: SqlitePool,
    reader: SqlitePool,
    clock: Clock,
}

impl SqliteCatalog {
    /// Opens the database at a path or `sqlite:` address, making or updating it as needed.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for an address of another kind; otherwise when the file cannot be
    /// opened, is none of ours, or is newer than this build.
    pub async fn open(location: &str) -> Result<Self> {
        Self::open_with(location, Clock::system()).await
    }

    /// Whether there is a file at a path or `sqlite:` address; none is made.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for an address of another kind.
    pub fn is_there(location: &str) -> Result<bool> {
        Ok(options_of(location)?.get_filename().exists())
    }

    /// [`SqliteCatalog::open`] with another clock.
    ///
    /// # Errors
    /// As [`SqliteCatalog::open`].
    pub async fn open_with(location: &str, clock: Clock) -> Result<Self> {
        let options = options_of(location)?;
        let path = options.get_filename().to_owned();
        let opened = Self::connect(path, options, clock).await;
        opened.map_err(|error| error.while_doing(&format!("database {location}")))
    }

    async fn connect(path: PathBuf, options: SqliteConnectOptions, clock: Clock) -> Result<Self> {
        let pool =
            SqlitePoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).idle_timeout(None).max_lifetime(None);
        let writer =
            pool.clone().max_connections(1).connect_with(options.clone().create_if_missing(true)).await?;
        migrate(&writer).await?;
        // `query_only` and not a read-only file: a reader must be able to make the WAL's index.
        let reader = pool.max_connections(READERS).connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self { path, writer, reader, clock })
    }

    /// Finishes what is running and closes the file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A transaction that may write. It takes the write lock at once, so it cannot fail half way
    /// because another process wrote first.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

fn options_of(location: &str) -> Result<SqliteConnectOptions> {
    let options = if location.starts_with("sqlite:") {
        SqliteConnectOptions::from_str(location)?
    } else if let Some((scheme, _)) = location.split_once("://") {
        // The address may hold a password: name its kind only.
        let message = format!(
            "this build keeps its catalog in SQLite and has no {scheme}:// storage; give --db sqlite:listen.db"
        );
        return Err(CatalogError::new(ErrorKind::Unsupported, message));
    } else {
        SqliteConnectOptions::new().filename(location)
    };
    let file = options.get_filename();
    if location.contains(":memory:") || location.contains("mode=memory") || file.as_os_str().is_empty() {
        let message = "the catalog must outlive the process; give a file, as in --db sqlite:listen.db";
        return Err(CatalogError::new(ErrorKind::Unsupported, message));
    }
    Ok(options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("journal_size_limit", WAL_BYTES))
}

/// Brings the tables up to date, in one transaction, so that two processes that start at once do it
/// one after the other.
async fn migrate(writer: &SqlitePool) -> Result<()> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    // Not `run`: its bound on a borrowed connection makes this future impossible to send (sqlx's own words
    // on `run_direct`).
    MIGRATOR.run_direct(None, &mut *tx, false).await.map_err(|error| match error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => cause.into(),
        MigrateError::VersionMissing(_) => {
            let message = "it was written by a newer version of `listen`; use that one, or another --db";
            CatalogError::new(ErrorKind::Unsupported, message)
        }
        other => {
            CatalogError::new(ErrorKind::Failed, format!("its tables cannot be brought up to date: {other}"))
        }
    })?;
    tx.commit().await?;
    Ok(())
}

/// A column whose text must read as `T`.
fn parsed<T>(row: &SqliteRow, column: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
    let text: &str = row.try_get(column)?;
    read(text).ok_or_else(|| {
        let message =
            format!("the database holds something unreadable in {column}; restore it from a backup");
        CatalogError::new(ErrorKind::Failed, message)
    })
}

/// A column of JSON.
fn json<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    parsed(row, column, |text| serde_json::from_str(text).ok())
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    let failed = |e| CatalogError::new(ErrorKind::Invalid, format!("cannot be kept as JSON: {e}"));
    serde_json::to_string(value).map_err(failed)
}

/// A count column; the tables hold none below zero.
fn count(row: &SqliteRow, column: &str) -> Result<u64> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
}

/// A count for a column; SQLite's integers end at 2^63.
fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_is_durable_and_keeps_the_rules() {
        let dir = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(dir.path().join("listen.db").to_str().unwrap()).await.unwrap();
        for (pool, query_only) in [(&catalog.writer, 0), (&catalog.reader, 1)] {
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
            assert_eq!(journal, "wal");
            // https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL.
            for (pragma, value) in [
                ("PRAGMA synchronous", 2),
                ("PRAGMA foreign_keys", 1),
                ("PRAGMA busy_timeout", 5000),
                ("PRAGMA query_only", query_only),
            ] {
                let set: i64 = sqlx::query_scalar(pragma).fetch_one(pool).await.unwrap();
                assert_eq!(set, value, "{pragma}");
            }
        }
    }

    /// The queries of every request and every poll, at any size of the tables.
    #[tokio::test]
    async fn lists_and_claims_walk_an_index() {
        let dir = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(dir.path().join("listen.db").to_str().unwrap()).await.unwrap();
        for (query, index) in [
            (
                "SELECT id FROM articles a WHERE a.deleted_ms IS NULL ORDER BY a.created_ms DESC, a.id DESC",
                "articles_newest",
            ),
            (
                "SELECT id FROM articles a WHERE a.deleted_ms IS NULL AND a.feed = ?
                 ORDER BY a.published_ms DESC, a.id DESC",
                "articles_by_feed",
            ),
            ("SELECT id FROM articles a WHERE a.deleted_ms IS NULL AND a.url = ?", "articles_by_url"),
            (
                "SELECT id FROM queue WHERE state = 'waiting' AND run_at_ms <= ? AND priority >= ?
                 ORDER BY priority DESC, id LIMIT ?",
                "queue_waiting",
            ),
            (
                "SELECT id FROM queue WHERE state = 'leased' AND (? IS NULL OR lease_until_ms < ?)",
                "queue_leased",
            ),
        ] {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
            let plan = sqlx::query(explain).fetch_all(&catalog.reader).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
            assert!(plan[0].contains(index) && plan.len() == 1, "{query}: {plan:?}");
        }
    }
}
