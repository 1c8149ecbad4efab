//! What is known to be made of unfinished revisions, so that a player which asks every second does
//! not have the store searched for every sentence each time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::StreamExt;
use moka::sync::Cache;

use crate::article::ArticleId;
use crate::render::{Plan, Renderer, Segment};

/// Sentences of unfinished revisions that are remembered.
const SENTENCES_MAX: u64 = 40_000;

/// How long one is. Between, what another process makes in the same cache is not noticed.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Segment records that are looked up at the same time.
const LOOKS_AT_ONCE: usize = 32;

/// A revision under the keys of one state of its engine.
type Name = (ArticleId, String, String);

/// See the module.
pub(in crate::app) struct Seen {
    revisions: Cache<Name, Arc<Look>>,
}

struct Look {
    at: Instant,
    made: Vec<Option<Arc<Segment>>>,
}

impl Seen {
    pub(in crate::app) fn new() -> Self {
        let sentences = |_: &Name, look: &Arc<Look>| u32::try_from(look.made.len()).unwrap_or(u32::MAX);
        let revisions = Cache::builder().max_capacity(SENTENCES_MAX).weigher(sentences);
        Self { revisions: revisions.time_to_idle(LOOK_EVERY).build() }
    }

    /// The segments of a revision's sentences, as far as they are made.
    pub(super) async fn segments(
        &self,
        renderer: &Renderer,
        id: &ArticleId,
        revision: &str,
        plan: &Plan,
    ) -> Vec<Option<Arc<Segment>>> {
        let name = (id.clone(), revision.to_owned(), plan.casting.engine_revision.clone());
        let last = self.revisions.get(&name).filter(|last| last.at.elapsed() < LOOK_EVERY);
        let (at, made) = match last {
            Some(last) => {
                let made = last.made.iter().zip(&plan.keys);
                let made = made.map(|(made, key)| made.clone().or_else(|| renderer.at_hand(key)));
                (last.at, made.collect())
            }
            None => (Instant::now(), look(renderer, plan).await),
        };
        self.revisions.insert(name, Arc::new(Look { at, made: Vec::clone(&made) }));
        made
    }
}

async fn look(renderer: &Renderer, plan: &Plan) -> Vec<Option<Arc<Segment>>> {
    let looks = futures::stream::iter(plan.keys.clone()).map(|key| async move { renderer.made(&key).await });
    looks.buffered(LOOKS_AT_ONCE).collect().await
}
