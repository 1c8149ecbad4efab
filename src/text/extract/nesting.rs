//! A bound on how deep a page's elements are nested, before it is parsed: for every element a parser
//! looks through all that are open, so a megabyte of `<div>` alone takes it minutes.

use std::borrow::Cow;

/// Most elements that are open at once; pages that people read have a few dozen.
const OPEN_MAX: usize = 512;

/// Longest name of an element that is told apart, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Elements that hold nothing, or that the next of their kind ends.
const FLAT: &[&str] = &[
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img",
    "input", "li", "link", "meta", "optgroup", "option", "p", "param", "rb", "rp", "rt", "source", "tbody",
    "td", "tfoot", "th", "thead", "tr", "track", "wbr",
];

/// Elements whose content is no markup.
const RAW: &[&str] = &["iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"];

/// The page without the tags of elements inside more than [`OPEN_MAX`] others; their text stays.
pub(super) fn bounded(page: &str) -> Cow<'_, str> {
    let mut open: Vec<&str> = Vec::new();
    let mut too_deep = 0_usize;
    let (mut kept, mut kept_to) = (String::new(), 0);
    let mut at = 0;
    while let Some(tag) = next_tag(page, at) {
        at = tag.end;
        let is_flat = FLAT.iter().any(|name| tag.is(name));
        let drops = if tag.closes && too_deep > 0 && !is_flat {
            too_deep -= 1;
            true
        } else if tag.closes {
            if let Some(start) = open.iter().rposition(|name| tag.is(name)) {
                open.truncate(start);
            }
            false
        } else if is_flat {
            false
        } else if let Some(raw) = RAW.iter().find(|name| tag.is(name)) {
            let Some(end) = end_of_raw(page, at, raw) else { break };
            at = end;
            false
        } else if open.len() < OPEN_MAX {
            open.push(tag.name);
            false
        } else {
            too_deep += 1;
            true
        };
        if drops {
            kept.push_str(&page[kept_to..tag.start]);
            kept_to = tag.end;
        }
    }
    if kept_to == 0 {
        return Cow::Borrowed(page);
    }
    kept.push_str(&page[kept_to..]);
    Cow::Owned(kept)
}

/// A tag, from its `<` to the byte after its `>`.
struct Tag<'p> {
    start: usize,
    end: usize,
    name: &'p str,
    closes: bool,
}

impl Tag<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The first tag from a place on; comments are passed over.
fn next_tag(page: &str, mut at: usize) -> Option<Tag<'_>> {
    loop {
        let start = at + page[at..].find('<')?;
        let rest = &page[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            at = page.len() - comment.len() + comment.find("-->")?;
            continue;
        }
        let closes = rest.starts_with('/');
        let body = rest.strip_prefix('/').unwrap_or(rest);
        if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
            at = start + 1;
            continue;
        }
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
        let length = body.find(is_end)?;
        let name = &body[..body.floor_char_boundary(length.min(NAME_BYTES_MAX))];
        let end = page.len() - body.len() + length;
        return Some(Tag { start, end: end_of_tag(page, end)?, name, closes });
    }
}

/// The byte after the `>` of a tag whose attributes start at a place.
fn end_of_tag(page: &str, attributes: usize) -> Option<usize> {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in (attributes..).zip(page[attributes..].bytes()) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            // A mark opens a value only after its equals sign.
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    None
}

/// Where the end tag of an element stands whose content is no markup.
fn end_of_raw(page: &str, from: usize, name: &str) -> Option<usize> {
    let mut ends = page[from..].match_indices("</");
    ends.find_map(|(at, _)| {
        let found = page.as_bytes().get(from + at + 2..)?.get(..name.len())?;
        found.eq_ignore_ascii_case(name.as_bytes()).then_some(from + at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_people_read_is_left_as_it_is() {
        let item =
            "<li>One<p>Two<br><IMG src='a>b'><b>bold</b></p><div><i>unclosed</div><a title=\"<div>\">x</a>";
        let script = "<script>if (a<b) document.write('<div><div>')</script><!-- <div> --><title><b></title>";
        let page = format!("<html><body><ul>{}</ul>a < b", [item, script].concat().repeat(2_000));
        assert!(matches!(bounded(&page), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_nested_too_deep_loses_its_tags_and_keeps_its_text() {
        let (depth, over) = (OPEN_MAX + 3, 3);
        let page = format!("{}in{}<p>out", "<DIV class=x>".repeat(depth), "</div>".repeat(depth));
        let kept = bounded(&page);
        assert_eq!(kept.matches("<DIV").count(), depth - over);
        assert_eq!(kept.matches("</div>").count(), depth - over);
        assert!(kept.contains(">in<") && kept.ends_with("<p>out"));
        assert_eq!(bounded(&"<nav>x".repeat(OPEN_MAX * 2)).matches("<nav>").count(), OPEN_MAX);
    }

    #[test]
    fn an_open_end_is_passed_over() {
        for end in ["<", "</", "<div", "<div a='", "<!--", "<script>", "<script></scrip", "<é", "</é>"] {
            let page = format!("<p>text{end}");
            assert_eq!(bounded(&page), page);
        }
    }
}
