//! The short way: ranges of finished audio that lie in memory are answered without the router. Most of
//! a busy service's requests are these, and finding a route and its middleware would cost more than the
//! answer. What is not at hand, and what is refused, takes the long way; both give the same answer.

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use super::Site;
use super::deliver::{IMMUTABLE, Representation, Wanted, plan, response};
use super::observe::{Seen, Tally};
use super::{audio, cors, dress};
use crate::app::Rendition;

/// The route whose requests these are, as it is counted.
const ROUTE: &str = "/audio/{file}";

/// Longest range that is answered at once; a longer one is read as it is sent.
const RANGE_BYTES_MAX: u64 = 1 << 20;

/// Of a rendition, what is the same in every answer.
struct Prepared {
    thing: Representation,
    headers: HeaderMap,
}

impl Prepared {
    fn of(rendition: &Rendition) -> Self {
        let thing = audio::representation(rendition, IMMUTABLE);
        let mut headers = thing.headers();
        cors::open(&mut headers);
        dress::dress(&mut headers);
        Self { thing, headers }
    }
}

/// Answers a request when all it needs is in memory.
pub(super) fn answer<B>(site: &Site, request: &Request<B>) -> Option<Response<Body>> {
    static PARTIAL: LazyLock<Tally> = LazyLock::new(|| Tally::of(ROUTE, StatusCode::PARTIAL_CONTENT));
    static WHOLE: LazyLock<Tally> = LazyLock::new(|| Tally::of(ROUTE, StatusCode::OK));
    let file = request.uri().path().strip_prefix("/audio/")?;
    if *request.method() != Method::GET {
        return None;
    }
    let seen = Seen::start(request.headers());
    let rendition = site.app.rendition_at_hand(file)?;
    let Prepared { thing, headers } = rendition.face(Prepared::of)?;
    let plan = plan(request.method(), request.headers(), thing, headers).ok()?;
    let Wanted::Bytes(range) = plan.wanted else { return None };
    if range.end - range.start > RANGE_BYTES_MAX {
        return None;
    }
    let body = Body::new(Pieces::new(site.app.bytes_at_hand(&rendition, range)?));
    let tally = if plan.status == StatusCode::PARTIAL_CONTENT { &PARTIAL } else { &WHOLE };
    let mut response = response(plan.status, plan.headers, body);
    seen.answered(request.method(), ROUTE, tally, &mut response);
    Some(response)
}

/// A body in memory, in pieces that the socket lays side by side.
struct Pieces {
    rest: std::vec::IntoIter<Bytes>,
    bytes: u64,
}

impl Pieces {
    fn new(pieces: Vec<Bytes>) -> Self {
        let bytes = pieces.iter().map(|piece| piece.len() as u64).sum();
        Self { rest: pieces.into_iter(), bytes }
    }
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let next = self.rest.next();
        self.bytes -= next.as_ref().map_or(0, |piece| piece.len() as u64);
        Poll::Ready(next.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes)
    }
}

#[cfg(test)]
mod tests;
