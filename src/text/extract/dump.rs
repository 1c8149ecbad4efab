//! Plain text → article. A text is either an article as somebody typed it, which is read whole, or
//! the dump of a page with its menus, advertisements and comments; then the article is the region
//! of neighbouring lines that together look most like prose (a maximum-sum segment over line
//! scores).

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::lines::{self, Junk};
use super::recover::key;
use super::{Found, fold_space};
use crate::article::{Block, BlockKind, count_words};

mod headline;

/// Lines of text that somebody wrapped by hand are at most this long, in characters.
const WRAPPED_CHARS_MAX: usize = 110;

/// Shortest line that somebody wrapped by hand, in characters.
const WRAPPED_CHARS_MIN: usize = 35;

/// Longest heading, in words.
const HEADING_WORDS_MAX: usize = 16;

/// A longer line proves no more than a paragraph of so many words: cookie notices and clouds of tags
/// are long too.
const PROSE_SCORE_MAX: f32 = 40.0;

/// How far above the text the author is named, in lines, when there is no headline.
const BYLINE_LINES_MAX: usize = 8;

/// Shortest list that a line with a colon introduces.
const LIST_ITEMS_MIN: usize = 2;

/// One line of the text and what it looks like.
struct Line {
    text: String,
    words: usize,
    junk: Option<Junk>,
    /// It stands in the text more than once, or is the text of a list's card.
    repeated: bool,
    prose: bool,
    score: f32,
}

impl Line {
    fn of(text: String, repeated: bool) -> Self {
        let words = count_words(&text);
        let junk = lines::junk(&text);
        let repeated = repeated || lines::is_teaser(&text);
        let ends = lines::ends_sentence(&text);
        let prose = junk.is_none()
            && !repeated
            && ((ends && words >= 6) || (words >= 25 && is_punctuated(&text, words)));
        let n = words as f32;
        let score = match junk {
            Some(Junk::Comments) => -60.0,
            Some(Junk::Related | Junk::Newsletter | Junk::Share) => -20.0,
            Some(Junk::Byline) => -8.0,
            Some(Junk::Advertisement) => -3.0,
            Some(_) => -6.0,
            None if repeated => -4.0,
            None if prose => n.min(PROSE_SCORE_MAX),
            None if ends && words >= 3 => 0.3 * n,
            None if words <= 14 => -3.0 - 0.2 * n,
            None => -0.5 * n,
        };
        Self { text, words, junk, repeated, prose, score }
    }
}

/// Whether a long line has the commas and stops of prose; a cloud of tags has none.
fn is_punctuated(line: &str, words: usize) -> bool {
    line.matches([',', '.', '!', '?', ';', ':', '、', '。', '，', '،', '؛']).count() * 25 >= words
}

/// Finds the article in plain text.
pub(super) fn find(text: &str) -> Found {
    let texts = paragraphs(text);
    let repeated = repeated(&texts);
    let lines: Vec<Line> =
        texts.into_iter().zip(repeated).map(|(text, repeated)| Line::of(text, repeated)).collect();
    of_lines(&lines)
}

/// Which lines stand in the text more than once: teasers, captions, headlines in menus. A text that
/// is there twice as a whole keeps its first copy.
fn repeated(texts: &[String]) -> Vec<bool> {
    const LETTERS_MIN: usize = 20;
    let mut counts: HashMap<String, usize> = HashMap::new();
    for text in texts {
        *counts.entry(key(text)).or_default() += 1;
    }
    let words = |wanted: bool| -> usize {
        texts.iter().filter(|text| (counts[&key(text)] > 1) == wanted).map(|text| count_words(text)).sum()
    };
    let twice_as_a_whole = words(true) > words(false);
    let mut seen = HashSet::new();
    let mut is_repeated = |text: &String| {
        let key = key(text);
        let again = counts[&key] > 1 && key.chars().count() >= LETTERS_MIN;
        again && !(twice_as_a_whole && seen.insert(key))
    };
    texts.iter().map(&mut is_repeated).collect()
}

fn of_lines(lines: &[Line]) -> Found {
    let mut found = Found::default();
    let typed = is_typed(lines);
    let region = if typed { 0..lines.len() } else { best_region(lines) };
    let title = headline::find(lines, &region, typed);
    let start = title.filter(|at| region.contains(at)).map_or(region.start, |at| at + 1);
    let byline_from = title.unwrap_or_else(|| start.saturating_sub(BYLINE_LINES_MAX));
    let mut listing = false;
    for (at, line) in lines.iter().enumerate().filter(|(at, _)| Some(*at) != title) {
        if found.byline.is_none()
            && line.junk == Some(Junk::Byline)
            && (byline_from..=start + 2).contains(&at)
        {
            found.byline = lines::author(&line.text);
        }
        let outside = if at < start { "navigation" } else { "after the article" };
        if let Some(junk) = line.junk {
            found.drop_text(junk.reason(), &line.text);
        } else if !(start..region.end).contains(&at) {
            found.drop_text(outside, &line.text);
        } else {
            listing = if line.prose { introduces_list(lines, at) } else { listing };
            match kind_within(lines, at, start..region.end, listing || typed) {
                Some(kind) => found.blocks.push(Block::new(kind, line.text.clone())),
                None => found.drop_text("stray line", &line.text),
            }
        }
    }
    found.title = title.map(|at| lines[at].text.clone());
    super::tail::trim(&mut found);
    headline::mark_dek(&mut found);
    found
}

