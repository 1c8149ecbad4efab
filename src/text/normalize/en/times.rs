//! Times of day, time zones and durations.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, numbers, say};

const ZONES: &[&str] = &[
    "ET", "EST", "EDT", "CT", "CST", "CDT", "MT", "MST", "MDT", "PT", "PST", "PDT", "GMT", "UTC", "BST",
    "CET", "CEST", "IST", "JST", "AEST", "AEDT", "HKT", "SGT",
];

/// A time in words.
struct Time {
    words: String,
    next: usize,
    /// It says more than an hour: minutes, or before or after noon.
    certain: bool,
}

/// `12:30pm`, `9 a.m.`, `14:00 ET`, `1:01:01`, `4:00 am - 8:12 pm`, `2-5pm`.
pub(super) fn clock(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at) {
        return None;
    }
    let lasting = duration(here, here.at).or_else(|| race(here, here.at)).or_else(|| lapse(here, here.at));
    if let Some((words, next)) = lasting {
        return say(next, words, "time");
    }
    let first = time(here, here.at)?;
    let dash = here.skip_space(first.next);
    if matches!(here.text(dash), "-" | "–" | "—")
        && let Some(second) = time(here, here.skip_space(dash + 1)).filter(|time| time.certain)
    {
        return say(second.next, format!("{} to {}", first.words, second.words), "times");
    }
    first.certain.then(|| (first.next, first.words.into(), "time"))
}

fn time(here: &Here<'_, '_>, at: usize) -> Option<Time> {
    let hour = here.text(at);
    let value: u32 = hour.parse().ok().filter(|hour| *hour <= 24)?;
    if hour.len() > 2 || !here.is(at, Kind::Digits) {
        return None;
    }
    let minutes = minutes(here, at + 1).or_else(|| dotted_minutes(here, at + 1));
    let after = if minutes.is_some() { at + 3 } else { at + 1 };
    let half = half_of_day(here, after).filter(|_| (1..=12).contains(&value));
    if half.is_none()
        && (here.is_glued_at(after) || here.text(after) == ":" || here.text(after) == ".")
        && minutes.is_none()
    {
        return None;
    }
    if half.is_none() && here.is_glued_at(after) {
        return None;
    }
    let hour = numbers::cardinal(hour);
    let words = match (minutes, half.is_some()) {
        (None | Some("00"), true) => hour,
        (None, false) => hour,
        (Some("00"), false) if value == 0 || value > 12 => format!("{hour} hundred"),
        (Some("00"), false) => format!("{hour} o'clock"),
        (Some(minutes), _) if minutes.starts_with('0') => format!("{hour} oh {}", numbers::cardinal(minutes)),
        (Some(minutes), _) => format!("{hour} {}", numbers::cardinal(minutes)),
    };
    let certain = minutes.is_some() || half.is_some();
    let (words, next) = match half {
        Some((name, next)) => (format!("{words} {name}"), next),
        None => (words, after),
    };
    let (words, next) = with_zone(here, words, next, certain);
    Some(Time { words, next, certain })
}

/// The minutes after a colon.
fn minutes<'a>(here: &Here<'_, 'a>, colon: usize) -> Option<&'a str> {
    let digits = here.text(colon + 1);
    let fits =
        here.text(colon) == ":" && here.is(colon + 1, Kind::Digits) && digits.len() == 2 && digits < "60";
    fits.then_some(digits)
}

/// The minutes of `2.30pm`, as the British write it.
fn dotted_minutes<'a>(here: &Here<'_, 'a>, stop: usize) -> Option<&'a str> {
    let digits = here.text(stop + 1);
    let fits =
        here.text(stop) == "." && here.is(stop + 1, Kind::Digits) && digits.len() == 2 && digits < "60";
    (fits && half_of_day(here, stop + 2).is_some()).then_some(digits)
}

/// `am`, `p.m.`, `PM`: as letters, with the token after it. A full stop that ends the text stays.
fn half_of_day(here: &Here<'_, '_>, at: usize) -> Option<(&'static str, usize)> {
    let word = here.skip_space(at);
    let name = |letter: &str| match letter {
        "a" | "A" => Some("A M"),
        "p" | "P" => Some("PM"),
        _ => None,
    };
    let written = here.text(word);
    if written.eq_ignore_ascii_case("am") || written.eq_ignore_ascii_case("pm") {
        return (!here.is_glued_at(word + 1)).then_some((name(&written[..1])?, word + 1));
    }
    let name = name(written)?;
    if here.text(word + 1) != "." || !here.text(word + 2).eq_ignore_ascii_case("m") {
        return None;
    }
    let dot = here.text(word + 3) == "." && !here.is_end(word + 4);
    Some((name, word + 3 + usize::from(dot)))
}

