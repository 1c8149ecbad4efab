//! How much of a reading a recognizer understands. It is an outside program, used where it is there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use base64::Engine as _;

use crate::audio::SAMPLE_RATE_HZ;

const SCRIPT: &str = include_str!("hearing.py");
/// Most words of a sentence that are compared.
const MAX_WORDS: usize = 2_000;
/// Longest wait for what was heard of one sentence; the first one's has the loading of the recognizer in it.
const PATIENCE: Duration = Duration::from_secs(120);

/// A sentence: what was to be said, and its samples at the house's rate.
pub(super) struct Spoken<'a> {
    pub(super) text: &'a str,
    pub(super) samples: &'a [i16],
}

/// The word error rate over all sentences, in percent; none when there is no python3 with pocketsphinx,
/// or it fails or stands still. Blocks, for about as long as the sound lasts.
pub(super) fn word_error_percent(sentences: &[Spoken<'_>]) -> Option<f64> {
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT, &SAMPLE_RATE_HZ.to_string()]);
    let heard = heard(&mut python, sentences, PATIENCE)?;
    let (mut wrong, mut all) = (0, 0);
    for (sentence, heard) in sentences.iter().zip(heard) {
        let said = words(sentence.text);
        // Words to change, leave out or put in.
        wrong += strsim::generic_levenshtein(&said, &words(&heard));
        all += said.len();
    }
    (all > 0).then(|| wrong as f64 * 100.0 / all as f64)
}

fn heard(recognizer: &mut Command, sentences: &[Spoken<'_>], patience: Duration) -> Option<Vec<String>> {
    let started = recognizer.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.ok()?;
    let (to, from) = (child.stdin.take()?, child.stdout.take()?);
    let (tell, told) = mpsc::channel();
    let heard = std::thread::scope(|scope| {
        scope.spawn(move || converse(to, from, sentences, &tell));
        let heard = sentences.iter().map(|_| told.recv_timeout(patience).ok()).collect();
        // It ends by itself when all was heard; one that stands still must not be waited for, nor stay.
        let _ = child.kill();
        heard
    });
    let _ = child.wait();
    heard
}

/// Has it hear sentence after sentence, until something fails.
fn converse(mut to: ChildStdin, from: ChildStdout, sentences: &[Spoken<'_>], tell: &mpsc::Sender<String>) {
    let mut lines = BufReader::new(from).lines();
    for sentence in sentences {
        let bytes: Vec<u8> = sentence.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let line = serde_json::json!(base64::engine::general_purpose::STANDARD.encode(bytes));
        let Ok(()) = writeln!(to, "{line}") else { return };
        let Some(Ok(line)) = lines.next() else { return };
        let Ok(heard) = serde_json::from_str(&line) else { return };
        let Ok(()) = tell.send(heard) else { return };
    }
}

/// Words as the recognizer writes them: letters and apostrophes.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace('’', "'");
    let parts = text.split(|c: char| !c.is_alphabetic() && c != '\'');
    parts.filter(|word| !word.trim_matches('\'').is_empty()).take(MAX_WORDS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_words_changed_left_out_or_put_in() {
        let errors = |said: &str, heard: &str| strsim::generic_levenshtein(&words(said), &words(heard));
        assert_eq!(errors("Don’t go, she said.", "don't go she said"), 0);
        assert_eq!(errors("one two three", "one tea three"), 1);
        assert_eq!(errors("one two three", "one three"), 1);
        assert_eq!(errors("one three", "one two two three"), 2);
        assert_eq!(errors("", "one"), 1);
        assert_eq!(errors("one two", ""), 2);
    }

    #[test]
    fn a_recognizer_that_fails_or_stands_still_hears_nothing() {
        let samples = vec![0; 100_000];
        let sentences =
            [Spoken { text: "One.", samples: &samples }, Spoken { text: "Two.", samples: &samples }];
        for (script, patience, wanted) in [
            ("while read -r line; do echo '\"one\"'; done", PATIENCE, Some(vec!["one".to_owned(); 2])),
            ("read -r line; echo '\"one\"'", PATIENCE, None),
            ("echo one", PATIENCE, None),
            ("exec sleep 600", Duration::from_millis(50), None),
        ] {
            assert_eq!(
                heard(Command::new("sh").args(["-c", script]), &sentences, patience),
                wanted,
                "{script}"
            );
        }
        assert_eq!(heard(&mut Command::new("/there/is/none"), &sentences, PATIENCE), None);
    }
}
