//! A published article is edited, taken back, and sent again.

use super::site::{Site, audio_of, text};

const BEFORE: &str = "The bridge opens in May. It took nine years to build.\n\nThe mayor spoke of a long road. \
                      Nobody was hurt.";

/// The same, one sentence changed; the beeps of that one are made in real time, so that there is a
/// while in which the new revision is not finished.
fn edited() -> String {
    BEFORE.replace("The mayor spoke of a long road.", "The mayor !slow spoke of a very long road.")
}

async fn feed_has(site: &Site, digest_address: &str) -> bool {
    let feed = site.get("/feeds/default.xml").await.text().await.unwrap();
    feed.contains(digest_address)
}

#[tokio::test]
async fn one_edited_sentence_is_one_synthesis_and_the_old_audio_is_served_until_then() {
    let site = Site::start().await;
    let old = site.publish_ready("bridge", BEFORE, "tone-flaky").await;
    let (old_revision, old_mp3) = (text(&old, "revision").to_owned(), audio_of(&old, ".mp3"));
    let old_bytes = site.bytes(&old_mp3).await;
    let before = site.syntheses().await;
    assert_eq!(before, 4.0, "four sentences, each made once");

    let new = site.publish("bridge", &edited(), "tone-flaky").await;
    assert_ne!(text(&new, "revision"), old_revision);
    assert_eq!(text(&new, "ready_revision"), old_revision);
    assert_eq!(audio_of(&new, ".mp3"), old_mp3, "what is finished is what is offered");
    assert_eq!(site.bytes("/v1/articles/bridge/audio.mp3").await, old_bytes);
    assert!(feed_has(&site, &old_mp3).await);
    let between = site.manifest("bridge").await;
    assert_ne!(text(&between, "state"), "ready", "too fast to have seen anything: {between}");

    let new = site.ready("bridge").await;
    let new_mp3 = audio_of(&new, ".mp3");
    assert_ne!(new_mp3, old_mp3);
    assert_eq!(site.syntheses().await - before, 1.0);
    let new_bytes = site.bytes("/v1/articles/bridge/audio.mp3").await;
    assert_eq!(new_bytes, site.bytes(&new_mp3).await);
    assert_ne!(new_bytes, old_bytes);
    assert!(feed_has(&site, &new_mp3).await && !feed_has(&site, &old_mp3).await);
    assert_eq!(site.bytes(&old_mp3).await, old_bytes, "an address never changes what it means");
}

#[tokio::test]
async fn the_same_again_and_the_old_text_again_make_nothing() {
    let site = Site::start().await;
    let (first_text, second_text) = (BEFORE, BEFORE.replace("nine", "ten"));
    let first = site.publish_ready("bridge", first_text, "tone").await;
    let bytes = site.bytes("/v1/articles/bridge/audio.mp3").await;
    let body = serde_json::json!({ "text": first_text, "voice": "tone" });
    let made = site.syntheses().await;
    let (status, again) = site.put("bridge", &body).await;
    assert_eq!(status, 200);
    assert_eq!(again, first, "not a word of the manifest differs");
    assert_eq!(site.syntheses().await, made);

    let second = site.publish_ready("bridge", &second_text, "tone").await;
    assert_ne!(second["revision"], first["revision"]);
    let made = site.syntheses().await;
    let back = site.publish_ready("bridge", first_text, "tone").await;
    assert_eq!(back["revision"], first["revision"]);
    assert_eq!(back["ready_revision"], first["revision"]);
    assert_eq!(audio_of(&back, ".mp3"), audio_of(&first, ".mp3"));
    assert_eq!(site.bytes("/v1/articles/bridge/audio.mp3").await, bytes);
    assert!(feed_has(&site, &audio_of(&first, ".mp3")).await);
    assert_eq!(site.syntheses().await, made);
}

#[tokio::test]
async fn a_sentence_that_another_article_has_is_not_made_again() {
    let site = Site::start().await;
    site.publish_ready("one", BEFORE, "tone").await;
    let made = site.syntheses().await;
    let other = "A storm closed the port. Nobody was hurt.";
    let manifest = site.publish_ready("two", other, "tone").await;
    assert_eq!(manifest["sentences"].as_array().unwrap().len(), 2);
    assert_eq!(site.syntheses().await - made, 1.0);
    let removed = site.client.delete(site.url("/v1/articles/one")).send().await.unwrap();
    assert_eq!(removed.status(), 204);
    site.bytes("/v1/articles/two/audio.mp3").await;
}
