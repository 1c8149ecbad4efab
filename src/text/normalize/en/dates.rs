//! Dates in their common orders.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, is_capital, numbers, quantity, say};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Short names of months; they are no words of their own but for "mar" and "dec".
const SHORT: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["mar"],
    &["apr"],
    &[],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep", "sept"],
    &["oct"],
    &["nov"],
    &["dec"],
];

/// A month by its name, and whether the name is short.
fn month(word: &str) -> Option<(&'static str, bool)> {
    if !(3..=9).contains(&word.len()) {
        return None;
    }
    let lower = word.to_lowercase();
    (0..12).find_map(|n| {
        let long = MONTHS[n].to_lowercase() == lower;
        (long || SHORT[n].contains(&lower.as_str())).then_some((MONTHS[n], !long))
    })
}

/// A month's number, from its digits.
fn month_number(digits: &str) -> Option<&'static str> {
    let number: usize = digits.parse().ok().filter(|_| digits.len() <= 2)?;
    MONTHS.get(number.checked_sub(1)?).copied()
}

/// The day of a month that starts at a token, with its suffix: its digits and the token after it.
fn day<'a>(here: &Here<'_, 'a>, at: usize) -> Option<(&'a str, usize)> {
    let digits = here.text(at);
    let fits = here.is(at, Kind::Digits)
        && digits.len() <= 2
        && digits.parse().is_ok_and(|n: u32| (1..=31).contains(&n));
    if !fits {
        return None;
    }
    let suffix = quantity::is_suffix(digits.trim_start_matches('0'), here.text(at + 1));
    let next = at + 1 + usize::from(suffix);
    let open = here.is_glued_at(next)
        || (matches!(here.text(next), "." | "," | ":" | "/") && here.is(next + 1, Kind::Digits));
    (!open || here.text(next) == "," && here.text(next + 1).len() == 4).then_some((digits, next))
}

/// The year that may follow a date, after white space or a comma: its words and the token after it.
fn year_after(here: &Here<'_, '_>, at: usize, separators: &[&str]) -> Option<(String, usize)> {
    let comma = usize::from(here.text(at) == ",");
    let mut next = here.skip_space(at + comma);
    if next == at && separators.contains(&here.text(at)) {
        next = at + 1;
    }
    let joint = if comma == 1 { "," } else { "" };
    let digits = here.text(next);
    let fits = here.is(next, Kind::Digits)
        && digits.len() == 4
        && ('1'..='2').contains(&digits.chars().next()?)
        && !here.is_glued_at(next + 1)
        && !(matches!(here.text(next + 1), "." | "," | ":" | "-") && here.is(next + 2, Kind::Digits));
    (next > at && fits).then(|| (format!("{joint} {}", numbers::year(digits)), next + 1))
}

/// `June 30`, `Nov. 22, 2026`, `July 1506`, `June 3-5`, `Jan-15-2020`.
pub(super) fn month_day(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at) {
        return None;
    }
    let written = here.text(here.at);
    let (name, short) = month(written)?;
    let dot = usize::from(short && here.text(here.at + 1) == ".");
    let head = here.at + 1 + dot;
    let hyphen = here.text(head) == "-" && here.is(head + 1, Kind::Digits);
    let number = if hyphen { head + 1 } else { here.skip_space(head) };
    if number > head
        && let Some((digits, next)) = day(here, number)
    {
        let year = year_after(here, next, if hyphen { &["-"] } else { &[] });
        let certain = is_capital(written) || year.is_some() || !matches!(written, "may" | "march" | "mar");
        if certain {
            return dated(here, format!("{name} {}", numbers::ordinal(digits)), next, year);
        }
    }
    if let Some((year, next)) = year_after(here, head, &[])
        && (is_capital(written) || !matches!(written, "may" | "march" | "mar"))
    {
        return say(next, format!("{name}{year}"), "date");
    }
    let expand = short
        && is_capital(written)
        && (dot == 1 || here.is(number, Kind::Digits) && number > head)
        && written != "Mar";
    let end = head - usize::from(dot == 1 && here.is_end(head));
    expand.then(|| (end, name.into(), "month"))
}

/// `Mon–Fri`, `Oct-Dec`, `May–June`: two days of the week or two months.
pub(super) fn span(here: &Here<'_, '_>) -> Option<Rewrite> {
    let dot = |at: usize| usize::from(here.text(at) == ".");
    let named = |at: usize| {
        let word = here.text(at);
        let day = DAYS.iter().find(|day| day.starts_with(word) && word.len() >= 3 || **day == word);
        let month = month(word).map(|(name, _)| name);
        (is_capital(word) && !here.is_glued_at(at + 1)).then_some((day.copied(), month))
    };
    let (first_day, first_month) = named(here.at)?;
    let dash = here.at + 1 + dot(here.at + 1);
    let (last_day, last_month) = named(dash + 1)?;
    let (first, last) = first_day.zip(last_day).or(first_month.zip(last_month))?;
    let end = if dot(dash + 2) == 1 && !here.is_end(dash + 3) { dash + 3 } else { dash + 2 };
    let fits = matches!(here.text(dash), "-" | "–") && !here.is_glued_before(here.at);
    fits.then(|| (end, format!("{first} to {last}").into(), "dates"))
}

