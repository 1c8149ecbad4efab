//! How much of a reading a recognizer understands. It is an outside program, used where it is there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use base64::Engine as _;

use crate::audio::SAMPLE_RATE_HZ;

const SCRIPT: &str = include_str!("hearing.py");
/// Longest word that is compared, and most words of a sentence.
const MAX_WORDS: usize = 2_000;

/// A sentence: what was to be said, and its samples at the house's rate.
pub(super) struct Spoken<'a> {
    pub(super) text: &'a str,
    pub(super) samples: &'a [i16],
}

/// The word error rate over all sentences, in percent; none when there is no python3 with pocketsphinx,
/// or it fails. Blocks, for about as long as the sound lasts.
pub(super) fn word_error_percent(sentences: &[Spoken<'_>]) -> Option<f64> {
    let mut python = Command::new("python3")
        .args(["-c", SCRIPT, &SAMPLE_RATE_HZ.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let heard = heard(&mut python, sentences);
    // Without stdin it ends by itself; after an error it must not stay.
    let _ = python.kill();
    let _ = python.wait();
    let heard = heard?;
    let (mut wrong, mut all) = (0, 0);
    for (sentence, heard) in sentences.iter().zip(heard) {
        let said = words(sentence.text);
        wrong += errors(&said, &words(&heard));
        all += said.len();
    }
    (all > 0).then(|| wrong as f64 * 100.0 / all as f64)
}

fn heard(python: &mut std::process::Child, sentences: &[Spoken<'_>]) -> Option<Vec<String>> {
    let mut to = python.stdin.take()?;
    let mut lines = BufReader::new(python.stdout.take()?).lines();
    let mut heard = Vec::new();
    for sentence in sentences {
        let bytes: Vec<u8> = sentence.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let line = serde_json::json!(base64::engine::general_purpose::STANDARD.encode(bytes)).to_string();
        writeln!(to, "{line}").ok()?;
        heard.push(serde_json::from_str(&lines.next()?.ok()?).ok()?);
    }
    Some(heard)
}

/// Words as the recognizer writes them: letters and apostrophes.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace('’', "'");
    let parts = text.split(|c: char| !c.is_alphabetic() && c != '\'');
    parts.filter(|word| !word.trim_matches('\'').is_empty()).take(MAX_WORDS).map(str::to_owned).collect()
}

/// Words to change, leave out or put in to get from one to the other (Levenshtein).
fn errors(said: &[String], heard: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, word) in said.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, other) in heard.iter().enumerate() {
            let cost = (before + usize::from(word != other)).min(row[j] + 1).min(row[j + 1] + 1);
            before = std::mem::replace(&mut row[j + 1], cost);
        }
    }
    row[heard.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_words_changed_left_out_or_put_in() {
        let errors = |said: &str, heard: &str| errors(&words(said), &words(heard));
        assert_eq!(errors("Don’t go, she said.", "don't go she said"), 0);
        assert_eq!(errors("one two three", "one tea three"), 1);
        assert_eq!(errors("one two three", "one three"), 1);
        assert_eq!(errors("one three", "one two two three"), 2);
        assert_eq!(errors("", "one"), 1);
        assert_eq!(errors("one two", ""), 2);
    }
}
