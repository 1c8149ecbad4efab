//! A feed as RSS 2.0 with the podcast tags that directories ask for (PSP-1: itunes, atom, podcast).

use std::io;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesText, Event};
use uuid::{Uuid, uuid};

use crate::app::Episode;
use crate::config::Feed;

const NAMESPACES: [(&str, &str); 5] = [
    ("version", "2.0"),
    ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:podcast", "https://podcastindex.org/namespace/1.0"),
];

/// The name space of `podcast:guid` (podcast namespace 1.0).
const GUID_NAMESPACE: Uuid = uuid!("ead4c236-bf58-58c6-a2c6-a6b28d128cb6");

/// Longest text of a description, in bytes (Apple, PSP-1).
const DESCRIPTION_BYTES_MAX: usize = 4000;

/// Longest title and author, in characters (feed validators complain above 255).
const NAME_CHARS_MAX: usize = 255;

/// Said in every episode.
const AI_NOTE: &str = "Read by an AI voice.";

/// What a feed is written from.
pub(super) struct Channel<'a> {
    /// Its name in the address.
    pub(super) name: &'a str,
    /// What the configuration says of it.
    pub(super) feed: &'a Feed,
    /// The address everything is built on, without a slash at its end.
    pub(super) public_url: &'a str,
    /// Its episodes, newest first.
    pub(super) episodes: &'a [Episode],
}

type Xml = Writer<Vec<u8>>;

/// Writes a feed.
///
/// # Errors
/// None in practice: writing to memory.
pub(super) fn write(channel: &Channel<'_>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("rss").with_attributes(NAMESPACES).write_inner_content(|xml| {
        xml.create_element("channel").write_inner_content(|xml| {
            about(xml, channel)?;
            channel.episodes.iter().try_for_each(|episode| item(xml, channel, episode))
        })?;
        Ok(())
    })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn about(xml: &mut Xml, channel: &Channel<'_>) -> io::Result<()> {
    let Channel { feed, public_url, .. } = channel;
    let own_address = format!("{public_url}/feeds/{}.xml", channel.name);
    let link = feed.link.clone().unwrap_or_else(|| format!("{public_url}/"));
    let image = feed.image.clone().unwrap_or_else(|| format!("{public_url}/cover.png"));
    let author = if feed.author.is_empty() { &feed.title } else { &feed.author };
    text(xml, "title", &name(&feed.title))?;
    text(xml, "link", &link)?;
    text(xml, "description", &shortened(&feed.description))?;
    text(xml, "language", &feed.language)?;
    text(xml, "generator", concat!("listen ", env!("CARGO_PKG_VERSION")))?;
    if let Some(newest) = channel.episodes.iter().map(|episode| episode.published_ms).max() {
        text(xml, "lastBuildDate", &date(newest))?;
    }
    empty(xml, "atom:link", &[("href", &own_address), ("rel", "self"), ("type", "application/rss+xml")])?;
    text(xml, "itunes:author", &name(author))?;
    text(xml, "itunes:type", "episodic")?;
    text(xml, "itunes:explicit", if feed.explicit { "true" } else { "false" })?;
    empty(xml, "itunes:image", &[("href", &image)])?;
    category(xml, &feed.category)?;
    if let Some(email) = &feed.owner_email {
        xml.create_element("itunes:owner").write_inner_content(|xml| {
            text(xml, "itunes:name", &name(author))?;
            text(xml, "itunes:email", email)
        })?;
        // Without an owner nobody could ever unlock it.
        let locked = xml.create_element("podcast:locked").with_attribute(("owner", clean(email).as_str()));
        locked.write_text_content(BytesText::new("yes"))?;
    }
    text(xml, "podcast:guid", &guid(&own_address))?;
    ai_content(xml)
}

/// `News`, or `News / Business News` as a category in a category.
fn category(xml: &mut Xml, category: &str) -> io::Result<()> {
    match category.split_once(" / ") {
        None => empty(xml, "itunes:category", &[("text", category.trim())]),
        Some((outer, inner)) => {
            let outer = clean(outer.trim());
            let element = xml.create_element("itunes:category").with_attribute(("text", outer.as_str()));
            element
                .write_inner_content(|xml| empty(xml, "itunes:category", &[("text", inner.trim())]))
                .map(|_| ())
        }
    }
}

