//! The publisher's lexicon: one row.

use async_trait::async_trait;
use sqlx::Row as _;

use super::SqliteCatalog;
use crate::catalog::{CatalogError, ErrorKind, Lexicons, Result, StoredLexicon};

#[async_trait]
impl Lexicons for SqliteCatalog {
    async fn lexicon(&self) -> Result<Option<StoredLexicon>> {
        let row = sqlx::query("SELECT tag, entries_json, changed_ms FROM lexicon WHERE one = 1")
            .fetch_optional(&self.reader)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredLexicon {
            tag: row.try_get("tag")?,
            entries: row.try_get("entries_json")?,
            changed_ms: row.try_get("changed_ms")?,
        }))
    }

    async fn put_lexicon(&self, tag: &str, entries: &str, expected: Option<Option<&str>>) -> Result<()> {
        let mut tx = self.begin().await?;
        if let Some(expected) = expected {
            let row = sqlx::query("SELECT tag FROM lexicon WHERE one = 1").fetch_optional(&mut *tx).await?;
            let there: Option<String> = row.map(|row| row.try_get("tag")).transpose()?;
            if there.as_deref() != expected {
                let message = "the lexicon was changed by somebody else meanwhile; read it again";
                return Err(CatalogError::new(ErrorKind::Conflict, message));
            }
        }
        sqlx::query(
            "INSERT INTO lexicon (one, tag, entries_json, changed_ms) VALUES (1, ?, ?, ?)
             ON CONFLICT (one) DO UPDATE SET
                changed_ms = iif(tag = excluded.tag, changed_ms, excluded.changed_ms),
                tag = excluded.tag, entries_json = excluded.entries_json",
        )
        .bind(tag)
        .bind(entries)
        .bind(self.now_ms())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
