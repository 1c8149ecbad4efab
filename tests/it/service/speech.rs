//! Speech of texts that programs send: the API that OpenAI's clients know, from the same sentences as
//! articles are made of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::site::{Setup, Site, until};
use crate::outside::{decoded, has};

pub(super) const KEY: &str = "test-key";

/// Three sentences in two paragraphs.
const TEXT: &str = "The gate was open. Nobody came.\n\nIt rained $5 worth of rain.";

/// A service with a key, whose English voice beeps.
pub(super) fn keyed() -> Setup {
    Setup::default().env("LISTEN_API_KEY", KEY).env("LISTEN_SPEECH__VOICE_BY_LANG__EN", "tone")
}

fn post(site: &Site, path: &str, body: &Value) -> RequestBuilder {
    site.client.post(site.url(path)).bearer_auth(KEY).json(body)
}

async fn speak(site: &Site, body: &Value) -> Response {
    post(site, "/v1/audio/speech", body).send().await.unwrap()
}

async fn said(site: &Site, body: &Value) -> Bytes {
    let answer = speak(site, body).await;
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(status, 200, "{body}: {}", String::from_utf8_lossy(&bytes));
    bytes
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Status, code and parameter of a failure, which has the one shape.
async fn refusal(answer: Response) -> (u16, String, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let error = body["error"].as_object().unwrap();
    let names: Vec<&str> = error.keys().map(String::as_str).collect();
    assert_eq!(names, ["code", "message", "param", "type"]);
    let word = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (status, word("code"), word("param"))
}

#[tokio::test]
async fn every_format_has_the_same_sound() {
    let site = keyed().start().await;
    let ask = |format: &str| json!({ "input": TEXT, "response_format": format });
    let pcm = said(&site, &ask("pcm")).await;
    assert!(pcm.len() > 48_000 && pcm.iter().any(|byte| *byte != 0));
    let folder = tempfile::tempdir().unwrap();
    let formats: &[(&str, &str, &[u8])] = &[
        ("mp3", "audio/mpeg", b"ID3"),
        ("wav", "audio/wav", b"RIFF"),
        ("flac", "audio/flac", b"fLaC"),
        ("opus", "audio/ogg; codecs=opus", b"OggS"),
    ];
    for (format, media_type, magic) in formats {
        if *format == "opus" && cfg!(not(feature = "opus")) {
            let answer = speak(&site, &ask(format)).await;
            assert_eq!(refusal(answer).await.1, "unknown_format");
            continue;
        }
        let answer = speak(&site, &ask(format)).await;
        assert_eq!(header(&answer, "content-type"), *media_type);
        assert_eq!(header(&answer, "x-ai-generated"), "Read by an AI voice", "{format}");
        assert_eq!(header(&answer, "access-control-allow-origin"), "", "{format}");
        assert_eq!(header(&answer, "cache-control"), "no-store", "{format}");
        let bytes = answer.bytes().await.unwrap();
        assert!(bytes.starts_with(magic), "{format}: {:?}", &bytes[..8]);
        let marked = bytes.windows(19).any(|bytes| bytes == b"Read by an AI voice");
        assert!(marked, "{format} does not say what reads");
        let file = folder.path().join(format!("speech.{format}"));
        std::fs::write(&file, &bytes).unwrap();
        if !has("ffmpeg", &["-version"]) {
            continue;
        }
        let samples = decoded(&file);
        match *format {
            "wav" | "flac" => {
                let heard: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                assert!(heard == pcm, "{format}: {} bytes and {}", heard.len(), pcm.len());
            }
            // Opus is decoded at 48 kHz, and an MP3 without an Info frame keeps its delay.
            "opus" => assert!(samples.len().abs_diff(pcm.len()) <= 2, "{} {}", samples.len(), pcm.len()),
            _ => assert!(samples.len().abs_diff(pcm.len() / 2) < 3_000, "{}", samples.len()),
        }
    }
}

#[tokio::test]
async fn a_wav_has_its_true_sizes_as_soon_as_they_can_be_known() {
    let site = keyed().start().await;
    let sizes = |wav: &[u8]| {
        let at = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().unwrap());
        (at(4), at(40))
    };
    let one = speak(&site, &json!({ "input": "One alone.", "response_format": "wav" })).await;
    let length: usize = header(&one, "content-length").parse().unwrap();
    let one = one.bytes().await.unwrap();
    assert_eq!((length, sizes(&one).0 as usize + 8), (one.len(), one.len()));
    let two = json!({ "input": "A first one. And another one.", "response_format": "wav" });
    let new = speak(&site, &two).await;
    assert_eq!(header(&new, "content-length"), "");
    let new = new.bytes().await.unwrap();
    assert_eq!(sizes(&new), (u32::MAX, u32::MAX), "it streamed");
    let again = speak(&site, &two).await;
    assert_ne!(header(&again, "content-length"), "");
    let again = again.bytes().await.unwrap();
    let (riff, data) = sizes(&again);
    assert_eq!((riff as usize + 8, data as usize), (again.len(), new.len() - 44));
    assert!(again[44..44 + data as usize] == new[44..], "the same sound");
    assert_eq!(&again[44 + data as usize..][..4], b"LIST");
}

