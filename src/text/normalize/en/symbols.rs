//! Signs: what is said for them, and where they are a pause or nothing.

use super::super::Rewrite;
use super::super::token::Kind;
use super::quantity::{Number, unit_after};
use super::{Here, say};

/// Tokens around a hyphen that are searched for a sign of arithmetic.
const SUM_TOKENS: usize = 10;

/// Signs that are said the same wherever they stand.
const NAMES: &[(&str, &str)] = &[
    ("@", "at"),
    ("+", "plus"),
    ("=", "equals"),
    ("≈", "about"),
    ("≤", "at most"),
    ("≥", "at least"),
    ("±", "plus or minus"),
    ("×", "times"),
    ("÷", "divided by"),
    ("§", "section"),
    ("¶", "paragraph"),
    ("№", "number"),
    ("%", "percent"),
    ("‰", "per thousand"),
    ("∞", "infinity"),
    ("√", "square root of"),
    ("≠", "is not"),
    ("°", "degrees"),
    ("µ", "micro"),
    ("$", "dollar"),
    ("€", "euro"),
    ("£", "pound"),
    ("¥", "yen"),
    ("₩", "won"),
    ("₹", "rupee"),
    ("¢", "cents"),
    ("²", "squared"),
    ("³", "cubed"),
];

/// Signs that are not said.
const SILENT: &[&str] = &["©", "®", "™", "^", "_", "\\", "¬", "†", "‡", "ª", "º", "`", "´", "¦"];

/// What a mark says where it stands.
pub(super) fn mark(here: &Here<'_, '_>) -> Option<Rewrite> {
    let sign = here.text(here.at);
    let next = here.at + 1;
    match sign {
        "—" | "–" | "―" | "-" | "−" | "‑" | "‐" => dash(here, sign),
        "&" => say(next, "and", "sign"),
        "#" => hash(here),
        // A tag that was left in the text.
        "/" if here.before(here.at) == "<" || here.text(next) == ">" => None,
        "/" => slash(here),
        "~" | "∼" if here.is(next, Kind::Digits) => say(next, "about", "sign"),
        "~" | "∼" => say(next, " ", ""),
        "<" | ">" => compare(here, sign),
        // ".NET", "a .zip file"
        "." if here.is(next, Kind::Word) && (here.at == 0 || here.is(here.at - 1, Kind::Space)) => {
            say(next, "dot", "sign")
        }
        "*" if here.is_glued_before(here.at) && here.is(next, Kind::Digits) => say(next, "times", "sign"),
        "*" => say(next, "", ""),
        "|" | "•" | "·" | "→" | "⇒" | "►" => pause(here, next),
        _ if SILENT.contains(&sign) => {
            say(next, if here.is_glued_at(next) && here.is_glued_before(here.at) { " " } else { "" }, "")
        }
        _ => {
            let entry = NAMES.iter().find(|entry| entry.0 == sign)?;
            say(next, entry.1, "sign")
        }
    }
}

/// White space before a dash or a stroke that is a pause: both become a comma.
pub(super) fn spaced_dash(here: &Here<'_, '_>) -> Option<Rewrite> {
    let dash = here.at + 1;
    let sign = here.text(dash);
    let double = usize::from(sign == "-" && here.text(dash + 1) == "-");
    let after = dash + 1 + double;
    let long = matches!(sign, "—" | "–" | "―") || double == 1;
    let open = !(here.is(after, Kind::Space) || long || here.tokens.len() == after);
    if here.at == 0 || open || !matches!(sign, "—" | "–" | "―" | "-" | "|" | "•" | "·" | "/") {
        return None;
    }
    if is_between_measures(here, here.skip_space(after)) {
        return say(here.skip_space(after), " to ", "");
    }
    let between_numbers = here.is(here.at - 1, Kind::Digits) && here.is(here.skip_space(after), Kind::Digits);
    if between_numbers && !matches!(sign, "—" | "|" | "•" | "·") || is_sum(here, dash) {
        return None;
    }
    if here.is(after, Kind::Digits) && sign == "–" || !is_speech(here, here.at - 1) {
        return None;
    }
    say(here.skip_space(after), ", ", "")
}

/// `50 mins – 1 hr`: a number with its unit on both sides of a dash.
fn is_between_measures(here: &Here<'_, '_>, after: usize) -> bool {
    let unit = here.at - 1;
    let number =
        unit.checked_sub(1).map_or(0, |at| if here.is(at, Kind::Space) { at.saturating_sub(1) } else { at });
    let measured =
        |number: usize| Number::at(here, number).is_some_and(|number| unit_after(here, &number).is_some());
    here.is(unit, Kind::Word) && here.is(number, Kind::Digits) && measured(number) && measured(after)
}

/// Whether a comma may follow a token: it is a word, a number, or closes something.
fn is_speech(here: &Here<'_, '_>, at: usize) -> bool {
    here.is_glued_at(at) || matches!(here.text(at), ")" | "]" | "\"" | "”" | "’" | "'" | "%")
}

