//! Acronyms: which are spelled, which are words; mixed case and letters with digits.

use super::super::Rewrite;
use super::times::spaced;
use super::{Here, say};

/// Acronyms of two and three letters, and a few longer ones no engine knows, that are words.
const WORDS: &[&str] = &[
    "OK", "PIN", "RAM", "SIM", "GIF", "JPG", "NASA", "NATO", "COP", "SAT", "LAN", "WAN", "ROM", "ZIP", "DOS",
    "BIOS", "CAD", "MAX", "JAVA", "MR", "MS", "DR", "ST", "VS", "MRS", "AKA", "NET", "JFK", "NO", "BIG",
    "HIV", "DNA", "BBC",
];

/// Small words that are set in capitals for their weight, and are no acronyms.
const EMPHASIS: &[&str] = &[
    "A", "I", "NOT", "AND", "BUT", "THE", "ALL", "ANY", "NO", "YES", "SO", "DO", "IS", "IN", "ON", "MY",
    "ME", "WE", "HE", "SHE", "YOU", "OUR", "HIS", "HER", "ITS", "OF", "TO", "FOR", "OR", "IF", "AS", "AT",
    "BE", "BY", "AN", "AM", "ARE", "WAS", "HAD", "HAS", "CAN", "DID", "GET", "GOT", "HOW", "LET", "MAY",
    "NEW", "NOW", "OLD", "ONE", "OUT", "OWN", "SAY", "SEE", "TOO", "TWO", "USE", "WAY", "WHY", "UP", "GO",
    "OH", "AH", "HA", "LOL", "WOW", "ANN", "BOB", "TOP", "BAD", "BIG", "DAY", "END", "FEW", "MAN", "MEN",
    "OFF", "PUT", "RUN", "SET", "TEN", "TRY", "WAR", "WIN", "YET", "SIR", "AGO", "FAR", "HIM",
];

/// Acronyms of four letters and more that sound like words but are spelled.
const SPELLED: &[&str] = &[
    "OECD", "IAEA", "UCLA", "NAACP", "AFLCIO", "ESPN", "IEEE", "USDA", "UNHCR", "UNRWA", "FOMC", "NYSE",
    "FDIC", "OSCE", "ACLU", "ABBA", "AOC", "AARP", "ICBM", "OLED", "ASIC", "USSR", "NCAA", "UAE", "ECB",
    "ICE", "USAF", "UAW", "IATA", "ICAO", "HSBC", "EBIT", "FTSE", "ASEAN",
];

/// Acronyms that are said as words they are not written as.
const RESPELLED: &[(&str, &str)] = &[
    ("SaaS", "sass"),
    ("PaaS", "pass"),
    ("FTSE", "footsie"),
    ("WiFi", "wife eye"),
    ("JPEG", "jay peg"),
    ("ASEAN", "Asean"),
    ("ICANN", "eye can"),
    ("VIX", "vix"),
    ("DAX", "dax"),
    ("SCOTUS", "scotus"),
    ("POTUS", "potus"),
    ("iOS", "i O S"),
    ("macOS", "mac O S"),
    ("PhD", "P H D"),
    ("PhDs", "P H D's"),
    ("HBO", "H B O"),
    ("EBITDA", "ebitda"),
    ("eBay", "ee bay"),
    ("xAI", "X A I"),
    ("LaTeX", "lay tech"),
    ("NCAA", "N C double A"),
    ("NAACP", "N double A C P"),
];

/// Longest acronym that is spelled.
const SPELLED_LETTERS_MAX: usize = 6;

