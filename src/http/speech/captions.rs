//! Speech with the times of its words, in the form that clients of Kokoro-FastAPI know.

use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use super::request::{self, Asked};
use super::streamed;
use crate::app::{AppError, Caption, CaptionWord};
use crate::http::Site;
use crate::http::deliver::body_of;
use crate::http::error::Error;

type Captions = BoxStream<'static, Result<Caption, AppError>>;

/// `POST /dev/captioned_speech`.
pub(in crate::http) async fn captioned(
    State(site): State<Site>,
    request: Request,
) -> Result<Response, Error> {
    let Asked { request, format, stream, timestamps, .. } = request::read(&site, request).await?;
    let captions = site.app.speech(&request).await?.captions(format).await?;
    let media_type = format.media_type();
    let body = if stream {
        body_of(captions.map_ok(move |caption| line(&caption, media_type, timestamps)))
    } else {
        body_of(object(captions, media_type, timestamps))
    };
    Ok(streamed("application/json", body))
}

/// A sentence as an object on a line of its own.
fn line(caption: &Caption, media_type: &str, timestamps: bool) -> Bytes {
    let words: Option<Vec<Value>> = timestamps.then(|| caption.words.iter().map(word).collect());
    let audio = STANDARD.encode(&caption.audio);
    let object = json!({ "audio": audio, "audio_format": media_type, "timestamps": words });
    Bytes::from(format!("{object}\n"))
}

/// Times are in seconds of the whole.
#[allow(clippy::cast_precision_loss, reason = "milliseconds of hours are far below 2^53")]
fn word(word: &CaptionWord) -> Value {
    let seconds = |ms: u64| ms as f64 / 1000.0;
    json!({ "word": word.word, "start_time": seconds(word.start_ms), "end_time": seconds(word.end_ms) })
}

/// The whole as one object, written as it is made: a long text's sound is never held in memory.
fn object(
    captions: Captions,
    media_type: &'static str,
    timestamps: bool,
) -> impl futures::Stream<Item = Result<Bytes, AppError>> + Send + 'static {
    let mut words: Vec<Value> = Vec::new();
    let mut rest: Vec<u8> = Vec::new();
    let end = stream::once(std::future::ready(Ok(None)));
    let body = captions.map_ok(Some).chain(end).map_ok(move |caption| match caption {
        Some(caption) => {
            if timestamps {
                words.extend(caption.words.iter().map(word));
            }
            rest.extend_from_slice(&caption.audio);
            // Base64 takes three bytes at a time.
            let whole = rest.len() / 3 * 3;
            let text = STANDARD.encode(&rest[..whole]);
            rest.drain(..whole);
            Bytes::from(text)
        }
        None => {
            let words = timestamps.then(|| std::mem::take(&mut words));
            let (last, about) = (STANDARD.encode(&rest), json!(media_type));
            Bytes::from(format!("{last}\",\"audio_format\":{about},\"timestamps\":{}}}", json!(words)))
        }
    });
    stream::once(std::future::ready(Ok(Bytes::from_static(b"{\"audio\":\"")))).chain(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_object_is_json_wherever_the_sound_was_cut() {
        for cuts in [vec![1, 1, 1, 1], vec![3, 3], vec![4, 2, 1], vec![0], vec![]] {
            let sound: Vec<u8> = (0..cuts.iter().sum::<usize>() as u8).collect();
            let mut rest = sound.as_slice();
            let pieces: Vec<_> = cuts
                .iter()
                .map(|cut| {
                    let (now, later) = rest.split_at(*cut);
                    rest = later;
                    let said = CaptionWord { word: "\"word\"".to_owned(), start_ms: 24, end_ms: 1_250 };
                    Caption { audio: Bytes::copy_from_slice(now), words: vec![said] }
                })
                .collect();
            for timestamps in [true, false] {
                let captions = stream::iter(pieces.clone()).map(Ok).boxed();
                let parts: Vec<Bytes> =
                    object(captions, "audio/mpeg", timestamps).try_collect().await.expect("no failure");
                let json: Value = serde_json::from_slice(&parts.concat()).expect("JSON");
                let audio = STANDARD.decode(json["audio"].as_str().expect("a text")).expect("base64");
                assert_eq!(audio, sound, "{cuts:?}");
                assert_eq!(json["audio_format"], "audio/mpeg");
                let words = json["timestamps"].as_array().map(Vec::len);
                assert_eq!(words, timestamps.then_some(cuts.len()), "{cuts:?}");
                if let Some(first) = json["timestamps"].get(0) {
                    assert_eq!(*first, json!({ "word": "\"word\"", "start_time": 0.024, "end_time": 1.25 }));
                }
            }
        }
    }
}
