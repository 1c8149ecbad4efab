//! One server: requests to it, how often they are made again, and what comes back.

use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use ureq::http::Response;
use ureq::{Agent, Body};

use super::words::{Captioned, marks};
use super::{Format, Table};
use crate::engine::heard::Wav;
use crate::engine::{AudioSink, EngineError, ErrorKind, MAX_RATE, MIN_RATE, Request, Stop, WordMark};

const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// The whole of a request, whatever it does meanwhile.
const REQUEST_WAIT: Duration = Duration::from_secs(600);
/// How long a thread waits for a place, and how often it looks whether the service ends.
const PLACE_WAIT: Duration = Duration::from_secs(300);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The first pause before a request is made again; each later one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Longest time a server may send us away for, in the hope that it then has room.
const AWAY_MAX: Duration = Duration::from_secs(60);
/// What is read of a failure, in bytes, and told of it, in characters.
const FAILURE_BYTES_MAX: u64 = 16 << 10;
const FAILURE_CHARS_MAX: usize = 200;
/// Longest captioned answer: five minutes of 48 kHz in base64.
const CAPTIONED_BYTES_MAX: u64 = 64 << 20;
/// What is read of PCM at once.
const BLOCK_BYTES: usize = 16 << 10;

pub(super) struct Server {
    base_url: String,
    agent: Agent,
    at_once: usize,
    retries: u32,
    ending: Arc<AtomicBool>,
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Default)]
struct State {
    inside: usize,
    /// Nobody asks before this.
    away_until: Option<Instant>,
    /// The format it was found to take.
    format: Option<Format>,
    /// Whether it was found to time words.
    times_words: Option<bool>,
}

/// An answer that is no sound.
enum Answer {
    /// A status that asking again does not change, and what it says.
    Status(u16, String),
    Error(EngineError),
}

impl From<EngineError> for Answer {
    fn from(error: EngineError) -> Self {
        Self::Error(error)
    }
}

