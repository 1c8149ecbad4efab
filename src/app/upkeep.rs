//! Work of an operator, beside a service that may be running: the cache, and planning articles anew.
//! None of this takes the right to serve.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::keys::{existing, told};
use super::publish::rebuild;
use super::{AppError, Kind, Studio, feed_window, lexicon};
use crate::article::ArticleId;
use crate::catalog::{ArticleQuery, Articles as _, State};
use crate::config::Config;
use crate::render::blobs_of_record;
use crate::store::{
    Files, GcOptions, GcReport, Store, StoreError, StoreOptions, StoreStats, VerifyProgress, VerifyReport,
};
use crate::text::Lexicon;

/// Articles that are listed at a time.
const PAGE: u32 = 100;

/// The cache of a configuration, without engines or catalog. Any number of processes may use it.
#[derive(Clone, Debug)]
pub struct Cache {
    store: Store,
    db: String,
}

/// What a cache holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CacheStats {
    /// All of it.
    #[serde(flatten)]
    pub total: StoreStats,
    /// Its blobs by the ending of their names.
    pub blobs_by_ext: BTreeMap<String, Files>,
}

impl Cache {
    /// Opens the cache that `config` names; made when it is not there.
    ///
    /// # Errors
    /// When it cannot be used.
    pub async fn open(config: &Config) -> Result<Self, AppError> {
        let options = StoreOptions {
            dir: PathBuf::from(&config.cache),
            memory_bytes: 0,
            limit_bytes: config.limits.cache_bytes,
        };
        let store = Store::open(options).await.map_err(failed)?;
        Ok(Self { store, db: config.db.clone() })
    }

    /// Counts what is there. Walks every file.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub async fn stats(&self) -> Result<CacheStats, AppError> {
        let total = self.store.stats().await.map_err(failed)?;
        let by_ext = self.store.blobs_by_ext().await.map_err(failed)?;
        let blobs_by_ext = by_ext.into_iter().map(|(ext, files)| (ext.to_string(), files)).collect();
        Ok(CacheStats { total, blobs_by_ext })
    }

    /// Hashes every blob and looks at every record's blobs; what is damaged is moved aside, and made
    /// again when it is asked for.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn verify(
        &self,
        progress: impl FnMut(VerifyProgress) + Send,
    ) -> Result<VerifyReport, AppError> {
        self.store.verify(&blobs_of_record, progress).await.map_err(failed)
    }

    /// Removes what was used least recently until the cache is under its limit. What the feeds show
    /// goes last, when there is a database that tells.
    ///
    /// # Errors
    /// When the cache or the database cannot be read.
    pub async fn gc(&self) -> Result<GcReport, AppError> {
        let pinned = match existing(&self.db).await? {
            Some(catalog) => {
                let pinned = feed_window(&catalog).await;
                catalog.close().await;
                pinned?
            }
            None => HashSet::new(),
        };
        let options = GcOptions { limit_bytes: self.store.limit_bytes(), pinned: &pinned };
        self.store.gc(options, &blobs_of_record).await.map_err(failed)
    }
}

/// An article that was planned anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// The article.
    pub id: ArticleId,
    /// The revision it has now.
    pub revision: String,
    /// Whether it had another one before.
    pub changed: bool,
    /// How far its audio is.
    pub state: State,
}

/// Plans articles anew with the front end and voices of now and queues them; a running service makes
/// their audio. `ids` are the articles; none means all that are stored. `done` is told of each.
///
/// # Errors
/// A database that is not there or cannot be used. What is wrong with one article goes to `done`.
pub async fn rebuild_articles(
    studio: &Studio,
    ids: Option<Vec<ArticleId>>,
    mut done: impl FnMut(ArticleId, Result<Rebuilt, AppError>),
) -> Result<(), AppError> {
    let db = &studio.config().db;
    let catalog = existing(db).await?.ok_or_else(|| {
        let message = format!("there is no database {db}; name the service's own with --db");
        AppError::new(Kind::NotFound, "no_database", message)
    })?;
    let ids = match ids {
        Some(ids) => ids,
        None => all(&catalog).await?,
    };
    let lexicon = lexicon::in_force(studio.front_end(), &catalog).await?;
    for id in ids {
        let result = rebuild_one(studio, &catalog, &lexicon, &id).await;
        done(id, result);
    }
    catalog.close().await;
    Ok(())
}

async fn rebuild_one(
    studio: &Studio,
    catalog: &crate::catalog::SqliteCatalog,
    lexicon: &Arc<Lexicon>,
    id: &ArticleId,
) -> Result<Rebuilt, AppError> {
    let before = catalog.article(id).await.map_err(told)?.map(|row| row.summary.current_revision);
    rebuild(studio, catalog, lexicon, id).await?;
    let row = catalog.article(id).await.map_err(told)?;
    let now = row.ok_or_else(|| super::publish::unknown(id))?.summary;
    let changed = before.as_ref() != Some(&now.current_revision);
    Ok(Rebuilt { id: id.clone(), revision: now.current_revision, changed, state: now.state })
}

async fn all(catalog: &crate::catalog::SqliteCatalog) -> Result<Vec<ArticleId>, AppError> {
    let mut ids = Vec::new();
    let mut query = ArticleQuery { limit: PAGE, ..ArticleQuery::default() };
    loop {
        let page = catalog.articles(&query).await.map_err(told)?;
        ids.extend(page.articles.into_iter().map(|row| row.id));
        if page.next.is_none() {
            return Ok(ids);
        }
        query.cursor = page.next;
    }
}

fn failed(error: StoreError) -> AppError {
    AppError::new(Kind::Unavailable, "cache", error.to_string())
}
