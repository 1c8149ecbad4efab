//! Article → script: the utterances in order, and the silence after each.

use crate::article::{Article, Block, BlockKind, Lang, Note, NoteKind};

use super::clauses::{chars_max, clauses};
use super::normalize::{Spoken, spoken};
use super::split::sentences;
use super::{Lexicon, MapRow, Script, ScriptOptions, Utterance};

/// Silence between the clauses of a split sentence, in milliseconds.
pub const PAUSE_CLAUSE_MS: u32 = 120;
/// Silence between the sentences of a block, in milliseconds.
pub const PAUSE_SENTENCE_MS: u32 = 350;
/// Silence after a block, in milliseconds.
pub const PAUSE_PARAGRAPH_MS: u32 = 650;
/// Silence before a heading, in milliseconds.
pub const PAUSE_BEFORE_HEADING_MS: u32 = 900;
/// Silence after a heading, in milliseconds.
pub const PAUSE_AFTER_HEADING_MS: u32 = 600;
/// Silence after the title (and the byline, when it is read), in milliseconds.
pub const PAUSE_AFTER_TITLE_MS: u32 = 1000;

/// Most notes of one script; an article of a thousand rewritten words needs no more to be judged.
const NOTES_MAX: usize = 2000;

/// The script of an article: what is said, in order, and what was rewritten for the voice.
///
/// The byline, when it is to be read, is an utterance of its own in the title's block ("By Ada
/// Example"), between the title and the rest; without a title it comes first, in the first block.
/// The last utterance has no pause after it. A sentence in which nothing can be said (emoji alone)
/// gives no utterance, but a [`NoteKind::Dropped`] note.
#[must_use]
pub fn script(article: &Article, options: &ScriptOptions) -> Script {
    let mut maker = Maker {
        lang: &article.lang,
        lexicon: options.lexicon.as_deref(),
        script: Script::default(),
        byline_at: None,
    };
    let byline =
        article.byline.as_deref().filter(|_| options.read_byline).map(str::trim).filter(|b| !b.is_empty());
    let titled = article.blocks.first().is_some_and(|block| block.kind == BlockKind::Title);
    if let (Some(byline), false, Some(_)) = (byline, titled, article.blocks.first()) {
        maker.byline(byline);
    }
    for (index, block) in article.blocks.iter().enumerate() {
        maker.block(u32::try_from(index).unwrap_or(u32::MAX), block);
        if let (Some(byline), true, 0) = (byline, titled, index) {
            maker.byline(byline);
        }
    }
    let Maker { mut script, byline_at, .. } = maker;
    set_pauses(&mut script.utterances, &article.blocks, byline_at);
    script
}

struct Maker<'a> {
    lang: &'a Lang,
    lexicon: Option<&'a Lexicon>,
    script: Script,
    /// Index of the byline's utterance.
    byline_at: Option<usize>,
}

impl Maker<'_> {
    fn block(&mut self, index: u32, block: &Block) {
        if let Some(say) = block.say.as_deref().filter(|say| !say.trim().is_empty()) {
            let said = whole(&block.text, spoken(say, self.lang, self.lexicon));
            self.push(index, &block.text, said, None);
            return;
        }
        for sentence in sentences(&block.text, self.lang) {
            self.sentence(index, sentence);
        }
    }

    fn sentence(&mut self, block: u32, sentence: &str) {
        let parts: Vec<&str> = clauses(sentence, chars_max(self.lang))
            .into_iter()
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .collect();
        let said: Vec<(&str, Spoken)> =
            parts.iter().map(|part| (*part, spoken(part, self.lang, self.lexicon))).collect();
        let count = said.iter().filter(|(_, said)| !said.spoken.is_empty()).count();
        let mut k = 0;
        for (source, said) in said {
            k += u32::from(!said.spoken.is_empty());
            let part = (count > 1).then_some([k, u32::try_from(count).unwrap_or(u32::MAX)]);
            self.push(block, source, said, part);
        }
    }

    fn byline(&mut self, byline: &str) {
        const INTRODUCED: &str = "By ";
        let english = self.lang.primary() == "en";
        let introduced = byline.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("by "));
        let mut said = spoken(byline, self.lang, self.lexicon);
        if english && !introduced && !said.spoken.is_empty() {
            said.spoken.insert_str(0, INTRODUCED);
            for sound in &mut said.sounds {
                sound.text = sound.text.start + length(INTRODUCED)..sound.text.end + length(INTRODUCED);
            }
            said = whole(byline, said);
        }
        if !said.spoken.is_empty() {
            self.byline_at = Some(self.script.utterances.len());
        }
        self.push(0, byline, said, None);
    }

    fn push(&mut self, block: u32, source: &str, said: Spoken, part: Option<[u32; 2]>) {
        let room = NOTES_MAX.saturating_sub(self.script.notes.len());
        self.script.notes.extend(said.notes.into_iter().take(room));
        if said.spoken.is_empty() {
            if self.script.notes.len() < NOTES_MAX {
                self.script.notes.push(Note::new(NoteKind::Dropped, "nothing to say", source));
            }
            return;
        }
        self.script.utterances.push(Utterance {
            block,
            source: source.to_owned(),
            spoken: said.spoken,
            map: said.map,
            sounds: said.sounds,
            part,
            pause_ms: 0,
        });
    }
}

