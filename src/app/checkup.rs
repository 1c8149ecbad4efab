//! Whether a voice sounds as the house wants it: it reads a passage, and what comes out is measured.

mod hearing;

use std::sync::Arc;
use std::time::Instant;

use futures::TryStreamExt as _;
use serde::Serialize;

use super::speakers::BEEPS;
use super::{AppError, Finished, Kind, Prepared, Studio};
use crate::article::{Article, Block, BlockKind, Lang};
use crate::audio::{FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ, TAIL_SAMPLES, loudness, wav};
use crate::engine::calibrate::Passage;
use crate::engine::{MAX_RATE, MIN_RATE, Voice};
use crate::render::{Form, Timeline};
use crate::text::{ScriptOptions, script};

/// The house pace of English, in words a minute with pauses.
pub const HOUSE_WORDS_PER_MINUTE: f64 = 155.0;

/// How far a voice may be from the house's loudness (in LU) and pace (in words a minute).
pub const LOUDNESS_TOLERANCE_LU: f64 = 1.0;
/// See [`LOUDNESS_TOLERANCE_LU`].
pub const PACE_TOLERANCE: f64 = 8.0;

/// Longest silence within a sentence, and most samples at full scale in a thousand, that are no problem.
const SILENCE_MS_MAX: u64 = 1_000;
const CLIPPED_PER_MILLE_MAX: u64 = 1;

/// Samples below this level (−45 dBFS) are silence.
const SILENCE_LEVEL: u16 = 184;

/// What an English voice reads when it is checked: news prose of ordinary word length (5.7 letters), which
/// decides what a number of words a minute means. Paragraphs stand between empty lines.
const PASSAGE: &str = "\
Every morning before sunrise, the custodian of the old observatory climbs ninety steps and opens the enormous dome. \
The telescope has contributed nothing to astronomy for decades, and its photographs were never considered remarkable. \
What it continues to provide is an education in patience.

Schoolchildren usually arrive in small groups, complaining that the pictures on their telephones are considerably brighter. \
The custodian agrees with them, switches off the last lantern, and recommends looking once more.

According to the register, more than forty thousand visitors have written something about their experience. \
Many mention the silence, and practically all of them promise to return.";

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Checkup {
    /// The voice.
    pub voice: String,
    /// Its engine.
    pub engine: String,
    /// The language it read.
    pub lang: Lang,
    /// Words of the passage.
    pub words: usize,
    /// Length of the reading, house pauses included.
    pub duration_ms: u64,
    /// Integrated loudness of what is published, as `DualMono`; null for silence.
    pub loudness_lufs: Option<f64>,
    /// Its highest true peak; null for silence.
    pub true_peak_dbtp: Option<f64>,
    /// Words a minute, with house pauses.
    pub words_per_minute: f64,
    /// What the pace is judged by: the house's for English, else what `voice.toml` states.
    pub target_words_per_minute: f64,
    /// The longest silence within a sentence.
    pub longest_silence_ms: u64,
    /// Samples at full scale.
    pub clipped_samples: u64,
    /// Time to make the audio with one worker, as a part of the audio's length.
    pub real_time_factor: f64,
    /// Sentences it could not say.
    pub skipped: usize,
    /// Words that a recognizer (pocketsphinx) hears wrong, in percent; null for other languages than
    /// English and where there is no such recognizer.
    pub word_error_percent: Option<f64>,
    /// What `voice.toml` should have.
    pub advice: Advice,
    /// What is outside the house's bounds, in words.
    pub problems: Vec<String>,
}

/// What a voice's `voice.toml` should have, going by one reading.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// To a tenth of a decibel.
    pub gain_db: f64,
    /// To a hundredth.
    pub rate: f64,
    /// What that rate gives.
    pub words_per_minute: f64,
}

impl Studio {
    /// Has a voice read `passage` (or one of the house) in `lang`, and measures what comes out at the end
    /// of the house's chain. Of use in a studio with an empty cache and one worker: what is kept
    /// already takes no time.
    ///
    /// # Errors
    /// A voice or engine that is not there; a passage of which nothing can be said.
    pub async fn check_voice(
        &self,
        voice: &Voice,
        lang: &Lang,
        passage: Option<&str>,
    ) -> Result<Checkup, AppError> {
        let own = passage_in(lang);
        let Some(text) = passage.or(own.as_deref()) else {
            let message = format!("there is no built-in text in \"{lang}\"; give one with --text FILE");
            return Err(AppError::new(Kind::Unprocessable, "no_passage", message));
        };
        let prepared = reading(text, lang);
        let plan = Arc::new(self.plan(&prepared, Some(&voice.id), 1.0).await?);
        // Asked before the clock runs: loading a voice is not its pace.
        self.can_speak(voice).await?;
        let started = Instant::now();
        let finished = self.render(&plan, |_| ()).await?;
        let took_s = started.elapsed().as_secs_f64();
        let samples = self.samples(&prepared, &finished).await?;
        // Of a text that somebody else has written, only the voice's own pace is known.
        let target_words_per_minute = match Passage::for_lang(lang) {
            _ if lang.primary() == "en" => HOUSE_WORDS_PER_MINUTE,
            Some(own) if passage.is_none() => own.target_words_per_minute(),
            _ => voice.words_per_minute,
        };
        let reading = Reading { prepared: &prepared, finished: &finished, samples: &samples, took_s };
        let mut checkup = judge(voice, &reading, rounded(target_words_per_minute, 10.0))?;
        if lang.primary() == "en" && voice.engine != BEEPS {
            let hear = move || hear(&finished, &samples);
            let heard = tokio::task::spawn_blocking(hear).await;
            checkup.word_error_percent = heard
                .map_err(|error| AppError::internal("hearing the voice", error))?
                .map(|wer| rounded(wer, 10.0));
        }
        Ok(checkup)
    }

