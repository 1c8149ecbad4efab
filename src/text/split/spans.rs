//! Quotations and brackets: stretches of a text in which no sentence ends while a voice can be given
//! them whole.

use std::ops::Range;

use crate::text::{UTTERANCE_CHARS_MAX, UTTERANCE_CHARS_MAX_CJK};

/// Brackets and quotation marks of Chinese and Japanese.
const UNSPACED: &[(char, char)] =
    &[('「', '」'), ('『', '』'), ('《', '》'), ('〈', '〉'), ('（', '）'), ('【', '】'), ('“', '”')];

/// Quotation marks of the rest, but for the single ones, which are also apostrophes.
const SPACED: &[(char, char)] = &[('"', '"'), ('“', '”'), ('«', '»')];

/// The brackets of a text in Chinese or Japanese that are short enough to be said whole, in order.
pub(super) fn brackets(text: &str) -> Vec<Range<usize>> {
    collect(text, UNSPACED, false, |inside| inside.chars().count() <= UTTERANCE_CHARS_MAX_CJK)
}

/// Quotations in single curly marks that are short enough to be said whole, in order.
pub(super) fn single_quotes(text: &str) -> Vec<Range<usize>> {
    if text.contains('‘') { collect(text, &[], true, |inside| !is_long(inside)) } else { Vec::new() }
}

/// The quotations of a text that are short enough to be said whole, in order.
pub(super) fn quotes(text: &str) -> Vec<Range<usize>> {
    collect(text, SPACED, true, |inside| !is_long(inside))
}

/// All quotations of a text of at most `chars_max` characters, in order: of any language, also in
/// single curly marks.
pub(in crate::text) fn quotations(text: &str, chars_max: usize) -> Vec<Range<usize>> {
    let pairs: Vec<(char, char)> = SPACED.iter().chain(UNSPACED).chain(&[('„', '“')]).copied().collect();
    collect(text, &pairs, text.contains('‘'), |inside| inside.chars().count() < chars_max)
}

/// Whether a place is inside one of the ranges, which are in order.
pub(in crate::text) fn is_within(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).is_some_and(|range| range.start < at)
}

/// Whether a text is longer than an utterance may be.
pub(super) fn is_long(text: &str) -> bool {
    text.len() > UTTERANCE_CHARS_MAX && text.chars().count() > UTTERANCE_CHARS_MAX
}

fn collect(
    text: &str,
    pairs: &[(char, char)],
    single: bool,
    fits: impl Fn(&str) -> bool,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut last = ' ';
    for (at, c) in text.char_indices() {
        let after = &text[at + c.len_utf8()..];
        match open {
            None => {
                let closer = match c {
                    '‘' if single && !last.is_alphanumeric() => Some('’'),
                    '\'' if single && last.is_whitespace() => Some('\''),
                    c => pairs.iter().find(|(opener, _)| *opener == c).map(|(_, closer)| *closer),
                };
                open = closer.map(|closer| (at, closer));
            }
            Some((start, closer)) if c == closer => {
                let apostrophe = matches!(c, '’' | '\'') && after.starts_with(char::is_alphanumeric);
                if !apostrophe {
                    if fits(&text[start..at]) {
                        found.push(start..at);
                    }
                    open = None;
                }
            }
            Some(_) => {}
        }
        last = c;
    }
    found
}
