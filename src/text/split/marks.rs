//! What stands around the end of a sentence: closing marks, emoticons, runs of signs.

/// Faces that belong to the sentence before them.
const FACES: &[&str] = &[
    ":-)", ":-(", ":-D", ":-P", ":-/", ";-)", ":)", ":(", ":D", ":P", ";)", ":/", "=)", "=(", "^^", "<3",
    ":'(", "xD",
];

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
    } else if let Some(c) = solid.chars().next().filter(|c| matches!(c, '”' | '»' | '’' | '」' | '』' | ')'))
    {
        gap + c.len_utf8()
    } else if solid.starts_with('"') && closes(text, end + gap) {
        gap + 1
    } else {
        return end;
    };
    let tail = &rest[moved..];
    end + moved + (tail.len() - tail.trim_start().len())
}

/// Whether the straight quotation mark at a place closes: an odd number of them stands before it,
/// and white space or nothing after it.
fn closes(text: &str, at: usize) -> bool {
    let open = text[..at].bytes().filter(|b| *b == b'"').count() % 2 == 1;
    open && text[at + 1..].chars().next().is_none_or(char::is_whitespace)
}

/// The length of the face that a text starts with, when it stands alone.
pub(super) fn face(text: &str) -> Option<usize> {
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

/// The word that ends at or spans a place, without white space.
pub(super) fn word_around(text: &str, at: usize) -> &str {
    let start = text[..at]
        .rfind(char::is_whitespace)
        .map_or(0, |space| space + text[space..].chars().next().map_or(1, char::len_utf8));
    let end = text[at..].find(char::is_whitespace).map_or(text.len(), |space| at + space);
    text.get(start..end).unwrap_or("")
}

/// The last word before a place and the first one after it.
pub(super) fn neighbours(text: &str, at: usize) -> (&str, &str) {
    let before = text[..at].trim_end();
    let last = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let first = text[at..].trim_start().split(char::is_whitespace).next().unwrap_or("");
    (last, first)
}