fn with_zone(here: &Here<'_, '_>, words: String, next: usize, certain: bool) -> (String, usize) {
    let at = here.skip_space(next);
    if !certain || at == next {
        return (words, next);
    }
    if ZONES.contains(&here.text(at)) && !here.is_glued_at(at + 1) {
        return (format!("{words} {}", spaced(here.text(at))), at + 1);
    }
    // "est", "e.s.t"
    let letters = [here.text(at), here.text(at + 2), here.text(at + 4)].concat().to_uppercase();
    if here.text(at + 1) == "." && here.text(at + 3) == "." && ZONES.contains(&letters.as_str()) {
        let dot = here.text(at + 5) == "." && !here.is_end(at + 6);
        return (format!("{words} {}", spaced(&letters)), at + 5 + usize::from(dot));
    }
    let upper = here.text(at).to_uppercase();
    if upper.len() == 3 && ZONES.contains(&upper.as_str()) && here.text(at).chars().all(char::is_lowercase) {
        return (format!("{words} {}", spaced(&upper)), at + 1);
    }
    (words, next)
}

/// Letters with spaces between them.
pub(super) fn spaced(letters: &str) -> String {
    let mut words = String::with_capacity(letters.len() * 2);
    for letter in letters.chars() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push(letter);
    }
    words
}

/// `1:01:01`: hours, minutes and seconds.
fn duration(here: &Here<'_, '_>, at: usize) -> Option<(String, usize)> {
    let (hours, minutes, seconds) = (here.text(at), minutes(here, at + 1)?, minutes(here, at + 3)?);
    if hours.len() > 2 || here.is_glued_at(at + 5) || here.text(at + 5) == ":" {
        return None;
    }
    let words =
        format!("{} {} and {}", count(hours, "hour"), count(minutes, "minute"), count(seconds, "second"));
    Some((words, at + 5))
}

/// `3:43.13`: minutes, seconds and their parts, as runners are timed.
fn race(here: &Here<'_, '_>, at: usize) -> Option<(String, usize)> {
    let (first, seconds, parts) = (here.text(at), minutes(here, at + 1)?, here.text(at + 4));
    let goes_on =
        here.is_glued_at(at + 5) || matches!(here.text(at + 5), "." | ":") && here.is(at + 6, Kind::Digits);
    let fits = first.len() <= 2 && here.text(at + 3) == "." && here.is(at + 4, Kind::Digits);
    if !fits || parts.len() > 3 || goes_on {
        return None;
    }
    let seconds = format!("{} point {} seconds", numbers::cardinal(seconds), numbers::one_by_one(parts));
    let words = match first.trim_start_matches('0') {
        "" => seconds,
        first => format!("{} {seconds}", count(first, "minute")),
    };
    Some((words, at + 5))
}

/// `1h 23m`, `3m20s`, `2h30`: hours, minutes and seconds by their letters.
fn lapse(here: &Here<'_, '_>, at: usize) -> Option<(String, usize)> {
    const UNITS: [(&str, &[&str]); 3] =
        [("hour", &["h", "hr", "hrs"]), ("minute", &["m", "min", "mins"]), ("second", &["s", "sec", "secs"])];
    let mut words: Vec<String> = Vec::new();
    let (mut end, mut larger) = (at, 0);
    loop {
        let next = if words.is_empty() { at } else { here.skip_space(end) };
        let (digits, sign) = (here.text(next), here.text(next + 1));
        if !here.is(next, Kind::Digits) || digits.len() > 2 {
            break;
        }
        let free = !here.is_glued_at(next + 2) || here.is(next + 2, Kind::Digits);
        let unit = (larger..UNITS.len()).find(|&unit| free && UNITS[unit].1.contains(&sign));
        let Some(unit) = unit else {
            // "2h30"
            if larger == 1 && next == end && digits.len() == 2 && !here.is_glued_at(next + 1) {
                words.push(count(digits, "minute"));
                end = next + 1;
            }
            break;
        };
        words.push(count(digits, UNITS[unit].0));
        (end, larger) = (next + 2, unit + 1);
    }
    (words.len() > 1).then(|| (words.join(" "), end))
}

fn count(digits: &str, name: &str) -> String {
    let digits = digits.trim_start_matches('0');
    let plural = if digits == "1" { "" } else { "s" };
    format!("{} {name}{plural}", numbers::cardinal(digits))
}
