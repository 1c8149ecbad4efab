//! The SHA-384 of finished renditions, which podcast apps check what they loaded by: made once, beside
//! the rendering, from bytes that are there.

use std::collections::HashSet;

use sha2::{Digest as _, Sha384};

use super::{App, AppError, AudioFormat, Kind};

/// Renditions that are looked for in one round.
const ROUND: u32 = 500;

impl App {
    /// Hashes what was finished, whenever something was.
    pub(super) async fn hash_renditions(self) {
        // What cannot be hashed now (its audio was removed from the cache): not in every round again.
        let mut missing: HashSet<(String, String)> = HashSet::new();
        let mut finished = self.inner.finished.subscribe();
        loop {
            if let Err(error) = self.hash_round(&mut missing).await {
                tracing::warn!(%error, "finished audio could not be hashed; it is tried again");
            }
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                Ok(()) = finished.changed() => {}
                () = tokio::time::sleep(super::service::UPKEEP_EVERY) => missing.clear(),
            }
        }
    }

    async fn hash_round(&self, missing: &mut HashSet<(String, String)>) -> Result<(), AppError> {
        for name in self.inner.catalog.unhashed(ROUND).await? {
            if self.inner.stop.is_cancelled() {
                return Ok(());
            }
            if missing.contains(&name) {
                continue;
            }
            match self.sha384(&name.0, &name.1).await? {
                Some(sha384) => {
                    self.inner.catalog.keep_sha384(&name.0, &name.1, &sha384).await?;
                }
                None => {
                    missing.insert(name);
                }
            }
        }
        Ok(())
    }

    /// The hash of a rendition, when all its bytes are there: nothing is synthesized for a hash.
    async fn sha384(&self, digest: &str, format: &str) -> Result<Option<[u8; 48]>, AppError> {
        let Some(format) = AudioFormat::named(format) else { return Ok(None) };
        let rendition = match self.rendition(digest, format).await {
            Ok(rendition) => rendition,
            Err(error) if matches!(error.kind, Kind::Gone | Kind::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut hash = Sha384::new();
        let there = self.inner.studio.read_kept(&rendition.readable, |bytes| hash.update(bytes)).await;
        Ok(there.then(|| hash.finalize().into()))
    }
}
