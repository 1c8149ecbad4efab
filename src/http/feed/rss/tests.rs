use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::app::{AudioFormat, Episode, EpisodeAudio};
use crate::article::Lang;
use crate::http::xml::DESCRIPTION_BYTES_MAX;

fn episode(id: &str, title: &str) -> Episode {
    Episode {
        id: id.parse().expect("an id"),
        title: title.to_owned(),
        byline: Some("Ada Quill".to_owned()),
        summary: "The ferry left at seven & came back at nine.".to_owned(),
        url: Some("https://paper.example/ferry?a=1&b=2".to_owned()),
        image: Some("https://paper.example/ferry.jpg".to_owned()),
        lang: Lang::english(),
        published_ms: 1_760_000_000_000,
        revision: "0123456789abcdef".to_owned(),
        has_headings: true,
        digest: "ab".repeat(32),
        bytes: 2_409_600,
        duration_ms: 301_499,
        audio: vec![
            EpisodeAudio {
                format: AudioFormat::Wav,
                digest: "cd".repeat(32),
                bytes: 14_471_952,
                sha384: None,
            },
            EpisodeAudio {
                format: AudioFormat::Mp3,
                digest: "ab".repeat(32),
                bytes: 2_409_600,
                sha384: Some([0xab; 48]),
            },
        ],
    }
}

fn feed() -> Feed {
    Feed {
        title: "Harbour Paper".to_owned(),
        author: "Harbour Paper".to_owned(),
        owner_email: Some("podcast@paper.example".to_owned()),
        category: "News / Business News".to_owned(),
        ..Feed::default()
    }
}

fn written(feed: &Feed, episodes: &[Episode]) -> String {
    let page = FeedPage { page: 1, pages: 1, episodes: episodes.to_vec() };
    written_page(feed, &page, None)
}

fn written_page(feed: &Feed, page: &FeedPage, key: Option<&str>) -> String {
    let hub = (key.is_none()).then_some("https://hub.example/");
    let channel =
        Channel { name: "default", feed, public_url: "https://listen.paper.example", hub, key, page };
    String::from_utf8(write(&channel).expect("a feed")).expect("UTF-8")
}

/// All text of the document, or what is wrong with it.
fn parsed(xml: &str) -> Result<Vec<String>, String> {
    let mut reader = Reader::from_str(xml);
    let mut texts = vec![String::new()];
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return Ok(texts),
            Event::Start(_) | Event::End(_) => texts.push(String::new()),
            Event::Text(text) => {
                texts.last_mut().expect("there is one").push_str(&text.xml10_content());
            }
            Event::GeneralRef(reference) => {
                let entity = reference.xml10_content().into_owned();
                let known = match entity.as_str() {
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "amp" => "&".to_owned(),
                    "quot" => "\"".to_owned(),
                    "apos" => "'".to_owned(),
                    _ => reference
                        .resolve_char_ref()
                        .ok()
                        .flatten()
                        .map(String::from)
                        .ok_or(format!("&{entity};"))?,
                };
                texts.last_mut().expect("there is one").push_str(&known);
            }
            _ => {}
        }
    }
}

#[test]
fn a_feed_has_what_psp_1_asks_for() {
    let xml = written(&feed(), &[episode("ferry", "The last ferry")]);
    for needed in [
        r#"<atom:link href="https://listen.paper.example/feeds/default.xml" rel="self" type="application/rss+xml"/>"#,
        "<language>en</language>",
        r#"<itunes:category text="News">"#,
        r#"<itunes:category text="Business News"/>"#,
        "<itunes:explicit>false</itunes:explicit>",
        r#"<itunes:image href="https://listen.paper.example/cover.png"/>"#,
        r#"<podcast:locked owner="podcast@paper.example">yes</podcast:locked>"#,
        r#"<podcast:txt purpose="ai-content">true</podcast:txt>"#,
        r#"<guid isPermaLink="false">listen:default:ferry</guid>"#,
        "<pubDate>Thu, 09 Oct 2025 08:53:20 GMT</pubDate>",
        "<itunes:duration>301</itunes:duration>",
        r#"length="2409600" type="audio/mpeg"/>"#,
        r#"<podcast:transcript url="https://listen.paper.example/v1/articles/ferry/transcript.vtt?rev=0123456789abcdef" type="text/vtt" language="en" rel="captions"/>"#,
        r#"<atom:link href="https://hub.example/" rel="hub"/>"#,
        r#"<podcast:alternateEnclosure type="audio/mpeg" length="2409600" bitrate="63936" lang="en" title="MP3" default="true">"#,
        r#"<podcast:alternateEnclosure type="audio/wav" length="14471952" bitrate="384000" lang="en" title="WAV">"#,
        r#"<podcast:integrity type="sri" value="sha384-q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6ur"/>"#,
        r#"<podcast:person role="author" group="writing">Ada Quill</podcast:person>"#,
        "<podcast:medium>podcast</podcast:medium>",
        "&#x3C;img src=\"https://paper.example/ferry.jpg\" alt=\"\"&#x3E;",
        "<link>https://paper.example/ferry?a=1&#x26;b=2</link>",
    ] {
        assert!(xml.contains(needed), "{needed} is missing in:\n{xml}");
    }
    let bare = written(&Feed::default(), &[]);
    assert!(!bare.contains("podcast:locked") && !bare.contains("itunes:owner"), "{bare}");
    assert!(bare.contains("<itunes:author>Listen</itunes:author>"), "{bare}");
}

