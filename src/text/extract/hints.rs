//! What a page says to us in its own attributes: `data-listen-skip` (leave out), `data-listen-root`
//! (the article is here), `data-listen-say` (say this instead).

use ego_tree::NodeId;
use scraper::{Html, Node};

use super::blocks::text_of;
use super::{Found, fold_space};
use crate::article::Block;

/// Elements with `data-listen-say` that are honoured on one page.
const SAY_MAX: usize = 200;

/// The hints of a page.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// The first element with `data-listen-root`.
    pub(super) root: Option<NodeId>,
    /// Text of an element, and what to say instead.
    say: Vec<(String, String)>,
}

impl Hints {
    /// Reads the hints and takes what is to be skipped out of the page.
    pub(super) fn take(page: &mut Html, found: &mut Found) -> Self {
        let mut hints = Self::default();
        let mut skip = Vec::new();
        for node in page.tree.root().descendants() {
            let Node::Element(element) = node.value() else {
                continue;
            };
            if element.attr("data-listen-skip").is_some_and(|value| !value.eq_ignore_ascii_case("false")) {
                skip.push(node.id());
            }
            if element.attr("data-listen-root").is_some() && hints.root.is_none() {
                hints.root = Some(node.id());
            }
            if let Some(say) = element.attr("data-listen-say")
                && hints.say.len() < SAY_MAX
            {
                hints.say.push((text_of(node), fold_space(say)));
            }
        }
        for id in skip {
            if let Some(mut node) = page.tree.get_mut(id) {
                node.detach();
            }
            if let Some(node) = page.tree.get(id) {
                found.drop_text("data-listen-skip", &text_of(node));
            }
        }
        hints
    }

    /// Tells the blocks what to say instead of their text.
    pub(super) fn apply(&self, blocks: &mut [Block]) {
        for (text, say) in self.say.iter().filter(|(text, _)| !text.is_empty()) {
            for block in blocks.iter_mut() {
                let said = block.say.as_deref().unwrap_or(&block.text);
                if said.contains(text.as_str()) {
                    block.say = Some(said.replacen(text, say, 1));
                    break;
                }
            }
        }
    }
}