impl Server {
    pub(super) fn new(table: &Table, ending: Arc<AtomicBool>) -> Self {
        let silence = Duration::from_secs(table.limits.silence_s);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A key goes to no other place than the one that was named.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(REQUEST_WAIT))
            .timeout_connect(Some(CONNECT_WAIT.min(silence)))
            .timeout_recv_response(Some(silence))
            .timeout_per_read(Some(silence));
        Self {
            base_url: table.base_url.trim_end_matches('/').to_owned(),
            agent: config.build().into(),
            at_once: table.limits.at_once,
            retries: table.limits.retries,
            ending,
            state: Mutex::default(),
            left: Condvar::new(),
        }
    }

    /// Has the server say a text.
    pub(super) fn speak(
        &self,
        table: &Table,
        key: Option<&str>,
        request: &Request,
        sink: &mut dyn AudioSink,
    ) -> Result<Vec<WordMark>, EngineError> {
        let _place = self.place()?;
        let ask = Ask { table, key, request };
        if table.word_times.unwrap_or_else(|| self.times_words(&ask)) {
            match self.captioned(&ask, sink) {
                Err(Answer::Status(404 | 405 | 501, _)) => self.state().times_words = Some(false),
                said => return said.map_err(|answer| ask.error(answer)),
            }
        }
        let known = table.format.or(self.state().format);
        let formats = known.map_or(vec![Format::Wav, Format::Pcm], |format| vec![format]);
        let last = formats.len() - 1;
        for (i, format) in formats.into_iter().enumerate() {
            match self.plain(&ask, format, sink) {
                // It may only dislike the format.
                Err(Answer::Status(400 | 415 | 422, _)) if i < last => {}
                Ok(()) => {
                    self.state().format = Some(format);
                    return Ok(Vec::new());
                }
                Err(answer) => return Err(ask.error(answer)),
            }
        }
        Ok(Vec::new())
    }

    fn plain(&self, ask: &Ask<'_>, format: Format, sink: &mut dyn AudioSink) -> Result<(), Answer> {
        let url = format!("{}/audio/speech", self.base_url);
        let response = self.post(&url, ask, ask.body(format))?;
        let kind = content_type(&response);
        if is_no_sound(&kind) {
            return Err(ask.failed(&format!("it answered with {kind} instead of sound")).into());
        }
        let body = response.into_body().into_reader();
        hand_over(body, format, ask.table.pcm_rate_hz, sink).map_err(|error| ask.broken(&error).into())
    }

    fn captioned(&self, ask: &Ask<'_>, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, Answer> {
        let format = ask.table.format.unwrap_or(Format::Wav);
        let mut body = ask.body(format);
        body.insert("stream".to_owned(), json!(false));
        body.insert("return_timestamps".to_owned(), json!(true));
        let response = self.post(&self.captioned_url(), ask, body)?;
        let mut answer = Vec::new();
        let reader = response.into_body().into_reader();
        reader.take(CAPTIONED_BYTES_MAX).read_to_end(&mut answer).map_err(|error| ask.broken(&error))?;
        let captioned: Captioned = serde_json::from_slice(&answer)
            .map_err(|_| ask.failed("its captioned speech is not in the form we know"))?;
        let sound = STANDARD
            .decode(captioned.audio.as_bytes())
            .map_err(|_| ask.failed("the sound in its captioned speech is not base64"))?;
        let mut rate = Noting { sink, rate_hz: ask.table.pcm_rate_hz };
        hand_over(Cursor::new(sound), format, ask.table.pcm_rate_hz, &mut rate)
            .map_err(|error| ask.broken(&error))?;
        let words = captioned.timestamps.unwrap_or_default();
        Ok(marks(&ask.request.text, &words, rate.rate_hz))
    }

    /// Whether the server times words: then it has something at that address, though not for a GET.
    fn times_words(&self, ask: &Ask<'_>) -> bool {
        if let Some(known) = self.state().times_words {
            return known;
        }
        let Ok(answer) = ask.keyed(self.agent.get(self.captioned_url())).call() else { return false };
        let known = answer.status().as_u16() == 405;
        self.state().times_words = Some(known);
        known
    }

    fn captioned_url(&self) -> String {
        let root = self.base_url.strip_suffix("/v1").unwrap_or(&self.base_url);
        format!("{root}/dev/captioned_speech")
    }

    /// Asks until the server answers with 200, or with something that asking again does not change.
    fn post(&self, url: &str, ask: &Ask<'_>, body: Map<String, Value>) -> Result<Response<Body>, Answer> {
        let body = Value::Object(body).to_string();
        let mut pause = FIRST_PAUSE;
        let mut attempt = 0;
        loop {
            self.wait_until_back()?;
            let request = ask.keyed(self.agent.post(url)).header("Content-Type", "application/json");
            let (why, away) = match request.send(body.as_bytes()) {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => {
                    let (status, away) = (response.status().as_u16(), retry_after(&response));
                    let told = ask.told(response);
                    if !matches!(status, 408 | 425 | 429 | 500..) {
                        return Err(Answer::Status(status, told));
                    }
                    if status == 429 || away.is_some() {
                        let until = Instant::now() + away.unwrap_or(pause).min(AWAY_MAX);
                        self.state().away_until = Some(until);
                    }
                    (format!("it answered {status}{told}"), away)
                }
                Err(error) => (format!("it does not answer: {error}"), None),
            };
            if attempt >= self.retries || away.is_some_and(|away| away > AWAY_MAX) {
                let message = format!("the speech server {} cannot be used now: {why}", self.base_url);
                return Err(EngineError::new(ErrorKind::Unavailable, message).into());
            }
            tracing::debug!(server = self.base_url, attempt, why, "a speech server is asked again");
            self.rest(away.unwrap_or(pause + jitter(pause)))?;
            pause *= 2;
            attempt += 1;
        }
    }

    fn wait_until_back(&self) -> Result<(), EngineError> {
        let until = self.state().away_until;
        match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(left) if !left.is_zero() => self.rest(left),
            _ => Ok(()),
        }
    }

    /// Waits, unless the service ends.
    fn rest(&self, pause: Duration) -> Result<(), EngineError> {
        let until = Instant::now() + pause;
        loop {
            if self.ending.load(Ordering::Relaxed) {
                return Err(EngineError::new(ErrorKind::Stopped, "the service is ending"));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(LOOK_EVERY));
        }
    }

    /// One of the places that the server has for us.
    fn place(&self) -> Result<Place<'_>, EngineError> {
        let since = Instant::now();
        let mut state = self.state();
        while state.inside >= self.at_once {
            if self.ending.load(Ordering::Relaxed) {
                return Err(EngineError::new(ErrorKind::Stopped, "the service is ending"));
            }
            if since.elapsed() > PLACE_WAIT {
                let message = format!("the speech server {} is busy (limits.at_once)", self.base_url);
                return Err(EngineError::new(ErrorKind::Unavailable, message));
            }
            let waited = self.left.wait_timeout(state, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
        }
        state.inside += 1;
        Ok(Place(self))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Place<'a>(&'a Server);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.state().inside -= 1;
        self.0.left.notify_one();
    }
}

/// What is asked of the server, and how its failures are told: without the key, without the text.
struct Ask<'a> {
    table: &'a Table,
    key: Option<&'a str>,
    request: &'a Request,
}