/// A pause where there is a word before.
fn pause(here: &Here<'_, '_>, next: usize) -> Option<Rewrite> {
    let spoken = here.at > 0 && is_speech(here, here.at - 1);
    say(here.skip_space(next), if spoken { ", " } else { " " }, "")
}

fn dash(here: &Here<'_, '_>, sign: &str) -> Option<Rewrite> {
    let next = here.at + 1;
    let apart =
        here.at == 0 || here.is(here.at - 1, Kind::Space) || matches!(here.before(here.at), "(" | "-" | "[");
    let number = here.is(next, Kind::Digits) || (here.text(next) == "." && here.is(next + 1, Kind::Digits));
    let money = matches!(here.text(next), "$" | "€" | "£") && here.is(next + 1, Kind::Digits);
    if (apart || sign == "−") && (number || money) && matches!(sign, "-" | "−" | "–") {
        return say(next, "minus", "sign");
    }
    if sign == "-" && is_sum(here, here.at) && here.is(here.skip_space(next), Kind::Digits) {
        return say(next, "minus", "sign");
    }
    match sign {
        "‑" | "‐" => say(next, "-", ""),
        // "f---ing"
        "-" if here.text(next) == "-" && here.text(next + 1) == "-" => say(next, " ", ""),
        "-" if here.text(next) == "-" => pause(here, next + 1),
        "-" => None,
        _ => pause(here, next),
    }
}

/// Whether an equals sign stands near: the hyphen is a minus.
fn is_sum(here: &Here<'_, '_>, at: usize) -> bool {
    let window = here.tokens.get(at..(at + SUM_TOKENS).min(here.tokens.len())).unwrap_or(&[]);
    window.iter().any(|token| token.text == "=")
}

fn hash(here: &Here<'_, '_>) -> Option<Rewrite> {
    let next = here.at + 1;
    let glued = here.is_glued_before(here.at);
    if glued && matches!(here.before(here.at), "C" | "F") && !here.is_glued_at(next) {
        return say(next, "sharp", "sign");
    }
    match () {
        () if glued || !here.is_glued_at(next) => say(next, "hash", "sign"),
        () if here.is(next, Kind::Digits) => say(next, "number", "sign"),
        () => say(next, "hashtag", "sign"),
    }
}

/// `and/or`, `he/she`, `upgrade/update`.
fn slash(here: &Here<'_, '_>) -> Option<Rewrite> {
    let next = here.at + 1;
    let (before, after) = (here.before(here.at), here.text(next));
    let pair = (before.to_lowercase(), after.to_lowercase());
    let words = match (pair.0.as_str(), pair.1.as_str()) {
        ("and" | "either", "or") => " ",
        ("he", "she") | ("she", "he") | ("his", "her") | ("her", "his") | ("him", "her") | ("her", "him") => {
            "or"
        }
        ("yes", "no") | ("true", "false") => "or",
        // "P/E", "TCP/IP", "HIV/AIDS"
        _ if is_short_name(here, here.at.saturating_sub(1)) && is_short_name(here, next) => " ",
        // "200g/7oz", "180C/gas 4"
        _ if is_other_measure(here) => return say(next, ", ", ""),
        _ => "slash",
    };
    say(next, words, if words == " " { "" } else { "sign" })
}

/// Whether a token is letters alone, and capitals.
fn is_short_name(here: &Here<'_, '_>, at: usize) -> bool {
    const LETTERS_MAX: usize = 5;
    let word = here.text(at);
    here.is(at, Kind::Word)
        && word.len() <= LETTERS_MAX
        && word.bytes().all(|b| b.is_ascii_uppercase())
        && !here.is_glued_before(at)
        && !here.is_glued_at(at + 1)
}

/// Whether a stroke stands between two ways to measure the same: a number with its unit before it, and
/// a number after it or one word on.
fn is_other_measure(here: &Here<'_, '_>) -> bool {
    let (stroke, next) = (here.at, here.at + 1);
    let unit = stroke >= 2 && here.is(stroke - 1, Kind::Word) && here.is(stroke - 2, Kind::Digits);
    let named =
        here.is(next, Kind::Word) && here.is(next + 1, Kind::Space) && here.is(next + 2, Kind::Digits);
    // "160C fan/gas 4"
    unit && (here.is(next, Kind::Digits) || named) || named && here.text(next) == "gas"
}

/// `<5`, `>100`.
fn compare(here: &Here<'_, '_>, sign: &str) -> Option<Rewrite> {
    let next = here.skip_space(here.at + 1);
    let number = here.is(next, Kind::Digits) || matches!(here.text(next), "$" | "€" | "£");
    let apart = here.at == 0 || here.is(here.at - 1, Kind::Space) || here.before(here.at) == "(";
    (number && apart)
        .then(|| (here.at + 1, if sign == "<" { "less than" } else { "more than" }.into(), "sign"))
}
