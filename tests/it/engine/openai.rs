//! Speech servers as voices: our own service, and servers that misbehave.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use listen::engine::{Engines, ErrorKind, Lane, Voices};
use serde_json::Value;

use super::{Said, engines_with, request, say, write_voice};
use crate::site::Site;

const KEY: &str = "sk-very-secret";
const TEXT: &str = "The gate was open.";

/// What a server does with one request.
#[derive(Clone)]
enum Does {
    /// Sends these bytes and closes.
    Says(Vec<u8>),
    /// Sends these bytes, then nothing for a while.
    Stalls(Vec<u8>),
}

/// A server that does one thing after the other, the last one for ever; and what it was asked.
struct Server {
    base_url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(does: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for (i, stream) in listener.incoming().flatten().enumerate() {
                let next = does[i.min(does.len() - 1)].clone();
                let seen = Arc::clone(&seen);
                thread::spawn(move || serve(stream, next, &seen));
            }
        });
        Self { base_url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, does: Does, seen: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        let Ok(read @ 1..) = stream.read(&mut part) else { return };
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            seen.lock().unwrap().push(text);
            break;
        }
    }
    match does {
        Does::Says(bytes) => drop(stream.write_all(&bytes)),
        Does::Stalls(bytes) => {
            let _ = stream.write_all(&bytes);
            thread::sleep(Duration::from_secs(20));
        }
    }
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Does {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    Does::Says([head.as_bytes(), body].concat())
}

/// A WAV of so many samples, as a stream has it.
fn wav(samples: usize) -> Vec<u8> {
    let mut wav = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0data\xff\xff\xff\xff".to_vec();
    (0..samples).for_each(|i| wav.extend((i as i16).to_le_bytes()));
    wav
}

fn sound() -> Does {
    answer("200 OK", "content-type: audio/wav\r\n", &wav(480))
}

/// Engines with one voice of a server, in a folder.
fn voice(base_url: &str, more: &str) -> (Engines, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let engines = voice_in(folder.path(), base_url, more);
    (engines, folder)
}

fn voice_in(folder: &Path, base_url: &str, more: &str) -> Engines {
    let table = format!(
        "[openai]\nbase_url = \"{base_url}\"\napi_key_env = \"SPEECH_KEY\"\nmodel = \"m\"\nvoice = \"alloy\"\n{more}\n"
    );
    write_voice(folder, "cloud", "openai", &table);
    engines_with(folder, &[("SPEECH_KEY", KEY)])
}

