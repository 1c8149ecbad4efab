//! Rust files as the rules see them: their text, and the same text with comments, strings or test
//! code blanked, byte for byte, so that an offset means the same in all of them.

use std::path::Path;

/// A file of the project.
pub(crate) struct Source {
    /// Its path from the root, with `/`.
    pub(crate) path: String,
    /// As it is.
    pub(crate) text: String,
    /// Comments and the insides of string and character literals blanked.
    pub(crate) code: String,
    /// `code` without test code (items under `#[cfg(test)]`, files named `tests`).
    pub(crate) product: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let code = blank_comments_and_literals(text);
        let product = if is_test_file(path) { blanked(&code) } else { blank_test_items(&code) };
        Self { path: path.to_owned(), text: text.to_owned(), code, product }
    }

    /// The line (from 1) that a byte offset lies in.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.text[..offset].matches('\n').count() + 1
    }

    /// `path:line: what`, the form every finding has.
    pub(crate) fn finding(&self, offset: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, self.line_of(offset))
    }

    /// Every string literal of the product code, with the offset of its opening quote.
    pub(crate) fn strings(&self) -> Vec<(usize, &str)> {
        let mut quotes = self.product.match_indices('"').map(|(at, _)| at);
        let mut found = Vec::new();
        while let (Some(open), Some(close)) = (quotes.next(), quotes.next()) {
            found.push((open, &self.text[open + 1..close]));
        }
        found
    }

    /// Whether the file is `place`, or lies in the folder `place` (which ends in `/`).
    pub(crate) fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path == *place || place.ends_with('/') && self.path.starts_with(place))
    }
}

fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path.starts_with("tests/")
}

/// Every `.rs` file under `folder` of the project, sorted by path.
pub(crate) fn rust_files(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(root, folder, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(root: &Path, folder: &str, files: &mut Vec<Source>) {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return };
    for entry in entries.map(Result::unwrap) {
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(root, &path, files);
        } else if path.ends_with(".rs") {
            files.push(Source::new(&path, &std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// The text of a file of the project, when it is there.
pub(crate) fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// Offsets at which `word` stands by itself, not as part of a longer name.
pub(crate) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let before = move |at: usize| at > 0 && is_name(code.as_bytes()[at - 1]);
    let after = move |end: usize| code.as_bytes().get(end).copied().is_some_and(is_name);
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| !before(at) && !after(at + word.len()))
}

/// The end (exclusive) of the item at `start`: behind its `;`, or behind the brace that closes its
/// body. Brackets before the body (`[u8; 4]`) count.
pub(crate) fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (i, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1;
                }
            }
            b';' if depth == 0 => return i + 1,
            _ => {}
        }
    }
    code.len()
}

fn blanked(code: &str) -> String {
    code.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

fn blank_test_items(code: &str) -> String {
    let mut out = code.to_owned();
    for (at, attribute) in code.match_indices("#[cfg(test)]") {
        let mut start = at + attribute.len();
        // Further attributes (`#[path = …]`) belong to the item.
        while code[start..].trim_start().starts_with("#[") {
            start += code[start..].find(']').map_or(code.len() - start, |end| end + 1);
        }
        let end = item_end(code, start);
        out.replace_range(at..end, &blanked(&code[at..end]));
    }
    out
}

fn blank_comments_and_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let (inner, next) = token(bytes, at);
        for byte in &mut out[inner] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = next;
    }
    String::from_utf8(out).expect("whole characters are replaced by spaces")
}

/// The bytes to blank of the token at `at`, and where the next one starts.
fn token(bytes: &[u8], at: usize) -> (std::ops::Range<usize>, usize) {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |n| at + n);
        return (at..end, end);
    }
    if rest.starts_with(b"/*") {
        let end = comment_end(bytes, at);
        return (at..end, end);
    }
    if rest[0] == b'"' {
        let end = string_end(bytes, at + 1);
        return (at + 1..end, end + 1);
    }
    if rest[0] == b'\'' {
        return character(bytes, at);
    }
    let in_a_name = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    if let (false, Some((open, hashes))) = (in_a_name, raw_string(rest)) {
        let closing = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
        let from = at + open;
        let end = bytes[from..].windows(closing.len()).position(|window| window == closing);
        let end = end.map_or(bytes.len(), |n| from + n);
        return (from..end, (end + closing.len()).min(bytes.len()));
    }
    (at..at, at + 1)
}

/// Of a raw string (`r"`, `br#"`): bytes up to its inside, and its hashes.
fn raw_string(rest: &[u8]) -> Option<(usize, usize)> {
    let prefix = [b"r".as_slice(), b"br", b"cr"].into_iter().find(|prefix| rest.starts_with(prefix))?.len();
    let hashes = rest[prefix..].iter().take_while(|byte| **byte == b'#').count();
    (rest.get(prefix + hashes) == Some(&b'"')).then_some((prefix + hashes + 1, hashes))
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

fn comment_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// A character literal, or the quote of a lifetime.
fn character(bytes: &[u8], at: usize) -> (std::ops::Range<usize>, usize) {
    if bytes.get(at + 1) == Some(&b'\\') {
        let from = (at + 3).min(bytes.len());
        let end = bytes[from..].iter().position(|byte| *byte == b'\'').map_or(bytes.len(), |n| from + n);
        return (at + 1..end, (end + 1).min(bytes.len()));
    }
    let width = bytes.get(at + 1).map_or(1, |first| match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    });
    if bytes.get(at + 1 + width) == Some(&b'\'') {
        (at + 1..at + 1 + width, at + 2 + width)
    } else {
        (at..at, at + 1)
    }
}

#[test]
fn comments_literals_and_test_code_are_blanked() {
    let text = r##"
/* a { /* nested */ b */ fn f<'a>(x: &'a str) -> char { '{' } // unsafe
const S: &str = "use crate::store \" unsafe"; const R: &str = r#"un"safe"#;
const Q: char = '\''; const E: char = 'é';
#[cfg(test)]
#[allow(dead_code)]
mod tests { fn g() { unsafe {} } }
fn after() {}
"##;
    let source = Source::new("src/x.rs", text);
    assert_eq!(source.code.len(), text.len());
    assert_eq!(words(&source.code, "unsafe").count(), 1, "{}", source.code);
    assert_eq!(words(&source.product, "unsafe").count(), 0);
    assert!(source.product.contains("fn after() {}") && source.product.contains("fn f<'a>(x: &'a str)"));
    let strings: Vec<_> = source.strings().into_iter().map(|(_, string)| string).collect();
    assert_eq!(strings, [r#"use crate::store \" unsafe"#, "un\"safe"]);
    assert_eq!(Source::new("src/x/tests.rs", "fn f() {}").product.trim(), "");
}
