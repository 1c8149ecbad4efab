//! Events: each sentence as it is made, nothing missed, nothing held up.

use std::collections::BTreeMap;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::site::{Setup, Site, text, until};
use super::words;

/// An article whose one sentence takes seconds, so that everything behind it in the queue waits.
const BLOCKER: &str = "This !slow one keeps the only place busy for a good while, since it is read in real time and \
                       it has so many words in it that nobody would ever want to hear all of them to the end.";

#[derive(Clone, Debug, PartialEq)]
struct Event {
    name: String,
    id: String,
    data: Value,
}

/// An open stream of events (HTML Standard §9.2.6).
struct Stream {
    response: Response,
    unread: Vec<u8>,
}

impl Stream {
    async fn open(site: &Site, path: &str, last_id: Option<&str>) -> Self {
        let mut request = site.client.get(site.url(path));
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        Self { response, unread: Vec::new() }
    }

    /// The next event; none at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                let event = event_of(std::str::from_utf8(&block).unwrap());
                if event.is_some() {
                    return event;
                }
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.unread.extend_from_slice(&chunk);
        }
    }

    /// The next clip's event.
    async fn clip(&mut self) -> Event {
        loop {
            let event = self.next().await.expect("it goes on");
            if event.name == "clip" {
                return event;
            }
        }
    }

    async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// None for a block that is only a comment.
fn event_of(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let lines = block.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).next().map(str::to_owned)
    };
    let data = field("data")?;
    let data = serde_json::from_str(&data).unwrap_or_else(|error| panic!("{error}: {data}"));
    Some(Event { name: field("event").unwrap(), id: field("id").unwrap(), data })
}

fn one_at_a_time() -> Setup {
    Setup::default().env("LISTEN_SPEECH__ARTICLES_AT_ONCE", 1)
}

/// What the events say of each sentence: the last word counts.
fn sentences(events: &[Event]) -> BTreeMap<u64, Value> {
    let clips = events.iter().filter(|event| event.name == "clip");
    clips.map(|event| (event.data["i"].as_u64().unwrap(), event.data.clone())).collect()
}

/// What the events say of the sentences is what the manifest says of them.
fn assert_agree(events: &[Event], manifest: &Value) {
    let told = sentences(events);
    let meant = manifest["sentences"].as_array().unwrap();
    assert_eq!(told.len(), meant.len(), "{events:?}");
    for (sentence, told) in meant.iter().zip(told.values()) {
        for field in ["i", "state", "frames", "pause_frames", "clip", "words"] {
            assert_eq!(told[field], sentence[field], "{field} of {sentence}");
        }
    }
}

