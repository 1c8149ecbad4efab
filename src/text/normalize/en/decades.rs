//! Decades, eras, quarters and fiscal years: `1990s`, `'80s`, `340 AD`, `2Q22`, `FY24`.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, numbers, say};

/// `1980s`, `1980 s`, `80s`, `'90s`, `1960s-80s`, `80's`.
pub(super) fn decade(here: &Here<'_, '_>) -> Option<Rewrite> {
    let quoted = matches!(here.text(here.at), "'" | "’" | "‘") && !here.is_glued_before(here.at);
    let at = if quoted { here.at + 1 } else { here.at };
    if here.is_glued_before(at) || !here.is(at, Kind::Digits) {
        return None;
    }
    if quoted
        && let [b'0', digit @ b'1'..=b'9'] = here.text(at).as_bytes()
        && !here.is_glued_at(at + 1)
    {
        // "in '09"
        let year = numbers::cardinal(&char::from(*digit).to_string());
        return say(at + 1, format!("oh {year}"), "year");
    }
    let (first, next) = one(here, at)?;
    if matches!(here.text(next), "-" | "–")
        && let Some((last, end)) = one(here, next + 1)
    {
        return say(end, format!("{first} to {last}"), "decades");
    }
    say(next, first, "decade")
}

fn one(here: &Here<'_, '_>, at: usize) -> Option<(String, usize)> {
    let digits = here.text(at);
    if !here.is(at, Kind::Digits)
        || !matches!(digits.len(), 2 | 4)
        || !digits.ends_with('0')
        || digits.starts_with('0')
    {
        return None;
    }
    let apostrophe = matches!(here.text(at + 1), "'" | "’") && here.text(at + 2) == "s";
    let apart = digits.len() == 4 && here.is(at + 1, Kind::Space) && here.text(at + 2) == "s";
    let next = match () {
        () if here.text(at + 1) == "s" => at + 2,
        () if apostrophe || apart => at + 3,
        () => return None,
    };
    if here.is_glued_at(next) {
        return None;
    }
    let words = if digits.len() == 4 { numbers::year(digits) } else { numbers::cardinal(digits) };
    Some((numbers::plural(&words), next))
}

/// `2Q22`, `3Q 2024`.
pub(super) fn quarter(here: &Here<'_, '_>) -> Option<Rewrite> {
    let number = here.text(here.at);
    if !matches!(number, "1" | "2" | "3" | "4")
        || here.text(here.at + 1) != "Q"
        || here.is_glued_before(here.at)
    {
        return None;
    }
    let words = format!("the {} quarter", numbers::ordinal(number));
    let at = here.skip_space(here.at + 2);
    let Some(year) = short_year(here, at) else { return say(here.at + 2, words, "quarter") };
    say(at + 1, format!("{words} of {year}"), "quarter")
}

/// `FY24`, `FY 2024`, `Q3 2024`.
pub(super) fn fiscal(here: &Here<'_, '_>) -> Option<Rewrite> {
    let at = here.skip_space(here.at + 1);
    match here.text(here.at) {
        "FY" => say(at + 1, format!("fiscal year {}", short_year(here, at)?), "year"),
        "Q" if matches!(here.text(here.at + 1), "1" | "2" | "3" | "4") && !here.is_glued_at(here.at + 2) => {
            say(here.at + 2, format!("Q {}", numbers::cardinal(here.text(here.at + 1))), "quarter")
        }
        _ => None,
    }
}

/// A year of four digits or of the last two.
fn short_year(here: &Here<'_, '_>, at: usize) -> Option<String> {
    let digits = here.text(at);
    if !here.is(at, Kind::Digits) || here.is_glued_at(at + 1) {
        return None;
    }
    match digits.len() {
        4 => Some(numbers::year(digits)),
        2 => Some(numbers::year(&format!("20{digits}"))),
        _ => None,
    }
}

/// Whether an era follows a year ("340 AD"), so that it is said in pairs.
pub(super) fn has_era(here: &Here<'_, '_>, at: usize) -> bool {
    let next = here.skip_space(at);
    let dotted = here.text(next + 1) == "."
        && matches!((here.text(next), here.text(next + 2)), ("A", "D") | ("B", "C"));
    next > at && (matches!(here.text(next), "AD" | "BC" | "BCE" | "CE") || dotted)
}
