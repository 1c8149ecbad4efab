//! German, French and Spanish: what their engine reads wrong is put into words. Digits that it reads
//! well stay digits. `docs/languages.md` shows what is right and what is not.

use super::Rewrite;
use super::here::{Here, is_capital, say};
use super::token::{Kind, Token};

mod acronyms;
mod amounts;
mod de;
mod es;
mod fr;
mod number;
#[cfg(test)]
mod tests;

use number::Number;

type Rule = fn(&Here<'_, '_>, &Language) -> Option<Rewrite>;

/// What is said in one language.
pub(super) struct Language {
    /// The rules for a token of digits, of letters, and for a mark; most specific first.
    digits: &'static [Rule],
    words: &'static [Rule],
    marks: &'static [Rule],
    /// Between the ends of a range.
    to: &'static str,
    /// Between the goals of two sides.
    score: &'static str,
    minus: &'static str,
    currencies: &'static [Currency],
    magnitudes: &'static [Magnitude],
    /// What joins a magnitude and a currency: "millions d'euros".
    of: fn(&str) -> String,
    /// An amount with hundredths: whole with its currency, hundredths.
    with_cents: fn(&str, &str) -> String,
    /// One and several of a unit by its sign. One of it with its numeral, in the right gender.
    units: &'static [Unit],
    abbreviations: &'static [Abbreviation],
    fractions: &'static [(&'static str, &'static str)],
    acronyms: acronyms::Acronyms,
    /// A whole number as an engine is given it before what it counts.
    count: fn(&Number, &str) -> String,
    /// One of a thing ("ein Euro") as it is said where it stands.
    one: fn(&Here<'_, '_>, &str) -> String,
    /// Whether an amount takes the singular: in French below two, elsewhere one alone.
    singular_below_two: bool,
}

/// A currency's signs; one of it with its numeral, several of it, several hundredths.
struct Currency(&'static [&'static str], &'static str, &'static str, &'static str);

/// A magnitude's signs, and one and several of it.
struct Magnitude(&'static [&'static str], &'static str, &'static str);

/// A unit's sign; one of it with its numeral, several of it.
struct Unit(&'static str, &'static str, &'static str);

/// An abbreviation without its spaces, its words, and where it is one.
struct Abbreviation(&'static str, &'static str, When);

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// Before a number.
    Number,
    /// Before a capital.
    Name,
}

/// The language of a code, if it has rules here.
pub(super) fn language(code: &str) -> Option<&'static Language> {
    match code {
        "de" => Some(&de::GERMAN),
        "fr" => Some(&fr::FRENCH),
        "es" => Some(&es::SPANISH),
        _ => None,
    }
}

/// The words for what starts at token `at`.
pub(super) fn rewrite(language: &Language, source: &str, tokens: &[Token<'_>], at: usize) -> Option<Rewrite> {
    let here = Here { source, tokens, at, day_first: true };
    let rules = match tokens[at].kind {
        Kind::Digits if starts_number(&here) => language.digits,
        Kind::Word if !here.is_glued_before(at) && !matches!(here.before(at), "/" | "@" | "-" | "_") => {
            language.words
        }
        Kind::Mark => language.marks,
        _ => return None,
    };
    rules.iter().find_map(|rule| rule(&here, language))
}

/// Whether a number may start here, and not go on or be part of a name or an address.
fn starts_number(here: &Here<'_, '_>) -> bool {
    const INSIDE: &[&str] = &[".", ",", "/", ":", "-", "–", "_", "#", "@", "=", "'", "’"];
    // " -5 °C": the hyphen is a sign.
    let signed = here.before(here.at) == "-" && (here.at == 1 || here.is(here.at - 2, Kind::Space));
    !here.is_glued_before(here.at) && (signed || !INSIDE.contains(&here.before(here.at)))
}

impl Here<'_, '_> {
    /// The token after a text that stands at `at` in whole tokens, white space in it aside.
    fn after_text(&self, at: usize, wanted: &str) -> Option<usize> {
        let mut rest = wanted;
        let mut next = at;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(' ').filter(|_| self.is(next, Kind::Space)) {
                (rest, next) = (after, next + 1);
            }
            let at = if next > at && self.before(next) == "." { self.skip_space(next) } else { next };
            rest = rest.strip_prefix(self.tokens.get(at)?.text)?;
            next = at + 1;
        }
        let ends_in_letter = self.tokens[next - 1].kind != Kind::Mark;
        (!ends_in_letter || !self.is_glued_at(next)).then_some(next)
    }

    /// The token after the full stop that belongs to an abbreviation; one that ends the sentence too
    /// is kept.
    fn after_stop(&self, next: usize) -> usize {
        if self.before(next) == "." && self.is_end(next) { next - 1 } else { next }
    }
}

