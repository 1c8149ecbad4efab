//! What a browser makes of the audio: it plays while it is made, and seeks when it is finished. The
//! page reports what it saw by a request to the test.
#![allow(clippy::print_stderr, reason = "a skipped check says so")]

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::site::Site;

/// Longest wait for the browser's report; a loaded machine starts it slowly.
const REPORT_WAIT: Duration = Duration::from_secs(120);

const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser that ends with the test, by its own process id.
struct Browser {
    process: Child,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn open(page: &str) -> Option<Browser> {
    open_with(&[], page)
}

fn open_with(flags: &[&str], page: &str) -> Option<Browser> {
    let profile = tempfile::tempdir().expect("a folder");
    let process = PROGRAMS.iter().find_map(|program| {
        Command::new(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--autoplay-policy=no-user-gesture-required", "--mute-audio"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(flags)
            .arg(page)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    });
    let Some(process) = process else {
        let why = "no Chromium (Debian package chromium) is installed";
        eprintln!("SKIPPED: {why}");
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|v| v != "1"), "SKIPPED: {why}");
        return None;
    };
    Some(Browser { process, _profile: profile })
}

/// What a page of the service is after its scripts have run.
async fn dom(url: &str) -> Option<String> {
    let mut browser = open_with(&["--dump-dom"], url)?;
    let mut written = browser.process.stdout.take().expect("it is piped");
    let reading = tokio::task::spawn_blocking(move || {
        let mut dom = String::new();
        written.read_to_string(&mut dom).map(|_| dom)
    });
    let dom = tokio::time::timeout(REPORT_WAIT, reading).await.expect("the browser writes the page in time");
    Some(dom.expect("no panic").expect("UTF-8"))
}

/// Plays `src` in a page that runs `script` with `audio` and `report(object)`, and gives the report.
async fn watch(src: &str, script: &str) -> Option<Value> {
    watch_with(src, "", script).await
}

