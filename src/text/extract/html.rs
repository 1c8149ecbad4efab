//! HTML → article. The search for the article itself is `trafilatura`'s (the most exact of the
//! crates measured), with `dom_smoothie` where that finds nothing or the page is too large for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ego_tree::{NodeId, NodeRef};
use scraper::{Html, Node};

use super::blocks::Piece;
use super::hints::Hints;
use super::meta::Meta;
use super::recover::{self, key};
use super::{Found, blocks, byline, clean, dump, lines, nesting, tail};
use crate::article::{Block, BlockKind, count_words};

/// Largest page for the exact search, in bytes; it needs about a second a megabyte.
const EXACT_BYTES_MAX: usize = 1_500_000;

/// Largest page for the fast search, in bytes.
const FAST_BYTES_MAX: usize = 6_000_000;

/// Deepest nesting that the searches are given: they recurse.
const DEPTH_MAX: usize = 256;

/// Fewest words that count as an article found.
const ARTICLE_WORDS_MIN: usize = 20;

/// Finds the article in a page.
pub(super) fn find(page: &str, url: Option<&str>) -> Found {
    let mut found = Found::default();
    let mut document = Html::parse_document(&nesting::bounded(page));
    let meta = Meta::read(&document, url);
    let hints = Hints::take(&mut document, &mut found);
    if let Some(root) = hints.root.and_then(|id| document.tree.get(id)) {
        found.blocks = blocks_of(blocks::read(root, &mut found));
    } else {
        clean::clean(&mut document, &mut found);
        let all = search(&document, &mut found);
        let titles: Vec<String> = meta.titles.iter().map(|title| key(title)).collect();
        filter(&mut found, &titles);
        recover::drop_labels(&all, &titles, &mut found);
        recover::drop_pull_quotes(&mut found);
        found.byline = found.byline.take().or_else(|| byline::visible(&document, &all, &found));
        add_dek(&mut found, &document, &all, &meta);
        recover::note_left_out(&document, &all, &titles, &mut found);
    }
    hints.apply(&mut found.blocks);
    meta.fill(&mut found);
    found
}

fn blocks_of(pieces: Vec<Piece>) -> Vec<Block> {
    pieces.into_iter().map(|piece| piece.block).collect()
}

/// Finds the article's blocks; gives back all pieces of the page.
fn search(document: &Html, found: &mut Found) -> Vec<Piece> {
    let content = if depth(document) <= DEPTH_MAX {
        let page = document.html();
        exact(&page).or_else(|| fast(&page))
    } else {
        None
    };
    let all = blocks::read(document.tree.root(), found);
    if let Some(content) = content {
        let content = Html::parse_fragment(&content);
        let picked = blocks::read(content.tree.root(), &mut Found::default());
        found.blocks = blocks_of(recover::recover(document, &all, picked, found));
    } else {
        whole(&all, found);
    }
    if found.blocks.is_empty() {
        preformatted(document, found);
    }
    all
}

/// The text of a page that is nothing but preformatted lines, as mail archives are.
fn preformatted(document: &Html, found: &mut Found) {
    let is_pre =
        |node: &NodeRef<'_, Node>| node.value().as_element().is_some_and(|element| element.name() == "pre");
    let Some(pre) = document.tree.root().descendants().find(is_pre) else { return };
    let text: String =
        pre.descendants().filter_map(|node| node.value().as_text().map(|text| &**text)).collect();
    let article = dump::find(&text);
    found.title = article.title;
    found.blocks = article.blocks;
}

fn depth(document: &Html) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for edge in document.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(_) => depth += 1,
            ego_tree::iter::Edge::Close(_) => depth -= 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The article's HTML as `trafilatura` finds it, favouring precision: what is read by mistake is
/// heard, what is missed is not. A panic inside counts as nothing found.
fn exact(page: &str) -> Option<String> {
    if page.len() > EXACT_BYTES_MAX {
        return None;
    }
    let options = trafilatura::Options::default()
        .with_fallback(true)
        .with_exclude_comments(true)
        .with_focus(trafilatura::ExtractionFocus::FavorPrecision);
    let result = catch_unwind(AssertUnwindSafe(|| trafilatura::extract(page, &options))).ok()?.ok()?;
    (count_words(&result.content_text) >= ARTICLE_WORDS_MIN).then_some(result.content_html)
}