    async fn samples(&self, prepared: &Prepared, finished: &Finished) -> Result<Vec<i16>, AppError> {
        let rendition = self.join(&prepared.article, finished, Form::Wav)?;
        let chunks: Vec<_> = self.bytes(&rendition, finished).try_collect().await?;
        let bytes: Vec<u8> = chunks.concat();
        let data = bytes.get(wav::HEADER_BYTES..).unwrap_or_default();
        let samples = data.as_chunks().0.iter().map(|sample| i16::from_le_bytes(*sample));
        Ok(samples.take(finished.timeline.frames as usize * FRAME_SAMPLES).collect())
    }
}

/// What a voice reads in a language: the text of this module in English, the calibration passage in others.
fn passage_in(lang: &Lang) -> Option<String> {
    if lang.primary() == "en" {
        return Some(PASSAGE.to_owned());
    }
    Passage::for_lang(lang).map(|passage| passage.text())
}

/// What a recognizer makes of a reading, sentence by sentence.
fn hear(finished: &Finished, samples: &[i16]) -> Option<f64> {
    let spans = finished.timeline.sentences.iter();
    let spoken = finished.plan.utterances.iter().zip(spans).map(|(utterance, span)| {
        let start = span.start_frame as usize * FRAME_SAMPLES;
        let end = (start + span.frames as usize * FRAME_SAMPLES).min(samples.len());
        hearing::Spoken { text: &utterance.spoken, samples: samples.get(start..end).unwrap_or_default() }
    });
    hearing::word_error_percent(&spoken.collect::<Vec<_>>())
}

/// A text as it stands, ready to be planned: its paragraphs stand between empty lines.
#[must_use]
pub fn reading(text: &str, lang: &Lang) -> Prepared {
    let paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let blocks = paragraphs.filter(|part| !part.is_empty());
    let blocks = blocks.map(|part| Block::new(BlockKind::Paragraph, part)).collect();
    let article = Article { blocks, ..Article::empty(lang.clone()) };
    let script = script(&article, &ScriptOptions::default());
    Prepared { article, script }
}

/// What a voice has read.
struct Reading<'a> {
    prepared: &'a Prepared,
    finished: &'a Finished,
    samples: &'a [i16],
    took_s: f64,
}

