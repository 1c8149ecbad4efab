//! What feeds and oEmbed are written with: elements, and texts that no title can break.

use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

/// Longest text of a description, in bytes (Apple, PSP-1).
pub(super) const DESCRIPTION_BYTES_MAX: usize = 4000;

/// Longest title and author, in characters (feed validators complain above 255).
const NAME_CHARS_MAX: usize = 255;

/// What is written into.
pub(super) type Xml = Writer<Vec<u8>>;

/// An element with a text.
pub(super) fn text(xml: &mut Xml, element: &str, content: &str) -> io::Result<()> {
    with(xml, element, &[], content)
}

/// An element with attributes and a text.
pub(super) fn with(
    xml: &mut Xml,
    element: &str,
    attributes: &[(&str, &str)],
    content: &str,
) -> io::Result<()> {
    let clean_ones = cleaned(attributes);
    xml.create_element(element)
        .with_attributes(clean_ones.iter().map(|(key, value)| (*key, value.as_str())))
        .write_text_content(BytesText::from_escaped(escaped(&clean(content))))
        .map(|_| ())
}

/// An element with attributes alone.
pub(super) fn empty(xml: &mut Xml, element: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    let clean_ones = cleaned(attributes);
    xml.create_element(element)
        .with_attributes(clean_ones.iter().map(|(key, value)| (*key, value.as_str())))
        .write_empty()
        .map(|_| ())
}

/// An element with attributes and elements in it.
pub(super) fn around(
    xml: &mut Xml,
    element: &str,
    attributes: &[(&str, &str)],
    inner: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let clean_ones = cleaned(attributes);
    xml.create_element(element)
        .with_attributes(clean_ones.iter().map(|(key, value)| (*key, value.as_str())))
        .write_inner_content(inner)
        .map(|_| ())
}

fn cleaned<'a>(attributes: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
    attributes.iter().map(|(key, value)| (*key, clean(value))).collect()
}

/// The text without what XML 1.0 cannot say (§2.2, production 2), and without what stands for something
/// broken: the controls that it discourages (C1), the replacement character.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| {
            matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7E}' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFC}' | '\u{10000}'..)
        })
        .collect()
}

/// The text with character references in hexadecimal, from which apps can tell a text from markup that
/// was escaped (RSS Advisory Board, Best Practices Profile, "Character Data").
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&#x26;"),
            '<' => written.push_str("&#x3C;"),
            '>' => written.push_str("&#x3E;"),
            c => written.push(c),
        }
    }
    written
}

/// A line in which no app can take anything for markup, as many do with titles: what looks like a tag
/// stands in other brackets.
fn untagged(line: &str) -> String {
    let mut written = String::with_capacity(line.len());
    let (mut rest, mut in_tag) = (line.chars().peekable(), false);
    while let Some(c) = rest.next() {
        let opens = c == '<'
            && rest.peek().is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'));
        let closes = c == '>' && in_tag;
        in_tag = (in_tag || opens) && !closes;
        written.push(match c {
            _ if opens => '‹',
            _ if closes => '›',
            c => c,
        });
    }
    written
}

/// A title or a name: one line, not over-long, never empty.
pub(super) fn name(text: &str) -> String {
    cut_name(text, NAME_CHARS_MAX)
}

/// A name of at most `most` characters.
pub(super) fn cut_name(text: &str, most: usize) -> String {
    let line = plain(text);
    if line.is_empty() { "Untitled".to_owned() } else { line.chars().take(most).collect() }
}

/// A text on one line, without anything that could be taken for markup.
pub(super) fn plain(text: &str) -> String {
    untagged(&clean(text).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text as the HTML that readers take a description for, cut between two characters.
pub(super) fn description(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in clean(text).chars() {
        let mut bytes = [0; 4];
        let written = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            c => c.encode_utf8(&mut bytes),
        };
        if html.len() + written.len() > DESCRIPTION_BYTES_MAX {
            break;
        }
        html.push_str(written);
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_looks_like_a_tag() {
        for (name, written) in [
            ("<b>Bold</b> and <i>not</i>", "‹b›Bold‹/b› and ‹i›not‹/i›"),
            ("5 < 6 > 4, a<b, x -> y", "5 < 6 > 4, a‹b, x -› y"),
            ("C++ <vector>", "C++ ‹vector›"),
            ("]]><script>alert(1)</script><![CDATA[", "]]>‹script›alert(1)‹/script›‹![CDATA["),
            ("<!-- --> <?xml?>", "‹!-- --› ‹?xml?›"),
            ("AT&amp;T &lt;b&gt; <", "AT&amp;T &lt;b&gt; <"),
            (" two\nlines\u{85}\u{FFFD} ", "two lines"),
        ] {
            assert_eq!(super::name(name), written, "{name}");
        }
    }

    #[test]
    fn text_is_told_from_markup() {
        let mut xml = Xml::new(Vec::new());
        text(&mut xml, "t", "a < b & c]]> \"d\"").expect("memory takes it");
        assert_eq!(xml.into_inner(), b"<t>a &#x3C; b &#x26; c]]&#x3E; \"d\"</t>");
    }
}
