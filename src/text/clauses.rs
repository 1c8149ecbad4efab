//! Over-long sentences → parts that a voice can be given, cut where a reader would draw breath.

use crate::article::Lang;

use super::split::spans;
use super::{UTTERANCE_CHARS_MAX, UTTERANCE_CHARS_MAX_CJK};

/// A cut of at least this strength parts no number, name or quotation.
const GOOD: u32 = 6;

/// A cut inside a number, a name, or a quotation that a voice can be given whole: only where the
/// text has no other.
const BAD: u32 = 1;

/// The longest utterance of a language, in characters.
#[must_use]
pub(super) fn chars_max(lang: &Lang) -> usize {
    match lang.primary() {
        "zh" | "ja" | "yue" | "cmn" => UTTERANCE_CHARS_MAX_CJK,
        _ => UTTERANCE_CHARS_MAX,
    }
}

/// A sentence in parts of at most `chars_max` characters; a sentence that fits is one part. The
/// parts, one after the other, are the sentence: white space stays at the end of a part.
///
/// It is cut after a clause where there is one, else between words, else (no space at all) between
/// characters; inside a number, a name or a quotation only where nothing else is left.
#[must_use]
pub(super) fn clauses(sentence: &str, chars_max: usize) -> Vec<&str> {
    let chars_max = chars_max.max(1);
    let mut parts = Vec::new();
    let mut rest = sentence;
    let mut chars_left = sentence.chars().count();
    let quotations = if chars_left > chars_max { spans::quotations(sentence, chars_max) } else { Vec::new() };
    while chars_left > chars_max {
        let target = chars_left / chars_left.div_ceil(chars_max);
        let done = sentence.len() - rest.len();
        let is_quoted = |at: usize| spans::is_within(&quotations, done + at);
        let (end, chars) = best_cut(rest, target, chars_max, &is_quoted);
        let (part, tail) = rest.split_at(end);
        parts.push(part);
        rest = tail;
        chars_left -= chars;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// A place to cut: after so many characters.
#[derive(Clone, Copy)]
struct Cut {
    byte: usize,
    chars: usize,
    strength: u32,
}

impl Cut {
    /// Whether it is better than another: stronger, or as strong and nearer to `target`.
    fn beats(self, other: Option<Self>, target: usize) -> bool {
        let distance = |cut: Self| cut.chars.abs_diff(target);
        other.is_none_or(|other| {
            self.strength > other.strength
                || (self.strength == other.strength && distance(self) < distance(other))
        })
    }
}

/// The byte and the character at which to cut `text`, which has more than `max` characters: the
/// strongest place, among equals the one nearest to `target` characters. A part much shorter than
/// the target is made only to keep a number, a name or a quotation whole.
fn best_cut(text: &str, target: usize, max: usize, is_quoted: &dyn Fn(usize) -> bool) -> (usize, usize) {
    let (mut best, mut early): (Option<Cut>, Option<Cut>) = (None, None);
    let mut window = Window::default();
    let mut hard = (text.len(), max);
    for (at, (byte, c)) in text.char_indices().enumerate() {
        if at >= 1 && at <= max {
            hard = (byte, at);
            let found = window.strength(&text[byte..], c);
            let strength = if found > BAD && is_quoted(byte) { BAD } else { found };
            let cut = Cut { byte, chars: at, strength };
            if at * 3 >= target {
                if strength > 0 && cut.beats(best, target) {
                    best = Some(cut);
                }
            } else if strength >= GOOD && early.is_none_or(|early| at > early.chars) {
                early = Some(cut);
            }
        }
        if at > max {
            break;
        }
        window.take(c);
    }
    let best = match (best, early) {
        (Some(best), _) if best.strength >= GOOD => Some(best),
        (best, early) => early.or(best),
    };
    best.map_or(hard, |cut| (cut.byte, cut.chars))
}

/// What stands before the place that is looked at.
#[derive(Default)]
struct Window {
    /// The last two characters that are not white space, latest first.
    last: [Option<char>; 2],
    /// The last character is white space.
    spaced: bool,
    /// The first character of the last word.
    word_head: Option<char>,
    /// Letters of the last word.
    letters: usize,
}

impl Window {
    fn take(&mut self, c: char) {
        if c.is_whitespace() {
            self.spaced = true;
            return;
        }
        if self.spaced || self.last[0].is_none() {
            self.word_head = Some(c);
            self.letters = 0;
        }
        self.letters += usize::from(c.is_alphabetic());
        self.spaced = false;
        self.last = [Some(c), self.last[0]];
    }

    /// How good a cut is here, before `next`, at which `rest` starts; 0 where none is allowed unless
    /// nothing else is to be had.
    fn strength(&self, rest: &str, next: char) -> u32 {
        let Some(before) = self.last[0] else { return 0 };
        if next.is_whitespace() {
            return 0;
        }
        let stop = if matches!(before, '”' | '"' | '»' | ')' | '’' | '」' | '』') {
            self.last[1].unwrap_or(before)
        } else {
            before
        };
        match stop {
            '。' | '！' | '？' | '；' | '：' => 12,
            '，' => 10,
            '、' => 8,
            _ if !self.spaced => 0,
            '.' if self.is_abbreviated() => BAD,
            '.' | '!' | '?' | '…' | ';' => 12,
            '—' | '–' | ':' => 11,
            ',' | '،' | '؛' => 10,
            _ if matches!(next, '—' | '–' | '(') => 10,
            _ if before == ')' => 9,
            _ if self.is_number(before, next) => BAD,
            _ if starts_clause(rest) => 8,
            _ if next.is_uppercase() && self.word_head.is_some_and(char::is_uppercase) => BAD,
            _ => GOOD,
        }
    }

    /// Whether a full stop belongs to the word before it: `Dr.`, `J.`, `No.`. Longer words in small
    /// letters end a sentence inside a quotation.
    fn is_abbreviated(&self) -> bool {
        const LETTERS_MAX: usize = 3;
        const CAPITALIZED_LETTERS_MAX: usize = 5;
        let capital = self.word_head.is_some_and(char::is_uppercase);
        self.letters <= LETTERS_MAX || (capital && self.letters <= CAPITALIZED_LETTERS_MAX)
    }

    /// `5 million`, `12 500`, `3 May`, `page 12`, `€ 20`.
    fn is_number(&self, before: char, next: char) -> bool {
        const SIGNS: [char; 6] = ['$', '€', '£', '%', '°', '№'];
        let starts = |c: Option<char>| c.is_some_and(|c| c.is_numeric() || SIGNS.contains(&c));
        before.is_numeric() || next.is_numeric() || starts(self.word_head) || SIGNS.contains(&next)
    }
}

/// Whether the text starts with a word that opens a clause.
fn starts_clause(rest: &str) -> bool {
    const OPENERS: &[&str] = &[
        "and", "but", "or", "so", "because", "which", "who", "where", "when", "while", "that", "although",
        "though", "if", "unless", "until", "after", "before", "since", "whereas", "und", "aber", "oder",
        "et", "mais", "ou", "que", "y", "pero", "e", "ma", "che",
    ];
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    OPENERS.contains(&word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sentence_that_fits_is_one_part() {
        assert_eq!(clauses("Short, and sweet.", 300), ["Short, and sweet."]);
        assert_eq!(clauses("", 300), [""; 0]);
    }

    #[test]
    fn a_long_sentence_is_cut_after_a_comma_near_the_middle() {
        let parts =
            clauses("The committee met on Monday, and its members, who had read the report, agreed.", 60);
        assert_eq!(
            parts,
            ["The committee met on Monday, and its members, ", "who had read the report, agreed."]
        );
    }

    #[test]
    fn text_without_any_space_is_cut_between_characters() {
        let word = "ж".repeat(1000);
        let parts = clauses(&word, 300);
        assert_eq!(parts.len(), 4);
        assert_eq!(parts.concat(), word);
    }

    #[test]
    fn abbreviations_names_numbers_and_quotations_stay_whole() {
        for (sentence, max, parts) in [
            (
                "The bill that the board sent to Dr. Marta Lindqvist in the spring was never paid at all",
                60,
                vec![
                    "The bill that the board sent to Dr. Marta Lindqvist ",
                    "in the spring was never paid at all",
                ],
            ),
            (
                "It cost the province more than 12 500 000 euros to mend a gate that closed again",
                41,
                vec![
                    "It cost the province more ",
                    "than 12 500 000 euros to mend a gate ",
                    "that closed again",
                ],
            ),
            (
                "She said, “the gate is bent, and it will stay bent,” to all of us who had come",
                60,
                vec!["She said, “the gate is bent, and it will stay bent,” ", "to all of us who had come"],
            ),
        ] {
            assert_eq!(clauses(sentence, max), parts);
        }
    }

    /// A number, a name or a quotation in a long sentence.
    fn whole_thing() -> impl Strategy<Value = String> {
        prop_oneof![
            "[1-9][0-9]{0,2} [0-9]{3} [0-9]{3}",
            "[€$][1-9][0-9]?\\.[0-9] (million|billion)",
            "(Dr|Mrs|St)\\. [A-Z][a-z]{2,8} [A-Z][a-z]{2,8}",
            "[A-Z]\\. [A-Z]\\. [A-Z][a-z]{2,8}",
            "“[a-z]{2,8}(, [a-z]{2,8}){1,4}”",
            "\"[a-z]{2,8}( [a-z]{2,8}){1,4}; [a-z]{2,8}\"",
            "«[a-z]{2,8}, [a-z]{2,8}»",
        ]
    }

    proptest! {
        #[test]
        fn numbers_names_and_quotations_are_never_cut(
            words in proptest::collection::vec(("([a-z]{2,8} ){3,9}", whole_thing()), 1..8),
            max in 80usize..300,
        ) {
            let sentence: String = words.iter().map(|(prose, whole)| format!("{prose}{whole} ")).collect();
            let parts = clauses(&sentence, max);
            prop_assert_eq!(parts.concat(), sentence.as_str());
            let mut cuts = parts.iter().scan(0, |end, part| { *end += part.len(); Some(*end) });
            let inside = |cut: usize| {
                let mut start = 0;
                words.iter().any(|(prose, whole)| {
                    start += prose.len();
                    let range = start..start + whole.len();
                    start += whole.len() + 1;
                    range.start < cut && cut < range.end
                })
            };
            prop_assert!(!cuts.any(inside), "{:?}", parts);
        }

        #[test]
        fn parts_are_the_sentence_and_fit(text in "[a-zA-Z0-9 ,;。，“”\"()é—-]{0,400}", max in 1usize..120) {
            let parts = clauses(&text, max);
            prop_assert_eq!(parts.concat(), text.as_str());
            for part in parts {
                prop_assert!(!part.is_empty() && part.chars().count() <= max);
            }
        }
    }
}
