//! The rules of directories for a feed, each checked on what was written: PSP-1, Apple, the podcast
//! namespace 1.0, RSS 2.0, RFC 5005, and what feed validators complain about.

use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use uuid::{Uuid, uuid};

/// Endings of the transcripts, their media types, and what they are related as.
pub(super) const TRANSCRIPTS: [(&str, &str, Option<&str>); 4] = [
    ("vtt", "text/vtt", Some("captions")),
    ("srt", "application/x-subrip", Some("captions")),
    ("json", "application/json", None),
    ("html", "text/html", None),
];

/// Whether episodes with headings name their chapters.
pub(super) const CHAPTERS: bool = true;

/// An element as it was read.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    inner: Vec<Element>,
}

/// What a document told of itself.
pub(super) struct Told {
    pub(super) guids: Vec<String>,
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
}

impl Element {
    fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Element> {
        self.inner.iter().filter(move |element| element.name == name)
    }

    /// The one element of a name.
    #[track_caller]
    fn one(&self, name: &str) -> &Element {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (Some(one), None) => one,
            (one, _) => panic!(
                "<{}> has {} <{name}>, not one",
                self.name,
                if one.is_some() { "several" } else { "no" }
            ),
        }
    }

    #[track_caller]
    fn text_of(&self, name: &str) -> &str {
        &self.one(name).text
    }

    fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    fn attribute(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("<{}> has no {name}", self.name))
    }
}

/// Reads a document strictly: nothing but what XML 1.0 knows.
fn tree(xml: &str) -> Element {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Eof => break,
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => {
                let empty = element(&start);
                open.last_mut().expect("an open element").inner.push(empty);
            }
            Event::End(_) => {
                let done = open.pop().expect("an open element");
                open.last_mut().expect("its parent").inner.push(done);
            }
            Event::Text(text) => {
                open.last_mut().expect("an open element").text.push_str(&text.xml10_content())
            }
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content().into_owned();
                let known = match name.as_str() {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => reference.resolve_char_ref().expect("a character").expect("no other entity"),
                };
                open.last_mut().expect("an open element").text.push(known);
            }
            Event::CData(_) | Event::DocType(_) | Event::PI(_) | Event::Comment(_) => {
                panic!("not written by us")
            }
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().expect("an encoding").expect("readable");
                assert!(encoding.eq_ignore_ascii_case("utf-8"), "feeds are UTF-8");
            }
        }
    }
    assert_eq!(open.len(), 1, "everything is closed");
    open.pop().and_then(|mut root| root.inner.pop()).expect("a root element")
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.expect("an attribute");
        let value = quick_xml::escape::unescape(&attribute.value).expect("known entities").into_owned();
        (attribute.key.as_ref().to_owned(), value)
    });
    let name = start.name().as_ref().to_owned();
    Element { name, attributes: attributes.collect(), ..Element::default() }
}

/// Checks a document that was found at `own`.
pub(super) fn checked(xml: &str, own: &str) -> Told {
    let rss = tree(xml);
    assert_eq!((rss.name.as_str(), rss.attribute("version")), ("rss", "2.0"));
    for (prefix, address) in [
        ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
        ("xmlns:atom", "http://www.w3.org/2005/Atom"),
        ("xmlns:podcast", "https://podcastindex.org/namespace/1.0"),
        ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ] {
        assert_eq!(rss.attribute(prefix), address, "PSP-1: names exactly so");
    }
    let channel = rss.one("channel");
    check_channel(channel, own);
    let items: Vec<&Element> = channel.all("item").collect();
    items.iter().for_each(|item| check_item(item));
    check_together(&items);
    let link = |rel: &str| {
        channel
            .all("atom:link")
            .find(|link| link.get("rel") == Some(rel))
            .map(|link| link.attribute("href").to_owned())
    };
    Told {
        guids: items.iter().map(|item| item.text_of("guid").to_owned()).collect(),
        first: link("first"),
        next: link("next"),
    }
}

