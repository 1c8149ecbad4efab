//! Sentences as samples, one after the other: what a loudspeaker needs.

use std::sync::Arc;

use futures::stream::{self, Stream, StreamExt as _};

use super::{AppError, Studio};
use crate::audio::wav;
use crate::engine::Lane;
use crate::render::{Form, Plan};

/// Sentences that are made ahead of the one that is heard.
const AHEAD: usize = 3;

/// One sentence, ready to be heard.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its text as on the page.
    pub source: String,
    /// Its sound, mono, at [`SAMPLE_RATE_HZ`]; none when the engine could not say it.
    pub samples: Option<Vec<i16>>,
    /// The silence after it, in samples.
    pub pause_samples: usize,
}

/// Samples per second of what is [`Said`].
pub const SAMPLE_RATE_HZ: u32 = crate::audio::SAMPLE_RATE_HZ;

impl Studio {
    /// The sentences of a plan in order, each as soon as it is made, a few ahead.
    ///
    /// # Errors
    /// An item that fails is the last one: the engine or the store cannot go on.
    pub fn say(&self, plan: Arc<Plan>) -> impl Stream<Item = Result<Said, AppError>> + Send + use<> {
        let studio = self.clone();
        stream::iter(0..plan.len())
            .map(move |i| {
                let (studio, plan) = (studio.clone(), Arc::clone(&plan));
                async move { studio.say_one(&plan, i).await }
            })
            .buffered(AHEAD)
    }

    async fn say_one(&self, plan: &Plan, i: usize) -> Result<Said, AppError> {
        let (casting, utterance) = plan.said(i);
        let pause_samples = plan.pause_frames(i) as usize * crate::audio::FRAME_SAMPLES;
        let said = |samples| Said { source: utterance.source.clone(), samples, pause_samples };
        let made = async {
            let answer = self.renderer().ask(casting, utterance, Lane::Listener).await?;
            let segment = answer.segment().await?;
            self.renderer().blob(&segment.wav, Form::Wav, casting, utterance).await
        };
        match made.await {
            Ok(bytes) => {
                let samples = wav::decode(&bytes)
                    .map_err(|error| AppError::internal("reading a sentence's sound", error))?;
                Ok(said(Some(samples)))
            }
            Err(failure) if failure.is_of_one_sentence() => Ok(said(None)),
            Err(failure) => Err(failure.into()),
        }
    }
}
