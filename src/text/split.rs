//! Text → sentences. Nothing is lost or changed: the sentences, with the white space between them,
//! are the text.

use icu_segmenter::SentenceSegmenter;
use icu_segmenter::options::SentenceBreakInvariantOptions;

use crate::article::Lang;

/// Longest piece of a line that a segmenter is given at once, in bytes: their cost grows faster than
/// the text on hostile input (thousands of open quotes or brackets).
const PIECE_BYTES_MAX: usize = 8 * 1024;

/// The sentences of a text, without the white space around them. Joined with the white space that
/// stands between them in `text` they are the text; a text of white space has none.
///
/// A line break that ends a line of prose in mid-sentence does not end the sentence; a blank line
/// always does. A language it does not know is split by the rules of Unicode (UAX #29).
#[must_use]
pub fn sentences<'a>(text: &'a str, lang: &Lang) -> Vec<&'a str> {
    let mut ends = Vec::new();
    for piece in pieces(text) {
        let offset = piece.as_ptr() as usize - text.as_ptr() as usize;
        base_ends(piece, lang, |end| ends.push(offset + end));
    }
    cut(text, &ends)
}

/// The text between the ends, trimmed, without empty ones.
fn cut<'a>(text: &'a str, ends: &[usize]) -> Vec<&'a str> {
    let mut found = Vec::with_capacity(ends.len());
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
    found
}

/// Pieces of at most [`PIECE_BYTES_MAX`] bytes, cut after white space where there is some.
fn pieces(text: &str) -> Vec<&str> {
    let mut rest = text;
    let mut found = Vec::new();
    while rest.len() > PIECE_BYTES_MAX {
        let window = &rest[..rest.floor_char_boundary(PIECE_BYTES_MAX)];
        let end = window.rfind(['.', '!', '?', '\n']).filter(|&at| at > PIECE_BYTES_MAX / 2).map_or_else(
            || window.rfind(char::is_whitespace).filter(|&at| at > 0).unwrap_or(window.len()),
            |at| at + 1,
        );
        let (piece, tail) = rest.split_at(end);
        found.push(piece);
        rest = tail;
    }
    found.push(rest);
    found
}

/// Where the segmenter that measured best for the language ends its sentences.
fn base_ends(piece: &str, lang: &Lang, mut end_at: impl FnMut(usize)) {
    match lang.primary() {
        "es" | "pt" | "ru" | "zh" | "ja" | "de" | "fr" | "nl" => {
            let segmenter = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
            segmenter.segment_str(piece).skip(1).for_each(&mut end_at);
        }
        primary => {
            let mut at = 0;
            for sentence in sentencex::segment(primary, piece) {
                at += sentence.len();
                end_at(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> Vec<&str> {
        sentences(text, &Lang::english())
    }

    #[test]
    fn plain_sentences_are_split() {
        assert_eq!(english("He left. She stayed."), ["He left.", "She stayed."]);
        assert_eq!(english("  "), [""; 0]);
    }
}
