//! Fractions: `1/2`, `2 1/2`, `3/4ths`, `2½`.

use super::super::Rewrite;
use super::super::token::Kind;
use super::quantity::Number;
use super::quantity::unit_after;
use super::{Here, numbers, say};

/// Pairs that are names, not fractions.
const NAMES: &[(&str, &str, &str)] =
    &[("24", "7", "twenty four seven"), ("9", "11", "nine eleven"), ("7", "7", "seven seven")];

const VULGAR: &[(&str, &str, &str)] = &[
    ("½", "half", "a half"),
    ("¼", "one quarter", "a quarter"),
    ("¾", "three quarters", "three quarters"),
    ("⅓", "one third", "a third"),
    ("⅔", "two thirds", "two thirds"),
    ("⅕", "one fifth", "a fifth"),
    ("⅖", "two fifths", "two fifths"),
    ("⅗", "three fifths", "three fifths"),
    ("⅘", "four fifths", "four fifths"),
    ("⅙", "one sixth", "a sixth"),
    ("⅛", "one eighth", "an eighth"),
    ("⅜", "three eighths", "three eighths"),
    ("⅝", "five eighths", "five eighths"),
    ("⅞", "seven eighths", "seven eighths"),
];

/// Digits with a slash between them, after a whole number or alone; `2½`.
pub(super) fn fraction(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at) || matches!(here.before(here.at), "/" | ".") {
        return None;
    }
    let whole = here.text(here.at);
    if let Some(entry) = VULGAR.iter().find(|entry| entry.0 == here.text(here.at + 1)) {
        return measured(here, here.at + 2, format!("{} and {}", numbers::cardinal(whole), entry.2), false);
    }
    let mixed = here.skip_space(here.at + 1);
    if mixed > here.at + 1
        && let Some((top, bottom, next)) = slashed(here, mixed)
        && bottom != "0"
    {
        let part = parts(top, bottom, true);
        return measured(here, next, format!("{} and {part}", numbers::cardinal(whole)), false);
    }
    let (top, bottom, next) = slashed(here, here.at)?;
    if is_season(top, bottom) {
        return say(next, format!("{} {}", numbers::year(top), numbers::cardinal(bottom)), "years");
    }
    if let Some(name) = NAMES.iter().find(|name| name.0 == top && name.1 == bottom) {
        return say(next, name.2, "name");
    }
    if let Some(words) = shares(top, bottom) {
        return say(next, words, "shares");
    }
    measured(here, next, parts(top, bottom, false), true)
}

/// `2016/17`: a year and the next.
fn is_season(top: &str, bottom: &str) -> bool {
    let next =
        top.parse::<u32>().ok().filter(|year| (1800..2200).contains(year)).map(|year| (year + 1) % 100);
    bottom.len() == 2 && next.is_some() && bottom.parse().ok() == next
}

/// `60/40`: two shares of a hundred.
fn shares(top: &str, bottom: &str) -> Option<String> {
    let (one, other): (u32, u32) = (top.parse().ok()?, bottom.parse().ok()?);
    let fits = one + other == 100 && one >= other && top.len() == 2 && bottom.len() == 2;
    fits.then(|| format!("{} {}", numbers::cardinal(top), numbers::cardinal(bottom)))
}

/// A fraction in one character.
pub(super) fn vulgar(here: &Here<'_, '_>) -> Option<Rewrite> {
    let entry = VULGAR.iter().find(|entry| entry.0 == here.text(here.at))?;
    let words = if entry.0 == "½" { "one half" } else { entry.1 };
    measured(here, here.at + 1, words.to_owned(), true)
}

/// Adds the unit that may follow a fraction; of less than one it is one unit: "one half teaspoon".
fn measured(here: &Here<'_, '_>, next: usize, words: String, singular: bool) -> Option<Rewrite> {
    let number = Number { whole: "2".to_owned(), fraction: None, grouped: false, next };
    match unit_after(here, &number) {
        Some((unit, end)) => say(end, format!("{words} {}", unit.name(singular)), "measure"),
        None => say(next, words, "fraction"),
    }
}

/// Numerator, denominator and the token after `3/4`, `3 / 4`, `3/4ths`.
fn slashed<'a>(here: &Here<'_, 'a>, at: usize) -> Option<(&'a str, &'a str, usize)> {
    let slash = here.skip_space(at + 1);
    let bottom = here.skip_space(slash + 1);
    let even = (slash > at + 1) == (bottom > slash + 1);
    if !here.is(at, Kind::Digits)
        || !matches!(here.text(slash), "/" | "⁄")
        || !here.is(bottom, Kind::Digits)
        || !even
        || here.text(bottom).starts_with('0')
    {
        return None;
    }
    let suffix = here.text(bottom + 1).to_lowercase();
    let next = match suffix.as_str() {
        "th" | "ths" | "rd" | "rds" | "nd" | "st" => bottom + 2,
        _ if here.is(bottom + 1, Kind::Word) && here.text(bottom + 1).len() == 1 => return None,
        _ => bottom + 1,
    };
    let more = matches!(here.text(next), "/" | ".") && here.is(next + 1, Kind::Digits);
    (!more).then(|| (here.text(at), here.text(bottom), next))
}

fn parts(top: &str, bottom: &str, mixed: bool) -> String {
    let one = top == "1";
    let count = numbers::cardinal(top).replace(" and ", " ");
    match bottom {
        "1" => format!("{count} over one"),
        "2" if one && mixed => "a half".to_owned(),
        "2" => format!("{count} {}", if one { "half" } else { "halves" }),
        "4" => format!("{count} {}", if one { "quarter" } else { "quarters" }),
        _ => {
            let part = numbers::ordinal(bottom);
            format!("{count} {}", if one { part } else { numbers::plural(&part) })
        }
    }
}
