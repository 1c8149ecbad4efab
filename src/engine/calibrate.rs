//! A voice's house values: the gain that brings it to −16 LUFS and the rate that brings it to the
//! house pace, measured on a passage. The result is written into `voice.toml` and used as it stands.

use ebur128::{Channel, EbuR128, Mode};

use super::{AudioSink, Engine, EngineError, ErrorKind, MAX_RATE, MIN_RATE, Stop, Voice};
use crate::article::{Lang, count_words};
use passages::PASSAGES;

mod passages;

/// Loudness of everything that is published (ITU-R BS.1770-4, EBU R 128), of mono as it sounds from
/// two loudspeakers.
pub const HOUSE_LUFS: f64 = -16.0;
/// Words a minute of English, pauses included.
pub const HOUSE_WORDS_PER_MINUTE: f64 = 155.0;
/// The house pauses.
const SENTENCE_PAUSE_MS: f64 = 350.0;
const PARAGRAPH_PAUSE_MS: f64 = 650.0;
/// What is cut off both ends of a sentence: what is below this level, but for a margin.
const SILENCE_DBFS: f64 = -45.0;
const MARGIN_MS: f64 = 20.0;
/// Silence that a segment ends with, and the frames it is a whole number of.
const TAIL_MS: f64 = 46.0;
const FRAME_MS: f64 = 24.0;
/// Readings of the passage until the pace fits.
const MAX_READINGS: usize = 5;
/// The pace fits when it is this close, in words a minute.
const CLOSE_ENOUGH: f64 = 0.75;

/// A passage of the project's own, as sentences.
#[derive(Clone, Debug)]
pub struct Passage {
    sentences: Vec<Sentence>,
    words: usize,
    /// Words a minute that it is to be read at.
    target_words_per_minute: f64,
}

#[derive(Clone, Debug)]
struct Sentence {
    text: &'static str,
    ends_paragraph: bool,
}

impl Passage {
    /// The passage in a language, if there is one.
    ///
    /// English is read at 155 words a minute. The others tell the same news and are to take the
    /// same time: languages differ in how much a word says, and speakers keep to one rate of
    /// information (Coupé, Oh, Dediu, Pellegrino 2019, "Different languages, similar encoding
    /// efficiency"), so that one number of words a minute would make Finnish race and Vietnamese
    /// drawl.
    #[must_use]
    pub fn for_lang(lang: &Lang) -> Option<Self> {
        let english = text_of("en").map_or(0, count_words) as f64;
        let text = text_of(lang.as_str()).or_else(|| text_of(lang.primary()))?;
        let words = count_words(text);
        let lines: Vec<&str> = text.lines().collect();
        let sentences = lines.iter().enumerate().filter(|(_, line)| !line.is_empty()).map(|(i, line)| {
            Sentence { text: line, ends_paragraph: lines.get(i + 1).is_none_or(|next| next.is_empty()) }
        });
        Some(Self {
            sentences: sentences.collect(),
            words,
            target_words_per_minute: HOUSE_WORDS_PER_MINUTE * words as f64 / english,
        })
    }

    /// Its sentences, in order.
    pub fn sentences(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.sentences.iter().map(|sentence| sentence.text)
    }

    /// All of it, with an empty line between paragraphs.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for sentence in &self.sentences {
            text.push_str(sentence.text);
            text.push_str(if sentence.ends_paragraph { "\n\n" } else { "\n" });
        }
        text
    }

    /// Words a minute that it is to be read at.
    #[must_use]
    pub fn target_words_per_minute(&self) -> f64 {
        self.target_words_per_minute
    }
}

fn text_of(tag: &str) -> Option<&'static str> {
    let tag = if tag == "cmn" { "zh" } else { tag };
    PASSAGES.iter().find(|(lang, _)| *lang == tag).map(|(_, text)| *text)
}