/// A word with capitals where no name has them.
pub(super) fn acronym(here: &Here<'_, '_>) -> Option<Rewrite> {
    let word = here.text(here.at);
    if !word.is_ascii() || word.len() < 2 {
        return None;
    }
    if let Some(entry) = RESPELLED.iter().find(|entry| entry.0 == word && !here.is_glued_before(here.at)) {
        return say(here.at + 1, entry.1, "acronym");
    }
    let stem = word.strip_suffix('s').filter(|stem| stem.len() >= 2).unwrap_or(word);
    if stem.bytes().all(|b| b.is_ascii_uppercase()) {
        let plural = if stem.len() < word.len() { "'s" } else { "" };
        return is_spelled(here, stem)
            .then(|| (here.at + 1, format!("{}{plural}", spaced(stem)).into(), "acronym"));
    }
    let head = word.trim_end_matches('s').trim_end_matches(|c: char| c.is_ascii_uppercase());
    let tail = &word[head.len()..];
    let capitals = tail.trim_end_matches('s');
    // "OpenAI", "ChatGPT": a name with an acronym at its end.
    let short = (2..=3).contains(&capitals.len()) || capitals.len() > 1 && !has_vowel(capitals);
    if head.len() >= 2 && short && head.ends_with(|c: char| c.is_ascii_lowercase()) && !is_numeral(capitals) {
        let plural = if tail.len() > capitals.len() { "'s" } else { "" };
        return say(here.at + 1, format!("{head} {}{plural}", spaced(capitals)), "acronym");
    }
    None
}

/// `#BlackLivesMatter`, `@JoLind`: the words of a tag or a name that are written as one.
pub(super) fn tag(here: &Here<'_, '_>) -> Option<Rewrite> {
    let word = here.text(here.at);
    if !matches!(here.before(here.at), "#" | "@") {
        return None;
    }
    let chars: Vec<char> = word.chars().collect();
    let starts = |at: usize| {
        let (before, after) = (chars[at - 1], chars.get(at + 1));
        chars[at].is_uppercase()
            && (before.is_lowercase() || before.is_uppercase() && after.is_some_and(|c| c.is_lowercase()))
    };
    let mut words = String::with_capacity(word.len() + 8);
    for (at, c) in chars.iter().enumerate() {
        if at > 0 && starts(at) {
            words.push(' ');
        }
        words.push(*c);
    }
    (words.len() > word.len()).then(|| (here.at + 1, words.into(), "tag"))
}

fn is_spelled(here: &Here<'_, '_>, stem: &str) -> bool {
    if SPELLED.contains(&stem) {
        return true;
    }
    // "AT&T", "R&D"
    let paired = here.before(here.at) == "&" && here.is_glued_before(here.at - 1)
        || here.text(here.at + 1) == "&" && here.is_glued_at(here.at + 2);
    if paired && stem.len() <= 3 {
        return true;
    }
    if WORDS.contains(&stem) || is_shouted(here) {
        return false;
    }
    // Every engine spells letters without a vowel by itself, but not their plural ("MPs").
    let vowels = has_vowel(stem);
    match stem.len() {
        2 | 3 => !EMPHASIS.contains(&stem) && (vowels || stem.len() < here.text(here.at).len()),
        4..=SPELLED_LETTERS_MAX => !vowels && stem.len() < here.text(here.at).len(),
        _ => false,
    }
}

fn has_vowel(letters: &str) -> bool {
    letters.bytes().any(|b| matches!(b, b'A' | b'E' | b'I' | b'O' | b'U' | b'Y'))
}

/// `MkII`: the capitals are a Roman numeral.
fn is_numeral(letters: &str) -> bool {
    letters.bytes().all(|b| matches!(b, b'I' | b'V'))
}

/// Whether the words around are in capitals too: a headline, a shout.
fn is_shouted(here: &Here<'_, '_>) -> bool {
    let loud = |word: &str| word.len() >= 4 && word.bytes().all(|b| b.is_ascii_uppercase());
    let own = here.text(here.at).len() >= 4;
    let neighbours = [here.word_before(here.at), here.word_after(here.at + 1)];
    let shouts = neighbours.iter().filter(|word| loud(word)).count();
    let small = neighbours.iter().any(|word| EMPHASIS.contains(word) && word.len() > 1);
    shouts == 2 || (shouts == 1 && (own || small || neighbours.contains(&"")))
}
