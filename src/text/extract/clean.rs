//! Takes out of a page what no article holds, before the article is looked for: it makes the search
//! surer, and what was taken out can be told.

use scraper::{Html, Node};

use super::Found;
use super::blocks::text_of;

/// Elements taken out, with the reason that is noted.
fn reason(element: &scraper::node::Element) -> Option<&'static str> {
    match element.name() {
        "figcaption" => Some("caption"),
        "nav" => Some("navigation"),
        _ => None,
    }
}

/// Takes such elements out of the page.
pub(super) fn clean(page: &mut Html, found: &mut Found) {
    let mut taken = Vec::new();
    for node in page.tree.root().descendants() {
        if let Node::Element(element) = node.value()
            && let Some(reason) = reason(element)
        {
            taken.push((node.id(), reason));
        }
    }
    for (id, reason) in taken {
        if let Some(node) = page.tree.get(id) {
            let text = text_of(node);
            if !text.is_empty() {
                found.drop_text(reason, &text);
            }
        }
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
    }
}