fn judge(voice: &Voice, reading: &Reading<'_>, target_words_per_minute: f64) -> Result<Checkup, AppError> {
    let Reading { prepared, finished, samples, took_s } = *reading;
    let loudness =
        loudness::measure(samples).map_err(|error| AppError::internal("measuring the loudness", error))?;
    let finite =
        |value: f64| Some(value).filter(|value| value.is_finite()).map(|value| rounded(value, 100.0));
    let lang = &prepared.article.lang;
    let (words, duration_ms) = (prepared.article.words(), finished.timeline.duration_ms().max(1));
    let mut checkup = Checkup {
        voice: voice.id.clone(),
        engine: voice.engine.clone(),
        lang: lang.clone(),
        words,
        duration_ms,
        loudness_lufs: finite(loudness.integrated_lufs),
        true_peak_dbtp: finite(loudness.true_peak_dbtp),
        words_per_minute: rounded(words as f64 * 60_000.0 / duration_ms as f64, 10.0),
        target_words_per_minute,
        longest_silence_ms: longest_silence_ms(&finished.timeline, samples),
        clipped_samples: samples.iter().filter(|sample| sample.unsigned_abs() >= i16::MAX as u16).count()
            as u64,
        real_time_factor: rounded(took_s * 1000.0 / duration_ms as f64, 10_000.0),
        skipped: finished.rendered.skipped.len(),
        word_error_percent: None,
        advice: Advice { gain_db: voice.gain_db, rate: f64::from(voice.rate), words_per_minute: 0.0 },
        problems: Vec::new(),
    };
    checkup.advice = advice(voice, &checkup, &finished.timeline);
    checkup.problems = problems(&checkup);
    Ok(checkup)
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

fn advice(voice: &Voice, checkup: &Checkup, timeline: &Timeline) -> Advice {
    let off_db = checkup.loudness_lufs.map_or(0.0, |lufs| loudness::TARGET_LUFS - lufs);
    let ms = |frames: u64| (frames * FRAME_MS) as f64;
    let tail_ms = (TAIL_SAMPLES * 1000) as f64 / f64::from(SAMPLE_RATE_HZ);
    let speech_ms: f64 =
        timeline.sentences.iter().map(|span| (ms(u64::from(span.frames)) - tail_ms).max(0.0)).sum();
    // Pauses do not change with the rate.
    let pauses_ms = checkup.duration_ms as f64 - speech_ms;
    let target_ms = checkup.words as f64 * 60_000.0 / checkup.target_words_per_minute.max(1.0);
    let faster = speech_ms / (target_ms - pauses_ms).max(1000.0);
    let rate = f64::from(voice.rate) * faster;
    let rate = rounded(rate, 100.0).clamp(f64::from(MIN_RATE), f64::from(MAX_RATE));
    let then_ms = speech_ms * f64::from(voice.rate) / rate + pauses_ms;
    Advice {
        gain_db: rounded(voice.gain_db + off_db, 10.0),
        rate,
        words_per_minute: (checkup.words as f64 * 60_000.0 / then_ms.max(1.0)).round(),
    }
}

fn problems(checkup: &Checkup) -> Vec<String> {
    let mut problems = Vec::new();
    match checkup.loudness_lufs {
        None => problems.push("it is silent".to_owned()),
        Some(lufs) if (lufs - loudness::TARGET_LUFS).abs() > LOUDNESS_TOLERANCE_LU => {
            problems.push(format!(
                "{lufs:.1} LUFS is not {} ± {LOUDNESS_TOLERANCE_LU} LUFS",
                loudness::TARGET_LUFS
            ));
        }
        Some(_) => {}
    }
    let (pace, target) = (checkup.words_per_minute, checkup.target_words_per_minute);
    if (pace - target).abs() > PACE_TOLERANCE {
        problems.push(format!("{pace:.0} words a minute are not {target:.0} ± {PACE_TOLERANCE}"));
    }
    if checkup.skipped > 0 {
        problems.push(format!("{} sentences could not be said", checkup.skipped));
    }
    if checkup.longest_silence_ms > SILENCE_MS_MAX {
        problems.push(format!("{} ms of silence within a sentence", checkup.longest_silence_ms));
    }
    let samples = checkup.duration_ms * u64::from(SAMPLE_RATE_HZ) / 1000;
    if checkup.clipped_samples * 1000 > samples * CLIPPED_PER_MILLE_MAX {
        problems.push(format!("{} samples are clipped", checkup.clipped_samples));
    }
    if checkup.real_time_factor > 1.0 {
        let times = checkup.real_time_factor;
        problems.push(format!("it takes {times:.1} times as long to make as to hear, with one worker"));
    }
    problems
}

/// The longest silence between two sounds of one sentence.
fn longest_silence_ms(timeline: &Timeline, samples: &[i16]) -> u64 {
    let mut longest = 0;
    for span in &timeline.sentences {
        let start = span.start_frame as usize * FRAME_SAMPLES;
        let end = (start + span.frames as usize * FRAME_SAMPLES).min(samples.len());
        let mut last_sound = None;
        for (at, _) in samples
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter(|(_, sample)| sample.unsigned_abs() > SILENCE_LEVEL)
        {
            longest = longest.max(at - last_sound.unwrap_or(at));
            last_sound = Some(at);
        }
    }
    longest as u64 * 1000 / u64::from(SAMPLE_RATE_HZ)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Span;

    #[test]
    fn silence_counts_between_two_sounds_and_not_at_the_ends() {
        let mut samples = vec![0; 100 * FRAME_SAMPLES];
        // 480 samples are 20 ms; the second sound lies 480 behind the first, the rest is an end.
        samples[FRAME_SAMPLES] = 9_000;
        samples[FRAME_SAMPLES + 480] = -9_000;
        let span = Span { start_frame: 0, frames: 50, ..Span::default() };
        let timeline = Timeline { sentences: vec![span], frames: 100, ..Timeline::default() };
        assert_eq!(longest_silence_ms(&timeline, &samples), 20);
        assert_eq!(longest_silence_ms(&timeline, &[]), 0);
    }

    #[test]
    fn the_passage_is_said_as_it_is_written() {
        let Prepared { article, script } = reading(PASSAGE, &Lang::english());
        assert_eq!(article.blocks.len(), 3);
        assert_eq!(script.utterances.len(), 7);
        assert!((90..=130).contains(&article.words()), "{}", article.words());
        assert_eq!(script.notes, []);
    }
}
