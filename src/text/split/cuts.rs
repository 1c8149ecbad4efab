//! Places where a sentence ends though no segmenter said so.

use std::cell::LazyCell;

use super::Splitter;
use super::joins::{boundary_after, glued_question};
use super::marks::{around, face, is_address, neighbours, ruler};
use super::spans::{is_long, is_within, quotes};

/// Words that start a sentence after an abbreviation such as "U.S." rather than go on with a name.
const STARTERS: &[&str] = &[
    "The", "It", "He", "She", "They", "We", "I", "You", "How", "What", "When", "Where", "Why", "In", "But",
    "And", "This", "That", "These", "Those", "There", "His", "Her", "Their", "Its", "If", "As", "For", "A",
    "An", "On", "At",
];

/// Ends that `proposed` lacks, in no order.
pub(super) fn extra(splitter: &Splitter, text: &str, proposed: &[usize]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut address = false;
    let quoted = LazyCell::new(|| quotes(text));
    for (start, word) in words(text) {
        let end = start + word.len();
        let rest = &text[end..];
        let next = rest.trim_start();
        let place = end + (rest.len() - next.len());
        if next.is_empty() {
            break;
        }
        if start > 0 && ruler(word).is_some() {
            found.extend([start, place]);
        } else if ruler(word).is_some() || (face(word).is_some() && next.starts_with(char::is_uppercase)) {
            found.push(place);
        }
        let is_url = word.contains("://");
        if address && is_url {
            found.push(start);
        }
        address = is_url;
        if splitter.by_semicolon && word.ends_with(';') && next.starts_with(char::is_uppercase) {
            found.push(place);
        }
        if splitter.by_unicode
            && (before_number(splitter, text, end, next)
                || (before_speech(word, next) && !is_within(&quoted, end)))
        {
            found.push(place);
        }
        if is_noted(word) && next.starts_with(char::is_uppercase) {
            found.push(place);
        }
        if splitter.english {
            english(text, (start, word), place, &mut found);
            if ends_in_whole_word(text, (start, word), place) && !is_within(&quoted, end) {
                found.push(place);
            }
        }
        if let Some(at) = word.find(['?', '!'])
            && at + 1 < word.len()
            && !is_address(word)
            && glued_question(text, start + at + 1)
        {
            found.push(start + at + 1);
        }
    }
    inside_long_quotes(splitter, text, proposed, &mut found);
    found
}

/// Letters of a word before its full stop, so that what follows may be a sentence that starts with a
/// number.
const STOPPED_WORD_LETTERS_MIN: usize = 4;

/// `… raak kwamen. 81 procent …`: the rules of Unicode never end a sentence before a number.
fn before_number(splitter: &Splitter, text: &str, end: usize, next: &str) -> bool {
    let head = text[..end].strip_suffix('.').unwrap_or("");
    let letters = head.chars().rev().take_while(|c| c.is_lowercase()).take(STOPPED_WORD_LETTERS_MIN).count();
    letters == STOPPED_WORD_LETTERS_MIN
        && next.starts_with(|c: char| c.is_ascii_digit())
        && !splitter.language.is_abbreviation(around(head, head.len()).0, "", ".")
}

/// `… la oposición. -- Romário es`: a dash that opens a turn of speech.
fn before_speech(word: &str, next: &str) -> bool {
    let dash = next.trim_start_matches(['-', '–', '—']);
    word.ends_with(['.', '!', '?', '…'])
        && dash.len() < next.len()
        && dash.trim_start().starts_with(char::is_uppercase)
}

fn english(text: &str, (start, word): (usize, &str), place: usize, found: &mut Vec<usize>) {
    // "… in the U.S. The court", "an I.V. She"
    if is_dotted(word) {
        let (_, first) = neighbours(text, place);
        let name = first.trim_end_matches([',', '.']);
        if STARTERS.contains(&name) && !matches!(name, "A" | "I" if first.ends_with('.')) {
            found.push(place);
        }
    }
    // A note's number after the full stop: "… a consultation.11 12 Take the"
    if let Some(stop) = word.rfind('.')
        && let (head, note) = (&word[..stop], &word[stop + 1..])
        && is_note(note)
        && head.ends_with(|c: char| c.is_lowercase() || matches!(c, ')' | '”' | '"'))
    {
        let mut at = place;
        while let Some(number) = text[at..].split_whitespace().next().filter(|word| is_note(word)) {
            at += number.len();
            at += text[at..].len() - text[at..].trim_start().len();
        }
        if text[at..].starts_with(char::is_uppercase) {
            found.push(at);
        }
    }
    let quoted = word.trim_end_matches(['"', '”']);
    let broken_off = quoted.len() < word.len() && (quoted.ends_with("--") || quoted.ends_with('—'));
    let aside = word.ends_with(".)") && is_aside(&text[..start + word.len() - 2]);
    if (broken_off || aside)
        && text[place..].starts_with(|c: char| c.is_uppercase() || matches!(c, '"' | '“'))
    {
        found.push(place);
    }
}

