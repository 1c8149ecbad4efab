//! Numbers that count, order and measure.

use super::super::Rewrite;
use super::super::token::Kind;
use super::decades::has_era;
use super::money::{currency_after, magnitude};
use super::units::{self, Unit};
use super::{Here, numbers, say};

/// Most groups of three digits in one number.
const GROUPS_MAX: usize = 16;

/// Tokens before a number that are searched for an open quotation mark.
const QUOTE_TOKENS: usize = 80;

/// A number as it is written: `1,250`, `3.14`, `.5`.
pub(super) struct Number {
    /// The digits before the point, without commas; may be empty.
    pub(super) whole: String,
    /// The digits after the point.
    pub(super) fraction: Option<String>,
    /// It has commas.
    pub(super) grouped: bool,
    /// The token after it.
    pub(super) next: usize,
}

impl Number {
    /// The number that starts at a token.
    pub(super) fn at(here: &Here<'_, '_>, at: usize) -> Option<Self> {
        let bare = here.text(at) == "." && here.is(at + 1, Kind::Digits) && !here.is_glued_before(at);
        if !bare && !here.is(at, Kind::Digits) {
            return None;
        }
        let mut number = Self { whole: String::new(), fraction: None, grouped: false, next: at };
        if !bare {
            number.whole.push_str(here.text(at));
            number.next = at + 1;
            number.take_groups(here);
        }
        let point = number.next;
        let digits = here.is(point + 1, Kind::Digits);
        let dotted_on = here.text(point + 2) == "." && here.is(point + 3, Kind::Digits);
        if here.text(point) == "." && digits && !dotted_on {
            number.fraction = Some(here.text(point + 1).to_owned());
            number.next = point + 2;
        }
        Some(number)
    }

    fn take_groups(&mut self, here: &Here<'_, '_>) {
        let is_group =
            |at: usize| here.text(at) == "," && here.is(at + 1, Kind::Digits) && here.text(at + 1).len() == 3;
        if self.whole.len() > 3 || self.whole == "0" {
            return;
        }
        for _ in 0..GROUPS_MAX {
            if !is_group(self.next) {
                break;
            }
            self.whole.push_str(here.text(self.next + 1));
            self.grouped = true;
            self.next += 2;
        }
    }

    /// Whether it is one thing: `1`, `1.00`.
    pub(super) fn is_one(&self) -> bool {
        self.whole == "1" && self.fraction.is_none()
    }

    /// In words, as a count.
    pub(super) fn words(&self) -> String {
        match &self.fraction {
            Some(fraction) if self.whole.is_empty() => format!("point {}", numbers::one_by_one(fraction)),
            Some(fraction) => {
                format!("{} point {}", numbers::cardinal(&self.whole), numbers::one_by_one(fraction))
            }
            None => numbers::cardinal(&self.whole),
        }
    }
}

/// `21st`.
pub(super) fn ordinal(here: &Here<'_, '_>) -> Option<Rewrite> {
    let digits = here.text(here.at);
    let suffix = here.text(here.at + 1);
    let grouped = Number::at(here, here.at)?;
    if grouped.grouped && is_suffix(&grouped.whole, here.text(grouped.next)) {
        return say(grouped.next + 1, numbers::ordinal(&grouped.whole), "ordinal");
    }
    (is_suffix(digits, suffix) && !here.is_glued_at(here.at + 2))
        .then(|| (here.at + 2, numbers::ordinal(digits).into(), "ordinal"))
}

/// Whether a suffix makes an ordinal of a number: `21st`, `12th`.
pub(super) fn is_suffix(digits: &str, suffix: &str) -> bool {
    let teen = digits.len() > 1 && digits.as_bytes()[digits.len() - 2] == b'1';
    let wanted = match digits.as_bytes().last() {
        Some(b'1') if !teen => "st",
        Some(b'2') if !teen => "nd",
        Some(b'3') if !teen => "rd",
        Some(_) => "th",
        None => return false,
    };
    suffix.eq_ignore_ascii_case(wanted)
}

/// `12 kg`, `100 km/h`, `6ft 2in`, `3.2%`.
pub(super) fn measure(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at) {
        return None;
    }
    if let Some((words, next)) = feet_and_inches(here) {
        return say(next, words, "measure");
    }
    let number = Number::at(here, here.at)?;
    if let Some((words, next)) = currency_after(here, &number) {
        return say(next, words, "money");
    }
    if let Some((words, next)) = with_magnitude(here, &number) {
        return say(next, words, "number");
    }
    if let Some(unit) = units::hyphenated(here, number.next) {
        return say(number.next + 2, format!("{} {unit}", number.words()), "measure");
    }
    if let Some((name, large)) = magnitude(here, number.next)
        && let Some((unit, next)) =
            Unit::at(here, here.skip_space(large)).filter(|_| here.is(large, Kind::Space))
        && unit.may_stand_apart()
    {
        return say(next, format!("{} {name} {}", number.words(), unit.name(false)), "measure");
    }
    let (unit, next) = unit_after(here, &number)?;
    let singular = number.is_one() || here.is_adjective(next);
    let words = if unit.name(true) == "meter" { race_words(&number) } else { number.words() };
    say(next, format!("{words} {}", unit.name(singular)), "measure")
}

/// The distances of races are said in hundreds: `1500m`.
fn race_words(number: &Number) -> String {
    let whole = number.whole.as_str();
    let hundreds =
        whole.len() == 4 && whole.starts_with('1') && whole.ends_with("00") && !whole.ends_with("000");
    if hundreds && !number.grouped && number.fraction.is_none() {
        return numbers::year(whole);
    }
    number.words()
}