/// Adds the rest of a range of days, or the year.
fn dated(here: &Here<'_, '_>, words: String, next: usize, year: Option<(String, usize)>) -> Option<Rewrite> {
    if matches!(here.text(next), "-" | "–" | "—")
        && let Some((digits, end)) = day(here, next + 1)
    {
        let words = format!("{words} to {}", numbers::ordinal(digits));
        return match year_after(here, end, &[]) {
            Some((year, end)) => say(end, format!("{words}{year}"), "date"),
            None => say(end, words, "date"),
        };
    }
    match year {
        Some((year, end)) => say(end, format!("{words}{year}"), "date"),
        None => say(next, words, "date"),
    }
}

/// `25 July 2012`, `the 4th of July`, `3–5 June`, `15-Jan-2020`.
pub(super) fn day_month(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at) {
        return None;
    }
    let (digits, mut next) = day(here, here.at)?;
    let mut words = numbers::ordinal(digits);
    if matches!(here.text(next), "-" | "–")
        && let Some((last, end)) = day(here, next + 1)
    {
        words = format!("{words} to the {}", numbers::ordinal(last));
        next = end;
    }
    let hyphen = here.text(next) == "-";
    let mut at = if hyphen { next + 1 } else { here.skip_space(next) };
    if here.text(at).eq_ignore_ascii_case("of") {
        at = here.skip_space(at + 1);
    }
    let written = here.text(at);
    let (name, short) = month(written).filter(|_| at > next && here.is(at, Kind::Word))?;
    let after = at + 1;
    let dot = usize::from(short && here.text(after) == "." && !here.is_end(after + 1));
    let year = year_after(here, after + dot, if hyphen { &["-"] } else { &[] });
    let doubtful =
        matches!(written, "may" | "march" | "mar") || (short && written.len() == 3 && !is_capital(written));
    if doubtful && year.is_none() {
        return None;
    }
    let article = match here.word_before(here.at).to_lowercase().as_str() {
        "the" | "a" | "an" | "this" | "that" | "every" | "each" | "our" | "their" | "his" | "her" | "its"
        | "my" | "your" | "last" | "next" => "",
        _ => "the ",
    };
    let (year, end) = year.unwrap_or((String::new(), after + dot));
    say(end, format!("{article}{words} of {name}{year}"), "date")
}

/// `2026-11-22`, `11/17/2005`, `15-01-2020`, `22.11.2026`, `11/17/05`.
pub(super) fn numeric(here: &Here<'_, '_>) -> Option<Rewrite> {
    let (first, mark, second, third) =
        (here.text(here.at), here.text(here.at + 1), here.text(here.at + 2), here.text(here.at + 4));
    let shape = matches!(mark, "-" | "/" | ".")
        && here.text(here.at + 3) == mark
        && here.is(here.at + 2, Kind::Digits)
        && here.is(here.at + 4, Kind::Digits)
        && second.len() <= 2;
    let more =
        here.is_glued_at(here.at + 5) || (here.text(here.at + 5) == mark && here.is_glued_at(here.at + 6));
    let inside = here.is_glued_before(here.at) || matches!(here.before(here.at), "-" | "/" | ".");
    if !shape || more || inside {
        return None;
    }
    let next = here.at + 5;
    if first.len() == 4 && third.len() <= 2 && mark != "." {
        return said(third, month_number(second)?, first, false, next);
    }
    let short_year = third.len() == 2 && mark == "/";
    if first.len() > 2 || !(third.len() == 4 || short_year) {
        return None;
    }
    // American order, unless it cannot be: with full stops and with hyphens the day goes first.
    let fits_both = month_number(second).is_some() && is_day(first);
    let day_first = here.day_first && fits_both;
    let american = mark == "/" && month_number(first).is_some() && is_day(second) && !day_first;
    if american {
        return said(second, month_number(first)?, third, false, next);
    }
    said(first, month_number(second)?, third, true, next)
}

fn is_day(digits: &str) -> bool {
    digits.parse().is_ok_and(|n: u32| (1..=31).contains(&n))
}

fn said(day: &str, month: &str, year: &str, day_first: bool, next: usize) -> Option<Rewrite> {
    if !is_day(day) {
        return None;
    }
    let year = match year.strip_prefix('0') {
        Some(digit) if year.len() == 2 => format!("oh {}", numbers::cardinal(digit)),
        _ => numbers::year(year),
    };
    let day = numbers::ordinal(day);
    if day_first {
        return say(next, format!("the {day} of {month} {year}"), "date");
    }
    say(next, format!("{month} {day} {year}"), "date")
}
