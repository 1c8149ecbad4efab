//! HTML → blocks: headings, paragraphs, quotes and list items in the order of the page. Walks
//! without recursion, so nesting cannot exhaust the stack.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::Node;

use super::{Found, fold_space};
use crate::article::{Block, BlockKind};

/// What an element does to the text inside it.
enum Role {
    /// Part of the line.
    Inline,
    /// A block of its own.
    Block(Option<BlockKind>),
    /// Left out, with this reason; without one it is not worth a note.
    Skip(Option<&'static str>),
}

fn role(element: &scraper::node::Element) -> Role {
    match element.name() {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Block(Some(BlockKind::Heading)),
        "blockquote" => Role::Block(Some(BlockKind::Quote)),
        "li" | "dd" | "dt" => Role::Block(Some(BlockKind::ListItem)),
        "p" | "div" | "section" | "article" | "main" | "body" | "ul" | "ol" | "dl" | "header" | "footer"
        | "details" | "summary" | "hr" | "center" | "tr" | "td" | "th" | "address" | "hgroup"
        | "fieldset" | "tbody" | "thead" => Role::Block(None),
        "table" => Role::Skip(Some("table")),
        "pre" => Role::Skip(Some("code")),
        "figure" | "figcaption" => Role::Skip(Some("caption")),
        "aside" => Role::Skip(Some("aside")),
        "nav" | "menu" => Role::Skip(Some("navigation")),
        "form" | "button" | "select" | "input" | "textarea" | "label" => Role::Skip(Some("form")),
        "iframe" | "object" | "embed" | "video" | "audio" | "canvas" => Role::Skip(None),
        "math" => Role::Skip(Some("formula")),
        "script" | "style" | "noscript" | "template" | "svg" | "head" | "title" | "img" | "rp" | "rt" => {
            Role::Skip(None)
        }
        _ => Role::Inline,
    }
}

/// Reads the blocks under `root` into `found`.
pub(super) fn read(root: NodeRef<'_, Node>, found: &mut Found) {
    let mut reader = Reader { found, text: String::new(), kinds: Vec::new(), breaks: 0 };
    let mut skipped = None;
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) if skipped.is_none() => {
                if reader.open(node) {
                    skipped = Some(node.id());
                }
            }
            Edge::Close(node) if skipped == Some(node.id()) => skipped = None,
            Edge::Close(node) if skipped.is_none() => reader.close(node),
            _ => {}
        }
    }
    reader.flush();
}

/// All text under a node, folded.
pub(super) fn text_of(node: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    for node in node.descendants() {
        match node.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) if !matches!(role(element), Role::Inline) => text.push(' '),
            _ => {}
        }
    }
    fold_space(&text)
}

struct Reader<'a> {
    found: &'a mut Found,
    text: String,
    kinds: Vec<BlockKind>,
    /// `<br>`s since the last text: two part paragraphs.
    breaks: u8,
}

impl Reader<'_> {
    /// Takes a node in; true when its inside is to be left out.
    fn open(&mut self, node: NodeRef<'_, Node>) -> bool {
        match node.value() {
            Node::Text(text) => {
                if !text.trim().is_empty() {
                    self.breaks = 0;
                }
                self.text.push_str(text);
                false
            }
            Node::Element(element) if element.name() == "br" => {
                self.breaks = self.breaks.saturating_add(1);
                self.text.push('\n');
                if self.breaks >= 2 {
                    self.flush();
                }
                false
            }
            Node::Element(element) => match role(element) {
                Role::Inline => false,
                Role::Block(kind) => {
                    self.flush();
                    self.kinds.extend(kind);
                    false
                }
                Role::Skip(reason) => {
                    if let Some(reason) = reason {
                        let text = text_of(node);
                        if !text.is_empty() {
                            self.found.drop_text(reason, &text);
                        }
                    }
                    true
                }
            },
            _ => false,
        }
    }

    fn close(&mut self, node: NodeRef<'_, Node>) {
        let Node::Element(element) = node.value() else {
            return;
        };
        if let Role::Block(kind) = role(element) {
            self.flush();
            if kind.is_some() {
                self.kinds.pop();
            }
        }
    }

    fn flush(&mut self) {
        self.breaks = 0;
        let text = fold_space(&self.text);
        self.text.clear();
        if !text.is_empty() {
            let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
            self.found.blocks.push(Block::new(kind, text));
        }
    }
}
