//! English: written forms → words. Each rule looks at the tokens from one place on, and a few
//! around it; the first that knows the place wins. What no rule knows is said as it is written.

use super::Rewrite;
use super::token::{Kind, Token};

mod abbreviations;
mod acronyms;
mod addresses;
mod codes;
mod dates;
mod decades;
mod fractions;
mod money;
mod numbers;
mod phones;
mod quantity;
mod ranges;
mod roman;
mod symbols;
mod times;
mod units;
mod web;

type Rule = fn(&Here<'_, '_>) -> Option<Rewrite>;

/// The rules for a token of digits, most specific first.
const DIGIT_RULES: &[Rule] = &[
    web::address,
    dates::numeric,
    phones::phone,
    phones::dotted,
    dates::day_month,
    decades::decade,
    times::clock,
    fractions::fraction,
    ranges::range,
    quantity::ordinal,
    addresses::house,
    addresses::zip,
    decades::quarter,
    codes::emergency,
    codes::section,
    codes::lettered,
    quantity::measure,
    quantity::number,
];

/// The rules for a token of letters, most specific first.
const WORD_RULES: &[Rule] = &[
    web::address,
    dates::month_day,
    money::code_first,
    abbreviations::dotted_letters,
    abbreviations::abbreviation,
    addresses::state,
    addresses::direction,
    decades::fiscal,
    roman::numeral,
    acronyms::acronym,
];

/// The rules for a mark, most specific first.
const MARK_RULES: &[Rule] = &[
    web::address,
    phones::phone,
    money::symbol_first,
    decades::decade,
    fractions::vulgar,
    quantity::bare_fraction,
    symbols::mark,
];

/// The rules for white space.
const SPACE_RULES: &[Rule] = &[symbols::spaced_dash];

/// The words for what starts at token `at`.
pub(super) fn rewrite(source: &str, tokens: &[Token<'_>], at: usize) -> Option<Rewrite> {
    let here = Here { source, tokens, at };
    let rules = match tokens[at].kind {
        Kind::Digits => DIGIT_RULES,
        Kind::Word => WORD_RULES,
        Kind::Mark => MARK_RULES,
        Kind::Space => SPACE_RULES,
    };
    rules.iter().find_map(|rule| rule(&here))
}

/// The place a rule looks at.
struct Here<'t, 'a> {
    source: &'t str,
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

    /// The text of the token before another; empty at the start.
    fn before(&self, index: usize) -> &'a str {
        index.checked_sub(1).map_or("", |index| self.text(index))
    }

    /// The index after white space, if there is some.
    fn skip_space(&self, index: usize) -> usize {
        if self.is(index, Kind::Space) { index + 1 } else { index }
    }

    /// Whether a letter or digit stands directly before a token.
    fn is_glued_before(&self, index: usize) -> bool {
        index > 0 && (self.is(index - 1, Kind::Word) || self.is(index - 1, Kind::Digits))
    }

    /// Whether a letter or digit stands directly at a place.
    fn is_glued_at(&self, index: usize) -> bool {
        self.is(index, Kind::Word) || self.is(index, Kind::Digits)
    }

    /// The word before a token with nothing but white space (and the stop of an abbreviation)
    /// between; empty when there is none.
    fn word_before(&self, index: usize) -> &'a str {
        let Some(space) = index.checked_sub(1).filter(|&i| self.is(i, Kind::Space)) else { return "" };
        let last = space.checked_sub(1).map_or(0, |i| if self.text(i) == "." && i > 0 { i - 1 } else { i });
        if space > 0 && self.is(last, Kind::Word) { self.text(last) } else { "" }
    }

    /// The word after a place, with nothing but white space between; empty when there is none.
    fn word_after(&self, index: usize) -> &'a str {
        let next = self.skip_space(index);
        if next > index && self.is(next, Kind::Word) { self.text(next) } else { "" }
    }

    /// Whether the text ends here but for closing marks: a full stop here ends the sentence.
    fn is_end(&self, index: usize) -> bool {
        const CLOSING_MAX: usize = 4;
        let rest = self.tokens.get(index..).unwrap_or(&[]);
        rest.len() <= CLOSING_MAX
            && rest
                .iter()
                .all(|t| t.kind == Kind::Space || matches!(t.text, "\"" | "”" | "’" | "'" | ")" | "]" | "»"))
    }

    /// Whether what starts here is used as an adjective: a determiner before, a noun after `next`
    /// ("a $5 bill", "the 10 km race").
    fn is_adjective(&self, next: usize) -> bool {
        const DETERMINERS: &[&str] = &[
            "a", "an", "the", "this", "that", "its", "their", "his", "her", "our", "my", "your", "each",
            "every", "another", "one", "first", "second", "new", "record",
        ];
        const NO_NOUNS: &[&str] = &[
            "in", "of", "on", "to", "for", "from", "and", "or", "a", "an", "the", "per", "by", "at", "that",
            "was", "is", "has", "as", "worth", "more", "less", "over", "after", "it", "with", "than", "but",
            "he", "she", "they", "we", "you", "were", "are", "had", "have", "when", "while", "which", "who",
            "this", "last", "would", "will", "could", "should", "each", "every", "up", "down", "out", "off",
            "into", "through", "under", "above", "below", "between", "during", "since", "until", "before",
            "because", "if", "so", "not", "away", "ago", "long", "wide", "high", "tall", "deep", "apart",
        ];
        let noun = self.word_after(next);
        let before = self.word_before(self.at).to_lowercase();
        noun.starts_with(char::is_lowercase)
            && !NO_NOUNS.contains(&noun)
            && DETERMINERS.contains(&before.as_str())
    }
}

/// Whether a word starts with a capital.
fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// A rule's answer.
#[expect(clippy::unnecessary_wraps, reason = "every rule ends in it")]
fn say(
    next: usize,
    words: impl Into<std::borrow::Cow<'static, str>>,
    reason: &'static str,
) -> Option<Rewrite> {
    Some((next, words.into(), reason))
}

#[cfg(test)]
mod tests;