#[tokio::test]
async fn it_is_made_of_the_same_sentences_as_articles() {
    let site = keyed().start().await;
    let put = site.put_request("gate", &json!({ "text": TEXT, "voice": "tone" })).bearer_auth(KEY);
    assert_eq!(put.send().await.unwrap().status(), 201);
    site.ready("gate").await;
    let (made, shared) = (site.syntheses().await, ("purpose", "speech"));
    said(&site, &json!({ "input": "Nobody came. It rained $5 worth of rain." })).await;
    assert_eq!(site.syntheses().await, made, "all of it was there");
    said(&site, &json!({ "input": "Nobody came. This one is new." })).await;
    assert_eq!(site.metric("listen_syntheses_total", &[shared]).await, 1.0);
    assert_eq!(site.syntheses().await, made + 1.0);
    let faster = json!({ "input": "Nobody came.", "speed": 2.0, "response_format": "pcm" });
    let (fast, slow) =
        (said(&site, &faster).await.len(), json!({ "input": "Nobody came.", "response_format": "pcm" }));
    assert!(fast < said(&site, &slow).await.len(), "another speed is another sound");
}

#[tokio::test]
async fn events_hold_the_same_bytes_and_end_with_what_it_was() {
    let site = keyed().start().await;
    for format in ["mp3", "wav", "pcm", "flac"] {
        let ask = json!({ "input": TEXT, "response_format": format });
        // Made once, so that both WAVs know their sizes.
        said(&site, &ask).await;
        let whole = said(&site, &ask).await;
        let mut ask = ask.clone();
        ask["stream_format"] = json!("sse");
        let answer = speak(&site, &ask).await;
        assert_eq!(header(&answer, "content-type"), "text/event-stream");
        assert_eq!(header(&answer, "x-ai-generated"), "Read by an AI voice");
        let text = answer.text().await.unwrap();
        let mut events: Vec<Value> = text
            .split_terminator("\n\n")
            .map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap())
            .collect();
        let done = events.pop().unwrap();
        let mut heard = Vec::new();
        for event in &events {
            assert_eq!(event["type"], "speech.audio.delta");
            heard.extend(STANDARD.decode(event["audio"].as_str().unwrap()).unwrap());
        }
        assert!(heard == whole, "{format}: {} and {} bytes", heard.len(), whole.len());
        assert_eq!(done["type"], "speech.audio.done");
        let count = |name: &str| done["usage"][name].as_u64().unwrap();
        assert_eq!(count("input_tokens"), 12, "words: {done}");
        assert_eq!(count("total_tokens"), 12 + count("output_tokens"));
        if format == "pcm" {
            assert_eq!(count("output_tokens"), (whole.len() / 2 / 576) as u64, "frames of 24 ms");
        }
    }
}

