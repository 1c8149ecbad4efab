//! What is wrong with the entries of a lexicon, in words for the editor who wrote them.

use std::collections::HashMap;

use super::{LEXICON_ENTRIES_MAX, LexiconEntry, PHRASE_WORDS_MAX, WORD_BYTES_MAX};

/// Longest respelling, in characters: an utterance's.
const SAY_CHARS_MAX: usize = 300;

/// Most problems that are told at once.
const PROBLEMS_MAX: usize = 20;

/// What is wrong with these entries; nothing when they can be used as they are. Entries are counted
/// from 1.
#[must_use]
pub fn lexicon_problems(entries: &[LexiconEntry]) -> Vec<String> {
    if entries.len() > LEXICON_ENTRIES_MAX {
        return vec![format!("{} entries are too many; at most {LEXICON_ENTRIES_MAX}", entries.len())];
    }
    let mut problems = Vec::new();
    let mut seen = HashMap::new();
    for (n, entry) in (1..).zip(entries) {
        let mut tell = |what: String| {
            let shown: String = entry.written.chars().take(60).collect();
            problems.push(format!("entry {n} (\"{}\"): {what}", shown.escape_debug()));
        };
        problems_of(entry, &mut tell);
        let folded = entry.written.split_whitespace().collect::<Vec<_>>().join(" ");
        let folded = if entry.heeds_case() { folded } else { folded.to_lowercase() };
        let key = (folded, entry.heeds_case(), entry.lang.as_ref());
        if let Some(first) = seen.insert(key, n) {
            tell(format!("entry {first} is for the same; keep one of them"));
        }
        if problems.len() >= PROBLEMS_MAX {
            break;
        }
    }
    problems
}

fn problems_of(entry: &LexiconEntry, tell: &mut impl FnMut(String)) {
    let words = entry.written.split_whitespace();
    match words.clone().count() {
        0 => tell("`written` is empty; give the word or phrase as it stands in articles".to_owned()),
        1..=PHRASE_WORDS_MAX => {}
        count => tell(format!("`written` has {count} words; at most {PHRASE_WORDS_MAX}")),
    }
    if words.clone().any(|word| word.len() > WORD_BYTES_MAX) {
        tell(format!("`written` has a word of over {WORD_BYTES_MAX} bytes"));
    }
    match (&entry.say, entry.spell, &entry.ipa) {
        (Some(_), true, _) => tell("it has both `say` and `spell`; keep one of them".to_owned()),
        (None, false, None) => {
            tell("it changes nothing; add `say = \"…\"`, `spell = true` or `ipa = \"…\"`".to_owned());
        }
        (None, true, _) if !entry.written.chars().any(char::is_alphanumeric) => {
            tell("there is no letter to `spell`; add `say = \"…\"` instead".to_owned());
        }
        _ => {}
    }
    if let Some(say) = &entry.say {
        if !say.chars().any(char::is_alphanumeric) {
            tell("`say` has no letter or digit, so nothing would be said".to_owned());
        }
        let chars = say.chars().count();
        if chars > SAY_CHARS_MAX {
            tell(format!("`say` has {chars} characters; at most {SAY_CHARS_MAX}"));
        }
    }
    let texts = [Some(&entry.written), entry.say.as_ref(), entry.ipa.as_ref()];
    if texts.into_iter().flatten().any(|text| text.contains(|c: char| c.is_control())) {
        tell("it has a control character (a tab, a line break?); keep each text on one line".to_owned());
    }
    if let Some(ipa) = &entry.ipa {
        if ipa.chars().count() > SAY_CHARS_MAX {
            tell(format!("`ipa` has over {SAY_CHARS_MAX} characters"));
        }
        let is_sound = |c: char| c.is_alphabetic() && !matches!(c, 'ˈ' | 'ˌ' | 'ː' | 'ˑ');
        if !ipa.chars().any(is_sound) {
            tell("`ipa` has no sound in it".to_owned());
        }
        if let Some(mark) = ipa.chars().find(|c| matches!(c, '/' | '[' | ']' | '.' | ',' | ';' | '?' | '!')) {
            tell(format!(
                "`ipa` has a \"{mark}\"; give the sounds alone, without slashes, brackets, dots or marks"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::LexiconFile;

    fn problems(toml: &str) -> String {
        lexicon_problems(&toml::from_str::<LexiconFile>(toml).expect("TOML").entry).join("\n")
    }

    #[test]
    fn each_mistake_is_told_with_its_entry() {
        for (fields, words) in [
            ("written = \" \"\nsay = \"a\"", "entry 1 (\" \"): `written` is empty"),
            ("written = \"a b c d e f g h i\"\nsay = \"a\"", "9 words"),
            ("written = \"a\"", "changes nothing"),
            ("written = \"a\"\nipa = \"ˈ\"", "no sound in it"),
            ("written = \"a\"\nipa = \"/eɪ/\"", "`ipa` has a \"/\""),
            ("written = \"a\"\nsay = \"b\"\nspell = true", "both"),
            ("written = \"&\"\nspell = true", "no letter"),
            ("written = \"a\"\nsay = \"…\"", "nothing would be said"),
            ("written = \"a\"\nsay = \"b\\nc\"", "control character"),
        ] {
            let told = problems(&format!("[[entry]]\n{fields}\n"));
            assert!(told.contains(words), "{fields}: {told}");
        }
        assert_eq!(problems("[[entry]]\nwritten = \"AT&T\"\nspell = true\nipa = \"eɪ\"\n"), "");
        let long =
            problems(&format!("[[entry]]\nwritten = \"{}\"\nsay = \"a\"\n", "x".repeat(WORD_BYTES_MAX + 1)));
        assert!(long.contains("128 bytes") && !long.contains(&"x".repeat(61)), "{long}");
    }

    #[test]
    fn two_entries_for_the_same_are_told_and_two_that_differ_are_not() {
        let pair = |one: &str, other: &str| {
            problems(&format!("[[entry]]\nsay = \"x\"\n{one}\n[[entry]]\nsay = \"y\"\n{other}\n"))
        };
        assert!(
            pair("written = \"gif\"", "written = \"GIF\"\ncase = \"ignore\"")
                .contains("entry 1 is for the same")
        );
        assert!(pair("written = \"Loire  Valley\"", "written = \"Loire Valley\"").contains("the same"));
        assert_eq!(pair("written = \"gif\"", "written = \"GIF\""), "");
        assert_eq!(pair("written = \"gif\"", "written = \"gif\"\nlang = \"fr\""), "");
    }

    #[test]
    fn a_flood_of_entries_is_one_problem_and_a_flood_of_problems_is_cut() {
        let entry = LexiconEntry { written: "a".to_owned(), ..LexiconEntry::default() };
        assert_eq!(lexicon_problems(&vec![entry.clone(); LEXICON_ENTRIES_MAX + 1]).len(), 1);
        assert!(lexicon_problems(&vec![entry; 500]).len() <= PROBLEMS_MAX + 1);
    }
}
