//! A service whose voices are not installed yet.

use std::fs;

use serde_json::{Value, json};

use super::site::{Setup, Site, text, until};

/// A service that finds an empty file where flite's library should be.
async fn without_flite(libraries: &std::path::Path) -> Site {
    fs::write(libraries.join("libflite.so.1"), "").unwrap();
    Setup::default().env("LD_LIBRARY_PATH", libraries.display()).start().await
}

#[tokio::test]
async fn without_its_library_an_article_waits_and_is_made_when_it_is_there() {
    if cfg!(not(all(feature = "flite", target_os = "linux"))) {
        eprintln!("SKIPPED: hiding a library is known on Linux, and flite has to be in the build");
        return;
    }
    if Site::start().await.skip_without("flite").await {
        return;
    }
    let libraries = tempfile::tempdir().unwrap();
    let mut site = without_flite(libraries.path()).await;
    let ready = site.get("/readyz").await;
    assert_eq!(ready.status(), 503);
    let ready: Value = ready.json().await.unwrap();
    assert!(ready["problems"].to_string().contains("apt"), "no line that installs it: {ready}");
    assert_eq!(site.get("/healthz").await.status(), 200);

    let body = json!({ "text": "The boats are in. Nobody is on the pier.", "voice": "rms" });
    let (status, _) = site.put("waits", &body).await;
    assert_eq!(status.as_u16(), 201);
    // A worker takes it, sees that it has no voice, and puts it back.
    until("it waits", async || (text(&site.manifest("waits").await, "state") == "queued").then_some(()))
        .await;
    let audio = site.get("/v1/articles/waits/audio.mp3").await;
    assert_eq!(audio.status(), 503);
    assert!(audio.headers().contains_key("retry-after"));
    let (_, other) = site.put("beeps", &json!({ "text": "Others are read.", "voice": "tone" })).await;
    assert_eq!(text(&other, "voice"), "tone");
    site.ready("beeps").await;

    assert!(site.stop().await.success());
    site.start_again().await;
    assert_ne!(text(&site.manifest("waits").await, "state"), "failed", "waiting is no failure");
    fs::remove_file(libraries.path().join("libflite.so.1")).unwrap();
    until("it is ready", async || (site.get("/readyz").await.status() == 200).then_some(())).await;
    let made = site.ready("waits").await;
    assert_eq!(made["sentences"].as_array().unwrap().len(), 2);
    assert_eq!(site.put("waits", &body).await.0, 200);
}

#[tokio::test]
async fn a_voice_that_is_put_right_is_listed_and_reads_what_waited_for_it() {
    let mut site = Site::start().await;
    assert!(site.stop().await.success());
    let voice = site.home().join("voices/late");
    fs::create_dir_all(&voice).unwrap();
    let about = "engine = \"program\"\nlangs = [\"en\"]\ntitle = \"T\"\nlicence = \"L\"\nsample = \"S\"\ngain_db = 0.0\n\
                 rate = 1.0\nwords_per_minute = 155\n[program]\ncommand = [\"cat\", \"said.wav\"]\n\
                 version = [\"cat\", \"version.txt\"]\n";
    fs::write(voice.join("voice.toml"), about).unwrap();
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut said = hound::WavWriter::create(voice.join("said.wav"), spec).unwrap();
    (0..8_000).for_each(|i| said.write_sample((i % 40 - 20) * 400).unwrap());
    said.finalize().unwrap();
    site.start_again().await;

    let is_listed = async || {
        let voices: Value = serde_json::from_slice(&site.bytes("/v1/audio/voices").await).unwrap();
        voices["voices"].as_array().unwrap().iter().any(|voice| voice["id"] == "late")
    };
    assert!(!is_listed().await);
    let waits = site.publish("waits", "The boats are in.", "late").await;
    assert!(["queued", "rendering"].contains(&text(&waits, "state")), "{waits}");
    fs::write(voice.join("version.txt"), "1").unwrap();
    until("the voice is listed", async || is_listed().await.then_some(())).await;
    assert_eq!(site.ready("waits").await["sentences"][0]["state"], "ready");
}
