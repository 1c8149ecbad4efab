//! Tells the WebSub hub that a feed has changed (W3C WebSub §7), so that apps which listen to the hub
//! need not poll.

use std::collections::HashMap;
use std::time::Duration;

use super::{App, AppError};

/// After a change, further ones are waited for this long: one call for all of them.
const GATHER: Duration = Duration::from_secs(2);

/// Feeds are looked at this often even when nobody says that something was finished (an article was
/// deleted or withdrawn), and a hub that did not answer is told again.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Longest time a hub may take.
const ANSWER_WAIT: Duration = Duration::from_secs(10);

impl App {
    /// Watches the feeds that everybody may hear, and tells the configured hub of changes.
    pub(super) async fn announce_feeds(self) {
        let Some(hub) = self.config().hub.clone() else { return };
        let mut finished = self.inner.finished.subscribe();
        let mut told = self.versions().await.unwrap_or_default();
        loop {
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                Ok(()) = finished.changed() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                () = tokio::time::sleep(GATHER) => {}
            }
            if let Err(error) = self.announce_changes(&hub, &mut told).await {
                tracing::warn!(%error, "the feeds cannot be read; the hub is told later");
            }
        }
    }

    async fn announce_changes(&self, hub: &str, told: &mut HashMap<String, i64>) -> Result<(), AppError> {
        for (feed, version) in self.versions().await? {
            if self.inner.stop.is_cancelled() || told.get(&feed) == Some(&version) {
                continue;
            }
            let topic = format!("{}/feeds/{feed}.xml", self.public_url());
            match publish(hub.to_owned(), topic).await {
                Ok(()) => {
                    tracing::info!(feed, "the hub was told of a change");
                    told.insert(feed, version);
                }
                Err(error) => {
                    tracing::warn!(
                        feed,
                        error = format!("{error:#}"),
                        "the hub could not be told; it is tried again"
                    );
                }
            }
        }
        Ok(())
    }

    /// How the feeds that everybody may hear stand.
    async fn versions(&self) -> Result<HashMap<String, i64>, AppError> {
        let mut versions = HashMap::new();
        for (feed, _) in self.config().feeds.iter().filter(|(_, feed)| !feed.private) {
            versions.insert(feed.clone(), self.feed_state(feed).await?.version);
        }
        Ok(versions)
    }
}

/// One call of the hub.
async fn publish(hub: String, topic: String) -> anyhow::Result<()> {
    let call = move || {
        let config = ureq::Agent::config_builder().timeout_global(Some(ANSWER_WAIT)).max_redirects(0);
        let agent: ureq::Agent = config.build().into();
        // Hubs read either name of the topic.
        agent.post(&hub).send_form([
            ("hub.mode", "publish"),
            ("hub.url", topic.as_str()),
            ("hub.topic", topic.as_str()),
        ])
    };
    let answer = tokio::task::spawn_blocking(call).await??;
    anyhow::ensure!(answer.status().is_success(), "the hub answered {}", answer.status());
    Ok(())
}
