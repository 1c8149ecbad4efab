//! Text → units: what line breaks separate. A sentence never goes over the end of a unit.

/// A line shorter than this, in characters, was not ended by the width of a page.
const WRAPPED_CHARS_MIN: usize = 45;

/// Words of a line that may be the head of a sentence broken without a space before the break.
const WRAPPED_WORDS_MIN: usize = 3;

/// The units of a text, in order.
pub(super) fn units(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut line_start = 0;
    for (at, _) in text.match_indices('\n') {
        let line = &text[line_start..at];
        let next = text[at + 1..].split('\n').next().unwrap_or("");
        if !continues(line, next) {
            found.push(&text[start..=at]);
            start = at + 1;
        }
        line_start = at + 1;
    }
    found.push(&text[start..]);
    found
}

/// Whether a sentence may go on from one line to the next.
fn continues(line: &str, next: &str) -> bool {
    let body = line.trim();
    let Some(head) = next.trim_start().chars().next() else { return false };
    if body.is_empty() {
        return false;
    }
    if starts_item(next.trim_start()) {
        return false;
    }
    let stopped = body.ends_with(['.', '!', '?', ':', ';', '"', '”', ')', '。', '！', '？']);
    let wrapped = body.chars().count() >= WRAPPED_CHARS_MIN;
    let spaced = line.trim_end_matches('\r').ends_with(' ');
    if head.is_lowercase() {
        return spaced || wrapped || body.split_whitespace().count() >= WRAPPED_WORDS_MIN;
    }
    wrapped && !stopped && (spaced || !next.starts_with(char::is_whitespace))
}

/// Whether a line starts with a list marker: `•`, `-`, `3.`, `b)`, `(iv)`.
fn starts_item(line: &str) -> bool {
    let mut chars = line.chars();
    match chars.next() {
        Some('•' | '▪' | '◦' | '‣' | '⁃' | '*' | '–' | '-') => true,
        Some('(') => line[1..].find(')').is_some_and(|at| (1..=4).contains(&at) && is_label(&line[1..=at])),
        Some(_) => line.find(['.', ')']).is_some_and(|at| at <= 4 && is_label(&line[..at])),
        None => false,
    }
}

/// A number, one letter, or a small Roman number.
fn is_label(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let letter = text.len() == 1 && text.bytes().all(|b| b.is_ascii_alphabetic());
    let roman = !text.is_empty() && text.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'));
    digits || letter || roman
}
