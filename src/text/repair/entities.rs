//! HTML entities that are still in the text because somebody escaped it twice.

use super::{is_unwanted, windows_1252};

/// Longest entity looked at, `&` and `;` included.
const ENTITY_BYTES_MAX: usize = 10;

/// The named entities that double escaping leaves in prose: markup and punctuation.
const NAMED: [(&str, &str); 16] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{A0}"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("hellip", "…"),
    ("shy", ""),
];

/// Entities that are told; the rest are more of the same.
const TOLD_MAX: usize = 10;

/// The text with such entities read, and the first of them; `None` when there are none.
pub(super) fn decode_left_over(text: &str) -> Option<(String, Vec<&str>)> {
    let mut out: Option<String> = None;
    let mut read = Vec::new();
    let mut copied = 0;
    for (start, _) in text.match_indices('&') {
        if start < copied {
            continue;
        }
        let Some((end, sound)) = entity(text, start) else {
            continue;
        };
        let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
        out.push_str(&text[copied..start]);
        out.push_str(&sound);
        copied = end;
        if read.len() < TOLD_MAX {
            read.push(&text[start..end]);
        }
    }
    let mut out = out?;
    out.push_str(&text[copied..]);
    Some((out, read))
}

/// What a character's number says: nothing for one that no text holds.
fn character(c: char) -> String {
    match c {
        '\r' => "\n".to_owned(),
        '\u{80}'..='\u{9F}' => windows_1252(c).map_or_else(String::new, String::from),
        c if is_unwanted(c) => String::new(),
        c => c.to_string(),
    }
}

/// The entity that starts at `start`: where it ends and what it says.
fn entity(text: &str, start: usize) -> Option<(usize, String)> {
    let semicolon = text.as_bytes()[start..].iter().take(ENTITY_BYTES_MAX).position(|b| *b == b';')?;
    let end = start + semicolon + 1;
    let name = text.get(start + 1..end - 1)?;
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return Some((end, character(char::from_u32(code)?)));
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, sound)| (end, (*sound).to_owned()))
}
