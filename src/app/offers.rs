//! Which renditions of an article listeners may ask for besides the publisher's own, and making those.
//!
//! Such a rendition belongs to a revision of its own: the same text in another voice or at another
//! rate. It stands beside the current revision and never takes its place.

use serde::Serialize;

use super::service::Planned;
use super::types::{AudioFormat, Wish};
use super::{App, AppError, Kind};
use crate::article::ArticleId;
use crate::audio::Bitrate;
use crate::catalog::{NewRevision, Pick, State, Summary};

/// Priority of what a listener wished for in the queue: after every publisher's own work. What is
/// listened to is made at once all the same; the queue only finishes it.
const WISH: i64 = -1;

/// Wishes that may wait in the queue at once; so listeners cannot fill it.
const WISHES_WAITING_MAX: u64 = 200;

/// Rates this near to each other are the same one.
const RATE_STEP: f64 = 1e-4;

/// What is offered of an article.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offers {
    /// Voices, the publisher's own first.
    pub voices: Vec<String>,
    /// Rates, the publisher's own first.
    pub rates: Vec<f64>,
    /// Formats of the whole audio, by their extensions.
    pub formats: Vec<&'static str>,
    /// Bit rates of the whole audio as MP3, in kbit/s, the house's own first.
    pub mp3_kbps: Vec<u32>,
}

/// A wish that was granted: what names the revision that grants it.
pub(super) type Granted = (ArticleId, String, String, u64);

impl App {
    /// What is offered of an article whose own revision this is.
    pub(super) fn offers(&self, own: &Planned) -> Offers {
        let listed = &self.config().renditions;
        let casting = &own.plan.casting;
        let mut voices = vec![casting.voice.clone()];
        for id in &listed.voices {
            let Ok(voice) = self.inner.studio.voices().get(id) else { continue };
            if voice.speaks(&casting.lang) && !voices.contains(&voice.id) {
                voices.push(voice.id.clone());
            }
        }
        let mut rates = vec![own.rate];
        for rate in listed.rates.iter().map(|rate| exact(*rate)) {
            if rates.iter().all(|known| !is_same(*known, rate)) {
                rates.push(rate);
            }
        }
        let formats = self.formats().map(AudioFormat::extension).collect();
        Offers { voices, rates, formats, mp3_kbps: self.bitrates().map(Bitrate::kbps).collect() }
    }

    /// The bit rates of MP3 on the publisher's list, the house's own first.
    pub(super) fn bitrates(&self) -> impl Iterator<Item = Bitrate> {
        let (own, listed) = (self.inner.studio.renderer().bitrate(), &self.config().renditions.mp3_kbps);
        let others = Bitrate::ALL.into_iter().filter(move |other| *other != own);
        std::iter::once(own).chain(others.filter(|other| listed.contains(&other.kbps())))
    }

    /// The formats on the publisher's list.
    pub(super) fn formats(&self) -> impl Iterator<Item = AudioFormat> {
        let listed = &self.config().renditions.formats;
        AudioFormat::ALL
            .into_iter()
            .filter(|format| format.is_built() && listed.iter().any(|name| name == format.extension()))
    }

    /// MP3 at a number of kbit/s.
    ///
    /// # Errors
    /// When it is not on the list.
    pub fn mp3_at(&self, kbps: u32) -> Result<AudioFormat, AppError> {
        if let Some(offered) = self.bitrates().find(|bitrate| bitrate.kbps() == kbps) {
            return Ok(AudioFormat::Mp3At(offered));
        }
        let offered: Vec<String> = self.bitrates().map(|bitrate| bitrate.to_string()).collect();
        Err(not_offered(&format!("MP3 is offered at {} kbit/s only", offered.join(", ")), "kbps"))
    }

    /// Refuses a format that is not on the list.
    pub(super) fn offers_format(&self, format: AudioFormat) -> Result<(), AppError> {
        if self.formats().any(|offered| offered.extension() == format.extension()) {
            return Ok(());
        }
        let offered: Vec<&str> = self.formats().map(AudioFormat::extension).collect();
        Err(not_offered(&format!("audio is offered as {} only", offered.join(", ")), "format"))
    }

