//! Clips: one sentence, by its place in an article or by the digest of its bytes.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};

use super::Site;
use super::conditional::{Etag, Validators};
use super::deliver::{IMMUTABLE, NO_STORE, Representation, deliver};
use super::error::Error;
use super::extract::{Asked, At, WishQuery, article_id, digest, split_name};
use crate::app::AudioFormat;

/// Most digits of a sentence's index; no article has more sentences.
const INDEX_DIGITS_MAX: usize = 7;

/// `GET /v1/articles/{id}/clips/{i}.mp3?rev=…`: makes the sentence next if it is not made, then sends
/// to its immutable address.
pub(super) async fn by_index(
    State(site): State<Site>,
    At((id, file)): At<(String, String)>,
    Asked(query): Asked<WishQuery>,
) -> Result<Response, Error> {
    let id = article_id(&id)?;
    let i = index(clip_name(&file)?)?;
    let clip = site.app.clip_at(&id, i, &query.wish()?).await?;
    let headers = [(LOCATION, format!("/clips/{}.mp3", clip.sha)), (CACHE_CONTROL, NO_STORE.to_owned())];
    Ok((StatusCode::TEMPORARY_REDIRECT, headers).into_response())
}

/// `GET /clips/{sha256}.mp3`.
pub(super) async fn by_digest(
    State(site): State<Site>,
    At(file): At<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let sha = digest(clip_name(&file)?)?;
    let bytes = site.app.clip(sha).await?;
    let thing = Representation {
        validators: Validators::new(Etag::strong(sha), None),
        bytes: bytes.len() as u64,
        media_type: AudioFormat::Mp3.media_type(),
        cache: IMMUTABLE,
        file_name: None,
    };
    // Lossless: `read` only gets ranges inside `bytes`.
    let read = move |range: std::ops::Range<u64>| {
        let part = bytes.slice(range.start as usize..range.end as usize);
        async move { Ok(stream::iter([Ok(part)]).boxed()) }
    };
    deliver(&method, &headers, &thing, read).await
}

/// `NAME` of `NAME.mp3`.
fn clip_name(file: &str) -> Result<&str, Error> {
    match split_name(file) {
        Some((name, "mp3")) => Ok(name),
        _ => {
            Err(Error::new(StatusCode::NOT_FOUND, "unknown_format", "clips are MP3: end the address in .mp3"))
        }
    }
}

fn index(name: &str) -> Result<usize, Error> {
    let fits = name.len() <= INDEX_DIGITS_MAX && name.bytes().all(|b| b.is_ascii_digit());
    name.parse()
        .ok()
        .filter(|_| fits)
        .ok_or_else(|| Error::invalid("bad_index", "a clip's index is a number from 0").about("i"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_a_plain_number() {
        let of = |file| clip_name(file).and_then(index).map_err(|error| error.code());
        assert_eq!(of("0.mp3"), Ok(0));
        assert_eq!(of("9999999.mp3"), Ok(9_999_999));
        for (bad, code) in [
            ("+1.mp3", "bad_index"),
            ("-1.mp3", "bad_index"),
            ("1.5.mp3", "bad_index"),
            ("10000000.mp3", "bad_index"),
            ("x.mp3", "bad_index"),
            ("1.wav", "unknown_format"),
            ("1", "unknown_format"),
            (".mp3", "unknown_format"),
        ] {
            assert_eq!(of(bad), Err(code), "{bad}");
        }
    }
}
