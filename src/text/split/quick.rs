//! The rules of languages whose implementation in `sentencex` compiles a pattern at every full stop
//! (Italian, Catalan, Danish, and what falls back to them): the same rules without it.

use rustc_hash::FxHashSet;
use sentencex::languages::Language;

/// The rules of a language, by its code; those of English for one that is not known.
pub(super) fn language(code: &str) -> Box<dyn Language> {
    let inner = sentencex::language_factory(code);
    let rules = match code {
        "it" | "co" | "fur" | "lij" | "nap" | "pms" | "scn" | "vec" => Rules::Italian,
        "ca" | "oc" | "da" | "kl" => Rules::AfterMarks,
        _ => return inner,
    };
    Box::new(Quick { inner, rules })
}

struct Quick {
    inner: Box<dyn Language>,
    rules: Rules,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    /// A word is looked up without its article: `l'avv.`
    Italian,
    /// The sentence goes on in a small letter or digit, whatever marks stand before it.
    AfterMarks,
}

impl Language for Quick {
    fn get_abbreviations(&self) -> &FxHashSet<String> {
        self.inner.get_abbreviations()
    }

    fn get_last_word<'a>(&self, text: &'a str) -> &'a str {
        match self.rules {
            Rules::Italian => {
                let word = text.rsplit(|c: char| c.is_whitespace() || c == '.').next().unwrap_or("");
                word.rsplit("l'").next().unwrap_or(word)
            }
            Rules::AfterMarks => {
                let is_end = |c: char| c.is_whitespace() || matches!(c, '.' | '/');
                text.trim_end().rsplit(is_end).next().unwrap_or("")
            }
        }
    }

    fn continue_in_next_word(&self, rest: &str) -> bool {
        let rest = match self.rules {
            Rules::Italian => rest,
            Rules::AfterMarks => rest.trim_start_matches(|c: char| !(c.is_alphanumeric() || c == '_')),
        };
        rest.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_rules_are_the_languages_own() {
        let text = "Il sig. Bianchi arrivò. «Bene», disse l'avv. Neri ... poi tacque. 3 giorni dopo? No! \
                    La senyora Puig va venir. (i va marxar). Hr. Holm kom kl. 5. – og gik. \"Nej.\" \
                    Egli disse: basta. e poi? E allora. D. Verdi/p. 7. fine.";
        for code in ["it", "ca", "da"] {
            let (own, quick) = (sentencex::language_factory(code), language(code));
            assert_eq!(quick.segment(text), own.segment(text), "{code}");
            for (at, _) in text.match_indices(['.', '?', '!']) {
                let boundaries = [&own, &quick].map(|rules| rules.find_boundary(text, at, at + 1));
                assert_eq!(boundaries[0], boundaries[1], "{code} at {at}");
            }
        }
    }
}
