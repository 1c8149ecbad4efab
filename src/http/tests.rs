//! A site over an app in a folder of its own, for tests of what stands before the app's verbs.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{Shared, Site, feed, plays};
use crate::app::App;
use crate::config::Config;

/// A site whose English voice beeps.
pub(super) async fn site() -> (Site, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config::in_folder(folder.path());
    config.speech.voice_by_lang.insert("en".to_owned(), "tone".to_owned());
    let app = App::open(config, "listen".into()).await.expect("an app");
    let (permits, closing) = (Semaphore::new(8), CancellationToken::new());
    let (feeds, plays) = (feed::Written::new(), plays::Quotas::default());
    (Site(Arc::new(Shared { app, on_loopback: true, permits, plays, feeds, closing })), folder)
}
