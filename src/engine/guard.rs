//! What stands before every engine, whichever it is and wherever it runs.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{AudioSink, Clause, Description, Engine, EngineError, ErrorKind, Request, Stop, WordMark};
use crate::article::Lang;

/// Longest text an engine is given, in bytes.
pub const MAX_TEXT_BYTES: usize = 2_000;
/// Slowest pace an engine is asked for.
pub const MIN_RATE: f32 = 0.25;
/// Fastest pace an engine is asked for.
pub const MAX_RATE: f32 = 4.0;
/// Longest name of a voice, in bytes.
const MAX_VOICE_BYTES: usize = 128;

/// An engine that never sees a control character or a text that is too long, whose audio is capped,
/// and whose word marks can be trusted.
pub(super) struct Guarded<'a> {
    pub(super) inner: &'a mut dyn Engine,
    pub(super) audio_limit_s: u32,
    /// Set when the service ends: no more audio is wanted.
    pub(super) ending: &'a AtomicBool,
    /// It answered [`ErrorKind::Unavailable`]: opening it again may help.
    pub(super) unavailable: bool,
}

impl Guarded<'_> {
    fn noting<T>(&mut self, answer: Result<T, EngineError>) -> Result<T, EngineError> {
        self.unavailable |= answer.as_ref().is_err_and(|error| error.kind == ErrorKind::Unavailable);
        answer
    }
}

impl Engine for Guarded<'_> {
    fn describe(&mut self) -> Result<Description, EngineError> {
        let described = self.inner.describe();
        self.noting(described)
    }

    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        check_rate(request.rate)?;
        let text = clean(&request.text)?;
        if request.voice.len() > MAX_VOICE_BYTES || request.voice.contains(|c: char| c.is_control()) {
            return Err(EngineError::new(ErrorKind::Refused, "that is not the name of a voice"));
        }
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let request = Request { text, ..request.clone() };
        let mut capped =
            Capped { sink, limit_s: self.audio_limit_s, ending: self.ending, total: 0, over: false };
        let said = self.inner.speak(&request, &mut capped);
        if capped.over {
            let message = format!("the audio of one utterance is longer than {} s", self.audio_limit_s);
            return Err(EngineError::new(ErrorKind::Failed, message));
        }
        let total = capped.total;
        self.noting(said).map(|marks| sound_marks(marks, &request.text, total))
    }

    fn phonemes(&mut self, text: &str, lang: &Lang) -> Result<Vec<Clause>, EngineError> {
        let phonemes = self.inner.phonemes(&clean(text)?, lang);
        self.noting(phonemes)
    }
}

fn check_rate(rate: f32) -> Result<(), EngineError> {
    if (MIN_RATE..=MAX_RATE).contains(&rate) {
        return Ok(());
    }
    let message = format!("a rate is between {MIN_RATE} and {MAX_RATE}, not {rate}");
    Err(EngineError::new(ErrorKind::Refused, message))
}

/// The text with spaces for control characters, byte for byte as long: espeak-ng obeys commands
/// that start with U+0001, and C libraries end a text at U+0000.
fn clean(text: &str) -> Result<String, EngineError> {
    if text.len() > MAX_TEXT_BYTES {
        let message = format!("{} bytes in one utterance; at most {MAX_TEXT_BYTES}: split it", text.len());
        return Err(EngineError::new(ErrorKind::Refused, message));
    }
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            cleaned.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            cleaned.push(c);
        }
    }
    Ok(cleaned)
}

/// The marks that lie in the text (at characters) and in the audio, in order.
fn sound_marks(marks: Vec<WordMark>, text: &str, samples: u64) -> Vec<WordMark> {
    let mut sound: Vec<WordMark> = Vec::with_capacity(marks.len());
    for mut mark in marks {
        let (from, to) = (mark.text.start as usize, mark.text.end as usize);
        let in_text = from < to && text.is_char_boundary(from) && text.is_char_boundary(to);
        mark.audio.end = mark.audio.end.min(samples);
        if let Some(last) = sound.last() {
            mark.audio.start = mark.audio.start.max(last.audio.end);
            if mark.text.start < last.text.end {
                continue;
            }
        }
        if in_text && mark.audio.start < mark.audio.end {
            sound.push(mark);
        }
    }
    sound
}

struct Capped<'a> {
    sink: &'a mut dyn AudioSink,
    limit_s: u32,
    ending: &'a AtomicBool,
    total: u64,
    over: bool,
}

impl AudioSink for Capped<'_> {
    fn samples(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), Stop> {
        if self.ending.load(Ordering::Relaxed) {
            return Err(Stop);
        }
        self.total += samples.len() as u64;
        if self.total > u64::from(self.limit_s) * u64::from(rate_hz) {
            self.over = true;
            return Err(Stop);
        }
        self.sink.samples(rate_hz, samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_become_spaces_of_the_same_length() {
        assert_eq!(clean("a\0b\u{1}+20S\u{85}c\n").as_deref(), Ok("a b +20S  c "));
        assert_eq!(clean(&"x".repeat(MAX_TEXT_BYTES + 1)).map_err(|e| e.kind), Err(ErrorKind::Refused));
    }

    #[test]
    fn marks_outside_the_text_or_the_audio_are_dropped() {
        let mark = |text, audio| WordMark { text, audio };
        let given = vec![
            mark(0..2, 0..10),
            mark(1..2, 10..20),
            mark(2..3, 5..30),
            mark(3..4, 30..90),
            mark(4..5, 95..99),
            mark(5..99, 0..1),
        ];
        let kept = sound_marks(given, "aébcd", 80);
        assert_eq!(kept, [mark(3..4, 30..80)].map(|m| m).to_vec());
    }

    proptest! {
        #[test]
        fn cleaning_keeps_every_byte_offset(text in "\\PC{0,40}[\\x00-\\x1f\\x7f-\\u{9f}]{0,20}\\PC{0,40}") {
            let cleaned = clean(&text).expect("short");
            prop_assert_eq!(cleaned.len(), text.len());
            prop_assert!(!cleaned.contains(|c: char| c.is_control()));
        }
    }
}
