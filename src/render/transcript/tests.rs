use proptest::prelude::*;

use super::lines::{flat, wrap};
use super::*;
use crate::article::{Article, Block, BlockKind};
use crate::render::Span;
use crate::text::Utterance;

/// A plan of sentences, each in a block of its own, and a timeline on which each is `frames` long with
/// its words spread evenly.
fn said(sentences: &[&str], frames: u32) -> (Plan, Timeline) {
    let utterances = sentences.iter().zip(0..);
    let utterances = utterances.map(|(source, block)| Utterance { block, ..Utterance::plain(source) });
    let plan = Plan::of_beeps(utterances);
    let mut timeline = Timeline::default();
    for source in sentences {
        let words = evenly(source, frames * 24);
        let span = Span { start_frame: timeline.frames, frames, pause_frames: 15, words };
        timeline.frames += u64::from(frames) + 15;
        timeline.sentences.push(span);
    }
    (plan, timeline)
}

fn evenly(source: &str, ms: u32) -> Vec<Word> {
    let count = source.split_whitespace().count().max(1) as u32;
    let words = source.split_whitespace().enumerate().map(|(n, word)| {
        let offset = &source[..word.as_ptr() as usize - source.as_ptr() as usize];
        let units = |text: &str| text.encode_utf16().count() as u32;
        [units(offset), units(word), ms * n as u32 / count, ms * (n as u32 + 1) / count]
    });
    words.collect()
}

#[test]
fn times_are_written_with_hours_and_milliseconds() {
    assert_eq!(clock(0, '.'), "00:00:00.000");
    assert_eq!(clock(3_725_048, ','), "01:02:05,048");
    assert_eq!(clock(360_000_000, '.'), "100:00:00.000");
}

#[test]
fn a_cue_is_a_sentence_and_its_text_cannot_end_it() {
    let (plan, timeline) = said(&["a --> b & <i>", "😀 Two."], 10);
    assert_eq!(
        vtt(&plan, &timeline, "Read by -->", Grain::Sentences),
        "WEBVTT\n\nNOTE Read by --&gt;\n\n1\n00:00:00.000 --> 00:00:00.240\na --&gt; b &amp; &lt;i&gt;\n\n\
         2\n00:00:00.600 --> 00:00:00.840\n😀 Two.\n"
    );
    // A stamp may not be the cue's own start.
    let words = vtt(&plan, &timeline, "", Grain::Words);
    assert!(words.contains("\na <00:00:00.048>--&gt; <00:00:00.096>b <"), "{words}");
    assert!(words.contains("\n😀 <00:00:00.720>Two.\n"), "{words}");
}

#[test]
fn stamps_rise_and_stay_inside_their_cue() {
    let (plan, mut timeline) = said(&["one two three four"], 10);
    for (word, start) in timeline.sentences[0].words.iter_mut().zip([50, 50, 30, 240]) {
        word[2] = start;
    }
    let words = vtt(&plan, &timeline, "", Grain::Words);
    assert!(words.ends_with("\n<00:00:00.050>one two three four\n"), "{words}");
}

#[test]
fn a_long_sentence_is_captions_that_end_at_clauses_and_begin_with_their_first_word() {
    let (plan, timeline) = said(
        &[
            "The ferry left the quay at seven, as it had on every morning of that long and rainy spring, and nobody waved.",
        ],
        210,
    );
    let text = srt(&plan, &timeline);
    let meant = "1\n00:00:00,000 --> 00:00:01,603\nThe ferry left the quay at\nseven,\n\n\
                 2\n00:00:01,603 --> 00:00:04,352\nas it had on every morning of\nthat long and rainy spring,\n\n\
                 3\n00:00:04,352 --> 00:00:05,040\nand nobody waved.\n\n";
    assert_eq!(text, meant);
}