impl Ask<'_> {
    fn body(&self, format: Format) -> Map<String, Value> {
        let Table { model, voice, instructions, extra, .. } = self.table;
        let mut body: Map<String, Value> =
            extra.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let speed = (f64::from(self.request.rate.clamp(MIN_RATE, MAX_RATE)) * 100.0).round() / 100.0;
        for (name, value) in [
            ("model", Some(json!(model))),
            ("voice", Some(json!(voice))),
            ("input", Some(json!(self.request.text))),
            ("response_format", Some(json!(format.name()))),
            ("instructions", instructions.as_ref().map(|text| json!(text))),
            // Some refuse the field, so what needs none has none.
            ("speed", (speed != 1.0).then(|| json!(speed))),
        ] {
            body.extend(value.map(|value| (name.to_owned(), value)));
        }
        body
    }

    fn keyed<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match self.key {
            Some(key) => request.header("Authorization", format!("Bearer {key}")),
            None => request,
        }
    }

    /// What a failure says, as `: WORDS`.
    fn told(&self, response: Response<Body>) -> String {
        let mut body = Vec::new();
        let reader = response.into_body().into_reader();
        if reader.take(FAILURE_BYTES_MAX).read_to_end(&mut body).is_err() {
            return String::new();
        }
        let message = serde_json::from_slice::<Value>(&body).ok().and_then(|body| {
            let error = body.get("error").unwrap_or(&body);
            let words = error.get("message").or_else(|| error.get("detail")).unwrap_or(error);
            words.as_str().map(str::to_owned)
        });
        let mut message = message.unwrap_or_default();
        for secret in [self.key, Some(self.request.text.as_str())].into_iter().flatten() {
            message = message.replace(secret, "…");
        }
        let line: Vec<&str> = message.split_whitespace().collect();
        let line: String = line.join(" ").chars().take(FAILURE_CHARS_MAX).collect();
        if line.is_empty() { line } else { format!(": {line}") }
    }

    fn error(&self, answer: Answer) -> EngineError {
        let base_url = &self.table.base_url;
        match answer {
            Answer::Error(error) => error,
            Answer::Status(status @ (401..=403), told) => {
                let key = self.table.api_key_env.as_deref().map_or("no key", |_| "the key");
                let from = self.table.api_key_env.as_deref().unwrap_or("api_key_env is not set");
                let message = format!("{base_url} refused {key} ({from}; {status}{told})");
                EngineError::new(ErrorKind::Unavailable, message)
            }
            Answer::Status(status @ (300..=399 | 404 | 405 | 501), told) => {
                let message = format!(
                    "{base_url} has no such speech ({status}{told}); look at base_url, model and voice"
                );
                EngineError::new(ErrorKind::Unavailable, message)
            }
            Answer::Status(status, told) => {
                let message = format!("{base_url} refused a sentence ({status}{told})");
                EngineError::new(ErrorKind::Refused, message)
            }
        }
    }

    fn failed(&self, why: &str) -> EngineError {
        let message = format!("the speech server {}: {why}", self.table.base_url);
        EngineError::new(ErrorKind::Failed, message)
    }

    fn broken(&self, error: &io::Error) -> EngineError {
        match error.kind() {
            io::ErrorKind::WriteZero => EngineError::new(ErrorKind::Stopped, "no more audio was wanted"),
            _ => self.failed(&format!("its sound broke off: {error}")),
        }
    }
}

fn content_type(response: &Response<Body>) -> String {
    let value = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().chars().take(60).collect::<String>().to_ascii_lowercase()
}

/// Pages and objects; and MP3, which is not decoded here.
fn is_no_sound(kind: &str) -> bool {
    kind.starts_with("text/") || kind.ends_with("json") || kind == "audio/mpeg" || kind == "audio/ogg"
}

/// How long a server wants to be left alone (RFC 9110 §10.2.3): seconds, or a date.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let value = response.headers().get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Up to half of a pause, so that those who were sent away together do not come back together.
fn jitter(pause: Duration) -> Duration {
    let mut byte = [0u8];
    // Without randomness the pause is only less well spread.
    let _ = getrandom::fill(&mut byte);
    pause * u32::from(byte[0]) / 512
}

/// Hands sound over as it comes. A sink that wants no more is told as [`io::ErrorKind::WriteZero`].
fn hand_over(
    mut sound: impl Read,
    format: Format,
    pcm_rate_hz: u32,
    sink: &mut dyn AudioSink,
) -> io::Result<()> {
    let stopped = |Stop| io::Error::from(io::ErrorKind::WriteZero);
    if format == Format::Wav {
        let mut wav = Wav::open(sound)?;
        loop {
            let samples = wav.next()?;
            if samples.is_empty() {
                return Ok(());
            }
            sink.samples(wav.rate_hz(), &samples).map_err(stopped)?;
        }
    }
    let mut block = vec![0; BLOCK_BYTES];
    let mut begun = 0;
    loop {
        let got = sound.read(&mut block[begun..])?;
        let (pairs, rest) = block[..begun + got].as_chunks::<2>();
        if got == 0 {
            return Ok(());
        }
        let samples: Vec<i16> = pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
        let half = rest.first().copied();
        sink.samples(pcm_rate_hz, &samples).map_err(stopped)?;
        begun = usize::from(half.is_some());
        block[0] = half.unwrap_or_default();
    }
}

/// A sink that notes the sample rate.
struct Noting<'a> {
    sink: &'a mut dyn AudioSink,
    rate_hz: u32,
}

impl AudioSink for Noting<'_> {
    fn samples(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), Stop> {
        self.rate_hz = rate_hz;
        self.sink.samples(rate_hz, samples)
    }
}
