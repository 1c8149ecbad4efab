//! What would be read of a page: the article, its script and every note, as an editor or a program
//! wants to see it.

use serde::Serialize;

use super::Ui;
use crate::article::{Article, BlockKind, Note, listen_minutes, read_minutes};
use crate::text::{MapRow, Script};

/// The object that `listen script --json` prints and `POST /v1/preview` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    /// What was read: a file name, `-`, or an address.
    pub input: String,
    /// The headline.
    pub title: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// When it was published: RFC 3339, or a date.
    pub published: Option<String>,
    /// Its language, a BCP 47 tag.
    pub lang: String,
    /// What is read, in order.
    pub blocks: Vec<PreviewBlock>,
    /// The sentences, as a voice is asked to say them.
    pub utterances: Vec<PreviewUtterance>,
    /// What was dropped, repaired and rewritten.
    pub notes: Vec<Note>,
    /// Words of what is read.
    pub words: usize,
    /// Minutes to read it silently.
    pub read_minutes: usize,
    /// Minutes to listen, estimated by the voice's pace.
    pub listen_minutes: u64,
    /// "🎧 5 min listen", in the language of the article.
    pub label: String,
}

/// A block of a [`Preview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreviewBlock {
    /// What it is on the page.
    pub kind: BlockKind,
    /// Its text.
    pub text: String,
}

/// An utterance of a [`Preview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreviewUtterance {
    /// Index of its block.
    pub block: u32,
    /// The text as it stands on the page.
    pub source: String,
    /// The same as `source`.
    pub text: String,
    /// What the voice is given.
    pub spoken: String,
    /// Where the words of `spoken` stand in `source`.
    pub map: Vec<MapRow>,
    /// `[k, n]`: part k of n of one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<[u32; 2]>,
    /// Silence after it, in milliseconds.
    pub pause_ms: u32,
}

/// Shows what would be read. `words_per_minute` is the voice's pace; one that is not above 0 counts
/// as 1.
#[must_use]
pub fn preview(input: &str, article: &Article, script: &Script, words_per_minute: f32) -> Preview {
    let words = article.words();
    let duration_ms = words as f64 * 60_000.0 / f64::from(words_per_minute.max(1.0));
    let listen_minutes = listen_minutes(duration_ms as u64);
    Preview {
        input: input.to_owned(),
        title: article.title.clone(),
        byline: article.byline.clone(),
        published: article.published.clone(),
        lang: article.lang.to_string(),
        blocks: article
            .blocks
            .iter()
            .map(|block| PreviewBlock { kind: block.kind, text: block.text.clone() })
            .collect(),
        utterances: script
            .utterances
            .iter()
            .map(|utterance| PreviewUtterance {
                block: utterance.block,
                source: utterance.source.clone(),
                text: utterance.source.clone(),
                spoken: utterance.spoken.clone(),
                map: utterance.map.clone(),
                part: utterance.part,
                pause_ms: utterance.pause_ms,
            })
            .collect(),
        notes: article.notes.iter().chain(&script.notes).cloned().collect(),
        words,
        read_minutes: read_minutes(words),
        listen_minutes,
        label: Ui::of(&article.lang).label(listen_minutes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Block, Lang};

    #[test]
    fn the_label_follows_the_words_and_the_pace() {
        let mut article = Article::empty(Lang::english());
        article.blocks = vec![Block::new(BlockKind::Paragraph, "word ".repeat(756))];
        let shown = preview("-", &article, &Script::default(), 155.0);
        assert_eq!((shown.words, shown.read_minutes, shown.label.as_str()), (756, 4, "🎧 5 min listen"));
        assert_eq!(preview("-", &article, &Script::default(), 0.0).listen_minutes, 756);
    }
}
