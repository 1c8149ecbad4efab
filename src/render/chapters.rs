use super::Timeline;
use super::transcript::seconds;
use crate::article::{Article, BlockKind};
use crate::audio::tags::Chapter;
use crate::text::Utterance;

/// Longest name that a chapter takes from running text, in characters.
const NAME_CHARS_MAX: usize = 80;

/// One chapter from the start, named by the title, and one from each heading: each later than the one
/// before, the first at 0.
#[must_use]
pub(super) fn chapters(article: &Article, utterances: &[Utterance], timeline: &Timeline) -> Vec<Chapter> {
    let ms = |ms: u64| u32::try_from(ms).unwrap_or(u32::MAX);
    let mut starts: Vec<(String, u32)> = Vec::new();
    let mut last_block = None;
    for (utterance, span) in utterances.iter().zip(&timeline.sentences) {
        let begins = last_block.replace(utterance.block) != Some(utterance.block);
        let block = article.blocks.get(utterance.block as usize).filter(|_| begins);
        let heading = block.filter(|block| block.kind == BlockKind::Heading);
        let (name, start_ms) = match (starts.last(), heading) {
            (None, None) => (article.title.clone().unwrap_or_else(|| shortened(&utterance.source)), 0),
            // What is before the first heading could not be said.
            (None, Some(heading)) => (heading.text.clone(), 0),
            (Some((_, last_ms)), Some(heading)) if ms(span.start_ms()) > *last_ms => {
                (heading.text.clone(), ms(span.start_ms()))
            }
            (Some(_), _) => continue,
        };
        starts.push((name, start_ms));
    }
    let end_ms = ms(timeline.duration_ms());
    let ends: Vec<u32> = starts.iter().skip(1).map(|(_, start)| *start).chain([end_ms]).collect();
    let chapters = starts.into_iter().zip(ends);
    chapters.map(|((title, start_ms), end_ms)| Chapter { title, start_ms, end_ms }).collect()
}

/// The chapters of a rendition as JSON (podcast namespace, chapters 1.2.0): `{"version","title",
/// "author"?,"chapters":[{"startTime","endTime","title"}]}`, times in seconds.
#[must_use]
pub fn chapters_json(article: &Article, utterances: &[Utterance], timeline: &Timeline) -> serde_json::Value {
    let chapters: Vec<serde_json::Value> = chapters(article, utterances, timeline)
        .into_iter()
        .map(|chapter| {
            let (start, end) = (seconds(chapter.start_ms.into()), seconds(chapter.end_ms.into()));
            serde_json::json!({ "startTime": start, "endTime": end, "title": chapter.title })
        })
        .collect();
    let mut json = serde_json::json!({ "version": "1.2.0", "chapters": chapters });
    for (name, value) in [("title", &article.title), ("author", &article.byline)] {
        if let Some(value) = value {
            json[name] = value.as_str().into();
        }
    }
    json
}

fn shortened(text: &str) -> String {
    let mut name: String = text.chars().take(NAME_CHARS_MAX).collect();
    if name.len() < text.len() {
        name.truncate(name.rfind(' ').unwrap_or(name.len()));
        name.push('…');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Block, Lang};
    use crate::render::Span;

    fn article(title: Option<&str>, blocks: &[(BlockKind, &str)]) -> (Article, Vec<Utterance>) {
        let mut article = Article::empty(Lang::english());
        article.title = title.map(str::to_owned);
        article.blocks = blocks.iter().map(|(kind, text)| Block::new(*kind, (*text).to_owned())).collect();
        let utterance = |block: usize| Utterance {
            block: block as u32,
            pause_ms: 0,
            ..Utterance::plain(blocks[block].1)
        };
        // Two sentences a block.
        let utterances = (0..blocks.len()).flat_map(|block| [utterance(block), utterance(block)]).collect();
        (article, utterances)
    }

    fn timeline(frames: &[u32]) -> Timeline {
        let mut timeline = Timeline::default();
        for frames in frames {
            let start_frame = timeline.frames;
            timeline.sentences.push(Span { start_frame, frames: *frames, ..Span::default() });
            timeline.frames += u64::from(*frames);
        }
        timeline
    }

    fn told(chapters: Vec<Chapter>) -> Vec<(String, u32, u32)> {
        chapters.into_iter().map(|chapter| (chapter.title, chapter.start_ms, chapter.end_ms)).collect()
    }

    #[test]
    fn headings_begin_chapters_that_follow_each_other_from_zero() {
        use BlockKind::{Heading, Paragraph, Title};
        let blocks = [(Title, "T"), (Paragraph, "p"), (Heading, "One"), (Paragraph, "q"), (Heading, "Two")];
        let (article, utterances) = article(Some("T"), &blocks);
        let found = chapters(&article, &utterances, &timeline(&[10; 10]));
        let meant = [("T", 0, 960), ("One", 960, 1920), ("Two", 1920, 2400)];
        assert_eq!(told(found), meant.map(|(name, start, end)| (name.to_owned(), start, end)));
    }

    #[test]
    fn what_could_not_be_said_makes_no_second_chapter_at_a_time() {
        use BlockKind::{Heading, Paragraph};
        let blocks = [(Heading, "One"), (Heading, "Two"), (Paragraph, "p")];
        let (article, utterances) = article(None, &blocks);
        let found = chapters(&article, &utterances, &timeline(&[0, 0, 5, 5, 5, 5]));
        assert_eq!(told(found), [("One".to_owned(), 0, 480)]);
    }

    #[test]
    fn an_article_without_title_and_headings_is_one_chapter_named_by_its_start() {
        let text = "word ".repeat(40);
        let (article, utterances) = article(None, &[(BlockKind::Paragraph, text.trim())]);
        let json = chapters_json(&article, &utterances, &timeline(&[7, 8]));
        assert_eq!(json["version"], "1.2.0");
        assert_eq!(json["chapters"][0]["endTime"], 0.36);
        let name = json["chapters"][0]["title"].as_str().expect("a name");
        assert!(name.ends_with("word…") && name.chars().count() <= NAME_CHARS_MAX + 1, "{name}");
        assert!(chapters(&article, &[], &Timeline::default()).is_empty());
    }
}
