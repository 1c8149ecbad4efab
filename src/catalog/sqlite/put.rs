//! Taking an article: everything about it in one transaction.

use sqlx::{Row as _, Sqlite, Transaction};

use super::feeds::feed_changed;
use super::{SqliteCatalog, int, parsed, to_json};
use crate::article::ArticleId;
use crate::catalog::{CatalogError, Change, ErrorKind, NewArticle, NewRevision, Put, Result, State};

type Tx = Transaction<'static, Sqlite>;

/// What was there before a put.
struct Before {
    current_revision: String,
    ready_revision: Option<String>,
    deleted: bool,
    /// All that a put brings besides its revision was there already.
    same: bool,
}

impl SqliteCatalog {
    pub(super) async fn put(&self, new: &NewArticle) -> Result<Put> {
        check_revision(&new.revision)?;
        let now_ms = self.now_ms();
        let article_json = to_json(&new.article)?;
        let mut tx = self.begin().await?;
        let before = before(&mut tx, new, &article_json).await?;
        let known = state_of(&mut tx, &new.id, &new.revision.name).await?;

        let live = before.as_ref().filter(|before| !before.deleted);
        let change = match live {
            None => Change::Created,
            Some(live) if live.same && live.current_revision == new.revision.name => Change::Unchanged,
            Some(_) => Change::Changed,
        };
        if change != Change::Unchanged {
            // The feed it leaves, when it leaves one.
            feed_changed(&mut tx, &new.id, None, now_ms).await?;
            write_article(&mut tx, new, &article_json, now_ms).await?;
        }
        let (queued, state) = self.put_revision(&mut tx, new, &article_json, known, now_ms).await?;
        let ready_revision = if state == State::Ready {
            Some(new.revision.name.clone())
        } else {
            live.and_then(|live| live.ready_revision.clone())
        };
        if change != Change::Unchanged {
            supersede(&mut tx, &new.id, &new.revision.name, ready_revision.as_deref()).await?;
            feed_changed(&mut tx, &new.id, None, now_ms).await?;
        }
        tx.commit().await?;
        Ok(Put { change, queued, state, ready_revision })
    }

    /// Writes a revision if it is not `known`, and sees to it that its audio is made.
    async fn put_revision(
        &self,
        tx: &mut Tx,
        new: &NewArticle,
        article_json: &str,
        known: Option<State>,
        now_ms: i64,
    ) -> Result<(bool, State)> {
        if known.is_none() {
            write_revision(tx, &new.id, &new.revision, article_json, now_ms).await?;
        }
        match known {
            Some(State::Ready) => Ok((false, State::Ready)),
            Some(State::Rendering) => Ok((false, State::Rendering)),
            Some(State::Queued) if has_entry(tx, &new.id, &new.revision.name).await? => {
                // It may have waited at the end of the queue, as a listener's wish.
                enqueue(tx, &new.id, &new.revision.name, new.priority, now_ms).await?;
                Ok((false, State::Queued))
            }
            None | Some(State::Queued | State::Failed) => {
                enqueue(tx, &new.id, &new.revision.name, new.priority, now_ms).await?;
                Ok((true, State::Queued))
            }
        }
    }

    pub(super) async fn add(&self, id: &ArticleId, revision: &NewRevision, priority: i64) -> Result<Put> {
        check_revision(revision)?;
        let now_ms = self.now_ms();
        let mut tx = self.begin().await?;
        let row = sqlx::query(
            "SELECT article_json, ready_revision FROM articles WHERE id = ? AND deleted_ms IS NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(|| not_found(id))?;
        let ready_revision = row.try_get("ready_revision")?;
        let known = state_of(&mut tx, id, &revision.name).await?;
        let change = if known.is_some() { Change::Unchanged } else { Change::Created };
        let (queued, state) = match known {
            None => {
                write_revision(&mut tx, id, revision, row.try_get("article_json")?, now_ms).await?;
                enqueue(&mut tx, id, &revision.name, priority, now_ms).await?;
                (true, State::Queued)
            }
            Some(state @ (State::Ready | State::Rendering)) => (false, state),
            Some(State::Queued | State::Failed) => {
                enqueue(&mut tx, id, &revision.name, priority, now_ms).await?;
                (true, State::Queued)
            }
        };
        tx.commit().await?;
        Ok(Put { change, queued, state, ready_revision })
    }
}

pub(super) fn not_found(id: &ArticleId) -> CatalogError {
    CatalogError::new(ErrorKind::NotFound, format!("there is no article \"{id}\""))
}

fn check_revision(revision: &NewRevision) -> Result<()> {
    let name = &revision.name;
    if name.len() == 16 && name.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f')) {
        return Ok(());
    }
    let message = format!("\"{name}\" is not a revision's name: 16 hexadecimal digits");
    Err(CatalogError::new(ErrorKind::Invalid, message))
}

async fn before(tx: &mut Tx, new: &NewArticle, article_json: &str) -> Result<Option<Before>> {
    let row = sqlx::query(
        "SELECT current_revision, ready_revision, deleted_ms IS NOT NULL AS deleted,
            feed IS ? AND url IS ? AND content_type = ? AND body = ? AND submission_json = ?
            AND article_json = ? AS same
         FROM articles WHERE id = ?",
    )
    .bind(&new.feed)
    .bind(&new.url)
    .bind(&new.received.content_type)
    .bind(&new.received.body)
    .bind(&new.received.submission)
    .bind(article_json)
    .bind(new.id.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Before {
        current_revision: row.try_get("current_revision")?,
        ready_revision: row.try_get("ready_revision")?,
        deleted: row.try_get("deleted")?,
        same: row.try_get("same")?,
    }))
}

