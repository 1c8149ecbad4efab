//! Compares what the search found with the page itself: puts back paragraphs that it lost from the
//! middle of the article, and takes out what the page shows to be no text of it.

use std::collections::{HashMap, HashSet};

use ego_tree::NodeId;
use scraper::Html;

use super::blocks::Piece;
use super::{Found, lines};
use crate::article::{BlockKind, count_words};

/// Shortest text by which a place is known again, in letters and digits.
const ANCHOR_CHARS_MIN: usize = 24;

/// How far apart in the page two neighbours of the article may stand, in blocks.
const GAP_MAX: usize = 40;

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
        if let (Some(from), Some(to)) = (last, anchor)
            && to - from <= GAP_MAX
        {
            let beside: [Option<NodeId>; 2] = [parent(from), parent(to)];
            let lost = (from + 1..to).filter(|at| beside.contains(&parent(*at)) && is_prose(&all[*at]));
            out.extend(lost.map(|at| all[at].clone()));
        }
        last = anchor;
        match anchor {
            Some(at) => out.push(Piece { linked: all[at].linked, place: all[at].place, ..piece }),
            None => out.push(piece),
        }
    }
    without_repeats(out, found)
}

/// Where each piece stands among all pieces of the page, in ascending order.
fn anchors(all: &[Piece], picked: &[Piece]) -> Vec<Option<usize>> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, piece) in all.iter().enumerate() {
        places.entry(key(&piece.block.text)).or_default().push(at);
    }
    let mut next = 0;
    let mut find = |piece: &Piece| {
        let key = key(&piece.block.text);
        let at = places.get(&key)?.iter().copied().find(|at| *at >= next)?;
        let known = key.chars().nth(ANCHOR_CHARS_MIN).is_some() || (next > 0 && at < next + GAP_MAX);
        known.then(|| {
            next = at + 1;
            at
        })
    };
    picked.iter().map(&mut find).collect()
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
