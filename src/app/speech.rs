//! Speech of texts that programs send: split, said and kept like the sentences of articles, in the same
//! flights and under the same keys. Nothing of the text itself is kept.

mod format;
mod sound;

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{AI_NOTE, App, AppError, Kind};
use crate::article::Lang;
use crate::audio::tags::Tags;
use crate::engine::Voice;
use crate::render::{Plan, Purpose, Renderer};
use crate::text::language;

pub use format::SpeechFormat;
pub use sound::{Caption, CaptionWord, Sound, Tally};

/// Speeds that a program may ask for, against the voice's house pace.
pub const SPEEDS: RangeInclusive<f32> = 0.25..=4.0;

/// The voices of OpenAI, by which programs ask that know no others: each is the voice of the text's
/// language, unless the configuration says otherwise (`speech.voice_aliases`).
pub const VOICE_ALIASES: &[&str] = &[
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer",
    "verse",
];

/// How long a request waits for its turn before it is sent away.
const TURN_WAIT: Duration = Duration::from_secs(5);

/// Pieces of sound that are coded at the same time (Opus, FLAC).
const CODED_AT_ONCE: usize = 2;

/// What a program wants to have said.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechRequest {
    /// The text.
    pub input: String,
    /// A voice, or another name for one; the language's own when absent or empty.
    pub voice: Option<String>,
    /// The language; what the text looks like when absent.
    pub lang: Option<Lang>,
    /// One of [`SPEEDS`].
    pub speed: f32,
}

/// Who is being spoken for.
pub(super) struct Speeches {
    turns: Arc<Semaphore>,
    coding: Arc<Semaphore>,
}

impl Speeches {
    pub(super) fn new(at_once: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once)), coding: Arc::new(Semaphore::new(CODED_AT_ONCE)) }
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, AppError> {
        let turn = tokio::time::timeout(TURN_WAIT, Arc::clone(&self.turns).acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| {
            let message = "too many texts are being said (limits.speech_streams); try again in a moment";
            AppError::new(Kind::Busy, "too_many_speeches", message).retry_after(TURN_WAIT.as_secs())
        })
    }
}

/// A text that is ready to be said. It has a turn, which it gives back when it is dropped.
pub struct Speech {
    renderer: Renderer,
    plan: Arc<Plan>,
    tags: Tags,
    words: usize,
    coding: Arc<Semaphore>,
    turn: OwnedSemaphorePermit,
}

impl App {
    /// Gets a text ready to be said.
    ///
    /// # Errors
    /// A text that is too long or has nothing to say, an unknown voice, a speed out of range; an engine
    /// that is not there; too many texts at once.
    pub async fn speech(&self, request: &SpeechRequest) -> Result<Speech, AppError> {
        let (chars, most) = (request.input.chars().count(), self.config().limits.speech_chars);
        if chars > most {
            let message = format!("input has {chars} characters; {most} are the limit (limits.speech_chars)");
            return Err(AppError::new(Kind::Invalid, "input_too_long", message).about("input"));
        }
        if !SPEEDS.contains(&request.speed) {
            let message = format!("speed {} is out of range; use 0.25 to 4.0", request.speed);
            return Err(AppError::new(Kind::Invalid, "bad_speed", message).about("speed"));
        }
        let (voice, lang) = self.cast(request)?;
        let turn = self.inner.speeches.turn().await?;
        let (lexicon, _) = self.lexicon_in_force().await?;
        let studio = &self.inner.studio;
        let prepared = studio.front_end().prose(&request.input, &lang, &lexicon).await;
        let prepared = prepared.map_err(|error| error.about("input"))?;
        let plan = studio.plan(&prepared, Some(&voice.id), request.speed).await?;
        let plan = studio.current(&Arc::new(plan)).await?;
        Ok(Speech {
            renderer: studio.renderer().counted_as(Purpose::Speech),
            plan,
            tags: Tags { lang: lang.to_string(), ai_note: AI_NOTE.to_owned(), ..Tags::default() },
            words: prepared.article.words(),
            coding: Arc::clone(&self.inner.speeches.coding),
            turn,
        })
    }

    /// The voice that says it, and in which language.
    fn cast(&self, request: &SpeechRequest) -> Result<(Arc<Voice>, Lang), AppError> {
        let studio = &self.inner.studio;
        let looks = request.lang.clone().or_else(|| language(&request.input));
        let asked = request.voice.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let Some(id) = asked.and_then(|id| self.own_name(id)) else {
            let lang = looks.unwrap_or_else(Lang::english);
            return match studio.voice(&lang, None) {
                // Few words may look like a language that nobody meant.
                Err(_) if request.lang.is_none() => {
                    studio.voice(&Lang::english(), None).map(|voice| (voice, Lang::english()))
                }
                voice => voice.map(|voice| (voice, lang)),
            }
            .map_err(invalid);
        };
        let voice = studio.voice(&Lang::english(), Some(id)).map_err(invalid)?;
        let stated = request.lang.is_some();
        let lang = looks
            .filter(|lang| stated || voice.speaks(lang))
            .or_else(|| voice.langs.first().cloned())
            .unwrap_or_else(Lang::english);
        Ok((voice, lang))
    }

    /// Our own name of the voice that is asked for; none where the language decides.
    fn own_name<'a>(&'a self, asked: &'a str) -> Option<&'a str> {
        let lower = asked.to_ascii_lowercase();
        if let Some(id) = self.config().speech.voice_aliases.get(&lower) {
            return Some(id);
        }
        let is_foreign = VOICE_ALIASES.contains(&lower.as_str());
        (!is_foreign || self.inner.studio.voices().get(asked).is_ok()).then_some(asked)
    }
}

/// On these routes a field that does not fit is the request's fault, as programs know it: 400.
fn invalid(error: AppError) -> AppError {
    AppError { kind: Kind::Invalid, ..error }
}
