//! The render queue.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::articles::article_id;
use super::put::{enqueue, not_found};
use super::{SqliteCatalog, count};
use crate::article::ArticleId;
use crate::catalog::{Claim, ClaimQuery, Depth, MAX_ATTEMPTS, Queue, Released, Result, Verdict};

type Tx = Transaction<'static, Sqlite>;

/// Most entries one [`Queue::reconcile`] makes.
const RECONCILE_MAX: u32 = 1000;

/// What is said of an entry whose owner never came back from its last attempt.
const VANISHED: &str = "every attempt to make its audio ended without a word: the process died or hung";

#[async_trait]
impl Queue for SqliteCatalog {
    async fn enqueue(&self, id: &ArticleId, revision: &str, priority: i64) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("SELECT 1 FROM revisions WHERE article_id = ? AND name = ?")
            .bind(id.as_str())
            .bind(revision)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| not_found(id).while_doing(&format!("queue its revision {revision}")))?;
        enqueue(&mut tx, id, revision, priority, self.now_ms()).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn claim(&self, query: &ClaimQuery) -> Result<Vec<Claim>> {
        let now_ms = self.now_ms();
        let mut tx = self.begin().await?;
        let rows = sqlx::query(
            "UPDATE queue SET state = 'leased', attempts = attempts + 1, owner = ?1, lease_until_ms = ?2 + ?3
             WHERE id IN (SELECT id FROM queue WHERE state = 'waiting' AND run_at_ms <= ?2 AND priority >= ?4
                          ORDER BY priority DESC, id LIMIT ?5)
             RETURNING id, article_id, revision, priority, owner, attempts, lease_until_ms, payload_json",
        )
        .bind(&query.owner)
        .bind(now_ms)
        .bind(query.lease_ms)
        .bind(query.min_priority)
        .bind(query.limit.min(ClaimQuery::LIMIT_MAX))
        .fetch_all(&mut *tx)
        .await?;
        let mut claims = rows.iter().map(claim).collect::<Result<Vec<_>>>()?;
        for claim in &claims {
            set_state(&mut tx, claim, "rendering", None).await?;
        }
        tx.commit().await?;
        // RETURNING gives rows in no promised order.
        claims.sort_by_key(|claim| (std::cmp::Reverse(claim.priority), claim.id));
        Ok(claims)
    }

    async fn renew(&self, claim: &Claim, lease_ms: i64) -> Result<bool> {
        let renewed = sqlx::query(
            "UPDATE queue SET lease_until_ms = ? WHERE id = ? AND owner = ? AND attempts = ? AND state = 'leased'",
        )
        .bind(self.now_ms().saturating_add(lease_ms))
        .bind(claim.id)
        .bind(&claim.owner)
        .bind(claim.attempt)
        .execute(&self.writer)
        .await?;
        Ok(renewed.rows_affected() > 0)
    }

    async fn release(&self, claim: &Claim, verdict: &Verdict) -> Result<Released> {
        let now_ms = self.now_ms();
        let mut tx = self.begin().await?;
        if !is_held(&mut tx, claim).await? {
            return Ok(Released::Lost);
        }
        let released = match verdict {
            Verdict::GiveUp { error } => give_up(&mut tx, claim, error).await?,
            Verdict::Retry { error, .. } if claim.attempt >= MAX_ATTEMPTS => {
                give_up(&mut tx, claim, error).await?
            }
            Verdict::Retry { after_ms, error, payload } => {
                let back = Back { run_at_ms: now_ms.saturating_add(*after_ms), attempts: claim.attempt };
                put_back(&mut tx, claim, back, Some(error), payload.as_deref()).await?
            }
            Verdict::Return { after_ms } => {
                let back = Back {
                    run_at_ms: now_ms.saturating_add(*after_ms),
                    attempts: claim.attempt.saturating_sub(1),
                };
                put_back(&mut tx, claim, back, None, claim.payload.as_deref()).await?
            }
        };
        tx.commit().await?;
        Ok(released)
    }

    async fn reap(&self) -> Result<u64> {
        self.reap_leases(Some(self.now_ms())).await
    }

    async fn depth(&self, publisher: Option<&str>) -> Result<Depth> {
        let rows = sqlx::query(
            "SELECT state, priority, count(*) AS entries, min(created_ms) AS oldest_ms FROM queue
             WHERE ?1 IS NULL OR publisher = ?1 GROUP BY state, priority ORDER BY priority DESC",
        )
        .bind(publisher)
        .fetch_all(&self.reader)
        .await?;
        let mut depth = Depth::default();
        for row in rows {
            let entries = count(&row, "entries")?;
            match row.try_get::<&str, _>("state")? {
                "waiting" => {
                    depth.waiting.push((row.try_get("priority")?, entries));
                    let oldest_ms = row.try_get("oldest_ms")?;
                    depth.oldest_ms = Some(depth.oldest_ms.map_or(oldest_ms, |ms: i64| ms.min(oldest_ms)));
                }
                "leased" => depth.leased += entries,
                _ => depth.dead += entries,
            }
        }
        Ok(depth)
    }

    async fn reconcile(&self) -> Result<u64> {
        let now_ms = self.now_ms();
        let mut tx = self.begin().await?;
        let rows = sqlx::query(
            "SELECT a.id, r.name FROM articles a
             JOIN revisions r ON r.article_id = a.id AND r.name = a.current_revision
             LEFT JOIN queue q ON q.article_id = a.id AND q.revision = r.name AND q.state <> 'dead'
             WHERE a.deleted_ms IS NULL AND r.state IN ('queued', 'rendering') AND q.id IS NULL LIMIT ?",
        )
        .bind(RECONCILE_MAX)
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            let (id, revision) = (article_id(row, "id")?, row.try_get::<&str, _>("name")?);
            enqueue(&mut tx, &id, revision, 0, now_ms).await?;
            sqlx::query("UPDATE revisions SET state = 'queued' WHERE article_id = ? AND name = ?")
                .bind(id.as_str())
                .bind(revision)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(rows.len() as u64)
    }
}

