//! Markdown → article: CommonMark with front matter, links by their text, code and tables left out.

use pulldown_cmark::{Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use super::{Found, fold_space, lines};
use crate::article::{Block, BlockKind};

/// Finds the article in Markdown.
pub(super) fn find(page: &str) -> Found {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut reader = Reader::default();
    for event in Parser::new_ext(page.trim_start(), options) {
        reader.take(event);
    }
    reader.flush();
    reader.finish()
}

#[derive(Default)]
struct Reader {
    found: Found,
    text: String,
    kinds: Vec<BlockKind>,
    /// Why the text is left out: code, tables, footnotes and what is in them; innermost last.
    skipped: Vec<&'static str>,
    /// Where the alternative texts of open pictures start in `text`.
    pictures: Vec<usize>,
    front_matter: bool,
    top_heading: bool,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::Rule => self.flush(),
            Event::Html(html) => {
                self.flush();
                if !html.trim().starts_with("<!--") {
                    self.found.drop_text("HTML", html.trim());
                }
            }
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text.push_str(&text),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.top_heading = *level == HeadingLevel::H1;
                self.kinds.push(BlockKind::Heading);
            }
            Tag::Paragraph => self.flush(),
            Tag::BlockQuote(_) => self.open(BlockKind::Quote),
            Tag::Item => self.open(BlockKind::ListItem),
            Tag::CodeBlock(_) => self.skip("code"),
            Tag::Table(_) => self.skip("table"),
            Tag::FootnoteDefinition(_) => self.skip("footnote"),
            Tag::Image { .. } => self.pictures.push(self.text.len()),
            Tag::MetadataBlock(_) => {
                self.flush();
                self.front_matter = true;
            }
            Tag::TableCell => self.text.push(' '),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::BlockQuote(_) | TagEnd::Item => {
                self.flush();
                self.kinds.pop();
            }
            TagEnd::Paragraph => self.flush(),
            TagEnd::CodeBlock | TagEnd::Table | TagEnd::FootnoteDefinition => {
                self.flush();
                self.skipped.pop();
            }
            TagEnd::Image => {
                let alternative =
                    self.pictures.pop().map(|start| self.text.split_off(start.min(self.text.len())));
                if let Some(text) = alternative.filter(|text| !text.trim().is_empty()) {
                    self.found.drop_text("picture", text.trim());
                }
            }
            TagEnd::MetadataBlock(kind) => {
                let text = std::mem::take(&mut self.text);
                self.front_matter = false;
                front_matter(&text, kind, &mut self.found);
            }
            _ => {}
        }
    }

    fn open(&mut self, kind: BlockKind) {
        self.flush();
        self.kinds.push(kind);
    }

    fn skip(&mut self, reason: &'static str) {
        self.flush();
        self.skipped.push(reason);
    }

    fn flush(&mut self) {
        if self.front_matter {
            return;
        }
        let text = fold_space(&std::mem::take(&mut self.text));
        if text.is_empty() {
            return;
        }
        if let Some(reason) = self.skipped.first() {
            self.found.drop_text(reason, &text);
            return;
        }
        let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
        let is_title = kind == BlockKind::Heading && self.top_heading && self.found.blocks.is_empty();
        if is_title && self.found.title.is_none() {
            self.found.title = Some(text);
        } else if !(is_title && self.found.title.as_deref() == Some(text.as_str())) {
            self.found.blocks.push(Block::new(kind, text));
        }
    }

    fn finish(mut self) -> Found {
        while self.take_byline() {}
        self.found
    }

    /// Takes off a line under the headline that is no text of the article: "By Ana Torres", "Published 5 March
    /// 2024". Whether there was one.
    fn take_byline(&mut self) -> bool {
        const LINES_MAX: usize = 3;
        let is_byline = |block: &Block| {
            block.kind == BlockKind::Paragraph && lines::junk(&block.text) == Some(lines::Junk::Byline)
        };
        let head = &self.found.blocks[..self.found.blocks.len().min(LINES_MAX)];
        let Some(at) = head.iter().position(is_byline).filter(|_| self.found.blocks.len() > 1) else {
            return false;
        };
        let line = self.found.blocks.remove(at).text;
        self.found.byline = self.found.byline.take().or_else(|| lines::author(&line));
        self.found.drop_text("byline", &line);
        true
    }
}

/// The keys of front matter that an article has; one line each, quotes taken off.
fn front_matter(text: &str, kind: MetadataBlockKind, found: &mut Found) {
    let separator = match kind {
        MetadataBlockKind::YamlStyle => ':',
        MetadataBlockKind::PlusesStyle => '=',
    };
    for line in text.lines() {
        let Some((key, value)) = line.split_once(separator) else {
            continue;
        };
        let value = value.trim().trim_matches(['"', '\'']).trim();
        if value.is_empty() {
            continue;
        }
        let value = fold_space(value);
        match key.trim().to_ascii_lowercase().as_str() {
            "title" => found.title = Some(value),
            "author" | "byline" => found.byline = Some(value.trim_matches(['[', ']']).replace('"', "")),
            "date" | "published" => found.published = super::meta::date_of(&value),
            "lang" | "language" => found.lang = value.parse().ok(),
            "url" | "canonical" | "canonical_url" => found.url = Some(value),
            "image" | "cover" => found.image = Some(value),
            "description" | "subtitle" | "dek" | "summary" if found.blocks.is_empty() => {
                found.blocks.push(Block::new(BlockKind::Dek, value));
            }
            _ => {}
        }
    }
}
