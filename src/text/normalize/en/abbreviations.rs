//! Abbreviations and titles.

use super::super::Rewrite;
use super::super::token::Kind;
use super::times::spaced;
use super::{Here, is_capital, say};

/// Where an abbreviation is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// With its full stop, anywhere.
    Dotted,
    /// Before a capital: a title.
    Name,
    /// Before a capital, with its full stop: as a word without it is common.
    DottedName,
    /// Before a number, with its full stop.
    Number,
    /// After a capital, with its full stop: the kind of a firm or street.
    AfterName,
    /// After a comma, with its full stop: a state after a city.
    AfterComma,
    /// With or without a full stop.
    Always,
}

use When::{AfterComma, AfterName, Always, Dotted, DottedName, Name, Number};

const ABBREVIATIONS: &[(&str, &str, When)] = &[
    ("Mr", "Mister", Name),
    ("Mrs", "Misses", Name),
    ("Ms", "Miz", Name),
    ("Messrs", "Messieurs", DottedName),
    ("Prof", "Professor", Name),
    ("Profs", "Professors", DottedName),
    ("Gov", "Governor", DottedName),
    ("Sen", "Senator", DottedName),
    ("Sens", "Senators", DottedName),
    ("Rep", "Representative", DottedName),
    ("Reps", "Representatives", DottedName),
    ("Gen", "General", DottedName),
    ("Col", "Colonel", DottedName),
    ("Lt", "Lieutenant", DottedName),
    ("Sgt", "Sergeant", Name),
    ("Capt", "Captain", DottedName),
    ("Cmdr", "Commander", DottedName),
    ("Maj", "Major", DottedName),
    ("Adm", "Admiral", DottedName),
    ("Cpl", "Corporal", DottedName),
    ("Pvt", "Private", DottedName),
    ("Rev", "Reverend", DottedName),
    ("Hon", "Honorable", DottedName),
    ("Pres", "President", DottedName),
    ("Supt", "Superintendent", DottedName),
    ("Det", "Detective", DottedName),
    ("Insp", "Inspector", DottedName),
    ("Fr", "Father", DottedName),
    ("Atty", "Attorney", DottedName),
    ("Mon", "Monday", Dotted),
    ("Tue", "Tuesday", Dotted),
    ("Tues", "Tuesday", Always),
    ("Wed", "Wednesday", Dotted),
    ("Thu", "Thursday", Dotted),
    ("Thur", "Thursday", Dotted),
    ("Thurs", "Thursday", Always),
    ("Fri", "Friday", Dotted),
    ("Apt", "apartment", Number),
    ("Rm", "room", Number),
    ("Mt", "Mount", Name),
    ("Mts", "Mountains", DottedName),
    ("Ft", "Fort", DottedName),
    ("Jr", "Junior", Always),
    ("Sr", "Senior", Dotted),
    ("vs", "versus", Always),
    ("Vs", "versus", Always),
    ("aka", "also known as", Always),
    ("AKA", "also known as", Always),
    ("etc", "et cetera", Always),
    ("No", "number", Number),
    ("no", "number", Number),
    ("Nos", "numbers", Number),
    ("nos", "numbers", Number),
    ("p", "page", Number),
    ("pp", "pages", Number),
    ("vol", "volume", Number),
    ("Vol", "volume", Number),
    ("vols", "volumes", Number),
    ("fig", "figure", Number),
    ("Fig", "figure", Number),
    ("figs", "figures", Number),
    ("ch", "chapter", Number),
    ("Ch", "chapter", Number),
    ("sec", "section", Number),
    ("Sec", "section", Number),
    ("art", "article", Number),
    ("Art", "article", Number),
    ("para", "paragraph", Number),
    ("c", "circa", Number),
    ("ca", "circa", Number),
    ("ext", "extension", Number),
    ("approx", "approximately", Dotted),
    ("avg", "average", Always),
    ("YoY", "year on year", Always),
    ("QoQ", "quarter on quarter", Always),
    ("dept", "department", Dotted),
    ("Dept", "Department", Dotted),
    ("govt", "government", Dotted),
    ("Govt", "Government", Dotted),
    ("incl", "including", Dotted),
    ("excl", "excluding", Dotted),
    ("max", "maximum", Dotted),
    ("min", "minimum", Dotted),
    ("misc", "miscellaneous", Dotted),
    ("tel", "telephone", Dotted),
    ("cf", "compare", Dotted),
    ("viz", "namely", Dotted),
    ("al", "al", Dotted),
    ("Inc", "Incorporated", AfterName),
    ("Corp", "Corporation", AfterName),
    ("Ltd", "Limited", AfterName),
    ("Co", "Company", AfterName),
    ("Cos", "Companies", AfterName),
    ("Bros", "Brothers", AfterName),
    ("Assn", "Association", AfterName),
    ("Univ", "University", Dotted),
    ("Intl", "International", Dotted),
    ("Natl", "National", Dotted),
    ("Ave", "Avenue", AfterName),
    ("Blvd", "Boulevard", AfterName),
    ("Rd", "Road", AfterName),
    ("Ln", "Lane", AfterName),
    ("Ct", "Court", AfterName),
    ("Pkwy", "Parkway", AfterName),
    ("Hwy", "Highway", AfterName),
    ("hwy", "Highway", AfterName),
    ("Sq", "Square", AfterName),
    ("Ala", "Alabama", AfterComma),
    ("Ariz", "Arizona", AfterComma),
    ("Ark", "Arkansas", AfterComma),
    ("Calif", "California", AfterComma),
    ("Colo", "Colorado", AfterComma),
    ("Conn", "Connecticut", AfterComma),
    ("Del", "Delaware", AfterComma),
    ("Fla", "Florida", AfterComma),
    ("Ga", "Georgia", AfterComma),
    ("Ill", "Illinois", AfterComma),
    ("Ind", "Indiana", AfterComma),
    ("Kan", "Kansas", AfterComma),
    ("Ky", "Kentucky", AfterComma),
    ("La", "Louisiana", AfterComma),
    ("Mass", "Massachusetts", AfterComma),
    ("Md", "Maryland", AfterComma),
    ("Mich", "Michigan", AfterComma),
    ("Minn", "Minnesota", AfterComma),
    ("Miss", "Mississippi", AfterComma),
    ("Mo", "Missouri", AfterComma),
    ("Mont", "Montana", AfterComma),
    ("Neb", "Nebraska", AfterComma),
    ("Nev", "Nevada", AfterComma),
    ("Okla", "Oklahoma", AfterComma),
    ("Ont", "Ontario", AfterComma),
    ("Ore", "Oregon", AfterComma),
    ("Pa", "Pennsylvania", AfterComma),
    ("Tenn", "Tennessee", AfterComma),
    ("Tex", "Texas", AfterComma),
    ("Va", "Virginia", AfterComma),
    ("Vt", "Vermont", AfterComma),
    ("Wash", "Washington", AfterComma),
    ("Wis", "Wisconsin", AfterComma),
    ("Wyo", "Wyoming", AfterComma),
];

