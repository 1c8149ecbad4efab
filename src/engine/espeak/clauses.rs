//! Clauses with the mark that ends each. The library tells where it stopped reading, but not (before
//! 1.52) why; neural voices need the why, since they speak a comma, a full stop and a question mark
//! as differently as letters.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::engine::Clause;

/// What the library read at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// Its phonemes.
    pub(super) phonemes: String,
    /// The byte of the text where it would read on: one character behind the mark and the space that
    /// end the clause, except at the end of the text.
    pub(super) until: usize,
}

/// Languages that the library changes into and back, such as `(en)`: no phonemes.
static SWITCHES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\([^)]+\)").ok());

/// The clauses of a text that was read so: phonemes with their closing mark, and the bytes they are of.
pub(super) fn clauses(text: &str, reads: Vec<Read>) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for Read { phonemes, until } in reads {
        let is_last = until >= text.len();
        let end = if is_last { text.len() } else { before(text, until).max(start) };
        let mark = mark(&text[start..end], is_last);
        let mut phonemes = match &*SWITCHES {
            Some(switches) => switches.replace_all(&phonemes, "").trim().to_owned(),
            None => phonemes,
        };
        if !phonemes.is_empty() {
            phonemes.push(mark);
            let Range { start, end } = start as u32..end as u32;
            clauses.push(Clause { phonemes, text: start..end });
        }
        start = end;
    }
    clauses
}

/// The start of the character before a place.
fn before(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    text[..at].char_indices().next_back().map_or(0, |(start, _)| start)
}

/// The mark a clause ends with, among those that voices know.
fn mark(clause: &str, is_last: bool) -> char {
    let closes =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | ']' | '}' | '”' | '’' | '»' | '›');
    match clause.trim_end_matches(closes).chars().next_back() {
        Some(c @ ('.' | '?' | '!' | ',' | ':' | ';')) => c,
        Some('。' | '．' | '।' | '…' | '۔') => '.',
        Some('？' | '؟') => '?',
        Some('！') => '!',
        Some('，' | '、' | '،') => ',',
        Some('：') => ':',
        Some('；' | '؛' | '—' | '–' | '-') => ';',
        _ if is_last => '.',
        _ => ',',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, untils: &[usize]) -> Vec<(String, String)> {
        let reads = untils.iter().map(|until| Read { phonemes: "x".to_owned(), until: *until }).collect();
        let of = |clause: &Clause| text[clause.text.start as usize..clause.text.end as usize].to_owned();
        clauses(text, reads).iter().map(|clause| (of(clause), clause.phonemes.clone())).collect()
    }

    /// The places are those at which espeak-ng 1.51 stops.
    #[test]
    fn every_clause_has_its_text_and_its_mark() {
        let pair = |text: &str, phonemes: &str| (text.to_owned(), phonemes.to_owned());
        assert_eq!(
            marked("Hello, world. It rained — hard; (so it seemed)", &[8, 15, 29, 35, usize::MAX]),
            [
                pair("Hello, ", "x,"),
                pair("world. ", "x."),
                pair("It rained — ", "x;"),
                pair("hard; ", "x;"),
                pair("(so it seemed)", "x."),
            ]
        );
        assert_eq!(marked("He said “no.” Then left", &[17, 27])[0], pair("He said “no.", "x."));
        assert_eq!(marked("Ça va? Oui, “bien”.", &[9, 16, 24])[1], pair("Oui, ", "x,"));
        assert_eq!(marked("我们。你好", &[12, 15]), [pair("我们。", "x."), pair("你好", "x.")]);
        assert_eq!(marked("Really?!", &[8]), [pair("Really?!", "x!")]);
    }

    #[test]
    fn language_switches_and_empty_clauses_are_left_out() {
        let reads = vec![
            Read { phonemes: "(en)ˈʌpdeɪt(de)".to_owned(), until: 9 },
            Read { phonemes: "(de)".to_owned(), until: 12 },
        ];
        let clauses = clauses("Update: x! y", reads);
        assert_eq!(clauses.len(), 1);
        assert_eq!(clauses[0].phonemes, "ˈʌpdeɪt:");
    }

    #[test]
    fn places_beside_characters_do_no_harm() {
        for until in [0, 1, 2, 5, 99] {
            assert_eq!(marked("é…", &[until, 99]).len(), 2, "{until}");
        }
    }
}
