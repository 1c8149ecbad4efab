//! What stands around the end of a sentence: closing marks, emoticons, runs of signs.

/// Faces that belong to the sentence before them.
const FACES: &[&str] = &[
    ":-)", ":-(", ":-D", ":-P", ":-/", ";-)", ":)", ":(", ":D", ":P", ";)", ":/", "=)", "=(", "^^", "<3",
    ":'(", "xD",
];

/// How much of a text is looked at around a place, in bytes: a longer word is no word.
const WORD_BYTES_MAX: usize = 256;

/// Signs that draw a line between texts when they repeat.
const RULERS: &[char] = &['*', '=', '_', '-', '~', '#', '—'];

/// Repeats that make a line of signs.
const RULER_CHARS_MIN: usize = 4;

/// The end moved over a closing quotation mark or a face that was left to the next sentence, and
/// over the white space after it.
pub(super) fn after_closers(text: &str, end: usize) -> usize {
    let Some(rest) = text.get(end..) else { return end };
    let solid = rest.trim_start();
    let gap = rest.len() - solid.len();
    let moved = if let Some(face) = face(solid) {
        gap + face
    } else if let Some(c) = closer(solid) {
        gap + c.len_utf8()
    } else if solid.starts_with('"') && closes(text, end + gap) {
        gap + 1
    } else {
        return end;
    };
    let tail = &rest[moved..];
    end + moved + (tail.len() - tail.trim_start().len())
}

/// The closing mark that a text starts with: one that no word follows (in German » opens).
fn closer(text: &str) -> Option<char> {
    let c = text.chars().next().filter(|c| matches!(c, '”' | '»' | '’' | '」' | '』' | ')'))?;
    let spaced = matches!(c, '”' | '»' | '’' | ')');
    let word = text[c.len_utf8()..].starts_with(char::is_alphanumeric);
    (!spaced || !word).then_some(c)
}

/// Whether the straight quotation mark at a place closes: an odd number of them stands before it,
/// and white space or nothing after it.
fn closes(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    // A mark between two letters is part of a word (Hebrew abbreviations).
    let is_letter = |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
    let is_mark = |i: &usize| bytes[*i] == b'"' && !(*i > 0 && is_letter(i - 1) && is_letter(i + 1));
    let open = (0..at).filter(is_mark).count() % 2 == 1;
    open && text[at + 1..].chars().next().is_none_or(char::is_whitespace)
}

/// The length of the face that a text starts with, when it stands alone.
pub(super) fn face(text: &str) -> Option<usize> {
    // Nearly all words end here; each comparison with a face is a call.
    if !text.starts_with([':', ';', '=', '^', '<', 'x']) {
        return None;
    }
    FACES.iter().find_map(|face| {
        let rest = text.strip_prefix(face)?;
        rest.chars().next().is_none_or(|c| c.is_whitespace()).then_some(face.len())
    })
}

/// The length of the line of signs (`*****`) that a text starts with.
pub(super) fn ruler(text: &str) -> Option<usize> {
    let first = text.chars().next().filter(|c| RULERS.contains(c))?;
    let end = text.find(|c| c != first).unwrap_or(text.len());
    let alone = text[end..].chars().next().is_none_or(char::is_whitespace);
    (alone && end / first.len_utf8() >= RULER_CHARS_MIN).then_some(end)
}

/// Whether a word is an address on the web.
pub(super) fn is_address(word: &str) -> bool {
    word.contains("://") || word.contains("www.") || word.contains('@')
}

/// The word that ends at or spans a place, without white space; of a longer one the part around it.
pub(super) fn word_around(text: &str, at: usize) -> &str {
    let (head, tail) = around(text, at);
    let start = head.rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let start = head.ceil_char_boundary(start);
    let end = tail.find(char::is_whitespace).unwrap_or(tail.len());
    let first = at - (head.len() - start);
    &text[first..at + end]
}

/// The last word before a place and the first one after it.
pub(super) fn neighbours(text: &str, at: usize) -> (&str, &str) {
    let before = text[..at].trim_end();
    let (head, _) = around(before, before.len());
    let last = head.rsplit(char::is_whitespace).next().unwrap_or("");
    let after = text[at..].trim_start();
    let (_, tail) = around(after, 0);
    (last, tail.split(char::is_whitespace).next().unwrap_or(""))
}

/// A little of the text before and after a place.
pub(super) fn around(text: &str, at: usize) -> (&str, &str) {
    let start = text.floor_char_boundary(at.saturating_sub(WORD_BYTES_MAX));
    let end = text.ceil_char_boundary((at + WORD_BYTES_MAX).min(text.len()));
    (&text[start..at], &text[at..end])
}
