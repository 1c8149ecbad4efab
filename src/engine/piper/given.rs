//! Sounds that are given (by a publisher's lexicon): they take the place of what espeak-ng makes of the same words.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::words::{Said, groups};
use crate::article::Sound;
use crate::engine::{Clause, EngineError};

/// Marks at the end of a clause.
const MARKS: &[char] = &['.', '?', '!', ',', ':', ';'];

/// Puts the given sounds into the clauses of a text. `phonemes` says what stands between them where espeak-ng runs
/// words together ("of the"). A sound that reaches over two clauses is not put.
///
/// # Errors
/// When `phonemes` fails.
pub(super) fn put(
    clauses: &mut [Clause],
    text: &str,
    sounds: &[Sound],
    mut phonemes: impl FnMut(&str) -> Result<String, EngineError>,
) -> Result<(), EngineError> {
    for clause in clauses {
        let inside =
            |sound: &&Sound| clause.text.start <= sound.text.start && sound.text.end <= clause.text.end;
        let sounds: Vec<&Sound> = sounds.iter().filter(inside).collect();
        if !sounds.is_empty() {
            clause.phonemes = replaced(clause, text, &sounds, &mut phonemes)?;
        }
    }
    Ok(())
}

fn replaced(
    clause: &Clause,
    text: &str,
    sounds: &[&Sound],
    phonemes: &mut impl FnMut(&str) -> Result<String, EngineError>,
) -> Result<String, EngineError> {
    let start = clause.text.start;
    let own = text.get(start as usize..clause.text.end as usize).unwrap_or_default();
    let words: Vec<(u32, &str)> =
        own.unicode_word_indices().map(|(at, word)| (start + at as u32, word)).collect();
    let said: Vec<&str> = clause.phonemes.split_whitespace().collect();
    let lengths: Vec<Said> =
        said.iter().map(|word| Said::silent(word.chars().filter(|c| c.is_alphabetic()).count())).collect();
    let end_of = |word: &(u32, &str)| word.0 + word.1.len() as u32;
    let groups = groups(&words, &lengths);
    let mut written: Vec<String> = Vec::new();
    let mut at = 0;
    while at < groups.len() {
        // As many groups as the sounds that touch the first of them reach over.
        let mut span = words[groups[at].0.start].0..end_of(&words[groups[at].0.end - 1]);
        let mut next = at + 1;
        while let Some(reach) = reach(sounds, &span)
            && next < groups.len()
            && words[groups[next].0.start].0 < reach
        {
            span.end = end_of(&words[groups[next].0.end - 1]);
            next += 1;
        }
        let theirs = &said[groups[at].1.start..groups[next - 1].1.end];
        if reach(sounds, &span).is_some() {
            let mark = theirs.last().and_then(|word| word.chars().next_back()).filter(|c| MARKS.contains(c));
            written.extend(spelt(text, &span, sounds, phonemes)?);
            if let (Some(last), Some(mark)) = (written.last_mut(), mark) {
                last.push(mark);
            }
        } else {
            written.extend(theirs.iter().map(|word| (*word).to_owned()));
        }
        at = next;
    }
    Ok(written.join(" "))
}

/// Where the last of the sounds ends that touch a span; none when none does.
fn reach(sounds: &[&Sound], span: &Range<u32>) -> Option<u32> {
    let touching = sounds.iter().filter(|sound| sound.text.start < span.end && span.start < sound.text.end);
    touching.map(|sound| sound.text.end).max()
}

/// The words of a span: given where they are given, asked for between.
fn spelt(
    text: &str,
    span: &Range<u32>,
    sounds: &[&Sound],
    phonemes: &mut impl FnMut(&str) -> Result<String, EngineError>,
) -> Result<Vec<String>, EngineError> {
    let slice = |from: u32, to: u32| text.get(from as usize..to as usize).unwrap_or_default();
    let mut written: Vec<String> = Vec::new();
    let mut ask = |between: &str, written: &mut Vec<String>| -> Result<(), EngineError> {
        if let (true, Some(last)) = (is_possessive(between), written.last_mut()) {
            last.push_str(possessive(last));
        } else if between.chars().any(char::is_alphanumeric) {
            let asked = phonemes(between.trim())?;
            written.extend(asked.split_whitespace().map(|word| word.trim_end_matches(MARKS).to_owned()));
        }
        Ok(())
    };
    let mut at = span.start;
    for sound in sounds.iter().filter(|sound| span.start <= sound.text.start && sound.text.end <= span.end) {
        ask(slice(at, sound.text.start), &mut written)?;
        written.extend(sound.ipa.split_whitespace().map(str::to_owned));
        at = sound.text.end;
    }
    ask(slice(at, span.end), &mut written)?;
    Ok(written)
}

