//! Places where a sentence was said to end, and does not.

use super::Splitter;
use super::marks::{around, is_address, neighbours, word_around};

/// Verbs that tell who spoke, after a quotation that ends in `!` or `?`.
const SPEECH: &[&str] = &[
    "said",
    "says",
    "asked",
    "asks",
    "yelled",
    "cried",
    "shouted",
    "replied",
    "whispered",
    "thought",
    "answered",
    "exclaimed",
    "wondered",
    "called",
    "muttered",
    "screamed",
    "added",
    "wrote",
    "demanded",
];

/// Words that start a German sentence more often than they follow an ordinal number.
const GERMAN_STARTERS: &[&str] = &[
    "Der", "Die", "Das", "Er", "Sie", "Es", "Ich", "Wir", "Ihr", "In", "Im", "Am", "Und", "Aber", "Ein",
    "Eine", "Nach", "Bei", "Mit", "Auf", "Für", "Seit", "Als", "Wenn", "Dann", "Doch", "Auch", "Nun", "So",
    "Zu", "Von", "Vor", "Dort", "Da", "Danach", "Jetzt", "Heute", "Was", "Wie", "Wer", "Warum", "Man",
    "Alle", "Viele", "Dieser", "Diese", "Dieses", "Dabei", "Damit", "Hier",
];

/// Whether the sentence goes on after a proposed end.
pub(super) fn joins(splitter: &Splitter, text: &str, end: usize) -> bool {
    if end == 0 || end >= text.len() {
        return false;
    }
    let spaced = text[..end].ends_with(char::is_whitespace) || text[end..].starts_with(char::is_whitespace);
    if !spaced {
        let word = word_around(text, end);
        let ascii = text.as_bytes()[end - 1].is_ascii() && text.as_bytes()[end].is_ascii();
        if ascii && is_address(word)
            || !starts_upper(&text[end..]) && !splitter.unspaced && !glued_question(text, end)
        {
            return true;
        }
        if text[..end].ends_with(['!', '?'])
            && text[..end - 1].chars().next_back().is_none_or(char::is_whitespace)
        {
            return true;
        }
        if splitter.english && is_name_mark(word) {
            return true;
        }
    }
    let (last, first) = neighbours(text, end);
    if last.chars().all(|c| c == '.') && text[..end].trim_end_matches(['.', ' ']).is_empty() {
        return true;
    }
    is_marker(text, end, last)
        || splitter.english && last.ends_with('.') && (is_zoned(last, first) || is_cut_short(last, first))
        || (splitter.unspaced && is_particle(text, end))
        || (splitter.dotted_ordinals && is_ordinal(last, first))
        || (last.ends_with(['!', '?']) && goes_on(splitter, text, end, first))
        || (first.starts_with(char::is_lowercase) && is_quoted_stop(last))
}

/// `4:31 p.m. ET`: a time zone after the half of the day.
fn is_zoned(last: &str, first: &str) -> bool {
    const ZONES: &[&str] = &[
        "ET", "EST", "EDT", "CT", "CST", "CDT", "MT", "MST", "MDT", "PT", "PST", "PDT", "GMT", "UTC", "BST",
        "CET", "CEST", "IST", "JST",
    ];
    let half = last.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '('));
    matches!(half, "a.m." | "p.m." | "A.M." | "P.M.")
        && ZONES.contains(&first.trim_end_matches(|c: char| !c.is_alphabetic()))
}

/// `est. 4.1m`, `approx. 30`: words cut short before a number, which the lists lack.
fn is_cut_short(last: &str, first: &str) -> bool {
    const CUT: &[&str] =
        &["est.", "approx.", "avg.", "max.", "min.", "incl.", "excl.", "ca.", "tel.", "pp.", "vols."];
    CUT.contains(&last.trim_start_matches(['(', '[']).to_lowercase().as_str())
        && first.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '£' | '€' | '~'))
}

fn starts_upper(text: &str) -> bool {
    let head = text.trim_start_matches(['"', '“', '‘', '\'', '(', '[', '«', '¿', '¡']);
    head.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_alphanumeric() || !c.is_ascii())
}