/// `z. B.`, `M. Dupont`, `EE. UU.`
fn abbreviation(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    let first = here.text(here.at);
    let (next, words) = language.abbreviations.iter().filter(|entry| entry.0.starts_with(first)).find_map(
        |Abbreviation(written, words, when)| {
            let next = here.after_text(here.at, written)?;
            let after = here.skip_space(next);
            let fits = match when {
                When::Always => true,
                When::Number => here.is(after, Kind::Digits),
                When::Name => after > next && here.is(after, Kind::Word) && is_capital(here.text(after)),
            };
            fits.then_some((next, *words))
        },
    )?;
    say(here.after_stop(next), words, "abbreviation")
}

/// `−4`, ` -4`: engines spell the sign or leave it out.
fn minus(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    let sign = here.text(here.at);
    let free = here.at == 0 || here.is(here.at - 1, Kind::Space) || here.before(here.at) == "(";
    let before = here.at.checked_sub(2).is_some_and(|at| here.is(at, Kind::Digits));
    (matches!(sign, "−" | "-") && free && (sign == "−" || !before) && here.is(here.at + 1, Kind::Digits))
        .then(|| (here.at + 1, format!("{} ", language.minus).into(), "sign"))
}

/// `5–10 %`, `2019–2021`, `8-10 Uhr`, `3-1`.
fn range(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    let first = Number::at(here, here.at)?;
    let open = here.skip_space(first.next);
    let spaced = open > first.next;
    let dash = here.text(open);
    let close = here.skip_space(open + 1);
    if !matches!(dash, "–" | "-" | "‑") || spaced != (close > open + 1) || (spaced && dash != "–") {
        return None;
    }
    let second = Number::at(here, close)?;
    let ends_here =
        !matches!(here.text(second.next), "-" | "–" | "/" | "‑") && !here.is_glued_at(second.next);
    let plain = |number: &Number| {
        number.whole.len() <= 4 && (number.whole.len() == 1 || !number.whole.starts_with('0'))
    };
    if !ends_here || !plain(&first) || !plain(&second) {
        return None;
    }
    let value = |number: &Number| number.whole.parse::<u32>().unwrap_or(0);
    let to = if value(&first) < value(&second) { language.to } else { language.score };
    let (words, next) =
        amounts::amount(here, language, &second).unwrap_or_else(|| (second.words(language, ""), second.next));
    say(next, format!("{} {to} {words}", first.words(language, "")), "range")
}

/// `1/2`, `3/4`.
fn fraction(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    let (_, words) = language.fractions.iter().find(|(written, _)| {
        here.after_text(here.at, written).is_some_and(|next| !matches!(here.text(next), "/" | "." | ","))
    })?;
    say(here.at + 3, *words, "fraction")
}

/// The number after a time's first part: minutes, in two digits.
fn minutes<'a>(here: &Here<'_, 'a>, at: usize) -> Option<&'a str> {
    let digits = here.text(at);
    let fits = here.is(at, Kind::Digits) && digits.len() == 2 && digits < "60";
    fits.then_some(digits)
}