#[tokio::test]
async fn captions_tell_when_each_word_is_said() {
    let site = keyed().start().await;
    for format in ["mp3", "pcm", "flac"] {
        let ask = json!({ "input": TEXT, "response_format": format });
        let whole = said(&site, &ask).await;
        let answer = post(&site, "/dev/captioned_speech", &ask).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "content-encoding")), (200, String::new()));
        assert_eq!(header(&answer, "x-ai-generated"), "Read by an AI voice");
        let lines: Vec<Value> =
            answer.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.len() >= 3, "{format}: a line for each sentence");
        let audio = |value: &Value| STANDARD.decode(value["audio"].as_str().unwrap()).unwrap();
        let heard: Vec<u8> = lines.iter().flat_map(audio).collect();
        assert!(heard == whole, "{format}");
        let words: Vec<&Value> =
            lines.iter().flat_map(|line| line["timestamps"].as_array().unwrap()).collect();
        let said: Vec<&str> = words.iter().map(|word| word["word"].as_str().unwrap()).collect();
        let written: Vec<&str> = TEXT.split_whitespace().collect();
        assert_eq!(said.len(), written.len(), "{said:?}");
        assert!(said.iter().zip(&written).all(|(said, written)| written.starts_with(said)), "{said:?}");
        let mut at = 0.0;
        for word in &words {
            let (start, end) = (word["start_time"].as_f64().unwrap(), word["end_time"].as_f64().unwrap());
            assert!(at <= start && start < end, "{word} after {at}");
            at = end;
        }
        if format == "pcm" {
            assert!(at <= whole.len() as f64 / 48_000.0, "inside of the sound");
        }
        let mut once = ask.clone();
        once["stream"] = json!(false);
        let object: Value =
            post(&site, "/dev/captioned_speech", &once).send().await.unwrap().json().await.unwrap();
        assert!(audio(&object) == whole, "{format}");
        assert_eq!(object["audio_format"], lines[0]["audio_format"]);
        assert_eq!(object["timestamps"].as_array().unwrap().iter().collect::<Vec<_>>(), words);
        once["return_timestamps"] = json!(false);
        let bare: Value =
            post(&site, "/dev/captioned_speech", &once).send().await.unwrap().json().await.unwrap();
        assert_eq!(bare["timestamps"], Value::Null);
    }
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_in_the_one_shape() {
    let site =
        keyed().env("LISTEN_LIMITS__SPEECH_CHARS", 60).env("LISTEN_LIMITS__BODY_BYTES", 500).start().await;
    let voice = |voice: &str| json!({ "input": "A line.", "voice": voice });
    for (body, told) in [
        (json!({ "input": "x".repeat(61) }), (400, "input_too_long", "input")),
        (json!({ "input": " \n " }), (400, "nothing_to_say", "input")),
        (json!({ "input": "🎧 …" }), (400, "nothing_to_say", "input")),
        (json!({ "input": "A line.", "speed": 4.5 }), (400, "bad_speed", "speed")),
        (json!({ "input": "A line.", "speed": 0.2 }), (400, "bad_speed", "speed")),
        (voice("nobody"), (400, "unknown_voice", "voice")),
        (json!({ "input": "A line.", "response_format": "aac" }), (400, "unknown_format", "response_format")),
        (json!({ "input": "!refuse this.", "voice": "tone-flaky" }), (422, "sentence_skipped", "")),
        (json!({ "input": "x", "more": "y".repeat(500) }), (413, "body_too_large", "")),
    ] {
        for path in ["/v1/audio/speech", "/dev/captioned_speech"] {
            let (status, code, param) = refusal(post(&site, path, &body).send().await.unwrap()).await;
            assert_eq!((status, code.as_str(), param.as_str()), told, "{path}: {body}");
        }
    }
    // Of a longer text, what can be said is said.
    let mixed =
        json!({ "input": "!refuse this. But say that.", "voice": "tone-flaky", "response_format": "pcm" });
    let alone = json!({ "input": "But say that.", "voice": "tone-flaky", "response_format": "pcm" });
    assert!(said(&site, &mixed).await == said(&site, &alone).await);
}