fn speak(engines: &Engines) -> Said {
    say(engines, "openai", Lane::Bulk, request("cloud", TEXT))
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_service_can_be_the_voice_with_the_times_of_its_words() {
    let site = Site::start_with_key().await;
    let folder = tempfile::tempdir().unwrap();
    let engines = |more: &str| {
        let table = format!(
            "[openai]\nbase_url = \"{}/v1/\"\napi_key_env = \"K\"\nmodel = \"tts-1\"\nvoice = \"tone\"\n{more}\n",
            site.url
        );
        write_voice(folder.path(), "cloud", "openai", &table);
        engines_with(folder.path(), &[("K", "test-key")])
    };
    let with = |more: &str| {
        let engines = engines(more);
        tokio::task::spawn_blocking(move || speak(&engines).unwrap())
    };
    let timed = with("").await.unwrap();
    assert_eq!(timed.rate_hz, 24_000);
    let words: Vec<&str> =
        timed.marks.iter().map(|mark| &TEXT[mark.text.start as usize..mark.text.end as usize]).collect();
    assert_eq!(words, ["The", "gate", "was", "open"]);
    for more in ["word_times = false", "word_times = false\nformat = \"pcm\"", "format = \"pcm\""] {
        let plain = with(more).await.unwrap();
        assert_eq!(plain.marks.is_empty(), more.starts_with("word_times"), "{more}");
        assert!(plain.samples == timed.samples, "{more}: {} samples", plain.samples.len());
    }
    let fast = engines("");
    let mut twice = request("cloud", TEXT);
    twice.rate = 2.0;
    let said = tokio::task::spawn_blocking(move || say(&fast, "openai", Lane::Listener, twice).unwrap());
    assert!(said.await.unwrap().samples.len() < timed.samples.len() * 3 / 4, "the speed goes along");
    let stranger = engines_with(folder.path(), &[("K", "another-key")]);
    let refused = tokio::task::spawn_blocking(move || speak(&stranger).map(|_| ()).unwrap_err());
    let refused = refused.await.unwrap();
    assert_eq!(refused.kind, ErrorKind::Unavailable);
    assert!(refused.message.contains("401") && !refused.message.contains("another-key"), "{refused}");
    site.stop().await;
}

#[test]
fn it_asks_for_what_its_table_says_and_no_more() {
    let server = Server::start(vec![sound()]);
    let more = "instructions = \"Calmly.\"\nword_times = false\nextra = { lang_code = \"a\" }";
    let (engines, _folder) = voice(&server.base_url, more);
    let heard = speak(&engines).unwrap();
    assert_eq!((heard.rate_hz, heard.samples.len(), heard.samples[479]), (24_000, 480, 479));
    let asked = server.asked().remove(0);
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/audio/speech HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains(&format!("authorization: bearer {KEY}")), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    let expected = serde_json::json!({
        "model": "m", "voice": "alloy", "input": TEXT, "response_format": "wav",
        "instructions": "Calmly.", "lang_code": "a",
    });
    assert_eq!(body, expected);
}

#[test]
fn a_busy_server_is_asked_again_when_it_says() {
    let busy =
        |headers: &str| answer("429 Too Many Requests", headers, b"{\"error\":{\"message\":\"slowly\"}}");
    let server = Server::start(vec![
        busy("retry-after: 1\r\n"),
        answer("503 Service Unavailable", "", b"<html>down</html>"),
        sound(),
    ]);
    let (engines, _folder) = voice(&server.base_url, "word_times = false");
    let since = Instant::now();
    assert_eq!(speak(&engines).unwrap().samples.len(), 480);
    assert!(since.elapsed() >= Duration::from_millis(1_400), "it did not wait: {:?}", since.elapsed());
    assert_eq!(server.asked().len(), 3);

    let away = Server::start(vec![busy("retry-after: 3600\r\n")]);
    let (engines, _folder) = voice(&away.base_url, "word_times = false");
    let error = speak(&engines).map(|_| ()).unwrap_err();
    assert_eq!((error.kind, away.asked().len()), (ErrorKind::Unavailable, 1), "{error}");
    assert!(error.message.contains("429") && error.message.contains("slowly"), "{error}");

    let broken = Server::start(vec![answer("500 Internal Server Error", "", b"")]);
    let (engines, _folder) = voice(&broken.base_url, "word_times = false\nlimits = { retries = 1 }");
    assert_eq!(speak(&engines).map(|_| ()).unwrap_err().kind, ErrorKind::Unavailable);
    assert_eq!(broken.asked().len(), 2);
}

#[test]
fn what_is_no_sound_is_told_without_the_key_and_the_text() {
    let json = "content-type: application/json\r\n";
    let echo = format!("{{\"error\":{{\"message\":\"Incorrect API key {KEY} for '{TEXT}'\"}}}}");
    let whole = wav(480);
    let mut cut = b"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\ncontent-length: 5000\r\n\r\n".to_vec();
    cut.extend(&whole[..400]);
    let sized = [&b"RIFF\xe4\x03\0\0"[..], &whole[8..40], &b"\xc0\x03\0\0"[..], &whole[44..300]].concat();
    for (does, kind, words) in [
        (
            answer("401 Unauthorized", json, echo.as_bytes()),
            ErrorKind::Unavailable,
            "refused the key (SPEECH_KEY; 401",
        ),
        (answer("404 Not Found", json, b"{\"detail\":\"Not Found\"}"), ErrorKind::Unavailable, "Not Found"),
        (answer("302 Found", "location: http://192.0.2.1/\r\n", b""), ErrorKind::Unavailable, "302"),
        (
            answer("413 Content Too Large", json, echo.as_bytes()),
            ErrorKind::Refused,
            "refused a sentence (413",
        ),
        (answer("200 OK", "content-type: text/html\r\n", b"<!doctype html>"), ErrorKind::Failed, "text/html"),
        (answer("200 OK", json, b"{}"), ErrorKind::Failed, "application/json"),
        (answer("200 OK", "content-type: audio/mpeg\r\n", b"ID3"), ErrorKind::Failed, "audio/mpeg"),
        (answer("200 OK", "", b"ID3\x04 and so on and on"), ErrorKind::Failed, "no WAV"),
        (answer("200 OK", "content-type: audio/wav\r\n", &sized), ErrorKind::Failed, "broke off"),
        (Does::Says(cut), ErrorKind::Failed, "broke off"),
        (Does::Says(b"HTTP/1.1 200".to_vec()), ErrorKind::Unavailable, "does not answer"),
    ] {
        let server = Server::start(vec![does]);
        let (engines, _folder) =
            voice(&server.base_url, "word_times = false\nformat = \"wav\"\nlimits = { retries = 0 }");
        let error = speak(&engines).map(|_| ()).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(words), "{words}: {error}");
        assert!(!error.message.contains(KEY) && !error.message.contains(TEXT), "{error}");
    }
}

