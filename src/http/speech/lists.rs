//! What programs look up before they ask for speech. Open to all: it tells of voices, and of nothing
//! that is read.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::{SPEEDS, SpeechFormat};
use crate::http::Site;
use crate::http::deliver::REVALIDATE;
use crate::http::document::Document;
use crate::http::error::Error;
use crate::http::extract::At;

/// The models that programs ask for. It is the voice that decides, so all are the same.
const MODELS: [&str; 4] = ["tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15"];

/// `GET /v1/models`.
pub(in crate::http) async fn models(method: Method, headers: HeaderMap) -> Result<Response, Error> {
    let data: Vec<Value> = MODELS.into_iter().map(about_model).collect();
    answer(&json!({ "object": "list", "data": data }), &method, &headers)
}

/// `GET /v1/models/{id}`.
pub(in crate::http) async fn model(
    At(id): At<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let Some(known) = MODELS.into_iter().find(|known| *known == id) else {
        let message = format!("there is no such model; there are {}", MODELS.join(", "));
        return Err(Error::new(StatusCode::NOT_FOUND, "model_not_found", message).about("model"));
    };
    answer(&about_model(known), &method, &headers)
}

fn about_model(id: &str) -> Value {
    json!({ "id": id, "object": "model", "created": 0, "owned_by": "listen" })
}

/// `GET /v1/audio/models`.
pub(in crate::http) async fn models_for_audio(method: Method, headers: HeaderMap) -> Result<Response, Error> {
    let models: Vec<Value> = MODELS.into_iter().map(|id| json!({ "id": id, "name": id })).collect();
    answer(&json!({ "models": models }), &method, &headers)
}

/// `GET /v1/audio/voices`: those that can speak here.
pub(in crate::http) async fn voices(
    State(site): State<Site>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let voices: Vec<Value> = site
        .app
        .speakers()
        .await
        .into_iter()
        .map(|voice| {
            json!({ "id": voice.id, "name": voice.title, "lang": voice.lang, "engine": voice.engine })
        })
        .collect();
    answer(&json!({ "voices": voices }), &method, &headers)
}

/// `GET /v1/capabilities`.
pub(in crate::http) async fn capabilities(
    State(site): State<Site>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let languages: BTreeSet<String> =
        site.app.speakers().await.into_iter().map(|voice| voice.lang.to_string()).collect();
    let formats: Vec<&str> = SpeechFormat::built().map(SpeechFormat::name).collect();
    let about = json!({
        "formats": formats,
        "stream_formats": ["audio", "sse"],
        "speed": { "min": SPEEDS.start(), "max": SPEEDS.end() },
        "input_chars_max": site.app.config().limits.speech_chars,
        "languages": languages,
        "streaming": true,
        "word_times": "/dev/captioned_speech",
        "pcm": { "rate_hz": crate::app::SAMPLE_RATE_HZ, "channels": 1, "bits": 16 },
    });
    answer(&about, &method, &headers)
}

fn answer(value: &Value, method: &Method, headers: &HeaderMap) -> Result<Response, Error> {
    Ok(Document::json(REVALIDATE, value)?.answer(method, headers))
}