/// The same, with HTML inside the audio element.
async fn watch_with(src: &str, inside: &str, script: &str) -> Option<Value> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let page = format!(
        "<!doctype html><meta charset=utf-8><audio id=a preload=none crossorigin=anonymous src=\"{src}\">{inside}</audio><script>
        const audio = document.getElementById('a');
        const report = o => fetch('http://{address}/?' + encodeURIComponent(JSON.stringify(o)), {{mode: 'no-cors'}});
        audio.onerror = () => report({{error: audio.error.message}});
        {script}
        audio.play().catch(e => report({{error: String(e)}}));</script>"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.html");
    std::fs::write(&file, page).expect("a page");
    let _browser = open(&format!("file://{}", file.display()))?;
    let reported = tokio::time::timeout(REPORT_WAIT, async {
        let (mut connection, _) = listener.accept().await.expect("a report");
        let mut request = vec![0; 4096];
        let read = connection.read(&mut request).await.expect("a request");
        let _ = connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let request = reported.await.expect("the page reports in time");
    let query = request.split_whitespace().nth(1).and_then(|path| path.strip_prefix("/?")).expect("a report");
    let json = percent_encoding::percent_decode_str(query).decode_utf8().expect("UTF-8");
    Some(serde_json::from_str(&json).expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_plays_and_seeks_finished_audio_and_knows_its_exact_length() {
    let site = Site::start().await;
    let markdown =
        format!("# A ferry\n\n{}", "The boat left the landing stage at noon sharp.\n\n".repeat(12));
    assert_eq!(site.put_article("ferry", &markdown).await.0, 201);
    let manifest = site.finished("ferry").await;
    let seconds = manifest["duration_ms"].as_f64().expect("a duration") / 1000.0;
    for format in ["mp3", "wav"] {
        let script =
            "audio.onplaying = () => { audio.onplaying = null; audio.currentTime = audio.duration / 2; };
            audio.onseeked = () => setTimeout(() => report(
                {duration: audio.duration, at: audio.currentTime, ranges: audio.seekable.length}), 500);";
        let src = format!("{}/v1/articles/ferry/audio.{format}", site.url);
        let Some(seen) = watch(&src, script).await else { break };
        assert_eq!(seen["error"], Value::Null, "{format}: {seen}");
        let duration = seen["duration"].as_f64().expect("a duration");
        assert!((duration - seconds).abs() < 0.002, "{format}: {duration} s, the manifest says {seconds} s");
        assert!(seen["at"].as_f64().is_some_and(|at| at > seconds / 2.0), "{format}: it goes on: {seen}");
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_plays_audio_while_it_is_made() {
    if crate::is_left_out("flite") {
        return eprintln!("SKIPPED: this build leaves flite out");
    }
    let site = Site::start_with(|config| config.speech.voice_by_lang.clear()).await;
    let readiness = site.app.readiness().await;
    if !readiness.ready {
        let why = readiness.problems.join("; ");
        eprintln!("SKIPPED: {why}");
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|v| v != "1"), "SKIPPED: {why}");
        return site.stop().await;
    }
    // Long enough that its end is not made when the browser has started and heard its start.
    let sentences =
        (1..400).map(|n| format!("On day {n} the boat left the landing stage at noon sharp.\n\n"));
    let markdown = format!("# A ferry\n\n{}", sentences.collect::<String>());
    assert_eq!(site.put_article("ferry", &markdown).await.0, 201);
    let script = "audio.ontimeupdate = () => audio.currentTime > 1 && (audio.ontimeupdate = null,
        report({at: audio.currentTime, paused: audio.paused, known: isFinite(audio.duration)}));";
    if let Some(seen) = watch(&format!("{}/v1/articles/ferry/audio.mp3", site.url), script).await {
        assert_eq!(seen["error"], Value::Null, "{seen}");
        assert_eq!((&seen["paused"], &seen["known"]), (&Value::Bool(false), &Value::Bool(false)), "{seen}");
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_reads_the_transcript_of_what_it_plays_and_follows_its_events() {
    let site = Site::start().await;
    let markdown = "# Fish & chips\n\nThe café sold them at noon. Nobody --> asked.";
    assert_eq!(site.put_article("fish", markdown).await.0, 201);
    let manifest = site.finished("fish").await;
    let article = format!("{}/v1/articles/fish", site.url);
    let track = format!("<track default kind=captions src=\"{article}/transcript.vtt?words=1\">");
    // The stream ends after `ready`; the browser comes back, is answered 204, and gives up.
    let script = format!(
        "const seen = {{events: []}};
        const done = () => 'cues' in seen && 'closed' in seen && report(seen);
        const track = document.querySelector('track');
        track.onerror = () => report({{error: 'the track'}});
        track.onload = () => {{ seen.cues = [...track.track.cues].map(cue => [cue.startTime, cue.endTime]); done(); }};
        const source = new EventSource('{article}/events');
        for (const name of ['state', 'clip', 'ready', 'changed'])
            source.addEventListener(name, event => seen.events.push([name, JSON.parse(event.data).audio]));
        source.onerror = () => {{
            if (source.readyState === EventSource.CLOSED) {{ seen.closed = true; done(); }}
        }};"
    );
    if let Some(seen) = watch_with(&format!("{article}/audio.mp3"), &track, &script).await {
        assert_eq!(seen["error"], Value::Null, "{seen}");
        let sentences = manifest["sentences"].as_array().expect("sentences");
        let cues = seen["cues"].as_array().expect("cues");
        assert_eq!(cues.len(), sentences.len(), "{seen}");
        for (cue, sentence) in cues.iter().zip(sentences) {
            let ms = sentence["start_frame"].as_u64().expect("a frame") * 24;
            assert_eq!((cue[0].as_f64().expect("a time") * 1000.0).round() as u64, ms, "{cue}");
        }
        let events = seen["events"].as_array().expect("events");
        let names: Vec<&str> = events.iter().filter_map(|event| event[0].as_str()).collect();
        assert_eq!(names, ["state", "clip", "clip", "clip", "ready"], "{seen}");
        assert_eq!(events[4][1], manifest["audio"]);
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_of_the_pages_run_under_the_policy_of_the_pages() {
    let site = Site::start_with_key().await;
    let body = serde_json::json!({ "markdown": super::FERRY });
    let put = site.request("PUT", "/v1/articles/ferry").bearer_auth("test-key").json(&body).send().await;
    assert_eq!(put.expect("an answer").status(), 201);
    if let Some(front) = dom(&format!("{}/", site.url)).await {
        assert!(front.contains("The last ferry"), "{front}");
        // The script names the button it has made to work, and takes `hidden` away.
        assert!(front.contains("class=\"copy\" aria-label=\"Copy: The player\">"), "{front}");
        let locked = dom(&format!("{}/figures", site.url)).await.expect("the browser is there");
        assert!(locked.contains("id=\"unlock\" type=\"button\">"), "{locked}");
    }
    site.stop().await;
}
