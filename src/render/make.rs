use std::ops::Range;
use std::time::Instant;

use metrics::{counter, histogram};

use super::Casting;
use super::check::check;
use super::purpose::Purpose;
use super::segment::Mark;
use super::timeline::{MarksKind, spread};
use crate::audio::{Bitrate, ClipEncoder, FRAME_MS, FRAME_SAMPLES, Master, Mastered, wav};
use crate::engine::{AudioSink, Engine, EngineError, ErrorKind, Stop, WordMark};
use crate::store::{BlobRef, Ext};
use crate::text::Utterance;

/// Longest piece, in characters, that an utterance is cut into when an engine died of it twice.
const PIECE_CHARS_MAX: usize = 60;

/// A segment that was just made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) frames: u32,
    pub(super) wav: Vec<u8>,
    pub(super) wav_ref: BlobRef,
    pub(super) mp3: Vec<u8>,
    pub(super) mp3_ref: BlobRef,
    pub(super) marks: Vec<Mark>,
    pub(super) marks_kind: MarksKind,
}

/// Has an engine say one utterance, masters and codes it. Whole frames of the clip go to `publisher`
/// as they are made: the same bytes, in order, however often it is tried.
///
/// An engine that fails is asked once more; one that died twice is given the utterance in small
/// pieces.
pub(super) fn make(
    engine: &mut dyn Engine,
    casting: &Casting,
    utterance: &Utterance,
    purpose: Purpose,
    bitrate: Bitrate,
    mut publisher: Publisher<'_>,
) -> Result<Made, EngineError> {
    let spoken = &utterance.spoken;
    let whole = std::slice::from_ref(&(0..spoken.len())).to_vec();
    let mut tries = [whole.clone(), whole, pieces(spoken)].into_iter().peekable();
    let mut tried = 0;
    loop {
        let parts = tries.next().unwrap_or_default();
        tried += 1;
        let error = match attempt(engine, casting, utterance, &parts, (purpose, bitrate), &mut publisher) {
            Ok(made) => return Ok(made),
            Err(error) => error,
        };
        let again = match error.kind {
            ErrorKind::Crashed => tries.peek().is_some(),
            ErrorKind::Failed => tried == 1,
            _ => false,
        };
        if !again {
            return Err(error);
        }
        tracing::warn!(engine = casting.engine, %error, tried, "a sentence failed and is tried again");
        counter!("listen_synthesis_retries_total", "engine" => casting.engine.clone()).increment(1);
    }
}

/// Cuts at white space into pieces of at most [`PIECE_CHARS_MAX`] characters, or inside a longer run.
fn pieces(spoken: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut chars, mut gap) = (0, 0, None);
    for (at, c) in spoken.char_indices() {
        if c.is_whitespace() {
            gap = Some(at);
        }
        if chars >= PIECE_CHARS_MAX {
            let cut = gap.filter(|gap| *gap > start).unwrap_or(at);
            pieces.push(start..cut);
            chars = spoken[cut..at].chars().count();
            start = cut;
            gap = None;
        }
        chars += 1;
    }
    pieces.push(start..spoken.len());
    pieces.retain(|piece| spoken[piece.clone()].chars().any(char::is_alphanumeric));
    pieces
}

fn attempt(
    engine: &mut dyn Engine,
    casting: &Casting,
    utterance: &Utterance,
    parts: &[Range<usize>],
    (purpose, bitrate): (Purpose, Bitrate),
    publisher: &mut Publisher<'_>,
) -> Result<Made, EngineError> {
    let started = Instant::now();
    let spoken = utterance.spoken.as_str();
    let mut chain = Chain::new(casting.gain_db, bitrate, publisher)?;
    let mut marks = Vec::new();
    for part in parts {
        let before = chain.taken;
        let said = engine.speak(&casting.request(utterance, part.clone()), &mut chain);
        let outcome = if said.is_ok() { "ok" } else { "failed" };
        let labels = [
            ("engine", casting.engine.clone()),
            ("outcome", outcome.to_owned()),
            ("purpose", purpose.name().to_owned()),
        ];
        counter!("listen_syntheses_total", &labels).increment(1);
        match said {
            Err(error) if error.kind == ErrorKind::Stopped => return Err(chain.why_stopped(error)),
            // Of a sentence in pieces, what can be said is said.
            Err(error) if error.kind == ErrorKind::Refused && parts.len() > 1 => {}
            Err(error) => return Err(error),
            Ok(words) => marks.extend(words.into_iter().map(|word| shifted(&word, part.start, before))),
        }
    }
    let taken = chain.taken;
    let (mastered, samples, mp3) = chain.finish()?;
    check(spoken, casting.rate, &mastered, taken)
        .map_err(|why| failed(format!("{why}, in \"{}\"", start_of(spoken))))?;
    histogram!("listen_synthesis_seconds", "engine" => casting.engine.clone())
        .record(started.elapsed().as_secs_f64());
    counter!("listen_audio_seconds_total", "engine" => casting.engine.clone())
        .increment(u64::from(mastered.frames) * FRAME_MS / 1000);
    let (marks, marks_kind) = placed(&marks, &mastered, spoken);
    let wav = wav::encode(&samples).map_err(|error| failed(error.to_string()))?;
    let (wav_ref, mp3_ref) = (BlobRef::of(Ext::WAV, &wav), BlobRef::of(Ext::MP3, &mp3));
    Ok(Made { frames: mastered.frames, wav, wav_ref, mp3, mp3_ref, marks, marks_kind })
}

