//! Amounts: money, magnitudes and units.

use super::super::Rewrite;
use super::super::here::{Here, say};
use super::super::token::Kind;
use super::number::Number;
use super::{Currency, Language, Magnitude};

/// `3,50 €`, `1,5 Mrd. €`, `5 Mio.`, `20 °C`, `100 km/h`.
pub(super) fn quantity(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    let number = Number::at(here, here.at)?;
    let (words, next) = amount(here, language, &number)?;
    say(next, words, "measure")
}

/// What an engine reads wrong in a number alone: groups parted by spaces, a year in German.
pub(super) fn number(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    let number = Number::at(here, here.at)?;
    let plain = number.fraction.is_none() && !here.is_glued_at(number.next);
    let words = number.words(language, "");
    (plain && (number.spaced || words != number.whole)).then(|| (number.next, words.into(), "number"))
}

/// `$5m`, `€ 20`, `US$20`.
pub(super) fn sign_first(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    if here.is_glued_before(here.at) {
        return None;
    }
    let (currency, next) = currency(here, language, here.at)?;
    let number = Number::at(here, here.skip_space(next))?;
    let large = magnitude(here, language, number.next);
    let next = large.map_or(number.next, |(_, next)| next);
    if here.is_glued_at(next) {
        return None;
    }
    say(next, money(here, language, &number, large.map(|(magnitude, _)| magnitude), currency), "money")
}

/// The words for a number with what it counts, and the token after them.
pub(super) fn amount(here: &Here<'_, '_>, language: &Language, number: &Number) -> Option<(String, usize)> {
    let large = magnitude(here, language, number.next);
    let after = large.map_or(number.next, |(_, next)| next);
    let mark = joint(here, here.skip_space(after));
    if let Some((currency, next)) = currency(here, language, mark)
        && !here.is_glued_at(next)
    {
        return Some((money(here, language, number, large.map(|(magnitude, _)| magnitude), currency), next));
    }
    // A letter alone is a magnitude of money only.
    let written = here.text(here.skip_space(number.next));
    if let Some((magnitude, next)) = large.filter(|_| written.len() > 1) {
        let spelled_out = magnitude.1.ends_with(written) || written == magnitude.2;
        return (!spelled_out).then(|| (large_words(here, language, number, magnitude), next));
    }
    let at = here.skip_space(number.next);
    let (unit, next) = language.units.iter().find_map(|unit| Some((unit, here.after_text(at, unit.0)?)))?;
    let abroad = here.text(next) == "/" || here.text(next) == "²" || here.text(next) == "³";
    (!abroad).then(|| (counted(here, language, number, unit.1, unit.2), next))
}

/// "d'" and "de" between a magnitude and a currency's sign are said with the currency.
fn joint(here: &Here<'_, '_>, at: usize) -> usize {
    match here.text(at) {
        "d" if matches!(here.text(at + 1), "'" | "’") => at + 2,
        "de" => here.skip_space(at + 1),
        _ => at,
    }
}

fn currency<'l>(here: &Here<'_, '_>, language: &'l Language, at: usize) -> Option<(&'l Currency, usize)> {
    language.currencies.iter().find_map(|currency| {
        let next = currency.0.iter().find_map(|sign| here.after_text(at, sign))?;
        Some((currency, next))
    })
}

fn magnitude<'l>(here: &Here<'_, '_>, language: &'l Language, at: usize) -> Option<(&'l Magnitude, usize)> {
    let word = here.skip_space(at);
    if !here.is(word, Kind::Word) {
        return None;
    }
    language.magnitudes.iter().find_map(|magnitude| {
        let next = magnitude.0.iter().find_map(|sign| here.after_text(word, sign))?;
        // The stop of an abbreviation, if it does not end the sentence.
        let dotted = here.text(next) == "." && here.text(word).len() <= 4 && !here.is_end(next + 1);
        Some((magnitude, next + usize::from(dotted)))
    })
}

fn money(
    here: &Here<'_, '_>,
    language: &Language,
    number: &Number,
    large: Option<&Magnitude>,
    currency: &Currency,
) -> String {
    let &Currency(_, one, many, cents) = currency;
    if let Some(large) = large {
        // A thousand is a numeral, the larger ones are nouns: "mille euros", "un million d'euros".
        let is_numeral = matches!(large.2, "mil" | "mille");
        let name = if is_numeral { many.to_owned() } else { (language.of)(many) };
        return format!("{} {name}", large_words(here, language, number, large));
    }
    let two_digits = number.fraction.as_deref().filter(|fraction| fraction.len() == 2);
    match two_digits {
        Some("00") if number.whole == "1" => (language.one)(here, one),
        Some("00") => format!("{} {many}", (language.count)(number, many)),
        Some(hundredths) if number.whole == "0" && hundredths != "01" => {
            format!("{} {cents}", hundredths.trim_start_matches('0'))
        }
        Some(hundredths) if number.whole != "0" => {
            let whole = if number.whole == "1" {
                (language.one)(here, one)
            } else {
                format!("{} {many}", (language.count)(number, many))
            };
            (language.with_cents)(&whole, hundredths.trim_start_matches('0'))
        }
        _ => counted(here, language, number, one, many),
    }
}

fn large_words(here: &Here<'_, '_>, language: &Language, number: &Number, magnitude: &Magnitude) -> String {
    counted(here, language, number, magnitude.1, magnitude.2)
}

/// A number and what it counts; `one` has its own numeral.
fn counted(here: &Here<'_, '_>, language: &Language, number: &Number, one: &str, many: &str) -> String {
    if number.is_one() {
        return (language.one)(here, one);
    }
    let singular = language.singular_below_two && number.is_below_two();
    let name = if singular { one.split_once(' ').map_or(one, |(_, name)| name) } else { many };
    format!("{} {name}", number.words(language, name))
}
