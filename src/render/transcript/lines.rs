//! Text as lines of bounded length, cut where Unicode allows a line to end (UAX #14).

use std::ops::Range;

use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};
use unicode_segmentation::UnicodeSegmentation as _;

static SEGMENTER: LineSegmenterBorrowed<'static> =
    LineSegmenter::new_for_non_complex_scripts(icu_segmenter::options::LineBreakOptions::default());

/// The pieces of a text that stay whole, each with the white space behind it; one of over `most`
/// characters is cut between what a reader sees as characters.
pub(super) fn pieces(text: &str, most: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for end in SEGMENTER.segment_str(text).filter(|end| *end > 0) {
        let (mut from, mut chars) = (start, 0);
        for (at, grapheme) in text[start..end].grapheme_indices(true) {
            let len = grapheme.chars().count();
            if chars > 0 && chars + len > most && !grapheme.trim().is_empty() {
                pieces.push(from..start + at);
                (from, chars) = (start + at, 0);
            }
            chars += len;
        }
        if from < end {
            pieces.push(from..end);
        }
        start = end;
    }
    pieces
}

/// Characters that a run of pieces takes on a line: without white space at its end.
pub(super) fn width(text: &str, run: &[Range<usize>]) -> usize {
    span(run).map_or(0, |span| text[span].trim().chars().count())
}

/// Bytes that a run of pieces covers.
pub(super) fn span(run: &[Range<usize>]) -> Option<Range<usize>> {
    Some(run.first()?.start..run.last()?.end)
}

/// Fills lines of at most `most` characters with pieces, as many as fit on each: the pieces of each
/// line.
pub(super) fn fill<'a>(text: &str, pieces: &'a [Range<usize>], most: usize) -> Vec<&'a [Range<usize>]> {
    let mut lines = Vec::new();
    let mut rest = pieces;
    while !rest.is_empty() {
        let fits = (1..=rest.len()).take_while(|count| width(text, &rest[..*count]) <= most).last();
        let (line, later) = rest.split_at(fits.unwrap_or(1));
        lines.push(line);
        rest = later;
    }
    lines
}

/// The bytes of a text's lines of at most `most` characters.
pub(super) fn wrap(text: &str, most: usize) -> Vec<Range<usize>> {
    let pieces = pieces(text, most);
    fill(text, &pieces, most).into_iter().filter_map(span).collect()
}

/// A stretch of a text as one line: white space folded, none at its ends, no control characters.
pub(super) fn flat(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).collect()
}