/// The hour of a time.
fn hour<'a>(here: &Here<'_, 'a>, at: usize) -> Option<&'a str> {
    let digits = here.text(at);
    let fits = here.is(at, Kind::Digits) && digits.len() <= 2 && digits.parse::<u32>().is_ok_and(|h| h <= 24);
    fits.then(|| without_zeros(digits))
}

/// Day, month and year of `12.03.2024`, `12/03/2024`, `2024-03-12`, `12.3.24`, and the token after it.
fn numeric_date(here: &Here<'_, '_>) -> Option<(u32, u32, String, usize)> {
    let mark = here.text(here.at + 1);
    let part = |at: usize, most: u32| {
        let digits = here.text(at);
        let value = digits.parse::<u32>().ok().filter(|n| (1..=most).contains(n))?;
        (here.is(at, Kind::Digits) && digits.len() <= 2).then_some(value)
    };
    let year = |at: usize| {
        let digits = here.text(at);
        (here.is(at, Kind::Digits) && digits.len() == 4 && ("1000".."2200").contains(&digits))
            .then(|| digits.to_owned())
    };
    if !matches!(mark, "." | "/" | "-") || here.text(here.at + 3) != mark {
        return None;
    }
    let next = here.at + 5;
    let ends_here = !(here.is_glued_at(next) || here.text(next) == mark && here.is(next + 1, Kind::Digits));
    let found = match year(here.at) {
        Some(year) if mark == "-" => (part(here.at + 4, 31)?, part(here.at + 2, 12)?, year),
        Some(_) => return None,
        None => {
            let year = year(here.at + 4).or_else(|| short_year(here, here.at + 4).filter(|_| mark != "-"));
            (part(here.at, 31)?, part(here.at + 2, 12)?, year?)
        }
    };
    ends_here.then_some((found.0, found.1, found.2, next))
}

/// The year of `12.3.24`: two digits of it, where no word before the date says that it is a version.
fn short_year(here: &Here<'_, '_>, at: usize) -> Option<String> {
    /// Years up to this one are of this century.
    const CENTURY_TURNS: u32 = 69;
    const BEFORE: &[&str] = &[
        "am", "vom", "zum", "bis", "ab", "seit", "dem", "den", "der", "le", "du", "au", "el", "del", "al",
        "stand",
    ];
    let digits = here.text(at);
    let value = digits.parse::<u32>().ok().filter(|_| here.is(at, Kind::Digits) && digits.len() == 2)?;
    let before = here.word_before(here.at).to_lowercase();
    let free = here.at == 0 || here.before(here.at) == "(" || BEFORE.contains(&before.as_str());
    free.then(|| (if value <= CENTURY_TURNS { 2000 } else { 1900 } + value).to_string())
}

/// The value of a Roman numeral of up to 39, as kings and centuries have.
fn roman(text: &str) -> Option<u32> {
    const TENS: [&str; 4] = ["", "X", "XX", "XXX"];
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    let tens = TENS.iter().rposition(|tens| text.starts_with(tens))?;
    let ones = ONES.iter().position(|ones| text[TENS[tens].len()..] == **ones)?;
    let value = u32::try_from(tens * 10 + ones).ok()?;
    (value > 0).then_some(value)
}

/// `Kapitel IV`, `tome III`: a numeral after a word that takes a number, as digits.
fn numbered(here: &Here<'_, '_>, words: &[&str]) -> Option<Rewrite> {
    let value = roman(here.text(here.at)).filter(|_| !here.is_glued_at(here.at + 1))?;
    let before = here.word_before(here.at).to_lowercase();
    words.contains(&before.as_str()).then(|| (here.at + 1, value.to_string().into(), "numeral"))
}

/// Whole digits, where nothing is to be said otherwise.
fn digits(number: &Number, _: &str) -> String {
    number.whole.clone()
}

/// One of a thing, where its words are always the same.
fn as_written(_: &Here<'_, '_>, one: &str) -> String {
    one.to_owned()
}

fn without_zeros(digits: &str) -> &str {
    let kept = digits.trim_start_matches('0');
    if kept.is_empty() { "0" } else { kept }
}
