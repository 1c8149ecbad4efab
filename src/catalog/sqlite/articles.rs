//! Articles and revisions: reading, listing, deleting.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::feeds::feed_changed;
use super::{SqliteCatalog, count, json, parsed, to_json};
use crate::article::{Article, ArticleId, Lang};
use crate::catalog::{
    ArticleQuery, ArticleRow, Articles, CatalogError, ErrorKind, NewArticle, NewRevision, Page, Pick, Put,
    Received, Result, Revision, State, Summary,
};

/// What a [`Summary`] is read from: articles `a` with their current revision `c`.
pub(super) const SUMMARY_COLUMNS: &str = "a.id, a.publisher, a.feed, a.url, a.title, a.lang, a.published,
    a.current_revision, a.ready_revision, a.created_ms, a.changed_ms, a.deleted_ms IS NOT NULL AS deleted,
    coalesce(c.state, 'failed') AS state, coalesce(c.words, 0) AS words";
pub(super) const SUMMARY_TABLES: &str =
    "articles a LEFT JOIN revisions c ON c.article_id = a.id AND c.name = a.current_revision";

#[async_trait]
impl Articles for SqliteCatalog {
    async fn put_article(&self, article: &NewArticle) -> Result<Put> {
        self.put(article).await
    }

    async fn add_revision(&self, id: &ArticleId, revision: &NewRevision, priority: i64) -> Result<Put> {
        self.add(id, revision, priority).await
    }

    async fn article(&self, id: &ArticleId) -> Result<Option<ArticleRow>> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT a.article_json, ");
        query.push(SUMMARY_COLUMNS).push(" FROM ").push(SUMMARY_TABLES);
        query.push(" WHERE a.id = ").push_bind(id.as_str());
        let row = query.build().fetch_optional(&self.reader).await?;
        row.map(|row| Ok(ArticleRow { summary: summary(&row)?, article: json(&row, "article_json")? }))
            .transpose()
    }

    async fn received(&self, id: &ArticleId) -> Result<Option<Received>> {
        let row = sqlx::query(
            "SELECT content_type, body, submission_json FROM articles WHERE id = ? AND deleted_ms IS NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Received {
            content_type: row.try_get("content_type")?,
            body: row.try_get("body")?,
            submission: row.try_get("submission_json")?,
        }))
    }

    async fn revision(&self, id: &ArticleId, pick: Pick<'_>) -> Result<Option<Revision>> {
        let mut query =
            QueryBuilder::<Sqlite>::new("SELECT r.* FROM revisions r JOIN articles a ON a.id = r.article_id");
        query.push(" WHERE r.article_id = ").push_bind(id.as_str());
        match pick {
            Pick::Current => query.push(" AND r.name = a.current_revision"),
            Pick::Ready => query.push(" AND r.name = a.ready_revision"),
            Pick::Named(name) => query.push(" AND r.name = ").push_bind(name),
            Pick::Spoken { voice, rate } => {
                query.push(" AND r.voice = ").push_bind(voice).push(" AND r.rate = ").push_bind(rate);
                query.push(" ORDER BY r.created_ms DESC, r.rowid DESC LIMIT 1")
            }
        };
        let row = query.build().fetch_optional(&self.reader).await?;
        row.map(|row| revision(&row)).transpose()
    }

    async fn articles(&self, query: &ArticleQuery) -> Result<Page> {
        let limit = query.limit.clamp(1, ArticleQuery::LIMIT_MAX) as usize;
        let mut select = QueryBuilder::<Sqlite>::new("SELECT ");
        select.push(SUMMARY_COLUMNS).push(" FROM ").push(SUMMARY_TABLES).push(" WHERE a.deleted_ms IS NULL");
        if let Some(feed) = &query.feed {
            select.push(" AND a.feed = ").push_bind(feed);
        }
        if !query.without_feeds.is_empty() {
            select.push(" AND (a.feed IS NULL OR a.feed NOT IN (");
            let mut names = select.separated(", ");
            for feed in &query.without_feeds {
                names.push_bind(feed);
            }
            select.push("))");
        }
        if let Some(url) = &query.url {
            select.push(" AND a.url = ").push_bind(url);
        }
        if let Some(cursor) = &query.cursor {
            let (created_ms, id) = read_cursor(cursor)?;
            select
                .push(" AND (a.created_ms, a.id) < (")
                .push_bind(created_ms)
                .push(", ")
                .push_bind(id)
                .push(")");
        }
        select.push(" ORDER BY a.created_ms DESC, a.id DESC LIMIT ").push_bind(limit as i64 + 1);
        let rows = select.build().fetch_all(&self.reader).await?;
        let mut articles = rows.iter().map(summary).collect::<Result<Vec<_>>>()?;
        let more = articles.len() > limit;
        articles.truncate(limit);
        let next = articles.last().filter(|_| more).map(|last| format!("{}.{}", last.created_ms, last.id));
        Ok(Page { articles, next })
    }

    async fn delete_article(&self, id: &ArticleId) -> Result<bool> {
        let now_ms = self.now_ms();
        let mut tx = self.begin().await?;
        feed_changed(&mut tx, id, None, now_ms).await?;
        let nothing = to_json(&Article::empty(Lang::english()))?;
        let deleted = sqlx::query(
            "UPDATE articles SET feed = NULL, url = NULL, title = NULL, published = NULL, content_type = '',
                body = x'', submission_json = '{}', article_json = ?, ready_revision = NULL, deleted_ms = ?
             WHERE id = ? AND deleted_ms IS NULL",
        )
        .bind(nothing)
        .bind(now_ms)
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?;
        // The order follows the foreign keys. Renditions stay, empty, so that their addresses are gone
        // and not unknown.
        for forget in [
            "DELETE FROM plays WHERE article_id = ?",
            "DELETE FROM plays_by_day WHERE article_id = ?",
            "DELETE FROM queue WHERE article_id = ?",
            "DELETE FROM revisions WHERE article_id = ?",
            "UPDATE renditions SET head = x'', pieces_json = '[]', timeline_json = '[]', frames = 0, bytes = 0,
                gone_ms = coalesce(gone_ms, finished_ms)
             WHERE article_id = ?",
        ] {
            sqlx::query(forget).bind(id.as_str()).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(deleted.rows_affected() > 0)
    }
}

