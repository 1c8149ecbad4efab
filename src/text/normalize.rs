//! Text → what a voice is given. English is put into words here; of German, French and Spanish what
//! their engine reads wrong; other languages' numbers are left to the engine. What no engine reads
//! well is made safe in all of them.

use std::borrow::Cow;
use std::ops::Range;

use crate::article::{Lang, Note, NoteKind, Sound, is_unspaced_char};

use super::{Lexicon, LexiconEntry, MapRow};

mod en;
mod here;
mod local;
mod safe;
mod token;
mod write;

use token::{Kind, Token};

/// Longest run without white space that a voice is given, in bytes: espeak-ng aborts on longer ones
/// that repeat themselves.
pub const TOKEN_BYTES_MAX: usize = 60;

/// Most notes of one text.
const NOTES_MAX: usize = 500;

/// A text as a voice is asked to say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    /// What the voice is given: one line, no control characters, no token over
    /// [`TOKEN_BYTES_MAX`] bytes. Empty when nothing can be said.
    pub spoken: String,
    /// Where the words of `spoken` stand in the source: in order, on character boundaries; rows do
    /// not overlap, and everything in `spoken` but its spaces lies in one.
    pub map: Vec<MapRow>,
    /// Where in `spoken` the sound is given by the lexicon, for engines that take sounds.
    pub sounds: Vec<Sound>,
    /// What was rewritten or left out.
    pub notes: Vec<Note>,
}

/// A piece of the source, and what is said for it.
#[derive(Clone, Debug)]
struct Piece<'a> {
    source: Range<usize>,
    say: Say<'a>,
}

#[derive(Clone, Debug)]
enum Say<'a> {
    /// As it is written.
    Verbatim,
    /// In other words, for a reason; none for mere typography (a dash that is a pause).
    Words(Cow<'a, str>, Cow<'static, str>),
}

/// What a voice is given for a text, and where each word of it stands in the text.
///
/// The publisher's lexicon goes first; then the rules of `normalize/en.rs` or `normalize/local.rs`. Emoji and
/// what is not text (control, format and private characters) are left out in every language.
#[must_use]
pub fn spoken(source: &str, lang: &Lang, lexicon: Option<&Lexicon>) -> Spoken {
    // Map rows count bytes in 32 bits.
    let source = &source[..source.floor_char_boundary(u32::MAX as usize)];
    let tokens = token::tokens(source);
    let english = lang.primary() == "en";
    let day_first = is_day_first(lang);
    let local = local::language(lang.primary());
    let mut writer = write::Writer::new(source);
    let mut notes = Vec::new();
    let mut given: Vec<(Range<usize>, &str)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let from_rules = || {
            let from_english = if english { en::rewrite(source, &tokens, at, day_first) } else { None };
            from_english.or_else(|| local::rewrite(local?, source, &tokens, at))
        };
        let mut has_sound = false;
        let (next, say) = match lexicon.and_then(|lexicon| from_lexicon(lexicon, source, lang, &tokens, at)) {
            Some((next, entry, words)) => {
                let reason = format!("lexicon entry \"{}\"", entry.written);
                let covered = tokens[at].start..token::end_of(&tokens[next - 1]);
                given.extend(entry.ipa.as_deref().map(|ipa| (covered, ipa)));
                has_sound = entry.ipa.is_some();
                (next, Say::Words(words.into(), reason.into()))
            }
            None => match from_rules() {
                Some((next, words, reason)) if next > at => (next, Say::Words(words, reason.into())),
                _ => (at + 1, Say::Verbatim),
            },
        };
        let piece = Piece { source: tokens[at].start..token::end_of(&tokens[next - 1]), say };
        note(&mut notes, source, &piece, has_sound);
        writer.piece(piece);
        at = next;
    }
    let (spoken, map, dropped) = writer.finish();
    if dropped > 0 && notes.len() < NOTES_MAX {
        notes.push(Note::new(NoteKind::Dropped, "emoji or symbols", source));
    }
    if spoken.chars().any(char::is_alphanumeric) {
        let sounds = given.into_iter().filter_map(|(source, ipa)| sound(&map, &source, ipa)).collect();
        Spoken { spoken, map, sounds, notes }
    } else {
        Spoken { notes, ..Spoken::default() }
    }
}

/// The sound of a piece of the source, which is said in words of its own and so lies in rows of its own.
fn sound(map: &[MapRow], source: &Range<usize>, ipa: &str) -> Option<Sound> {
    let rows = map.iter().filter(|row| source.contains(&(row[2] as usize)) && row[3] as usize <= source.end);
    let text = rows.map(|row| row[0]..row[1]).reduce(|first, last| first.start..last.end)?;
    Some(Sound { text, ipa: ipa.to_owned() })
}

/// Whether 3/4 is the third of April: everywhere but where American English is written, which a tag
/// without a region means too.
fn is_day_first(lang: &Lang) -> bool {
    let region = lang.as_str().split('-').skip(1).find(|subtag| subtag.len() == 2);
    region.is_some_and(|region| !matches!(region, "us" | "ca" | "ph" | "pr"))
}

fn note(notes: &mut Vec<Note>, source: &str, piece: &Piece<'_>, has_sound: bool) {
    let text = &source[piece.source.clone()];
    if let Say::Words(words, reason) = &piece.say
        && (words != text || has_sound)
        && !reason.is_empty()
        && notes.len() < NOTES_MAX
    {
        notes.push(Note::new(NoteKind::Rewritten, reason.as_ref(), text));
    }
}

/// What a rule gives: the token after the last one it covers, the words, the reason for the note.
type Rewrite = (usize, Cow<'static, str>, &'static str);

/// Whether a lexicon changes how a text is said, wherever in it.
#[must_use]
pub fn mentions(text: &str, lang: &Lang, lexicon: &Lexicon) -> bool {
    let text = &text[..text.floor_char_boundary(u32::MAX as usize)];
    let tokens = token::tokens(text);
    (0..tokens.len()).any(|at| from_lexicon(lexicon, text, lang, &tokens, at).is_some())
}

/// The entry that holds at a token: the token after the last one it covers, the entry, its words.
fn from_lexicon<'a>(
    lexicon: &'a Lexicon,
    source: &str,
    lang: &Lang,
    tokens: &[Token<'_>],
    at: usize,
) -> Option<(usize, &'a LexiconEntry, String)> {
    let token = &tokens[at];
    let in_a_word = at > 0
        && matches!(tokens[at - 1].kind, Kind::Word | Kind::Digits)
        && !tokens[at - 1].text.starts_with(is_unspaced_char);
    if in_a_word || token.kind == Kind::Space {
        return None;
    }
    let (bytes, entry) = lexicon.find(&source[token.start..], lang)?;
    let words = entry.spoken()?;
    let end = token.start + bytes;
    let next = at + tokens[at..].iter().take_while(|token| token.start < end).count();
    // An entry that ends inside a token of ours ("CO2" in "CO2e") is no whole word.
    (token::end_of(&tokens[next - 1]) == end).then_some((next, entry, words))
}

#[cfg(test)]
mod tests;
