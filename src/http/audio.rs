//! Whole audio: of an article, or by its immutable address.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde::Deserialize;

use super::Site;
use super::conditional::{Etag, Validators};
use super::deliver::{IMMUTABLE, NO_STORE, Representation, SHORT, body_of, deliver};
use super::error::Error;
use super::extract::{Asked, At, WishQuery, article_id, digest, split_name};
use crate::app::{Audio, AudioFormat, ByteStream, Rendition, UNTAGGED};

/// Keeps proxies from collecting a stream before they pass it on.
pub(super) const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// `GET /v1/articles/{id}/audio.mp3`, and so on for every format.
pub(super) fn in_format(format: AudioFormat) -> MethodRouter<Site> {
    get(move |site, id, query, bitrate, method, headers| {
        of_article(site, id, query, bitrate, (method, headers), format)
    })
}

/// The bit rate of an MP3.
#[derive(Debug, Default, Deserialize)]
struct BitrateQuery {
    kbps: Option<u32>,
}

async fn of_article(
    State(site): State<Site>,
    At(id): At<String>,
    Asked(query): Asked<WishQuery>,
    Asked(bitrate): Asked<BitrateQuery>,
    (method, headers): (Method, HeaderMap),
    format: AudioFormat,
) -> Result<Response, Error> {
    let id = article_id(&id)?;
    let format = match bitrate.kbps {
        Some(kbps) if format == AudioFormat::Mp3 => site.app.mp3_at(kbps)?,
        _ => format,
    };
    match site.app.audio(&id, format, &query.wish()?).await? {
        Audio::Finished(rendition) => finished(&site, rendition, &method, &headers, SHORT).await,
        Audio::Unfinished(stream) => Ok(unfinished(format, stream, &method)),
    }
}

/// `GET /audio/{digest}.mp3|wav|opus|flac`, and `{digest}.untagged.mp3`.
pub(super) async fn by_digest(
    State(site): State<Site>,
    At(file): At<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (name, extension) = split_name(&file).ok_or_else(|| {
        Error::invalid("bad_digest", "an address of audio is 64 hex digits and .mp3, .wav, .opus or .flac")
    })?;
    let format: AudioFormat = extension.parse()?;
    let rendition = match name.split_once('.') {
        Some((name, UNTAGGED)) if format == AudioFormat::Mp3 => site.app.untagged(digest(name)?).await?,
        _ => site.app.rendition(digest(name)?, format).await?,
    };
    finished(&site, rendition, &method, &headers, IMMUTABLE).await
}

async fn finished(
    site: &Site,
    rendition: Rendition,
    method: &Method,
    headers: &HeaderMap,
    cache: &'static str,
) -> Result<Response, Error> {
    let thing = representation(&rendition, cache);
    let app = site.app.clone();
    let read = move |range| {
        let (app, rendition) = (app.clone(), rendition.clone());
        async move { app.read(&rendition, range).await }
    };
    deliver(method, headers, &thing, read).await
}

/// A finished rendition as it is delivered.
pub(super) fn representation(rendition: &Rendition, cache: &'static str) -> Representation {
    let validators = Validators::new(Etag::strong(&rendition.digest), Some(rendition.finished_ms));
    Representation {
        validators: if cache == IMMUTABLE { validators } else { validators.replaceable() },
        bytes: rendition.bytes,
        media_type: rendition.format.media_type(),
        cache,
        file_name: Some(format!("{}.{}", rendition.article, rendition.format.extension())),
    }
}

/// Audio that is being made: from the start, without a length, and not to be kept.
fn unfinished(format: AudioFormat, stream: ByteStream, method: &Method) -> Response {
    let body = if *method == Method::HEAD { super::deliver::empty() } else { body_of(stream) };
    let headers = [
        (CONTENT_TYPE, format.media_type()),
        (ACCEPT_RANGES, "none"),
        (CACHE_CONTROL, NO_STORE),
        (NO_BUFFERING, "no"),
    ];
    (headers, Body::new(body)).into_response()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::{StreamExt, stream};

    use super::*;

    #[tokio::test]
    async fn audio_in_the_making_has_no_length_and_is_not_kept() {
        let stream = || stream::iter([Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))]).boxed();
        let response = unfinished(AudioFormat::Mp3, stream(), &Method::GET);
        for (name, value) in
            [("content-type", "audio/mpeg"), ("accept-ranges", "none"), ("cache-control", "no-store")]
        {
            assert_eq!(response.headers()[name], value, "{name}");
        }
        assert!(!response.headers().contains_key("content-length"));
        assert!(!response.headers().contains_key("etag"));
        let body = axum::body::to_bytes(response.into_body(), 100).await.expect("a body");
        assert_eq!(&body[..], b"abc");
        let head = unfinished(AudioFormat::Wav, stream(), &Method::HEAD);
        assert_eq!(head.headers()["content-type"], "audio/wav");
        let body = axum::body::to_bytes(head.into_body(), 100).await.expect("a body");
        assert!(body.is_empty());
    }
}
