//! Bytes of a known length as HTTP delivers them: conditions, ranges, multipart (RFC 9110 §13–§15).
//!
//! What is sent is decided from headers alone (`plan`); only then are bytes asked for.

use std::ops::Range;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_RANGE, LAST_MODIFIED, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};

use super::conditional::{Validators, Verdict, evaluate, range_applies};
use super::error::Error;
use super::range::{Selection, select};
use crate::app::{AppError, ByteStream};

/// What never changes under its address.
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// What a new revision replaces.
pub(super) const SHORT: &str = "public, max-age=60";

/// What must be asked for again each time.
pub(super) const REVALIDATE: &str = "no-cache";

/// What is for one listener alone.
pub(super) const PRIVATE: &str = "private, no-store";

/// What must not be kept.
pub(super) const NO_STORE: &str = "no-store";

/// Room for the headers of an answer, so that the map of them need not grow.
const HEADERS: usize = 20;

/// A finished thing of known length.
#[derive(Clone, Debug)]
pub(super) struct Representation {
    /// What tells its states apart.
    pub(super) validators: Validators,
    /// Its exact length.
    pub(super) bytes: u64,
    /// Its media type.
    pub(super) media_type: &'static str,
    /// Its `Cache-Control`.
    pub(super) cache: &'static str,
    /// The name under which it is saved (visible ASCII without quotes).
    pub(super) file_name: Option<String>,
}

impl Representation {
    /// What is said of all of it, but for its length.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(HEADERS);
        set(&mut headers, ETAG, self.validators.etag.header());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache));
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let Some(modified) = self.validators.last_modified {
            set(&mut headers, LAST_MODIFIED, httpdate::fmt_http_date(modified));
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        if let Some(name) = &self.file_name {
            set(&mut headers, CONTENT_DISPOSITION, format!("inline; filename=\"{name}\""));
        }
        headers
    }
}

/// Answers a GET or HEAD; `read` hands over the bytes of a range.
///
/// # Errors
/// 412 and 416; and what `read` says.
pub(super) async fn deliver<R, F>(
    method: &Method,
    headers: &HeaderMap,
    thing: &Representation,
    read: R,
) -> Result<Response, Error>
where
    R: Fn(Range<u64>) -> F + Send + 'static,
    F: Future<Output = Result<ByteStream, AppError>> + Send + 'static,
{
    let Plan { status, headers, wanted } = plan(method, headers, thing, &thing.headers())?;
    let body = match wanted {
        Wanted::Nothing => empty(),
        Wanted::Bytes(range) if range.is_empty() => Body::empty(),
        Wanted::Bytes(range) => body_of(read(range).await?),
        Wanted::Multipart(parts) => body_of(multipart(parts, read)),
    };
    Ok(response(status, headers, body))
}

/// An answer of these parts.
pub(super) fn response(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// A streamed body; a failure on the way is logged once and ends the connection, so that nobody takes
/// a cut file for a whole one.
pub(super) fn body_of(stream: impl Stream<Item = Result<Bytes, AppError>> + Send + 'static) -> Body {
    Body::from_stream(stream.inspect_err(|error| {
        let cause = error.source.as_ref().map(|source| format!("{source:#}"));
        tracing::warn!(code = error.code, cause, "audio broke off: {error}");
    }))
}

/// A body of which not even the length is told: a 304 must not say `Content-Length: 0`
/// (RFC 9110 §8.6).
pub(super) fn empty() -> Body {
    Body::from_stream(stream::empty::<Result<Bytes, std::convert::Infallible>>())
}

/// What is sent.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) wanted: Wanted,
}

/// Which bytes are sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// No body: HEAD, 304.
    Nothing,
    /// One run of bytes.
    Bytes(Range<u64>),
    /// `multipart/byteranges`: the head of each part and its bytes, and what ends it.
    Multipart(Vec<(Bytes, Range<u64>)>),
}

