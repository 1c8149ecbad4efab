//! Postal addresses: house numbers, states, postal codes.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, is_capital, numbers};

/// Words of a street's name that are looked at after a house number.
const STREET_WORDS_MAX: usize = 4;

const STREETS: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "road",
    "rd",
    "boulevard",
    "blvd",
    "lane",
    "ln",
    "drive",
    "court",
    "ct",
    "place",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "terrace",
    "square",
    "way",
];

const STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "D C"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
];

/// `1428 Elm St.`: the number of a house, before the name of a street.
pub(super) fn house(here: &Here<'_, '_>) -> Option<Rewrite> {
    let digits = here.text(here.at);
    if !matches!(digits.len(), 3 | 4) || here.is_glued_before(here.at) || !here.is(here.at + 1, Kind::Space) {
        return None;
    }
    has_street(here, here.at + 2).then(|| (here.at + 1, numbers::in_pairs(digits).into(), "address"))
}

/// `708 N 1st St`, `W. 42nd St.`: a direction between the number and the name of a street, or before
/// a numbered one.
pub(super) fn direction(here: &Here<'_, '_>) -> Option<Rewrite> {
    let name = match here.text(here.at) {
        "N" => "North",
        "S" => "South",
        "E" => "East",
        "W" => "West",
        _ => return None,
    };
    let numbered = here.at >= 2 && here.is(here.at - 2, Kind::Digits) && here.is(here.at - 1, Kind::Space);
    let dot = usize::from(here.text(here.at + 1) == ".");
    let street = here.is(here.at + 1 + dot, Kind::Space) && has_street(here, here.at + 2 + dot);
    let ordinal = here.is(here.at + 2 + dot, Kind::Digits);
    ((numbered || ordinal) && street).then(|| (here.at + 1 + dot, name.into(), "address"))
}

/// Whether the name of a street starts at a token: capitals and ordinals, then "Street" or its like.
fn has_street(here: &Here<'_, '_>, mut at: usize) -> bool {
    for word in 0..=STREET_WORDS_MAX {
        let text = here.text(at);
        if here.is(at, Kind::Digits) && here.is(at + 1, Kind::Word) {
            at += 2;
        } else if word > 0
            && STREETS.contains(&text.to_lowercase().as_str())
            && (is_capital(text) || !here.text(at + 1).is_empty())
        {
            return true;
        } else if is_capital(text) {
            at += 1 + usize::from(here.text(at + 1) == ".");
        } else {
            return false;
        }
        if !here.is(at, Kind::Space) {
            return false;
        }
        at += 1;
    }
    false
}

/// `FL, 95051`, `NY 10001`, `St. Louis, MO`: a state before a postal code or after a city.
pub(super) fn state(here: &Here<'_, '_>) -> Option<Rewrite> {
    let name = STATES.iter().find(|state| state.0 == here.text(here.at))?.1;
    let comma = usize::from(here.text(here.at + 1) == ",");
    let code = here.skip_space(here.at + 1 + comma);
    let is_code = code > here.at + 1 && here.is(code, Kind::Digits) && here.text(code).len() == 5;
    let city = here.at.checked_sub(3).map_or("", |at| here.text(at));
    let after_city = here.at >= 3
        && here.text(here.at - 2) == ","
        && here.is(here.at - 1, Kind::Space)
        && is_name(city)
        && !(is_word(here.text(here.at)) && here.word_after(here.at + 1).starts_with(char::is_lowercase));
    ((is_code || after_city) && !here.is_glued_before(here.at) && !here.is_glued_at(here.at + 1))
        .then(|| (here.at + 1, name.into(), "state"))
}

/// A capital and small letters: no acronym in the plural.
fn is_name(city: &str) -> bool {
    is_capital(city) && !city.chars().skip(1).any(char::is_uppercase) && city.ends_with(char::is_lowercase)
}

/// States whose code is a word or an acronym besides.
fn is_word(code: &str) -> bool {
    matches!(
        code,
        "ID" | "OK"
            | "IN"
            | "OR"
            | "ME"
            | "HI"
            | "PA"
            | "MA"
            | "LA"
            | "AL"
            | "OH"
            | "CO"
            | "DE"
            | "MS"
            | "MD"
    )
}

/// `95051` after a state.
pub(super) fn zip(here: &Here<'_, '_>) -> Option<Rewrite> {
    let digits = here.text(here.at);
    let space = here.at.checked_sub(1)?;
    let comma = usize::from(space > 0 && here.text(space - 1) == ",");
    let state = space.checked_sub(1 + comma)?;
    let after_state = here.is(space, Kind::Space)
        && STATES.iter().any(|entry| entry.0 == here.text(state) || entry.1 == here.text(state));
    (digits.len() == 5 && after_state)
        .then(|| (here.at + 1, numbers::one_by_one(digits).into(), "postal code"))
}
