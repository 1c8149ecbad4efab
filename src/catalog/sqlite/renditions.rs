//! Finished renditions.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::articles::article_id;
use super::feeds::{feed_changed, feeds_changed_of};
use super::queue::is_held;
use super::{SqliteCatalog, clips, count, int, to_json};
use crate::article::ArticleId;
use crate::catalog::{
    CatalogError, ErrorKind, Finish, Finished, NewRendition, Rendition, RenditionStatus, Renditions, Result,
};

#[async_trait]
impl Renditions for SqliteCatalog {
    async fn finish(&self, finish: &Finish) -> Result<Finished> {
        check(finish)?;
        let now_ms = self.now_ms();
        let mut tx = self.begin().await?;
        let further = finish.claim.is_none() && is_ready(&mut tx, finish).await?;
        check_claim(&mut tx, finish).await?;
        let ready = sqlx::query(
            "UPDATE revisions SET
                notes_json = iif(state = 'ready' AND ?1 = '[]', notes_json, ?1),
                finished_ms = iif(state = 'ready', finished_ms, ?2),
                state = 'ready', error = NULL
             WHERE article_id = ?3 AND name = ?4",
        )
        .bind(to_json(&finish.notes)?)
        .bind(now_ms)
        .bind(finish.article_id.as_str())
        .bind(&finish.revision)
        .execute(&mut *tx)
        .await?;
        if ready.rows_affected() == 0 {
            let message = format!("article \"{}\" has no revision {}", finish.article_id, finish.revision);
            return Err(CatalogError::new(ErrorKind::NotFound, message));
        }
        for rendition in &finish.renditions {
            replace_others(&mut tx, finish, rendition, now_ms).await?;
            write_rendition(&mut tx, finish, rendition, now_ms).await?;
        }
        let (id, revision) = (finish.article_id.as_str(), finish.revision.as_str());
        let rows: Vec<clips::Row<'_>> =
            finish.clips.iter().map(|clip| (&clip.digest, id, revision, clip.i, clip.bytes)).collect();
        clips::write(&mut tx, &rows).await?;
        // A further format of a finished revision ends no work on it.
        if !further {
            sqlx::query("DELETE FROM queue WHERE article_id = ? AND revision = ?")
                .bind(finish.article_id.as_str())
                .bind(&finish.revision)
                .execute(&mut *tx)
                .await?;
        }
        let serves =
            sqlx::query("UPDATE articles SET ready_revision = ?1 WHERE id = ?2 AND current_revision = ?1")
                .bind(&finish.revision)
                .bind(finish.article_id.as_str())
                .execute(&mut *tx)
                .await?;
        feed_changed(&mut tx, &finish.article_id, Some(&finish.revision), now_ms).await?;
        tx.commit().await?;
        Ok(Finished { serves: serves.rows_affected() > 0 })
    }

    async fn rendition(&self, digest: &str, format: &str) -> Result<Option<Rendition>> {
        let row = sqlx::query(
            "SELECT n.*, a.deleted_ms IS NOT NULL AS deleted
             FROM renditions n JOIN articles a ON a.id = n.article_id
             WHERE n.digest = ?1 AND (n.format = ?2 OR n.format LIKE ?2 || '-%')
             ORDER BY deleted, n.gone_ms IS NOT NULL, n.finished_ms LIMIT 1",
        )
        .bind(digest)
        .bind(format)
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| rendition(&row)).transpose()
    }

    async fn renditions_of(&self, id: &ArticleId, revision: &str) -> Result<Vec<Rendition>> {
        let rows = sqlx::query(
            "SELECT *, 0 AS deleted FROM renditions
             WHERE article_id = ? AND revision = ? AND gone_ms IS NULL ORDER BY format",
        )
        .bind(id.as_str())
        .bind(revision)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(rendition).collect()
    }

    async fn mark_gone(&self, digest: &str, format: &str, replaced_by: Option<&str>) -> Result<bool> {
        let now_ms = self.now_ms();
        let mut tx = self.begin().await?;
        let marked = sqlx::query(
            "UPDATE renditions SET gone_ms = coalesce(gone_ms, ?), replaced_by = ? WHERE digest = ? AND format = ?",
        )
        .bind(now_ms)
        .bind(replaced_by)
        .bind(digest)
        .bind(format)
        .execute(&mut *tx)
        .await?;
        feeds_changed_of(&mut tx, digest, format, now_ms).await?;
        tx.commit().await?;
        Ok(marked.rows_affected() > 0)
    }
}

