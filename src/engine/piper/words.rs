//! Which word of the text was said when: the words of the text against the words of the phonemes.
//!
//! The two are not the same: espeak-ng says "of the" as one word and "22" as two. In every clause they
//! are laid side by side so that groups of both match in length as well as they can.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::engine::WordMark;

/// Most words that are one word on the other side.
const MAX_GROUP: usize = 6;
/// What it costs to have one word more in a group, in sounds.
const GROUP_COST: f64 = 1.5;
/// How many letters a digit is as long as, when it is said.
const DIGIT_LETTERS: usize = 4;
/// Most words of a clause on either side; longer ones are spread by their letters.
const MAX_WORDS: usize = 400;

/// A word as it was said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    /// How many sounds it has.
    pub(super) sounds: usize,
    /// Samples.
    pub(super) audio: Range<u64>,
}

impl Said {
    /// A word of so many sounds that has not been said yet.
    pub(super) fn silent(sounds: usize) -> Self {
        Self { sounds, audio: 0..0 }
    }
}

/// The marks of a clause: its words in `text` (which starts at byte `start` of the utterance) and how they
/// were said.
pub(super) fn marks(text: &str, start: u32, said: &[Said]) -> Vec<WordMark> {
    let words: Vec<(u32, &str)> =
        text.unicode_word_indices().map(|(at, word)| (start + at as u32, word)).collect();
    let mut marks = Vec::with_capacity(words.len());
    for (own, their) in groups(&words, said) {
        spread(&words[own], &said[their], &mut marks);
    }
    marks
}

fn letters(word: &str) -> f64 {
    let letters = |c: char| if c.is_numeric() { DIGIT_LETTERS } else { usize::from(c.is_alphabetic()) };
    word.chars().map(letters).sum::<usize>().max(1) as f64
}

/// The words of a group share its time by their letters.
fn spread(words: &[(u32, &str)], said: &[Said], marks: &mut Vec<WordMark>) {
    let (Some(first), Some(last)) = (said.first(), said.last()) else { return };
    let total: f64 = words.iter().map(|(_, word)| letters(word)).sum();
    let length = last.audio.end.saturating_sub(first.audio.start) as f64;
    let mut before = 0.0;
    for (at, word) in words {
        let place = |letters: f64| first.audio.start + (length * letters / total) as u64;
        let audio = place(before)..place(before + letters(word));
        before += letters(word);
        marks.push(WordMark { text: *at..*at + word.len() as u32, audio });
    }
}

/// Groups of both sides in order, one word of at least one side in each: the cheapest way
/// (dynamic programming).
pub(super) fn groups(words: &[(u32, &str)], said: &[Said]) -> Vec<(Range<usize>, Range<usize>)> {
    let (n, m) = (words.len(), said.len());
    if n == 0 || m == 0 {
        return Vec::new();
    }
    if n > MAX_WORDS || m > MAX_WORDS || n > m * MAX_GROUP || m > n * MAX_GROUP {
        return vec![(0..n, 0..m)];
    }
    let sounds = sums(said.iter().map(|word| word.sounds.max(1) as f64));
    let spelt = sums(words.iter().map(|(_, word)| letters(word)));
    let ratio = sounds[m] / spelt[n];
    let mut cost = vec![f64::INFINITY; (n + 1) * (m + 1)];
    let mut from = vec![(0, 0); (n + 1) * (m + 1)];
    let at = |i: usize, j: usize| i * (m + 1) + j;
    cost[at(0, 0)] = 0.0;
    let steps = (1..=MAX_GROUP).map(|k| (1, k)).chain((2..=MAX_GROUP).map(|k| (k, 1)));
    let steps: Vec<(usize, usize)> = steps.collect();
    for i in 0..n {
        for j in 0..m {
            if cost[at(i, j)].is_infinite() {
                continue;
            }
            for (a, b) in steps.iter().copied().filter(|(a, b)| i + a <= n && j + b <= m) {
                let off = (sounds[j + b] - sounds[j]) - ratio * (spelt[i + a] - spelt[i]);
                let total = cost[at(i, j)] + off.abs() + GROUP_COST * (a + b - 2) as f64;
                if total < cost[at(i + a, j + b)] {
                    cost[at(i + a, j + b)] = total;
                    from[at(i + a, j + b)] = (i, j);
                }
            }
        }
    }
    let mut groups = Vec::new();
    let (mut i, mut j) = (n, m);
    while (i, j) != (0, 0) {
        let (a, b) = from[at(i, j)];
        groups.push((a..i, b..j));
        (i, j) = (a, b);
    }
    groups.reverse();
    groups
}

