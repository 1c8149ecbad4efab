//! Private feeds: their articles are heard by who has a key, named nowhere else, and the key stands in
//! no log.

use listen::app::{create_key, revoke_key};
use listen::config::{Config, Feed};
use serde_json::{Value, json};

use super::FERRY;
use crate::site::{Site, error_of, header, json_of};

const PAGE: &str = "https://paper.example/members/ferry";

fn with_members(config: &mut Config) {
    config.api_key = serde_json::from_value(json!("test-key")).ok();
    let members = Feed { title: "For members".to_owned(), private: true, ..Feed::default() };
    config.feeds.insert("members".to_owned(), members.clone());
    config.feeds.insert("others".to_owned(), members);
}

async fn put(site: &Site, id: &str, feed: &str, url: &str) {
    let body = json!({ "markdown": FERRY, "feed": feed, "url": url, "title": format!("Headline of {id}") });
    let put = site.request("PUT", &format!("/v1/articles/{id}")).bearer_auth("test-key").json(&body);
    assert_eq!(put.send().await.expect("an answer").status(), 201);
    let mut looks = 0;
    while manifest(site, id).await["state"] != "ready" {
        looks += 1;
        assert!(looks < 1200, "{id} was not finished");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// The manifest as the publisher sees it.
async fn manifest(site: &Site, id: &str) -> Value {
    let answer = site.request("GET", &format!("/v1/articles/{id}")).bearer_auth("test-key").send().await;
    json_of(answer.expect("an answer")).await.1
}

/// How many plays of an article are counted; they are written a little later than they are taken.
async fn plays(site: &Site, id: &str) -> u64 {
    for _ in 0..1200 {
        let path = format!("/v1/articles/{id}/figures");
        let answer = site.request("GET", &path).bearer_auth("test-key").send().await;
        match json_of(answer.expect("an answer")).await.1["plays"].as_u64() {
            Some(counted) if counted > 0 => return counted,
            _ => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
    0
}

async fn key_of(site: &Site, name: &str, feed: &str) -> (String, String) {
    let made = create_key(&site.app.config().db, name, Some(feed)).await.expect("a key");
    (made.token.reveal().to_owned(), made.key.prefix)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_feed_opens_to_its_keys_until_they_are_revoked() {
    let site = Site::start_with(with_members).await;
    put(&site, "ferry", "members", PAGE).await;
    let (ada, ada_prefix) = key_of(&site, "ada", "members").await;
    let (bob, _) = key_of(&site, "bob", "members").await;
    let (eve, _) = key_of(&site, "eve", "others").await;
    for wrong in ["", "?key=", "?key=lk_00000000_x", &format!("?key={eve}"), "?key=test-key"] {
        let answer = site.get(&format!("/feeds/members.xml{wrong}")).await;
        assert_eq!(error_of(answer).await, (401, "private".to_owned()), "{wrong}");
    }
    let mut tags = Vec::new();
    for key in [&ada, &bob] {
        let answer = site.get(&format!("/feeds/members.xml?key={key}")).await;
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "cache-control").as_str()),
            (200, "private, no-store")
        );
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        tags.push(header(&answer, "etag"));
        let xml = answer.text().await.expect("a body");
        assert!(xml.contains("Headline of ferry") && xml.contains(&format!("key={key}")), "{xml}");
        assert_eq!(xml.matches("key=").count(), xml.matches(&format!("key={key}")).count(), "no other's key");
        let same = site
            .get_with(&format!("/feeds/members.xml?key={key}"), "if-none-match", &tags[tags.len() - 1])
            .await;
        assert_eq!(same.status(), 304);
    }
    assert_ne!(tags[0], tags[1], "each has their own document");

    let address = format!("{}/feeds/members.xml?key={ada}", site.url);
    let script = format!("{}/tests/feed/podcast_client.py", env!("CARGO_MANIFEST_DIR"));
    let loaded = tokio::task::spawn_blocking(move || {
        std::process::Command::new("python3").args([script, address]).output().expect("python3")
    });
    let loaded = loaded.await.expect("no panic");
    assert!(loaded.status.success(), "by its own links alone: {}", String::from_utf8_lossy(&loaded.stderr));

    assert!(revoke_key(&site.app.config().db, &ada_prefix).await.expect("a catalog"));
    let revoked = site.get(&format!("/feeds/members.xml?key={ada}")).await;
    assert_eq!(error_of(revoked).await, (401, "private".to_owned()));
    let text = format!("/v1/articles/ferry/transcript.vtt?key={ada}");
    assert_eq!(error_of(site.get(&text).await).await, (401, "private".to_owned()));
    assert_eq!(site.get(&format!("/feeds/members.xml?key={bob}")).await.status(), 200, "the others stay");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_article_is_named_nowhere_and_answers_nobody_without_a_key() {
    let site = Site::start_with(with_members).await;
    put(&site, "ferry", "members", PAGE).await;
    put(&site, "open-ferry", "default", "https://paper.example/ferry").await;
    let (key, _) = key_of(&site, "ada", "members").await;
    let (other, _) = key_of(&site, "eve", "others").await;
    let revision = manifest(&site, "ferry").await["revision"].as_str().expect("a name").to_owned();
    let clip = format!("/clips/0.mp3?rev={revision}");
    for part in ["", "/audio.mp3", "/audio.wav", "/transcript.vtt", "/jsonld", &clip] {
        let path = format!("/v1/articles/ferry{part}");
        let mark = if path.contains('?') { '&' } else { '?' };
        assert_eq!(error_of(site.get(&path).await).await, (401, "private".to_owned()), "{path}");
        let wrong = site.get(&format!("{path}{mark}key={other}")).await;
        assert_eq!(error_of(wrong).await, (401, "private".to_owned()), "{path}: a key of another feed");
        let heard = site.get(&format!("{path}{mark}key={key}")).await;
        assert!(heard.status().as_u16() < 400, "{path}: {}", heard.status());
        assert_eq!(header(&heard, "cache-control"), "private, no-store", "{path}");
        assert!(!header(&heard, "location").contains("key="), "{path}");
        let publisher = site.request("GET", &path).bearer_auth("test-key").send().await.expect("an answer");
        assert!(publisher.status().as_u16() < 400, "{path}: the publisher");
    }
    for (query, expected) in [("", 401), (&*format!("?key={other}"), 401), (&*format!("?key={key}"), 204)] {
        let report = format!("revision={revision}&heard=0-1&seconds=5&completed=false");
        let beacon = site.request("POST", &format!("/v1/articles/ferry/plays{query}"));
        let beacon = beacon.header("content-type", "application/x-www-form-urlencoded").body(report);
        let answer = beacon.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), expected, "a beacon with {query:?}");
    }
    assert_eq!(plays(&site, "ferry").await, 1, "the subscriber's");
    for page in ["/", "/v1/articles?url=https://paper.example/members/ferry", "/feeds/default.xml"] {
        let text = site.get(page).await.text().await.expect("a body");
        assert!(!text.contains("Headline of ferry"), "{page}: {text}");
    }
    for page in [
        format!("/oembed?url={PAGE}"),
        format!("/oembed?url={}/embed/ferry", site.url),
        "/embed/ferry".to_owned(),
        "/embed/ferry/code".to_owned(),
        format!("/embed/ferry?key={key}"),
    ] {
        assert_eq!(error_of(site.get(&page).await).await, (401, "private".to_owned()), "{page}");
    }
    let listed = site.request("GET", "/v1/articles").bearer_auth("test-key").send().await.expect("an answer");
    assert_eq!(
        json_of(listed).await.1["articles"].as_array().map(Vec::len),
        Some(2),
        "the publisher sees all"
    );
    // A key of a feed publishes nothing.
    let body = json!({ "markdown": FERRY });
    let put = site.request("PUT", "/v1/articles/mine").bearer_auth(&key).json(&body).send().await;
    assert_eq!(error_of(put.expect("an answer")).await, (401, "unknown_key".to_owned()));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_next_is_named_but_in_private_feeds() {
    let site = Site::start_with(with_members).await;
    for (id, feed) in [("old", "members"), ("new", "members"), ("older", "default"), ("newer", "default")] {
        put(&site, id, feed, &format!("https://paper.example/{id}")).await;
    }
    let next = json!({ "id": "older", "title": "Headline of older" });
    for (id, expected) in [("new", &Value::Null), ("newer", &next), ("older", &Value::Null)] {
        assert_eq!(&manifest(&site, id).await["next"], expected, "{id}");
    }
    site.stop().await;
}
