//! Keys of publishers and of private feeds, beside a service that may be running: none of this takes the right to serve.

use super::AppError;
use crate::catalog::{CatalogError, Keys as _, NewKey, PublisherKey, SqliteCatalog};

/// Makes a publisher's key, or one that opens a private feed and nothing else, in the database at
/// `db`, which is made too when it is not there. The token is shown this once.
///
/// # Errors
/// An empty name or one over 100 characters; a database that cannot be used.
pub async fn create_key(db: &str, name: &str, feed: Option<&str>) -> Result<NewKey, AppError> {
    let catalog = SqliteCatalog::open(db).await.map_err(told)?;
    let made = catalog.create_key(name, feed).await.map_err(told);
    catalog.close().await;
    made
}

/// All keys, revoked ones too, the oldest first. A database that is not there has none.
///
/// # Errors
/// A database that cannot be used.
pub async fn keys(db: &str) -> Result<Vec<PublisherKey>, AppError> {
    let Some(catalog) = existing(db).await? else { return Ok(Vec::new()) };
    let keys = catalog.keys().await.map_err(told);
    catalog.close().await;
    keys
}

/// Revokes a key for good, at once, also for a running service. Whether it was there and in force.
///
/// # Errors
/// A database that cannot be used.
pub async fn revoke_key(db: &str, prefix: &str) -> Result<bool, AppError> {
    let Some(catalog) = existing(db).await? else { return Ok(false) };
    let revoked = catalog.revoke_key(prefix).await.map_err(told);
    catalog.close().await;
    revoked
}

/// The catalog in `db`; none, and none is made, when it is not there.
pub(super) async fn existing(db: &str) -> Result<Option<SqliteCatalog>, AppError> {
    if !SqliteCatalog::is_there(db).map_err(told)? {
        return Ok(None);
    }
    SqliteCatalog::open(db).await.map(Some).map_err(told)
}

/// A failure in the catalog's own words: the person who reads them has no service's log.
pub(super) fn told(error: CatalogError) -> AppError {
    let message = error.to_string();
    AppError { message, ..error.into() }
}
