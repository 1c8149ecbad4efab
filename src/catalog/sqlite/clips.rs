//! Where clips come from.

use async_trait::async_trait;
use sqlx::{QueryBuilder, Row as _, Sqlite, Transaction};

use super::articles::article_id;
use super::{SqliteCatalog, count, int};
use crate::catalog::{Clip, ClipSource, Clips, Result};

/// Clips written by one statement.
const CLIPS_AT_ONCE: usize = 500;

/// A clip's digest, article, revision, sentence and length.
pub(super) type Row<'a> = (&'a [u8; 32], &'a str, &'a str, u32, u64);

#[async_trait]
impl Clips for SqliteCatalog {
    async fn index_clips(&self, clips: &[Clip]) -> Result<()> {
        let rows: Vec<Row<'_>> = clips
            .iter()
            .map(|Clip { digest, source }| {
                (digest, source.article_id.as_str(), source.revision.as_str(), source.i, source.bytes)
            })
            .collect();
        let mut tx = self.begin().await?;
        write(&mut tx, &rows).await?;
        Ok(tx.commit().await?)
    }

    async fn clip(&self, digest: &[u8; 32]) -> Result<Option<ClipSource>> {
        let row = sqlx::query(
            "SELECT c.article_id, c.revision, c.i, c.bytes
             FROM clips c JOIN articles a ON a.id = c.article_id
             WHERE c.digest = ? AND a.deleted_ms IS NULL",
        )
        .bind(digest.as_slice())
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(ClipSource {
            article_id: article_id(&row, "article_id")?,
            revision: row.try_get("revision")?,
            i: row.try_get("i")?,
            bytes: count(&row, "bytes")?,
        }))
    }
}

/// Takes down where each clip comes from. A clip that another revision has already keeps its source,
/// unless that one is gone with its article.
pub(super) async fn write(tx: &mut Transaction<'static, Sqlite>, rows: &[Row<'_>]) -> Result<()> {
    for rows in rows.chunks(CLIPS_AT_ONCE) {
        let mut insert =
            QueryBuilder::<Sqlite>::new("INSERT INTO clips (digest, article_id, revision, i, bytes) ");
        insert.push_values(rows, |mut row, &(digest, article_id, revision, i, bytes)| {
            row.push_bind(digest.to_vec())
                .push_bind(article_id.to_owned())
                .push_bind(revision.to_owned())
                .push_bind(i)
                .push_bind(int(bytes));
        });
        insert.push(
            " ON CONFLICT (digest) DO UPDATE SET
                article_id = excluded.article_id, revision = excluded.revision, i = excluded.i
              WHERE NOT EXISTS (
                SELECT 1 FROM revisions r WHERE r.article_id = clips.article_id AND r.name = clips.revision)",
        );
        insert.build().execute(&mut **tx).await?;
    }
    Ok(())
}
