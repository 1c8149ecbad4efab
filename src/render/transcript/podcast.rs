use serde::Serialize;

use super::lines::flat;
use super::{Cue, Grain, cues, seconds};
use crate::render::{Plan, Timeline};

/// A transcript as the podcast namespace has it in JSON: `{"version":"1.0.0","segments":[{"startTime",
/// "endTime","body"}]}`, times in seconds; a segment is a sentence, or with [`Grain::Words`] a word with
/// the punctuation around it.
#[must_use]
pub fn podcast(plan: &Plan, timeline: &Timeline, grain: Grain) -> serde_json::Value {
    let segments: Vec<Segment> = match grain {
        Grain::Sentences => cues(plan, timeline).map(|cue| sentence(&cue)).collect(),
        Grain::Words => cues(plan, timeline).flat_map(|cue| words(&cue)).collect(),
    };
    serde_json::json!({ "version": "1.0.0", "segments": segments })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Segment {
    start_time: f64,
    end_time: f64,
    body: String,
}

fn sentence(cue: &Cue<'_>) -> Segment {
    Segment { start_time: seconds(cue.start_ms), end_time: seconds(cue.end_ms), body: flat(cue.text) }
}

/// Together the bodies are the sentence: what stands between two words goes with the first of them up
/// to the last white space, and the rest with the second.
fn words(cue: &Cue<'_>) -> Vec<Segment> {
    let words = cue.timed();
    if words.is_empty() {
        return vec![sentence(cue)];
    }
    let breaks = words.windows(2).map(|pair| {
        let start = pair[1].text.start;
        let between = cue.text.get(pair[0].text.end..start).unwrap_or_default();
        let opening = between.rsplit_once(char::is_whitespace).map_or("", |(_, opening)| opening);
        start - opening.len()
    });
    let ends: Vec<usize> = breaks.chain([cue.text.len()]).collect();
    let mut from = 0;
    let mut segments = Vec::with_capacity(words.len());
    for (word, end) in words.iter().zip(ends) {
        let body = flat(&cue.text[from..end]);
        segments.push(Segment { start_time: seconds(word.start_ms), end_time: seconds(word.end_ms), body });
        from = end;
    }
    segments
}
