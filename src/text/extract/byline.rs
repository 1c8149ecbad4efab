//! The author as the page names them beside the headline, for pages that do not say it in their head.

use ego_tree::NodeRef;
use scraper::{Html, Node};

use super::blocks::{self, Piece};
use super::recover::key;
use super::{Found, lines};
use crate::article::count_words;

/// Longest standfirst under which the author is still looked for, in words.
const DEK_WORDS_MAX: usize = 60;

/// How far up an element that names its text a byline may be, in levels.
const LEVELS: usize = 2;

/// The author, as a line above the text says it, or an element that is named as bylines are.
pub(super) fn visible(document: &Html, all: &[Piece], found: &Found) -> Option<String> {
    let above = &all[..above(all, found)?];
    let is_byline = |piece: &&Piece| lines::junk(&piece.block.text) == Some(lines::Junk::Byline);
    // The last one stands nearest to the text; menus and teasers above name authors too.
    let told = above
        .iter()
        .rev()
        .filter(is_byline)
        .find_map(|piece| named_within(document, piece).or_else(|| lines::author(&piece.block.text)));
    told.or_else(|| above.iter().rev().find_map(|piece| called_author(document, piece)))
}

/// How many pieces stand above the text: those before its first block, and those before its second one
/// when the first may be a standfirst.
fn above(all: &[Piece], found: &Found) -> Option<usize> {
    let place = |at: usize| {
        let wanted = key(&found.blocks.get(at)?.text);
        all.iter().position(|piece| key(&piece.block.text) == wanted)
    };
    let first = place(0)?;
    let is_short = count_words(&found.blocks[0].text) <= DEK_WORDS_MAX;
    Some(place(1).filter(|second| is_short && *second > first).unwrap_or(first))
}

/// The name in an element that is called a byline or an author.
fn called_author(document: &Html, piece: &Piece) -> Option<String> {
    const NAMES: [&str; 6] = ["byline", "author", "autor", "auteur", "autore", "writer"];
    let place = document.tree.get(piece.place)?;
    let around = std::iter::once(place).chain(place.ancestors()).take(LEVELS);
    let called = around.filter_map(|node| node.value().as_element()).any(|element| {
        let names = ["class", "rel", "itemprop", "data-testid"].iter().filter_map(|name| element.attr(name));
        names.map(str::to_ascii_lowercase).any(|name| NAMES.iter().any(|known| name.contains(known)))
    });
    let whole = || Some(lines::without_by(&piece.block.text).to_owned()).filter(|name| is_name(name));
    if called { named_within(document, piece).or_else(whole) } else { None }
}

/// The link or the element that holds nothing but a name: "By *Priya Nair*, water correspondent".
fn named_within(document: &Html, piece: &Piece) -> Option<String> {
    const NODES_MAX: usize = 60;
    let holds_name = |node: &NodeRef<'_, Node>| {
        node.value().as_element().is_some_and(|element| {
            element.name() == "a"
                || element.attr("itemprop") == Some("name")
                || element.attr("class").is_some_and(|class| class.to_ascii_lowercase().contains("name"))
        })
    };
    let mut names: Vec<String> = Vec::new();
    for node in document.tree.get(piece.place)?.descendants().skip(1).take(NODES_MAX).filter(holds_name) {
        let name = lines::without_by(&blocks::text_of(node)).to_owned();
        if is_name(&name) && piece.block.text.contains(&name) && !names.contains(&name) {
            names.push(name);
        }
    }
    let (last, rest) = names.split_last()?;
    Some(if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) })
}

/// Whether a text is a person's name: two to five words with capitals, and the small ones of names.
fn is_name(text: &str) -> bool {
    const SMALL: &[&str] = &[
        "de", "del", "da", "di", "du", "la", "le", "van", "von", "der", "den", "al", "bin", "and", "und",
        "y", "et",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let fits = |word: &&str| word.starts_with(char::is_uppercase) || SMALL.contains(word);
    (2..=5).contains(&words.len())
        && words.iter().all(fits)
        && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’'))
}
