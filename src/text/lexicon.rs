//! How a publisher wants names and terms said.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::article::{Lang, is_unspaced_char};

mod problems;

pub use problems::lexicon_problems;

/// Most entries of a lexicon that are used; the rest is ignored.
pub const LEXICON_ENTRIES_MAX: usize = 10_000;

/// Longest first word of a written form, in bytes.
const WORD_BYTES_MAX: usize = 128;

/// Longest written form, in words.
const PHRASE_WORDS_MAX: usize = 8;

/// A publisher's pronunciations, ready to be looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lexicon {
    entries: Vec<LexiconEntry>,
    /// Folded first word → entries that start with it, in the order in which they are tried.
    by_first: HashMap<String, Vec<usize>>,
}

/// A lexicon as it is written down. In TOML:
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
#[serde(deny_unknown_fields)]
pub struct LexiconFile {
    /// The entries; `entries` in JSON reads better and is the same.
    #[serde(default, alias = "entries")]
    pub entry: Vec<LexiconEntry>,
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
    /// Its sound in IPA, words between spaces, for engines that are given sounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipa: Option<String>,
    /// Whether upper and lower case must agree.
    #[serde(default, skip_serializing_if = "LexiconCase::is_smart")]
    pub case: LexiconCase,
    /// The language of the articles it is for, with its regions (`en` is for `en-GB` too); all when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
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

impl LexiconCase {
    fn is_smart(&self) -> bool {
        *self == Self::Smart
    }
}

impl Lexicon {
    /// A lexicon of these entries. The longest one that fits is used; among those as long, one for a
    /// language goes before one for all, one that heeds case before one that does not, and then the
    /// first.
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
            found.sort_by_cached_key(|&index| {
                let entry = &entries[index];
                let chars: usize =
                    entry.written.split_whitespace().map(|word| word.chars().count() + 1).sum();
                let lang = entry.lang.as_ref().map_or(0, |lang| lang.as_str().len());
                (std::cmp::Reverse((chars, lang, entry.heeds_case())), index)
            });
        }
        Self { entries, by_first }
    }

    /// The entries of which only one of two lexicons knows: what a change is about.
    #[must_use]
    pub fn difference(one: &[LexiconEntry], other: &[LexiconEntry]) -> Self {
        let key = |entry: &LexiconEntry| serde_json::to_string(entry).unwrap_or_default();
        let keys =
            |entries: &[LexiconEntry]| entries.iter().map(key).collect::<std::collections::HashSet<_>>();
        let (in_one, in_other) = (keys(one), keys(other));
        let removed = one.iter().filter(|entry| !in_other.contains(&key(entry)));
        let added = other.iter().filter(|entry| !in_one.contains(&key(entry)));
        Self::new(removed.chain(added).cloned().collect())
    }

    /// The entries, in the order they were given.
    #[must_use]
    pub fn entries(&self) -> &[LexiconEntry] {
        &self.entries
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry that holds for the start of a text in a language, and how many bytes of the text it
    /// covers. The caller sees to it that the text starts at the start of a word.
    pub(super) fn find(&self, text: &str, lang: &Lang) -> Option<(usize, &LexiconEntry)> {
        let first = head(&text[..text.floor_char_boundary(WORD_BYTES_MAX)]);
        let found = self.by_first.get(&first.to_lowercase())?;
        found
            .iter()
            .map(|&index| &self.entries[index])
            .filter(|entry| entry.is_for(lang))
            .find_map(|entry| Some((entry.covers(text)?, entry)))
    }
}

impl LexiconEntry {
    /// What the voice is given; what is written, if the entry has only its sound.
    pub(super) fn spoken(&self) -> Option<String> {
        match &self.say {
            Some(say) => Some(say.clone()),
            None if self.spell => Some(spell(&self.written)),
            None => self.ipa.is_some().then(|| self.written.clone()),
        }
    }

    fn is_for(&self, lang: &Lang) -> bool {
        self.lang.as_ref().is_none_or(|own| own == lang || own.as_str() == lang.primary())
    }

    /// Whether only text in the same case matches.
    fn heeds_case(&self) -> bool {
        match self.case {
            LexiconCase::Exact => true,
            LexiconCase::Ignore => false,
            LexiconCase::Smart => self.written.chars().any(char::is_uppercase),
        }
    }

    fn covers(&self, text: &str) -> Option<usize> {
        let exact = self.heeds_case();
        let mut chars = text.char_indices().peekable();
        let mut last = ' ';
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
                last = c;
            }
        }
        let end = chars.peek().map_or(text.len(), |(at, _)| *at);
        let goes_on = text[end..].chars().next().is_some_and(|next| {
            // Where words have no spaces between them, any place may be their end.
            next.is_alphanumeric()
                && last.is_alphanumeric()
                && !is_unspaced_char(next)
                && !is_unspaced_char(last)
        });
        (!goes_on && end > 0).then_some(end)
    }
}

