//! The short way and the long one are one to whoever asks.

use std::time::Duration;

use axum::http::HeaderMap;
use tower::ServiceExt as _;

use super::*;
use crate::app::{Audio, AudioFormat, Format, Submission, Wish};
use crate::article::ArticleId;
use crate::http::router::router;
use crate::http::tests::site;

const LOOKS_MAX: usize = 1200;
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// Publishes an article of a few hundred kilobytes of sound, and gives its address and its size.
async fn finished(site: &Site) -> (String, u64) {
    let id: ArticleId = "ferry".parse().expect("an id");
    let sentences: Vec<String> = (0..12).map(|i| format!("Ferry number {i} left the quay.")).collect();
    let page = format!("# The ferry\n\n{}\n", sentences.join(" "));
    site.app.put_article(&id, Submission::of_body(Format::Markdown, page)).await.expect("it is taken");
    for _ in 0..LOOKS_MAX {
        match site.app.audio(&id, AudioFormat::Mp3, &Wish::default()).await.expect("audio") {
            Audio::Finished(rendition) => {
                return (format!("/audio/{}.mp3", rendition.digest), rendition.bytes);
            }
            Audio::Unfinished(_) => tokio::time::sleep(LOOK_PAUSE).await,
        }
    }
    panic!("it was not finished");
}

fn request(method: &str, uri: &str, lines: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).expect("a request")
}

/// What a listener sees, but for the id of the request when it is a new one.
async fn seen(response: Response<Body>, own_id: bool) -> (u16, HeaderMap, Bytes) {
    let (mut head, body) = response.into_parts();
    let id = head.headers.remove("x-request-id").expect("an id");
    if own_id {
        head.headers.insert("x-request-id", id);
    }
    (head.status.as_u16(), head.headers, axum::body::to_bytes(body, 1 << 24).await.expect("a body"))
}

#[tokio::test]
async fn the_short_way_answers_as_the_long_one_does() {
    let (site, _folder) = site().await;
    let (address, bytes) = finished(&site).await;
    assert!((200_000..RANGE_BYTES_MAX).contains(&bytes), "{bytes}");
    let tag = format!("\"{}\"", &address["/audio/".len()..address.len() - ".mp3".len()]);
    let beyond = format!("bytes={bytes}-");
    let router = router(site.clone());
    for (lines, is_short) in [
        (&[("range", "bytes=0-1")][..], true),
        (&[("range", "bytes=0-65535")], true),
        (&[("range", "bytes=70001-135536")], true),
        (&[("range", "bytes=-1")], true),
        (&[("range", "bytes=100000-")], true),
        (&[("range", "seconds=0-1")], true),
        (&[], true),
        (&[("x-request-id", "mine")], true),
        (&[("range", "bytes=5-9"), ("if-range", &tag)], true),
        (&[("range", "bytes=5-9"), ("if-range", "\"old\"")], true),
        (&[("if-none-match", &tag)], false),
        (&[("range", "bytes=5-9"), ("if-match", &tag), ("origin", "https://paper.example")], true),
        (&[("if-match", "\"old\"")], false),
        (&[("range", &beyond)], false),
        (&[("range", "bytes=0-1,5000-5001")], false),
    ] {
        let own_id = lines.iter().any(|(name, _)| *name == "x-request-id");
        let short = answer(&site, &request("GET", &address, lines));
        assert_eq!(short.is_some(), is_short, "{lines:?}");
        let Some(short) = short else { continue };
        let long = router.clone().oneshot(request("GET", &address, lines)).await.expect("an answer");
        assert_eq!(seen(short, own_id).await, seen(long, own_id).await, "{lines:?}");
    }
}

#[tokio::test]
async fn what_is_not_at_hand_takes_the_long_way() {
    let (site, folder) = site().await;
    let (address, _) = finished(&site).await;
    assert!(answer(&site, &request("GET", &address, &[])).is_some());
    for (method, uri) in [
        ("HEAD", address.as_str()),
        ("POST", &address),
        ("GET", &address.replace(".mp3", ".wav")),
        ("GET", &address.replace(".mp3", "%2Emp3")),
        ("GET", &format!("/audio/{}.mp3", "a".repeat(64))),
        ("GET", "/audio/"),
        ("GET", "/v1/articles/ferry/audio.mp3"),
    ] {
        assert!(answer(&site, &request(method, uri, &[])).is_none(), "{method} {uri}");
    }
    site.app.delete_article(&"ferry".parse().expect("an id")).await.expect("it is deleted");
    assert!(answer(&site, &request("GET", &address, &[])).is_none(), "its addresses are gone");
    drop(folder);
}
