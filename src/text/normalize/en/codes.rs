//! Numbers with letters in them, and numbers that are names: `1080p`, `747s`, `401(k)`, `911`.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, numbers, say};

/// Numbers one calls for help.
const EMERGENCY: &[&str] = &["911", "999", "112", "988", "101", "111"];

/// `1080p`, `50p`, `747s`, `F-16s`, `1920x1080`.
pub(super) fn lettered(here: &Here<'_, '_>) -> Option<Rewrite> {
    let (digits, letters) = (here.text(here.at), here.text(here.at + 1));
    let next = here.at + 2;
    if digits.starts_with('0') || here.is_glued_at(next) && letters != "x" || here.before(here.at) == "." {
        return None;
    }
    match letters {
        "p" | "i" if matches!(digits.len(), 3 | 4) && digits.ends_with('0') => {
            say(next, format!("{} {letters}", numbers::in_pairs(digits)), "resolution")
        }
        "p" if digits.len() <= 2 => say(next, format!("{} pence", numbers::cardinal(digits)), "money"),
        "s" if digits.len() >= 2 => say(next, numbers::plural(&numbers::cardinal(digits)), "number"),
        "x" if digits.len() >= 2 && here.is(next, Kind::Digits) && !here.is_glued_at(next + 1) => {
            say(next, format!("{} by", numbers::cardinal(digits)), "size")
        }
        _ => None,
    }
}

/// `401(k)`, `501(c)(3)`: sections of a law.
pub(super) fn section(here: &Here<'_, '_>) -> Option<Rewrite> {
    let digits = here.text(here.at);
    if digits.len() != 3 || here.is_glued_before(here.at) {
        return None;
    }
    let mut words = match digits.as_bytes() {
        [a, b'0', c] => {
            format!("{} oh {}", numbers::one_by_one(&digits[..1]), numbers::one_by_one(&digits[2..]))
                .replace("oh zero", if *a > b'0' && *c == b'0' { "hundred" } else { "oh zero" })
        }
        _ => numbers::in_pairs(digits),
    };
    let mut at = here.at + 1;
    while here.text(at) == "("
        && here.text(at + 1).len() == 1
        && here.is_glued_at(at + 1)
        && here.text(at + 2) == ")"
        && at < here.at + 7
    {
        let item = here.text(at + 1);
        words.push(' ');
        words.push_str(&if here.is(at + 1, Kind::Digits) {
            numbers::cardinal(item)
        } else {
            item.to_owned()
        });
        at += 3;
    }
    (at > here.at + 1 && here.is(here.at + 2, Kind::Word)).then(|| (at, words.into(), "section"))
}

/// "called 911": a number that is dialled is said digit by digit.
pub(super) fn emergency(here: &Here<'_, '_>) -> Option<Rewrite> {
    const VERBS: &[&str] = &[
        "call", "calls", "called", "calling", "dial", "dials", "dialed", "dialled", "dialing", "phoned",
        "text",
    ];
    let fits = EMERGENCY.contains(&here.text(here.at))
        && VERBS.contains(&here.word_before(here.at).to_lowercase().as_str());
    fits.then(|| (here.at + 1, numbers::one_by_one(here.text(here.at)).into(), "telephone number"))
}
