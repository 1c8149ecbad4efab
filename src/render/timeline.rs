use serde::{Deserialize, Serialize};

use super::Plan;
use super::segment::Mark;
use crate::audio::{FRAME_MS, SAMPLE_RATE_HZ};

/// Where each utterance lies in a rendition.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// One entry an utterance, in order.
    pub sentences: Vec<Span>,
    /// Frames in all, the last pause included.
    pub frames: u64,
    /// How the word times were found: `engine`, or `spread` over the sentence by letters.
    pub marks: MarksKind,
}

/// Where the times of words come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarksKind {
    /// The engine reported them.
    Engine,
    /// They are spread over the sentence by the letters of its words.
    #[default]
    Spread,
}

/// One utterance on the timeline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Its first frame.
    pub start_frame: u64,
    /// Its length; 0 when the engine could not say it.
    pub frames: u32,
    /// Silent frames after it.
    pub pause_frames: u32,
    /// Its words.
    pub words: Vec<Word>,
}

impl Span {
    /// When it starts, in milliseconds.
    #[must_use]
    pub fn start_ms(&self) -> u64 {
        self.start_frame * FRAME_MS
    }

    /// When its last sound ends, in milliseconds.
    #[must_use]
    pub fn end_ms(&self) -> u64 {
        (self.start_frame + u64::from(self.frames)) * FRAME_MS
    }
}

/// A word on the timeline, on the wire `[offset, length, start_ms, end_ms]`: UTF-16 code units of
/// the sentence's source text, milliseconds from the sentence's own start.
pub type Word = [u32; 4];

/// What a timeline needs to know of a segment; `None` for one that was skipped.
pub type Length<'a> = Option<(u32, &'a [Mark])>;

impl Timeline {
    /// Lays segments one after the other.
    #[must_use]
    pub fn new<'a>(plan: &Plan, marks: MarksKind, segments: impl Iterator<Item = Length<'a>>) -> Self {
        let mut at = 0;
        let mut sentences = Vec::with_capacity(plan.len());
        for (i, segment) in segments.enumerate().take(plan.len()) {
            // A sentence that was skipped leaves no gap: its pause goes with it.
            let (frames, pause_frames, words) = match segment {
                Some((frames, marks)) => (frames, plan.pause_frames(i), words(plan, i, frames, marks)),
                None => (0, 0, Vec::new()),
            };
            sentences.push(Span { start_frame: at, frames, pause_frames, words });
            at += u64::from(frames) + u64::from(pause_frames);
        }
        Self { sentences, frames: at, marks }
    }

    /// Length in milliseconds.
    #[must_use]
    pub fn duration_ms(&self) -> u64 {
        self.frames * FRAME_MS
    }
}

/// The words of utterance `i`, in source coordinates; marks that say one stretch of the source
/// ("$1.5bn") are one word.
#[must_use]
pub fn words(plan: &Plan, i: usize, frames: u32, marks: &[Mark]) -> Vec<Word> {
    let utterance = &plan.utterances[i];
    let last_ms = u32::try_from(u64::from(frames) * FRAME_MS).unwrap_or(u32::MAX);
    let mut words: Vec<(std::ops::Range<usize>, u32, u32)> = Vec::with_capacity(marks.len());
    for mark in marks {
        let range = utterance.source_range(mark.text[0] as usize..mark.text[1] as usize);
        let (start_ms, end_ms) = (ms(mark.samples[0]).min(last_ms), ms(mark.samples[1]).min(last_ms));
        match words.last_mut() {
            Some((open, _, open_end)) if range.start < open.end => {
                open.end = open.end.max(range.end);
                *open_end = end_ms.max(*open_end);
            }
            _ => words.push((range, start_ms, end_ms.max(start_ms))),
        }
    }
    let mut offsets = Utf16Offsets::new(&utterance.source);
    words
        .into_iter()
        .filter(|(range, ..)| !range.is_empty())
        .map(|(range, start_ms, end_ms)| {
            let (start, end) = (offsets.at(range.start), offsets.at(range.end));
            [start, end - start, start_ms, end_ms]
        })
        .collect()
}

fn ms(sample: u32) -> u32 {
    u32::try_from(u64::from(sample) * 1000 / u64::from(SAMPLE_RATE_HZ)).unwrap_or(u32::MAX)
}

