//! What feeds show, and since when.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, Transaction};

use super::articles::{SUMMARY_COLUMNS, SUMMARY_TABLES, article_id, summary};
use super::{SqliteCatalog, count, json};
use crate::article::ArticleId;
use crate::catalog::{CatalogError, ErrorKind, FeedItem, FeedQuery, FeedRendition, FeedState, Feeds, Result};

/// The finished articles `a` of a feed: their served revision `r` and its rendition `n` in a format.
const FINISHED: &str = " JOIN revisions r ON r.article_id = a.id AND r.name = a.ready_revision
    JOIN renditions n ON n.article_id = a.id AND n.revision = r.name AND n.gone_ms IS NULL
    WHERE a.deleted_ms IS NULL AND n.format = ";

#[async_trait]
impl Feeds for SqliteCatalog {
    async fn feed(&self, query: &FeedQuery) -> Result<Vec<FeedItem>> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "SELECT n.digest, n.frames, n.bytes, n.finished_ms, r.name AS revision, r.words AS served_words,
                r.article_json, ",
        );
        select.push(SUMMARY_COLUMNS).push(" FROM ").push(SUMMARY_TABLES);
        finished(&mut select, query);
        select.push(" ORDER BY a.published_ms DESC, a.id DESC LIMIT ");
        select.push_bind(query.limit.clamp(1, FeedQuery::LIMIT_MAX)).push(" OFFSET ").push_bind(query.offset);
        let rows = select.build().fetch_all(&self.reader).await?;
        let mut items = rows.iter().map(feed_item).collect::<Result<Vec<_>>>()?;
        let mut renditions = self.served_renditions(&items).await?;
        for item in &mut items {
            item.renditions =
                renditions.remove(&(item.summary.id.clone(), item.revision.clone())).unwrap_or_default();
        }
        Ok(items)
    }

    async fn feed_len(&self, query: &FeedQuery) -> Result<u64> {
        let mut select = QueryBuilder::<Sqlite>::new("SELECT count(*) AS items FROM articles a");
        finished(&mut select, query);
        count(&select.build().fetch_one(&self.reader).await?, "items")
    }

    async fn feed_state(&self, feed: &str) -> Result<FeedState> {
        let row = sqlx::query("SELECT version, changed_ms FROM feeds WHERE name = ?")
            .bind(feed)
            .fetch_optional(&self.reader)
            .await?;
        let Some(row) = row else { return Ok(FeedState::default()) };
        Ok(FeedState { version: row.try_get("version")?, changed_ms: row.try_get("changed_ms")? })
    }

    async fn feed_of(&self, id: &ArticleId) -> Result<Option<String>> {
        let feed: Option<Option<String>> = sqlx::query_scalar("SELECT feed FROM articles WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.reader)
            .await?;
        Ok(feed.flatten())
    }

    async fn follows(&self, id: &ArticleId) -> Result<Option<(ArticleId, Option<String>)>> {
        let row = sqlx::query(
            "SELECT a.id, a.title FROM articles own JOIN articles a ON a.feed = own.feed
                AND (a.published_ms, a.id) < (own.published_ms, own.id)
             WHERE own.id = ? AND own.deleted_ms IS NULL AND a.deleted_ms IS NULL AND a.ready_revision IS NOT NULL
             ORDER BY a.published_ms DESC, a.id DESC LIMIT 1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| Ok((article_id(&row, "id")?, row.try_get("title")?))).transpose()
    }

    async fn unhashed(&self, limit: u32) -> Result<Vec<(String, String)>> {
        let rows = sqlx::query(
            "SELECT n.digest, n.format FROM renditions n
             WHERE n.sha384 IS NULL AND n.gone_ms IS NULL ORDER BY n.finished_ms DESC LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok((row.try_get("digest")?, row.try_get("format")?))).collect()
    }

    async fn keep_sha384(&self, digest: &str, format: &str, sha384: &[u8; 48]) -> Result<bool> {
        let mut tx = self.begin().await?;
        let kept = sqlx::query("UPDATE renditions SET sha384 = ? WHERE digest = ? AND format = ?")
            .bind(sha384.as_slice())
            .bind(digest)
            .bind(format)
            .execute(&mut *tx)
            .await?;
        feeds_changed_of(&mut tx, digest, format, self.now_ms()).await?;
        tx.commit().await?;
        Ok(kept.rows_affected() > 0)
    }
}

