use std::fmt::Write as _;
use std::ops::Range;

use super::lines::{fill, flat, pieces, span, width};
use super::{Cue, clock, cues};
use crate::render::{Plan, Timeline};

/// Longest line, in characters, and most lines of a cue (podcast namespace, transcripts).
const LINE_CHARS_MAX: usize = 32;
const LINES_MAX: usize = 2;

/// A transcript as SubRip, in source text: a sentence is as many cues as it needs, each beginning with
/// its first word.
#[must_use]
pub fn srt(plan: &Plan, timeline: &Timeline) -> String {
    let mut out = String::new();
    let mut n = 0;
    for cue in cues(plan, timeline) {
        for (text, start_ms, end_ms) in captions(&cue) {
            n += 1;
            let _ = write!(out, "{n}\n{} --> {}\n{text}\n\n", clock(start_ms, ','), clock(end_ms, ','));
        }
    }
    out
}

/// The captions of a sentence, one after the other from its start to its end.
fn captions(cue: &Cue<'_>) -> Vec<(String, u64, u64)> {
    let pieces = pieces(cue.text, LINE_CHARS_MAX);
    let runs = runs(cue.text, &pieces);
    let times = Times::of(cue);
    let mut starts: Vec<u64> = Vec::with_capacity(runs.len() + 1);
    for (k, run) in runs.iter().enumerate() {
        let start = if k == 0 { cue.start_ms } else { times.at(run[0].start) };
        let least = starts.last().map_or(cue.start_ms, |before| before + 1);
        starts.push(start.clamp(least, cue.end_ms.max(least)));
    }
    starts.push(cue.end_ms);
    let texts = runs.iter().map(|run| lines(cue.text, run));
    texts
        .zip(starts.windows(2))
        .filter(|(text, times)| !text.is_empty() && times[0] < times[1])
        .map(|(text, times)| (text, times[0], times[1]))
        .collect()
}

fn lines(text: &str, run: &[Range<usize>]) -> String {
    let lines = fill(text, run, LINE_CHARS_MAX).into_iter().filter_map(span);
    // A stray arrow would be read as a cue's times, an empty line as its end.
    let lines = lines.map(|line| flat(&text[line]).replace("-->", "→")).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// The pieces of each caption: as many as fit, but rather up to the end of a clause when that fills
/// most of it.
fn runs<'a>(text: &str, pieces: &'a [Range<usize>]) -> Vec<&'a [Range<usize>]> {
    let mut runs = Vec::new();
    let mut rest = pieces;
    while !rest.is_empty() {
        let fits: usize = fill(text, rest, LINE_CHARS_MAX).into_iter().take(LINES_MAX).map(<[_]>::len).sum();
        let full = width(text, &rest[..fits]);
        let clause = (1..fits).rev().find(|count| {
            let said = text[rest[count - 1].clone()].trim_end();
            said.ends_with([',', ';', ':', '–', '—', '，', '；', '：', '、', '،'])
                && width(text, &rest[..*count]) * 2 > full
        });
        let count = if fits == rest.len() { fits } else { clause.unwrap_or(fits) };
        let (run, later) = rest.split_at(count);
        runs.push(run);
        rest = later;
    }
    runs
}

/// When a place of a sentence's text is said: by its words, evenly between them.
struct Times {
    /// Byte and millisecond, both rising.
    known: Vec<(usize, u64)>,
}

impl Times {
    fn of(cue: &Cue<'_>) -> Self {
        let mut known = vec![(0, cue.start_ms)];
        let words = cue.timed().into_iter().map(|word| (word.text.start, word.start_ms));
        for (byte, ms) in words.chain([(cue.text.len(), cue.end_ms)]) {
            let (last_byte, last_ms) = known[known.len() - 1];
            if byte > last_byte && ms >= last_ms {
                known.push((byte, ms));
            }
        }
        Self { known }
    }

    fn at(&self, byte: usize) -> u64 {
        let next = self.known.partition_point(|(known, _)| *known <= byte);
        let (from, from_ms) = self.known[next.saturating_sub(1)];
        let Some((to, to_ms)) = self.known.get(next) else { return from_ms };
        from_ms + (to_ms - from_ms) * (byte - from) as u64 / (to - from).max(1) as u64
    }
}
