//! One of a thing, and half of one, before a German noun: in its gender, and in the case that the
//! words before ask for.

use super::super::super::Rewrite;
use super::super::super::here::{Here, is_capital, say};
use super::super::super::token::Kind;
use super::super::Language;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gender {
    Masculine,
    Feminine,
    Neuter,
}

use Gender::{Feminine, Masculine, Neuter};

/// Things that are counted and measured. A compound has the gender of its last part.
const NOUNS: &[(&str, Gender)] = &[
    ("meter", Masculine),
    ("liter", Masculine),
    ("euro", Masculine),
    ("dollar", Masculine),
    ("franken", Masculine),
    ("yen", Masculine),
    ("cent", Masculine),
    ("grad", Masculine),
    ("hektar", Masculine),
    ("tag", Masculine),
    ("monat", Masculine),
    ("löffel", Masculine),
    ("becher", Masculine),
    ("zentner", Masculine),
    ("prozentpunkt", Masculine),
    ("stunde", Feminine),
    ("minute", Feminine),
    ("sekunde", Feminine),
    ("woche", Feminine),
    ("million", Feminine),
    ("milliarde", Feminine),
    ("billion", Feminine),
    ("tonne", Feminine),
    ("tasse", Feminine),
    ("packung", Feminine),
    ("flasche", Feminine),
    ("dose", Feminine),
    ("portion", Feminine),
    ("prise", Feminine),
    ("zehe", Feminine),
    ("scheibe", Feminine),
    ("zwiebel", Feminine),
    ("zitrone", Feminine),
    ("gurke", Feminine),
    ("person", Feminine),
    ("stimme", Feminine),
    ("seite", Feminine),
    ("runde", Feminine),
    ("meile", Feminine),
    ("kalorie", Feminine),
    ("jahr", Neuter),
    ("jahrhundert", Neuter),
    ("jahrzehnt", Neuter),
    ("kilo", Neuter),
    ("gramm", Neuter),
    ("pfund", Neuter),
    ("watt", Neuter),
    ("bait", Neuter),
    ("glas", Neuter),
    ("stück", Neuter),
    ("päckchen", Neuter),
    ("dutzend", Neuter),
    ("prozent", Neuter),
];

fn gender(noun: &str) -> Option<Gender> {
    let lower = noun.to_lowercase();
    NOUNS.iter().find(|(ending, _)| lower.ends_with(ending)).map(|(_, gender)| *gender)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Nominative,
    Accusative,
    Dative,
}

use Case::{Accusative, Dative, Nominative};

/// The case that the words before a number ask for.
fn case(here: &Here<'_, '_>) -> Case {
    const BETWEEN: &[&str] = &[
        "rund",
        "etwa",
        "knapp",
        "nur",
        "genau",
        "circa",
        "ca",
        "fast",
        "noch",
        "gut",
        "bereits",
        "schon",
        "mindestens",
        "höchstens",
        "maximal",
    ];
    const ACCUSATIVE: &[&str] = &[
        "für", "um", "ohne", "gegen", "durch", "über", "auf", "kostet", "kosten", "kostete", "kosteten",
        "beträgt", "betrug", "dauert", "dauerte", "wiegt", "misst", "zahlt", "zahlte", "zahlen", "bezahlt",
        "verdient", "spart", "läuft", "fährt", "enthält", "braucht", "bekommt", "hat", "hatte", "nimmt",
        "nimm", "gib", "gibt", "gab", "macht",
    ];
    const DATIVE: &[&str] = &[
        "mit", "von", "zu", "aus", "bei", "nach", "seit", "ab", "in", "vor", "unter", "zwischen", "binnen",
        "an",
    ];
    let mut at = here.at;
    if BETWEEN.contains(&here.word_before(at)) && at >= 2 {
        at -= 2;
    }
    let before = here.word_before(at).to_lowercase();
    match before.as_str() {
        word if ACCUSATIVE.contains(&word) => Accusative,
        word if DATIVE.contains(&word) => Dative,
        _ => Nominative,
    }
}

fn article(gender: Gender, case: Case) -> &'static str {
    match (gender, case) {
        (Masculine | Neuter, Nominative) | (Neuter, Accusative) => "ein",
        (Masculine, Accusative) => "einen",
        (Masculine | Neuter, Dative) => "einem",
        (Feminine, Nominative | Accusative) => "eine",
        (Feminine, Dative) => "einer",
    }
}

/// "ein Euro", "eine Million" as they stand after a number's neighbours: "für einen Euro".
pub(super) fn one(here: &Here<'_, '_>, words: &str) -> String {
    let found = words.split_once(' ').and_then(|(written, things)| {
        let noun = things.split(' ').next().unwrap_or(things);
        let fallback = if written == "eine" { Feminine } else { Masculine };
        matches!(written, "ein" | "eine").then(|| (gender(noun).unwrap_or(fallback), things))
    });
    match found {
        Some((gender, things)) => format!("{} {things}", article(gender, case(here))),
        None => words.to_owned(),
    }
}

/// `1 Tag`, `in 1 Stunde`: the engine says "eins".
pub(super) fn single(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let after = here.word_after(here.at + 1);
    // "Platz 1 Tag" and "Kanal 1" have a name before the number.
    let counts = here.text(here.at) == "1"
        && is_capital(after)
        && (!is_capital(here.word_before(here.at)) || case(here) != Nominative);
    let gender = gender(after).filter(|_| counts)?;
    say(here.at + 1, article(gender, case(here)), "number")
}

/// `1/2 Liter`, `½ Stunde`: "ein halber Liter", "eine halbe Stunde".
pub(super) fn half(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    let slashed = here.text(here.at) == "1" && here.text(here.at + 1) == "/" && here.text(here.at + 2) == "2";
    let next = match here.text(here.at) {
        "½" if !here.is_glued_before(here.at) => here.at + 1,
        _ if slashed && !matches!(here.text(here.at + 3), "/" | "." | ",") => here.at + 3,
        _ => return None,
    };
    let at = here.skip_space(next);
    let sign = || {
        language.units.iter().find_map(|unit| Some((unit.1.split_once(' ')?.1, here.after_text(at, unit.0)?)))
    };
    let (noun, end) = match gender(here.text(at)) {
        Some(_) if at > next => (here.text(at), at + 1),
        _ => sign()?,
    };
    let (gender, case) = (gender(noun.split(' ').next().unwrap_or(noun))?, case(here));
    let ending = match (gender, case) {
        (_, Dative) | (Masculine, Accusative) => "en",
        (Masculine, Nominative) => "er",
        (Feminine, _) => "e",
        (Neuter, _) => "es",
    };
    say(end, format!("{} halb{ending} {noun}", article(gender, case)), "fraction")
}

/// Whether a token is the stem of a number's decade: `1990er`, `1920ern`.
pub(super) fn decade(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    let (digits, ending) = (here.text(here.at), here.text(here.at + 1));
    let fits = digits.len() == 4
        && digits.ends_with('0')
        && here.is(here.at + 1, Kind::Word)
        && matches!(ending, "er" | "ern" | "ers");
    let number = super::super::Number::at(here, here.at).filter(|_| fits)?;
    let words = (language.count)(&number, "");
    (words != digits).then(|| (here.at + 2, format!("{words}{ending}").into(), "decade"))
}