#[tokio::test]
async fn a_listener_is_told_every_sentence_once_and_where_the_audio_is() {
    let site = one_at_a_time().start().await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    let waiting = site.publish("told", &words::article(900, 12), "tone").await;
    let path = text(&waiting["links"], "events");
    let stream = Stream::open(&site, path, None).await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(stream.response.headers()[name], value, "{name}");
    }
    let events = stream.rest().await;
    let manifest = site.manifest("told").await;
    assert_eq!((&*events[0].name, &events[0].data["state"]), ("state", &"queued".into()), "{events:?}");
    assert!(events.iter().any(|event| event.data["state"] == "rendering"), "{events:?}");
    assert_eq!(events.iter().filter(|event| event.name == "clip").count(), 12, "each once: {events:?}");
    assert_agree(&events, &manifest);
    let last = events.last().unwrap();
    assert_eq!(last.name, "ready");
    for field in ["audio", "duration_ms", "label", "ai", "revision"] {
        assert_eq!(last.data[field], manifest[field], "{field}");
    }

    // It comes back by itself, as browsers do, and is told that there is no more.
    let again = site.client.get(site.url(path)).header("last-event-id", &last.id).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NO_CONTENT);
    // Another one comes late: all of it at once.
    let late = Stream::open(&site, path, None).await.rest().await;
    assert_agree(&late, &manifest);
    assert_eq!(late.last().unwrap(), last);
    let head = site.client.head(site.url(path)).send().await.unwrap();
    assert_eq!(head.headers()["content-type"], "text/event-stream");
    assert!(head.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_listener_who_comes_back_has_missed_nothing_and_hears_nothing_twice() {
    let site = one_at_a_time().start().await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    let manifest = site.publish("back", &words::article(930, 6), "tone").await;
    let jump = async |i: usize| {
        assert!(!site.bytes(&format!("/v1/articles/back/clips/{i}.mp3")).await.is_empty());
    };
    let path = format!("/v1/articles/back/events?rev={}", text(&manifest, "revision"));
    jump(4).await;
    let mut stream = Stream::open(&site, &path, None).await;
    assert_eq!(stream.clip().await.data["i"], 4, "what was there before");
    jump(2).await;
    let seen = stream.clip().await;
    assert_eq!(seen.data["i"], 2);
    drop(stream);
    jump(5).await;
    let mut stream = Stream::open(&site, &path, Some(&seen.id)).await;
    assert_eq!(stream.clip().await.data["i"], 5);
    assert_ne!(text(&site.manifest("blocker").await, "state"), "ready", "too slow to have proven anything");
    let mut rest = stream.rest().await;
    rest.retain(|event| event.name == "clip");
    assert_eq!(sentences(&rest).into_keys().collect::<Vec<_>>(), [0, 1, 3], "{rest:?}");
    // An id of nobody's starts over.
    let all = Stream::open(&site, &path, Some("0123456789abcdef.4")).await.rest().await;
    assert_eq!(sentences(&all).len(), 6);
}

#[tokio::test]
async fn what_cannot_be_said_replaced_or_deleted_is_told() {
    let site = one_at_a_time().start().await;
    site.publish("odd", "All is well here. Nobody can !fail to hear this. It goes on.", "tone-flaky").await;
    let mut stream = Stream::open(&site, "/v1/articles/odd/events", None).await;
    let mut clips = BTreeMap::new();
    while clips.len() < 3 {
        let clip = stream.clip().await;
        clips.insert(clip.data["i"].as_u64().unwrap(), clip.data["state"].clone());
    }
    assert_eq!(json!(clips), json!({ "0": "ready", "1": "skipped", "2": "ready" }));
    site.publish("blocker", BLOCKER, "tone-flaky").await;

    site.publish("page", &words::article(960, 3), "tone").await;
    let mut stream = Stream::open(&site, "/v1/articles/page/events", None).await;
    assert_eq!(stream.next().await.unwrap().name, "state");
    let new = site.publish("page", &words::article(961, 3), "tone").await;
    let changed = stream.rest().await.pop().unwrap();
    assert_eq!((&*changed.name, &changed.data["revision"]), ("changed", &new["revision"]));

    let mut stream = Stream::open(&site, "/v1/articles/page/events", None).await;
    assert_eq!(stream.next().await.unwrap().data["revision"], new["revision"]);
    let deleted = site.client.delete(site.url("/v1/articles/page")).send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    let changed = stream.rest().await.pop().unwrap();
    assert_eq!((&*changed.name, &changed.data["revision"]), ("changed", &Value::Null));
    for (path, status) in
        [("page/events", 410), ("never/events", 404), ("odd/events?rev=0123456789abcdef", 404)]
    {
        assert_eq!(site.get(&format!("/v1/articles/{path}")).await.status(), status, "{path}");
    }
}

#[tokio::test]
async fn listeners_have_bounded_places_and_take_none_of_other_requests() {
    let site = one_at_a_time()
        .env("LISTEN_LIMITS__EVENT_STREAMS", 3)
        .env("LISTEN_LIMITS__REQUESTS_AT_ONCE", 2)
        .start()
        .await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    site.publish("a", &words::article(990, 2), "tone").await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stream = Stream::open(&site, "/v1/articles/a/events", None).await;
        stream.next().await.expect("it is told how things are");
        streams.push(stream);
    }
    let full = site.get("/v1/articles/a/events").await;
    assert_eq!(full.status(), 503);
    assert_eq!(full.headers()["retry-after"], "10");
    let error: Value = full.json().await.unwrap();
    assert_eq!(error["error"]["code"], "too_many_streams");
    site.manifest("a").await;
    streams.pop();
    until("a place is free again", async || {
        (site.get("/v1/articles/a/events").await.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_only_listens_does_not_keep_the_service_from_stopping() {
    let mut site = one_at_a_time().start().await;
    site.publish("blocker", BLOCKER, "tone-flaky").await;
    site.publish("a", &words::article(1000, 2), "tone").await;
    let mut stream = Stream::open(&site, "/v1/articles/a/events", None).await;
    stream.next().await.unwrap();
    assert!(site.stop().await.success(), "{}", site.log());
    assert!(!site.log().contains("still busy"), "it waited for the listener: {}", site.log());
    assert!(stream.next().await.is_none(), "the stream ended as it should");
}