async fn state_of(tx: &mut Tx, id: &ArticleId, revision: &str) -> Result<Option<State>> {
    let row = sqlx::query("SELECT state FROM revisions WHERE article_id = ? AND name = ?")
        .bind(id.as_str())
        .bind(revision)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| parsed(&row, "state", State::parse)).transpose()
}

async fn has_entry(tx: &mut Tx, id: &ArticleId, revision: &str) -> Result<bool> {
    let live = sqlx::query("SELECT 1 FROM queue WHERE article_id = ? AND revision = ? AND state <> 'dead'")
        .bind(id.as_str())
        .bind(revision)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(live.is_some())
}

async fn write_article(tx: &mut Tx, new: &NewArticle, article_json: &str, now_ms: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO articles (id, publisher, feed, url, title, lang, published, published_ms, content_type, body,
            submission_json, article_json, current_revision, created_ms, changed_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, ?14), ?9, ?10, ?11, ?12, ?13, ?14, ?14)
         ON CONFLICT (id) DO UPDATE SET
            publisher = excluded.publisher, feed = excluded.feed, url = excluded.url, title = excluded.title,
            lang = excluded.lang, published = excluded.published,
            published_ms = coalesce(?8, iif(deleted_ms IS NULL, created_ms, ?14)),
            content_type = excluded.content_type, body = excluded.body,
            submission_json = excluded.submission_json, article_json = excluded.article_json,
            current_revision = excluded.current_revision,
            created_ms = iif(deleted_ms IS NULL, created_ms, ?14),
            changed_ms = excluded.changed_ms, deleted_ms = NULL",
    )
    .bind(new.id.as_str())
    .bind(&new.publisher)
    .bind(&new.feed)
    .bind(&new.url)
    .bind(&new.article.title)
    .bind(new.article.lang.as_str())
    .bind(&new.article.published)
    .bind(new.article.published.as_deref().and_then(time_of))
    .bind(&new.received.content_type)
    .bind(&new.received.body)
    .bind(&new.received.submission)
    .bind(article_json)
    .bind(&new.revision.name)
    .bind(now_ms)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_revision(
    tx: &mut Tx,
    id: &ArticleId,
    revision: &NewRevision,
    article_json: &str,
    now_ms: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO revisions (article_id, name, voice, rate, front_end_version, words, article_json,
            script_json, state, created_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)",
    )
    .bind(id.as_str())
    .bind(&revision.name)
    .bind(&revision.voice)
    .bind(revision.rate)
    .bind(revision.front_end_version)
    .bind(int(revision.words))
    .bind(article_json)
    .bind(&revision.script)
    .bind(now_ms)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Sets which revision is served, and takes what nobody works on yet and nobody will hear off the
/// queue.
async fn supersede(tx: &mut Tx, id: &ArticleId, current: &str, ready: Option<&str>) -> Result<()> {
    sqlx::query("UPDATE articles SET ready_revision = ? WHERE id = ?")
        .bind(ready)
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM queue WHERE article_id = ? AND revision <> ? AND state <> 'leased'")
        .bind(id.as_str())
        .bind(current)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Makes a queue entry, or raises the priority of the one there is; one that was given up starts over.
pub(super) async fn enqueue(
    tx: &mut Tx,
    id: &ArticleId,
    revision: &str,
    priority: i64,
    now_ms: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO queue (article_id, revision, publisher, priority, state, run_at_ms, created_ms)
         SELECT ?1, ?2, publisher, ?3, 'waiting', ?4, ?4 FROM articles WHERE id = ?1
         ON CONFLICT (article_id, revision) DO UPDATE SET
            priority = max(priority, excluded.priority),
            run_at_ms = iif(state = 'dead', excluded.run_at_ms, run_at_ms),
            attempts = iif(state = 'dead', 0, attempts),
            payload_json = iif(state = 'dead', NULL, payload_json),
            state = iif(state = 'dead', 'waiting', state)",
    )
    .bind(id.as_str())
    .bind(revision)
    .bind(priority)
    .bind(now_ms)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE revisions SET state = 'queued', error = NULL
         WHERE article_id = ? AND name = ? AND state = 'failed'",
    )
    .bind(id.as_str())
    .bind(revision)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What an article says of its publication as a time: RFC 3339, or a day or a local time, taken as UTC.
fn time_of(published: &str) -> Option<i64> {
    let text = published.trim();
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let local = text.parse::<jiff::civil::DateTime>().ok()?;
    Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publication_times_are_read_as_they_are_written() {
        let table = [
            ("1970-01-02", Some(86_400_000)),
            ("1970-01-01T00:00:01Z", Some(1000)),
            (" 1970-01-01T01:00:00+01:00 ", Some(0)),
            ("1970-01-01T00:01", Some(60_000)),
            ("yesterday", None),
            ("", None),
        ];
        for (text, time_ms) in table {
            assert_eq!(time_of(text), time_ms, "{text}");
        }
    }
}