    /// The revision that grants a wish for another voice or rate; none when the wish is for the
    /// publisher's own, or names a revision. A revision that is not there yet is planned and queued.
    ///
    /// # Errors
    /// What is not offered, naming what is; a queue with too many wishes.
    pub(super) async fn granted(&self, row: &Summary, wish: &Wish) -> Result<Option<String>, AppError> {
        if wish.voice.is_none() && wish.rate.is_none() {
            return Ok(None);
        }
        if let Some(rev) = &wish.rev {
            return is_spoken_so(self.planned(&row.id, rev).await?.as_ref(), wish).map(|()| None);
        }
        let own = self.planned(&row.id, &row.current_revision).await?;
        let offers = self.offers(&own);
        let voice = match &wish.voice {
            Some(voice) if offers.voices.contains(voice) => voice,
            Some(_) => {
                let voices = offers.voices.join(", ");
                return Err(not_offered(
                    &format!("this article is offered in the voices {voices} only"),
                    "voice",
                ));
            }
            None => &own.plan.casting.voice,
        };
        let rate = match wish.rate.map(exact) {
            Some(asked) => {
                offers.rates.iter().copied().find(|rate| is_same(*rate, asked)).ok_or_else(|| {
                    let rates: Vec<String> = offers.rates.iter().map(ToString::to_string).collect();
                    let rates = rates.join(", ");
                    not_offered(&format!("this article is offered at the rates {rates} only"), "rate")
                })?
            }
            None => own.rate,
        };
        if *voice == own.plan.casting.voice && is_same(rate, own.rate) {
            return Ok(None);
        }
        let name: Granted = (row.id.clone(), row.current_revision.clone(), voice.clone(), rate.to_bits());
        if let Some(revision) = self.inner.granted.get(&name) {
            return Ok(Some(revision));
        }
        let revision = self.grant(row, &own, voice, rate).await?;
        self.inner.granted.insert(name, revision.clone());
        Ok(Some(revision))
    }

    /// Finds or plans the revision, and sees to it that it is queued while it is not finished.
    async fn grant(&self, row: &Summary, own: &Planned, voice: &str, rate: f64) -> Result<String, AppError> {
        let known = self.inner.catalog.revision(&row.id, Pick::Spoken { voice, rate }).await?;
        if let Some(known) = known {
            let planned = self.planned(&row.id, &known.name).await?;
            if says_the_same(&planned, own) && has_the_same_others(&planned, own) {
                if known.state == State::Queued {
                    // Its entry may have gone when the article changed in between.
                    self.inner.catalog.enqueue(&row.id, &known.name, WISH).await?;
                    self.inner.wake.notify_one();
                }
                return Ok(known.name);
            }
        }
        self.room_for_wishes().await?;
        let plan = self.inner.studio.recast(&own.plan, voice, rate as f32).await?;
        let base = self.revision(&row.id, &row.current_revision).await?;
        let name = plan.revision(&own.article);
        let revision = NewRevision {
            name: name.clone(),
            voice: voice.to_owned(),
            rate,
            front_end_version: base.front_end_version,
            words: base.words,
            script: serde_json::to_string(&plan)
                .map_err(|error| AppError::internal("writing a script", error))?,
        };
        if self.inner.catalog.add_revision(&row.id, &revision, WISH).await?.queued {
            self.inner.wake.notify_one();
            tracing::info!(article = %row.id, revision = name, voice, rate, "a listener wished for another rendition");
        }
        Ok(name)
    }

    async fn room_for_wishes(&self) -> Result<(), AppError> {
        let depth = self.inner.catalog.depth(None).await?;
        let wishes: u64 =
            depth.waiting.iter().filter(|(priority, _)| *priority <= WISH).map(|(_, entries)| entries).sum();
        if wishes >= WISHES_WAITING_MAX || depth.waiting_total() >= self.config().limits.queue_depth {
            let message = "too many other voices and rates wait to be made; the article's own is there";
            return Err(AppError::new(Kind::Busy, "queue_full", message).retry_after(60));
        }
        Ok(())
    }
}

/// Whether a revision that is named is in the voice and at the rate that are named too.
fn is_spoken_so(planned: &Planned, wish: &Wish) -> Result<(), AppError> {
    let own = &planned.plan.casting.voice;
    if wish.voice.as_ref().is_some_and(|voice| voice != own) {
        return Err(not_offered(&format!("this revision is in the voice {own}"), "voice"));
    }
    if wish.rate.is_some_and(|rate| !is_same(exact(rate), planned.rate)) {
        return Err(not_offered(&format!("this revision is at the rate {}", planned.rate), "rate"));
    }
    Ok(())
}

/// Whether two revisions say the same words, whoever says them.
pub(super) fn says_the_same(one: &Planned, other: &Planned) -> bool {
    one.plan.utterances == other.plan.utterances && one.article == other.article
}

/// Whether the same others say the same of two revisions, at whatever rate.
fn has_the_same_others(one: &Planned, other: &Planned) -> bool {
    let others = |planned: &Planned| -> Vec<String> {
        planned.plan.others.iter().map(|casting| casting.voice.clone()).collect()
    };
    one.plan.said_by == other.plan.said_by && others(one) == others(other)
}

/// What is not on the publisher's list.
fn not_offered(why: &str, param: &'static str) -> AppError {
    AppError::new(Kind::NotFound, "not_offered", why).about(param)
}

/// A rate as it is written, not as 32 bits hold it: 1.1 and not 1.10000002384.
pub(super) fn exact(rate: f32) -> f64 {
    rate.to_string().parse().unwrap_or_else(|_| f64::from(rate))
}

fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() < RATE_STEP
}