/// `6'2"`, `6' 2"`, `12"`.
fn feet_and_inches(here: &Here<'_, '_>) -> Option<(String, usize)> {
    let (first, sign) = (here.text(here.at), here.text(here.at + 1));
    let at = here.skip_space(here.at + 2);
    let second = here.text(at);
    let inches = matches!(here.text(at + 1), "\"" | "”" | "″");
    let few = here.is(at, Kind::Digits) && second.parse().is_ok_and(|inches: u32| inches < 12);
    if matches!(sign, "'" | "’" | "′") && inches && (few || here.is(here.at + 2, Kind::Digits)) {
        return Some((format!("{} foot {}", numbers::cardinal(first), numbers::cardinal(second)), at + 2));
    }
    let window = &here.tokens[here.at.saturating_sub(QUOTE_TOKENS)..here.at];
    let open = window.iter().filter(|token| token.text == "\"").count() % 2 == 1;
    if matches!(sign, "\"" | "″") && !open {
        let singular = first == "1" || here.is_adjective(here.at + 2);
        let unit = if singular { "inch" } else { "inches" };
        return Some((format!("{} {unit}", numbers::cardinal(first)), here.at + 2));
    }
    None
}

/// The unit after a number, and the token after it. A magnitude may stand between
/// ("100 million kg").
pub(super) fn unit_after(here: &Here<'_, '_>, number: &Number) -> Option<(Unit, usize)> {
    let next = here.skip_space(number.next);
    let (unit, end) = Unit::at(here, next)?;
    (next == number.next || unit.may_stand_apart()).then_some((unit, end))
}

/// `1,250`, `3.14`, `1999`, `007`.
pub(super) fn number(here: &Here<'_, '_>) -> Option<Rewrite> {
    let number = Number::at(here, here.at)?;
    let digits = here.text(here.at);
    if number.fraction.is_none() && !number.grouped {
        if digits.len() > 1 && digits.starts_with('0') {
            return say(number.next, numbers::one_by_one(digits), "number");
        }
        if has_era(here, number.next) {
            return say(number.next, numbers::in_pairs(digits), "year");
        }
        if is_year(here, digits) {
            return say(number.next, numbers::year(digits), "year");
        }
    }
    say(number.next, number.words(), "number")
}

/// `5bn`, `10tn`, `3m people`: a magnitude that is cut short.
fn with_magnitude(here: &Here<'_, '_>, number: &Number) -> Option<(String, usize)> {
    const COUNTED: &[&str] = &[
        "people",
        "users",
        "customers",
        "households",
        "homes",
        "jobs",
        "votes",
        "tonnes",
        "barrels",
        "followers",
        "subscribers",
        "views",
        "downloads",
        "workers",
        "members",
        "miles",
    ];
    let glued = here.is(number.next, Kind::Word);
    let at = here.skip_space(number.next);
    if !here.is(at, Kind::Word) || here.is_glued_at(at + 1) {
        return None;
    }
    let name = match here.text(at) {
        "bn" | "Bn" => "billion",
        "tn" | "trn" => "trillion",
        "mn" | "mln" => "million",
        "m" | "M" if glued && COUNTED.contains(&here.word_after(at + 1)) => "million",
        // "227K", "1.2k", "5k people", but a 4K film and a 10k race
        "k" | "K"
            if glued
                && (number.whole.len() >= 3
                    || number.fraction.is_some()
                    || COUNTED.contains(&here.word_after(at + 1))) =>
        {
            "thousand"
        }
        _ => return None,
    };
    Some((format!("{} {name}", number.words()), at + 1))
}

/// `.5` where a number may stand.
pub(super) fn bare_fraction(here: &Here<'_, '_>) -> Option<Rewrite> {
    let number = Number::at(here, here.at)?;
    let apart = here.at == 0
        || here.is(here.at - 1, Kind::Space)
        || matches!(here.before(here.at), "-" | "−" | "(" | "=");
    if !apart {
        return None;
    }
    if let Some((unit, next)) = unit_after(here, &number) {
        return say(next, format!("{} {}", number.words(), unit.name(false)), "measure");
    }
    say(number.next, number.words(), "number")
}

/// Whether four digits are said as a year.
fn is_year(here: &Here<'_, '_>, digits: &str) -> bool {
    const BEFORE_YEARS: &[&str] = &[
        "in", "since", "by", "of", "from", "until", "till", "before", "after", "during", "year", "early",
        "late", "mid", "circa", "to", "and", "between", "the", "around", "spring", "summer", "autumn",
        "winter", "fall",
    ];
    const NO_NOUNS: &[&str] =
        &["is", "was", "has", "as", "this", "his", "its", "does", "thus", "across", "perhaps"];
    const NAME_BYTES_MIN: usize = 3;
    let (Ok(value), 4) = (digits.parse::<u32>(), digits.len()) else { return false };
    if here.is_glued_at(here.at + 1) {
        return false;
    }
    if here.is_glued_before(here.at) {
        // "#Vote2024"
        return here.text(here.at - 1).len() >= NAME_BYTES_MIN && (1900..=2099).contains(&value);
    }
    let after = here.word_after(here.at + 1);
    let counted = after.ends_with('s') && after.starts_with(char::is_lowercase) && !NO_NOUNS.contains(&after);
    let dated = BEFORE_YEARS.contains(&here.word_before(here.at).to_lowercase().as_str());
    match value {
        1900..=2099 => true,
        1100..=1899 => dated || !counted,
        1001..=1099 => dated && !counted,
        _ => false,
    }
}

/// The word for one thing or more of a unit, by its written form.
pub(super) fn unit_name(written: &str, singular: bool) -> Option<String> {
    units::find(written).map(|entry| if singular { entry.1 } else { entry.2 }.to_owned())
}
