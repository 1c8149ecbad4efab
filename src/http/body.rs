//! Bodies of publishers: bounded, of a known type, decoded.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use futures::StreamExt;

use super::Site;
use super::error::Error;
use crate::app::{self, Decoded, Submission};

/// Longest time in which a body must arrive.
const BODY_WAIT: Duration = Duration::from_secs(60);

/// How much of a body that is too large is read and thrown away, so that the client gets to read the
/// answer instead of a reset connection.
const DISCARD_BYTES_MAX: usize = 32 << 20;

const ACCEPTED: &str = "text/html, text/markdown, text/plain or application/json";

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Media {
    Html,
    Markdown,
    Text,
    Json,
}

/// The article a publisher sent.
///
/// # Errors
/// 400 what cannot be read, 408 too slow, 413 too large (`limits.body_bytes`), 415 of another type.
pub(super) async fn submission(site: &Site, request: Request) -> Result<Submission, Error> {
    let (parts, body) = request.into_parts();
    let (media, charset) = media_of(&parts.headers)?;
    let limit = site.app.config().limits.body_bytes;
    let bytes = bytes(&parts.headers, body, (limit, "limits.body_bytes")).await?;
    if media == Media::Json {
        return from_json(&bytes);
    }
    let Decoded { text, notes } = decode(&bytes, charset.as_deref())?;
    let (page, rest) = (Some(text), Submission { notes, ..Submission::default() });
    Ok(match media {
        Media::Html => Submission { html: page, ..rest },
        Media::Markdown => Submission { markdown: page, ..rest },
        Media::Text | Media::Json => Submission { text: page, ..rest },
    })
}

/// The body of a form, as `URLSearchParams` are sent.
///
/// # Errors
/// 400 what cannot be read, 408 too slow, 413 too large, 415 of another type.
pub(super) async fn form(request: Request, limit: usize) -> Result<Vec<u8>, Error> {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let message = "send the body as application/x-www-form-urlencoded";
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", message));
    }
    bytes(&parts.headers, body, (limit, "the limit of reports")).await
}

/// The bytes of a body, at most so many (by the setting or rule of that name) and within a bounded time.
///
/// # Errors
/// 400 when it breaks off, 408 too slow, 413 too large.
pub(super) async fn bytes(headers: &HeaderMap, body: Body, limit: (usize, &str)) -> Result<Vec<u8>, Error> {
    tokio::time::timeout(BODY_WAIT, read(headers, body, limit)).await.map_err(|_| {
        let message = format!("the body did not arrive within {} seconds", BODY_WAIT.as_secs());
        Error::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", message)
    })?
}

async fn read(headers: &HeaderMap, body: Body, (limit, rule): (usize, &str)) -> Result<Vec<u8>, Error> {
    let announced: Option<usize> =
        headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let mut bytes = Vec::with_capacity(announced.unwrap_or_default().min(limit));
    let mut seen = 0usize;
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Error::invalid("body_cut", "the body broke off"))?;
        seen = seen.saturating_add(chunk.len());
        if seen <= limit {
            bytes.extend_from_slice(&chunk);
        } else if seen > limit.saturating_add(DISCARD_BYTES_MAX) {
            break;
        }
    }
    if seen > limit {
        let message = format!("the body is larger than the limit of {limit} bytes ({rule})");
        return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message));
    }
    Ok(bytes)
}

/// The type of an article's body and its charset (RFC 9110 §8.3).
fn media_of(headers: &HeaderMap) -> Result<(Media, Option<String>), Error> {
    refuse_coded(headers)?;
    let refuse =
        |message: String| Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", message));
    let (essence, charset) = media_type(headers);
    let media = match essence.as_str() {
        "" => return refuse(format!("the body needs a Content-Type: {ACCEPTED}")),
        "text/html" | "application/xhtml+xml" => Media::Html,
        "text/markdown" => Media::Markdown,
        "text/plain" => Media::Text,
        "application/json" => Media::Json,
        _ => return refuse(format!("the body is \"{essence}\"; send {ACCEPTED}")),
    };
    Ok((media, charset))
}