/// The same words, mapped to the whole of `source`.
fn whole(source: &str, said: Spoken) -> Spoken {
    let row: MapRow = [0, length(&said.spoken), 0, length(source)];
    let map = if said.spoken.is_empty() { Vec::new() } else { vec![row] };
    Spoken { map, ..said }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

fn set_pauses(utterances: &mut [Utterance], blocks: &[Block], byline_at: Option<usize>) {
    let kind = |block: u32| blocks.get(block as usize).map_or(BlockKind::Paragraph, |block| block.kind);
    for at in 1..utterances.len() {
        let (before, after) = (&utterances[at - 1], &utterances[at]);
        let inside = before.part.is_some_and(|[k, n]| k < n);
        let pause_ms = if inside {
            PAUSE_CLAUSE_MS
        } else if byline_at == Some(at - 1) {
            PAUSE_AFTER_TITLE_MS
        } else if byline_at == Some(at) {
            PAUSE_PARAGRAPH_MS
        } else if before.block == after.block {
            PAUSE_SENTENCE_MS
        } else {
            match (kind(before.block), kind(after.block)) {
                (BlockKind::Title, _) => PAUSE_AFTER_TITLE_MS,
                (_, BlockKind::Heading) => PAUSE_BEFORE_HEADING_MS,
                (BlockKind::Heading, _) => PAUSE_AFTER_HEADING_MS,
                _ => PAUSE_PARAGRAPH_MS,
            }
        };
        utterances[at - 1].pause_ms = pause_ms;
    }
}

#[cfg(test)]
mod hostile;

#[cfg(test)]
mod tests {
    use super::*;

    fn article(blocks: &[(BlockKind, &str)]) -> Article {
        let mut article = Article::empty(Lang::english());
        article.blocks = blocks.iter().map(|(kind, text)| Block::new(*kind, *text)).collect();
        article
    }

    fn pauses(script: &Script) -> Vec<(u32, u32)> {
        script.utterances.iter().map(|u| (u.block, u.pause_ms)).collect()
    }

    #[test]
    fn each_place_has_its_pause() {
        let article = article(&[
            (BlockKind::Title, "A harbour reopens"),
            (BlockKind::Paragraph, "The cranes moved. The first ship came in."),
            (BlockKind::Heading, "What it cost"),
            (BlockKind::Paragraph, "A great deal. 🎧"),
            (BlockKind::Paragraph, "Nobody minds."),
        ]);
        let script = script(&article, &ScriptOptions::default());
        assert_eq!(
            pauses(&script),
            [
                (0, PAUSE_AFTER_TITLE_MS),
                (1, PAUSE_SENTENCE_MS),
                (1, PAUSE_BEFORE_HEADING_MS),
                (2, PAUSE_AFTER_HEADING_MS),
                (3, PAUSE_PARAGRAPH_MS),
                (4, 0)
            ]
        );
    }

    #[test]
    fn the_byline_is_read_after_the_title_when_asked_for() {
        let mut article = article(&[(BlockKind::Title, "A title"), (BlockKind::Paragraph, "A text.")]);
        article.byline = Some("Ada Example".to_owned());
        let read = ScriptOptions { read_byline: true, ..ScriptOptions::default() };
        let script = script(&article, &read);
        let byline = &script.utterances[1];
        assert_eq!((byline.source.as_str(), byline.spoken.as_str()), ("Ada Example", "By Ada Example"));
        assert_eq!(byline.map, [[0, 14, 0, 11]]);
        assert_eq!(pauses(&script), [(0, PAUSE_PARAGRAPH_MS), (0, PAUSE_AFTER_TITLE_MS), (1, 0)]);
        assert_eq!(super::script(&article, &ScriptOptions::default()).utterances.len(), 2);
    }

    #[test]
    fn what_the_page_says_goes_before_what_it_shows() {
        let mut article = article(&[(BlockKind::Paragraph, "See fig. 3 → here")]);
        article.blocks[0].say = Some("See the third figure.".to_owned());
        let script = script(&article, &ScriptOptions::default());
        assert_eq!(script.utterances[0].spoken, "See the third figure.");
        assert_eq!(script.utterances[0].map, [[0, 21, 0, 19]]);
    }

    #[test]
    fn a_long_sentence_is_numbered_by_its_parts() {
        let long = "the river rose, the bridge held, and the town slept, ".repeat(20);
        let script = script(&article(&[(BlockKind::Paragraph, &long)]), &ScriptOptions::default());
        let n = u32::try_from(script.utterances.len()).expect("few");
        assert!(n >= 4);
        for (k, utterance) in (1..).zip(&script.utterances) {
            assert_eq!(utterance.part, Some([k, n]));
            assert!(utterance.source.chars().count() <= crate::text::UTTERANCE_CHARS_MAX);
            assert_eq!(utterance.pause_ms, if k < n { PAUSE_CLAUSE_MS } else { 0 });
        }
    }

    #[test]
    fn a_sentence_of_emoji_gives_a_note_and_no_utterance() {
        let script = script(&article(&[(BlockKind::Paragraph, "🎧🎧")]), &ScriptOptions::default());
        assert!(script.utterances.is_empty());
        assert!(
            script.notes.iter().any(|note| note.kind == NoteKind::Dropped && note.reason == "nothing to say")
        );
    }
}
