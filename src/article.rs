//! The nouns everything shares. No IO, no dependency on any other module.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language as a BCP 47 tag (RFC 5646), lower case: `en`, `en-us`, `zh`, `pt-br`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lang(String);

impl Lang {
    /// English, the language assumed when nothing says otherwise.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The whole tag, lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary subtag: `pt` of `pt-br`.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Whether its usual script is written from right to left.
    #[must_use]
    pub fn is_rtl(&self) -> bool {
        matches!(self.primary(), "ar" | "fa" | "he" | "ur" | "yi" | "ps" | "sd" | "ug" | "dv" | "ckb")
    }

    /// Whether its usual script puts no spaces between words (words are then counted by characters).
    #[must_use]
    pub fn is_unspaced(&self) -> bool {
        matches!(self.primary(), "zh" | "ja" | "th" | "lo" | "km" | "my" | "yue" | "cmn")
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with a language tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a language tag; use one such as en, en-US, de or zh")]
pub struct BadLang(String);

impl FromStr for Lang {
    type Err = BadLang;

    fn from_str(tag: &str) -> Result<Self, BadLang> {
        let lower = tag.trim().replace('_', "-").to_ascii_lowercase();
        let mut subtags = lower.split('-');
        let primary = subtags.next().unwrap_or("");
        let fits = (2..=3).contains(&primary.len())
            && primary.bytes().all(|b| b.is_ascii_lowercase())
            && subtags.all(|s| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric()))
            && lower.len() <= 35;
        if fits { Ok(Self(lower)) } else { Err(BadLang(tag.chars().take(40).collect())) }
    }
}

impl TryFrom<String> for Lang {
    type Error = BadLang;

    fn try_from(tag: String) -> Result<Self, BadLang> {
        tag.parse()
    }
}

impl From<Lang> for String {
    fn from(lang: Lang) -> Self {
        lang.0
    }
}

/// An article's name in addresses: 1–128 of `a-z 0-9 . _ -`, starting with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ArticleId(String);

impl ArticleId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an article id; use 1 to 128 of a-z 0-9 . _ - starting with a letter or digit")]
pub struct BadId(String);

impl FromStr for ArticleId {
    type Err = BadId;

    fn from_str(id: &str) -> Result<Self, BadId> {
        let first_fits = id.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let all_fit = id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'));
        if first_fits && all_fit && id.len() <= 128 {
            Ok(Self(id.to_owned()))
        } else {
            Err(BadId(id.chars().take(140).collect()))
        }
    }
}

impl TryFrom<String> for ArticleId {
    type Error = BadId;

    fn try_from(id: String) -> Result<Self, BadId> {
        id.parse()
    }
}

impl From<ArticleId> for String {
    fn from(id: ArticleId) -> Self {
        id.0
    }
}

/// What a block is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// The headline; at most one, the first block.
    Title,
    /// The standfirst under the headline.
    Dek,
    /// A heading inside the body.
    Heading,
    /// A paragraph.
    Paragraph,
    /// A quotation set off from the body.
    Quote,
    /// An item of a list.
    ListItem,
}

impl BlockKind {
    /// The name used on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Dek => "dek",
            Self::Heading => "heading",
            Self::Paragraph => "paragraph",
            Self::Quote => "quote",
            Self::ListItem => "list_item",
        }
    }
}

/// A piece of an article's text, in the order of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text: one line, white space folded, never empty.
    pub text: String,
    /// What to say instead of `text` (the page's `data-listen-say`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
}

impl Block {
    /// A block that is read as it is written.
    #[must_use]
    pub fn new(kind: BlockKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), say: None }
    }
}

/// What happened to the text a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// It is not read.
    Dropped,
    /// It was damaged and is read mended.
    Repaired,
    /// It is said in other words than it is written.
    Rewritten,
}

/// Something the front end did that an editor should be able to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What was done.
    pub kind: NoteKind,
    /// Why, in a few plain words: `advertisement`, `byline`, `mojibake`.
    pub reason: String,
    /// The text it was done to (cut to 200 characters).
    pub text: String,
}

impl Note {
    /// A note, its text cut to 200 characters.
    #[must_use]
    pub fn new(kind: NoteKind, reason: impl Into<String>, text: &str) -> Self {
        let mut cut: String = text.chars().take(200).collect();
        if cut.len() < text.len() {
            cut.push('…');
        }
        Self { kind, reason: reason.into(), text: cut }
    }
}

/// A part of a text whose sound is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sound {
    /// Bytes of the text: whole words.
    pub text: Range<u32>,
    /// Its sound in the International Phonetic Alphabet, words between spaces.
    pub ipa: String,
}