fn is_possessive(text: &str) -> bool {
    matches!(text, "'s" | "\u{2019}s")
}

/// The English 's after a sound: voiced unless the sound is not, a syllable of its own after a hiss.
fn possessive(sound: &str) -> &'static str {
    match sound.chars().rev().find(|c| c.is_alphabetic() && *c != 'ː') {
        Some('s' | 'z' | 'ʃ' | 'ʒ') => "ɪz",
        Some('p' | 't' | 'k' | 'f' | 'θ') => "s",
        _ => "z",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(phonemes: &str, text: &str, given: &[(&str, &str)]) -> String {
        let sounds: Vec<Sound> = given
            .iter()
            .map(|(word, ipa)| {
                let at = text.find(word).expect("the word") as u32;
                Sound { text: at..at + word.len() as u32, ipa: (*ipa).to_owned() }
            })
            .collect();
        let mut clauses = [Clause { phonemes: phonemes.to_owned(), text: 0..text.len() as u32 }];
        put(&mut clauses, text, &sounds, |between| Ok(format!("<{between}>."))).expect("it is put");
        clauses[0].phonemes.clone()
    }

    #[test]
    fn a_word_is_replaced_and_keeps_the_mark_behind_it() {
        assert_eq!(
            said("hiː sˈɔː sɪˈoʊbɑːn.", "He saw Siobhan.", &[("Siobhan", "ʃɪˈvɔːn")]),
            "hiː sˈɔː ʃɪˈvɔːn."
        );
        assert_eq!(
            said("sɪˈoʊbɑːn sˈɔː hˌɪm,", "Siobhan saw him,", &[("Siobhan", "ʃɪˈvɔːn")]),
            "ʃɪˈvɔːn sˈɔː hˌɪm,"
        );
        assert_eq!(
            said("ðə lˈaɪɹ vˈæli.", "The Loire Valley.", &[("Loire Valley", "lwɑːr ˈvæli")]),
            "ðə lwɑːr ˈvæli."
        );
    }

    #[test]
    fn what_runs_together_with_it_is_asked_for_alone() {
        // One word of phonemes for two of text, and two for one.
        assert_eq!(said("ˈɛnd ʌvðə ɹˈoʊd.", "End of the road.", &[("the", "ðiː")]), "ˈɛnd <of> ðiː ɹˈoʊd.");
        assert_eq!(
            said("ˈɪn twˈɛnti tˈuː ɪt ɹˈeɪnd.", "In 22 it rained.", &[("22", "tuː tuː")]),
            "ˈɪn tuː tuː ɪt ɹˈeɪnd."
        );
    }

    #[test]
    fn an_english_possessive_is_said_as_its_sound_asks() {
        for (ipa, heard) in [("wɪn", "wɪnz"), ("rʌs", "rʌsɪz"), ("pɪt", "pɪts"), ("liː", "liːz")] {
            assert_eq!(
                said("nˈuːjɛnz plˈæn.", "Nguyen’s plan.", &[("Nguyen", ipa)]),
                format!("{heard} plˈæn.")
            );
        }
    }

    #[test]
    fn two_in_one_clause_and_none_beyond_its_end() {
        let twice = said("ˈæ ˈænd bˈiː.", "Ann and Bo.", &[("Ann", "an"), ("Bo", "boː")]);
        assert_eq!(twice, "an ˈænd boː.");
        let text = "One, two.";
        let across = [Sound { text: 0..8, ipa: "x".to_owned() }];
        let mut clauses = [
            Clause { phonemes: "wˈʌn,".to_owned(), text: 0..4 },
            Clause { phonemes: "tˈuː.".to_owned(), text: 5..9 },
        ];
        put(&mut clauses, text, &across, |_| unreachable!("nothing is asked")).expect("it is left");
        assert_eq!((clauses[0].phonemes.as_str(), clauses[1].phonemes.as_str()), ("wˈʌn,", "tˈuː."));
    }
}
