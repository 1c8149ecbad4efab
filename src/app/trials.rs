//! Trials: texts that a publisher only wants to hear. They stand in no list and no feed, and go by
//! themselves.

use super::{App, AppError};
use crate::catalog::ArticleQuery;

/// The feed of trials. No configuration can name it.
pub(super) const TRIALS: &str = "~trials";

/// How long a trial is kept after it was last changed.
const KEPT_MS: i64 = 24 * 3600 * 1000;

/// Trials that are looked at in one step.
const LOOK: u32 = 100;

impl App {
    /// Deletes the trials that were last changed a day before `now_ms`. Returns how many.
    ///
    /// # Errors
    /// When the catalog cannot be read or written.
    pub(super) async fn clear_trials(&self, now_ms: i64) -> Result<usize, AppError> {
        let mut query =
            ArticleQuery { feed: Some(TRIALS.to_owned()), limit: LOOK, ..ArticleQuery::default() };
        let mut deleted = 0;
        loop {
            let page = self.inner.catalog.articles(&query).await?;
            for trial in page.articles.iter().filter(|trial| trial.changed_ms < now_ms - KEPT_MS) {
                deleted += usize::from(self.inner.catalog.delete_article(&trial.id).await?);
            }
            query.cursor = page.next;
            if query.cursor.is_none() {
                return Ok(deleted);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{ListQuery, Submission};
    use crate::config::Config;

    #[tokio::test]
    async fn a_trial_is_listed_nowhere_and_goes_by_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config::in_folder(folder.path());
        config.speech.voice_by_lang.insert("en".to_owned(), "tone".to_owned());
        let app = App::open(config, "listen".into()).await.expect("an app");
        let text =
            |trial| Submission { text: Some("A line to try.".to_owned()), trial, ..Submission::default() };
        for (id, trial) in [("kept", false), ("tried", true)] {
            let published =
                app.put_article(&id.parse().expect("an id"), text(trial)).await.expect("published");
            assert_eq!(published.manifest.links.feed, "/feeds/default.xml", "{id}");
        }
        let listed = app.list(ListQuery::default()).await.expect("a list");
        assert_eq!(listed.articles.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["kept"]);
        let now_ms = jiff::Timestamp::now().as_millisecond();
        assert_eq!(app.clear_trials(now_ms).await.ok(), Some(0), "it is new");
        assert_eq!(app.clear_trials(now_ms + KEPT_MS + 60_000).await.ok(), Some(1));
        let wish = crate::app::Wish::default();
        assert!(app.manifest(&"tried".parse().expect("an id"), &wish).await.is_err(), "it is gone");
        assert!(app.manifest(&"kept".parse().expect("an id"), &wish).await.is_ok());
        app.shutdown().await;
    }
}