#[test]
fn a_server_that_stalls_is_left() {
    let mut begun = b"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\ncontent-length: 5000\r\n\r\n".to_vec();
    begun.extend(&wav(480)[..400]);
    for (does, kind) in
        [(Does::Stalls(begun), ErrorKind::Failed), (Does::Stalls(Vec::new()), ErrorKind::Unavailable)]
    {
        let server = Server::start(vec![does]);
        let more = "word_times = false\nlimits = { retries = 0, silence_s = 1 }";
        let (engines, _folder) = voice(&server.base_url, more);
        let error = speak(&engines).map(|_| ()).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
    }
}

#[test]
fn a_server_that_makes_no_wav_is_asked_for_pcm() {
    let unknown = answer("400 Bad Request", "", b"{\"error\":{\"message\":\"unknown response_format\"}}");
    let pcm = answer("200 OK", "content-type: audio/pcm\r\n", &wav(480)[44..]);
    let server = Server::start(vec![unknown, pcm]);
    let (engines, _folder) = voice(&server.base_url, "word_times = false\npcm_rate_hz = 22050");
    for _ in 0..2 {
        let heard = speak(&engines).unwrap();
        assert_eq!((heard.rate_hz, heard.samples.len(), heard.samples[479]), (22_050, 480, 479));
    }
    assert_eq!(server.asked().len(), 3, "it remembers");
}

#[test]
fn a_budget_stops_before_it_is_overdrawn() {
    let server = Server::start(vec![sound()]);
    let folder = tempfile::tempdir().unwrap();
    let more = format!("word_times = false\nlimits = {{ chars_per_month = {} }}", 2 * TEXT.len());
    let engines = voice_in(folder.path(), &server.base_url, &more);
    speak(&engines).unwrap();
    let again = voice_in(folder.path(), &server.base_url, &more);
    speak(&again).unwrap();
    let error = speak(&again).map(|_| ()).unwrap_err();
    assert_eq!((error.kind, server.asked().len()), (ErrorKind::Unavailable, 2), "{error}");
    assert!(error.message.contains("36 of 36") && error.message.contains("chars_per_month"), "{error}");
    let other = voice_in(folder.path(), &server.base_url, &more.replace("36", "3600"));
    speak(&other).unwrap();
    let fingerprint = |most: &str| {
        voice_in(folder.path(), &server.base_url, &more.replace("36", most));
        Voices::load(Some(folder.path())).unwrap().get("cloud").unwrap().fingerprint()
    };
    assert_eq!(fingerprint("36"), fingerprint("72"), "what bounds it makes no sound");
}

#[test]
fn only_so_many_ask_at_once() {
    let server = Server::start(vec![Does::Stalls(Vec::new())]);
    let more = "word_times = false\nlimits = { at_once = 1, retries = 0, silence_s = 3 }";
    let (engines, _folder) = voice(&server.base_url, more);
    let (first, _first_said) = super::speaking(request("cloud", TEXT));
    let (second, _second_said) = super::speaking(request("cloud", TEXT));
    engines.submit("openai", Lane::Bulk, first).unwrap();
    engines.submit("openai", Lane::Bulk, second).unwrap();
    while server.asked().is_empty() {
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(Duration::from_millis(300));
    assert_eq!(server.asked().len(), 1, "the other waits for the place");
}

#[test]
fn without_its_key_it_cannot_speak_and_says_which_variable() {
    let server = Server::start(vec![sound()]);
    let (_engines, folder) = voice(&server.base_url, "");
    let engines = engines_with(folder.path(), &[]);
    let about = engines.describe("openai").unwrap();
    assert!(!about.can_speak("cloud"));
    assert!(about.voice("cloud").unwrap().problem.as_ref().unwrap().contains("SPEECH_KEY"));
    assert_eq!(speak(&engines).map(|_| ()).unwrap_err().kind, ErrorKind::Unavailable);
    assert!(server.asked().is_empty(), "nothing was sent");
    for (table, word) in
        [("base_url = \"ftp://x\"", "base_url"), ("base_url = \"http://x\"\ncolour = 1", "colour")]
    {
        write_voice(
            folder.path(),
            "cloud",
            "openai",
            &format!("[openai]\nmodel = \"m\"\nvoice = \"v\"\n{table}"),
        );
        let error = Voices::load(Some(folder.path())).map(|_| ()).expect_err(table);
        assert!(error.to_string().contains(word), "{error}");
    }
}
