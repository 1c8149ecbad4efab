//! The publisher's lexicon: read it, replace it. Its tag is strong and its text is sent as it is, so
//! that `If-Match` keeps two editors from overwriting each other (RFC 9110 §13.1.1).

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Site;
use super::body;
use super::conditional::{Etag, Validators, Verdict, evaluate};
use super::deliver::{NO_STORE, REVALIDATE, empty};
use super::error::Error;
use crate::app::{LEXICON_BYTES_MAX, LexiconFormat, PublishersLexicon, read_lexicon};

const TOML: &str = "application/toml";
const JSON: &str = "application/json";

/// `GET /v1/lexicon`: as JSON, or as TOML to those who ask for it.
pub(super) async fn show(
    State(site): State<Site>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let lexicon = site.app.lexicon().await?;
    let (format, media_type) = wanted(&headers);
    let etag = etag(&lexicon, format);
    let tag = etag.header();
    let mut response = match evaluate(&method, &headers, &Validators::new(etag, None)) {
        Verdict::Proceed => ([(CONTENT_TYPE, media_type)], lexicon.text(format)?).into_response(),
        Verdict::NotModified => (StatusCode::NOT_MODIFIED, empty()).into_response(),
        Verdict::Failed => return Err(stale()),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(REVALIDATE));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    with_tag(headers, &tag);
    Ok(response)
}

/// `PUT /v1/lexicon`: replaces all of it.
pub(super) async fn put(State(site): State<Site>, request: Request) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let format = sent(&parts.headers)?;
    let bytes = body::bytes(&parts.headers, body, (LEXICON_BYTES_MAX, "a lexicon's")).await?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        Error::invalid("bad_encoding", format!("the lexicon is not UTF-8, at offset {}", error.valid_up_to()))
    })?;
    let entries = read_lexicon(text, format)?;
    let before = if parts.headers.contains_key(IF_MATCH) || parts.headers.contains_key(IF_NONE_MATCH) {
        let before = site.app.lexicon().await?;
        let fits = |format| {
            let validators = Validators::new(etag(&before, format), None);
            evaluate(&Method::PUT, &parts.headers, &validators) == Verdict::Proceed
        };
        if !fits(LexiconFormat::Json) && !fits(LexiconFormat::Toml) {
            return Err(stale());
        }
        Some(before)
    } else {
        None
    };
    let change = site.app.put_lexicon(entries, before.as_ref()).await?;
    let tag = Etag::strong(change.tag.clone()).header();
    let mut response = ([(CACHE_CONTROL, NO_STORE)], Json(change)).into_response();
    with_tag(response.headers_mut(), &tag);
    Ok(response)
}

/// The tag of a lexicon's text in a format; JSON's is the lexicon's own.
fn etag(lexicon: &PublishersLexicon, format: LexiconFormat) -> Etag {
    match format {
        LexiconFormat::Json => Etag::strong(lexicon.tag.clone()),
        LexiconFormat::Toml => Etag::strong(format!("{}.toml", lexicon.tag)),
    }
}

fn with_tag(headers: &mut HeaderMap, tag: &str) {
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
}

fn stale() -> Error {
    Error::new(
        StatusCode::PRECONDITION_FAILED,
        "lexicon_changed",
        "the lexicon is not the one this was made from; get it again, and put your change into that one",
    )
}

/// What the client would rather read.
fn wanted(headers: &HeaderMap) -> (LexiconFormat, &'static str) {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = |media_type: &str| {
        accepted.split(',').any(|range| range.split(';').next().unwrap_or_default().trim() == media_type)
    };
    if named(TOML) && !named(JSON) { (LexiconFormat::Toml, TOML) } else { (LexiconFormat::Json, JSON) }
}

/// What the client sent.
fn sent(headers: &HeaderMap) -> Result<LexiconFormat, Error> {
    body::refuse_coded(headers)?;
    match body::media_type(headers).0.as_str() {
        JSON => Ok(LexiconFormat::Json),
        TOML | "text/x-toml" | "text/toml" => Ok(LexiconFormat::Toml),
        other => {
            let message = format!("the body is \"{other}\"; send {TOML} or {JSON}");
            Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_goes_to_those_who_ask_for_it() {
        let format = |accept: &'static str| {
            wanted(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))])).0
        };
        assert_eq!(wanted(&HeaderMap::new()).0, LexiconFormat::Json);
        assert_eq!(format("*/*"), LexiconFormat::Json);
        assert_eq!(format("application/toml"), LexiconFormat::Toml);
        assert_eq!(format("text/plain, application/toml;q=0.9"), LexiconFormat::Toml);
        assert_eq!(format("application/json, application/toml"), LexiconFormat::Json);
    }
}