/// Sums up to each place.
fn sums(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut total = 0.0;
    std::iter::once(0.0)
        .chain(values.map(|value| {
            total += value;
            total
        }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Words of so many sounds, each sound 100 samples long.
    fn said(sounds: &[usize]) -> Vec<Said> {
        let mut at = 0;
        sounds
            .iter()
            .map(|&sounds| {
                let start = at;
                at += 100 * sounds as u64;
                Said { sounds, audio: start..at }
            })
            .collect()
    }

    fn seen(text: &str, sounds: &[usize]) -> Vec<(String, u64, u64)> {
        let marks = marks(text, 0, &said(sounds));
        let word = |mark: &WordMark| text[mark.text.start as usize..mark.text.end as usize].to_owned();
        marks.iter().map(|mark| (word(mark), mark.audio.start, mark.audio.end)).collect()
    }

    fn word(word: &str, start: u64, end: u64) -> (String, u64, u64) {
        (word.to_owned(), start, end)
    }

    #[test]
    fn word_for_word_where_the_numbers_agree() {
        assert_eq!(
            seen("“Don’t go,” she said", &[4, 2, 2, 3]),
            [word("Don’t", 0, 400), word("go", 400, 600), word("she", 600, 800), word("said", 800, 1100)]
        );
    }

    #[test]
    fn words_that_run_together_share_their_time_and_numbers_take_several() {
        // ðə ˈɛnd ʌvðə ɹˈoʊd
        assert_eq!(
            seen("the end of the road", &[2, 3, 4, 4])[2..4],
            [word("of", 500, 660), word("the", 660, 900)]
        );
        // ɪn twˈɛnti twˈɛnti tˈuː ɪt ɹˈeɪnd
        let year = seen("in 2022 it rained", &[2, 6, 6, 3, 2, 5]);
        assert_eq!(year[1..3], [word("2022", 200, 1700), word("it", 1700, 1900)]);
    }

    #[test]
    fn a_script_without_spaces_has_a_mark_a_character() {
        let marks = seen("北京很大", &[3, 4, 2, 2]);
        assert_eq!(marks.len(), 4);
        assert_eq!(marks[1], word("京", 300, 700));
    }

    #[test]
    fn nothing_against_something_is_no_mark_and_much_against_little_is_spread() {
        assert_eq!(seen("", &[3]), []);
        assert_eq!(seen("word", &[]), []);
        let spread = seen(&"a ".repeat(20), &[10]);
        assert_eq!((spread.len(), spread[19].2), (20, 1_000));
    }

    proptest! {
        #[test]
        fn marks_are_in_order_and_cover_every_word(
            text in "([a-zé]{1,9} ?){0,60}", sounds in proptest::collection::vec(0usize..12, 1..60)
        ) {
            let said = said(&sounds);
            let marks = marks(&text, 7, &said);
            prop_assert_eq!(marks.len(), text.unicode_words().count());
            for pair in marks.windows(2) {
                prop_assert!(pair[0].text.end <= pair[1].text.start && pair[0].audio.end <= pair[1].audio.start);
            }
            let end = said.last().map_or(0, |word| word.audio.end);
            prop_assert!(marks.iter().all(|mark| mark.audio.end <= end && mark.text.start >= 7));
        }
    }
}
