//! The place a rule looks at, and what stands around it.

use super::Rewrite;
use super::token::{Kind, Token};

/// The place a rule looks at.
pub(super) struct Here<'t, 'a> {
    pub(super) source: &'t str,
    pub(super) tokens: &'t [Token<'a>],
    pub(super) at: usize,
    /// The day goes before the month in a date of two numbers.
    pub(super) day_first: bool,
}

impl<'a> Here<'_, 'a> {
    /// The text of a token; empty past the ends.
    pub(super) fn text(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.text)
    }

    pub(super) fn is(&self, index: usize, kind: Kind) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == kind)
    }

    /// The text of the token before another; empty at the start.
    pub(super) fn before(&self, index: usize) -> &'a str {
        index.checked_sub(1).map_or("", |index| self.text(index))
    }

    /// The index after white space, if there is some.
    pub(super) fn skip_space(&self, index: usize) -> usize {
        if self.is(index, Kind::Space) { index + 1 } else { index }
    }

    /// Whether a letter or digit stands directly before a token.
    pub(super) fn is_glued_before(&self, index: usize) -> bool {
        index > 0 && (self.is(index - 1, Kind::Word) || self.is(index - 1, Kind::Digits))
    }

    /// Whether a letter or digit stands directly at a place.
    pub(super) fn is_glued_at(&self, index: usize) -> bool {
        self.is(index, Kind::Word) || self.is(index, Kind::Digits)
    }

    /// The word before a token with nothing but white space (and the stop of an abbreviation)
    /// between; empty when there is none.
    pub(super) fn word_before(&self, index: usize) -> &'a str {
        let Some(space) = index.checked_sub(1).filter(|&i| self.is(i, Kind::Space)) else { return "" };
        let last = space.checked_sub(1).map_or(0, |i| if self.text(i) == "." && i > 0 { i - 1 } else { i });
        if space > 0 && self.is(last, Kind::Word) { self.text(last) } else { "" }
    }

    /// The word after a place, with nothing but white space between; empty when there is none.
    pub(super) fn word_after(&self, index: usize) -> &'a str {
        let next = self.skip_space(index);
        if next > index && self.is(next, Kind::Word) { self.text(next) } else { "" }
    }

    /// Whether the text ends here but for closing marks: a full stop here ends the sentence.
    pub(super) fn is_end(&self, index: usize) -> bool {
        const CLOSING_MAX: usize = 4;
        let rest = self.tokens.get(index..).unwrap_or(&[]);
        rest.len() <= CLOSING_MAX
            && rest
                .iter()
                .all(|t| t.kind == Kind::Space || matches!(t.text, "\"" | "”" | "’" | "'" | ")" | "]" | "»"))
    }
}

/// Whether a word starts with a capital.
pub(super) fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// A rule's answer.
#[expect(clippy::unnecessary_wraps, reason = "every rule ends in it")]
pub(super) fn say(
    next: usize,
    words: impl Into<std::borrow::Cow<'static, str>>,
    reason: &'static str,
) -> Option<Rewrite> {
    Some((next, words.into(), reason))
}