#[test]
fn a_sentence_that_could_not_be_said_has_no_cue() {
    let (plan, mut timeline) = said(&["One.", "Two."], 10);
    timeline.sentences[0].frames = 0;
    assert!(!vtt(&plan, &timeline, "", Grain::Words).contains("One"));
    assert!(!srt(&plan, &timeline).contains("One"));
    assert_eq!(podcast(&plan, &timeline, Grain::Sentences)["segments"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_word_takes_the_punctuation_around_it() {
    let (plan, mut timeline) = said(&["“Well,” she said — “no.”"], 10);
    // As an engine marks them: the letters only.
    timeline.sentences[0].words = vec![[1, 4, 0, 50], [8, 3, 60, 80], [12, 4, 90, 120], [20, 2, 130, 200]];
    let json = podcast(&plan, &timeline, Grain::Words);
    let bodies: Vec<&str> =
        json["segments"].as_array().expect("segments").iter().filter_map(|s| s["body"].as_str()).collect();
    assert_eq!(bodies, ["“Well,”", "she", "said —", "“no.”"]);
    assert_eq!((&json["version"], &json["segments"][2]["startTime"]), (&"1.0.0".into(), &0.09.into()));
}

#[test]
fn a_page_has_blocks_times_and_the_note_and_nothing_of_the_text_is_markup() {
    let (plan, timeline) = said(&["A <b> \"day\"", "One & two.", "First", "Then", "They said."], 10);
    let mut article = Article::empty("ar".parse().expect("a language"));
    article.title = Some("A <b> \"day\"".to_owned());
    let kinds =
        [BlockKind::Title, BlockKind::Paragraph, BlockKind::ListItem, BlockKind::ListItem, BlockKind::Quote];
    article.blocks = kinds.map(|kind| Block::new(kind, "x".to_owned())).to_vec();
    let page = html(&article, &plan, &timeline, "By <AI>");
    for part in [
        "<html lang=\"ar\" dir=\"rtl\">",
        "<title>A &lt;b&gt; &quot;day&quot;</title>",
        "<h1><time datetime=\"PT0.000S\">00:00:00</time> <span data-start=\"0.000\" data-end=\"0.240\">A &lt;b&gt;",
        "<p><time datetime=\"PT0.600S\">00:00:00</time>",
        "<ul>\n<li>",
        "</li>\n</ul>\n<blockquote><p>",
        "<footer><p>By &lt;AI&gt;</p></footer>",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("<b>"), "{page}");
}

#[test]
fn lines_end_where_a_reader_expects_it() {
    let lines = |text: &str, most| wrap(text, most).into_iter().map(|l| flat(&text[l])).collect::<Vec<_>>();
    assert_eq!(lines("one two three", 7), ["one two", "three"]);
    assert_eq!(lines("  one\n two ", 20), ["one two"]);
    assert_eq!(lines("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    assert_eq!(lines("渡船最后一次离开码头。岸上", 6), ["渡船最后一次", "离开码头。岸", "上"]);
    assert_eq!(lines("🧑‍🚀🧑‍🚀🧑‍🚀", 6), ["🧑‍🚀🧑‍🚀", "🧑‍🚀"], "what is one to the eye stays one");
    assert!(lines("", 5).is_empty());
}

proptest! {
    #[test]
    fn lines_are_short_and_nothing_is_lost(text in ".{0,400}", most in 4usize..70) {
        let lines = wrap(&text, most);
        let whole: String = lines.iter().map(|line| &text[line.clone()]).collect();
        prop_assert_eq!(&whole, &text);
        for line in lines {
            let line = text[line].trim();
            // One character to the eye may be longer than a line.
            let one = unicode_segmentation::UnicodeSegmentation::graphemes(line, true).count() <= 1;
            prop_assert!(line.chars().count() <= most || one, "{}", line);
        }
    }

    #[test]
    fn captions_follow_each_other_and_hold_the_whole_sentence(text in "[a-zA-Z,;—<>& 雨の朝]{1,300}", frames in 2u32..500) {
        let (plan, timeline) = said(&[&text], frames);
        let written = srt(&plan, &timeline);
        let mut end = None;
        let mut heard = String::new();
        for caption in written.split("\n\n").filter(|caption| !caption.is_empty()) {
            let mut lines = caption.lines().skip(1);
            let (from, to) = lines.next().and_then(|times| times.split_once(" --> ")).expect("times");
            prop_assert!(from < to && end.is_none_or(|end: String| end == from), "{}", written);
            end = Some(to.to_owned());
            let lines: Vec<&str> = lines.collect();
            prop_assert!(lines.len() <= 2 && lines.iter().all(|line| line.chars().count() <= 32), "{}", written);
            heard.extend(lines.concat().chars().filter(|c| !c.is_whitespace()));
        }
        let meant: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        prop_assert_eq!(heard.replace('→', "-->"), meant.replace('→', "-->"));
    }
}
