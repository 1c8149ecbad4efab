//! Keys of publishers, and of the listeners of private feeds.

use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::SqliteCatalog;
use crate::catalog::{CatalogError, ErrorKind, Keys, NewKey, PublisherKey, Result, Token};

/// Longest name of a key, in characters.
const NAME_CHARS_MAX: usize = 100;

/// How often a public prefix that is taken is drawn anew.
const DRAWS_MAX: u32 = 8;

#[async_trait]
impl Keys for SqliteCatalog {
    async fn create_key(&self, name: &str, feed: Option<&str>) -> Result<NewKey> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let message =
                format!("a key's name has 1 to {NAME_CHARS_MAX} characters and no control characters");
            return Err(CatalogError::new(ErrorKind::Invalid, message));
        }
        for _ in 0..DRAWS_MAX {
            let token = Token::generate()?;
            let key = PublisherKey {
                prefix: token.prefix().to_owned(),
                name: name.to_owned(),
                feed: feed.map(str::to_owned),
                sha256: token.sha256(),
                created_ms: self.now_ms(),
                revoked_ms: None,
            };
            let inserted = sqlx::query(
                "INSERT INTO publisher_keys (prefix, name, feed, sha256, created_ms) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (prefix) DO NOTHING",
            )
            .bind(&key.prefix)
            .bind(&key.name)
            .bind(&key.feed)
            .bind(key.sha256.as_slice())
            .bind(key.created_ms)
            .execute(&self.writer)
            .await?;
            if inserted.rows_affected() > 0 {
                return Ok(NewKey { token, key });
            }
        }
        Err(CatalogError::new(ErrorKind::Busy, "no free prefix for a key was found; try again"))
    }

    async fn keys(&self) -> Result<Vec<PublisherKey>> {
        let rows = sqlx::query("SELECT * FROM publisher_keys ORDER BY created_ms, prefix")
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(key).collect()
    }

    async fn revoke_key(&self, prefix: &str) -> Result<bool> {
        let revoked =
            sqlx::query("UPDATE publisher_keys SET revoked_ms = ? WHERE prefix = ? AND revoked_ms IS NULL")
                .bind(self.now_ms())
                .bind(prefix)
                .execute(&self.writer)
                .await?;
        Ok(revoked.rows_affected() > 0)
    }

    async fn key(&self, prefix: &str) -> Result<Option<PublisherKey>> {
        let row = sqlx::query("SELECT * FROM publisher_keys WHERE prefix = ?")
            .bind(prefix)
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| key(&row)).transpose()
    }
}

fn key(row: &SqliteRow) -> Result<PublisherKey> {
    let sha256: &[u8] = row.try_get("sha256")?;
    let damaged = |_| {
        CatalogError::new(ErrorKind::Failed, "the database holds a damaged key; revoke it and make another")
    };
    Ok(PublisherKey {
        prefix: row.try_get("prefix")?,
        name: row.try_get("name")?,
        feed: row.try_get("feed")?,
        sha256: sha256.try_into().map_err(damaged)?,
        created_ms: row.try_get("created_ms")?,
        revoked_ms: row.try_get("revoked_ms")?,
    })
}