fn check(finish: &Finish) -> Result<()> {
    let invalid = |message: String| Err(CatalogError::new(ErrorKind::Invalid, message));
    if finish.renditions.is_empty() {
        return invalid("a revision is finished by at least one rendition".to_owned());
    }
    for rendition in &finish.renditions {
        let digest = &rendition.digest;
        if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f')) {
            return invalid(format!("\"{digest}\" is not a digest in 64 hexadecimal digits"));
        }
    }
    Ok(())
}

async fn is_ready(tx: &mut Transaction<'static, Sqlite>, finish: &Finish) -> Result<bool> {
    let ready = sqlx::query("SELECT 1 FROM revisions WHERE article_id = ? AND name = ? AND state = 'ready'")
        .bind(finish.article_id.as_str())
        .bind(&finish.revision)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(ready.is_some())
}

async fn check_claim(tx: &mut Transaction<'static, Sqlite>, finish: &Finish) -> Result<()> {
    let Some(claim) = &finish.claim else { return Ok(()) };
    let same = claim.article_id == finish.article_id && claim.revision == finish.revision;
    if same && is_held(tx, claim).await? {
        return Ok(());
    }
    let message =
        format!("revision {} of \"{}\" is no longer this worker's", finish.revision, finish.article_id);
    Err(CatalogError::new(ErrorKind::Conflict, message))
}

/// Lets the addresses of what a rendition takes the place of name it.
async fn replace_others(
    tx: &mut Transaction<'static, Sqlite>,
    finish: &Finish,
    rendition: &NewRendition,
    now_ms: i64,
) -> Result<()> {
    sqlx::query(
        "UPDATE renditions SET gone_ms = ?2, replaced_by = ?1
         WHERE article_id = ?3 AND revision = ?4 AND format = ?5 AND digest <> ?1 AND gone_ms IS NULL",
    )
    .bind(&rendition.digest)
    .bind(now_ms)
    .bind(finish.article_id.as_str())
    .bind(&finish.revision)
    .bind(&rendition.format)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_rendition(
    tx: &mut Transaction<'static, Sqlite>,
    finish: &Finish,
    rendition: &NewRendition,
    now_ms: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO renditions (digest, format, article_id, revision, head, pieces_json, frames, bytes,
            timeline_json, finished_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (digest, format, article_id, revision) DO UPDATE SET
            head = excluded.head, pieces_json = excluded.pieces_json, frames = excluded.frames,
            bytes = excluded.bytes, timeline_json = excluded.timeline_json,
            gone_ms = NULL, replaced_by = NULL",
    )
    .bind(&rendition.digest)
    .bind(&rendition.format)
    .bind(finish.article_id.as_str())
    .bind(&finish.revision)
    .bind(&rendition.head)
    .bind(&rendition.pieces)
    .bind(int(rendition.frames))
    .bind(int(rendition.bytes))
    .bind(&rendition.timeline)
    .bind(now_ms)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn rendition(row: &SqliteRow) -> Result<Rendition> {
    let gone: Option<i64> = row.try_get("gone_ms")?;
    let status = match (row.try_get("deleted")?, gone) {
        (true, _) => RenditionStatus::Deleted,
        (false, Some(_)) => RenditionStatus::Gone { replaced_by: row.try_get("replaced_by")? },
        (false, None) => RenditionStatus::Live,
    };
    Ok(Rendition {
        article_id: article_id(row, "article_id")?,
        revision: row.try_get("revision")?,
        rendition: NewRendition {
            digest: row.try_get("digest")?,
            format: row.try_get("format")?,
            head: row.try_get("head")?,
            pieces: row.try_get("pieces_json")?,
            frames: count(row, "frames")?,
            bytes: count(row, "bytes")?,
            timeline: row.try_get("timeline_json")?,
        },
        status,
        finished_ms: row.try_get("finished_ms")?,
    })
}