/// A cleaned article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// The headline; also the text of the first block when that is a [`BlockKind::Title`].
    pub title: Option<String>,
    /// Who wrote it, as the page says it ("Cascade Daily Editorial").
    pub byline: Option<String>,
    /// The site or paper that published it.
    #[serde(default)]
    pub publisher: Option<String>,
    /// When it was published: RFC 3339, or a date `YYYY-MM-DD`.
    pub published: Option<String>,
    /// Its language.
    pub lang: Lang,
    /// The page's own (canonical) address.
    pub url: Option<String>,
    /// The address of its lead image.
    pub image: Option<String>,
    /// What is read, in order: title, dek, body.
    pub blocks: Vec<Block>,
    /// What was dropped or repaired on the way.
    pub notes: Vec<Note>,
}

impl Article {
    /// An article with nothing in it.
    #[must_use]
    pub fn empty(lang: Lang) -> Self {
        Self {
            title: None,
            byline: None,
            publisher: None,
            published: None,
            lang,
            url: None,
            image: None,
            blocks: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Words of everything that is read: title, dek, headings, body. See [`count_words`].
    #[must_use]
    pub fn words(&self) -> usize {
        self.blocks.iter().map(|block| count_words(&block.text)).sum()
    }
}

/// Characters of an unspaced script that count as two words (500 characters a minute beside 200
/// words a minute, the rates Medium's help gives for silent reading).
const UNSPACED_CHARS_PER_TWO_WORDS: usize = 5;

/// Words as a reader counts them: runs between white space that hold a letter or digit; in scripts
/// without spaces (Han, kana, Thai, Lao, Khmer, Burmese) two words for every five characters.
#[must_use]
pub fn count_words(text: &str) -> usize {
    let mut spaced = 0;
    let mut unspaced = 0;
    for run in text.split_whitespace() {
        let chars = run.chars().filter(|c| is_unspaced_char(*c)).count();
        unspaced += chars;
        if run.chars().any(|c| c.is_alphanumeric() && !is_unspaced_char(c)) {
            spaced += 1;
        }
    }
    spaced + (unspaced * 2).div_ceil(UNSPACED_CHARS_PER_TWO_WORDS)
}

/// Whether a character belongs to a script that puts no spaces between words.
#[must_use]
pub fn is_unspaced_char(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}')
        && c.is_alphanumeric()
}

/// Minutes to read `words` silently: `max(1, ceil(words / 200))`.
#[must_use]
pub fn read_minutes(words: usize) -> usize {
    words.div_ceil(200).max(1)
}

/// Minutes of sound, rounded, at least 1.
#[must_use]
pub fn listen_minutes(duration_ms: u64) -> u64 {
    ((duration_ms + 30_000) / 60_000).max(1)
}

/// The label a page shows: "🎧 5 min listen".
#[must_use]
pub fn listen_label(minutes: u64) -> String {
    format!("🎧 {minutes} min listen")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_tags_say_what_is_wrong() {
        assert!("a".parse::<ArticleId>().is_ok());
        assert!("2026.11-ai_deal".parse::<ArticleId>().is_ok());
        for bad in ["", "-a", ".a", "A", "a/b", "a b", &"x".repeat(129)] {
            assert!(bad.parse::<ArticleId>().is_err(), "{bad}");
        }
        assert_eq!("pt_BR".parse::<Lang>().map(String::from), Ok("pt-br".to_owned()));
        assert_eq!("zh".parse::<Lang>().map(|l| l.is_unspaced()), Ok(true));
        for bad in ["", "e", "english", "en-", "en us", "12"] {
            assert!(bad.parse::<Lang>().is_err(), "{bad}");
        }
    }

    #[test]
    fn words_and_minutes_follow_the_labels() {
        assert_eq!(count_words("It's 5 o'clock — now."), 4);
        assert_eq!(count_words("我们在北京。"), 2);
        assert_eq!(count_words("🎧 … —"), 0);
        assert_eq!((read_minutes(0), read_minutes(200), read_minutes(756)), (1, 1, 4));
        assert_eq!((listen_minutes(0), listen_minutes(90_000), listen_minutes(293_000)), (1, 2, 5));
        assert_eq!(listen_label(5), "🎧 5 min listen");
    }

    #[test]
    fn a_note_is_cut_by_characters() {
        let note = Note::new(NoteKind::Dropped, "advertisement", &"ж".repeat(500));
        assert_eq!(note.text.chars().count(), 201);
    }
}
