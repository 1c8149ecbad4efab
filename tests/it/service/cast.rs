//! Articles that several voices read: by kind of block, and by feed.

use serde_json::{Value, json};

use super::site::{Setup, Site, text};

const ARTICLE: &str = "# The bridge\n\nIt opens in May. Nobody was hurt.\n\n## What it cost\n\nNine years.\n\n\
                       > It was a !slow road, she said. She is glad.\n";

/// A service on which `tone` reads English, and `tone-flaky` what is set off from it.
fn setup() -> Setup {
    Setup::default()
        .env("LISTEN_SPEECH__VOICE_BY_LANG__EN", "tone")
        .env("LISTEN_SPEECH__VOICE_BY_KIND__TITLE", "tone-flaky")
        .env("LISTEN_SPEECH__VOICE_BY_KIND__HEADING", "tone-flaky")
        .env("LISTEN_SPEECH__VOICE_BY_KIND__QUOTE", "tone-flaky")
}

async fn publish(site: &Site, id: &str, body: Value) -> Value {
    let (status, answer) = site.put(id, &body).await;
    assert!(status.is_success(), "{id}: {status}: {answer}");
    site.ready(id).await
}

/// The voice of every sentence.
fn voices(manifest: &Value) -> Vec<&str> {
    let own = text(manifest, "voice");
    let sentences = manifest["sentences"].as_array().unwrap().iter();
    sentences.map(|sentence| sentence["voice"].as_str().unwrap_or(own)).collect()
}

fn clip(manifest: &Value, i: usize) -> &str {
    text(&manifest["sentences"][i], "clip")
}

#[tokio::test]
async fn titles_headings_and_quotes_are_read_by_their_own_voices() {
    let site = setup().start().await;
    let manifest = publish(&site, "bridge", json!({ "markdown": ARTICLE })).await;
    let (own, other) = ("tone", "tone-flaky");
    assert_eq!(text(&manifest, "voice"), own);
    assert_eq!(voices(&manifest), [other, own, own, other, own, other, other]);
    assert!(manifest["sentences"][1].get("voice").is_none(), "the article's own is not said again");

    // What `tone` beeps as a word is a command to the other one: who has said it can be heard.
    let quote = "It was a !slow road, she said.";
    let alone = publish(&site, "alone", json!({ "text": quote, "voice": other })).await;
    let not = publish(&site, "not", json!({ "text": quote, "voice": own })).await;
    assert_eq!(clip(&manifest, 5), clip(&alone, 0));
    assert_ne!(clip(&manifest, 5), clip(&not, 0));

    // The title's voice reads what it reads in the article, whoever reads that.
    let asked = publish(&site, "asked", json!({ "markdown": ARTICLE, "voice": other })).await;
    assert_eq!(voices(&asked), [other; 7]);
}

#[tokio::test]
async fn an_edited_sentence_of_any_voice_is_one_synthesis() {
    let site = setup().start().await;
    let first = publish(&site, "bridge", json!({ "markdown": ARTICLE })).await;
    let mut made = site.syntheses().await;
    assert_eq!(made, 7.0);
    let mut article = ARTICLE.to_owned();
    for (old, new) in [
        ("What it cost", "What it has cost"),
        ("She is glad", "She is very glad"),
        ("Nine years", "Ten years"),
        ("The bridge", "The new bridge"),
    ] {
        article = article.replace(old, new);
        let edited = publish(&site, "bridge", json!({ "markdown": article })).await;
        assert_ne!(edited["revision"], first["revision"]);
        let now = site.syntheses().await;
        assert_eq!(now - made, 1.0, "{new}");
        made = now;
    }
    let back = publish(&site, "bridge", json!({ "markdown": ARTICLE })).await;
    assert_eq!((&back["revision"], &back["audio"]), (&first["revision"], &first["audio"]));
    assert_eq!(site.syntheses().await, made);
    // What a listener has not heard yet is said by the same voices when it is lost.
    std::fs::remove_dir_all(site.cache().join("blobs")).unwrap();
    std::fs::remove_dir_all(site.cache().join("segments-v1")).unwrap();
    let wav = text(&first["audio"][1], "url");
    assert!(site.bytes(wav).await.starts_with(b"RIFF"));
}

#[tokio::test]
async fn a_feed_has_its_own_voices_for_the_languages_that_they_speak() {
    let site = setup()
        .env("LISTEN_FEEDS__TECH__VOICE", "tone-flaky")
        .env("LISTEN_FEEDS__TECH__VOICE_BY_KIND__QUOTE", "tone")
        .start()
        .await;
    let (own, other) = ("tone", "tone-flaky");
    let of_feed = publish(&site, "a", json!({ "markdown": ARTICLE, "feed": "tech" })).await;
    assert_eq!(voices(&of_feed), [other, other, other, other, other, own, own]);
    let asked = publish(&site, "b", json!({ "markdown": ARTICLE, "feed": "tech", "voice": own })).await;
    assert_eq!(voices(&asked), [other, own, own, other, own, own, own]);
    let (status, german) = site
        .put("c", &json!({ "markdown": "# Die Brücke\n\nSie ist offen.\n", "feed": "tech", "lang": "de" }))
        .await;
    assert_eq!((status.as_u16(), voices(&german)), (201, vec!["espeak-de"; 2]), "{german}");
}

#[tokio::test]
async fn another_rate_or_voice_leaves_titles_to_theirs() {
    let site = setup()
        .env("LISTEN_RENDITIONS__RATES", "[1.25]")
        .env("LISTEN_RENDITIONS__VOICES", "[\"tone-flaky\"]")
        .start()
        .await;
    let own = publish(&site, "a", json!({ "markdown": ARTICLE })).await;
    let wished = async |query: &str| -> Value {
        serde_json::from_slice(&site.bytes(&format!("/v1/articles/a{query}")).await).unwrap()
    };
    let fast = wished("?rate=1.25").await;
    assert_eq!(voices(&fast), voices(&own));
    assert_ne!(fast["revision"], own["revision"]);
    assert_eq!(voices(&wished("?voice=tone-flaky").await), ["tone-flaky"; 7]);
    assert_eq!(wished("?voice=tone").await["revision"], own["revision"]);
}