/// Most letters of one dotted abbreviation.
const LETTERS_MAX: usize = 8;

/// `U.S.`, `J.K. Rowling`, `e.g.`, `George W. Bush`, `Ph.D.`: letters with full stops.
pub(super) fn dotted_letters(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at)
        || (here.before(here.at) == "." && here.at >= 2 && here.is(here.at - 2, Kind::Word))
    {
        return None;
    }
    let mut letters = String::new();
    let mut at = here.at;
    let mut count = 0;
    let is_letter =
        |at: usize| here.is(at, Kind::Word) && here.text(at).len() <= 2 && here.text(at).chars().count() == 1;
    let doctor = matches!(here.text(at), "Ph" | "ph") && here.text(at + 1) == "." && here.text(at + 2) == "D";
    while (is_letter(at) || (doctor && at == here.at)) && here.text(at + 1) == "." && count < LETTERS_MAX {
        letters.push_str(here.text(at));
        at += 2;
        count += 1;
    }
    // "p.m" without its last full stop
    if count > 0 && is_letter(at) && !here.is_glued_at(at + 1) {
        letters.push_str(here.text(at));
        at += 1;
        count += 1;
    } else if here.is_glued_at(at) {
        return None;
    }
    let stopped = here.before(at) == ".";
    let next = if stopped && here.is_end(at) { at - 1 } else { at };
    if count == 1 {
        let initial =
            letters.chars().all(char::is_uppercase) && is_capital(here.word_after(at)) && letters != "I";
        return initial.then(|| (next, letters.into(), ""));
    }
    if count == 0 {
        return None;
    }
    let words = match letters.as_str() {
        "eg" => "for example".to_owned(),
        "ie" => "that is".to_owned(),
        "aka" | "AKA" => "also known as".to_owned(),
        _ => spaced(&letters.to_uppercase()),
    };
    say(next, words, "abbreviation")
}

