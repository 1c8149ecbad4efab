//! What a program asks for. Fields that nobody knows are let be: real clients send many.

use axum::extract::Request;
use serde_json::{Map, Value};

use crate::app::{SpeechFormat, SpeechRequest};
use crate::article::Lang;
use crate::http::Site;
use crate::http::body::{bytes, refuse_coded};
use crate::http::error::Error;

/// Longest name of a voice, model or format, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// How the sound is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamFormat {
    /// As it is.
    Audio,
    /// In server-sent events.
    Sse,
}

/// A request that fits.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) request: SpeechRequest,
    pub(super) format: SpeechFormat,
    pub(super) stream_format: StreamFormat,
    /// Of captioned speech: a line for each sentence, instead of one object.
    pub(super) stream: bool,
    /// Of captioned speech: with the times of the words.
    pub(super) timestamps: bool,
}

/// Reads a request.
///
/// # Errors
/// 400 for what cannot be read or does not fit, 408, 413, 415.
pub(super) async fn read(site: &Site, request: Request) -> Result<Asked, Error> {
    let (parts, body) = request.into_parts();
    refuse_coded(&parts.headers)?;
    let limit = site.app.config().limits.body_bytes;
    let body = bytes(&parts.headers, body, (limit, "limits.body_bytes")).await?;
    parse(&body)
}

fn parse(body: &[u8]) -> Result<Asked, Error> {
    let fields: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| Error::invalid("bad_json", format!("the body is not a JSON object: {error}")))?;
    let fields = Fields(fields);
    let input = fields.text("input", usize::MAX)?.ok_or_else(|| {
        Error::invalid("missing_input", "`input` is missing: the text to say").about("input")
    })?;
    // Any model will do: it is the voice that decides.
    fields.text("model", NAME_BYTES_MAX)?;
    let format = match fields.text("response_format", NAME_BYTES_MAX)? {
        Some(name) => name.parse()?,
        None => SpeechFormat::File(crate::app::AudioFormat::Mp3),
    };
    let stream_format = match fields.text("stream_format", NAME_BYTES_MAX)?.as_deref() {
        None | Some("audio") => StreamFormat::Audio,
        Some("sse") => StreamFormat::Sse,
        Some(_) => return Err(unfit("stream_format", "\"audio\" or \"sse\"")),
    };
    let request =
        SpeechRequest { input, voice: fields.voice()?, lang: fields.lang()?, speed: fields.speed()? };
    let (stream, timestamps) = (fields.flag("stream")?, fields.flag("return_timestamps")?);
    Ok(Asked { request, format, stream_format, stream, timestamps })
}

/// The fields of a request; one that is null counts as absent.
struct Fields(Map<String, Value>);

impl Fields {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &'static str, bytes_max: usize) -> Result<Option<String>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= bytes_max => Ok(Some(text.clone())),
            Some(_) => Err(unfit(name, "a text, and no long one")),
        }
    }

    /// A name, or an object with one.
    fn voice(&self) -> Result<Option<String>, Error> {
        match self.get("voice") {
            Some(Value::Object(voice)) => match voice.get("id") {
                Some(Value::String(id)) if id.len() <= NAME_BYTES_MAX => Ok(Some(id.clone())),
                _ => Err(unfit("voice", "a name or {\"id\": NAME}")),
            },
            _ => self.text("voice", NAME_BYTES_MAX),
        }
    }

    fn lang(&self) -> Result<Option<Lang>, Error> {
        let tag = self.text("lang", NAME_BYTES_MAX)?.filter(|tag| !tag.is_empty());
        let lang = tag.map(|tag| tag.parse()).transpose();
        lang.map_err(|_| unfit("lang", "a language tag such as \"en\" or \"de-AT\""))
    }

    #[allow(clippy::cast_possible_truncation, reason = "a speed")]
    fn speed(&self) -> Result<f32, Error> {
        match self.get("speed") {
            None => Ok(1.0),
            Some(speed) => speed
                .as_f64()
                .map(|speed| speed as f32)
                .ok_or_else(|| unfit("speed", "a number from 0.25 to 4.0")),
        }
    }

    /// Yes, unless it says no.
    fn flag(&self, name: &'static str) -> Result<bool, Error> {
        match self.get(name) {
            None => Ok(true),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(unfit(name, "true or false")),
        }
    }
}

fn unfit(name: &'static str, fits: &str) -> Error {
    Error::invalid("bad_field", format!("`{name}` does not fit; it is {fits}")).about(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::AudioFormat;

    fn asked(json: &str) -> Asked {
        parse(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error:?}"))
    }

    #[test]
    fn only_the_text_is_needed_and_fields_that_nobody_knows_are_let_be() {
        let least = asked(r#"{"input":"Hello."}"#);
        let request = SpeechRequest { input: "Hello.".to_owned(), voice: None, lang: None, speed: 1.0 };
        assert_eq!(least.request, request);
        assert_eq!(least.format, SpeechFormat::File(AudioFormat::Mp3));
        assert_eq!((least.stream_format, least.stream, least.timestamps), (StreamFormat::Audio, true, true));
        let more = asked(
            r#"{"model":"tts-1","input":"Hallo.","voice":{"id":"voice_1"},"response_format":"pcm","speed":2,
                "stream_format":"sse","stream":false,"return_timestamps":false,"lang":"de","instructions":null,
                "lang_code":"a","normalization_options":{"normalize":true}}"#,
        );
        assert_eq!((more.request.voice.as_deref(), more.request.speed), (Some("voice_1"), 2.0));
        assert_eq!(more.request.lang.map(String::from).as_deref(), Some("de"));
        assert_eq!((more.format, more.stream_format), (SpeechFormat::Pcm, StreamFormat::Sse));
        assert_eq!((more.stream, more.timestamps), (false, false));
        assert_eq!(asked(r#"{"input":"","voice":null,"speed":null}"#).request.voice, None);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let long = format!(r#"{{"input":"a","voice":"{}"}}"#, "x".repeat(NAME_BYTES_MAX + 1));
        for (json, code, param) in [
            ("", "bad_json", ""),
            ("[]", "bad_json", ""),
            (r#"{"input":"a""#, "bad_json", ""),
            ("{}", "missing_input", "input"),
            (r#"{"input":null}"#, "missing_input", "input"),
            (r#"{"input":["a"]}"#, "bad_field", "input"),
            (r#"{"input":"a","model":1}"#, "bad_field", "model"),
            (r#"{"input":"a","voice":1}"#, "bad_field", "voice"),
            (r#"{"input":"a","voice":{"name":"x"}}"#, "bad_field", "voice"),
            (&long, "bad_field", "voice"),
            (r#"{"input":"a","response_format":"aac"}"#, "unknown_format", "response_format"),
            (r#"{"input":"a","stream_format":"ws"}"#, "bad_field", "stream_format"),
            (r#"{"input":"a","speed":"fast"}"#, "bad_field", "speed"),
            (r#"{"input":"a","lang":"not a language"}"#, "bad_field", "lang"),
            (r#"{"input":"a","stream":"yes"}"#, "bad_field", "stream"),
        ] {
            let error = parse(json.as_bytes()).map(|_| ()).expect_err(json);
            assert_eq!((error.status().as_u16(), error.code()), (400, code), "{json}");
            let told = error.json()["error"]["param"].as_str().unwrap_or_default().to_owned();
            assert_eq!(told, param, "{json}");
        }
    }
}
