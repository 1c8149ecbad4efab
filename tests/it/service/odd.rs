//! Text that kills or hangs engines, in the middle of an article: what is around it is still read.

use serde_json::{Value, json};

use super::frames::sounds;
use super::site::{Site, path_of, text, until};

/// What is known to abort espeak-ng or to keep flite busy for minutes, and some relatives of it.
fn nasty() -> Vec<(&'static str, String)> {
    vec![
        ("possessives", "s'".repeat(120)),
        ("possessives the other way", "'s".repeat(3000)),
        ("dotted letters", "a.".repeat(2500)),
        ("digits", "7".repeat(10_000)),
        ("hyphens", vec!["co"; 3000].join("-")),
        ("capitals", "QX".repeat(5_000)),
        ("combining marks", format!("e{}", "\u{301}".repeat(20_000))),
        ("no space at all", "lorem".repeat(5_000)),
        ("word soup", "one two three ".repeat(500)),
        ("markup as text", "&lt;break time='9999s'/&gt; ".repeat(300)),
        ("phoneme brackets", "[[h@l'oU]] ".repeat(40)),
        ("controls", "\u{1}+20S \u{1}100P \u{7f}\u{85}".repeat(20)),
        ("emoji", "🎉👩‍🚀🏳️‍🌈".repeat(400)),
        ("right to left", "\u{202e}שלום\u{202c} ".repeat(100)),
    ]
}

/// The sentences around the nasty one, before and after.
const BEFORE: &str = "The gate was open and the dog was gone.";
const AFTER: &str = "By noon it had come back on its own.";

async fn the_rest_is_read(engine: &str, voice: &str) {
    let site = Site::start().await;
    if site.skip_without(engine).await {
        return;
    }
    for (n, (name, nasty)) in nasty().into_iter().enumerate() {
        let id = format!("odd-{n}");
        site.publish(&id, &format!("{BEFORE}\n\n{nasty}\n\n{AFTER}"), voice).await;
        // Nothing waits for retries of skipped sentences here: a listener hears the rest at once.
        let heard = site.bytes(&format!("/v1/articles/{id}/audio.mp3")).await;
        assert!(heard.len() > 10_000, "{voice}, {name}: {} bytes", heard.len());
        let manifest = tried(&site, &id).await;
        let states: Vec<&str> = sentences(&manifest).iter().map(|sentence| text(sentence, "state")).collect();
        for around in [BEFORE, AFTER] {
            let clip = sentence(&manifest, around).unwrap_or_else(|| panic!("{voice}, {name}: {manifest}"));
            assert_eq!(text(clip, "state"), "ready", "{voice}, {name}");
            assert!(sounds(&site.bytes(path_of(text(clip, "clip"))).await), "{voice}, {name}");
        }
        eprintln!("{voice}: {name}: {} sentences, {} skipped", states.len(), skipped(&states));
    }
    assert_eq!(site.get("/healthz").await.status(), 200);
    let calm = site.publish_ready("calm", "All is well again.", voice).await;
    assert_eq!(calm["sentences"][0]["state"], "ready");
}

fn skipped(states: &[&str]) -> usize {
    states.iter().filter(|state| **state == "skipped").count()
}

fn sentences(manifest: &Value) -> &[Value] {
    manifest["sentences"].as_array().unwrap()
}

fn sentence<'a>(manifest: &'a Value, said: &str) -> Option<&'a Value> {
    sentences(manifest).iter().find(|sentence| sentence["text"] == said)
}

/// The manifest, once every sentence is made or skipped.
async fn tried(site: &Site, id: &str) -> Value {
    until(&format!("every sentence of {id} was tried"), async || {
        let manifest = site.manifest(id).await;
        let pending = sentences(&manifest).iter().any(|sentence| sentence["state"] == "pending");
        (!pending).then_some(manifest)
    })
    .await
}

#[tokio::test]
async fn flite_reads_what_is_around_text_that_hangs_it() {
    the_rest_is_read("flite", "rms").await;
}

