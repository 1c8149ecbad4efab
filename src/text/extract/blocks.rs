//! HTML → blocks: headings, paragraphs, quotes and list items in the order of the page. Walks
//! without recursion, so nesting cannot exhaust the stack.

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::Node;

use super::{Found, fold_space};
use crate::article::{Block, BlockKind, count_words};

/// What an element does to the text inside it.
enum Role {
    /// Part of the line.
    Inline,
    /// A block of its own.
    Block(Option<BlockKind>),
    /// Left out, with this reason; without one it is not worth a note.
    Skip(Option<&'static str>),
}

fn role(node: NodeRef<'_, Node>) -> Role {
    let Some(element) = node.value().as_element() else { return Role::Inline };
    match element.name() {
        "table" if is_data(node) => Role::Skip(Some("table")),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Block(Some(BlockKind::Heading)),
        "blockquote" => Role::Block(Some(BlockKind::Quote)),
        "li" | "dd" | "dt" => Role::Block(Some(BlockKind::ListItem)),
        "p" | "div" | "section" | "article" | "main" | "body" | "ul" | "ol" | "dl" | "header" | "footer"
        | "details" | "summary" | "hr" | "center" | "tr" | "td" | "th" | "address" | "hgroup"
        | "fieldset" | "table" | "tbody" | "thead" | "form" => Role::Block(None),
        "pre" => Role::Skip(Some("code")),
        "figure" | "figcaption" => Role::Skip(Some("caption")),
        "aside" => Role::Skip(Some("aside")),
        "nav" | "menu" => Role::Skip(Some("navigation")),
        "button" | "select" | "input" | "textarea" | "label" => Role::Skip(Some("form")),
        "iframe" | "object" | "embed" | "video" | "audio" | "canvas" => Role::Skip(None),
        "math" => Role::Skip(Some("formula")),
        "script" | "style" | "noscript" | "template" | "svg" | "head" | "title" | "img" | "rp" | "rt" => {
            Role::Skip(None)
        }
        _ => Role::Inline,
    }
}

/// Whether a table holds data; older pages put their text into tables to lay it out.
fn is_data(table: NodeRef<'_, Node>) -> bool {
    const CELLS_MIN: usize = 4;
    const CELL_WORDS_MAX: usize = 15;
    let is = |node: &NodeRef<'_, Node>, name: &str| {
        node.value().as_element().is_some_and(|element| element.name() == name)
    };
    if table.descendants().skip(1).any(|node| is(&node, "table")) {
        return false;
    }
    let cells = table.descendants().filter(|node| is(node, "td") || is(node, "th")).count();
    let headed = table.descendants().any(|node| is(&node, "th"));
    let words: usize =
        table.descendants().filter_map(|node| node.value().as_text().map(|text| count_words(text))).sum();
    headed || (cells >= CELLS_MIN && words < cells * CELL_WORDS_MAX)
}

/// A block and where it stands on the page.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) block: Block,
    /// The element it is the text of.
    pub(super) place: NodeId,
    /// Share of its text that is links, 0 to 1.
    pub(super) linked: f32,
}

/// Reads the blocks under `root`; what is left out is noted in `found`.
pub(super) fn read(root: NodeRef<'_, Node>, found: &mut Found) -> Vec<Piece> {
    let mut reader = Reader {
        found,
        pieces: Vec::new(),
        text: String::new(),
        linked_bytes: 0,
        links: 0,
        places: vec![root.id()],
        kinds: Vec::new(),
        breaks: 0,
    };
    let mut skipped = None;
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) if skipped.is_none() && reader.open(node) => skipped = Some(node.id()),
            Edge::Close(node) if skipped == Some(node.id()) => skipped = None,
            Edge::Close(node) if skipped.is_none() => reader.close(node),
            _ => {}
        }
    }
    reader.flush();
    reader.pieces
}

/// All text under a node, folded.
pub(super) fn text_of(node: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    for node in node.descendants() {
        match node.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) if !matches!(role(node), Role::Inline) => text.push(' '),
            _ => {}
        }
    }
    fold_space(&text)
}

struct Reader<'a> {
    found: &'a mut Found,
    pieces: Vec<Piece>,
    text: String,
    /// Bytes of `text` inside links, white space aside.
    linked_bytes: usize,
    /// Links that are open.
    links: usize,
    /// Block elements that are open, innermost last.
    places: Vec<NodeId>,
    /// The kinds that they give their text.
    kinds: Vec<BlockKind>,
    /// `<br>`s since the last text: two part paragraphs.
    breaks: u8,
}

impl Reader<'_> {
    /// Takes a node in; true when its inside is to be left out.
    fn open(&mut self, node: NodeRef<'_, Node>) -> bool {
        match node.value() {
            Node::Text(text) => self.take(text),
            Node::Element(element) if element.name() == "br" => {
                self.breaks = self.breaks.saturating_add(1);
                self.text.push('\n');
                if self.breaks >= 2 {
                    self.flush();
                }
            }
            Node::Element(element) => match role(node) {
                Role::Inline => self.links += usize::from(element.name() == "a"),
                Role::Block(kind) => {
                    self.flush();
                    self.places.push(node.id());
                    self.kinds.extend(kind);
                }
                Role::Skip(reason) => {
                    let text = reason.map(|reason| (reason, text_of(node)));
                    if let Some((reason, text)) = text.filter(|(_, text)| !text.is_empty()) {
                        self.found.drop_text(reason, &text);
                    }
                    return true;
                }
            },
            _ => {}
        }
        false
    }

    fn take(&mut self, text: &str) {
        let length = text.trim().len();
        if length > 0 {
            self.breaks = 0;
        }
        if self.links > 0 {
            self.linked_bytes += length;
        }
        self.text.push_str(text);
    }

    fn close(&mut self, node: NodeRef<'_, Node>) {
        let Node::Element(element) = node.value() else { return };
        match role(node) {
            Role::Block(kind) => {
                self.flush();
                self.places.pop();
                if kind.is_some() {
                    self.kinds.pop();
                }
            }
            Role::Inline => self.links -= usize::from(element.name() == "a"),
            Role::Skip(_) => {}
        }
    }

    fn flush(&mut self) {
        self.breaks = 0;
        let text = fold_space(&self.text);
        self.text.clear();
        let linked_bytes = std::mem::take(&mut self.linked_bytes);
        let Some(place) = self.places.last().copied().filter(|_| !text.is_empty()) else { return };
        let linked = linked_bytes as f32 / text.len() as f32;
        let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
        self.pieces.push(Piece { block: Block::new(kind, text), place, linked: linked.min(1.0) });
    }
}