/// The `Content-Type`, lower case and cut, without its parameters (empty when there is none), and its
/// charset.
pub(super) fn media_type(headers: &HeaderMap) -> (String, Option<String>) {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut pieces = value.split(';').map(str::trim);
    let essence = pieces.next().unwrap_or_default().chars().take(80).collect::<String>().to_ascii_lowercase();
    let charset = pieces.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"').to_owned())
    });
    (essence, charset)
}

/// Refuses a body that is compressed: its real length would not be bounded.
pub(super) fn refuse_coded(headers: &HeaderMap) -> Result<(), Error> {
    if headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        let message = "send the body without Content-Encoding";
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_encoding", message));
    }
    Ok(())
}

/// The text of a body, in whatever encoding it is declared to be or looks like.
fn decode(bytes: &[u8], charset: Option<&str>) -> Result<Decoded, Error> {
    app::decode(bytes, charset).map_err(|bad| Error::invalid("bad_encoding", format!("the body: {bad}")))
}

fn from_json(bytes: &[u8]) -> Result<Submission, Error> {
    // serde would take an array for an object by the order of its fields.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Error::invalid("bad_json", "the body is not a JSON object"));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let code = if error.is_data() { "bad_field" } else { "bad_json" };
        Error::invalid(code, format!("the JSON body does not fit: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(content_type: &str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::try_from(content_type).expect("a value"))])
    }

    #[test]
    fn the_type_of_a_body_is_read_with_its_charset() {
        for (content_type, media, charset) in [
            ("text/html", Media::Html, None),
            ("Text/HTML; Charset=\"ISO-8859-1\"", Media::Html, Some("ISO-8859-1")),
            ("text/markdown;charset=utf-8", Media::Markdown, Some("utf-8")),
            ("text/plain; format=flowed", Media::Text, None),
            ("application/json", Media::Json, None),
        ] {
            let (got, got_charset) = media_of(&headers(content_type)).expect(content_type);
            assert_eq!((got, got_charset.as_deref()), (media, charset), "{content_type}");
        }
        for bad in ["", "application/pdf", "text", "multipart/form-data; boundary=x"] {
            let error = media_of(&headers(bad)).expect_err(bad);
            assert_eq!((error.status().as_u16(), error.code()), (415, "content_type"), "{bad}");
        }
        assert!(media_of(&HeaderMap::new()).is_err());
        let mut packed = headers("text/html");
        packed.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(media_of(&packed).is_err());
    }

    #[test]
    fn json_that_does_not_fit_is_told_where() {
        for (json, code, word) in [
            (r#"{"text":"a","colour":1}"#, "bad_field", "colour"),
            (r#"{"text":1}"#, "bad_field", "line 1"),
            (r#"{"text":"a""#, "bad_json", "line 1"),
            (r#"["a"]"#, "bad_json", "object"),
            ("", "bad_json", "object"),
            (r#"{"lang":"not a language"}"#, "bad_field", "language"),
        ] {
            let error = from_json(json.as_bytes()).expect_err(json);
            assert_eq!((error.status().as_u16(), error.code()), (400, code), "{json}");
            assert!(format!("{error:?}").contains(word), "{json}: {error:?}");
        }
        assert!(from_json(br#" {"text":"a","lang":"en-US","rate":1.25}"#).is_ok());
    }

    #[tokio::test]
    async fn a_body_is_bounded_whatever_it_announces() {
        let none = HeaderMap::new();
        assert_eq!(read(&none, Body::from("12345"), (5, "r")).await.ok().as_deref(), Some(&b"12345"[..]));
        let error = read(&none, Body::from("123456"), (5, "r")).await.expect_err("too large");
        assert_eq!((error.status().as_u16(), error.code()), (413, "body_too_large"));
        let lies = HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static("18446744073709551615"))]);
        assert_eq!(
            read(&lies, Body::from("1"), (5, "r")).await.map(|bytes| bytes.capacity() <= 8).ok(),
            Some(true)
        );
    }

    #[test]
    fn text_is_decoded_as_declared() {
        let text = |bytes, charset| decode(bytes, charset).map(|decoded| decoded.text).ok();
        assert_eq!(text("\u{FEFF}né".as_bytes(), Some("UTF-8")).as_deref(), Some("né"));
        assert_eq!(text(b"n\xe9", Some("iso-8859-1")).as_deref(), Some("né"));
        assert_eq!(decode(b"\0\0\0\0", None).map_err(|e| e.code()).err(), Some("bad_encoding"));
    }
}
