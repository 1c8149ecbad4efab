//! How a publisher wants names and terms said.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Most entries of a lexicon that are used; the rest is ignored.
pub const LEXICON_ENTRIES_MAX: usize = 10_000;

/// Longest first word of a written form, in bytes.
const WORD_BYTES_MAX: usize = 128;

/// Longest written form, in words.
const PHRASE_WORDS_MAX: usize = 8;

/// A publisher's pronunciations. In TOML:
///
/// ```toml
/// [[entry]]
/// written = "Siobhan"
/// say = "Shivawn"
///
/// [[entry]]
/// written = "GIF"
/// spell = true
/// case = "exact"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Lexicon {
    entries: Vec<LexiconEntry>,
    /// Folded first word → entries that start with it, longest first.
    by_first: HashMap<String, Vec<usize>>,
}

/// One word or phrase and how it is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconEntry {
    /// The word or phrase as it is written; only whole words match.
    pub written: String,
    /// What to say instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// Say its letters one by one; `say` goes before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spell: bool,
    /// Its sound in IPA, for engines that take phonemes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipa: Option<String>,
    /// Whether upper and lower case must agree.
    #[serde(default)]
    pub case: LexiconCase,
}

/// When an entry's letters match the text's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LexiconCase {
    /// In lower case letters: `gif` also matches `GIF` and `Gif`. An entry with upper case letters
    /// matches as it is written only, so `US` leaves `us` alone.
    #[default]
    Smart,
    /// As it is written only.
    Exact,
    /// In any case.
    Ignore,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default)]
    entry: Vec<LexiconEntry>,
}

impl From<Wire> for Lexicon {
    fn from(wire: Wire) -> Self {
        Self::new(wire.entry)
    }
}

impl From<Lexicon> for Wire {
    fn from(lexicon: Lexicon) -> Self {
        Self { entry: lexicon.entries }
    }
}

impl Lexicon {
    /// A lexicon of these entries. Among entries for the same words the first one holds.
    #[must_use]
    pub fn new(mut entries: Vec<LexiconEntry>) -> Self {
        entries.truncate(LEXICON_ENTRIES_MAX);
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let mut words = entry.written.split_whitespace();
            if let Some(first) = words.next()
                && words.count() < PHRASE_WORDS_MAX
            {
                by_first.entry(head(first).to_lowercase()).or_default().push(index);
            }
        }
        for found in by_first.values_mut() {
            found.sort_by_key(|&index| std::cmp::Reverse(entries[index].written.len()));
        }
        Self { entries, by_first }
    }

    /// The entries, in the order they were given.
    #[must_use]
    pub fn entries(&self) -> &[LexiconEntry] {
        &self.entries
    }

    /// The longest entry that the text starts with, and how many bytes of the text it covers. The
    /// caller sees to it that the text starts at the start of a word.
    pub(super) fn find(&self, text: &str) -> Option<(usize, &LexiconEntry)> {
        let first = head(&text[..text.floor_char_boundary(WORD_BYTES_MAX)]);
        let found = self.by_first.get(&first.to_lowercase())?;
        found.iter().find_map(|&index| {
            let entry = &self.entries[index];
            Some((entry.covers(text)?, entry))
        })
    }
}

impl LexiconEntry {
    /// What the voice is given, if the entry says it in letters.
    pub(super) fn spoken(&self) -> Option<String> {
        match &self.say {
            Some(say) => Some(say.clone()),
            None if self.spell => Some(spell(&self.written)),
            None => None,
        }
    }

    fn covers(&self, text: &str) -> Option<usize> {
        let exact = match self.case {
            LexiconCase::Exact => true,
            LexiconCase::Ignore => false,
            LexiconCase::Smart => self.written.chars().any(char::is_uppercase),
        };
        let mut chars = text.char_indices().peekable();
        for (n, word) in self.written.split_whitespace().enumerate() {
            if n > 0 {
                chars.next_if(|(_, c)| c.is_whitespace())?;
                while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
            }
            for wanted in word.chars() {
                let (_, c) = chars.next()?;
                let same = if exact { c == wanted } else { c.to_lowercase().eq(wanted.to_lowercase()) };
                if !same {
                    return None;
                }
            }
        }
        let end = chars.peek().map_or(text.len(), |(at, _)| *at);
        let whole = !text[end..].starts_with(char::is_alphanumeric);
        (whole && end > 0).then_some(end)
    }
}

/// The letters and digits a text starts with, or the one mark.
fn head(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    if end == 0 { text.chars().next().map_or("", |mark| &text[..mark.len_utf8()]) } else { &text[..end] }
}

/// Letters one by one: `GIF` → `G I F`.
fn spell(written: &str) -> String {
    let letters: Vec<String> =
        written.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).collect();
    letters.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon(toml: &str) -> Lexicon {
        toml::from_str(toml).expect("a lexicon in TOML")
    }

    #[test]
    fn the_longest_phrase_of_whole_words_is_found() {
        let lexicon = lexicon(
            "[[entry]]\nwritten = \"Loire\"\nsay = \"Lwar\"\n\
             [[entry]]\nwritten = \"Loire Valley\"\nsay = \"Lwar Valley\"\n",
        );
        assert_eq!(
            lexicon.find("Loire  Valley wine").map(|(n, e)| (n, e.spoken())),
            Some((13, Some("Lwar Valley".into())))
        );
        assert_eq!(lexicon.find("Loire, the river").map(|(n, _)| n), Some(5));
        assert_eq!(lexicon.find("Loires"), None);
    }

    #[test]
    fn case_is_kept_where_the_entry_has_capitals() {
        let lexicon = lexicon(
            "[[entry]]\nwritten = \"US\"\nspell = true\n[[entry]]\nwritten = \"gif\"\nsay = \"jif\"\n",
        );
        assert_eq!(lexicon.find("us all"), None);
        assert_eq!(lexicon.find("US all").and_then(|(_, e)| e.spoken()), Some("U S".into()));
        assert!(lexicon.find("GIF").is_some());
    }

    #[test]
    fn it_survives_a_round_trip_and_refuses_unknown_fields() {
        let first =
            lexicon("[[entry]]\nwritten = \"Nguyen\"\nsay = \"Win\"\nipa = \"wɪn\"\ncase = \"ignore\"\n");
        let second: Lexicon = toml::from_str(&toml::to_string(&first).expect("TOML")).expect("TOML again");
        assert_eq!(first, second);
        assert!(toml::from_str::<Lexicon>("[[entry]]\nwritten = \"a\"\nsays = \"b\"\n").is_err());
    }
}