fn item(xml: &mut Xml, channel: &Channel<'_>, episode: &Episode) -> io::Result<()> {
    let Channel { public_url, .. } = channel;
    let audio = format!("{public_url}/audio/{}.mp3", episode.digest);
    let transcript = format!("{public_url}/v1/articles/{}/transcript.vtt", episode.id);
    // Stable for as long as the article exists: not the audio's address, which changes with it, and
    // not the service's, which may move.
    let guid = format!("listen:{}:{}", channel.name, episode.id);
    let seconds = ((episode.duration_ms + 500) / 1000).max(1);
    xml.create_element("item").write_inner_content(|xml| {
        text(xml, "title", &name(&episode.title))?;
        if let Some(url) = &episode.url {
            text(xml, "link", url)?;
        }
        let element = xml.create_element("guid").with_attribute(("isPermaLink", "false"));
        element.write_text_content(BytesText::new(&guid))?;
        text(xml, "pubDate", &date(episode.published_ms))?;
        text(xml, "description", &shortened(&format!("{}\n\n{AI_NOTE}", episode.summary.trim())))?;
        text(xml, "content:encoded", &notes_html(episode))?;
        let length = episode.bytes.to_string();
        empty(xml, "enclosure", &[("url", &audio), ("length", &length), ("type", "audio/mpeg")])?;
        text(xml, "itunes:duration", &seconds.to_string())?;
        text(xml, "itunes:episodeType", "full")?;
        text(xml, "itunes:explicit", if channel.feed.explicit { "true" } else { "false" })?;
        if let Some(byline) = &episode.byline {
            text(xml, "itunes:author", &name(byline))?;
        }
        if let Some(image) = episode.image.as_deref().filter(|image| is_cover_image(image)) {
            empty(xml, "itunes:image", &[("href", image)])?;
        }
        let lang = episode.lang.as_str();
        let attributes = [("url", transcript.as_str()), ("type", "text/vtt"), ("language", lang)];
        empty(xml, "podcast:transcript", &attributes)?;
        ai_content(xml)
    })?;
    Ok(())
}

/// The show notes: the first words, the way to the article, and that no human reads.
fn notes_html(episode: &Episode) -> String {
    let mut html = format!("<p>{}</p>", escape(episode.summary.trim()));
    if let Some(url) = &episode.url {
        html.push_str(&format!("<p><a href=\"{}\">Read the article</a></p>", escape(url.as_str())));
    }
    html.push_str(&format!("<p>{AI_NOTE}</p>"));
    html
}

/// The podcast namespace's disclosure of synthetic speech.
fn ai_content(xml: &mut Xml) -> io::Result<()> {
    let element = xml.create_element("podcast:txt").with_attribute(("purpose", "ai-content"));
    element.write_text_content(BytesText::new("true")).map(|_| ())
}

/// Podcast apps take JPEG and PNG covers only.
fn is_cover_image(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".jpg", ".jpeg", ".png"].iter().any(|end| path.ends_with(end))
}

/// UUIDv5 of the feed's address without scheme and without slashes at its end (podcast namespace).
fn guid(address: &str) -> String {
    let name = address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/');
    Uuid::new_v5(&GUID_NAMESPACE, name.as_bytes()).to_string()
}

/// RFC 2822, in GMT.
fn date(ms: i64) -> String {
    static PRINTER: DateTimePrinter = DateTimePrinter::new();
    let time = Timestamp::from_millisecond(ms).unwrap_or_default();
    PRINTER.timestamp_to_rfc9110_string(&time).unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 GMT".to_owned())
}

fn text(xml: &mut Xml, element: &str, content: &str) -> io::Result<()> {
    xml.create_element(element).write_text_content(BytesText::new(&clean(content))).map(|_| ())
}

fn empty(xml: &mut Xml, element: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    let clean: Vec<(&str, String)> = attributes.iter().map(|(key, value)| (*key, clean(value))).collect();
    let attributes = clean.iter().map(|(key, value)| (*key, value.as_str()));
    xml.create_element(element).with_attributes(attributes).write_empty().map(|_| ())
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
fn name(text: &str) -> String {
    let line = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "Untitled".to_owned() } else { line.chars().take(NAME_CHARS_MAX).collect() }
}

fn shortened(text: &str) -> String {
    let mut text = clean(text);
    text.truncate(text.floor_char_boundary(DESCRIPTION_BYTES_MAX));
    text
}

#[cfg(test)]
mod tests;
