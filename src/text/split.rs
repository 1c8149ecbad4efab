//! Text → sentences. Nothing is lost or changed: the sentences, with the white space between them,
//! are the text.
//!
//! A segmenter that measured best for the language proposes where sentences end; the rules of this
//! module, which look at a few words around each place, take proposals away (`joins`) and add some
//! (`cuts`).

use icu_segmenter::SentenceSegmenter;
use icu_segmenter::options::SentenceBreakInvariantOptions;
use sentencex::languages::Language;

use crate::article::Lang;

mod cuts;
mod joins;
mod lines;
mod lists;
mod marks;
mod quick;
pub(super) mod spans;

/// Longest piece of a line that a segmenter is given at once, in bytes: their cost grows faster than
/// the text on hostile input (thousands of open quotes or brackets).
const PIECE_BYTES_MAX: usize = 8 * 1024;

/// Longest run without white space or a full stop that a segmenter is given at once, in bytes.
const WORD_BYTES_MAX: usize = 1024;

/// The sentences of a text, without the white space around them. Joined with the white space that
/// stands between them in `text` they are the text; a text of white space has none.
///
/// A line break that ends a line of prose in mid-sentence does not end the sentence; a blank line
/// always does. A language it does not know is split by the rules for English.
#[must_use]
pub fn sentences<'a>(text: &'a str, lang: &Lang) -> Vec<&'a str> {
    let splitter = Splitter::new(lang);
    let mut found = Vec::with_capacity(text.len() / 100 + 1);
    for unit in lines::units(text) {
        for piece in pieces(unit) {
            cut(piece, &splitter.ends(piece), &mut found);
        }
    }
    found
}

/// What the rules need to know of a language.
struct Splitter {
    english: bool,
    /// Written without spaces between words.
    unspaced: bool,
    /// Sentences end where ICU ends them and the abbreviations of `language` do not forbid it.
    by_unicode: bool,
    /// A semicolon before a capital ends a sentence.
    by_semicolon: bool,
    /// Ordinal numbers are written with a full stop.
    dotted_ordinals: bool,
    language: Box<dyn Language>,
}

impl Splitter {
    fn new(lang: &Lang) -> Self {
        let code = lang.primary();
        let unspaced = matches!(code, "zh" | "ja" | "yue" | "cmn");
        Self {
            english: code == "en",
            unspaced,
            by_unicode: unspaced || matches!(code, "es" | "pt" | "ru" | "de" | "fr" | "nl"),
            by_semicolon: matches!(code, "es" | "fr" | "pt" | "it" | "ca"),
            dotted_ordinals: matches!(
                code,
                "de" | "da" | "no" | "nb" | "nn" | "fi" | "cs" | "sk" | "hu" | "pl"
            ),
            language: quick::language(code),
        }
    }

    /// Where the sentences of a piece of one line end, in order.
    fn ends(&self, piece: &str) -> Vec<usize> {
        let mut ends = self.proposed(piece);
        ends.extend(cuts::extra(self, piece, &ends));
        ends.sort_unstable();
        let lists = lists::items(piece);
        let whole = if self.unspaced {
            spans::brackets(piece)
        } else if self.english {
            spans::single_quotes(piece)
        } else {
            Vec::new()
        };
        let mut kept: Vec<usize> = ends
            .into_iter()
            .map(|end| marks::after_closers(piece, end))
            .filter(|&end| !lists::is_marker(&lists, end))
            .filter(|&end| !spans::is_within(&whole, end) && !joins::joins(self, piece, end))
            .chain(lists.iter().map(|item| item.marker.start))
            .collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    }

    fn proposed(&self, piece: &str) -> Vec<usize> {
        if self.by_unicode {
            let segmenter = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
            return segmenter
                .segment_str(piece)
                .skip(1)
                .map(|end| before_openers(piece, end, self.unspaced))
                .filter(|&end| !joins::is_abbreviated(self, piece, end))
                .collect();
        }
        let mut at = 0;
        let length = |sentence: &str| {
            at += sentence.len();
            at
        };
        self.language.segment(piece).into_iter().map(length).collect()
    }
}

/// The end moved back over opening marks, which Unicode counts to the sentence before them: in
/// Chinese and Japanese the brackets that only open, elsewhere quotation marks that stand before a
/// word.
fn before_openers(text: &str, end: usize, unspaced: bool) -> usize {
    let head = &text[..end];
    if unspaced {
        return if end < text.len() {
            head.trim_end_matches(['「', '『', '“', '（', '《', '【']).len()
        } else {
            end
        };
    }
    let moved = head.trim_end_matches(['"', '“', '„', '»', '«', '‘', '(', '[']);
    let opens = text[end..].starts_with(char::is_alphanumeric) && moved.ends_with(char::is_whitespace);
    if opens { moved.len() } else { end }
}

/// The text between the ends, trimmed, without empty ones.
fn cut<'a>(text: &'a str, ends: &[usize], found: &mut Vec<&'a str>) {
    let mut start = 0;
    for &end in ends.iter().chain(std::iter::once(&text.len())) {
        if let Some(sentence) = text.get(start..end) {
            let sentence = sentence.trim();
            if !sentence.is_empty() {
                found.push(sentence);
            }
            start = end;
        }
    }
}

/// Pieces of at most [`PIECE_BYTES_MAX`] bytes, cut after a sentence or at white space where there
/// is some.
fn pieces(text: &str) -> Vec<&str> {
    let mut rest = text;
    let mut found = Vec::new();
    while rest.len() > PIECE_BYTES_MAX {
        let window = &rest[..rest.floor_char_boundary(PIECE_BYTES_MAX)];
        let half = window.floor_char_boundary(PIECE_BYTES_MAX / 2);
        let ends = [". ", "! ", "? ", "。", "！", "？"];
        let stop =
            ends.iter().filter_map(|end| window[half..].rfind(end).map(|at| half + at + end.len())).max();
        let space = || window[half..].rfind(char::is_whitespace).map(|at| half + at);
        let solid = || window.floor_char_boundary(WORD_BYTES_MAX);
        let (piece, tail) = rest.split_at(stop.or_else(space).unwrap_or_else(solid));
        found.push(piece);
        rest = tail;
    }
    found.push(rest);
    found
}

#[cfg(test)]
mod tests;
