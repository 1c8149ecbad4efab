//! Beeps instead of speech: one for every word, the same on every machine. For tests.
//!
//! The voice `tone` says a word (a run between white space) as a sine of `CHAR_MS` a character, at
//! a pitch that its letters choose, and a gap of `GAP_MS`; both are divided by the rate. Its word
//! marks are exact: they cover the beeps, never the gaps.
//!
//! The voice `tone-flaky` does the same until it meets one of these words and then misbehaves:
//!
//! | word | what it does |
//! |---|---|
//! | `!fail` | returns `ErrorKind::Failed` |
//! | `!fail-once` | the same, but only the first time this process is given this text |
//! | `!refuse` | returns `ErrorKind::Refused` |
//! | `!crash` | returns `ErrorKind::Crashed` |
//! | `!panic` | panics |
//! | `!abort` | ends its process by a signal |
//! | `!empty` | returns at once, having said nothing from here on |
//! | `!silent` | says `SILENT_MS` of silence |
//! | `!clip` | says the next words far too loud |
//! | `!hang` | waits until the sink wants no more |
//! | `!sleep` | waits for ever and never looks at the sink |
//! | `!spin` | the same, burning a processor |
//! | `!slow` | says the rest in real time |

use std::collections::HashSet;
use std::f64::consts::TAU;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{AudioSink, Description, Engine, EngineError, EngineVoice, ErrorKind, Request, Stop, WordMark};
use crate::article::Lang;

/// Samples per second.
const RATE_HZ: u32 = 16_000;
/// Length of a word, per character.
const CHAR_MS: f64 = 60.0;
/// Silence after a word.
const GAP_MS: f64 = 50.0;
/// What `!silent` says.
const SILENT_MS: f64 = 5_000.0;
/// Fade at both ends of a beep, so that it does not click.
const FADE_MS: f64 = 5.0;
/// Loudness of a beep against full scale.
const LEVEL: f64 = 0.2;
/// Languages it claims; a beep is a beep.
const LANGS: &[&str] = &["en", "de", "zh"];
/// Texts that `!fail-once` remembers.
const MAX_REMEMBERED: usize = 4_096;

static FAILED_ONCE: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// Opens it; it needs nothing.
pub(super) fn open() -> Result<Box<dyn Engine>, EngineError> {
    Ok(Box::new(Tone))
}

struct Tone;

impl Engine for Tone {
    fn describe(&mut self) -> Result<Description, EngineError> {
        let langs: Vec<Lang> = LANGS.iter().filter_map(|tag| tag.parse().ok()).collect();
        let voices = ["tone", "tone-flaky"].map(|name| EngineVoice::new(name, langs.clone()));
        Ok(Description {
            engine: "tone".to_owned(),
            revision: "1".to_owned(),
            deterministic: true,
            word_marks: true,
            voices: voices.into(),
        })
    }

    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        let flaky = match request.voice.as_str() {
            "tone" => false,
            "tone-flaky" => true,
            other => {
                return Err(EngineError::new(ErrorKind::Refused, format!("tone has no voice \"{other}\"")));
            }
        };
        let mut line = Line { sink, rate: f64::from(request.rate), at: 0, level: LEVEL, real_time: false };
        let mut marks = Vec::new();
        for word in request.text.split_whitespace() {
            if flaky && word.starts_with('!') {
                match misbehave(word, &request.text, &mut line)? {
                    Then::GoOn => continue,
                    Then::End => break,
                }
            }
            let start = line.at;
            line.beep(word)?;
            let end = line.at;
            line.silence(GAP_MS)?;
            let from = word.as_ptr() as usize - request.text.as_ptr() as usize;
            marks.push(WordMark { text: (from as u32)..((from + word.len()) as u32), audio: start..end });
        }
        Ok(marks)
    }
}

enum Then {
    GoOn,
    End,
}

fn misbehave(word: &str, text: &str, line: &mut Line<'_>) -> Result<Then, EngineError> {
    let fail = |kind| Err(EngineError::new(kind, format!("tone-flaky was told to {word}")));
    match word {
        "!fail" => return fail(ErrorKind::Failed),
        "!fail-once" if first_time(text) => return fail(ErrorKind::Failed),
        "!refuse" => return fail(ErrorKind::Refused),
        "!crash" => return fail(ErrorKind::Crashed),
        #[expect(clippy::panic, reason = "a job's panic must not end its thread; this is how tests see it")]
        "!panic" => panic!("tone-flaky was told to {word}"),
        "!abort" => std::process::abort(),
        "!empty" => return Ok(Then::End),
        "!silent" => line.silence(SILENT_MS)?,
        "!clip" => line.level = 8.0,
        "!slow" => line.real_time = true,
        "!hang" => loop {
            line.put(&[])?;
            std::thread::sleep(Duration::from_millis(2));
        },
        "!sleep" => loop {
            std::thread::sleep(Duration::from_secs(60));
        },
        "!spin" => loop {
            std::hint::spin_loop();
        },
        _ => {}
    }
    Ok(Then::GoOn)
}

fn first_time(text: &str) -> bool {
    let mut seen = FAILED_ONCE.lock().unwrap_or_else(PoisonError::into_inner);
    let seen = seen.get_or_insert_default();
    seen.len() < MAX_REMEMBERED && seen.insert(text.to_owned())
}

/// What is being said, and how far it is.
struct Line<'a> {
    sink: &'a mut dyn AudioSink,
    rate: f64,
    at: u64,
    level: f64,
    real_time: bool,
}

impl Line<'_> {
    fn samples_of(&self, ms: f64) -> usize {
        (ms * f64::from(RATE_HZ) / 1_000.0 / self.rate).round() as usize
    }

    fn put(&mut self, samples: &[i16]) -> Result<(), EngineError> {
        self.at += samples.len() as u64;
        if self.real_time {
            std::thread::sleep(Duration::from_secs_f64(samples.len() as f64 / f64::from(RATE_HZ)));
        }
        self.sink
            .samples(RATE_HZ, samples)
            .map_err(|Stop| EngineError::new(ErrorKind::Stopped, "no more audio was wanted"))
    }

    fn silence(&mut self, ms: f64) -> Result<(), EngineError> {
        let length = self.samples_of(ms);
        self.put(&vec![0; length])
    }

    fn beep(&mut self, word: &str) -> Result<(), EngineError> {
        let length = self.samples_of(CHAR_MS * word.chars().count() as f64);
        let fade = self.samples_of(FADE_MS).max(1);
        let step = TAU * pitch_hz(word) / f64::from(RATE_HZ);
        let samples: Vec<i16> = (0..length)
            .map(|i| {
                let edge = (i.min(length - 1 - i) as f64 / fade as f64).min(1.0);
                let value = (step * i as f64).sin() * self.level * edge;
                (value * f64::from(i16::MAX)) as i16
            })
            .collect();
        self.put(&samples)
    }
}

/// A semitone of the octave from 220 Hz, chosen by an FNV-1a hash of the word.
fn pitch_hz(word: &str) -> f64 {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    220.0 * 2.0_f64.powf((hash % 12) as f64 / 12.0)
}
