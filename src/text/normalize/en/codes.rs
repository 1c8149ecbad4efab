//! Numbers with letters in them, and numbers that are names: `1080p`, `747s`, `401(k)`, `911`.

use super::super::Rewrite;
use super::super::token::Kind;
use super::quantity::{Number, unit_after};
use super::{Here, models, numbers, say};

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
        "s" if models::AIRLINERS.contains(&digits) => {
            say(next, numbers::plural(&models::spoken(digits)), "name")
        }
        "s" if digits.len() >= 2 => say(next, numbers::plural(&numbers::cardinal(digits)), "number"),
        "x" if digits.len() >= 2 && here.is(next, Kind::Digits) => sized(here, next),
        _ => None,
    }
}

/// `1920x1080`, `23x13cm`: the second number with its unit.
fn sized(here: &Here<'_, '_>, at: usize) -> Option<Rewrite> {
    let first = numbers::cardinal(here.text(here.at));
    let second = Number::at(here, at)?;
    if let Some((unit, next)) = unit_after(here, &second).filter(|_| here.is_glued_at(second.next)) {
        return say(
            next,
            format!("{first} by {} {}", second.words(), unit.name(here.is_adjective(next))),
            "size",
        );
    }
    let next = at;
    (!here.is_glued_at(second.next)).then(|| (next, format!("{first} by").into(), "size"))
}

/// `23 x 13cm`, `4 x 100m`: a lone x between numbers.
pub(super) fn by(here: &Here<'_, '_>) -> Option<Rewrite> {
    const SUM_TOKENS: usize = 10;
    let spaced = here.at >= 2 && here.is(here.at - 1, Kind::Space) && here.is(here.at + 1, Kind::Space);
    let before = here.at.checked_sub(2).is_some_and(|at| {
        here.is(at, Kind::Digits) || here.is(at, Kind::Word) && at > 0 && here.is(at - 1, Kind::Digits)
    });
    let sum = (here.at..here.at + SUM_TOKENS).any(|at| here.text(at) == "=");
    let fits = here.text(here.at) == "x" && spaced && before && here.is(here.at + 2, Kind::Digits);
    (fits && !sum).then(|| (here.at + 1, "by".into(), "size"))
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
