//! Over-long sentences → parts that a voice can be given, cut where a reader would draw breath.

use crate::article::Lang;

use super::{UTTERANCE_CHARS_MAX, UTTERANCE_CHARS_MAX_CJK};

/// How much worse a cut is inside quotation marks, on the scale of `strength`.
const INSIDE_QUOTES: u32 = 4;

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
/// characters. Cuts inside names and quotations are avoided.
#[must_use]
pub(super) fn clauses(sentence: &str, chars_max: usize) -> Vec<&str> {
    let chars_max = chars_max.max(1);
    let mut parts = Vec::new();
    let mut rest = sentence;
    let mut chars_left = sentence.chars().count();
    while chars_left > chars_max {
        let target = chars_left / chars_left.div_ceil(chars_max);
        let (end, chars) = best_cut(rest, target, chars_max);
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

/// The byte and the character at which to cut `text`, which has more than `max` characters: the
/// strongest place, among equals the one nearest to `target` characters.
fn best_cut(text: &str, target: usize, max: usize) -> (usize, usize) {
    let mut best: Option<(u32, usize, usize, usize)> = None;
    let mut window = Window::default();
    let mut hard = (text.len(), max);
    for (at, (byte, c)) in text.char_indices().enumerate() {
        if at >= 1 && at <= max {
            hard = (byte, at);
            let strength = window.strength(&text[byte..], c);
            if strength > 0 && at * 3 >= target {
                let distance = at.abs_diff(target);
                let better = best.is_none_or(|(s, d, ..)| strength > s || (strength == s && distance < d));
                if better {
                    best = Some((strength, distance, byte, at));
                }
            }
        }
        if at > max {
            break;
        }
        window.take(c);
    }
    best.map_or(hard, |(_, _, byte, at)| (byte, at))
}

/// What stands before the place that is looked at.
#[derive(Default)]
struct Window {
    /// The last two characters that are not white space, latest first.
    last: [Option<char>; 2],
    /// The last character is white space.
    spaced: bool,
    /// Quotation marks are open.
    quotes: u32,
    /// The first character of the last word.
    word_head: Option<char>,
}

impl Window {
    fn take(&mut self, c: char) {
        if c.is_whitespace() {
            self.spaced = true;
            return;
        }
        match c {
            '“' | '«' | '「' | '『' | '„' => self.quotes += 1,
            '”' | '»' | '」' | '』' => self.quotes = self.quotes.saturating_sub(1),
            '"' => self.quotes ^= 1,
            _ => {}
        }
        if self.spaced || self.last[0].is_none() {
            self.word_head = Some(c);
        }
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
        let found = match stop {
            '。' | '！' | '？' | '；' | '：' => 12,
            '，' => 10,
            '、' => 8,
            _ if !self.spaced => 0,
            '.' | '!' | '?' | '…' | ';' => 12,
            '—' | '–' | ':' => 11,
            ',' | '،' | '؛' => 10,
            _ if matches!(next, '—' | '–' | '(') => 10,
            _ if before == ')' => 9,
            _ if starts_clause(rest) => 8,
            _ if next.is_uppercase() && self.word_head.is_some_and(char::is_uppercase) => 5,
            _ => 6,
        };
        if self.quotes > 0 && found > INSIDE_QUOTES { found - INSIDE_QUOTES } else { found }
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

    proptest! {
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