/// Whether a line ends in a colon and short lines follow it.
fn introduces_list(lines: &[Line], at: usize) -> bool {
    let items = lines[at + 1..].iter().take_while(|line| !line.prose && line.junk.is_none()).count();
    lines[at].text.ends_with([':', '：']) && items >= LIST_ITEMS_MIN
}

/// Whether nothing but an article is here: no menus, no advertisements, mostly prose, or so little
/// of it that there is nothing to choose from.
fn is_typed(lines: &[Line]) -> bool {
    const FEW_LINES: usize = 3;
    const FEW_PROSE_WORDS: usize = 40;
    let total: usize = lines.iter().map(|line| line.words).sum();
    let prose: usize = lines.iter().filter(|line| line.prose).map(|line| line.words).sum();
    let short = lines.iter().filter(|line| !line.prose).count();
    let foreign = |line: &Line| {
        line.junk.is_some_and(|junk| !matches!(junk, Junk::Byline | Junk::Caption | Junk::Address))
    };
    if lines.iter().any(foreign) {
        return false;
    }
    let mostly_prose = prose * 10 >= total * 8 || short * 3 <= lines.len();
    lines.len() <= FEW_LINES || mostly_prose || prose < FEW_PROSE_WORDS
}

/// The neighbouring lines with the largest sum of scores (Kadane's algorithm).
fn best_region(lines: &[Line]) -> Range<usize> {
    let (mut best, mut best_sum) = (0..0, 0.0);
    let (mut start, mut sum) = (0, 0.0);
    for (at, line) in lines.iter().enumerate() {
        if sum <= 0.0 {
            (start, sum) = (at, 0.0);
        }
        sum += line.score;
        if sum > best_sum {
            (best, best_sum) = (start..at + 1, sum);
        }
    }
    best
}

/// What a line inside the region is; `None` for a stray one.
fn kind_within(lines: &[Line], at: usize, body: Range<usize>, listing: bool) -> Option<BlockKind> {
    let line = &lines[at];
    if line.words == 0 {
        return None;
    }
    if is_list_item(&line.text) {
        return Some(BlockKind::ListItem);
    }
    if line.score > 0.0 {
        return Some(BlockKind::Paragraph);
    }
    let readable = |line: &&Line| line.junk.is_none();
    let before = lines[body.start..at].iter().rev().find(readable);
    let after = lines[at + 1..body.end].iter().find(readable);
    let below_text = before.is_none_or(|line| line.score > 0.0);
    let above_prose = after.is_some_and(|line| line.prose);
    if below_text && above_prose && line.words <= HEADING_WORDS_MAX {
        return Some(BlockKind::Heading);
    }
    if listing {
        return Some(if lines.len() > 3 { BlockKind::ListItem } else { BlockKind::Paragraph });
    }
    let beside_text =
        before.is_some_and(|line| line.score > 0.0) || after.is_some_and(|line| line.score > 0.0);
    beside_text.then_some(BlockKind::Paragraph)
}

/// Whether a line starts with a bullet or a dash and a space.
fn is_list_item(line: &str) -> bool {
    line.strip_prefix(['•', '‣', '◦', '▪', '–', '*', '-']).is_some_and(|item| item.starts_with(' '))
}

/// The lines of the text, those that somebody wrapped by hand joined to paragraphs.
fn paragraphs(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut group: Vec<&str> = Vec::new();
    for line in text.lines().chain(std::iter::once("")) {
        let line = line.trim();
        if !line.is_empty() {
            group.push(line);
        } else if is_wrapped(&group) {
            out.push(fold_space(&group.join(" ")));
            group.clear();
        } else {
            out.extend(group.drain(..).map(fold_space));
        }
    }
    out.retain(|line| !line.is_empty());
    out
}

/// Whether lines between two empty ones are one paragraph: all but the last nearly as long as a
/// page is wide, and sentences running on from line to line.
fn is_wrapped(group: &[&str]) -> bool {
    let Some((last, rest)) = group.split_last() else {
        return false;
    };
    if rest.is_empty() || last.chars().count() > WRAPPED_CHARS_MAX {
        return false;
    }
    let fits = |line: &&str| (WRAPPED_CHARS_MIN..=WRAPPED_CHARS_MAX).contains(&line.chars().count());
    let runs_on = rest.iter().filter(|line| !lines::ends_sentence(line)).count();
    let starts_small =
        group[1..].iter().filter(|line| line.chars().next().is_some_and(char::is_lowercase)).count();
    rest.iter().all(fits) && runs_on * 2 > rest.len() && starts_small * 2 >= rest.len()
}
