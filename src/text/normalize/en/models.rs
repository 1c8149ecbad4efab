//! Numbers that are names: `Boeing 737-800`, `A320`, `F-150`, `BA2490`, `Flight 370`. They are said in
//! pairs, not counted.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, numbers};

/// Words whose number is a name: makers, and things that are numbered.
const NAMED: &[&str] = &[
    "Boeing",
    "Airbus",
    "Embraer",
    "Bombardier",
    "Cessna",
    "Fokker",
    "Tupolev",
    "Gulfstream",
    "Challenger",
    "Porsche",
    "Peugeot",
    "Ferrari",
    "Lamborghini",
    "Mazda",
    "Fiat",
    "Volvo",
    "Chrysler",
    "Ducati",
    "Nokia",
    "Flight",
    "Route",
    "Highway",
    "Interstate",
    "Room",
];

/// `737-800`, `A320-200`, `F-150`, `BA2490`, `Room 101`, `a 747 crashed`.
pub(super) fn model(here: &Here<'_, '_>) -> Option<Rewrite> {
    let digits = here.text(here.at);
    let next = here.at + 1;
    let variant = variant(here, next);
    let counts = here.is_glued_at(next)
        || matches!(here.text(next), "," | "." | ":" | "/" | "%") && here.is(next + 1, Kind::Digits)
        || variant.is_none() && matches!(here.text(next), "-" | "–") && here.is(next + 1, Kind::Digits);
    if digits.starts_with('0') || counts {
        return None;
    }
    let named = match digits.len() {
        3 => is_coded(here) || follows_named(here) || is_airliner(here, digits, variant.is_some()),
        4 => is_coded(here) || follows_named(here),
        _ => false,
    };
    let variant = variant.filter(|_| digits.len() == 3);
    let end = variant.map_or(next, |_| next + 2);
    let words = match variant {
        Some(variant) => format!("{} {}", spoken(digits), spoken(variant)),
        None => spoken(digits),
    };
    named.then(|| (end, words.into(), "name"))
}

/// The second number of a model: `737-800`, `787-9`. Letters may follow ("777-300ER").
fn variant<'a>(here: &Here<'_, 'a>, dash: usize) -> Option<&'a str> {
    let digits = here.text(dash + 1);
    let ends =
        !matches!(here.text(dash + 2), "-" | "." | "," | "/" | "%") || !here.is(dash + 3, Kind::Digits);
    let fits = here.text(dash) == "-" && here.is(dash + 1, Kind::Digits) && digits.len() <= 3 && ends;
    fits.then_some(digits)
}

/// Capitals directly before, or one with a hyphen: `A320`, `MH370`, `F-150`.
fn is_coded(here: &Here<'_, '_>) -> bool {
    let capitals = |at: usize, most: usize| {
        let word = here.text(at);
        here.is(at, Kind::Word)
            && word.len() <= most
            && word.bytes().all(|b| b.is_ascii_uppercase())
            && !here.is_glued_before(at)
            && !matches!(here.before(at), "$" | "€" | "£" | "-" | "/" | "." | "#")
    };
    let four = here.text(here.at).len() == 4;
    match here.at.checked_sub(1) {
        Some(before) if here.is(before, Kind::Word) => {
            capitals(before, 2) && !(four && here.text(before).len() < 2)
        }
        Some(hyphen) => !four && hyphen > 0 && here.text(hyphen) == "-" && capitals(hyphen - 1, 1),
        None => false,
    }
}

fn follows_named(here: &Here<'_, '_>) -> bool {
    here.at >= 2 && here.is(here.at - 1, Kind::Space) && NAMED.contains(&here.text(here.at - 2))
}

/// The numbers that one maker has given to its aircraft alone.
pub(super) const AIRLINERS: &[&str] = &["707", "717", "727", "737", "747", "757", "767", "777", "787"];

/// `737-800`, "the 747 took off": the numbers that one maker has given to its aircraft alone.
fn is_airliner(here: &Here<'_, '_>, digits: &str, has_variant: bool) -> bool {
    let after = here.word_after(here.at + 1);
    let counted = after.starts_with(char::is_lowercase) && after.ends_with('s') && after.len() > 3
        || matches!(after, "people" | "men" | "women" | "children" | "staff" | "police");
    let single = matches!(here.word_before(here.at), "a" | "A" | "the" | "The" | "its" | "two" | "new");
    AIRLINERS.contains(&digits)
        && !here.is_glued_before(here.at)
        && !matches!(here.before(here.at), "-" | "." | "," | "/" | "$" | "€" | "£" | "+")
        && (has_variant && here.text(here.at + 2).len() <= 3 || single && !counted || after == "MAX")
}

/// Three or four digits of a name: `737` → seven thirty seven, `101` → one oh one.
pub(super) fn spoken(digits: &str) -> String {
    match digits.as_bytes() {
        [_, b'0', b'1'..=b'9'] => {
            format!("{} oh {}", numbers::cardinal(&digits[..1]), numbers::cardinal(&digits[2..]))
        }
        [_, _, _] | [_, _, _, _] => numbers::in_pairs(digits),
        _ => numbers::cardinal(digits),
    }
}
