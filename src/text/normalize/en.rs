//! English: written forms → words. Each rule looks at the tokens from one place on, and a few
//! around it; the first that knows the place wins. What no rule knows is said as it is written.

use super::Rewrite;
use super::token::{Kind, Token};

mod numbers;
mod quantity;

type Rule = fn(&Here<'_, '_>) -> Option<Rewrite>;

/// The rules for a token of digits, most specific first.
const DIGIT_RULES: &[Rule] = &[quantity::ordinal, quantity::number];

/// The words for what starts at token `at`.
pub(super) fn rewrite(tokens: &[Token<'_>], at: usize) -> Option<Rewrite> {
    let here = Here { tokens, at };
    let rules = match tokens[at].kind {
        Kind::Digits => DIGIT_RULES,
        _ => return None,
    };
    rules.iter().find_map(|rule| rule(&here))
}

/// The place a rule looks at.
struct Here<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
}

impl<'a> Here<'_, 'a> {
    /// The text of a token; empty past the ends.
    fn text(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.text)
    }

    fn is(&self, index: usize, kind: Kind) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == kind)
    }
}
