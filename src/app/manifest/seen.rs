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

/// A revision under the keys of one state of its engines.
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
        let name = (id.clone(), revision.to_owned(), plan.engine_revisions());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Studio;
    use crate::config::Config;
    use crate::engine::Lane;
    use crate::text::Utterance;

    async fn studio(folder: &std::path::Path) -> Studio {
        Studio::open(Config::in_folder(folder), "listen".into()).await.expect("a studio")
    }

    async fn make(renderer: &Renderer, plan: &Plan, i: usize) {
        let (casting, utterance) = plan.said(i);
        let asked = renderer.ask(casting, utterance, Lane::Bulk).await;
        asked.expect("an answer").kept().await.expect("a segment");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_store_is_searched_once_and_what_is_made_here_is_seen_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let (here, elsewhere) = (studio(folder.path()).await, studio(folder.path()).await);
        let plan = Plan::of_beeps(["One beep.", "Two beeps.", "Three beeps."].map(Utterance::plain));
        let id = "ferry".parse().expect("an id");
        let made = async |seen: &Seen| {
            let segments = seen.segments(here.renderer(), &id, "0123456789abcdef", &plan).await;
            segments.iter().map(Option::is_some).collect::<Vec<_>>()
        };
        let seen = Seen::new();
        make(elsewhere.renderer(), &plan, 2).await;
        assert_eq!(made(&seen).await, [false, false, true], "the store is searched at first");
        make(here.renderer(), &plan, 0).await;
        make(elsewhere.renderer(), &plan, 1).await;
        assert_eq!(made(&seen).await, [true, false, true], "what was made elsewhere is not looked for yet");
        assert_eq!(made(&Seen::new()).await, [true, true, true]);
    }
}
