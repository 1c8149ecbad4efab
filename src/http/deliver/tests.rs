use axum::http::Request;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::super::conditional::Etag;
use super::super::range::PARTS_MAX;
use super::*;
use crate::audio::Bitrate;
use crate::audio::rope::{Blob, Coding, Part, Piece, Rope, Silence};

const MODIFIED_MS: i64 = 784_111_777_000;
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";

fn thing(bytes: u64) -> Representation {
    Representation {
        validators: Validators::new(Etag::strong("abc123"), Some(MODIFIED_MS)),
        bytes,
        media_type: "audio/mpeg",
        cache: SHORT,
        file_name: Some("a.mp3".to_owned()),
    }
}

fn content(bytes: u64) -> Bytes {
    (0..bytes).map(|i| (i % 251) as u8).collect()
}

/// Status, headers and body of a request.
async fn answer(method: &str, lines: &[(&str, &str)], bytes: u64) -> (u16, HeaderMap, Bytes) {
    let all = content(bytes);
    let read = move |range: Range<u64>| {
        let part = all.slice(range.start as usize..range.end as usize);
        // In two pieces, as a rope comes.
        let (left, right) = (part.slice(..part.len() / 2), part.slice(part.len() / 2..));
        vec![left, right]
    };
    answer_of(method, lines, bytes, read).await
}

/// The same, of what is read like this.
async fn answer_of(
    method: &str,
    lines: &[(&str, &str)],
    bytes: u64,
    read: impl Fn(Range<u64>) -> Vec<Bytes> + Send + 'static,
) -> (u16, HeaderMap, Bytes) {
    let mut request = Request::builder().method(method);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    let read = move |range| {
        let pieces = read(range).into_iter().map(Ok);
        async move { Ok(stream::iter(pieces).boxed()) }
    };
    let response = match deliver(&parts.method, &parts.headers, &thing(bytes), read).await {
        Ok(response) => response,
        Err(error) => axum::response::IntoResponse::into_response(error),
    };
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.expect("a body");
    (head.status.as_u16(), head.headers, body)
}

