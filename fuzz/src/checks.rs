//! What must hold for any input: the bodies of the fuzz targets. The integration tests run them over
//! the seeds, so a finding that is kept there is a regression test.

use super::article::{Article, Block, BlockKind, Lang};
use super::text::{self, ExtractOptions, Format, Lexicon, LexiconEntry, MapRow, ScriptOptions};

/// A check and its name: the name of its target and of its folder of seeds.
pub type Check = (&'static str, fn(&str));

/// All checks.
pub const CHECKS: &[Check] = &[
    ("repair", repair),
    ("dump", dump),
    ("html", html),
    ("markdown", markdown),
    ("split", split),
    ("normalize", normalize),
    ("lexicon", lexicon),
    ("script", script),
];

const LANGS: &[&str] = &["en", "de", "fr", "es", "pt", "ru", "zh", "ja", "it", "pl", "ar", "xx"];

/// Repaired text holds no controls, is not longer than its entities can make it, and plain text is
/// left alone.
pub fn repair(input: &str) {
    let repaired = text::repair(input);
    assert!(!repaired.text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')));
    assert!(repaired.text.len() <= input.len() * 4 + 16, "longer than its input");
    if input.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b) && b != b'&') {
        assert_eq!(repaired.text, input, "plain text was changed");
        assert!(repaired.notes.is_empty());
    }
}

/// A dump of a page gives a well-formed article.
pub fn dump(input: &str) {
    article(input, Format::Text);
}

/// HTML gives a well-formed article.
pub fn html(input: &str) {
    article(input, Format::Html);
}

/// Markdown gives a well-formed article.
pub fn markdown(input: &str) {
    article(input, Format::Markdown);
}

fn article(input: &str, format: Format) {
    let options = ExtractOptions { format, ..ExtractOptions::default() };
    let article = text::extract(input, &options);
    let titles = article.blocks.iter().filter(|block| block.kind == BlockKind::Title).count();
    assert_eq!(titles, usize::from(article.title.is_some()));
    for block in &article.blocks {
        assert!(!block.text.trim().is_empty() && !block.text.contains('\n'), "{:?}", block.text);
    }
    assert!(article.notes.len() <= 1_000);
}

/// The sentences, with the white space between them, are the text.
pub fn split(input: &str) {
    let (lang, input) = lang_of(input);
    let found = text::sentences(input, &lang);
    let mut at = 0;
    for sentence in found {
        assert!(!sentence.is_empty() && sentence.trim() == sentence, "{sentence:?}");
        let start = input[at..].find(sentence).expect("it stands in the text");
        assert!(input[at..at + start].trim().is_empty(), "text was lost before {sentence:?}");
        at += start + sentence.len();
    }
    assert!(input[at..].trim().is_empty(), "text was lost at the end");
}

/// What a voice is given is safe, and every word of it lies in a row of the map.
pub fn normalize(input: &str) {
    let (lang, input) = lang_of(input);
    let said = text::spoken(input, &lang, None);
    mapped(input, &said.spoken, &said.map);
}

/// So is what a publisher's lexicon says. The input's first line holds entries: `written=say;…`.
pub fn lexicon(input: &str) {
    let (entries, input) = input.split_once('\n').unwrap_or(("", input));
    let entries = entries.split(';').filter_map(|entry| entry.split_once('='));
    let entries = entries.map(|(written, say)| LexiconEntry {
        written: written.to_owned(),
        say: (!say.is_empty()).then(|| say.to_owned()),
        spell: say.is_empty(),
        ..LexiconEntry::default()
    });
    let lexicon = Lexicon::new(entries.collect());
    let said = text::spoken(input, &Lang::english(), Some(&lexicon));
    mapped(input, &said.spoken, &said.map);
}

/// The utterances of an article fit a voice, and say no more than the article.
pub fn script(input: &str) {
    let (lang, input) = lang_of(input);
    let mut article = Article::empty(lang);
    let kinds = [BlockKind::Title, BlockKind::Paragraph, BlockKind::Heading, BlockKind::ListItem];
    article.blocks =
        input.split("\n\n").zip(kinds.iter().cycle()).map(|(text, kind)| Block::new(*kind, text)).collect();
    article.byline = input.lines().next().map(str::to_owned);
    let options = ScriptOptions { read_byline: true, ..ScriptOptions::default() };
    let script = text::script(&article, &options);
    for utterance in &script.utterances {
        assert!((utterance.block as usize) < article.blocks.len());
        assert!(utterance.source.chars().count() <= text::UTTERANCE_CHARS_MAX || utterance.block == 0);
        assert!(!utterance.spoken.is_empty());
        mapped(&utterance.source, &utterance.spoken, &utterance.map);
    }
}

/// The first character chooses a language.
fn lang_of(input: &str) -> (Lang, &str) {
    let mut rest = input.chars();
    let first = rest.next().map_or(0, |c| c as usize);
    (LANGS[first % LANGS.len()].parse().expect("a tag"), rest.as_str())
}

fn mapped(source: &str, spoken: &str, map: &[MapRow]) {
    assert!(!spoken.chars().any(char::is_control), "{spoken:?}");
    assert!(spoken.split(' ').all(|token| token.len() <= text::TOKEN_BYTES_MAX), "{spoken:?}");
    let (mut spoken_end, mut source_end) = (0, 0);
    for &[a, b, c, d] in map {
        let (a, b, c, d) = (a as usize, b as usize, c as usize, d as usize);
        assert!(spoken_end <= a && a < b && source_end <= c && c < d, "rows overlap: {map:?}");
        assert!(spoken[spoken_end..a].chars().all(|c| c == ' '), "a gap in {map:?}");
        assert!(spoken.get(a..b).is_some() && source.get(c..d).is_some(), "between characters: {map:?}");
        (spoken_end, source_end) = (b, d);
    }
    assert_eq!(spoken_end, spoken.len(), "the end is not mapped");
}
