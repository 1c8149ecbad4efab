use std::fmt::Write as _;

use serde::Serialize;

use super::{Plan, Timeline, Word};

/// A transcript as WebVTT (W3C Recommendation 2019-04-04): one cue a sentence, in source text.
#[must_use]
pub fn vtt(plan: &Plan, timeline: &Timeline) -> String {
    let mut out = String::from("WEBVTT\n");
    for (n, cue) in cues(plan, timeline).enumerate() {
        let _ = write!(
            out,
            "\n{}\n{} --> {}\n{}\n",
            n + 1,
            clock(cue.start_ms, '.'),
            clock(cue.end_ms, '.'),
            escaped(cue.text)
        );
    }
    out
}

/// A transcript as SubRip: one cue a sentence, in source text.
#[must_use]
pub fn srt(plan: &Plan, timeline: &Timeline) -> String {
    let mut out = String::new();
    for (n, cue) in cues(plan, timeline).enumerate() {
        let _ = write!(
            out,
            "{}\n{} --> {}\n{}\n\n",
            n + 1,
            clock(cue.start_ms, ','),
            clock(cue.end_ms, ','),
            cue.text
        );
    }
    out
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
            block: plan.utterances[cue.i].block,
            text: cue.text,
            start_ms: cue.start_ms,
            end_ms: cue.end_ms,
            words: &timeline.sentences[cue.i].words,
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

struct Cue<'a> {
    i: usize,
    text: &'a str,
    start_ms: u64,
    end_ms: u64,
}

/// The sentences that sound.
fn cues<'a>(plan: &'a Plan, timeline: &'a Timeline) -> impl Iterator<Item = Cue<'a>> {
    let spans = timeline.sentences.iter().zip(&plan.utterances).enumerate();
    spans.filter(|(_, (span, _))| span.frames > 0).map(|(i, (span, utterance))| Cue {
        i,
        text: utterance.source.as_str(),
        start_ms: span.start_ms(),
        end_ms: span.end_ms(),
    })
}

fn clock(ms: u64, point: char) -> String {
    let (seconds, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}{point}{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Cue text must not hold `&`, `<` or `-->` as they are (WebVTT §4.1).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_hours_and_milliseconds() {
        assert_eq!(clock(0, '.'), "00:00:00.000");
        assert_eq!(clock(3_725_048, ','), "01:02:05,048");
        assert_eq!(clock(360_000_000, '.'), "100:00:00.000");
    }

    #[test]
    fn cue_text_cannot_end_its_cue() {
        assert_eq!(escaped("a --> b & <i>"), "a --&gt; b &amp; &lt;i&gt;");
    }
}