/// The letters and digits a text starts with, or the one character that stands for itself: a mark, or
/// a letter of a script without spaces.
fn head(text: &str) -> &str {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if !c.is_alphanumeric() || is_unspaced_char(c) {
            if at == 0 {
                end = c.len_utf8();
            }
            break;
        }
        end = at + c.len_utf8();
    }
    &text[..end]
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
        Lexicon::new(toml::from_str::<LexiconFile>(toml).expect("a lexicon in TOML").entry)
    }

    fn find<'a>(lexicon: &'a Lexicon, text: &str) -> Option<(usize, &'a LexiconEntry)> {
        lexicon.find(text, &Lang::english())
    }

    #[test]
    fn the_longest_phrase_of_whole_words_is_found() {
        let lexicon = lexicon(
            "[[entry]]\nwritten = \"Loire\"\nsay = \"Lwar\"\n\
             [[entry]]\nwritten = \"Loire Valley\"\nsay = \"Lwar Valley\"\n",
        );
        assert_eq!(
            find(&lexicon, "Loire  Valley wine").map(|(n, e)| (n, e.spoken())),
            Some((13, Some("Lwar Valley".into())))
        );
        assert_eq!(find(&lexicon, "Loire, the river").map(|(n, _)| n), Some(5));
        assert_eq!(find(&lexicon, "Loires"), None);
    }

    #[test]
    fn case_is_kept_where_the_entry_has_capitals() {
        let lexicon = lexicon(
            "[[entry]]\nwritten = \"US\"\nspell = true\n[[entry]]\nwritten = \"gif\"\nsay = \"jif\"\n",
        );
        assert_eq!(find(&lexicon, "us all"), None);
        assert_eq!(find(&lexicon, "US all").and_then(|(_, e)| e.spoken()), Some("U S".into()));
        assert!(find(&lexicon, "GIF").is_some());
    }

    #[test]
    fn the_narrower_of_two_entries_for_the_same_letters_holds() {
        let lexicon = lexicon(
            "[[entry]]\nwritten = \"sql\"\nsay = \"any\"\n[[entry]]\nwritten = \"SQL\"\nsay = \"capitals\"\n\
             [[entry]]\nwritten = \"sql\"\nsay = \"english\"\nlang = \"en\"\n\
             [[entry]]\nwritten = \"sql\"\nsay = \"british\"\nlang = \"en-GB\"\n",
        );
        let said = |text: &str, lang: &str| {
            let (_, entry) = lexicon.find(text, &lang.parse().expect("a tag")).expect("an entry");
            entry.spoken().expect("words")
        };
        assert_eq!(said("sql", "de"), "any");
        assert_eq!(said("SQL", "de"), "capitals");
        assert_eq!(said("sql", "en-us"), "english");
        assert_eq!(said("SQL", "en-gb"), "british");
    }

    #[test]
    fn a_word_is_found_between_others_in_a_script_without_spaces() {
        let lexicon = lexicon("[[entry]]\nwritten = \"重庆\"\nsay = \"崇庆\"\n");
        assert_eq!(find(&lexicon, "重庆的桥").map(|(n, _)| n), Some(6));
        assert_eq!(find(&lexicon, "重的"), None);
    }

    #[test]
    fn what_changed_is_what_only_one_side_has() {
        let all = "[[entry]]\nwritten = \"a\"\nsay = \"x\"\n[[entry]]\nwritten = \"b\"\nsay = \"y\"\n";
        let (old, new) = (lexicon(all), lexicon(&all.replace("\"y\"", "\"z\"")));
        let changed = Lexicon::difference(old.entries(), new.entries());
        let said: Vec<_> = changed.entries().iter().map(|entry| entry.spoken().unwrap_or_default()).collect();
        assert_eq!(said, ["y", "z"]);
        assert!(Lexicon::difference(old.entries(), old.entries()).is_empty());
    }

    #[test]
    fn it_survives_a_round_trip_and_refuses_unknown_fields() {
        let text = "[[entry]]\nwritten = \"Nguyen\"\nsay = \"Win\"\nipa = \"wɪn\"\ncase = \"ignore\"\nlang = \"en\"\n";
        let first: LexiconFile = toml::from_str(text).expect("TOML");
        let second: LexiconFile =
            toml::from_str(&toml::to_string(&first).expect("TOML")).expect("TOML again");
        assert_eq!(first, second);
        let json =
            r#"{"entries":[{"written":"Nguyen","say":"Win","ipa":"wɪn","case":"ignore","lang":"EN"}]}"#;
        assert_eq!(serde_json::from_str::<LexiconFile>(json).ok(), Some(first));
        assert!(toml::from_str::<LexiconFile>("[[entry]]\nwritten = \"a\"\nsays = \"b\"\n").is_err());
    }
}
