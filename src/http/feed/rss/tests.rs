use std::process::Command;

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::article::Lang;

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
        digest: "ab".repeat(32),
        bytes: 2_409_600,
        duration_ms: 301_499,
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
    let channel = Channel { name: "default", feed, public_url: "https://listen.paper.example", episodes };
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
        r#"<podcast:transcript url="https://listen.paper.example/v1/articles/ferry/transcript.vtt" type="text/vtt" language="en"/>"#,
        r#"<itunes:image href="https://paper.example/ferry.jpg"/>"#,
        "<link>https://paper.example/ferry?a=1&amp;b=2</link>",
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
    for title in [
        "]]><script>alert(1)</script>",
        "a & b < c > d \" e ' f",
        "&lt;b&gt; &#0; &nbsp;",
        "<!-- --> <?xml?> <![CDATA[",
        "🎧 Ünïcödé — «ok»",
    ] {
        let texts = parsed(&written(&feed(), &[episode("a", title)])).expect(title);
        assert!(texts.iter().any(|text| text == title), "{title}: {texts:?}");
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
    let webp = Episode { image: Some("https://a.example/x.webp?f=.png".to_owned()), ..episode("a", "t") };
    assert!(!written(&feed(), &[webp]).contains("x.webp"));
}

proptest! {
    #[test]
    fn any_words_give_well_formed_xml(title in any::<String>(), summary in any::<String>(), byline in any::<String>()) {
        let any = Episode { summary, byline: Some(byline), ..episode("a", &title) };
        prop_assert!(parsed(&written(&feed(), &[any])).is_ok());
    }
}

/// Reads a written feed with the parsers that podcast apps use.
#[test]
fn feedparser_and_podcastparser_read_it() {
    const SCRIPT: &str = include_str!("../../../../tests/feed/read_feed.py");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("feed.xml");
    let episodes = [episode("ferry", "The last <ferry> & more"), episode("second", "Second")];
    std::fs::write(&path, written(&feed(), &episodes)).expect("a file");
    let output = Command::new("python3").arg("-c").arg(SCRIPT).arg(&path).output();
    let missing = match &output {
        Err(error) => Some(format!("python3: {error}")),
        Ok(output) if output.status.code() == Some(77) => {
            Some(String::from_utf8_lossy(&output.stderr).into_owned())
        }
        Ok(_) => None,
    };
    if let Some(why) = missing {
        eprintln!("SKIPPED: {why}");
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|v| v != "1"), "SKIPPED: {why}");
        return;
    }
    let output = output.expect("it ran");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
