//! Podcast feeds over real connections: what directories and apps ask of them, with 1, 50 and 1000
//! episodes whose titles want to break them. The episodes are written straight into the catalog.
#![allow(clippy::print_stderr, reason = "a skipped check says so")]

mod rules;

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Output};

use listen::article::{Article, ArticleId, Block, BlockKind, Lang};
use listen::catalog::{
    Articles as _, Feeds as _, Finish, NewArticle, NewRendition, NewRevision, Received, Renditions as _,
    SqliteCatalog,
};
use listen::config::{Config, Feed};
use serde_json::{Value, json};

use super::FERRY;
use crate::site::{Site, error_of, header};

/// What titles may hold, and what is left of it in XML.
const HOSTILE: [(&str, &str); 10] = [
    ("]]><script>alert(1)</script><![CDATA[", "]]>‹script›alert(1)‹/script›‹![CDATA["),
    (
        "Fish & chips < 5 > 4 \" quoted ' &lt;b&gt; &#0; &nbsp;",
        "Fish & chips < 5 > 4 \" quoted ' &lt;b&gt; &#0; &nbsp;",
    ),
    ("🎧 A family of four 👩‍👩‍👧‍👦 and a flag 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🎧 A family of four 👩‍👩‍👧‍👦 and a flag 🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
    ("المركب الأخير عاد في التاسعة", "المركب الأخير عاد في التاسعة"),
    ("\u{202e}never ending override", "\u{202e}never ending override"),
    ("nul\0 bell\u{7} escape\u{1b}[0m noncharacter\u{fffe}", "nul bell escape[0m noncharacter"),
    (" two\nlines\tand  spaces ", "two lines and spaces"),
    ("日本語の見出し「船」", "日本語の見出し「船」"),
    ("<!-- --> <?xml version=\"1.0\"?> <!DOCTYPE x>", "‹!-- --› ‹?xml version=\"1.0\"?› ‹!DOCTYPE x›"),
    ("Ünïcödé — «ok» ¿sí? Ω", "Ünïcödé — «ok» ¿sí? Ω"),
];

const DAY_MS: i64 = 86_400_000;
const NEWEST_MS: i64 = 1_760_000_000_000;

fn paper() -> Feed {
    Feed {
        title: "Harbour Paper & Friends".to_owned(),
        description: "What the harbour says & does, read aloud.".to_owned(),
        author: "Harbour Paper".to_owned(),
        link: Some("https://paper.example/".to_owned()),
        owner_email: Some("podcast@paper.example".to_owned()),
        category: "News / Business News".to_owned(),
        ..Feed::default()
    }
}

fn with_paper(config: &mut Config) {
    config.feeds.insert("paper".to_owned(), paper());
    config.hub = Some("https://hub.example/".to_owned());
}

fn guid(n: usize) -> String {
    format!("listen:paper:episode-{n}")
}

fn title(n: usize) -> (&'static str, &'static str) {
    HOSTILE[n % HOSTILE.len()]
}

fn digest(n: usize, form: u8) -> String {
    format!("{form:02x}{n:062x}")
}

/// Writes `count` finished episodes, number 0 the newest.
async fn publish_straight(site: &Site, count: usize) {
    let catalog = SqliteCatalog::open(&site.app.config().db).await.expect("the service's catalog");
    for n in 0..count {
        let id: ArticleId = format!("episode-{n}").parse().expect("an id");
        let mut article = Article::empty(Lang::english());
        let published = jiff::Timestamp::from_millisecond(NEWEST_MS - n as i64 * DAY_MS).expect("a time");
        article.title = Some(title(n).0.to_owned());
        article.byline = Some("Ada Quill".to_owned());
        article.url = Some(format!("https://paper.example/käse/{n}?a=1&b=2"));
        article.published = Some(published.to_string());
        article.blocks = vec![
            Block::new(BlockKind::Paragraph, format!("{} in the text, at length.", title(n).0)),
            Block::new(BlockKind::Heading, "And then"),
        ];
        let revision = format!("{n:016x}");
        let new = NewArticle {
            id: id.clone(),
            publisher: None,
            feed: Some("paper".to_owned()),
            url: article.url.clone(),
            received: Received {
                content_type: "text/plain".to_owned(),
                body: b"Text.".to_vec(),
                submission: "{}".to_owned(),
            },
            article,
            revision: NewRevision {
                name: revision.clone(),
                voice: "tone".to_owned(),
                rate: 1.0,
                front_end_version: 1,
                words: 5,
                script: "{}".to_owned(),
            },
            priority: 0,
        };
        catalog.put_article(&new).await.expect("an article");
        let rendition = |form: u8, format: &str, bytes| NewRendition {
            digest: digest(n, form),
            format: format.to_owned(),
            head: Vec::new(),
            pieces: "[]".to_owned(),
            frames: 12_563,
            bytes,
            timeline: "{}".to_owned(),
        };
        let renditions =
            vec![rendition(1, "mp3", 2_409_600 + n as u64), rendition(2, "wav", 14_471_952 + n as u64)];
        let clips = Vec::new();
        let finish = Finish { article_id: id, revision, claim: None, renditions, notes: Vec::new(), clips };
        catalog.finish(&finish).await.expect("a finished article");
        if n.is_multiple_of(2) {
            catalog.keep_sha384(&digest(n, 1), "mp3", &[n as u8; 48]).await.expect("a hash");
        }
    }
    catalog.close().await;
}

/// What was written, for the readers to compare.
fn expected(site: &Site, episodes: std::ops::Range<usize>, own: &str) -> Value {
    let base = &site.url;
    let audio = |n, form, ending| format!("{base}/audio/{}.{ending}", digest(n, form));
    let items: Vec<Value> = episodes
        .map(|n| {
            use base64::Engine as _;
            let hash = base64::prelude::BASE64_STANDARD.encode([n as u8; 48]);
            let texts = |file: &str| format!("{base}/v1/articles/episode-{n}/{file}?rev={n:016x}");
            json!({
                "guid": guid(n),
                "title": title(n).1,
                "link": format!("https://paper.example/k%C3%A4se/{n}?a=1&b=2"),
                "author": "Ada Quill",
                "url": audio(n, 1, "mp3"),
                "length": 2_409_600 + n,
                "duration": 302,
                "published": (NEWEST_MS - n as i64 * DAY_MS) / 1000,
                "transcripts": rules::TRANSCRIPTS.map(|(ending, media_type, rel)| {
                    let url = texts(&format!("transcript.{ending}"));
                    let mut text = json!({ "url": url, "type": media_type, "language": "en" });
                    if let Some(rel) = rel {
                        text["rel"] = rel.into();
                    }
                    text
                }),
                "chapters": rules::CHAPTERS.then(|| texts("chapters.json")),
                "alternatives": [
                    {
                        "type": "audio/mpeg",
                        "length": 2_409_600 + n,
                        "default": true,
                        "uri": audio(n, 1, "mp3"),
                        "integrity": n.is_multiple_of(2).then(|| format!("sha384-{hash}")),
                    },
                    {
                        "type": "audio/wav",
                        "length": 14_471_952 + n,
                        "default": false,
                        "uri": audio(n, 2, "wav"),
                    },
                ],
            })
        })
        .collect();
    json!({
        "channel": {
            "title": "Harbour Paper & Friends",
            "description": "What the harbour says & does, read aloud.",
            "language": "en",
            "link": "https://paper.example/",
            "author": "Harbour Paper",
            "email": "podcast@paper.example",
            "image": format!("{base}/cover.png"),
            "categories": ["News", "Business News"],
            "self": own,
            "hub": "https://hub.example/",
            "guid": rules::guid_of(&format!("{base}/feeds/paper.xml")),
        },
        "items": items,
    })
}

/// Runs a reader of feeds; none when it is not installed, which is told.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    let output = Command::new(program).args(arguments).output();
    let missing = match &output {
        Err(error) => Some(format!("{program}: {error}")),
        Ok(output) if output.status.code() == Some(77) => {
            Some(String::from_utf8_lossy(&output.stderr).into_owned())
        }
        Ok(_) => None,
    };
    if let Some(why) = missing {
        eprintln!("SKIPPED: {why}");
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|v| v != "1"), "SKIPPED: {why}");
        return None;
    }
    output.ok()
}

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/feed").join(name).display().to_string()
}

