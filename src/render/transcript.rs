mod html;
mod lines;
mod podcast;
mod srt;
#[cfg(test)]
mod tests;
mod vtt;

use std::ops::Range;

use serde::Serialize;

use super::{Plan, Timeline, Word};

pub use html::html;
pub use podcast::podcast;
pub use srt::srt;
pub use vtt::vtt;

/// How finely a transcript is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Each sentence has its times.
    Sentences,
    /// Each word too.
    Words,
}

/// The timeline as JSON: `{"v":1,"frame_ms","duration_ms","word_times","sentences":[{"i","block",
/// "text","start_ms","end_ms","words"}]}`; words as `[offset, length, start_ms, end_ms]` in UTF-16
/// code units of `text` and milliseconds from the sentence's own start.
#[must_use]
pub fn json(plan: &Plan, timeline: &Timeline) -> serde_json::Value {
    #[derive(Serialize)]
    struct Row<'a> {
        i: usize,
        block: u32,
        text: &'a str,
        start_ms: u64,
        end_ms: u64,
        words: &'a [Word],
    }
    let sentences: Vec<Row<'_>> = cues(plan, timeline)
        .map(|cue| Row {
            i: cue.i,
            block: cue.block,
            text: cue.text,
            start_ms: cue.start_ms,
            end_ms: cue.end_ms,
            words: cue.words,
        })
        .collect();
    serde_json::json!({
        "v": 1,
        "frame_ms": crate::audio::FRAME_MS,
        "duration_ms": timeline.duration_ms(),
        "word_times": timeline.marks,
        "sentences": sentences,
    })
}

/// A sentence that sounds.
struct Cue<'a> {
    i: usize,
    block: u32,
    text: &'a str,
    start_ms: u64,
    end_ms: u64,
    words: &'a [Word],
}

/// A word of a cue: its bytes in the cue's text, its times in the rendition.
struct Timed {
    text: Range<usize>,
    start_ms: u64,
    end_ms: u64,
}

impl Cue<'_> {
    /// Its words, in the order of the text.
    fn timed(&self) -> Vec<Timed> {
        let mut at = self.text.char_indices();
        let (mut units, mut byte) = (0, 0);
        // Offsets rise from word to word, so the text is gone through once.
        let mut byte_of = |offset: u32| {
            while units < offset {
                let Some((start, c)) = at.next() else { break };
                units += c.len_utf16() as u32;
                byte = start + c.len_utf8();
            }
            byte
        };
        let words = self.words.iter().map(|[offset, length, start_ms, end_ms]| Timed {
            text: byte_of(*offset)..byte_of(offset + length),
            start_ms: self.start_ms + u64::from(*start_ms),
            end_ms: self.start_ms + u64::from(*end_ms),
        });
        words.filter(|word| !word.text.is_empty()).collect()
    }
}

/// The sentences that sound.
fn cues<'a>(plan: &'a Plan, timeline: &'a Timeline) -> impl Iterator<Item = Cue<'a>> {
    let spans = timeline.sentences.iter().zip(&plan.utterances).enumerate();
    spans.filter(|(_, (span, _))| span.frames > 0).map(|(i, (span, utterance))| Cue {
        i,
        block: utterance.block,
        text: utterance.source.as_str(),
        start_ms: span.start_ms(),
        end_ms: span.end_ms(),
        words: &span.words,
    })
}

/// `HH:MM:SS.mmm`, with more digits of hours where they are needed.
fn clock(ms: u64, point: char) -> String {
    let (seconds, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}{point}{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Seconds, exact to the millisecond in JSON.
pub(super) fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
