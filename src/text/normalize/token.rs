//! Text → tokens: runs of letters, of digits, of white space, and single marks.

use crate::article::is_unspaced_char;

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, with the marks that combine with them; in scripts without spaces each is one.
    Word,
    /// ASCII digits.
    Digits,
    /// White space.
    Space,
    /// One character of anything else.
    Mark,
}

/// A piece of the text of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    /// Its first byte in the text.
    pub(super) start: usize,
    pub(super) kind: Kind,
}

/// The byte after a token.
pub(super) fn end_of(token: &Token<'_>) -> usize {
    token.start + token.text.len()
}

/// The tokens of a text; together they are the text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::with_capacity(text.len() / 3 + 1);
    let mut start = 0;
    let mut open: Option<Kind> = None;
    let mut after_unspaced = false;
    for (at, c) in text.char_indices() {
        let kind = match kind_of(c) {
            Kind::Mark if open == Some(Kind::Word) && joins(c) => Kind::Word,
            kind => kind,
        };
        if let Some(before) = open
            && (before != kind || kind == Kind::Mark || after_unspaced && !joins(c) || is_unspaced_char(c))
        {
            found.push(Token { text: &text[start..at], start, kind: before });
            start = at;
        }
        open = Some(kind);
        after_unspaced = is_unspaced_char(c) || after_unspaced && joins(c);
    }
    if let Some(kind) = open {
        found.push(Token { text: &text[start..], start, kind });
    }
    found
}

fn kind_of(c: char) -> Kind {
    if c.is_ascii_digit() {
        Kind::Digits
    } else if c.is_alphabetic() {
        Kind::Word
    } else if c.is_whitespace() {
        Kind::Space
    } else {
        Kind::Mark
    }
}

/// Whether a character that is no letter belongs to the word before it.
fn joins(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || matches!(c, '\u{AD}' | '\u{200C}' | '\u{200D}')
}
