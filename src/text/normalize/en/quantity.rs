//! Numbers that count and order.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, numbers};

/// `21st`.
pub(super) fn ordinal(here: &Here<'_, '_>) -> Option<Rewrite> {
    let suffix = here.text(here.at + 1);
    let digits = here.text(here.at);
    let teen = digits.len() > 1 && digits[digits.len() - 2..].starts_with('1');
    let wanted = match digits.as_bytes().last()? {
        b'1' if !teen => "st",
        b'2' if !teen => "nd",
        b'3' if !teen => "rd",
        _ => "th",
    };
    suffix.eq_ignore_ascii_case(wanted).then(|| (here.at + 2, numbers::ordinal(digits).into(), "ordinal"))
}

/// `1,250`, `3.14`, `2019`.
pub(super) fn number(here: &Here<'_, '_>) -> Option<Rewrite> {
    let digits = here.text(here.at);
    let _ = here.is(here.at, Kind::Digits);
    Some((here.at + 1, numbers::cardinal(digits).into(), "number"))
}