/// Reads one document with the parsers that podcast apps use.
fn read(xml: &str, expected: &Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let (feed, fields) = (folder.path().join("feed.xml"), folder.path().join("expected.json"));
    std::fs::write(&feed, xml).expect("a file");
    std::fs::write(&fields, expected.to_string()).expect("a file");
    let (feed, fields) = (feed.display().to_string(), fields.display().to_string());
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/node").display().to_string();
    let (python, node) = (script("read_feed.py"), script("partytime.mjs"));
    for (program, arguments) in [
        ("python3", vec![python.as_str(), &feed, &fields]),
        ("node", vec![node.as_str(), &feed, &fields, &modules]),
    ] {
        if let Some(output) = run(program, &arguments) {
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

async fn feed_of(count: usize) {
    let site = Site::start_with(with_paper).await;
    publish_straight(&site, count).await;
    let mut next = Some(format!("{}/feeds/paper.xml", site.url));
    let mut seen = Vec::new();
    let mut pages = 0;
    while let Some(own) = next {
        let answer = site.get(own.strip_prefix(&site.url).expect("an address of its own")).await;
        assert_eq!(header(&answer, "content-type"), "application/rss+xml; charset=utf-8");
        let xml = answer.text().await.expect("a body");
        let read_back = rules::checked(&xml, &own);
        let from = seen.len();
        seen.extend(read_back.guids);
        pages += 1;
        read(&xml, &expected(&site, from..seen.len(), &own));
        assert_eq!(read_back.first.is_some(), count > 300, "a feed of one page has no pages");
        next = read_back.next;
    }
    assert_eq!(pages, count.div_ceil(300).max(1));
    let wanted: Vec<String> = (0..count).map(guid).collect();
    assert_eq!(seen, wanted, "every episode once, the newest first");
    let outside = site.get(&format!("/feeds/paper.xml?page={}", pages + 1)).await;
    assert_eq!(error_of(outside).await, (404, "no_such_page".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn a_feed_of_1_episode_keeps_every_rule() {
    feed_of(1).await;
}

#[tokio::test]
async fn a_feed_of_50_episodes_keeps_every_rule() {
    feed_of(50).await;
}

#[tokio::test]
async fn a_feed_of_1000_episodes_keeps_every_rule_on_every_page() {
    feed_of(1000).await;
}

#[tokio::test]
async fn a_feed_is_sent_again_only_when_it_changed() {
    let site = Site::start_with(with_paper).await;
    publish_straight(&site, 3).await;
    let first = site.get("/feeds/paper.xml").await;
    let tag = header(&first, "etag");
    assert!(tag.starts_with("W/\"") && header(&first, "cache-control") == "public, max-age=60", "{tag}");
    let xml = first.text().await.expect("a body");
    let again = site.get_with("/feeds/paper.xml", "if-none-match", &tag).await;
    assert_eq!(again.status(), 304);
    publish_straight(&site, 4).await;
    let changed = site.get_with("/feeds/paper.xml", "if-none-match", &tag).await;
    assert_eq!(changed.status(), 200);
    assert_ne!(changed.text().await.expect("a body"), xml);
    // Once the second of the change is over, its time tells it from later ones (RFC 9110 §8.8.2).
    let mut date = String::new();
    while date.is_empty() {
        date = header(&site.get("/feeds/paper.xml").await, "last-modified");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(site.get_with("/feeds/paper.xml", "if-modified-since", &date).await.status(), 304);
    assert_eq!(error_of(site.get("/feeds/paper.xml?page=x").await).await.0, 400);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_podcast_app_loads_identical_bytes_with_breaks_and_by_the_hashes() {
    let site = Site::start_with(with_paper).await;
    for id in ["ferry", "second-ferry"] {
        let body = json!({ "markdown": FERRY, "feed": "paper", "title": format!("Title of {id}") });
        let put = site.request("PUT", &format!("/v1/articles/{id}")).json(&body).send().await;
        assert_eq!(put.expect("an answer").status(), 201);
    }
    for id in ["ferry", "second-ferry"] {
        site.finished(id).await;
    }
    // Both forms of both episodes are hashed in the background.
    let mut looks = 0;
    while site.get("/feeds/paper.xml").await.text().await.expect("a body").matches("sha384-").count() < 4 {
        looks += 1;
        assert!(looks < 1200, "the audio was not hashed");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let address = format!("{}/feeds/paper.xml", site.url);
    let loaded =
        tokio::task::spawn_blocking(move || run("python3", &[&script("podcast_client.py"), &address]));
    if let Some(output) = loaded.await.expect("no panic") {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let texts = 2 * (rules::TRANSCRIPTS.len() + usize::from(rules::CHAPTERS));
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            format!("2 4 {texts}"),
            "episodes, hashes, texts"
        );
    }
    site.stop().await;
}

#[tokio::test]
async fn each_feed_has_its_own_episodes() {
    let site = Site::start_with(with_paper).await;
    let body = json!({ "markdown": FERRY });
    site.request("PUT", "/v1/articles/ferry").json(&body).send().await.expect("an answer");
    site.finished("ferry").await;
    publish_straight(&site, 2).await;
    let guids = async |feed: &str| {
        let xml = site.get(&format!("/feeds/{feed}.xml")).await.text().await.expect("a body");
        xml.match_indices("<guid ")
            .map(|(at, _)| xml[at..].split(['>', '<']).nth(2).expect("a guid").to_owned())
            .collect::<HashSet<_>>()
    };
    assert_eq!(guids("default").await, HashSet::from(["listen:default:ferry".to_owned()]));
    assert_eq!(guids("paper").await, HashSet::from([guid(0), guid(1)]));
    assert_eq!(error_of(site.get("/feeds/none.xml").await).await, (404, "unknown_feed".to_owned()));
    site.stop().await;
}
