//! A feed as RSS 2.0 with the podcast tags that directories ask for (PSP-1: itunes, atom, podcast).

mod item;

use std::io;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use uuid::{Uuid, uuid};

use self::item::{item, person};
use crate::app::{AI_PURPOSE, FeedPage};
use crate::config::Feed;
use crate::http::xml::{Xml, around, empty, name, plain, text, with};

const NAMESPACES: [(&str, &str); 5] = [
    ("version", "2.0"),
    ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:podcast", "https://podcastindex.org/namespace/1.0"),
];

/// The name space of `podcast:guid` (podcast namespace 1.0).
const GUID_NAMESPACE: Uuid = uuid!("ead4c236-bf58-58c6-a2c6-a6b28d128cb6");

/// What a feed is written from.
pub(super) struct Channel<'a> {
    /// Its name in the address.
    pub(super) name: &'a str,
    /// What the configuration says of it.
    pub(super) feed: &'a Feed,
    /// The address everything is built on, without a slash at its end.
    pub(super) public_url: &'a str,
    /// The WebSub hub, for a feed that everybody may hear.
    pub(super) hub: Option<&'a str>,
    /// The key that its listener's addresses carry, for a feed that not everybody may hear.
    pub(super) key: Option<&'a str>,
    /// The episodes of this page.
    pub(super) page: &'a FeedPage,
}

impl Channel<'_> {
    /// An address of the service that this feed's listeners may ask.
    fn address(&self, path: &str, query: &[(&str, &str)]) -> String {
        let key = self.key.map(|key| ("key", key));
        let query: Vec<String> =
            query.iter().copied().chain(key).map(|(name, value)| format!("{name}={value}")).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{path}{mark}{}", self.public_url, query.join("&"))
    }

    /// The address of one of its pages; the first one is the feed's own.
    fn page_address(&self, page: u32) -> String {
        let path = format!("/feeds/{}.xml", self.name);
        match page {
            0 | 1 => self.address(&path, &[]),
            page => self.address(&path, &[("page", &page.to_string())]),
        }
    }
}

/// Writes a feed.
///
/// # Errors
/// None in practice: writing to memory.
pub(super) fn write(channel: &Channel<'_>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    around(&mut xml, "rss", &NAMESPACES, |xml| {
        around(xml, "channel", &[], |xml| {
            about(xml, channel)?;
            links(xml, channel)?;
            for_apps(xml, channel)?;
            channel.page.episodes.iter().try_for_each(|episode| item(xml, channel, episode))
        })
    })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// What RSS 2.0 itself asks for.
fn about(xml: &mut Xml, channel: &Channel<'_>) -> io::Result<()> {
    let Channel { feed, public_url, .. } = channel;
    let link = feed.link.clone().unwrap_or_else(|| format!("{public_url}/"));
    let title = name(&feed.title);
    text(xml, "title", &title)?;
    text(xml, "link", &link)?;
    // Plain, as feed validators want it; an episode's may be HTML.
    text(xml, "description", &plain(&feed.description))?;
    text(xml, "language", &feed.language)?;
    if let Some(copyright) = &feed.copyright {
        text(xml, "copyright", &plain(copyright))?;
    }
    text(xml, "generator", concat!("listen ", env!("CARGO_PKG_VERSION")))?;
    if let Some(newest) = channel.page.episodes.iter().map(|episode| episode.published_ms).max() {
        text(xml, "pubDate", &date(newest))?;
    }
    around(xml, "image", &[], |xml| {
        text(xml, "url", &cover(channel))?;
        text(xml, "title", &title)?;
        text(xml, "link", &link)
    })
}

/// Where the feed is, where the rest of it is (RFC 5005 §3), and who tells of changes (WebSub §4).
fn links(xml: &mut Xml, channel: &Channel<'_>) -> io::Result<()> {
    let FeedPage { page, pages, .. } = *channel.page;
    let mut to = |rel: &str, page| {
        let address = channel.page_address(page);
        empty(xml, "atom:link", &[("href", &address), ("rel", rel), ("type", "application/rss+xml")])
    };
    to("self", page)?;
    if pages > 1 {
        to("first", 1)?;
        if page > 1 {
            to("previous", page - 1)?;
        }
        if page < pages {
            to("next", page + 1)?;
        }
        to("last", pages)?;
    }
    if let Some(hub) = channel.hub {
        empty(xml, "atom:link", &[("href", hub), ("rel", "hub")])?;
    }
    Ok(())
}

/// What podcast apps and directories ask for.
fn for_apps(xml: &mut Xml, channel: &Channel<'_>) -> io::Result<()> {
    let feed = channel.feed;
    let author = if feed.author.is_empty() { &feed.title } else { &feed.author };
    text(xml, "itunes:author", &name(author))?;
    text(xml, "itunes:type", "episodic")?;
    text(xml, "itunes:explicit", true_or_false(feed.explicit))?;
    empty(xml, "itunes:image", &[("href", &cover(channel))])?;
    category(xml, feed)?;
    if let Some(address) = &feed.new_feed_url {
        text(xml, "itunes:new-feed-url", address)?;
    }
    if feed.private {
        // Not for directories, whoever hands them the address.
        text(xml, "itunes:block", "Yes")?;
        text(xml, "podcast:block", "yes")?;
    }
    if let Some(email) = &feed.owner_email {
        around(xml, "itunes:owner", &[], |xml| {
            text(xml, "itunes:name", &name(author))?;
            text(xml, "itunes:email", email)
        })?;
        // Without an owner nobody could ever unlock it.
        with(xml, "podcast:locked", &[("owner", email)], "yes")?;
    }
    if !feed.author.is_empty() {
        person(xml, &feed.author)?;
    }
    let own_address = format!("{}/feeds/{}.xml", channel.public_url, channel.name);
    text(xml, "podcast:guid", &feed.guid.clone().unwrap_or_else(|| guid(&own_address)))?;
    text(xml, "podcast:medium", &feed.medium)?;
    ai_content(xml)
}

/// `News`, or `News / Business News` as a category in a category.
fn category(xml: &mut Xml, feed: &Feed) -> io::Result<()> {
    match feed.categories() {
        (outer, None) => empty(xml, "itunes:category", &[("text", outer)]),
        (outer, Some(inner)) => around(xml, "itunes:category", &[("text", outer)], |xml| {
            empty(xml, "itunes:category", &[("text", inner)])
        }),
    }
}

fn cover(channel: &Channel<'_>) -> String {
    channel.feed.image.clone().unwrap_or_else(|| format!("{}/cover.png", channel.public_url))
}

/// The podcast namespace's disclosure of synthetic speech.
fn ai_content(xml: &mut Xml) -> io::Result<()> {
    with(xml, "podcast:txt", &[("purpose", AI_PURPOSE)], "true")
}

fn true_or_false(value: bool) -> &'static str {
    if value { "true" } else { "false" }
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

#[cfg(test)]
mod tests;