impl SqliteCatalog {
    /// The live renditions of the revisions that a feed shows.
    async fn served_renditions(
        &self,
        items: &[FeedItem],
    ) -> Result<HashMap<(ArticleId, String), Vec<FeedRendition>>> {
        let mut found: HashMap<_, Vec<FeedRendition>> = HashMap::new();
        if items.is_empty() {
            return Ok(found);
        }
        let mut select = QueryBuilder::<Sqlite>::new(
            "SELECT article_id, revision, digest, format, bytes, sha384 FROM renditions
             WHERE gone_ms IS NULL AND article_id IN (",
        );
        let mut ids = select.separated(", ");
        for item in items {
            ids.push_bind(item.summary.id.as_str());
        }
        select.push(") ORDER BY format");
        for row in &select.build().fetch_all(&self.reader).await? {
            let revision = (article_id(row, "article_id")?, row.try_get("revision")?);
            found.entry(revision).or_default().push(feed_rendition(row)?);
        }
        Ok(found)
    }
}

/// Adds [`FINISHED`] for a query, but its part.
fn finished(select: &mut QueryBuilder<Sqlite>, query: &FeedQuery) {
    select.push(FINISHED).push_bind(query.format.clone());
    if let Some(feed) = &query.feed {
        select.push(" AND a.feed = ").push_bind(feed.clone());
    }
}

/// Takes down that the feed of an article shows something else from now on; nothing when it shows
/// nothing of it. With a revision, only if that is the one it shows.
pub(super) async fn feed_changed(
    tx: &mut Transaction<'static, Sqlite>,
    id: &ArticleId,
    revision: Option<&str>,
    now_ms: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO feeds (name, version, changed_ms)
         SELECT feed, 1, ?3 FROM articles
         WHERE id = ?1 AND feed IS NOT NULL AND ready_revision = coalesce(?2, ready_revision)
         ON CONFLICT (name) DO UPDATE SET
            version = version + 1, changed_ms = max(changed_ms, excluded.changed_ms)",
    )
    .bind(id.as_str())
    .bind(revision)
    .bind(now_ms)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// [`feed_changed`] of every article that has a rendition.
pub(super) async fn feeds_changed_of(
    tx: &mut Transaction<'static, Sqlite>,
    digest: &str,
    format: &str,
    now_ms: i64,
) -> Result<()> {
    let rows = sqlx::query("SELECT article_id, revision FROM renditions WHERE digest = ? AND format = ?")
        .bind(digest)
        .bind(format)
        .fetch_all(&mut **tx)
        .await?;
    for row in &rows {
        let revision: String = row.try_get("revision")?;
        feed_changed(tx, &article_id(row, "article_id")?, Some(&revision), now_ms).await?;
    }
    Ok(())
}

fn feed_item(row: &SqliteRow) -> Result<FeedItem> {
    Ok(FeedItem {
        summary: summary(row)?,
        article: json(row, "article_json")?,
        revision: row.try_get("revision")?,
        words: count(row, "served_words")?,
        digest: row.try_get("digest")?,
        frames: count(row, "frames")?,
        bytes: count(row, "bytes")?,
        finished_ms: row.try_get("finished_ms")?,
        renditions: Vec::new(),
    })
}

fn feed_rendition(row: &SqliteRow) -> Result<FeedRendition> {
    let sha384: Option<&[u8]> = row.try_get("sha384")?;
    let damaged = |_| {
        CatalogError::new(ErrorKind::Failed, "the database holds a damaged hash; restore it from a backup")
    };
    Ok(FeedRendition {
        digest: row.try_get("digest")?,
        format: row.try_get("format")?,
        bytes: count(row, "bytes")?,
        sha384: sha384.map(<[u8; 48]>::try_from).transpose().map_err(damaged)?,
    })
}
