//! Text that was damaged on its way: mojibake, control characters, invisible characters, entities
//! that were escaped twice. Sound text comes back as it is, to the last quote and ligature.

use std::borrow::Cow;

use crate::article::{Note, NoteKind};

mod entities;
mod mojibake;
mod naturalness;
mod pages;

/// Text put right, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired<'a> {
    /// The text, borrowed when nothing was wrong.
    pub text: Cow<'a, str>,
    /// What was put right.
    pub notes: Vec<Note>,
}

/// Notes of one kind of repair; an editor learns nothing from the hundredth.
const NOTES_MAX: usize = 50;

/// Puts damaged text right. Total and linear in the length of the text.
#[must_use]
pub fn repair(text: &str) -> Repaired<'_> {
    let mut repaired = repair_source(text);
    if let Some((sound, read)) = entities::decode_left_over(&repaired.text) {
        repaired.notes.push(note("HTML entities", &read.join(" ")));
        repaired.text = Cow::Owned(sound);
    }
    repaired
}

/// Puts right what is damaged in marked-up text, where an entity is no damage.
pub(super) fn repair_source(text: &str) -> Repaired<'_> {
    let mut notes = Vec::new();
    let mut text = Cow::Borrowed(text);
    if let Some((sound, mends)) = mojibake::mend(&text) {
        let told = mends.iter().take(NOTES_MAX);
        notes.extend(told.map(|mend| note("mojibake", &format!("{} → {}", mend.broken, mend.sound))));
        text = Cow::Owned(sound);
    }
    if text.contains(is_unwanted) {
        let count = text.chars().filter(|c| is_unwanted(*c) && *c != '\r').count();
        if count > 0 {
            notes.push(note("invisible characters", &count.to_string()));
        }
        text = Cow::Owned(without_unwanted(&text));
    }
    Repaired { text, notes }
}

fn note(reason: &str, text: &str) -> Note {
    Note::new(NoteKind::Repaired, reason, text)
}

/// Controls but for line breaks and tabs, soft hyphens, zero-width spaces, byte-order marks. The
/// joiners (U+200C, U+200D) and direction marks stay: Persian, Hindi and emoji need them.
fn is_unwanted(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' => true,
        _ => c.is_control(),
    }
}

fn without_unwanted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{B}' | '\u{C}' => out.push('\n'),
            '\u{80}'..='\u{9F}' => out.extend(windows_1252(c)),
            _ if is_unwanted(c) => {}
            _ => out.push(c),
        }
    }
    out
}

/// What a C1 control was meant to be: HTML reads them as windows-1252 too
/// (WHATWG HTML, "numeric character reference end state").
fn windows_1252(control: char) -> Option<char> {
    let byte = u8::try_from(u32::from(control)).ok()?;
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    text.chars().next().filter(|c| !c.is_control())
}

#[cfg(test)]
mod tests;
