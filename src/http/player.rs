//! The player's scripts: one that a page loads, and one that it fetches before somebody plays.
//! Compressed and digested once; readable at `?src`.

mod sources;

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256, Sha384};

use super::Site;
use super::deliver::{IMMUTABLE, SHORT};
use super::document::Document;
use super::error::Error;
use super::extract::At;

const MEDIA_TYPE: &str = "text/javascript; charset=utf-8";

/// Hex digits in an address.
const NAME_HEX: usize = 16;

/// What a page loads.
const ENTRY: &str = include_str!("../player/dist/listen-player.js");

/// What that fetches before somebody plays, and how it names it.
const DESK: &str = include_str!("../player/dist/desk.js");
const DESK_NAME: &str = "./desk.js";

/// One script as it is served.
#[derive(Debug)]
pub(super) struct Script {
    /// Its address, which changes with every byte of it.
    pub(super) path: String,
    /// Its digest, as `integrity` attributes take it (W3C Subresource Integrity).
    pub(super) integrity: String,
    name: &'static str,
    text: String,
    gzip: Bytes,
}

/// Both scripts, the entry first: in it stand the other one's address and digest.
static SCRIPTS: LazyLock<[Script; 2]> = LazyLock::new(|| {
    let desk = Script::new("desk", DESK.to_owned());
    let named = format!("{} {}", desk.path.trim_start_matches('/'), desk.integrity);
    [Script::new("listen-player", ENTRY.replace(DESK_NAME, &named)), desk]
});

/// The script that a page loads.
pub(super) fn entry() -> &'static Script {
    &SCRIPTS[0]
}

impl Script {
    fn new(name: &'static str, text: String) -> Self {
        let hash = &hex::encode(Sha256::digest(&text))[..NAME_HEX];
        let path = format!("/p/{name}.{hash}.js");
        let integrity = format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(&text)));
        let gzip = Bytes::from(gzip(text.as_bytes()));
        Self { name, path, integrity, text, gzip }
    }

    fn answer(&self, readable: bool, cache: &'static str, method: &Method, request: &HeaderMap) -> Response {
        if readable {
            return Document::new(MEDIA_TYPE, cache, sources::readable(self.name)).answer(method, request);
        }
        let mut response = Document::new(MEDIA_TYPE, cache, self.text.clone()).answer(method, request);
        if response.status() == StatusCode::OK && takes_gzip(request) {
            *response.body_mut() = Body::from(self.gzip.clone());
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// `?src`: as it was written, to be read.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    src: Option<String>,
}

/// `GET /listen-player.js`: the script under a name that stays, for pages that take updates as they come.
pub(super) async fn current(
    State(_): State<Site>,
    Query(asked): Query<Asked>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    entry().answer(asked.src.is_some(), SHORT, &method, &headers)
}

/// `GET /p/{name}.{hash}.js`: a script under the hash of its bytes.
pub(super) async fn lasting(
    State(_): State<Site>,
    At(file): At<String>,
    Query(asked): Query<Asked>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let script = SCRIPTS.iter().find(|script| script.path["/p/".len()..] == file).ok_or_else(|| {
        Error::new(
            StatusCode::NOT_FOUND,
            "unknown_script",
            format!("this version of listen has another player: load {} or /listen-player.js", entry().path),
        )
    })?;
    Ok(script.answer(asked.src.is_some(), IMMUTABLE, &method, &headers))
}

/// As small as gzip gets, in about a tenth of a second.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    // Writing to memory does not fail; were it to, the body would be cut and its digest refused.
    let _ = zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes, &mut packed);
    packed
}

/// Whether a client takes gzip (RFC 9110 §12.5.3).
fn takes_gzip(request: &HeaderMap) -> bool {
    let accepted = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().trim_start_matches("q=").parse::<f32>().unwrap_or(0.0);
        name.trim().eq_ignore_ascii_case("gzip") && weight > 0.0
    })
}

#[cfg(test)]
mod tests;
