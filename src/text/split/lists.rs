//! Lists inside a line: `1. The first item 2. The second item`, `a) one b) two`, `• one • two`.

use std::ops::Range;

/// Most items of one line that are told apart.
const ITEMS_MAX: usize = 1000;

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its marker, with the white space after it.
    pub(super) marker: Range<usize>,
}

/// A marker as it may stand in a text: its label as a number, and its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Marker {
    start: usize,
    end: usize,
    label: Label,
    /// How the label is closed: `.`, `)`, or `(…)` as `(`.
    form: char,
    /// It stands where a sentence may start.
    heads: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Number(u32),
    Letter(u8),
    Bullet(char),
}

/// The items of the lists of a line, in order. A marker counts when it heads a sentence or follows
/// its predecessor (`2.` after `1.`, `b)` after `a)`) in the same form.
pub(super) fn items(text: &str) -> Vec<Item> {
    let found = markers(text);
    let mut items = Vec::new();
    let mut last: Option<Marker> = None;
    for (at, marker) in found.iter().enumerate() {
        let follows = last.is_some_and(|before| precedes(before, *marker));
        let leads = found.get(at + 1).is_some_and(|next| precedes(*marker, *next));
        let alone = marker.start == 0 || marker.form == ')' && marker.label == Label::Number(1);
        if follows || (marker.heads && (leads || alone)) {
            items.push(Item { marker: marker.start..marker.end });
            last = Some(*marker);
        }
        if items.len() == ITEMS_MAX {
            break;
        }
    }
    items
}

/// Whether a place is inside or at the end of a marker.
pub(super) fn is_marker(items: &[Item], at: usize) -> bool {
    let next = items.partition_point(|item| item.marker.end < at);
    items.get(next).is_some_and(|item| item.marker.start < at)
}

fn precedes(before: Marker, next: Marker) -> bool {
    let counts = match (before.label, next.label) {
        (Label::Number(a), Label::Number(b)) => a.checked_add(1) == Some(b),
        (Label::Letter(a), Label::Letter(b)) => a.checked_add(1) == Some(b),
        (Label::Bullet(a), Label::Bullet(b)) => a == b,
        _ => false,
    };
    counts && before.form == next.form
}

/// Everything that looks like a marker.
fn markers(text: &str) -> Vec<Marker> {
    let mut found = Vec::new();
    let mut heads = true;
    let mut at_word = true;
    for (start, c) in text.char_indices() {
        if c.is_whitespace() {
            at_word = true;
            continue;
        }
        if at_word && let Some((length, label, form)) = marker(&text[start..]) {
            let tail = &text[start + length..];
            let end = start + length + (tail.len() - tail.trim_start().len());
            let lower = tail.trim_start().starts_with(char::is_lowercase);
            if end < text.len() && (heads || !lower || form != '.' || matches!(label, Label::Letter(_))) {
                found.push(Marker { start, end, label, form, heads });
            }
        }
        at_word = false;
        heads = matches!(c, '.' | '!' | '?' | ':' | ';' | '…') || (heads && matches!(c, '"' | '”' | ')'));
    }
    found
}

/// The marker a text starts with: its length in bytes, its label and its form.
fn marker(text: &str) -> Option<(usize, Label, char)> {
    let first = text.chars().next()?;
    if matches!(first, '•' | '▪' | '◦' | '‣' | '⁃') {
        return Some((numbered(text, first.len_utf8()), Label::Bullet(first), first));
    }
    let (open, body) = text.strip_prefix('(').map_or((0, text), |body| (1, body));
    let length = body.find(|c: char| !c.is_ascii_alphanumeric()).filter(|n| (1..=3).contains(n))?;
    let label = label(&body[..length])?;
    let rest = &body[length..];
    let (close, form) = match rest.as_bytes() {
        [b')', ..] if open == 1 => (1, '('),
        _ if open == 1 => return None,
        [b'.', b')', ..] => (2, ')'),
        [b')', ..] => (1, ')'),
        [b'.', ..] => (1, '.'),
        _ => return None,
    };
    let after = rest[close..].chars().next()?;
    after.is_whitespace().then_some((open + length + close, label, form))
}

/// The length of a bullet with the number that may follow it: `⁃10.`
fn numbered(text: &str, bullet: usize) -> usize {
    let number = text[bullet..].trim_start();
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let dotted = (1..=3).contains(&digits) && number[digits..].starts_with('.');
    if dotted { text.len() - number.len() + digits + 1 } else { bullet }
}

fn label(text: &str) -> Option<Label> {
    if let Ok(number) = text.parse::<u32>() {
        return (number < 100).then_some(Label::Number(number));
    }
    if let [letter] = text.as_bytes() {
        return Some(Label::Letter(*letter));
    }
    let roman = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
    roman.iter().position(|r| *r == text).and_then(|n| u32::try_from(n + 1).ok()).map(Label::Number)
}