/// A word of the table, or `St.`, `Dr.`, `v.`, `w/`.
pub(super) fn abbreviation(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at) || here.is_glued_at(here.at + 1) {
        return None;
    }
    let written = here.text(here.at);
    let dotted = here.text(here.at + 1) == "." && !here.is_glued_at(here.at + 2);
    let after = here.at + 1 + usize::from(dotted);
    let next = if dotted && here.is_end(after) { after - 1 } else { after };
    match written {
        "St" | "st" | "Dr" => return street_or_name(here, written, after, next),
        "v" => {
            let between = is_capital(here.word_before(here.at)) && is_capital(here.word_after(after));
            return between.then(|| (next, "versus".into(), "abbreviation"));
        }
        "w" | "W" if here.text(here.at + 1) == "/" => return with(here),
        "c" | "n" | "N" | "y" | "q" | "m" if here.text(here.at + 1) == "/" => return stroked(here),
        "est" if dotted => return established(here, after),
        "No" if !dotted && is_numbered_name(here) => return say(after, "number", "abbreviation"),
        "Sat" | "Sun" if dotted && here.text(after) == "," => {
            let day = if written == "Sat" { "Saturday" } else { "Sunday" };
            return say(after, day, "abbreviation");
        }
        _ => {}
    }
    let entry = ABBREVIATIONS.iter().find(|entry| entry.0 == written)?;
    let named = is_capital(here.word_after(after));
    let fits = match entry.2 {
        Always => true,
        Dotted => dotted,
        Name => named,
        DottedName => dotted && named,
        Number => dotted && here.is(here.skip_space(after), Kind::Digits),
        AfterName => {
            (dotted || matches!(written, "Hwy" | "hwy" | "Blvd" | "Ct" | "Pkwy")) && follows_name(here)
        }
        AfterComma => dotted && (here.at >= 2 && here.text(here.at - 2) == "," || is_party(here)),
    };
    fits.then(|| (next, entry.1.into(), "abbreviation"))
}

/// `No 10` inside a sentence: a house or a place on a list. At its head "No" denies.
fn is_numbered_name(here: &Here<'_, '_>) -> bool {
    let before = here.word_before(here.at);
    let inside = !before.is_empty() && here.before(here.at - 1) != ".";
    inside && here.is(here.at + 1, Kind::Space) && here.is(here.at + 2, Kind::Digits)
}

/// `(D-Calif.)`: the state of a member of a party.
fn is_party(here: &Here<'_, '_>) -> bool {
    here.at >= 2 && here.text(here.at - 1) == "-" && matches!(here.text(here.at - 2), "D" | "R" | "I")
}

/// Whether a name stands before: a capital, an ampersand, or a comma after one.
fn follows_name(here: &Here<'_, '_>) -> bool {
    let before = here.word_before(here.at);
    let mark = here.at.checked_sub(2).map_or("", |at| here.text(at));
    let ordinal = here.at >= 3 && here.is(here.at - 2, Kind::Word) && here.is(here.at - 3, Kind::Digits);
    is_capital(before)
        || matches!(mark, "&" | ",")
        || before.ends_with(|c: char| c.is_ascii_digit())
        || ordinal
}

/// `St. Louis`, `Elm St.`, `Dr. Smith`, `Ocean Dr.`
fn street_or_name(here: &Here<'_, '_>, written: &str, after: usize, next: usize) -> Option<Rewrite> {
    const PRONOUNS: &[&str] =
        &["It", "He", "She", "They", "We", "The", "This", "That", "There", "In", "At", "A", "But", "And"];
    let (name, street) = if written == "Dr" { ("Doctor", "Drive") } else { ("Saint", "Street") };
    let following = here.word_after(after);
    let before = here.word_before(here.at);
    let ordinal = here.at >= 3 && here.is(here.at - 2, Kind::Word) && here.is(here.at - 3, Kind::Digits);
    let after_name = is_capital(before) || ordinal;
    let named = is_capital(following) && !PRONOUNS.contains(&following);
    let numbered = (3..=9).any(|back| here.at >= back && here.is(here.at - back, Kind::Digits));
    if after_name && (!named || numbered) && written != "st" || ordinal {
        return say(next, street, "abbreviation");
    }
    (named && written != "st").then(|| (next, name.into(), "abbreviation"))
}

/// `est. 1887`, `est. 4.1`: founded in a year, or guessed.
fn established(here: &Here<'_, '_>, after: usize) -> Option<Rewrite> {
    let number = here.skip_space(after);
    let is_year = here.text(number).len() == 4 && !matches!(here.text(number + 1), "." | ",");
    here.is(number, Kind::Digits)
        .then(|| (after, if is_year { "established" } else { "estimated" }.into(), "abbreviation"))
}

/// `c/o`, `n/a`, `y/y`.
fn stroked(here: &Here<'_, '_>) -> Option<Rewrite> {
    let words = match (here.text(here.at), here.text(here.at + 2)) {
        ("c", "o") => "care of",
        ("n", "a") | ("N", "A") => "not applicable",
        ("y", "y") => "year on year",
        ("q", "q") => "quarter on quarter",
        ("m", "m") => "month on month",
        _ => return None,
    };
    (!here.is_glued_at(here.at + 3)).then(|| (here.at + 3, words.into(), "abbreviation"))
}

/// `w/`, `w/o`.
fn with(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.text(here.at + 2) == "o" && !here.is_glued_at(here.at + 3) {
        return say(here.at + 3, "without", "abbreviation");
    }
    (here.is(here.at + 2, Kind::Space) || here.text(here.at + 2).len() > 1)
        .then(|| (here.at + 2, "with".into(), "abbreviation"))
}
