//! Page → article: finds the article in HTML, Markdown or plain text, and says what it left out.

use crate::article::{Article, Block, BlockKind, Lang, Note, NoteKind};
use crate::text::repair::{repair, repair_source};
use crate::text::{ExtractOptions, Format};

mod blocks;
mod byline;
mod clean;
mod dump;
mod format;
mod hints;
mod html;
mod language;
mod lines;
mod markdown;
mod meta;
mod nesting;
mod recover;
mod tail;

pub use format::detect;

/// Notes kept of one page; the rest would be more of the same.
const NOTES_MAX: usize = 1_000;

/// Finds the article in a page. Total: an empty or hopeless page gives an article without blocks.
#[must_use]
pub fn extract(body: &str, options: &ExtractOptions) -> Article {
    let source = repair_source(body);
    let text = source.text.as_ref();
    let format = match options.format {
        Format::Auto => detect(text),
        known => known,
    };
    let found = match format {
        Format::Html => html::find(text, options.url.as_deref()),
        Format::Markdown => markdown::find(text),
        Format::Text | Format::Auto => dump::find(text),
    };
    finish(found, source.notes, options)
}

/// Gets ready what the first page would wait for: tens of milliseconds of patterns.
pub fn warm_up() {
    lines::junk("A line of which nothing is known.");
    tail::warm_up();
}

/// The language that a text looks like, when that is beyond doubt.
#[must_use]
pub fn language(text: &str) -> Option<Lang> {
    language::of_text(text)
}

/// What a format's reader finds; [`finish`] makes it an article.
#[derive(Debug, Default)]
struct Found {
    title: Option<String>,
    byline: Option<String>,
    publisher: Option<String>,
    published: Option<String>,
    lang: Option<Lang>,
    url: Option<String>,
    image: Option<String>,
    /// Body blocks, and a [`BlockKind::Dek`] before them when there is one.
    blocks: Vec<Block>,
    notes: Vec<Note>,
}

impl Found {
    fn drop_text(&mut self, reason: &str, text: &str) {
        self.notes.push(Note::new(NoteKind::Dropped, reason, text));
    }
}

fn finish(found: Found, mut notes: Vec<Note>, options: &ExtractOptions) -> Article {
    let title = found.title.map(|title| fold_space(&repair(&title).text)).filter(|title| !title.is_empty());
    let mut blocks = Vec::with_capacity(found.blocks.len() + 1);
    blocks.extend(title.clone().map(|title| Block::new(BlockKind::Title, title)));
    for mut block in found.blocks {
        // Entities that are still there were escaped twice.
        let repaired = repair(&block.text);
        notes.extend(repaired.notes);
        block.text = fold_space(&repaired.text);
        if !block.text.is_empty() {
            blocks.push(block);
        }
    }
    let lang = options.lang.clone().unwrap_or_else(|| language::of_page(found.lang, &blocks));
    notes.extend(found.notes);
    notes.truncate(NOTES_MAX);
    Article {
        title,
        byline: found.byline,
        publisher: found.publisher,
        published: found.published,
        lang,
        url: found.url.or_else(|| options.url.clone()),
        image: found.image,
        blocks,
        notes,
    }
}

/// The text on one line, each run of white space as one space.
fn fold_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests;
