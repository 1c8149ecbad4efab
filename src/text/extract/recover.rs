//! Compares what the search found with the page itself: puts back paragraphs that it lost from the
//! middle of the article, and takes out what the page shows to be no text of it.

use std::collections::{HashMap, HashSet};

use ego_tree::NodeId;
use scraper::Html;

use super::blocks::Piece;
use super::{Found, lines};
use crate::article::{Block, BlockKind, Note, NoteKind, count_words};

/// Shortest text by which a place is known again, in letters and digits.
const ANCHOR_CHARS_MIN: usize = 24;

/// How far apart in the page two neighbours of the article may stand, in blocks.
const GAP_MAX: usize = 40;

/// How far above the first paragraph found a lost one may stand, in blocks.
const ABOVE_MAX: usize = 10;

/// A text that is links to this share is a list of links.
const LINKED_SHARE: f32 = 0.8;

/// Letters and digits of a text in small letters: the same for texts that differ in spaces only.
pub(super) fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The article's pieces, mended by what stands around them on the page.
pub(super) fn recover(page: &Html, all: &[Piece], picked: Vec<Piece>, found: &mut Found) -> Vec<Piece> {
    let anchors = anchors(all, &picked);
    let parent =
        |at: usize| page.tree.get(all[at].place).and_then(|node| node.parent()).map(|node| node.id());
    let mut out: Vec<Piece> = Vec::with_capacity(picked.len());
    let mut last: Option<usize> = None;
    for (piece, anchor) in picked.into_iter().zip(anchors) {
        if let Some(to) = anchor {
            let from = last.map_or(to.saturating_sub(ABOVE_MAX), |from| from + 1);
            let beside: [Option<NodeId>; 2] = [last.and_then(parent), parent(to)];
            if to - from < GAP_MAX {
                let lost = (from..to).filter(|at| beside.contains(&parent(*at)) && is_prose(&all[*at]));
                out.extend(lost.map(|at| all[at].clone()));
            }
        }
        last = anchor;
        match anchor {
            Some(at) => {
                let block = Block { text: all[at].block.text.clone(), ..piece.block };
                out.push(Piece { block, ..all[at].clone() });
            }
            None => out.push(piece),
        }
    }
    without_repeats(out, found)
}

/// Where each piece stands among all pieces of the page, in ascending order. The search may have lost
/// words inside a paragraph (a link, say), so the beginning of a text is enough when both are of
/// like length.
fn anchors(all: &[Piece], picked: &[Piece]) -> Vec<Option<usize>> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, piece) in all.iter().enumerate() {
        let key = key(&piece.block.text);
        places.entry(beginning(&key)).or_default().push(at);
        places.entry(key).or_default().push(at);
    }
    let mut next = 0;
    let mut find = |piece: &Piece| {
        let key = key(&piece.block.text);
        let long = key.chars().nth(ANCHOR_CHARS_MIN).is_some();
        let at_or_after =
            |known: &[usize], from: usize| known.get(known.partition_point(|at| *at < from)).copied();
        let same = places.get(&key).and_then(|known| at_or_after(known, next));
        let alike = || {
            let at = at_or_after(places.get(&beginning(&key))?, next)?;
            let (a, b) = (piece.block.text.len(), all[at].block.text.len());
            (long && a <= b && b <= a * 2).then_some(at)
        };
        let at = same.or_else(alike)?;
        (long || (next > 0 && at < next + GAP_MAX)).then(|| {
            next = at + 1;
            at
        })
    };
    picked.iter().map(&mut find).collect()
}

fn beginning(key: &str) -> String {
    key.chars().take(ANCHOR_CHARS_MIN).collect()
}

fn is_prose(piece: &Piece) -> bool {
    let words = count_words(&piece.block.text);
    piece.block.kind != BlockKind::Heading
        && piece.linked < 0.5
        && lines::junk(&piece.block.text).is_none()
        && ((lines::ends_sentence(&piece.block.text) && words >= 6) || words >= 25)
}

/// A text that is there twice is read once.
fn without_repeats(pieces: Vec<Piece>, found: &mut Found) -> Vec<Piece> {
    let mut seen = HashSet::new();
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let key = key(&piece.block.text);
        if key.chars().nth(ANCHOR_CHARS_MIN).is_some() && !seen.insert(key) {
            found.drop_text("repeated text", &piece.block.text);
        } else if piece.linked >= LINKED_SHARE {
            found.drop_text("related links", &piece.block.text);
        } else {
            out.push(piece);
        }
    }
    out
}

