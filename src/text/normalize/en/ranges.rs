//! Ranges, scores and products: `10–15`, `3-2`, `2019–21`, `5-10%`, `2x8`.

use super::super::Rewrite;
use super::super::token::Kind;
use super::money::{currency_after, magnitude};
use super::quantity::{Number, unit_after};
use super::{Here, numbers, say};

/// Two numbers with a dash between them, and what stands after them.
pub(super) fn range(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at) {
        return None;
    }
    let first = Number::at(here, here.at)?;
    let percent = usize::from(here.text(first.next) == "%");
    let after = dash_after(here, first.next + percent)?;
    let second = Number::at(here, after)?;
    if continues(here, here.at, second.next) {
        return None;
    }
    if let Some(words) = years(here, &first, &second) {
        return say(second.next, words, "years");
    }
    let joint = if first.whole == second.whole && first.fraction == second.fraction { "" } else { "to " };
    let pair = format!("{} {joint}{}", side(&first), side(&second));
    if let Some((name, next)) = magnitude(here, second.next).filter(|(_, next)| here.text(*next) != "%") {
        return say(next, format!("{pair} {name}"), "range");
    }
    if let Some((unit, next)) = unit_after(here, &second) {
        return say(next, format!("{pair} {}", unit.name(here.is_adjective(next))), "range");
    }
    if let Some((words, next)) = currency_after(here, &second) {
        return say(next, format!("{} to {words}", side(&first)), "range");
    }
    if here.is(second.next, Kind::Word) {
        return None;
    }
    say(second.next, pair, "range")
}

fn side(number: &Number) -> String {
    let zeros = number.whole.len() > 1 && number.whole.starts_with('0') && number.fraction.is_none();
    if zeros { numbers::one_by_one(&number.whole) } else { number.words() }
}

/// The token after a dash between two numbers. White space may stand around a long dash.
fn dash_after(here: &Here<'_, '_>, at: usize) -> Option<usize> {
    let dash = here.skip_space(at);
    let after = here.skip_space(dash + 1);
    let spaced = dash > at || after > dash + 1;
    let fits = match here.text(dash) {
        "–" | "—" | "‒" => true,
        "-" | "‑" => !spaced,
        _ => false,
    };
    (fits && here.is(after, Kind::Digits)).then_some(after)
}

/// Whether the two numbers are part of something longer: `1-2-3`, `5-4/b`, `x-1-2`.
fn continues(here: &Here<'_, '_>, start: usize, end: usize) -> bool {
    let before =
        matches!(here.before(start), "-" | "–" | "/" | ".") && start >= 2 && here.is_glued_before(start - 1);
    let after = matches!(here.text(end), "-" | "–" | "/") && here.is_glued_at(end + 1);
    before || after
}

/// `2019–2021`, `1960-80`, `2023/24`.
fn years(here: &Here<'_, '_>, first: &Number, second: &Number) -> Option<String> {
    let is_year = |number: &Number| {
        number.whole.len() == 4
            && !number.grouped
            && number.fraction.is_none()
            && number.whole.parse().is_ok_and(|year: u32| (1100..2100).contains(&year))
    };
    if !is_year(first) || second.fraction.is_some() || unit_after(here, second).is_some() {
        return None;
    }
    let short = second.whole.len() == 2 && !second.grouped && second.whole.as_str() > &first.whole[2..];
    if is_year(second) {
        return Some(format!("{} to {}", numbers::year(&first.whole), numbers::year(&second.whole)));
    }
    let last = if second.whole.starts_with('0') {
        format!("oh {}", numbers::cardinal(&second.whole))
    } else {
        numbers::cardinal(&second.whole)
    };
    short.then(|| format!("{} to {last}", numbers::year(&first.whole)))
}
