//! What players report of a visit, and the figures made of it. A report has no identifier, and its
//! sender's address is looked at only to bound how often one may report.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::deliver::NO_STORE;
use super::error::Error;
use super::extract::{Asked, At, article_id};
use super::quota::{Peer, Quota};
use super::{Site, body};
use crate::app::Play;

/// Longest report.
const REPORT_BYTES_MAX: usize = 4096;

/// Most ranges of sentences in a report.
const RANGES_MAX: usize = 1024;

/// Hex digits of a revision's name.
const REVISION_HEX: usize = 16;

const FIELDS: &str = "revision, heard, seconds and completed";

/// How often one address may report a play.
pub(super) struct Quotas {
    of_an_article: Quota,
    of_an_address: Quota,
}

impl Default for Quotas {
    /// Of one article, what a family behind one router may hear of it; of all, what an office may.
    fn default() -> Self {
        Self {
            of_an_article: Quota::new(6, Duration::from_secs(600)),
            of_an_address: Quota::new(60, Duration::from_secs(30)),
        }
    }
}

impl Quotas {
    fn take(&self, peer: Peer, article: &str) -> Result<(), Duration> {
        let now = Instant::now();
        self.of_an_article.take(peer, article, now)?;
        self.of_an_address.take(peer, "", now)
    }
}

/// `POST /v1/articles/{id}/plays`: what a visit heard, as `navigator.sendBeacon` sends it.
pub(super) async fn report(
    State(site): State<Site>,
    At(id): At<String>,
    request: Request,
) -> Result<Response, Error> {
    let id = article_id(&id)?;
    let wants_no_trace = wants_no_trace(request.headers());
    let peer = request.extensions().get::<Peer>().and_then(|peer| peer.behind(request.headers()));
    let play = parse(&body::form(request, REPORT_BYTES_MAX).await?)?;
    if !wants_no_trace {
        if let Some(peer) = peer {
            site.plays.take(peer, id.as_str()).map_err(too_many)?;
        }
        site.app.count_play(&id, play).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(CACHE_CONTROL, NO_STORE)]).into_response())
}

/// Which revision's figures are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct OfRevision {
    rev: Option<String>,
}

/// `GET /v1/articles/{id}/figures`.
pub(super) async fn of_article(
    State(site): State<Site>,
    At(id): At<String>,
    Asked(query): Asked<OfRevision>,
) -> Result<Response, Error> {
    let figures = site.app.figures(&article_id(&id)?, query.rev.as_deref()).await?;
    Ok(([(CACHE_CONTROL, NO_STORE)], axum::Json(figures)).into_response())
}

/// `GET /v1/figures`.
pub(super) async fn of_all(State(site): State<Site>) -> Result<Response, Error> {
    Ok(([(CACHE_CONTROL, NO_STORE)], axum::Json(site.app.figures_overview().await?)).into_response())
}

/// Global Privacy Control, or its older sibling: our player sends nothing then; others may.
fn wants_no_trace(headers: &HeaderMap) -> bool {
    ["sec-gpc", "dnt"].iter().any(|name| headers.get(*name).is_some_and(|value| value == "1"))
}

fn too_many(wait: Duration) -> Error {
    let message = "this address has reported enough plays for now; more are not counted";
    Error::new(StatusCode::TOO_MANY_REQUESTS, "too_many_plays", message)
        .with(RETRY_AFTER, wait.as_secs().max(1))
}

/// A report as form fields: `revision=…&heard=0-12,15&seconds=81&completed=true`.
fn parse(form: &[u8]) -> Result<Play, Error> {
    let mut fields = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(form) {
        let name: &'static str = match name.as_ref() {
            "revision" => "revision",
            "heard" => "heard",
            "seconds" => "seconds",
            "completed" => "completed",
            _ => {
                return Err(Error::invalid(
                    "bad_field",
                    format!("a play has the fields {FIELDS} and no others"),
                ));
            }
        };
        if fields.insert(name, value).is_some() {
            return Err(bad(name, "a field that is there twice"));
        }
    }
    let field = |name: &'static str| fields.get(name).ok_or_else(|| bad(name, "a field that is missing"));
    let revision = field("revision")?;
    if revision.len() != REVISION_HEX || !revision.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(bad("revision", "not the revision of a manifest: 16 hex digits"));
    }
    let seconds = number(field("seconds")?).ok_or_else(|| bad("seconds", "not a whole number of seconds"))?;
    let completed = match fields.get("completed").map(AsRef::as_ref) {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(bad("completed", "neither true nor false")),
    };
    Ok(Play { revision: revision.to_string(), heard: heard(field("heard")?)?, seconds, completed })
}

/// `0-12,15,20-24`, both ends included.
fn heard(text: &str) -> Result<Vec<RangeInclusive<u32>>, Error> {
    let ranges: Option<Vec<_>> = text
        .split(',')
        .take(RANGES_MAX + 1)
        .map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some(number(first)?..=number(last)?)
        })
        .collect();
    let ranges = ranges.ok_or_else(|| bad("heard", "not a list of sentences such as 0-12,15"))?;
    if ranges.len() > RANGES_MAX {
        return Err(bad("heard", "a list of too many ranges; join those that touch"));
    }
    Ok(ranges)
}

/// Digits and nothing else: no sign, no space.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

fn bad(field: &'static str, what: &str) -> Error {
    Error::invalid("bad_field", format!("{field} is {what}")).about(field)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REV: &str = "0123456789abcdef";

    #[test]
    fn a_report_is_read() {
        let play = parse(format!("revision={REV}&heard=0-12%2C15&seconds=81&completed=true").as_bytes());
        let expected =
            Play { revision: REV.to_owned(), heard: vec![0..=12, 15..=15], seconds: 81, completed: true };
        assert_eq!(play.ok(), Some(expected));
        assert_eq!(
            parse(format!("revision={REV}&heard=0&seconds=0").as_bytes()).map(|play| play.completed).ok(),
            Some(false)
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for form in [
            "",
            "heard=0&seconds=1",
            "revision=0123456789ABCDEF&heard=0&seconds=1",
            "revision=../../etc/passwd&heard=0&seconds=1",
            "revision=0123456789abcdef&seconds=1",
            "revision=0123456789abcdef&heard=&seconds=1",
            "revision=0123456789abcdef&heard=0-&seconds=1",
            "revision=0123456789abcdef&heard=-1&seconds=1",
            "revision=0123456789abcdef&heard=%2B1&seconds=1",
            "revision=0123456789abcdef&heard=0-1-2&seconds=1",
            "revision=0123456789abcdef&heard=99999999999&seconds=1",
            "revision=0123456789abcdef&heard=0,&seconds=1",
            "revision=0123456789abcdef&heard=0",
            "revision=0123456789abcdef&heard=0&seconds=1e3",
            "revision=0123456789abcdef&heard=0&seconds=1&completed=yes",
            "revision=0123456789abcdef&heard=0&seconds=1&visitor=7",
            "revision=0123456789abcdef&revision=0123456789abcdef&heard=0&seconds=1",
        ] {
            let refused = parse(form.as_bytes()).expect_err(form);
            assert_eq!((refused.status().as_u16(), refused.code()), (400, "bad_field"), "{form}");
        }
        let many = vec!["0"; RANGES_MAX + 1].join(",");
        assert!(parse(format!("revision={REV}&heard={many}&seconds=1").as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
            let _ = parse(&[b"revision=0123456789abcdef&seconds=1&heard=".as_slice(), &bytes].concat());
        }
    }
}