/// What a reading of a passage measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Integrated loudness as it came from the engine, as `DualMono`.
    pub loudness_lufs: f64,
    /// True peak as it came from the engine, in dBTP.
    pub true_peak_dbtp: f64,
    /// Words a minute, with house pauses.
    pub words_per_minute: f64,
    speech_s: f64,
    pauses_s: f64,
}

/// Measures a reading: one recording for every sentence of the passage, all at `rate_hz`. `None`
/// when it is silent or incomplete.
#[must_use]
pub fn measure(passage: &Passage, rate_hz: u32, recordings: &[Vec<i16>]) -> Option<Measured> {
    let mut meter = EbuR128::new(1, rate_hz, Mode::I | Mode::TRUE_PEAK).ok()?;
    meter.set_channel(0, Channel::DualMono).ok()?;
    let (mut speech_s, mut pauses_s) = (0.0, 0.0);
    if recordings.len() != passage.sentences.len() {
        return None;
    }
    for (sentence, recording) in passage.sentences.iter().zip(recordings) {
        let trimmed = trim(recording, rate_hz);
        meter.add_frames_i16(trimmed).ok()?;
        let pause_ms = if sentence.ends_paragraph { PARAGRAPH_PAUSE_MS } else { SENTENCE_PAUSE_MS };
        let spoken_ms = trimmed.len() as f64 * 1_000.0 / f64::from(rate_hz);
        let segment_ms = ((spoken_ms + TAIL_MS) / FRAME_MS).ceil() * FRAME_MS;
        meter.add_frames_i16(&vec![0; (pause_ms * f64::from(rate_hz) / 1_000.0) as usize]).ok()?;
        speech_s += spoken_ms / 1_000.0;
        pauses_s += (segment_ms - spoken_ms + pause_ms) / 1_000.0;
    }
    let loudness_lufs = meter.loudness_global().ok().filter(|lufs| lufs.is_finite())?;
    let true_peak_dbtp = 20.0 * meter.true_peak(0).ok()?.log10();
    let words_per_minute = passage.words as f64 * 60.0 / (speech_s + pauses_s);
    Some(Measured { loudness_lufs, true_peak_dbtp, words_per_minute, speech_s, pauses_s })
}

/// The recording without the silence at its ends.
fn trim(recording: &[i16], rate_hz: u32) -> &[i16] {
    let threshold = (f64::from(i16::MAX) * 10_f64.powf(SILENCE_DBFS / 20.0)) as u16;
    let margin = (MARGIN_MS * f64::from(rate_hz) / 1_000.0) as usize;
    let loud = |sample: &i16| sample.unsigned_abs() > threshold;
    let (Some(first), Some(last)) = (recording.iter().position(loud), recording.iter().rposition(loud))
    else {
        return &[];
    };
    &recording[first.saturating_sub(margin)..(last + 1 + margin).min(recording.len())]
}

/// The house values of a voice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// For `gain_db`, to a tenth of a decibel.
    pub gain_db: f64,
    /// For `rate`, to a hundredth.
    pub rate: f32,
    /// For `words_per_minute`: what this rate measures.
    pub words_per_minute: f64,
    /// The last reading.
    pub measured: Measured,
}

/// Has a voice read the passage of a language until its pace fits.
///
/// # Errors
/// [`ErrorKind::Refused`] when there is no passage in that language; [`ErrorKind::Failed`] when the
/// reading is silent; what the engine says.
pub fn calibrate(engine: &mut dyn Engine, voice: &Voice, lang: &Lang) -> Result<Calibration, EngineError> {
    let passage = Passage::for_lang(lang).ok_or_else(|| {
        let message = format!("there is no calibration passage in \"{lang}\"");
        EngineError::new(ErrorKind::Refused, message)
    })?;
    let target_s = passage.words as f64 * 60.0 / passage.target_words_per_minute;
    let mut rate = voice.rate;
    let mut measured = read(engine, voice, lang, &passage, rate)?;
    for _ in 1..MAX_READINGS {
        if (measured.words_per_minute - passage.target_words_per_minute).abs() < CLOSE_ENOUGH {
            break;
        }
        let speech_target_s = (target_s - measured.pauses_s).max(1.0);
        let faster = f64::from(rate) * measured.speech_s / speech_target_s;
        rate = ((faster * 100.0).round() / 100.0).clamp(f64::from(MIN_RATE), f64::from(MAX_RATE)) as f32;
        measured = read(engine, voice, lang, &passage, rate)?;
    }
    Ok(Calibration {
        gain_db: ((HOUSE_LUFS - measured.loudness_lufs) * 10.0).round() / 10.0,
        rate,
        words_per_minute: measured.words_per_minute.round(),
        measured,
    })
}