/// The example of the podcast namespace's own documentation of `guid`.
#[test]
fn the_guid_is_the_documented_one() {
    assert_eq!(guid("https://podnews.net/rss"), "9b024349-ccf0-5f69-a609-6b82873eab3c");
    assert_eq!(guid("podnews.net/rss/"), guid("http://podnews.net/rss"));
}

#[test]
fn a_hostile_title_stays_text() {
    for (title, shown) in [
        ("]]><script>alert(1)</script>", "]]>‹script›alert(1)‹/script›"),
        ("a & b < c > d \" e ' f", "a & b < c > d \" e ' f"),
        ("&lt;b&gt; &#0; &nbsp;", "&lt;b&gt; &#0; &nbsp;"),
        ("<!-- --> <?xml?> <![CDATA[", "‹!-- --› ‹?xml?› ‹![CDATA["),
        ("🎧 Ünïcödé — «ok»", "🎧 Ünïcödé — «ok»"),
    ] {
        let texts = parsed(&written(&feed(), &[episode("a", title)])).expect(title);
        assert!(texts.iter().any(|text| text == shown), "{title}: {texts:?}");
    }
    let xml = written(&feed(), &[episode("a", "nul\0 bell\u{7} \u{FFFE}end\u{1b}[0m")]);
    assert!(xml.contains("<title>nul bell end[0m</title>"), "{xml}");
    assert!(written(&feed(), &[episode("a", " \n ")]).contains("<title>Untitled</title>"));
}

#[test]
fn odd_values_do_no_harm() {
    for published_ms in [i64::MIN, -1, 0, i64::MAX] {
        let odd = Episode { published_ms, duration_ms: 0, ..episode("a", "t") };
        let xml = written(&feed(), &[odd]);
        assert!(xml.contains(" GMT</pubDate>") && xml.contains("<itunes:duration>1<"), "{xml}");
    }
    let long = Episode { summary: "ж".repeat(5000), ..episode("a", "t") };
    let texts = parsed(&written(&feed(), &[long])).expect("XML");
    assert!(texts.iter().any(|text| text.len() == DESCRIPTION_BYTES_MAX && text.starts_with('ж')));
    let covers = Feed { episode_images: true, ..feed() };
    assert!(
        written(&covers, &[episode("a", "t")])
            .contains(r#"<itunes:image href="https://paper.example/ferry.jpg"/>"#)
    );
    let webp = Episode { image: Some("https://a.example/x.webp?f=.png".to_owned()), ..episode("a", "t") };
    assert!(!written(&covers, &[webp]).contains("<itunes:image href=\"https://a"));
}

#[test]
fn pages_lead_to_each_other() {
    let links = |page, pages| {
        let xml = written_page(&feed(), &FeedPage { page, pages, episodes: vec![episode("a", "t")] }, None);
        let of = |rel: &str| {
            let end = xml.find(&format!("\" rel=\"{rel}\""))?;
            let start = xml[..end].rfind("/feeds/").expect("an address");
            Some(xml[start + "/feeds/".len()..end].to_owned())
        };
        ["self", "first", "previous", "next", "last"].map(|rel| of(rel).unwrap_or_default())
    };
    assert_eq!(links(1, 1), ["default.xml", "", "", "", ""]);
    assert_eq!(links(1, 3), ["default.xml", "default.xml", "", "default.xml?page=2", "default.xml?page=3"]);
    assert_eq!(
        links(2, 3),
        ["default.xml?page=2", "default.xml", "default.xml", "default.xml?page=3", "default.xml?page=3"]
    );
    assert_eq!(links(3, 3)[3], "");
}

#[test]
fn a_private_feed_carries_the_key_where_it_is_needed_and_nowhere_else() {
    let private = Feed { private: true, ..feed() };
    let page = FeedPage { page: 1, pages: 2, episodes: vec![episode("ferry", "t")] };
    let xml = written_page(&private, &page, Some("KEY"));
    for needed in [
        r#"href="https://listen.paper.example/feeds/default.xml?key=KEY" rel="self""#,
        r#"href="https://listen.paper.example/feeds/default.xml?page=2&amp;key=KEY" rel="next""#,
        r#"transcript.vtt?rev=0123456789abcdef&amp;key=KEY""#,
        "<itunes:block>Yes</itunes:block>",
        &format!(r#"<enclosure url="https://listen.paper.example/audio/{}.mp3""#, "ab".repeat(32)),
    ] {
        assert!(xml.contains(needed), "{needed} is missing in:\n{xml}");
    }
    assert!(!xml.contains("rel=\"hub\""), "nobody is told");
    assert_eq!(guid_of(&xml), guid_of(&written(&feed(), &[])), "one feed, whoever listens");
}

fn guid_of(xml: &str) -> &str {
    xml.split("<podcast:guid>").nth(1).expect("a guid").split('<').next().expect("a guid")
}

proptest! {
    #[test]
    fn any_words_give_well_formed_xml(title in any::<String>(), summary in any::<String>(), byline in any::<String>()) {
        let any = Episode { summary, byline: Some(byline), ..episode("a", &title) };
        prop_assert!(parsed(&written(&feed(), &[any])).is_ok());
    }
}