/// Decides from the headers alone; `known` are those of a whole answer, but for its length.
///
/// # Errors
/// 412 and 416.
pub(super) fn plan(
    method: &Method,
    headers: &HeaderMap,
    thing: &Representation,
    known: &HeaderMap,
) -> Result<Plan, Error> {
    match evaluate(method, headers, &thing.validators) {
        Verdict::Proceed => {}
        Verdict::NotModified => {
            let mut answer = known.clone();
            answer.remove(CONTENT_TYPE);
            answer.remove(CONTENT_DISPOSITION);
            return Ok(Plan { status: StatusCode::NOT_MODIFIED, headers: answer, wanted: Wanted::Nothing });
        }
        Verdict::Failed => {
            return Err(Error::new(
                StatusCode::PRECONDITION_FAILED,
                "precondition_failed",
                "it has changed; ask again without the condition",
            ));
        }
    }
    let mut answer = known.clone();
    let (status, bytes, wanted) = match selection(method, headers, thing) {
        Selection::Whole => (StatusCode::OK, thing.bytes, Wanted::Bytes(0..thing.bytes)),
        Selection::One(range) => {
            set(&mut answer, CONTENT_RANGE, content_range(&range, thing.bytes));
            (StatusCode::PARTIAL_CONTENT, range.end - range.start, Wanted::Bytes(range))
        }
        Selection::Several(ranges) => {
            let boundary = boundary(thing);
            let (parts, bytes) = frame(&boundary, ranges, thing);
            set(&mut answer, CONTENT_TYPE, format!("multipart/byteranges; boundary={boundary}"));
            (StatusCode::PARTIAL_CONTENT, bytes, Wanted::Multipart(parts))
        }
        Selection::Unsatisfiable => {
            let message = format!("the range lies outside of the {} bytes there are", thing.bytes);
            return Err(Error::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", message)
                .with(CONTENT_RANGE, header_value(format!("bytes */{}", thing.bytes))));
        }
    };
    answer.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    if status == StatusCode::PARTIAL_CONTENT && headers.contains_key(IF_RANGE) {
        // Whoever goes on has these already (RFC 9110 §15.3.7). The type stays: where nothing may be
        // guessed (`nosniff`), browsers refuse sound without one.
        answer.remove(LAST_MODIFIED);
        answer.remove(CONTENT_DISPOSITION);
    }
    let wanted = if *method == Method::HEAD { Wanted::Nothing } else { wanted };
    Ok(Plan { status, headers: answer, wanted })
}

/// `Range` is defined for GET alone (RFC 9110 §14.2), and counts when `If-Range` is true.
fn selection(method: &Method, headers: &HeaderMap, thing: &Representation) -> Selection {
    if *method != Method::GET || !range_applies(headers, &thing.validators) {
        return Selection::Whole;
    }
    let mut lines = headers.get_all(RANGE).iter();
    match (lines.next().and_then(|line| line.to_str().ok()), lines.next()) {
        (Some(range), None) => select(range, thing.bytes),
        _ => Selection::Whole,
    }
}

fn content_range(range: &Range<u64>, length: u64) -> String {
    format!("bytes {}-{}/{length}", range.start, range.end - 1)
}

/// A line that the bytes do not hold: 128 bits of the digest that names them.
fn boundary(thing: &Representation) -> String {
    let tag = thing.validators.etag.header();
    let name: String = tag.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    format!("listen-{name}")
}

/// The parts of a multipart answer (RFC 9110 §14.6) and its length.
fn frame(boundary: &str, ranges: Vec<Range<u64>>, thing: &Representation) -> (Vec<(Bytes, Range<u64>)>, u64) {
    let mut parts = Vec::with_capacity(ranges.len() + 1);
    for range in ranges {
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n",
            thing.media_type,
            content_range(&range, thing.bytes)
        );
        parts.push((Bytes::from(head), range));
    }
    parts.push((Bytes::from(format!("\r\n--{boundary}--\r\n")), 0..0));
    let bytes = parts.iter().map(|(head, range)| head.len() as u64 + (range.end - range.start)).sum();
    (parts, bytes)
}

/// The bytes of a multipart answer; each part is read when the one before has been sent.
fn multipart<R, F>(
    parts: Vec<(Bytes, Range<u64>)>,
    read: R,
) -> impl Stream<Item = Result<Bytes, AppError>> + Send + 'static
where
    R: Fn(Range<u64>) -> F + Send + 'static,
    F: Future<Output = Result<ByteStream, AppError>> + Send + 'static,
{
    stream::iter(parts)
        .then(move |(head, range)| {
            let bytes = (!range.is_empty()).then(|| read(range));
            async move {
                let head = stream::iter([Ok(head)]);
                Ok::<ByteStream, AppError>(match bytes {
                    Some(bytes) => head.chain(bytes.await?).boxed(),
                    None => head.boxed(),
                })
            }
        })
        .try_flatten()
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: impl Into<String>) {
    headers.insert(name, header_value(value.into()));
}

/// Our own values are visible ASCII; should one ever not be, an empty value harms nobody.
fn header_value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests;