impl SqliteCatalog {
    /// Ends leases that ran out before `before_ms`, or all of them. An entry that used up its attempts
    /// is given up: whatever it does to its workers, it has done it often enough.
    pub(super) async fn reap_leases(&self, before_ms: Option<i64>) -> Result<u64> {
        let now_ms = self.now_ms();
        let mut tx = self.begin().await?;
        let rows = sqlx::query(
            "SELECT id, article_id, revision, priority, owner, attempts, lease_until_ms, payload_json FROM queue
             WHERE state = 'leased' AND (?1 IS NULL OR lease_until_ms < ?1)",
        )
        .bind(before_ms)
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            let claim = claim(row)?;
            // A service that was killed says nothing about what it was working on: however often that
            // happens, what was accepted is made. A lease that runs out under a living one does.
            let attempts = if before_ms.is_none() { claim.attempt.saturating_sub(1) } else { claim.attempt };
            if attempts >= MAX_ATTEMPTS {
                give_up(&mut tx, &claim, VANISHED).await?;
            } else {
                let back = Back { run_at_ms: now_ms, attempts };
                put_back(&mut tx, &claim, back, None, claim.payload.as_deref()).await?;
            }
        }
        tx.commit().await?;
        Ok(rows.len() as u64)
    }
}

/// Whether a claim is still its owner's. Within a transaction that writes, it stays so.
pub(super) async fn is_held(tx: &mut Tx, claim: &Claim) -> Result<bool> {
    let held =
        sqlx::query("SELECT 1 FROM queue WHERE id = ? AND owner = ? AND attempts = ? AND state = 'leased'")
            .bind(claim.id)
            .bind(&claim.owner)
            .bind(claim.attempt)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(held.is_some())
}

/// When a released entry is due, and how many attempts count.
struct Back {
    run_at_ms: i64,
    attempts: u32,
}

async fn put_back(
    tx: &mut Tx,
    claim: &Claim,
    back: Back,
    error: Option<&str>,
    payload: Option<&str>,
) -> Result<Released> {
    sqlx::query(
        "UPDATE queue SET state = 'waiting', owner = NULL, lease_until_ms = NULL, run_at_ms = ?, attempts = ?,
            payload_json = ?, error = coalesce(?, error)
         WHERE id = ?",
    )
    .bind(back.run_at_ms)
    .bind(back.attempts)
    .bind(payload)
    .bind(error)
    .bind(claim.id)
    .execute(&mut **tx)
    .await?;
    set_state(tx, claim, "queued", error).await?;
    Ok(Released::Queued)
}

async fn give_up(tx: &mut Tx, claim: &Claim, error: &str) -> Result<Released> {
    sqlx::query(
        "UPDATE queue SET state = 'dead', owner = NULL, lease_until_ms = NULL, error = ? WHERE id = ?",
    )
    .bind(error)
    .bind(claim.id)
    .execute(&mut **tx)
    .await?;
    set_state(tx, claim, "failed", Some(error)).await?;
    Ok(Released::Failed)
}

/// Tells the revision of a claim. One that is ready stays so: it is only being made once more.
async fn set_state(tx: &mut Tx, claim: &Claim, state: &str, error: Option<&str>) -> Result<()> {
    sqlx::query(
        "UPDATE revisions SET state = ?, error = coalesce(?, error)
         WHERE article_id = ? AND name = ? AND state <> 'ready'",
    )
    .bind(state)
    .bind(error)
    .bind(claim.article_id.as_str())
    .bind(&claim.revision)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn claim(row: &SqliteRow) -> Result<Claim> {
    Ok(Claim {
        id: row.try_get("id")?,
        article_id: article_id(row, "article_id")?,
        revision: row.try_get("revision")?,
        priority: row.try_get("priority")?,
        owner: row.try_get("owner")?,
        attempt: row.try_get("attempts")?,
        lease_until_ms: row.try_get("lease_until_ms")?,
        payload: row.try_get("payload_json")?,
    })
}
