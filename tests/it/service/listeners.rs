//! Listeners of an article that is being made: many, impatient, slow, and jumping about.

use std::collections::HashSet;

use bytes::Bytes;
use futures::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::frames::{audio_frames, sounds};
use super::site::{Setup, Site, path_of, text, until};
use super::words;

/// Sentence texts that differ.
fn distinct(manifest: &Value) -> f64 {
    let sentences = manifest["sentences"].as_array().unwrap();
    sentences.iter().map(|sentence| text(sentence, "text")).collect::<HashSet<_>>().len() as f64
}

/// An article whose first sentence takes seconds, so that everything behind it in the queue waits.
const BLOCKER: &str = "This !slow one keeps the only place busy for a few seconds more.";

/// One article is worked on at a time.
fn one_at_a_time() -> Setup {
    Setup::default().env("LISTEN_SPEECH__ARTICLES_AT_ONCE", 1)
}

async fn all_hear_the_same(voice: &str, site: &Site) {
    let before = site.syntheses().await;
    // Two sentences come twice.
    let body = format!("{}\n\n{}", words::article(0, 6), words::article(4, 2));
    let manifest = site.publish("new", &body, voice).await;
    assert_eq!(manifest["sentences"].as_array().unwrap().len(), 8);
    let heard: Vec<Bytes> =
        join_all((0..200).map(|_| async { site.bytes("/v1/articles/new/audio.mp3").await })).await;
    site.ready("new").await;
    assert_eq!(site.syntheses().await - before, distinct(&manifest), "{voice}");
    assert_eq!(distinct(&manifest), 6.0);
    let finished = site.bytes("/v1/articles/new/audio.mp3").await;
    let frames = audio_frames(&finished);
    assert!(sounds(frames));
    for (i, audio) in heard.iter().enumerate() {
        assert!(audio_frames(audio) == frames, "{voice}: listener {i} heard something else");
    }
    let manifest = site.manifest("new").await;
    let in_all: u64 = manifest["sentences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sentence| sentence["frames"].as_u64().unwrap() + sentence["pause_frames"].as_u64().unwrap())
        .sum();
    assert!((frames.len() / 192) as u64 >= in_all);
}

#[tokio::test]
async fn two_hundred_first_listeners_cost_one_synthesis_a_sentence() {
    all_hear_the_same("tone", &Site::start().await).await;
}

#[tokio::test]
async fn two_hundred_first_listeners_of_a_native_voice_cost_one_synthesis_a_sentence() {
    let site = Site::start().await;
    if !site.skip_without("flite").await {
        all_hear_the_same("rms", &site).await;
    }
}

#[tokio::test]
async fn a_listener_who_leaves_costs_the_others_nothing() {
    let site = one_at_a_time().start().await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    let body = format!("Listen !slow here now. {}", words::article(20, 7));
    let manifest = site.publish("left", &body, "tone-flaky").await;
    for _ in 0..5 {
        let mut response = site.get("/v1/articles/left/audio.mp3").await;
        assert_eq!(response.status(), 200);
        assert!(response.chunk().await.unwrap().is_some());
    }
    let heard = site.bytes("/v1/articles/left/audio.mp3").await;
    site.ready("left").await;
    let finished = site.bytes("/v1/articles/left/audio.mp3").await;
    assert!(audio_frames(&heard) == audio_frames(&finished));
    site.ready("blocker").await;
    assert_eq!(site.syntheses().await, distinct(&manifest) + 1.0, "nothing was made twice");
}

#[tokio::test]
async fn a_slow_listener_hears_all_of_it_and_holds_up_nobody() {
    let site = one_at_a_time().start().await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    site.publish("slow", &words::article(40, 24), "tone").await;
    // A socket of its own with a small window: nothing reads ahead for this listener.
    let address = site.base.strip_prefix("http://").unwrap().to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET /v1/articles/slow/audio.mp3 HTTP/1.0\r\nHost: {address}\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut heard = vec![0; 1024];
    socket.read_exact(&mut heard).await.unwrap();
    site.ready("slow").await;
    let finished = site.bytes("/v1/articles/slow/audio.mp3").await;
    socket.read_to_end(&mut heard).await.unwrap();
    let head = heard.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    assert!(audio_frames(&heard[head..]) == audio_frames(&finished));
}

/// One worker for each kind of work, so that what is made is what somebody waits for.
fn one_by_one() -> Setup {
    one_at_a_time().env("LISTEN_SPEECH__BULK_WORKERS", 1).env("LISTEN_SPEECH__LISTENER_WORKERS", 1)
}

/// Keeps the queue and its only worker busy for more than ten seconds.
const LONG_BLOCKER: &str = "This !slow one keeps the only place busy for a good while, since it is read in real time \
                            and it has so many words in it that nobody would ever want to hear all of them.";

fn made(manifest: &Value) -> usize {
    manifest["sentences"].as_array().unwrap().iter().filter(|sentence| sentence["state"] == "ready").count()
}

#[tokio::test]
async fn nothing_more_is_made_for_listeners_who_have_left_until_the_queue_comes_to_it() {
    let site = one_by_one().start().await;
    site.publish("blocker", LONG_BLOCKER, "tone-flaky").await;
    let body: Vec<String> = (0..5).map(|n| format!("Number {n} is a !slow sentence among others.")).collect();
    site.publish("left", &body.join(" "), "tone-flaky").await;
    let mut response = site.get("/v1/articles/left/audio.mp3").await;
    let mut heard = 0;
    while heard < 4096 {
        heard += response.chunk().await.unwrap().expect("it goes on").len();
    }
    drop(response);
    let when_left = made(&site.manifest("left").await);
    let mut before = 0;
    until("the queue comes to it", async || {
        let manifest = site.manifest("left").await;
        if text(&site.manifest("blocker").await, "state") == "ready" {
            return Some(());
        }
        before = made(&manifest);
        None
    })
    .await;
    // The one in work, and the one after it if its turn came before the leaving was noticed.
    assert!(before <= when_left + 2, "{before} sentences were made, {when_left} when the listener left");
    site.ready("left").await;
    assert_eq!(site.syntheses().await, 6.0, "each once");
}

#[tokio::test]
async fn frames_are_sent_as_they_are_made_behind_a_short_head() {
    let site = one_by_one().start().await;
    site.publish("blocker", LONG_BLOCKER, "tone-flaky").await;
    let body = format!("One is quick. {}", LONG_BLOCKER.replace("This", "That"));
    site.publish("soon", &body, "tone-flaky").await;
    let first = site.bytes("/v1/articles/soon/clips/0.mp3").await;
    let mut response = site.get("/v1/articles/soon/audio.mp3").await;
    let mut heard = Vec::new();
    let head = |heard: &[u8]| heard.windows(4).position(|four| four == &first[..4]);
    while heard.len() < head(&heard).unwrap_or(usize::MAX).saturating_add(first.len() + 20 * 192) {
        heard.extend_from_slice(&response.chunk().await.unwrap().expect("it goes on"));
    }
    let head = head(&heard).expect("frames");
    assert!(head < 2048, "{head} bytes stand before the first words");
    assert!(heard[head..].starts_with(&first));
    let between = site.manifest("soon").await;
    assert_eq!(text(&between["sentences"][1], "state"), "pending", "its first frames are there already");
}

#[tokio::test]
async fn who_waits_too_long_for_a_sentence_is_told_when_to_come_back_and_keeps_the_place() {
    let site = one_by_one().env("LISTEN_LIMITS__CLIP_WAIT_S", 1).start().await;
    site.publish("blocker", LONG_BLOCKER, "tone-flaky").await;
    site.publish("slow", "One of a few. The !slow second one takes its time.", "tone-flaky").await;
    let early = site.get("/v1/articles/slow/clips/1.mp3").await;
    assert_eq!((early.status().as_u16(), &early.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    assert_eq!(early.headers()["cache-control"], "no-store");
    let error: Value = early.json().await.unwrap();
    assert_eq!(error["error"]["code"], "clip_wait");
    until("it is made", async || {
        let answer = site.get("/v1/articles/slow/clips/1.mp3").await;
        (answer.status() == 200).then_some(())
    })
    .await;
    site.ready("slow").await;
    assert_eq!(site.syntheses().await, 3.0, "it was begun once, whoever asked how often");
}

#[tokio::test]
async fn a_head_request_of_unmade_audio_is_answered_at_once_and_empty() {
    let site = one_at_a_time().start().await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    site.publish("unmade", "Wait !slow for this and for nothing else.", "tone-flaky").await;
    for (ext, kind) in [("mp3", "audio/mpeg"), ("wav", "audio/wav")] {
        let url = site.url(&format!("/v1/articles/unmade/audio.{ext}"));
        let response = site.client.head(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], kind);
        assert!(!response.headers().contains_key("content-length"), "{:?}", response.headers());
        assert!(response.bytes().await.unwrap().is_empty());
    }
    assert_ne!(text(&site.manifest("unmade").await, "state"), "ready");
}

#[tokio::test]
async fn a_sentence_that_does_not_exist_yet_is_made_next() {
    let site = one_at_a_time().start().await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    let manifest = site.publish("jump", &words::article(60, 9), "tone").await;
    let revision = text(&manifest, "revision");
    let no_redirects =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let ask = async |i: &str, revision: &str| {
        let url = site.url(&format!("/v1/articles/jump/clips/{i}.mp3?rev={revision}"));
        no_redirects.get(url).send().await.unwrap()
    };
    let response = ask("7", revision).await;
    assert_eq!(response.status(), 307);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let clip = site.bytes(path_of(&location)).await;
    assert!(sounds(&clip) && clip.len().is_multiple_of(192));

    let between = site.manifest("jump").await;
    let states: Vec<&str> =
        between["sentences"].as_array().unwrap().iter().map(|sentence| text(sentence, "state")).collect();
    assert_eq!(states.iter().filter(|state| **state == "ready").count(), 1, "{states:?}");
    assert_eq!(states[7], "ready");
    assert_eq!(path_of(text(&between["sentences"][7], "clip")), path_of(&location));
    assert!(between["sentences"][7]["start_frame"].is_null(), "what is before it is not made");

    assert_eq!(ask("9", revision).await.status(), 404);
    let other = ask("0", "0123456789abcdef").await;
    assert_eq!(other.status(), 409);
    let error: Value = other.json().await.unwrap();
    assert_eq!(error["error"]["code"], "revision_changed");
    let finished = site.ready("jump").await;
    assert_eq!(path_of(text(&finished["sentences"][7], "clip")), path_of(&location));
}

#[tokio::test]
async fn the_address_of_a_sentence_just_made_is_there_without_any_memory() {
    let site = one_at_a_time().env("LISTEN_LIMITS__MEMORY_BYTES", 0).start().await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    site.publish("jump", &words::article(100, 20), "tone").await;
    for i in 0..20 {
        let clip = site.bytes(&format!("/v1/articles/jump/clips/{i}.mp3")).await;
        assert!(sounds(&clip), "{i}");
    }
}

#[tokio::test]
async fn an_edit_tells_players_of_the_old_revision() {
    let site = Site::start().await;
    let old = site.publish_ready("page", &words::article(80, 3), "tone").await;
    site.publish_ready("page", &words::article(81, 3), "tone").await;
    let old_clip = format!("/v1/articles/page/clips/0.mp3?rev={}", text(&old, "revision"));
    let answer = until("the old revision is not served", async || Some(site.get(&old_clip).await)).await;
    assert_eq!(answer.status(), 409);
    let clip = path_of(text(&old["sentences"][0], "clip"));
    assert!(!site.bytes(clip).await.is_empty(), "its clips keep their addresses");
}
