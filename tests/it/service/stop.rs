//! Stopping, starting twice, and being in the way.

use std::io::Read as _;
use std::time::{Duration, Instant};

use super::frames::audio_frames;
use super::site::{Site, text, until};
use super::words;

/// What the program may take to stop: 10 s for its connections, 10 s for its syntheses, and some.
const STOPPED_WITHIN: Duration = Duration::from_secs(30);

/// What a command that must fail says; its exit code must be 1.
async fn complaint(site: &Site, arguments: &[&str]) -> String {
    let mut command = site.command(arguments);
    command.stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let status = until("it gives up", async || child.try_wait().unwrap()).await;
    assert_eq!(status.code(), Some(1));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    said
}

#[tokio::test]
async fn a_stop_during_rendering_is_quick_and_loses_nothing() {
    let mut site = Site::start().await;
    let native = !site.skip_without("flite").await;
    let voice = if native { "rms" } else { "tone" };
    for n in 0..4 {
        site.publish(&format!("a{n}"), &words::article(800 + n * 30, 30), voice).await;
    }
    site.publish("slow", "This !slow one is being said while the stop comes, and goes on.", "tone-flaky")
        .await;
    until("work has begun", async || (site.syntheses().await > 2.0).then_some(())).await;
    let started = Instant::now();
    let status = site.stop().await;
    assert!(status.success(), "{status}: {}", site.log());
    assert!(started.elapsed() < STOPPED_WITHIN, "{:?}", started.elapsed());
    until("no worker is left", async || site.workers().is_empty().then_some(())).await;

    site.start_again().await;
    for n in 0..4 {
        site.ready(&format!("a{n}")).await;
    }
    site.ready("slow").await;
}

#[tokio::test]
async fn a_listener_in_the_middle_of_a_stream_does_not_keep_it_from_stopping() {
    let mut site = Site::start().await;
    let slow = "This !slow sentence is the only one and it is read in real time for quite a while, they say, \
                because it has a great many words in it that all take their time.";
    site.publish("slow", slow, "tone-flaky").await;
    let mut response = site.get("/v1/articles/slow/audio.mp3").await;
    assert!(response.chunk().await.unwrap().is_some());
    let started = Instant::now();
    assert!(site.stop().await.success(), "{}", site.log());
    assert!(started.elapsed() < STOPPED_WITHIN, "{:?}", started.elapsed());
    site.start_again().await;
    site.ready("slow").await;
    assert!(!audio_frames(&site.bytes("/v1/articles/slow/audio.mp3").await).is_empty());
}

#[tokio::test]
async fn a_second_service_on_one_database_refuses_in_words() {
    let mut site = Site::start().await;
    let said = complaint(&site, &["serve", "--bind", "127.0.0.1:0", "--cache", "cache-2"]).await;
    assert!(said.contains("listen.db") && said.contains("another"), "{said}");
    let manifest = site.publish_ready("a", "The first one goes on.", "tone").await;
    assert_eq!(text(&manifest, "state"), "ready");
    // The lock falls with the process, however it ends.
    site.kill();
    site.start_again().await;
    site.ready("a").await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let site = Site::start().await;
    let address = site.base.strip_prefix("http://").unwrap();
    let said = complaint(&site, &["serve", "--bind", address, "--db", "sqlite:other.db"]).await;
    assert!(said.contains(address) && said.contains("--bind"), "{said}");
}
