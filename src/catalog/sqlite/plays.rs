//! What listeners heard, as sums.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, Transaction};

use super::articles::article_id;
use super::{SqliteCatalog, count, int, parsed};
use crate::article::ArticleId;
use crate::catalog::plays::{add_bytes, to_bytes};
use crate::catalog::{ArticlePlays, DayPlays, PLAY_DAYS_KEPT, PlaySums, PlayTotals, Plays, Result};

const DAY_MS: i64 = 86_400_000;

#[async_trait]
impl Plays for SqliteCatalog {
    async fn add_plays(&self, sums: &[PlaySums]) -> Result<u64> {
        let today = self.now_ms().div_euclid(DAY_MS);
        let mut tx = self.begin().await?;
        let mut counted = 0;
        for sums in sums {
            if is_there(&mut tx, sums).await? {
                write_sums(&mut tx, sums).await?;
                write_day(&mut tx, sums, today).await?;
                counted += sums.totals.plays;
            }
        }
        sqlx::query("DELETE FROM plays_by_day WHERE day <= ?")
            .bind(today - PLAY_DAYS_KEPT)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(counted)
    }

    async fn plays_of(&self, id: &ArticleId) -> Result<Vec<PlaySums>> {
        let rows = sqlx::query(
            "SELECT p.* FROM plays p JOIN revisions r ON r.article_id = p.article_id AND r.name = p.revision
             WHERE p.article_id = ? ORDER BY r.created_ms DESC, r.name",
        )
        .bind(id.as_str())
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(sums).collect()
    }

    async fn play_days(&self, id: Option<&ArticleId>, days: u32) -> Result<Vec<DayPlays>> {
        let today = self.now_ms().div_euclid(DAY_MS);
        let mut select = QueryBuilder::<Sqlite>::new(
            "SELECT day, sum(plays) AS plays, sum(completed) AS completed, sum(seconds) AS seconds
             FROM plays_by_day WHERE day > ",
        );
        select.push_bind(today - i64::from(days));
        if let Some(id) = id {
            select.push(" AND article_id = ").push_bind(id.as_str());
        }
        let rows = select.push(" GROUP BY day ORDER BY day").build().fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok(DayPlays { day: row.try_get("day")?, totals: totals(row)? })).collect()
    }

    async fn most_played(&self, limit: u32) -> Result<Vec<ArticlePlays>> {
        let rows = sqlx::query(
            "SELECT a.id, a.title, a.lang, sum(p.plays) AS plays, sum(p.completed) AS completed,
                sum(p.seconds) AS seconds
             FROM plays p JOIN articles a ON a.id = p.article_id
             GROUP BY a.id ORDER BY 4 DESC, a.id LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ArticlePlays {
                    id: article_id(row, "id")?,
                    title: row.try_get("title")?,
                    lang: parsed(row, "lang", |lang| lang.parse().ok())?,
                    totals: totals(row)?,
                })
            })
            .collect()
    }

    async fn play_totals(&self) -> Result<PlayTotals> {
        let row = sqlx::query(
            "SELECT coalesce(sum(plays), 0) AS plays, coalesce(sum(completed), 0) AS completed,
                coalesce(sum(seconds), 0) AS seconds FROM plays",
        )
        .fetch_one(&self.reader)
        .await?;
        totals(&row)
    }
}

/// A revision may be deleted while its last plays are on their way.
async fn is_there(tx: &mut Transaction<'static, Sqlite>, sums: &PlaySums) -> Result<bool> {
    let row = sqlx::query("SELECT 1 FROM revisions WHERE article_id = ? AND name = ?")
        .bind(sums.article_id.as_str())
        .bind(&sums.revision)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}

async fn write_sums(tx: &mut Transaction<'static, Sqlite>, sums: &PlaySums) -> Result<()> {
    let before = sqlx::query("SELECT heard, furthest FROM plays WHERE article_id = ? AND revision = ?")
        .bind(sums.article_id.as_str())
        .bind(&sums.revision)
        .fetch_optional(&mut **tx)
        .await?;
    let (mut heard, mut furthest) = (sums.heard.clone(), sums.furthest.clone());
    if let Some(before) = before {
        add_bytes(&mut heard, before.try_get("heard")?);
        add_bytes(&mut furthest, before.try_get("furthest")?);
    }
    sqlx::query(
        "INSERT INTO plays (article_id, revision, plays, completed, seconds, heard, furthest)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (article_id, revision) DO UPDATE SET
            plays = plays + excluded.plays, completed = completed + excluded.completed,
            seconds = seconds + excluded.seconds, heard = excluded.heard, furthest = excluded.furthest",
    )
    .bind(sums.article_id.as_str())
    .bind(&sums.revision)
    .bind(int(sums.totals.plays))
    .bind(int(sums.totals.completed))
    .bind(int(sums.totals.seconds))
    .bind(to_bytes(&heard))
    .bind(to_bytes(&furthest))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_day(tx: &mut Transaction<'static, Sqlite>, sums: &PlaySums, day: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO plays_by_day (day, article_id, plays, completed, seconds) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (day, article_id) DO UPDATE SET
            plays = plays + excluded.plays, completed = completed + excluded.completed,
            seconds = seconds + excluded.seconds",
    )
    .bind(day)
    .bind(sums.article_id.as_str())
    .bind(int(sums.totals.plays))
    .bind(int(sums.totals.completed))
    .bind(int(sums.totals.seconds))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn totals(row: &SqliteRow) -> Result<PlayTotals> {
    Ok(PlayTotals {
        plays: count(row, "plays")?,
        completed: count(row, "completed")?,
        seconds: count(row, "seconds")?,
    })
}

fn sums(row: &SqliteRow) -> Result<PlaySums> {
    let column: &[u8] = row.try_get("heard")?;
    let mut sums = PlaySums::none(article_id(row, "article_id")?, row.try_get("revision")?, column.len() / 4);
    add_bytes(&mut sums.heard, column);
    add_bytes(&mut sums.furthest, row.try_get("furthest")?);
    sums.totals = totals(row)?;
    Ok(sums)
}
