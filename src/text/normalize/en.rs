//! English: written forms → words. Each rule looks at the tokens from one place on, and a few
//! around it; the first that knows the place wins. What no rule knows is said as it is written.

use super::Rewrite;
use super::here::{Here, is_capital, say};
use super::token::{Kind, Token};

mod abbreviations;
mod acronyms;
mod addresses;
mod codes;
mod dates;
mod decades;
mod fractions;
mod models;
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
    models::model,
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
    dates::span,
    dates::month_day,
    money::code_first,
    abbreviations::dotted_letters,
    abbreviations::abbreviation,
    addresses::state,
    addresses::direction,
    decades::fiscal,
    roman::numeral,
    acronyms::tag,
    codes::by,
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
pub(super) fn rewrite(source: &str, tokens: &[Token<'_>], at: usize, day_first: bool) -> Option<Rewrite> {
    let here = Here { source, tokens, at, day_first };
    let rules = match tokens[at].kind {
        Kind::Digits => DIGIT_RULES,
        Kind::Word => WORD_RULES,
        Kind::Mark => MARK_RULES,
        Kind::Space => SPACE_RULES,
    };
    rules.iter().find_map(|rule| rule(&here))
}

impl Here<'_, '_> {
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

#[cfg(test)]
mod tests;