fn check_channel(channel: &Element, own: &str) {
    for required in ["title", "description", "link", "language", "itunes:author"] {
        let text = channel.text_of(required);
        assert!(!text.trim().is_empty(), "PSP-1, Apple: {required}");
    }
    assert!(channel.text_of("title").chars().count() <= 255);
    assert!(channel.text_of("itunes:author").chars().count() <= 255);
    assert!(channel.text_of("description").len() <= 4000, "PSP-1: at most 4000 bytes");
    check_address(channel.text_of("link"));
    let itself: Vec<&str> = channel
        .all("atom:link")
        .filter(|link| link.get("rel") == Some("self"))
        .map(|link| link.attribute("href"))
        .collect();
    assert_eq!(itself, [own], "PSP-1: one self link, to where it was found");
    let category = channel.one("itunes:category");
    assert_eq!(category.attribute("text"), "News");
    assert_eq!(category.one("itunes:category").attribute("text"), "Business News");
    assert!(matches!(channel.text_of("itunes:explicit"), "true" | "false"), "Apple: not yes or no");
    check_cover(channel.one("itunes:image").attribute("href"));
    assert_eq!(channel.text_of("itunes:type"), "episodic");
    let owner = channel.one("itunes:owner");
    assert!(owner.text_of("itunes:email").contains('@') && !owner.text_of("itunes:name").is_empty());
    let image = channel.one("image");
    check_cover(image.text_of("url"));
    assert_eq!(image.text_of("title"), channel.text_of("title"), "RSS 2.0: the channel's");
    assert_eq!(image.text_of("link"), channel.text_of("link"), "RSS 2.0: the channel's");
    let locked = channel.one("podcast:locked");
    assert_eq!((locked.text.as_str(), locked.attribute("owner")), ("yes", owner.text_of("itunes:email")));
    let feed = own.split('?').next().expect("an address");
    assert_eq!(channel.text_of("podcast:guid"), guid_of(feed), "one guid on every page");
    assert_eq!(channel.text_of("podcast:medium"), "podcast");
    check_person(channel.one("podcast:person"));
    check_ai(channel);
    assert_eq!(channel.all("atom:link").filter(|link| link.get("rel") == Some("hub")).count(), 1);
    if channel.all("item").next().is_some() {
        check_date(channel.text_of("pubDate"));
    }
}

fn check_item(item: &Element) {
    let title = item.text_of("title");
    assert!(!title.trim().is_empty() && title.chars().count() <= 255 && !title.contains('\n'), "{title:?}");
    check_address(item.text_of("link"));
    let guid = item.one("guid");
    assert_eq!(guid.attribute("isPermaLink"), "false", "a guid that is no address");
    check_date(item.text_of("pubDate"));
    for notes in ["description", "content:encoded"] {
        let text = item.text_of(notes);
        assert!(!text.to_lowercase().contains("<script"), "validators: {text}");
        assert!(text.contains("Read by an AI voice"), "{notes}");
    }
    assert!(item.text_of("description").len() <= 4000, "Apple, PSP-1");
    let enclosure = item.one("enclosure");
    let url = enclosure.attribute("url");
    check_address(url);
    assert!(url.ends_with(".mp3"), "Apple: the ending says what it is");
    assert_eq!(enclosure.attribute("type"), "audio/mpeg");
    let length: u64 = enclosure.attribute("length").parse().expect("a length in bytes");
    assert!(length > 0);
    let duration = item.text_of("itunes:duration");
    assert!(duration.parse::<u64>().is_ok_and(|seconds| seconds > 0), "whole seconds: {duration}");
    assert_eq!(item.text_of("itunes:episodeType"), "full");
    assert!(matches!(item.text_of("itunes:explicit"), "true" | "false"));
    assert!(item.text_of("itunes:author").chars().count() <= 255);
    check_person(item.one("podcast:person"));
    check_texts(item);
    check_alternatives(item, enclosure);
    check_ai(item);
}

