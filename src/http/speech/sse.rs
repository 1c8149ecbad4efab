//! `stream_format: "sse"`: the bytes of the sound as base64 in events, then how much it was.

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::streamed;
use crate::app::Sound;
use crate::http::error::Error;

pub(super) fn answer(sound: Sound) -> Response {
    let Sound { tally, stream, .. } = sound;
    let mut failed = false;
    // A failure is the last item of the sound, and the last event.
    let events = stream.map(Some).chain(stream::once(std::future::ready(None))).filter_map(move |next| {
        let event = match next {
            Some(Ok(bytes)) => {
                Some(json!({ "type": "speech.audio.delta", "audio": STANDARD.encode(&bytes) }))
            }
            Some(Err(error)) => {
                tracing::warn!(code = error.code, "speech broke off: {error}");
                failed = true;
                Some(Error::from(error).json())
            }
            None if failed => None,
            None => Some(done(tally.words, tally.frames())),
        };
        std::future::ready(event.map(|event| Ok::<_, std::convert::Infallible>(line(&event))))
    });
    streamed("text/event-stream", Body::from_stream(events))
}

/// Nothing here has tokens; words and frames stand for them.
fn done(words: u64, frames: u64) -> Value {
    let usage = json!({ "input_tokens": words, "output_tokens": frames, "total_tokens": words + frames });
    json!({ "type": "speech.audio.done", "usage": usage })
}

/// An event of one line: JSON has no line breaks (HTML Standard §9.2.6).
fn line(event: &Value) -> Bytes {
    Bytes::from(format!("data: {event}\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{AppError, Kind, Tally};

    #[tokio::test]
    async fn speech_that_breaks_off_says_why_in_its_last_event() {
        let broken = AppError::new(Kind::Unavailable, "cache", "the cache is gone");
        let stream = stream::iter([Ok(Bytes::from_static(b"ab")), Err(broken)]).boxed();
        let response = answer(Sound { bytes: None, tally: Tally::new(3), stream });
        assert_eq!(response.headers()["x-ai-generated"], "Read by an AI voice");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.expect("a body");
        let events: Vec<Value> = std::str::from_utf8(&body)
            .expect("text")
            .split_terminator("\n\n")
            .map(|event| serde_json::from_str(event.strip_prefix("data: ").expect("data")).expect("JSON"))
            .collect();
        assert_eq!(events[0], json!({ "type": "speech.audio.delta", "audio": "YWI=" }));
        assert_eq!((events.len(), &events[1]["error"]["message"]), (2, &json!("the cache is gone")));
    }
}
