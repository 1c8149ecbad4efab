//! Acronyms that the engine reads as words: "EU" in German as *oy*, "FMI" in French as *fmi*. Their
//! letters are said one by one.

use super::super::Rewrite;
use super::super::here::{Here, say};
use super::super::token::Kind;
use super::{Language, roman};

/// What a language's acronyms of capitals are.
pub(super) struct Acronyms {
    /// Those of two and three letters that are words; all others are spelled.
    pub(super) words: &'static [&'static str],
    /// Small words that are set in capitals for their weight.
    pub(super) small: &'static [&'static str],
    /// Longer ones that are spelled; all others are words.
    pub(super) spelled: &'static [&'static str],
    /// Those with small letters in them, and their capitals.
    pub(super) mixed: &'static [(&'static str, &'static str)],
}

/// `EU`, `AfD`, `l'UE`: letters one by one.
pub(super) fn acronym(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    /// Longest one that is spelled for its three consonants in a row.
    const LETTERS_MAX: usize = 5;
    let known = &language.acronyms;
    let word = here.text(here.at);
    if let Some((_, letters)) = known.mixed.iter().find(|(written, _)| *written == word) {
        return say(here.at + 1, spaced(letters), "acronym");
    }
    let letters = word.chars().count();
    let capitals = letters >= 2 && word.chars().all(char::is_uppercase);
    // What has no vowel is spelled by the engine itself.
    if !capitals || !word.contains(is_vowel) || here.is(here.at + 1, Kind::Digits) || roman(word).is_some() {
        return None;
    }
    let spelled = match letters {
        2 | 3 => !known.words.contains(&word) && !known.small.contains(&word),
        4..=LETTERS_MAX => known.spelled.contains(&word) || has_no_syllables(word),
        _ => known.spelled.contains(&word),
    };
    (spelled && !is_shouted(here)).then(|| (here.at + 1, spaced(word).into(), "acronym"))
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y' | 'Ä' | 'Ö' | 'Ü' | 'É' | 'È' | 'Á' | 'Í' | 'Ó' | 'Ú')
}

/// Whether four consonants stand in a row, as in `UNHCR`.
fn has_no_syllables(word: &str) -> bool {
    const CONSONANTS: usize = 4;
    word.split(is_vowel).any(|run| run.chars().count() >= CONSONANTS)
}

/// Whether a word beside it is in capitals too and too long for an acronym: a headline, a shout.
fn is_shouted(here: &Here<'_, '_>) -> bool {
    const LETTERS_MIN: usize = 5;
    let loud = |word: &str| word.chars().count() >= LETTERS_MIN && word.chars().all(char::is_uppercase);
    loud(here.word_before(here.at)) || loud(here.word_after(here.at + 1))
}

fn spaced(letters: &str) -> String {
    let mut out = String::with_capacity(letters.len() * 2);
    for letter in letters.chars() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push(letter);
    }
    out
}

pub(super) const GERMAN: Acronyms = Acronyms {
    words: &["UNO", "UFO", "TÜV", "DIN", "DAX", "GAU", "OK", "PIN", "SIM", "RAM", "ROM", "ESA", "VOX"],
    small: &[
        "DER", "DIE", "DAS", "DEM", "DEN", "DES", "UND", "ICH", "DU", "ER", "SIE", "ES", "WIR", "IHR", "IST",
        "BIN", "HAT", "WAR", "EIN", "JA", "NEIN", "NIE", "NUR", "SO", "ZU", "AM", "IM", "IN", "AN", "AUF",
        "AUS", "BEI", "MIT", "VON", "VOR", "FÜR", "NEU", "ALT", "GUT", "ALL", "OB", "WO", "WIE", "WER",
        "WAS", "DA", "UM", "ZUM", "ZUR", "VOM", "BIS", "AB", "TAG", "TOP", "MAL", "NUN", "DOCH", "TOR",
        "SEX", "ROT", "RAD",
    ],
    spelled: &["ADAC", "BASF", "OECD", "IAEA", "OSZE", "ÖPNV", "UNHCR", "UNRWA", "ESPN", "HSBC"],
    mixed: &[("AfD", "AFD"), ("EuGH", "EUGH"), ("EuG", "EUG")],
};

pub(super) const FRENCH: Acronyms = Acronyms {
    words: &[
        "ONU", "CAC", "DOM", "TOM", "ZAC", "ZEP", "ZAD", "RIB", "PAC", "OK", "PIN", "SIM", "RAM", "ESA",
        "CIO", "RIC",
    ],
    small: &[
        "LE", "LA", "LES", "UN", "UNE", "DES", "DU", "DE", "ET", "OU", "EST", "PAS", "NON", "OUI", "CE",
        "IL", "ON", "JE", "TU", "MOI", "TOI", "AU", "AUX", "EN", "NE", "NI", "SI", "SA", "SES", "SON", "MA",
        "MES", "MON", "TA", "TES", "TON", "PAR", "SUR", "QUE", "QUI", "OÙ", "EAU", "VIE", "FIN", "SOS", "VU",
        "ÇA", "NUL",
    ],
    spelled: &["OCDE", "AIEA", "UNHCR", "ESPN", "HSBC"],
    mixed: &[],
};

pub(super) const SPANISH: Acronyms = Acronyms {
    words: &[
        "ONU", "IVA", "CIA", "USA", "ERE", "EPA", "UCI", "PIB", "AVE", "ETA", "NIE", "PIN", "SIM", "ROM",
        "RAM", "BOE", "ICO", "MIR", "TAC", "OK", "COI", "OEA", "UME", "ESO", "ESA", "CIS",
    ],
    small: &[
        "EL", "LA", "LOS", "LAS", "UN", "UNA", "DE", "DEL", "AL", "EN", "NO", "SÍ", "SI", "YA", "QUE", "ES",
        "SU", "SUS", "SE", "LE", "LO", "ME", "MI", "TE", "TU", "TÚ", "YO", "ÉL", "CON", "SIN", "POR", "MÁS",
        "MUY", "VA", "NI", "DÍA", "FIN", "SOL", "MAR", "SER", "HAY", "HA", "FUE", "DOS", "RÍO", "REY", "LEY",
        "PAN", "PAZ",
    ],
    spelled: &["OCDE", "OIEA", "UNHCR", "ESPN", "HSBC"],
    mixed: &[],
};
