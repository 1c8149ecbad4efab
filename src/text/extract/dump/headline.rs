//! The headline above a dump's text, and the standfirst under it.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Line;
use crate::article::{BlockKind, count_words};
use crate::text::extract::Found;
use crate::text::extract::lines::{self, Junk};

/// A headline's length in words.
const TITLE_WORDS: Range<usize> = 3..29;

/// How far above the text a headline is looked for, in lines.
const TITLE_LINES_MAX: usize = 30;

/// Lines of the text that a headline is compared with.
const TEXT_LINES: usize = 12;

/// Least score of a headline; see [`score`].
const SCORE_MIN: f32 = 1.6;

/// The line that is the headline of the text in `region`.
pub(super) fn find(lines: &[Line], region: &Range<usize>, typed: bool) -> Option<usize> {
    let first_prose = lines[region.clone()].iter().position(|line| line.prose)? + region.start;
    if typed {
        // Nothing but the article is here, so its headline is the first line or there is none.
        let first = &lines[0];
        let fits = first.words > 0 && first.words < TITLE_WORDS.end && first.junk.is_none();
        return (first_prose > 0 && fits && !first.text.ends_with(['.', ':'])).then_some(0);
    }
    let text = lines[first_prose..region.end].iter().filter(|line| line.prose).take(TEXT_LINES);
    let told: BTreeSet<String> = text.flat_map(|line| long_words(&line.text)).collect();
    let mut best = (None, SCORE_MIN);
    for at in first_prose.saturating_sub(TITLE_LINES_MAX)..first_prose {
        if let Some(score) = score(lines, at, first_prose, &told)
            && score >= best.1
        {
            best = (Some(at), score);
        }
    }
    best.0
}

/// How much a line looks like the headline: it says what the text says, stands near it and above the
/// byline, and pages repeat it in their head.
fn score(lines: &[Line], at: usize, first_prose: usize, told: &BTreeSet<String>) -> Option<f32> {
    let line = &lines[at];
    if line.junk.is_some()
        || !TITLE_WORDS.contains(&line.words)
        || line.text.ends_with(['.', ':', '…'])
        || lines::has_date(&line.text)
    {
        return None;
    }
    let words = long_words(&line.text);
    let shared = words.iter().filter(|word| told.contains(*word)).count();
    let share = if words.is_empty() { 0.0 } else { shared as f32 / words.len() as f32 };
    let above_byline = lines[at + 1..].iter().take(4).any(|line| line.junk == Some(Junk::Byline));
    let mut score = 3.0 * share - 0.04 * (first_prose - at) as f32;
    for (holds, weight) in
        [(shared >= 3, 0.5), (line.repeated, 0.7), ((5..20).contains(&line.words), 0.7), (above_byline, 0.7)]
    {
        score += if holds { weight } else { 0.0 };
    }
    Some(score)
}

/// Words that say what a text is about, shortened so that `partner` and `partnership` are one; of
/// scripts without spaces, pairs of characters.
fn long_words(text: &str) -> BTreeSet<String> {
    const STEM_CHARS: usize = 5;
    let mut out = BTreeSet::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let chars: Vec<char> = word.to_lowercase().chars().collect();
        if word.chars().all(char::is_alphabetic) && count_words(word) > 1 {
            out.extend(chars.windows(2).map(String::from_iter));
        } else if chars.len() >= 4 {
            out.insert(chars.iter().take(STEM_CHARS).collect());
        }
    }
    out
}

fn shared_words(a: &str, b: &str) -> usize {
    long_words(a).intersection(&long_words(b)).count()
}

/// Marks the first paragraph as the standfirst when it is one sentence that restates the headline
/// and stands before longer paragraphs.
pub(in crate::text::extract) fn mark_dek(found: &mut Found) {
    const DEK_WORDS_MAX: usize = 45;
    const BODY_BLOCKS_MIN: usize = 4;
    let Some(title) = &found.title else { return };
    if found.blocks.len() < BODY_BLOCKS_MIN || found.blocks[0].kind != BlockKind::Paragraph {
        return;
    }
    let first = &found.blocks[0].text;
    let words = count_words(first);
    let body = found.blocks[1..].iter().filter(|block| block.kind == BlockKind::Paragraph);
    let lengths: Vec<usize> = body.map(|block| count_words(&block.text)).collect();
    let longer = lengths.iter().sum::<usize>() * 2 >= words * lengths.len() * 3;
    let sentences = first.matches(['.', '!', '?', '。']).count();
    if words <= DEK_WORDS_MAX && sentences <= 1 && longer && shared_words(title, first) >= 2 {
        found.blocks[0].kind = BlockKind::Dek;
    }
}