#[tokio::test]
async fn espeak_reads_what_is_around_text_that_kills_it() {
    the_rest_is_read("espeak", "espeak-en-us").await;
}

#[tokio::test]
async fn a_sentence_that_cannot_be_said_is_skipped_and_named() {
    let site = Site::start().await;
    for word in ["!fail", "!crash", "!panic", "!empty"] {
        let id = word.trim_start_matches('!');
        let nasty = format!("{word} this one is not said.");
        site.publish(id, &format!("{BEFORE}\n\n{nasty}\n\n{AFTER}"), "tone-flaky").await;
        let heard = site.bytes(&format!("/v1/articles/{id}/audio.mp3")).await;
        assert!(heard.len() > 10_000, "{word}");
        let manifest = tried(&site, id).await;
        let state = |said: &str| sentence(&manifest, said).map(|sentence| text(sentence, "state").to_owned());
        assert_eq!(state(&nasty).as_deref(), Some("skipped"), "{word}: {manifest}");
        for around in [BEFORE, AFTER] {
            assert_eq!(state(around).as_deref(), Some("ready"), "{word}");
        }
        assert_ne!(text(&manifest, "state"), "ready", "{word}: it is tried again before it is finished");
        assert!(manifest["ready_revision"].is_null());
    }
    let failed = site.metric("listen_syntheses_total", &[("outcome", "failed")]).await;
    assert!(failed >= 4.0, "{failed}");
    let mended = site.publish_ready("once", "!fail-once but then it is said.", "tone-flaky").await;
    assert_eq!(mended["sentences"][0]["state"], "ready");
}

#[tokio::test]
async fn what_can_never_be_said_is_not_waited_for() {
    let site = Site::start().await;
    let nasty = "!refuse this one is not said.";
    let manifest =
        site.publish_ready("refused", &format!("{BEFORE}\n\n{nasty}\n\n{AFTER}"), "tone-flaky").await;
    let state = |said: &str| sentence(&manifest, said).map(|sentence| text(sentence, "state").to_owned());
    assert_eq!(state(nasty).as_deref(), Some("skipped"), "{manifest}");
    assert_eq!((state(BEFORE).as_deref(), state(AFTER).as_deref()), (Some("ready"), Some("ready")));
    assert_eq!(manifest["ready_revision"], manifest["revision"]);

    // Where one may still be mended, it is waited for; where nothing at all can be said, that is told at once.
    site.publish("mixed", &format!("{nasty}\n\n!fail nor is this.\n\n{AFTER}"), "tone-flaky").await;
    site.publish("mute", nasty, "tone-flaky").await;
    let mute = until("it has failed", async || {
        let manifest = site.manifest("mute").await;
        (manifest["state"] == "failed").then_some(manifest)
    })
    .await;
    let why = text(&mute, "problem");
    assert!(why.starts_with("not one sentence could be said: ") && why.contains("!refuse"), "{why}");
    let mixed = tried(&site, "mixed").await;
    assert!(mixed["state"] != "ready" && mixed["state"] != "failed", "{mixed}");
}

#[tokio::test]
async fn an_english_voice_does_not_wait_for_a_script_it_cannot_read() {
    let site = Site::start().await;
    if site.skip_without("flite").await {
        return;
    }
    let hebrew = "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5e2}\u{5d5}\u{5dc}\u{5dd}.";
    let body = json!({ "text": format!("{BEFORE}\n\n{hebrew}\n\n{AFTER}"), "voice": "rms", "lang": "en" });
    assert_eq!(site.put("mixed", &body).await.0, 201);
    let manifest = site.ready("mixed").await;
    assert_eq!(
        sentence(&manifest, hebrew).map(|sentence| text(sentence, "state")),
        Some("skipped"),
        "{manifest}"
    );
    assert_eq!(sentence(&manifest, AFTER).map(|sentence| text(sentence, "state")), Some("ready"));
}