/// The article's HTML as `dom_smoothie` finds it.
fn fast(page: &str) -> Option<String> {
    if page.len() > FAST_BYTES_MAX {
        return None;
    }
    let article = catch_unwind(AssertUnwindSafe(|| {
        dom_smoothie::Readability::new(page, None, None).and_then(|mut readability| readability.parse())
    }));
    let article = article.ok()?.ok()?;
    (count_words(&article.text_content) >= ARTICLE_WORDS_MIN).then(|| article.content.to_string())
}

/// The page's lines, judged as a plain-text dump is.
fn whole(all: &[Piece], found: &mut Found) {
    let text: Vec<&str> = all.iter().map(|piece| piece.block.text.as_str()).collect();
    let article = dump::find(&text.join("\n\n"));
    found.title = article.title;
    found.byline = article.byline;
    found.blocks = article.blocks;
    found.notes.extend(article.notes);
}

/// Takes captions, bylines, invitations and the repeated headline out of the blocks.
fn filter(found: &mut Found, titles: &[String]) {
    tail::trim_mailing(found);
    for (at, block) in std::mem::take(&mut found.blocks).into_iter().enumerate() {
        let key = key(&block.text);
        let is_heading = block.kind == BlockKind::Heading && at < 3;
        let is_title = titles
            .iter()
            .any(|title| *title == key || (is_heading && !key.is_empty() && title.contains(&key)));
        if is_title {
            continue;
        }
        if is_mark(&block.text) {
            found.drop_text("separator or number", &block.text);
            continue;
        }
        match lines::junk(&block.text) {
            Some(junk) if block.kind != BlockKind::Quote => found.drop_text(junk.reason(), &block.text),
            _ => found.blocks.push(block),
        }
    }
    tail::trim(found);
}

/// Whether a block says nothing: stars and dashes, or the number of a picture or a video.
fn is_mark(text: &str) -> bool {
    const NUMBER_DIGITS_MIN: usize = 6;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    !text.chars().any(char::is_alphabetic) && (digits == 0 || digits >= NUMBER_DIGITS_MIN)
}

/// The standfirst: what the page's description says, when it stands above the text as a block of its
/// own. The search often takes it for a summary and leaves it out.
fn add_dek(found: &mut Found, document: &Html, all: &[Piece], meta: &Meta) {
    const DEK_WORDS: std::ops::RangeInclusive<usize> = 5..=60;
    let Some(first) = found.blocks.first().map(|block| key(&block.text)) else { return };
    let is_first = |piece: &&Piece| key(&piece.block.text) == first;
    let named = || all.iter().find(is_first).is_some_and(|piece| is_named_dek(document, piece.place));
    if found.blocks.len() > 2 && DEK_WORDS.contains(&count_words(&found.blocks[0].text)) && named() {
        found.blocks[0].kind = BlockKind::Dek;
        return;
    }
    let Some(description) = meta.description.as_deref().map(key).filter(|key| !key.is_empty()) else {
        return;
    };
    let says_it = |piece: &&Piece| {
        DEK_WORDS.contains(&count_words(&piece.block.text)) && key(&piece.block.text) == description
    };
    if meta.titles.iter().any(|title| key(title) == description) {
        return;
    }
    if first == description {
        if found.blocks.len() > 2 && DEK_WORDS.contains(&count_words(&found.blocks[0].text)) {
            found.blocks[0].kind = BlockKind::Dek;
        }
        return;
    }
    let above = all.iter().take_while(|piece| key(&piece.block.text) != first);
    if let Some(piece) = above.filter(says_it).find(|piece| is_named_dek(document, piece.place)) {
        found.blocks.insert(0, Block::new(BlockKind::Dek, piece.block.text.clone()));
    }
}

/// Whether an element, or the one around it, is named as publishers name their standfirsts.
fn is_named_dek(document: &Html, place: NodeId) -> bool {
    const NAMES: [&str; 12] = [
        "dek",
        "deck",
        "standfirst",
        "subtitle",
        "subhead",
        "sub-head",
        "summary",
        "strapline",
        "lead",
        "lede",
        "excerpt",
        "intro",
    ];
    let place = document.tree.get(place);
    let around = place.and_then(|node| node.parent());
    [place, around].into_iter().flatten().filter_map(|node| node.value().as_element()).any(|element| {
        let names = ["class", "id", "itemprop", "data-testid"].iter().filter_map(|name| element.attr(name));
        names.map(str::to_ascii_lowercase).any(|name| NAMES.iter().any(|known| name.contains(known)))
    })
}