/// "… on the third of May. Nobody came", "She told me. Nobody": words that the list of abbreviations
/// holds too. "May" is never cut short, and the abbreviations of states and titles have capitals.
fn ends_in_whole_word(text: &str, (start, word): (usize, &str), place: usize) -> bool {
    const WORDS: &[&str] = &[
        "arc", "ark", "con", "exec", "fed", "ill", "ma", "man", "mass", "may", "me", "miss", "no", "ore",
        "pa", "reps", "use", "wash", "May", "Fed",
    ];
    let Some(stem) = word.strip_suffix('.') else { return false };
    let stem = stem.trim_start_matches(['"', '“', '‘', '(', '\'']);
    // "No. Nobody did." answers; "at No. Ten" counts.
    let answers = || {
        let head = text[..start].trim_end();
        stem == "No" && (head.is_empty() || head.ends_with(['.', '!', '?', '"', '”']))
    };
    // "for 10 min. Mix it": a unit after its number.
    let measures = || {
        matches!(
            stem,
            "min" | "ft" | "sec" | "mm" | "mo" | "ml" | "pts" | "yds" | "mins" | "hrs" | "kg" | "km"
        ) && text[..start].trim_end().ends_with(|c: char| c.is_ascii_digit())
    };
    let (_, first) = neighbours(text, place);
    let mut letters = first.chars();
    let capital = letters.next().is_some_and(char::is_uppercase);
    let goes_on = |c: char| c.is_lowercase() || matches!(c, '\'' | '’');
    let starts = capital && (matches!(first, "A" | "I") || letters.next().is_some_and(goes_on));
    starts && (WORDS.contains(&stem) || answers() || measures())
}

/// `(Dinah was the cat.)`: a sentence in brackets, after the end of another.
fn is_aside(before: &str) -> bool {
    before.rfind(['(', ')']).is_some_and(|open| {
        let head = before[..open].trim_end();
        before[open..].starts_with('(')
            && before[open + 1..].starts_with(char::is_uppercase)
            && (head.is_empty() || head.ends_with(['.', '!', '?', '"', '”', '’', ')']))
    })
}

/// `U.S.`, `a.m.`, `I.V.`: letters, each with a full stop.
fn is_dotted(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 4
        && bytes.len().is_multiple_of(2)
        && bytes.chunks(2).all(|pair| pair[0].is_ascii_alphabetic() && pair[1] == b'.')
}

/// `corporal.[13]`: the numbers of notes in brackets after the full stop.
fn is_noted(word: &str) -> bool {
    word.ends_with(']')
        && word.split_once(".[").is_some_and(|(head, notes)| {
            head.ends_with(char::is_lowercase)
                && notes.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'[' | b']'))
        })
}

fn is_note(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A quotation of several sentences is one sentence as long as a voice can be given it whole;
/// longer, it ends where its sentences end.
fn inside_long_quotes(splitter: &Splitter, text: &str, proposed: &[usize], found: &mut Vec<usize>) {
    let mut start = 0;
    for &end in proposed.iter().chain(std::iter::once(&text.len())) {
        if let Some(sentence) = text.get(start..end)
            && is_long(sentence)
        {
            let whole = quotes(sentence);
            for (at, _) in sentence.match_indices(['.', '!', '?']) {
                let stop = start + at;
                if !text[stop + 1..].starts_with(['.', '!', '?'])
                    && !is_within(&whole, at)
                    && let Some(boundary) = boundary_after(splitter, text, stop)
                    && boundary < end
                    && starts_sentence(&text[boundary..])
                {
                    found.push(boundary);
                }
            }
        }
        start = end;
    }
}

fn starts_sentence(text: &str) -> bool {
    text.trim_start().starts_with(|c: char| c.is_uppercase() || matches!(c, '(' | '“' | '"'))
}

/// The words of a text and where they start.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