fn shifted(word: &WordMark, text: usize, audio: u64) -> WordMark {
    let text = u32::try_from(text).unwrap_or(u32::MAX);
    WordMark {
        text: word.text.start + text..word.text.end + text,
        audio: word.audio.start + audio..word.audio.end + audio,
    }
}

/// The engine's marks at the house rate; marks spread by letters where it gave none.
fn placed(marks: &[WordMark], mastered: &Mastered, spoken: &str) -> (Vec<Mark>, MarksKind) {
    let limit = u64::from(mastered.frames) * FRAME_SAMPLES as u64;
    let at = |sample: u64| u32::try_from(mastered.position(sample).min(limit)).unwrap_or(u32::MAX);
    let fits = |word: &&WordMark| spoken.get(word.text.start as usize..word.text.end as usize).is_some();
    if marks.is_empty() {
        let voiced = u32::try_from(limit.min(mastered.voiced_ms * 24)).unwrap_or(u32::MAX);
        return (spread(spoken, voiced), MarksKind::Spread);
    }
    let mut placed: Vec<Mark> = marks
        .iter()
        .filter(fits)
        .map(|word| Mark {
            text: [word.text.start, word.text.end],
            samples: [at(word.audio.start), at(word.audio.end)],
        })
        .collect();
    // Many are kept in memory.
    placed.shrink_to_fit();
    (placed, MarksKind::Engine)
}

fn start_of(spoken: &str) -> String {
    spoken.chars().take(60).collect()
}

fn failed(message: String) -> EngineError {
    EngineError::new(ErrorKind::Failed, message)
}

/// Hands whole frames on once, however often they are made.
pub(super) struct Publisher<'a> {
    publish: &'a dyn Fn(&[u8]),
    sent: usize,
    streaming: bool,
}

impl<'a> Publisher<'a> {
    /// Hands frames to `publish`: as they are made when the engine would make the same ones again
    /// (`streaming`), otherwise when the whole clip is made.
    pub(super) fn new(publish: &'a dyn Fn(&[u8]), streaming: bool) -> Self {
        Self { publish, sent: 0, streaming }
    }

    fn offer(&mut self, clip: &[u8], finished: bool) {
        if (self.streaming || finished) && clip.len() > self.sent {
            (self.publish)(&clip[self.sent..]);
            self.sent = clip.len();
        }
    }
}

/// From the engine's samples to a mastered segment and its clip, as the samples come.
struct Chain<'a, 'p> {
    gain_db: f32,
    master: Option<(u32, Master)>,
    encoder: ClipEncoder,
    publisher: &'a mut Publisher<'p>,
    samples: Vec<i16>,
    mp3: Vec<u8>,
    /// Samples the engine has handed over.
    taken: u64,
    broken: Option<String>,
}

impl<'a, 'p> Chain<'a, 'p> {
    fn new(gain_db: f32, bitrate: Bitrate, publisher: &'a mut Publisher<'p>) -> Result<Self, EngineError> {
        let encoder = ClipEncoder::new(bitrate).map_err(|error| failed(error.to_string()))?;
        let (samples, mp3) = (Vec::new(), Vec::new());
        Ok(Self { gain_db, master: None, encoder, publisher, samples, mp3, taken: 0, broken: None })
    }

    fn take(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), String> {
        if self.master.is_none() {
            let master = Master::new(rate_hz, self.gain_db).map_err(|error| error.to_string())?;
            self.master = Some((rate_hz, master));
        }
        let Some((first_rate_hz, master)) = &mut self.master else { return Ok(()) };
        if *first_rate_hz != rate_hz {
            return Err(format!("the sample rate changed from {first_rate_hz} to {rate_hz} Hz"));
        }
        self.taken += samples.len() as u64;
        let before = self.samples.len();
        master.push(samples, &mut self.samples);
        self.encoder.push(&self.samples[before..], &mut self.mp3).map_err(|error| error.to_string())?;
        self.publisher.offer(&self.mp3, false);
        Ok(())
    }

    fn why_stopped(self, error: EngineError) -> EngineError {
        self.broken.map_or(error, failed)
    }

    fn finish(mut self) -> Result<(Mastered, Vec<i16>, Vec<u8>), EngineError> {
        let (_, master) = self.master.take().ok_or_else(|| failed("the voice made no sound".to_owned()))?;
        let before = self.samples.len();
        let mastered = master.finish(&mut self.samples);
        let coded = self
            .encoder
            .push(&self.samples[before..], &mut self.mp3)
            .and_then(|()| self.encoder.finish(mastered.frames, &mut self.mp3));
        coded.map_err(|error| failed(error.to_string()))?;
        // It stays in memory for a while, without the room that the encoder asked for.
        self.mp3.shrink_to_fit();
        self.publisher.offer(&self.mp3, true);
        Ok((mastered, self.samples, self.mp3))
    }
}

impl AudioSink for Chain<'_, '_> {
    fn samples(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), Stop> {
        self.take(rate_hz, samples).map_err(|why| {
            self.broken = Some(why);
            Stop
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_are_short_in_order_and_keep_every_letter(spoken in "[a-zé' ]{0,400}") {
            let pieces = pieces(&spoken);
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            prop_assert_eq!(pieces.iter().map(|p| letters(&spoken[p.clone()])).sum::<usize>(), letters(&spoken));
            prop_assert!(pieces.iter().all(|p| spoken[p.clone()].chars().count() <= PIECE_CHARS_MAX + 1));
            prop_assert!(pieces.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