/// `recruits?thanks`: a question and the next sentence without a space.
pub(super) fn glued_question(text: &str, end: usize) -> bool {
    let words = |s: &str| s.chars().take_while(|c| c.is_alphabetic()).count();
    let before: String = text[..end].trim_end_matches(['?', '!']).chars().rev().take(3).collect();
    text[..end].ends_with(['?', '!'])
        && words(&text[end..]) >= 2
        && words(&before) >= 3
        && !word_around(text, end).contains(['/', '=', '@', '&', '.'])
}

/// Japanese `「…。」と彼は言った`, `（…。）ので`: a particle after a closing mark, with which no sentence
/// starts. "と" starts one before other kana (`とても`).
fn is_particle(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    let quotes = || {
        let after = rest.strip_prefix('と').and_then(|rest| rest.chars().next());
        after.is_some_and(|c| c == '、' || !('ぁ'..='ゟ').contains(&c))
    };
    text[..end].ends_with(['」', '』', '）'])
        && (["という", "って", "ので", "のは", "のを", "を"].iter().any(|word| rest.starts_with(word))
            || quotes())
}

/// `Y!J`, `Yahoo!`: a sign that is part of a name.
fn is_name_mark(word: &str) -> bool {
    let letters = word.trim_end_matches(['.', ',']);
    letters
        .split_once('!')
        .is_some_and(|(a, b)| a.chars().count() == 1 && !b.is_empty() && b.chars().all(char::is_uppercase))
}

/// A number or letter that marks a list item and stands alone: `1.` at the head of a text.
fn is_marker(text: &str, end: usize, last: &str) -> bool {
    let body = last.trim_end_matches(['.', ')']);
    let labels = !body.is_empty() && body.len() <= 3 && body.len() < last.len();
    let number = body.bytes().all(|b| b.is_ascii_digit());
    let letter = matches!(body, "Q" | "A");
    let before = text[..end].trim_end();
    let head = before[..before.len() - last.len()].trim_end();
    let first = head.is_empty() || (letter && head.ends_with(['.', '!', '?']));
    let lower = text[end..].trim_start().starts_with(|c: char| c.is_lowercase() || c == ')');
    labels && ((number || letter) && first || number && lower)
}

/// German `17. Dezember`, `im 6. Stock`.
fn is_ordinal(last: &str, first: &str) -> bool {
    let digits = last.trim_start_matches(['(', '„', '"']).strip_suffix('.').unwrap_or("");
    let number = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    number && !GERMAN_STARTERS.contains(&first.trim_end_matches([',', '.']))
}

/// `"The Queen! The Queen!" and they all`: a quotation inside the sentence.
fn is_quoted_stop(last: &str) -> bool {
    let quoted = last.trim_end_matches(['"', '”', '’', '»', '\'']);
    quoted.len() < last.len() && quoted.ends_with(['.', '!', '?', '…'])
}

/// `"Stop!" he said`, `wait! -- and then`.
fn goes_on(splitter: &Splitter, text: &str, end: usize, first: &str) -> bool {
    if matches!(first, "--" | "–" | "—" | "-") {
        let after = text[end..].trim_start()[first.len()..].trim_start();
        return after.starts_with(char::is_lowercase);
    }
    if !first.starts_with(char::is_lowercase) {
        return false;
    }
    if !splitter.english {
        return true;
    }
    let mut words = text[end..].split_whitespace().take(3);
    words.any(|word| SPEECH.contains(&word.trim_end_matches([',', '.', '!', '?'])))
}

/// Whether the full stop before a proposed end belongs to an abbreviation or an initial, by the
/// lists of the language.
pub(super) fn is_abbreviated(splitter: &Splitter, text: &str, end: usize) -> bool {
    let before = text[..end].trim_end();
    if !before.ends_with('.') || end >= text.len() {
        return false;
    }
    let start = before.trim_end_matches('.').len();
    start + 1 == before.len() && boundary_after(splitter, text, start).is_none()
}

/// Where the language's own rules end the sentence at a mark of one byte, if they do.
pub(super) fn boundary_after(splitter: &Splitter, text: &str, mark: usize) -> Option<usize> {
    let (head, tail) = around(text, mark);
    let first = mark - head.len();
    let window = &text[first..mark + tail.len()];
    splitter.language.find_boundary(window, head.len(), head.len() + 1).map(|boundary| first + boundary)
}
