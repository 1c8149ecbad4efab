//! Roman numerals after names and headings: `Chapter IV`, `Henry VIII`, `Super Bowl LVIII`.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, is_capital, numbers, say};

/// Words that a number follows.
const COUNTED: &[&str] = &[
    "chapter",
    "part",
    "volume",
    "vol",
    "section",
    "act",
    "title",
    "article",
    "book",
    "phase",
    "type",
    "class",
    "stage",
    "level",
    "appendix",
    "division",
    "mark",
    "tier",
    "round",
    "schedule",
    "annex",
    "war",
    "bowl",
    "fantasy",
    "games",
    "game",
    "episode",
    "scene",
    "figure",
    "table",
    "grade",
    "category",
    "series",
    "saturn",
    "apollo",
    "wrestlemania",
    "congress",
];

/// First names of kings, queens and popes, who take ordinals.
const REGNAL: &[&str] = &[
    "Henry",
    "Elizabeth",
    "Charles",
    "George",
    "William",
    "Edward",
    "James",
    "Louis",
    "John",
    "Paul",
    "Benedict",
    "Pius",
    "Leo",
    "Francis",
    "Richard",
    "Philip",
    "Frederick",
    "Napoleon",
    "Nicholas",
    "Alexander",
    "Catherine",
    "Peter",
    "Gregory",
    "Clement",
    "Urban",
    "Innocent",
    "Ramses",
    "Ramesses",
    "Rameses",
    "Ptolemy",
    "Xerxes",
    "Darius",
    "Felipe",
    "Alfonso",
    "Carlos",
    "Wilhelm",
    "Ferdinand",
    "Otto",
    "Ivan",
    "Mehmed",
    "Murad",
    "Abdullah",
    "Mohammed",
    "Haakon",
    "Harald",
    "Olav",
    "Gustav",
    "Gustaf",
    "Christian",
    "Margrethe",
    "Albert",
    "Leopold",
    "Victor",
    "Emmanuel",
    "Selim",
    "Suleiman",
    "Cleopatra",
    "Mary",
    "Boniface",
    "Sixtus",
    "Julius",
    "Urbain",
    "Kamehameha",
    "Rama",
    "Amenhotep",
    "Thutmose",
    "Juan",
];

/// Letters that are numerals but more often words or initials when they stand alone.
const LONE: &[&str] = &["I", "C", "D", "L", "M", "X", "V"];

/// Largest numeral that is read, so that words such as MMM stay words.
const VALUE_MAX: u32 = 199;

/// A numeral after a word that takes one.
pub(super) fn numeral(here: &Here<'_, '_>) -> Option<Rewrite> {
    let written = here.text(here.at);
    if here.is_glued_before(here.at) || here.is_glued_at(here.at + 1) || !here.is(here.at, Kind::Word) {
        return None;
    }
    let value = value(written).filter(|value| *value <= VALUE_MAX)?;
    let before = here.word_before(here.at);
    let digits = value.to_string();
    let lone = LONE.contains(&written);
    if COUNTED.contains(&before.to_lowercase().as_str()) {
        // "in Part I saw": a lone I after a small word is the pronoun.
        let pronoun = written == "I"
            && (!is_capital(before) || here.word_after(here.at + 1).starts_with(char::is_lowercase));
        return (!pronoun).then(|| (here.at + 1, numbers::cardinal(&digits).into(), "roman numeral"));
    }
    if REGNAL.contains(&before)
        && (!lone || written != "I" && written != "C" && written != "D" && written != "M" && written != "L")
    {
        return say(here.at + 1, format!("the {}", numbers::ordinal(&digits)), "roman numeral");
    }
    if matches!(here.word_after(here.at + 1), "century" | "centuries") && !lone {
        return say(here.at + 1, numbers::ordinal(&digits), "roman numeral");
    }
    let named = is_capital(before) && before.chars().any(char::is_lowercase);
    let usual = matches!(
        written,
        "II" | "III" | "IV" | "VI" | "VII" | "VIII" | "IX" | "XI" | "XII" | "XIII" | "XIV" | "XV" | "XVI"
    );
    (named && usual).then(|| (here.at + 1, numbers::cardinal(&digits).into(), "roman numeral"))
}

/// The value of a numeral in its canonical form.
fn value(written: &str) -> Option<u32> {
    const STEPS: &[(&str, u32)] = &[
        ("M", 1000),
        ("CM", 900),
        ("D", 500),
        ("CD", 400),
        ("C", 100),
        ("XC", 90),
        ("L", 50),
        ("XL", 40),
        ("X", 10),
        ("IX", 9),
        ("V", 5),
        ("IV", 4),
        ("I", 1),
    ];
    if written.len() > 15 || !written.bytes().all(|b| b"IVXLCDM".contains(&b)) {
        return None;
    }
    let mut rest = written;
    let mut value = 0;
    for (step, worth) in STEPS {
        let most = if step.len() == 1 && !matches!(*step, "V" | "L" | "D") { 3 } else { 1 };
        for _ in 0..most {
            match rest.strip_prefix(step) {
                Some(tail) => {
                    rest = tail;
                    value += worth;
                }
                None => break,
            }
        }
    }
    (rest.is_empty() && value > 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_numerals_have_values() {
        for (written, expected) in [("IV", 4), ("XIV", 14), ("LVIII", 58), ("XCIX", 99), ("MMXXVI", 2026)] {
            assert_eq!(value(written), Some(expected));
        }
        for written in ["", "IIII", "VX", "IC", "XM", "ABC"] {
            assert_eq!(value(written), None, "{written}");
        }
    }
}
