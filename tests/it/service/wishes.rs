//! Other voices and rates, as the publisher offers them and listeners ask for them.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::frames::audio_frames;
use super::site::{Setup, Site, audio_of, text, until};
use super::words;

/// A service that offers two more voices, one of them of another language, and two rates.
async fn start() -> Site {
    Setup::default()
        .env("LISTEN_RENDITIONS__VOICES", "[\"tone-flaky\", \"espeak-de\"]")
        .env("LISTEN_RENDITIONS__RATES", "[0.8, 1.25]")
        .start()
        .await
}

async fn manifest(site: &Site, query: &str) -> Value {
    let bytes = site.bytes(&format!("/v1/articles/a{query}")).await;
    serde_json::from_slice(&bytes).unwrap()
}

async fn ready(site: &Site, query: &str) -> Value {
    until(&format!("a{query} is ready"), async || {
        let found = manifest(site, query).await;
        assert_ne!(found["state"], "failed", "{found}\n{}", site.log());
        (found["state"] == "ready").then_some(found)
    })
    .await
}

async fn refused(site: &Site, path: &str) -> (StatusCode, Value) {
    let answer = site.get(path).await;
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn another_voice_is_a_revision_beside_the_publishers_own() {
    let site = start().await;
    let own = site.publish_ready("a", &words::article(380, 4), "tone").await;
    assert_eq!(
        own["offers"],
        json!({"voices": ["tone", "tone-flaky"], "rates": [1.0, 0.8, 1.25],
               "formats": listen::config::FORMATS, "mp3_kbps": [64, 48, 96]}),
        "espeak-de speaks no English"
    );
    assert_eq!((&own["voice"], &own["rate"]), (&json!("tone"), &json!(1.0)));
    let own_audio = site.bytes("/v1/articles/a/audio.mp3").await;
    let feed = site.bytes("/feeds/default.xml").await;

    // Heard at once, made as it is heard; finished by the queue.
    let early = site.bytes("/v1/articles/a/audio.mp3?voice=tone-flaky").await;
    let other = ready(&site, "?voice=tone-flaky").await;
    assert_eq!((&other["voice"], &other["rate"]), (&json!("tone-flaky"), &json!(1.0)));
    assert_ne!(other["revision"], own["revision"]);
    assert_eq!(other["ready_revision"], other["revision"]);
    assert_eq!(other["offers"], own["offers"]);
    assert_eq!(text(&other["links"], "vtt"), "/v1/articles/a/transcript.vtt?voice=tone-flaky");
    let finished = site.bytes(&audio_of(&other, ".mp3")).await;
    assert!(audio_frames(&finished) == audio_frames(&early));
    assert!(site.bytes("/v1/articles/a/audio.mp3?voice=tone-flaky&rate=1").await == finished);
    assert!(site.bytes("/v1/articles/a/audio.flac?voice=tone-flaky").await.starts_with(b"fLaC"));
    assert!(site.bytes("/v1/articles/a/transcript.vtt?voice=tone-flaky").await.starts_with(b"WEBVTT"));

    // Nothing of the publisher's own has moved.
    let after = site.manifest("a").await;
    assert_eq!((&after["revision"], &after["ready_revision"]), (&own["revision"], &own["revision"]));
    assert!(site.bytes("/v1/articles/a/audio.mp3").await == own_audio);
    assert!(site.bytes("/feeds/default.xml").await == feed);

    let gone = site.client.delete(site.url("/v1/articles/a")).header("x-listen", "1").send().await.unwrap();
    assert_eq!(gone.status(), 204);
    for path in [audio_of(&other, ".mp3").as_str(), "/v1/articles/a?voice=tone-flaky"] {
        assert_eq!(site.get(path).await.status(), 410, "{path}");
    }
}

#[tokio::test]
async fn another_rate_is_as_much_shorter_and_its_sentences_have_addresses() {
    let site = start().await;
    let own = site.publish_ready("a", &words::article(400, 3), "tone").await;
    let quick = manifest(&site, "?rate=1.25").await;
    assert_eq!(quick["rate"], 1.25);
    let rev = text(&quick, "revision");
    for path in [
        format!("/v1/articles/a/clips/1.mp3?rev={rev}"),
        "/v1/articles/a/clips/1.mp3?rate=1.25".to_owned(),
        format!("/v1/articles/a/clips/1.mp3?rate=1.25&rev={rev}"),
    ] {
        assert!(!site.bytes(&path).await.is_empty(), "{path}: the redirect leads to a sentence");
    }
    let quick = ready(&site, "?rate=1.25").await;
    let ms = |manifest: &Value| manifest["duration_ms"].as_f64().unwrap();
    assert!(ms(&quick) < ms(&own) * 0.95, "{} and {}", ms(&quick), ms(&own));

    // A changed article has other revisions, and the old one's are no longer current.
    site.publish_ready("a", &words::article(401, 3), "tone").await;
    let (status, error) = refused(&site, &format!("/v1/articles/a/clips/0.mp3?rev={rev}")).await;
    assert_eq!((status.as_u16(), &error["error"]["code"]), (409, &json!("revision_changed")));
    assert_ne!(text(&ready(&site, "?rate=1.25").await, "revision"), rev);
}

#[tokio::test]
async fn what_is_not_on_the_list_is_not_there_and_makes_nothing() {
    let site = start().await;
    let own = site.publish_ready("a", &words::article(420, 2), "tone").await;
    let made = site.syntheses().await;
    let rev = text(&own, "revision");
    for (query, word) in [
        ("?voice=espeak-de".to_owned(), "tone, tone-flaky"),
        ("?voice=rms".to_owned(), "tone, tone-flaky"),
        ("?voice=%00".to_owned(), "tone, tone-flaky"),
        ("?rate=1.3".to_owned(), "1, 0.8, 1.25"),
        ("?voice=tone-flaky&rate=-1".to_owned(), "1, 0.8, 1.25"),
        (format!("?voice=tone-flaky&rev={rev}"), "tone"),
    ] {
        for face in ["", "/audio.mp3", "/audio.flac", "/transcript.vtt", "/clips/0.mp3"] {
            let (status, error) = refused(&site, &format!("/v1/articles/a{face}{query}")).await;
            assert_eq!(
                (status.as_u16(), &error["error"]["code"]),
                (404, &json!("not_offered")),
                "{face}{query}"
            );
            assert!(text(&error["error"], "message").contains(word), "{error}");
        }
    }
    assert_eq!(site.syntheses().await, made);
    // The publisher's own, said in full, is no wish.
    assert_eq!(manifest(&site, "?voice=tone&rate=1.0").await["revision"], own["revision"]);
}
