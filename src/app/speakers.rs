//! The voices that can speak here, for people who want to hear one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::article::Lang;

use super::App;

/// The engine of the tests: it beeps.
pub(super) const BEEPS: &str = "tone";

/// A voice that can speak here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// Its name.
    pub id: String,
    /// Its engine.
    pub engine: String,
    /// What a list of voices calls it.
    pub title: String,
    /// Its first language.
    pub lang: Lang,
    /// A line to hear it by.
    pub sample: String,
}

impl App {
    /// The voices that can speak here, the preferred ones first.
    pub async fn speakers(&self) -> Vec<Speaker> {
        let studio = &self.inner.studio;
        let mut described = BTreeMap::new();
        let (mut speakers, mut again) = (Vec::new(), BTreeSet::new());
        for voice in studio.voices().all().filter(|voice| voice.engine != BEEPS) {
            if !described.contains_key(&voice.engine) {
                described.insert(voice.engine.clone(), studio.describe(&voice.engine).await.ok());
            }
            let about = described.get(&voice.engine).and_then(Option::as_ref);
            if about.is_some_and(|about| !about.can_speak(&voice.name)) && again.insert(&voice.engine) {
                // It may have been put right: whoever looks again will see.
                let (studio, voice) = (studio.clone(), Arc::clone(voice));
                self.inner.spawn(async move { drop(studio.can_speak(&voice).await) });
            } else if about.is_some_and(|about| about.can_speak(&voice.name)) {
                speakers.push(Speaker {
                    id: voice.id.clone(),
                    engine: voice.engine.clone(),
                    title: voice.title.clone(),
                    lang: voice.langs.first().cloned().unwrap_or_else(Lang::english),
                    sample: voice.sample.clone(),
                });
            }
        }
        speakers
    }
}