fn read(
    engine: &mut dyn Engine,
    voice: &Voice,
    lang: &Lang,
    passage: &Passage,
    rate: f32,
) -> Result<Measured, EngineError> {
    let mut recordings = Vec::new();
    let mut rate_hz = 0;
    for sentence in passage.sentences() {
        let mut recording = Recording::default();
        let request = super::Request { rate, ..voice.request(sentence, lang, 1.0) };
        engine.speak(&request, &mut recording)?;
        rate_hz = recording.rate_hz;
        recordings.push(recording.samples);
    }
    measure(passage, rate_hz, &recordings).ok_or_else(|| {
        EngineError::new(ErrorKind::Failed, format!("{} read the passage in silence", voice.id))
    })
}

#[derive(Default)]
struct Recording {
    rate_hz: u32,
    samples: Vec<i16>,
}

impl AudioSink for Recording {
    fn samples(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), Stop> {
        self.rate_hz = rate_hz;
        self.samples.extend_from_slice(samples);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(amplitude: f64, ms: usize) -> Vec<i16> {
        let step = std::f64::consts::TAU * 997.0 / 16_000.0;
        (0..ms * 16).map(|i| (amplitude * 32_767.0 * (step * i as f64).sin()) as i16).collect()
    }

    #[test]
    fn a_reading_of_known_level_and_length_measures_so() {
        let passage = Passage::for_lang(&Lang::english()).unwrap();
        let silence = vec![0; 16_000];
        let recordings: Vec<Vec<i16>> = passage
            .sentences()
            .map(|_| [silence.clone(), sine(0.1, 4_000), silence.clone()].concat())
            .collect();
        let measured = measure(&passage, 16_000, &recordings).unwrap();
        // EBU Tech 3341 case 1: a 1 kHz sine at −20 dBFS peak in both channels reads −20 LUFS.
        assert!((measured.loudness_lufs + 20.0).abs() < 0.3, "{measured:?}");
        assert!((measured.true_peak_dbtp + 20.0).abs() < 0.3, "{measured:?}");
        // Six sentences of 4.04 s in frames with their tails, three pauses of 350 ms, three of 650.
        let seconds = 6.0 * 4.104 + 3.0 * 0.35 + 3.0 * 0.65;
        assert!(
            (measured.words_per_minute - passage.words as f64 * 60.0 / seconds).abs() < 0.5,
            "{measured:?}"
        );
    }

    #[test]
    fn silence_and_missing_sentences_measure_nothing() {
        let passage = Passage::for_lang(&Lang::english()).unwrap();
        assert_eq!(measure(&passage, 16_000, &vec![vec![0; 1_600]; 6]), None);
        assert_eq!(measure(&passage, 16_000, &[sine(0.1, 4_000)]), None);
    }

    #[test]
    fn every_passage_has_the_same_sentences_and_a_sensible_pace() {
        for (tag, text) in PASSAGES {
            let passage = Passage::for_lang(&tag.parse().unwrap()).unwrap();
            assert_eq!(passage.sentences().len(), 6, "{tag}");
            assert_eq!(text.matches("\n\n").count(), 2, "{tag}");
            assert!((75.0..=200.0).contains(&passage.target_words_per_minute()), "{tag}: {passage:?}");
            assert!(passage.sentences().all(|sentence| sentence.trim() == sentence), "{tag}");
        }
    }
}