impl State {
    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Queued, Self::Rendering, Self::Ready, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

pub(super) fn article_id(row: &SqliteRow, column: &str) -> Result<ArticleId> {
    parsed(row, column, |id| id.parse().ok())
}

pub(super) fn summary(row: &SqliteRow) -> Result<Summary> {
    Ok(Summary {
        id: article_id(row, "id")?,
        publisher: row.try_get("publisher")?,
        feed: row.try_get("feed")?,
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        lang: row.try_get("lang")?,
        published: row.try_get("published")?,
        current_revision: row.try_get("current_revision")?,
        ready_revision: row.try_get("ready_revision")?,
        state: parsed(row, "state", State::parse)?,
        words: count(row, "words")?,
        created_ms: row.try_get("created_ms")?,
        changed_ms: row.try_get("changed_ms")?,
        deleted: row.try_get("deleted")?,
    })
}

fn revision(row: &SqliteRow) -> Result<Revision> {
    Ok(Revision {
        article_id: article_id(row, "article_id")?,
        name: row.try_get("name")?,
        voice: row.try_get("voice")?,
        rate: row.try_get("rate")?,
        front_end_version: row.try_get("front_end_version")?,
        words: count(row, "words")?,
        article: json(row, "article_json")?,
        script: row.try_get("script_json")?,
        state: parsed(row, "state", State::parse)?,
        notes: json(row, "notes_json")?,
        error: row.try_get("error")?,
        created_ms: row.try_get("created_ms")?,
        finished_ms: row.try_get("finished_ms")?,
    })
}

fn read_cursor(cursor: &str) -> Result<(i64, &str)> {
    let read = cursor.split_once('.').and_then(|(created_ms, id)| Some((created_ms.parse().ok()?, id)));
    read.ok_or_else(|| {
        CatalogError::new(ErrorKind::Invalid, "the cursor is none; send the one of the page before, or none")
    })
}
