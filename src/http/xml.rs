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
        .write_text_content(BytesText::new(&clean(content)))
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

/// The text without what XML 1.0 cannot say (§2.2, production 2).
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| {
            matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
        })
        .collect()
}

/// A title or a name: one line, not over-long, never empty.
pub(super) fn name(text: &str) -> String {
    cut_name(text, NAME_CHARS_MAX)
}

/// A name of at most `most` characters.
pub(super) fn cut_name(text: &str, most: usize) -> String {
    let line = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "Untitled".to_owned() } else { line.chars().take(most).collect() }
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