/// Byte offsets to UTF-16 code units, asked for in rising order.
struct Utf16Offsets<'a> {
    text: &'a str,
    byte: usize,
    units: u32,
}

impl<'a> Utf16Offsets<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, byte: 0, units: 0 }
    }

    fn at(&mut self, byte: usize) -> u32 {
        let byte = byte.min(self.text.len());
        if byte < self.byte {
            (self.byte, self.units) = (0, 0);
        }
        let between = self.text.get(self.byte..byte).unwrap_or("");
        self.units += between.chars().map(|c| c.len_utf16() as u32).sum::<u32>();
        self.byte = byte;
        self.units
    }
}

/// Spreads words evenly over a segment by their letters, for engines that report no times.
/// `samples` is the length of the sounding part, in samples of the house rate.
#[must_use]
pub(super) fn spread(spoken: &str, samples: u32) -> Vec<Mark> {
    let weight = |c: char| if c.is_alphanumeric() { 1_u64 } else { 0 };
    let total: u64 = spoken.chars().map(weight).sum();
    if total == 0 {
        return Vec::new();
    }
    let mut said = 0;
    let mut marks = Vec::new();
    for (word, start) in spoken.split_whitespace().map(|word| (word, offset_in(spoken, word))) {
        let letters: u64 = word.chars().map(weight).sum();
        if letters == 0 {
            continue;
        }
        let at = |letters: u64| (u64::from(samples) * letters / total) as u32;
        let end = start + word.len();
        marks.push(Mark { text: [start as u32, end as u32], samples: [at(said), at(said + letters)] });
        said += letters;
    }
    marks
}

fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Utterance;

    fn plan(source: &str, spoken: &str, map: Vec<[u32; 4]>) -> Plan {
        let utterance = Utterance { spoken: spoken.to_owned(), map, ..Utterance::plain(source) };
        Plan::of_beeps([utterance.clone(), utterance])
    }

    #[test]
    fn four_spoken_words_for_one_written_one_light_it_up_once() {
        let plan = plan(
            "😀 $1.5bn now",
            "one point five billion dollars now",
            vec![[0, 30, 5, 11], [31, 34, 12, 15]],
        );
        let mark = |a, b, from: u32, to: u32| Mark { text: [a, b], samples: [from * 24, to * 24] };
        let marks =
            [mark(0, 3, 0, 100), mark(4, 9, 100, 250), mark(15, 22, 250, 400), mark(31, 34, 420, 500)];
        assert_eq!(words(&plan, 0, 1000, &marks), vec![[3, 6, 0, 400], [10, 3, 420, 500]]);
        assert_eq!(words(&plan, 0, 10, &marks)[1], [10, 3, 240, 240], "never after the sentence's end");
    }

    #[test]
    fn sentences_follow_each_other_and_a_skipped_one_takes_no_time() {
        let plan = plan("One two.", "One two.", vec![[0, 3, 0, 3], [4, 8, 4, 8]]);
        let timeline = Timeline::new(&plan, MarksKind::Spread, [None, Some((10, [].as_slice()))].into_iter());
        assert_eq!(timeline.sentences[1].start_frame, 0);
        assert_eq!(timeline.frames, 25);
        assert_eq!(timeline.duration_ms(), 600);
        let both = Timeline::new(&plan, MarksKind::Spread, [Some((4, [].as_slice())); 2].into_iter());
        assert_eq!(both.sentences[1].start_ms(), 19 * 24);
        assert_eq!(both.sentences[1].end_ms(), 23 * 24);
    }

    #[test]
    fn spread_marks_are_in_order_and_inside() {
        let text = "One — two, ‘three’ 4";
        let marks = spread(text, 1300);
        let said: Vec<&str> = marks.iter().map(|m| &text[m.text[0] as usize..m.text[1] as usize]).collect();
        assert_eq!(said, ["One", "two,", "‘three’", "4"]);
        assert_eq!(marks.last().map(|m| m.samples[1]), Some(1200 + 100));
        assert!(marks.windows(2).all(|pair| pair[0].samples[1] <= pair[1].samples[0]));
        assert!(spread("— …", 100).is_empty());
    }
}
