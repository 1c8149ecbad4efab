//! Plain text → article. A text is either an article as somebody typed it, which is read whole, or
//! the dump of a page with its menus, advertisements and comments; then the article is the region
//! of neighbouring lines that together look most like prose (a maximum-sum segment over line
//! scores).

use super::lines::{self, Junk};
use super::{Found, fold_space};
use crate::article::{Block, BlockKind, count_words};

/// Lines of text that somebody wrapped by hand are at most this long, in characters.
const WRAPPED_CHARS_MAX: usize = 110;

/// Shortest line that somebody wrapped by hand, in characters.
const WRAPPED_CHARS_MIN: usize = 35;

/// Longest heading, in words.
const HEADING_WORDS_MAX: usize = 16;

/// A headline's length in words.
const TITLE_WORDS: std::ops::RangeInclusive<usize> = 3..=28;

/// How far above the region a headline is looked for, in lines.
const TITLE_LINES_MAX: usize = 25;

/// One line of the text and what it looks like.
struct Line {
    text: String,
    words: usize,
    junk: Option<Junk>,
    prose: bool,
    score: f32,
}

impl Line {
    fn of(text: String) -> Self {
        let words = count_words(&text);
        let junk = lines::junk(&text);
        let ends = lines::ends_sentence(&text);
        let prose = junk.is_none() && ((ends && words >= 6) || words >= 25);
        let n = words as f32;
        let score = match junk {
            Some(Junk::Advertisement) => -3.0,
            Some(Junk::Comments) => -60.0,
            Some(Junk::Byline) => -8.0,
            Some(Junk::Related | Junk::Newsletter | Junk::Share) => -15.0,
            Some(_) => -6.0,
            None if prose => n,
            None if ends && words >= 3 => 0.3 * n,
            None if words <= 14 => -2.5 - 0.2 * n,
            None => -0.5 * n,
        };
        Self { text, words, junk, prose, score }
    }
}

/// Finds the article in plain text.
pub(super) fn find(text: &str) -> Found {
    let lines: Vec<Line> = paragraphs(text).into_iter().map(Line::of).collect();
    of_lines(lines)
}

fn of_lines(lines: Vec<Line>) -> Found {
    let mut found = Found::default();
    let region = if is_typed(&lines) { 0..lines.len() } else { best_region(&lines) };
    let title = title_line(&lines, &region);
    let start = title.filter(|at| region.contains(at)).map_or(region.start, |at| at + 1);
    for (at, line) in lines.iter().enumerate() {
        if Some(at) == title {
            continue;
        }
        if line.junk == Some(Junk::Byline) && found.byline.is_none() && at < region.end {
            found.byline = lines::author(&line.text);
        }
        if !(start..region.end).contains(&at) {
            let reason = line
                .junk
                .map_or(if at < region.start { "navigation" } else { "after the article" }, Junk::reason);
            found.drop_text(reason, &line.text);
        } else if let Some(junk) = line.junk {
            found.drop_text(junk.reason(), &line.text);
        } else if let Some(kind) = kind_within(&lines, at, start..region.end) {
            found.blocks.push(Block::new(kind, line.text.clone()));
        } else {
            found.drop_text("stray line", &line.text);
        }
    }
    found.title = title.map(|at| lines[at].text.clone());
    mark_dek(&mut found);
    found
}

/// Whether nothing but an article is here: no menus, no advertisements, mostly prose.
fn is_typed(lines: &[Line]) -> bool {
    let total: usize = lines.iter().map(|line| line.words).sum();
    let prose: usize = lines.iter().filter(|line| line.prose).map(|line| line.words).sum();
    let short = lines.iter().filter(|line| !line.prose).count();
    let junk = lines.iter().any(|line| line.junk.is_some());
    lines.len() <= 3 || (!junk && (prose * 10 >= total * 8 || short * 3 <= lines.len()))
}

/// The neighbouring lines with the largest sum of scores (Kadane's algorithm).
fn best_region(lines: &[Line]) -> std::ops::Range<usize> {
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

/// The headline: the last line above the first prose that is long enough and no sentence.
fn title_line(lines: &[Line], region: &std::ops::Range<usize>) -> Option<usize> {
    let first_prose = lines[region.clone()].iter().position(|line| line.prose)? + region.start;
    let from = first_prose.saturating_sub(TITLE_LINES_MAX);
    let fits = |at: &usize| {
        let line = &lines[*at];
        line.junk.is_none()
            && TITLE_WORDS.contains(&line.words)
            && !line.prose
            && !line.text.ends_with(['.', ':'])
    };
    let above = (from..first_prose).rev();
    // The byline stands under the headline, so what is above one is a better guess than what is below.
    let byline = (from..first_prose).rev().find(|at| lines[*at].junk == Some(Junk::Byline));
    byline.and_then(|byline| (from..byline).rev().take(4).find(fits)).or_else(|| above.take(8).find(fits))
}

/// What a line inside the region is; `None` for a stray one.
fn kind_within(lines: &[Line], at: usize, body: std::ops::Range<usize>) -> Option<BlockKind> {
    let line = &lines[at];
    if let Some(item) = line.text.strip_prefix(['•', '‣', '◦', '▪', '–', '*', '-'])
        && item.starts_with(' ')
        && line.words > 0
    {
        return Some(BlockKind::ListItem);
    }
    if line.score > 0.0 || line.words == 0 {
        return (line.words > 0).then_some(BlockKind::Paragraph);
    }
    let readable = |line: &&Line| line.junk.is_none();
    let before = lines[body.start..at].iter().rev().find(readable);
    let after = lines[at + 1..body.end].iter().find(readable);
    let after_is_prose = after.is_some_and(|line| line.prose);
    let before_fits = before.is_none_or(|line| line.score > 0.0);
    if after_is_prose && before_fits && line.words <= HEADING_WORDS_MAX {
        return Some(BlockKind::Heading);
    }
    let listed = before.is_some_and(|line| line.score > 0.0) || after.is_some_and(|line| line.score > 0.0);
    (listed || body.len() <= 3).then_some(BlockKind::Paragraph)
}

/// Marks the first paragraph as the standfirst when it is one sentence that restates the headline
/// and stands before longer paragraphs.
pub(super) fn mark_dek(found: &mut Found) {
    const DEK_WORDS_MAX: usize = 45;
    const BODY_BLOCKS_MIN: usize = 4;
    let Some(title) = &found.title else { return };
    if found.blocks.len() < BODY_BLOCKS_MIN || found.blocks[0].kind != BlockKind::Paragraph {
        return;
    }
    let first = &found.blocks[0].text;
    let words = count_words(first);
    let body = &found.blocks[1..];
    let body_words: usize =
        body.iter().filter(|b| b.kind == BlockKind::Paragraph).map(|b| count_words(&b.text)).sum();
    let sentences = first.matches(['.', '!', '?', '。']).count();
    if words <= DEK_WORDS_MAX
        && sentences <= 1
        && body_words >= words * body.len() * 3 / 2
        && shared_words(title, first) >= 2
    {
        found.blocks[0].kind = BlockKind::Dek;
    }
}

/// Words of five letters or more that both texts hold, in any case.
fn shared_words(a: &str, b: &str) -> usize {
    let long = |text: &str| -> std::collections::BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| word.chars().count() >= 5).map(str::to_lowercase).collect()
    };
    long(a).intersection(&long(b)).count()
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