#[tokio::test]
async fn conditions_and_ranges_meet_as_rfc_9110_says() {
    let whole = "0-999";
    for (method, lines, status, content_range) in [
        ("GET", &[][..], 200, None),
        ("GET", &[("range", "bytes=0-1")], 206, Some("bytes 0-1/1000")),
        ("GET", &[("range", "bytes=0-")], 206, Some("bytes 0-999/1000")),
        ("GET", &[("range", "bytes=-1")], 206, Some("bytes 999-999/1000")),
        ("GET", &[("range", "bytes=1000-")], 416, Some("bytes */1000")),
        ("GET", &[("range", "bytes=x")], 200, None),
        ("GET", &[("range", "bytes=0-1"), ("range", "bytes=5-6")], 200, None),
        // §14.2: "A server MUST ignore a Range header field received with a request method that is
        // unrecognized or for which range handling is not defined"
        ("HEAD", &[("range", "bytes=0-1")], 200, None),
        ("HEAD", &[("range", "bytes=1000-")], 200, None),
        // §13.1.5 If-Range
        ("GET", &[("range", "bytes=0-1"), ("if-range", "\"abc123\"")], 206, Some("bytes 0-1/1000")),
        ("GET", &[("range", "bytes=0-1"), ("if-range", "\"old\"")], 200, None),
        ("GET", &[("range", "bytes=0-1"), ("if-range", "W/\"abc123\"")], 200, None),
        ("GET", &[("range", "bytes=0-1"), ("if-range", DATE)], 206, Some("bytes 0-1/1000")),
        ("GET", &[("range", "bytes=1000-"), ("if-range", "\"old\"")], 200, None),
        ("GET", &[("range", "bytes=1000-"), ("if-range", "\"abc123\"")], 416, Some("bytes */1000")),
        ("GET", &[("if-range", "\"abc123\"")], 200, None),
        // §14.1.2, §14.2: other units and what is no range are ignored, too long a suffix is all of it
        ("GET", &[("range", "seconds=0-1")], 200, None),
        ("GET", &[("range", "bytes=5-2")], 200, None),
        ("GET", &[("range", "bytes=-99999999")], 206, Some("bytes 0-999/1000")),
        ("GET", &[("range", "bytes=-0")], 416, Some("bytes */1000")),
        // §13.2.2: preconditions come before ranges
        ("GET", &[("range", "bytes=0-1"), ("if-none-match", "\"abc123\"")], 304, None),
        ("GET", &[("range", "bytes=1000-"), ("if-none-match", "\"abc123\"")], 304, None),
        ("GET", &[("range", "bytes=0-1"), ("if-match", "\"old\"")], 412, None),
        ("GET", &[("range", "bytes=0-1"), ("if-match", "\"abc123\"")], 206, Some("bytes 0-1/1000")),
        ("HEAD", &[("if-none-match", "*")], 304, None),
        ("GET", &[("range", "bytes=0-1"), ("if-modified-since", DATE)], 304, None),
        ("GET", &[("range", "bytes=0-1"), ("if-unmodified-since", EARLIER)], 412, None),
        ("GET", &[("range", "bytes=1000-"), ("if-match", "\"old\"")], 412, None),
        ("HEAD", &[("if-match", "\"old\"")], 412, None),
    ] {
        let (got, headers, body) = answer(method, lines, 1000).await;
        assert_eq!(got, status, "{method} {lines:?}");
        let range = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        assert_eq!(range, content_range, "{method} {lines:?}");
        match status {
            200 if method == "HEAD" => {
                assert!(body.is_empty());
                assert_eq!(headers[CONTENT_LENGTH], "1000");
            }
            200 => assert_eq!(body, content(1000), "{whole}"),
            304 => {
                assert!(body.is_empty());
                // §15.4.5: what a 200 would have said of these; no length of a body that is not sent
                assert_eq!(headers[ETAG], "\"abc123\"");
                assert_eq!(headers[CACHE_CONTROL], SHORT);
                assert_eq!(headers[LAST_MODIFIED], DATE);
                assert!(!headers.contains_key(CONTENT_LENGTH) && !headers.contains_key(CONTENT_TYPE));
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_whole_answer_carries_what_players_need() {
    let (_, headers, _) = answer("GET", &[], 1000).await;
    for (name, value) in [
        ("accept-ranges", "bytes"),
        ("content-type", "audio/mpeg"),
        ("content-length", "1000"),
        ("etag", "\"abc123\""),
        ("last-modified", DATE),
        ("content-disposition", "inline; filename=\"a.mp3\""),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
}

/// §15.3.7: who shows an If-Range has these fields already and SHOULD NOT be sent them again; who shows
/// none MUST be sent all that a 200 has.
#[tokio::test]
async fn a_client_that_goes_on_is_not_told_again_what_it_knows() {
    const KNOWN: [HeaderName; 2] = [LAST_MODIFIED, CONTENT_DISPOSITION];
    let range = ("range", "bytes=0-1");
    for (lines, status, told) in [
        (&[range][..], 206, true),
        (&[range, ("if-range", "\"abc123\"")], 206, false),
        (&[range, ("if-range", DATE)], 206, false),
        (&[("range", "bytes=0-1,900-901"), ("if-range", "\"abc123\"")], 206, false),
        (&[range, ("if-range", "\"old\"")], 200, true),
        (&[("if-range", "\"abc123\"")], 200, true),
    ] {
        let (got, headers, _) = answer("GET", lines, 1000).await;
        assert_eq!(got, status, "{lines:?}");
        for name in KNOWN {
            assert_eq!(headers.contains_key(&name), told, "{lines:?}: {name}");
        }
        // Required in any case; the type because nothing may be guessed (`nosniff`).
        for name in [ETAG, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE] {
            assert!(headers.contains_key(&name), "{lines:?}: {name}");
        }
    }
}

#[tokio::test]
async fn several_ranges_come_as_multipart_14_6() {
    let (status, headers, body) = answer("GET", &[("range", "bytes=0-9,500-509,-10")], 1000).await;
    assert_eq!(status, 206);
    assert_eq!(headers[CONTENT_TYPE], "multipart/byteranges; boundary=listen-abc123");
    assert!(!headers.contains_key(CONTENT_RANGE), "§15.3.7.2: MUST NOT in a multipart answer");
    assert_eq!(headers[CONTENT_LENGTH], body.len().to_string().as_str());
    let all = content(1000);
    let mut expected = Vec::new();
    for (start, end) in [(0, 10), (500, 510), (990, 1000)] {
        expected.extend_from_slice(b"\r\n--listen-abc123\r\nContent-Type: audio/mpeg\r\n");
        expected
            .extend_from_slice(format!("Content-Range: bytes {start}-{}/1000\r\n\r\n", end - 1).as_bytes());
        expected.extend_from_slice(&all[start..end]);
    }
    expected.extend_from_slice(b"\r\n--listen-abc123--\r\n");
    assert_eq!(body, expected);
}

#[tokio::test]
async fn an_empty_thing_is_whole_or_unsatisfiable() {
    let (status, headers, body) = answer("GET", &[], 0).await;
    assert_eq!((status, headers[CONTENT_LENGTH].as_bytes(), body.len()), (200, &b"0"[..], 0));
    let (status, headers, _) = answer("GET", &[("range", "bytes=0-")], 0).await;
    assert_eq!((status, headers[CONTENT_RANGE].as_bytes()), (416, &b"bytes */0"[..]));
}

/// The parts of a multipart body: what their heads say they are, and their bytes.
fn parts_of(body: &[u8], boundary: &str) -> Vec<(Range<u64>, u64, Vec<u8>)> {
    let delimiter = format!("\r\n--{boundary}");
    let mut parts = Vec::new();
    let mut rest = body.strip_prefix(delimiter.as_bytes()).expect("a first delimiter");
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let blank = part.windows(4).position(|four| four == b"\r\n\r\n").expect("an end of the head");
        let head = std::str::from_utf8(&part[..blank]).expect("a head is text");
        let range =
            head.lines().find_map(|line| line.strip_prefix("Content-Range: bytes ")).expect("a range");
        let (range, length) = range.split_once('/').expect("a length");
        let (first, last) = range.split_once('-').expect("two ends");
        let range = first.parse().expect("a number")..last.parse::<u64>().expect("a number") + 1;
        let bytes = &part[blank + 4..];
        let end = (range.end - range.start) as usize;
        parts.push((range, length.parse().expect("a number"), bytes[..end].to_vec()));
        rest = bytes[end..].strip_prefix(delimiter.as_bytes()).expect("a delimiter behind each part");
    }
    assert_eq!(rest, b"--\r\n");
    parts
}

/// First bytes and further bytes of ranges, as a header.
fn header_of(asked: &[(u64, u64)]) -> String {
    let specs: Vec<String> = asked.iter().map(|(a, n)| format!("{a}-{}", a + n)).collect();
    format!("bytes={}", specs.join(","))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

fn piece_of(i: usize, (kind, offset, len): (u8, u64, u64)) -> Piece {
    let silence = |coding| Piece::Silence(Silence { coding, frames: 1 + len / 1000 });
    match kind {
        0 => Piece::Bytes(content(len)),
        1 => silence(Coding::Mp3(Bitrate::K48)),
        2 => silence(Coding::Pcm),
        _ => Piece::Blob(Blob { digest: [i as u8; 32], offset, len }),
    }
}

/// A blob holds at each place a byte of that place and of its own.
fn bytes_of(part: Part) -> Bytes {
    match part {
        Part::Bytes(bytes) => bytes,
        Part::Blob(blob) => (blob.offset..blob.offset + blob.len)
            .map(|at| (at.wrapping_mul(31) ^ u64::from(blob.digest[0])) as u8)
            .collect(),
    }
}

/// Whether an answer is right of a thing whose bytes these are.
fn is_what_was_asked_for(
    asked: &[(u64, u64)],
    all: &[u8],
    (status, headers, body): (u16, HeaderMap, Bytes),
) -> Result<(), TestCaseError> {
    let length = all.len() as u64;
    let inside: Vec<Range<u64>> =
        asked.iter().filter(|(a, _)| *a < length).map(|(a, n)| *a..length.min(a + n + 1)).collect();
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if status != 416 {
        let announced = body.len().to_string();
        prop_assert_eq!(headers[CONTENT_LENGTH].to_str().ok(), Some(announced.as_str()));
    }
    let sent = match status {
        416 => {
            prop_assert!(inside.is_empty());
            return Ok(());
        }
        200 => {
            prop_assert!(inside.len() > PARTS_MAX);
            vec![(0..length, length, body.to_vec())]
        }
        206 if kind.starts_with("multipart/byteranges; boundary=") => {
            parts_of(&body, kind.split_once('=').expect("a boundary").1)
        }
        _ => {
            prop_assert_eq!(status, 206);
            let range = headers[CONTENT_RANGE].to_str().expect("text");
            let first = range["bytes ".len()..range.find('-').expect("two ends")].parse::<u64>();
            let first = first.expect("a number");
            vec![(first..first + body.len() as u64, length, body.to_vec())]
        }
    };
    for (range, total, bytes) in &sent {
        prop_assert_eq!(*total, length);
        prop_assert_eq!(&bytes[..], &all[range.start as usize..range.end as usize]);
    }
    let place = |wanted: &Range<u64>| {
        sent.iter().position(|(range, ..)| range.start <= wanted.start && wanted.end <= range.end)
    };
    let places: Vec<Option<usize>> = inside.iter().map(place).collect();
    prop_assert!(places.iter().all(Option::is_some), "{:?}", inside);
    let mut seen = Vec::new();
    for place in places.into_iter().flatten() {
        if !seen.contains(&place) {
            seen.push(place);
        }
    }
    prop_assert!(seen.is_sorted(), "in another order than {:?}", asked);
    Ok(())
}

proptest! {
    /// Whatever is asked for: every byte of the answer is the one of its place, all that was asked for
    /// is there, in the order in which it was asked for, and the announced length is the real one.
    #[test]
    fn several_ranges_are_those_slices(
        length in 1..60_000u64,
        asked in prop::collection::vec((0..70_000u64, 0..9_000u64), 1..10),
    ) {
        let header = header_of(&asked);
        let answered = runtime().block_on(answer("GET", &[("range", &header)], length));
        is_what_was_asked_for(&asked, &content(length), answered)?;
    }

    /// The same of a real rope: heads, parts of blobs and silence, cut anywhere.
    #[test]
    fn several_ranges_of_a_rope_are_those_slices(
        pieces in prop::collection::vec((0..4u8, 0..3000u64, 1..9000u64), 1..12),
        asked in prop::collection::vec((0..70_000u64, 0..9_000u64), 1..10),
    ) {
        let rope: Rope = pieces.iter().enumerate().map(|(i, piece)| piece_of(i, *piece)).collect();
        let read = move |range| rope.slice(range).map(bytes_of).collect::<Vec<Bytes>>();
        let all = Bytes::from(read(0..u64::MAX).concat());
        let header = header_of(&asked);
        let answered = runtime().block_on(answer_of("GET", &[("range", &header)], all.len() as u64, read));
        is_what_was_asked_for(&asked, &all, answered)?;
    }

    #[test]
    fn a_single_range_is_that_slice(length in 1..2000u64, a in 0..2500u64, b in 0..2500u64) {
        let (first, last) = (a.min(b), a.max(b));
        let range = format!("bytes={first}-{last}");
        let (status, headers, body) = runtime().block_on(answer("GET", &[("range", &range)], length));
        if first >= length {
            prop_assert_eq!(status, 416);
        } else {
            let end = length.min(last + 1);
            prop_assert_eq!(status, 206);
            prop_assert_eq!(&body[..], &content(length)[first as usize..end as usize]);
            let length = body.len().to_string();
            prop_assert_eq!(headers[CONTENT_LENGTH].to_str().ok(), Some(length.as_str()));
        }
    }
}
