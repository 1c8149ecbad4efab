//! Speech for programs that speak OpenAI's protocol, and for those that want word times as well.

mod captions;
mod lists;
mod request;
mod sse;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::Site;
use super::audio::NO_BUFFERING;
use super::deliver::{NO_STORE, body_of};
use super::dress;
use super::error::Error;
use request::StreamFormat;

pub(super) use captions::captioned;
pub(super) use lists::{capabilities, model, models, models_for_audio, voices};

/// `POST /v1/audio/speech`. Whatever `Accept` says: programs send there what they please.
pub(super) async fn speech(State(site): State<Site>, request: Request) -> Result<Response, Error> {
    let asked = request::read(&site, request).await?;
    let sound = site.app.speech(&asked.request).await?.sound(asked.format).await?;
    if asked.stream_format == StreamFormat::Sse {
        return Ok(sse::answer(sound));
    }
    let mut response = streamed(asked.format.media_type(), body_of(sound.stream));
    if let Some(bytes) = sound.bytes {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    }
    Ok(response)
}

/// Sound that goes out as it is made: not to be kept, and not to be collected on the way.
fn streamed(content_type: &'static str, body: axum::body::Body) -> Response {
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, NO_STORE), (NO_BUFFERING, "no")];
    let mut response = (headers, body).into_response();
    dress::mark(response.headers_mut());
    response
}
