use std::fmt::Write as _;

use super::lines::wrap;
use super::{Cue, Grain, Timed, clock, cues};
use crate::render::{Plan, Timeline};

/// Longest line of a cue, in characters (podcast namespace, transcripts).
const LINE_CHARS_MAX: usize = 65;

/// A transcript as WebVTT (W3C Candidate Recommendation 2019-04-04): one cue a sentence, in source
/// text, its identifier the sentence's index from 1. With [`Grain::Words`] each word after the first
/// has its time before it (§4.2.2, cue timestamps).
#[must_use]
pub fn vtt(plan: &Plan, timeline: &Timeline, ai_note: &str, grain: Grain) -> String {
    let mut out = format!("WEBVTT\n\nNOTE {}\n", escaped(ai_note));
    for (n, cue) in cues(plan, timeline).enumerate() {
        let (start, end) = (clock(cue.start_ms, '.'), clock(cue.end_ms, '.'));
        let _ = write!(out, "\n{}\n{start} --> {end}\n", n + 1);
        let words = if grain == Grain::Words { stamps(&cue) } else { Vec::new() };
        let lines = wrap(cue.text, LINE_CHARS_MAX).into_iter().map(|line| stamped(&cue, line, &words));
        // An empty line would end the cue.
        for line in lines.filter(|line| !line.is_empty()) {
            let _ = writeln!(out, "{line}");
        }
    }
    out
}

/// The words whose time may stand in the cue: inside of it, and each later than the one before.
fn stamps(cue: &Cue<'_>) -> Vec<Timed> {
    let mut last_ms = cue.start_ms;
    let mut words = cue.timed();
    words.retain(|word| {
        let fits = word.start_ms > last_ms && word.start_ms < cue.end_ms;
        if fits {
            last_ms = word.start_ms;
        }
        fits
    });
    words
}

/// A line of a cue with the times of the words that start on it.
fn stamped(cue: &Cue<'_>, line: std::ops::Range<usize>, words: &[Timed]) -> String {
    let (mut out, mut at) = (String::new(), line.start);
    for word in words.iter().filter(|word| line.contains(&word.text.start)) {
        out.push_str(&text(&cue.text[at..word.text.start]));
        let _ = write!(out, "<{}>", clock(word.start_ms, '.'));
        at = word.text.start;
    }
    out.push_str(&text(&cue.text[at..line.end]));
    out.trim().to_owned()
}

/// Cue text: on one line, and nothing in it that the format reads as its own.
fn text(text: &str) -> String {
    let space = |c: char| if c.is_whitespace() || c.is_control() { ' ' } else { c };
    escaped(&text.chars().map(space).collect::<String>())
}

/// Cue text must not hold `&`, `<` or `-->` as they are (§4.2.2).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