fn check_texts(item: &Element) {
    let transcripts: Vec<&Element> = item.all("podcast:transcript").collect();
    assert_eq!(transcripts.len(), TRANSCRIPTS.len());
    for (transcript, (ending, media_type, rel)) in transcripts.iter().zip(TRANSCRIPTS) {
        let url = transcript.attribute("url");
        check_address(url);
        assert!(url.split('?').next().is_some_and(|path| path.ends_with(ending)), "{url}");
        assert_eq!((transcript.attribute("type"), transcript.get("rel")), (media_type, rel));
        assert!(!transcript.attribute("language").is_empty());
    }
    let chapters: Vec<&Element> = item.all("podcast:chapters").collect();
    assert_eq!(chapters.len(), usize::from(CHAPTERS));
    for chapter in chapters {
        check_address(chapter.attribute("url"));
        assert_eq!(chapter.attribute("type"), "application/json+chapters");
    }
}

fn check_alternatives(item: &Element, enclosure: &Element) {
    let forms: Vec<&Element> = item.all("podcast:alternateEnclosure").collect();
    let defaults: Vec<&&Element> = forms.iter().filter(|form| form.get("default") == Some("true")).collect();
    assert_eq!(defaults.len(), 1, "one is the enclosure itself");
    assert_eq!(defaults[0].one("podcast:source").attribute("uri"), enclosure.attribute("url"));
    assert_eq!(defaults[0].attribute("length"), enclosure.attribute("length"));
    for form in forms {
        assert!(form.attribute("type").starts_with("audio/"));
        assert!(form.attribute("length").parse::<u64>().is_ok_and(|bytes| bytes > 0));
        assert!(
            form.attribute("bitrate").parse::<u64>().is_ok_and(|bits| (16_000..1_000_000).contains(&bits))
        );
        assert!(form.attribute("title").chars().count() <= 32);
        check_address(form.one("podcast:source").attribute("uri"));
        for integrity in form.all("podcast:integrity") {
            assert_eq!(integrity.attribute("type"), "sri");
            let value =
                integrity.attribute("value").strip_prefix("sha384-").expect("SRI: the algorithm first");
            use base64::Engine as _;
            let hash = base64::prelude::BASE64_STANDARD.decode(value).expect("base64");
            assert_eq!(hash.len(), 48);
        }
        assert!(form.all("podcast:integrity").count() <= 1, "podcast namespace: a single one");
    }
}

/// Apple: no guid and no enclosure twice; the newest first.
fn check_together(items: &[&Element]) {
    let guids: HashSet<&str> = items.iter().map(|item| item.text_of("guid")).collect();
    let urls: HashSet<&str> = items.iter().map(|item| item.one("enclosure").attribute("url")).collect();
    assert_eq!((guids.len(), urls.len()), (items.len(), items.len()), "each its own");
    let times: Vec<jiff::Timestamp> = items.iter().map(|item| time(item.text_of("pubDate"))).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "the newest first");
}

#[track_caller]
fn check_address(address: &str) {
    let url = reqwest::Url::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    assert!(address.is_ascii() && !address.contains(' '), "Apple: ASCII addresses: {address}");
    assert!(matches!(url.scheme(), "http" | "https"), "{address}");
}

#[track_caller]
fn check_cover(address: &str) {
    check_address(address);
    assert!([".png", ".jpg", ".jpeg"].iter().any(|ending| address.ends_with(ending)), "{address}");
}

fn check_person(person: &Element) {
    assert!(!person.text.is_empty() && person.text.chars().count() <= 128);
    assert_eq!((person.attribute("role"), person.attribute("group")), ("author", "writing"));
}

fn check_ai(element: &Element) {
    let txt = element.one("podcast:txt");
    assert_eq!((txt.attribute("purpose"), txt.text.as_str()), ("ai-content", "true"));
}

fn check_date(date: &str) {
    assert!(date.ends_with(" GMT"), "validators take GMT: {date}");
    time(date);
}

fn time(date: &str) -> jiff::Timestamp {
    let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date);
    parsed.unwrap_or_else(|error| panic!("RFC 2822: {date}: {error}"))
}

/// UUIDv5 of the address without its scheme (podcast namespace 1.0, "Guid").
pub(super) fn guid_of(address: &str) -> String {
    const NAMESPACE: Uuid = uuid!("ead4c236-bf58-58c6-a2c6-a6b28d128cb6");
    let name = address.split_once("://").expect("a scheme").1.trim_end_matches('/');
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}
