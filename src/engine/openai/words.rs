//! Word times as `/dev/captioned_speech` gives them.

use serde::Deserialize;

use crate::engine::WordMark;

/// The answer, whole.
#[derive(Debug, Deserialize)]
pub(super) struct Captioned {
    /// The sound, in base64.
    pub(super) audio: String,
    #[serde(default)]
    pub(super) timestamps: Option<Vec<Timed>>,
}

/// A word, in seconds.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Timed {
    word: String,
    start_time: f64,
    end_time: f64,
}

/// Where the words stand in the text: each is looked for behind the one before it. Words that are not
/// found as they are written (servers say "dollars" where "$" stands) have no mark.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times are checked; texts are short"
)]
pub(super) fn marks(text: &str, words: &[Timed], rate_hz: u32) -> Vec<WordMark> {
    let sample = |seconds: f64| (seconds.clamp(0.0, 86_400.0) * f64::from(rate_hz)) as u64;
    let mut marks = Vec::with_capacity(words.len());
    let mut from = 0;
    for timed in words {
        let word = timed.word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_timed = timed.start_time.is_finite() && timed.end_time > timed.start_time;
        if word.is_empty() || !is_timed {
            continue;
        }
        let Some(at) = whole_word(&text[from..], word).map(|at| from + at) else { continue };
        from = at + word.len();
        marks.push(WordMark {
            text: at as u32..from as u32,
            audio: sample(timed.start_time)..sample(timed.end_time),
        });
    }
    marks
}

/// Where a word stands that is no part of a longer one.
fn whole_word(text: &str, word: &str) -> Option<usize> {
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        !is_part(text[..*at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timed(word: &str, start_time: f64, end_time: f64) -> Timed {
        Timed { word: word.to_owned(), start_time, end_time }
    }

    #[test]
    fn words_are_found_in_their_order_and_strangers_are_left_out() {
        let text = "It is 5 km to the island, it is.";
        let words = [
            timed("It", 0.0, 0.1),
            timed("is", 0.1, 0.2),
            timed("five", 0.2, 0.3),
            timed(",", 0.3, 0.4),
            timed("island,", 0.5, 0.75),
            timed("it", 0.8, 0.9),
            timed("is", 0.9, 0.9),
            timed("is", f64::NAN, 2.0),
        ];
        let marks = marks(text, &words, 1_000);
        let said: Vec<(&str, u64, u64)> = marks
            .iter()
            .map(|mark| {
                let text = &text[mark.text.start as usize..mark.text.end as usize];
                (text, mark.audio.start, mark.audio.end)
            })
            .collect();
        assert_eq!(said, [("It", 0, 100), ("is", 100, 200), ("island", 500, 750), ("it", 800, 900)]);
        assert_eq!(marks[1].text, 3..5, "not inside of another word");
    }
}