/// Takes out the name of the section, or another label, that stands above the headline.
pub(super) fn drop_labels(all: &[Piece], titles: &[String], found: &mut Found) {
    const LABEL_WORDS_MAX: usize = 6;
    let place = |wanted: &str| all.iter().position(|piece| key(&piece.block.text) == wanted);
    let headline = all
        .iter()
        .position(|piece| piece.block.kind == BlockKind::Heading && titles.contains(&key(&piece.block.text)));
    let Some(headline) = headline else { return };
    while found.blocks.len() > 1 {
        let text = &found.blocks[0].text;
        let is_label = count_words(text) <= LABEL_WORDS_MAX && !lines::ends_sentence(text);
        if !is_label || place(&key(text)).is_none_or(|at| at > headline) {
            return;
        }
        let label = found.blocks.remove(0);
        found.drop_text("label above the headline", &label.text);
    }
}

/// Takes out what is set off from a paragraph to be read at a glance, and stands in it as well.
pub(super) fn drop_pull_quotes(found: &mut Found) {
    const WORDS_MAX: usize = 40;
    /// Each one is looked for in the whole text.
    const LOOKED_FOR_MAX: usize = 40;
    let keys: Vec<String> = found.blocks.iter().map(|block| key(&block.text)).collect();
    let whole = keys.join("\n");
    let mut looked_for = 0;
    let mut is_pulled = |at: usize, block: &Block| {
        let quoted = block.kind == BlockKind::Quote || block.text.starts_with(['“', '"', '„', '«', '»', '‘']);
        let looks_so = quoted
            && keys[at].chars().nth(ANCHOR_CHARS_MIN).is_some()
            && count_words(&block.text) <= WORDS_MAX
            && looked_for < LOOKED_FOR_MAX;
        looked_for += usize::from(looks_so);
        looks_so && whole.matches(keys[at].as_str()).nth(1).is_some()
    };
    for (at, block) in std::mem::take(&mut found.blocks).into_iter().enumerate() {
        if is_pulled(at, &block) {
            found.drop_text("pull quote", &block.text);
        } else {
            found.blocks.push(block);
        }
    }
}

/// Notes what of the page is not read, and why as far as the page shows it.
pub(super) fn note_left_out(page: &Html, all: &[Piece], titles: &[String], found: &mut Found) {
    /// Pages have hundreds of links around their articles; an editor looks for a paragraph.
    const LEFT_OUT_NOTES_MAX: usize = 200;
    let blocks = found.blocks.iter().map(|block| key(&block.text));
    let read: HashSet<String> = blocks.chain(titles.iter().cloned()).collect();
    let mut told: HashSet<String> = found.notes.iter().map(|note| note.text.clone()).collect();
    let mut left = LEFT_OUT_NOTES_MAX;
    for piece in all.iter().filter(|piece| !read.contains(&key(&piece.block.text))) {
        let reason = match lines::junk(&piece.block.text) {
            Some(junk) => junk.reason(),
            None if piece.linked >= LINKED_SHARE => "links",
            None => place_reason(page, piece.place),
        };
        let note = Note::new(NoteKind::Dropped, reason, &piece.block.text);
        if left > 0 && told.insert(note.text.clone()) {
            left -= 1;
            found.notes.push(note);
        }
    }
}

/// Why a block is not read, by the names of the elements around it.
fn place_reason(page: &Html, place: NodeId) -> &'static str {
    const REASONS: [(&str, &str); 12] = [
        ("comment", "comments"),
        ("disqus", "comments"),
        ("related", "related links"),
        ("recommend", "related links"),
        ("newsletter", "newsletter prompt"),
        ("subscribe", "newsletter prompt"),
        ("caption", "caption"),
        ("share", "share buttons"),
        ("promo", "advertisement"),
        ("sponsor", "advertisement"),
        ("footer", "footer"),
        ("author", "about the author"),
    ];
    const LEVELS: usize = 6;
    let Some(place) = page.tree.get(place) else { return "not the article" };
    let around = std::iter::once(place).chain(place.ancestors()).take(LEVELS);
    for element in around.filter_map(|node| node.value().as_element()) {
        let names = [Some(element.name()), element.attr("class"), element.attr("id")];
        for name in names.into_iter().flatten().map(str::to_ascii_lowercase) {
            if let Some((_, reason)) = REASONS.iter().find(|(known, _)| name.contains(known)) {
                return reason;
            }
        }
    }
    "not the article"
}