#[tokio::test]
async fn it_needs_a_key_and_the_lists_need_none() {
    let site = keyed().start().await;
    for path in ["/v1/audio/speech", "/dev/captioned_speech"] {
        let bare = site.client.post(site.url(path)).json(&json!({ "input": "A line." }));
        assert_eq!(refusal(bare.send().await.unwrap()).await.1, "missing_key", "{path}");
        let wrong =
            site.client.post(site.url(path)).bearer_auth("wrong").json(&json!({ "input": "A line." }));
        assert_eq!(refusal(wrong.send().await.unwrap()).await.1, "unknown_key", "{path}");
    }
    let look = async |path: &str| -> Value { serde_json::from_slice(&site.bytes(path).await).unwrap() };
    let models = look("/v1/models").await;
    assert_eq!((&models["object"], &models["data"][0]["object"]), (&json!("list"), &json!("model")));
    for model in models["data"].as_array().unwrap() {
        let id = model["id"].as_str().unwrap();
        assert_eq!(look(&format!("/v1/models/{id}")).await, *model);
        assert!(model["created"].is_i64() && model["owned_by"].is_string());
    }
    assert_eq!(
        refusal(site.get("/v1/models/none").await).await,
        (404, "model_not_found".into(), "model".into())
    );
    assert_eq!(look("/v1/audio/models").await["models"][0]["id"], models["data"][0]["id"]);
    let voices = look("/v1/audio/voices").await;
    for voice in voices["voices"].as_array().unwrap() {
        assert!(voice["id"].is_string() && voice["name"].is_string() && voice["lang"].is_string(), "{voice}");
    }
    let about = look("/v1/capabilities").await;
    assert_eq!(about["stream_formats"], json!(["audio", "sse"]));
    assert!(about["formats"].as_array().unwrap().contains(&json!("pcm")));
    assert_eq!(site.client.post(site.url("/v1/audio/voices")).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn without_any_key_a_program_on_this_machine_may_send_whatever_key_it_likes() {
    let site = Setup::default().env("LISTEN_SPEECH__VOICE_BY_LANG__EN", "tone").start().await;
    let ask = |key: Option<&str>| {
        let request = site.client.post(site.url("/v1/audio/speech")).json(&json!({ "input": "A line." }));
        match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    };
    assert_eq!(ask(None).send().await.unwrap().status(), 200);
    assert_eq!(ask(Some("unused")).send().await.unwrap().status(), 200);
    for (name, value) in [("origin", "https://paper.example"), ("x-forwarded-for", "192.0.2.1")] {
        let answer = ask(Some("unused")).header(name, value).send().await.unwrap();
        assert_eq!(refusal(answer).await.0, 403, "{name}");
    }
}

#[tokio::test]
async fn a_voice_goes_by_its_own_name_by_a_foreign_one_and_by_the_language() {
    let site = keyed()
        .env("LISTEN_SPEECH__VOICE_BY_LANG__DE", "tone")
        .env("LISTEN_SPEECH__VOICE_ALIASES__AF_HEART", "tone-flaky")
        .start()
        .await;
    let pcm = async |more: Value| {
        let mut ask = json!({ "input": "The gate was open.", "response_format": "pcm" });
        ask.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said(&site, &ask).await
    };
    let own = pcm(json!({ "voice": "tone" })).await;
    for more in [
        json!({}),
        json!({ "voice": "Alloy" }),
        json!({ "voice": "" }),
        json!({ "voice": { "id": "cedar" } }),
    ] {
        assert!(pcm(more.clone()).await == own, "{more}");
    }
    let before = site.syntheses().await;
    pcm(json!({ "voice": "AF_Heart" })).await;
    pcm(json!({ "voice": "tone-flaky" })).await;
    assert_eq!(site.syntheses().await, before + 1.0, "both names are one voice");
    let german = "Der Rat hat gestern beschlossen, dass die alte Brücke noch ein Jahr stehen bleibt.";
    said(&site, &json!({ "input": german, "voice": "alloy" })).await;
    said(&site, &json!({ "input": german, "lang": "de" })).await;
    assert_eq!(site.syntheses().await, before + 2.0, "the text says which language it is");
}

#[tokio::test]
async fn who_leaves_stops_the_work() {
    let site = keyed().env("LISTEN_SPEECH__BULK_WORKERS", 1).start().await;
    let sentences: Vec<String> =
        (0..200).map(|i| format!("This !slow sentence is number {i} of many.")).collect();
    let ask = json!({ "input": sentences.join(" "), "voice": "tone-flaky" });
    let mut answer = speak(&site, &ask).await;
    assert!(answer.chunk().await.unwrap().is_some());
    drop(answer);
    // One that waits behind all that was asked for is said soon, and then nothing goes on.
    said(&site, &json!({ "input": "This comes next.", "voice": "tone" })).await;
    let made = until("nothing is made any more", async || {
        let made = site.syntheses().await;
        said(&site, &json!({ "input": "And again.", "voice": "tone" })).await;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        (site.syntheses().await == made).then_some(made)
    })
    .await;
    assert!(made < 30.0, "{made} sentences were made");
}

#[tokio::test]
async fn only_so_many_are_spoken_to_at_once() {
    let site = keyed().env("LISTEN_LIMITS__SPEECH_STREAMS", 1).start().await;
    let sentences: Vec<String> =
        (0..200).map(|i| format!("This !slow sentence is number {i} of many.")).collect();
    let mut first = speak(&site, &json!({ "input": sentences.join(" "), "voice": "tone-flaky" })).await;
    assert!(first.chunk().await.unwrap().is_some());
    let second = speak(&site, &json!({ "input": "A line." })).await;
    assert_ne!(header(&second, "retry-after"), "");
    assert_eq!(refusal(second).await, (429, "too_many_speeches".into(), String::new()));
    drop(first);
    until("the place is free again", async || {
        (speak(&site, &json!({ "input": "A line." })).await.status() == 200).then_some(())
    })
    .await;
}
