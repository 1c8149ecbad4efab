//! One running service: the real program, with a folder of its own.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// Longest wait for anything: far more than a loaded machine needs.
const PATIENCE: Duration = Duration::from_secs(600);

/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// The voice of `tone` that misbehaves when its text says so.
const FLAKY: &str = r#"
engine = "tone"
name = "tone-flaky"
langs = ["en"]
title = "Beeps that fail"
licence = "MIT OR Apache-2.0"
sample = "A beep."
gain_db = 0.0
rate = 1.0
words_per_minute = 155
"#;

/// A service, and the folder it lives in: `cache/`, `listen.db`, `voices/`, `log`. Both are gone when
/// this is dropped.
pub(crate) struct Site {
    setup: Setup,
    running: Option<Running>,
    /// Its address, without a slash at the end.
    pub(crate) base: String,
    pub(crate) client: Client,
    home: tempfile::TempDir,
}

/// How a service is started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setup {
    env: Vec<(String, String)>,
    cache: Option<PathBuf>,
    small_voice: bool,
}

struct Running {
    child: Child,
    /// Kept open: the service may go on printing.
    _stdout: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Setup {
    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl ToString) -> Self {
        self.env.push((name.to_owned(), value.to_string()));
        self
    }

    /// Gives it the small neural voice of the tests.
    pub(crate) fn small_voice(mut self) -> Self {
        self.small_voice = true;
        self
    }

    /// Puts its cache elsewhere.
    pub(crate) fn cache(mut self, dir: &Path) -> Self {
        self.cache = Some(dir.to_owned());
        self
    }

    pub(crate) async fn start(self) -> Site {
        Site::with(self).await
    }
}

impl Site {
    /// A service as it comes.
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    async fn with(setup: Setup) -> Self {
        let home = tempfile::tempdir().unwrap();
        let voice = home.path().join("voices/tone-flaky");
        fs::create_dir_all(&voice).unwrap();
        fs::write(voice.join("voice.toml"), FLAKY).unwrap();
        if setup.small_voice {
            let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/voices/small");
            fs::create_dir(home.path().join("voices/small")).unwrap();
            for file in fs::read_dir(fixture).unwrap().flatten() {
                fs::copy(file.path(), home.path().join("voices/small").join(file.file_name())).unwrap();
            }
        }
        // Every request on a connection of its own: a killed service leaves none that look usable.
        let client = Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap();
        let mut site = Self { setup, running: None, base: String::new(), client, home };
        site.start_again().await;
        site
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.setup.cache.clone().unwrap_or_else(|| self.home().join("cache"))
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.home().join("log")).unwrap_or_default()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.as_ref().expect("it runs").child.id()
    }

    /// The program with this service's folder and settings; its errors go to the log.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let log = File::options().create(true).append(true).open(self.home().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_listen"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"LISTEN_"))
        {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.home())
            .env("LISTEN_CACHE", self.cache())
            .envs(self.setup.env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        command
    }

    /// Starts it on the folder as it is; waits for its address.
    pub(crate) async fn start_again(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        let mut child = self.command(&["serve", "--bind", "127.0.0.1:0"]).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut running = Running { child, _stdout: stdout };
        let (running, line) = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            running._stdout.read_line(&mut line).unwrap();
            (running, line)
        })
        .await
        .unwrap();
        let address = line.trim().strip_prefix("listening on ");
        self.base =
            address.unwrap_or_else(|| panic!("no address but {line:?}; log: {}", self.log())).to_owned();
        self.running = Some(running);
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        let mut running = self.running.take().expect("it runs");
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        let mut running = self.running.take().expect("it runs");
        signal(running.child.id(), "TERM");
        tokio::task::spawn_blocking(move || running.child.wait().unwrap()).await.unwrap()
    }

    /// Worker processes of this service, dead or alive: what runs in its folder and is not the service.
    pub(crate) fn workers(&self) -> Vec<u32> {
        let own = self.running.as_ref().map(|running| running.child.id());
        let processes = fs::read_dir("/proc").unwrap().flatten();
        processes
            .filter_map(|process| process.file_name().to_str()?.parse().ok())
            .filter(|pid| Some(*pid) != own)
            .filter(|pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == self.home()))
            .collect()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn put_request(&self, id: &str, body: &Value) -> RequestBuilder {
        self.client.put(self.url(&format!("/v1/articles/{id}"))).json(body)
    }

    /// Publishes, and gives the status and the answer.
    pub(crate) async fn put(&self, id: &str, body: &Value) -> (StatusCode, Value) {
        let response = self.put_request(id, body).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// Publishes text in a voice; the manifest.
    pub(crate) async fn publish(&self, id: &str, text: &str, voice: &str) -> Value {
        let (status, answer) = self.put(id, &json!({ "text": text, "voice": voice })).await;
        assert!(status.is_success(), "{id}: {status}: {answer}");
        answer
    }

    /// Publishes, and waits until the audio is finished; the manifest.
    pub(crate) async fn publish_ready(&self, id: &str, text: &str, voice: &str) -> Value {
        self.publish(id, text, voice).await;
        self.ready(id).await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    /// The whole of what is at a path or at an address of this service, old or new.
    pub(crate) async fn bytes(&self, address: &str) -> Bytes {
        let response = self.get(path_of(address)).await;
        let status = response.status();
        let body = response.bytes().await;
        assert_eq!(status, 200, "{address}: {body:?}");
        body.unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    pub(crate) async fn manifest(&self, id: &str) -> Value {
        let bytes = self.bytes(&format!("/v1/articles/{id}")).await;
        serde_json::from_slice(&bytes).unwrap()
    }

    /// The manifest, once the current revision is finished.
    pub(crate) async fn ready(&self, id: &str) -> Value {
        until(&format!("{id} is ready"), async || {
            let manifest = self.manifest(id).await;
            assert_ne!(manifest["state"], "failed", "{manifest}\n{}", self.log());
            (manifest["state"] == "ready").then_some(manifest)
        })
        .await
    }

    /// The sum over all lines of a metric that have these labels.
    pub(crate) async fn metric(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let text = self.get("/metrics").await.text().await.unwrap();
        let has = |line: &str| labels.iter().all(|(key, value)| line.contains(&format!("{key}=\"{value}\"")));
        let lines = text.lines().filter(|line| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])) && has(line)
        });
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
    }

    /// Calls of engines since this process started.
    pub(crate) async fn syntheses(&self) -> f64 {
        self.metric("listen_syntheses_total", &[]).await
    }

    /// Whether this machine lacks an engine's library; loud, and a failure where nothing may be skipped.
    pub(crate) async fn skip_without(&self, engine: &str) -> bool {
        let (built, sample) = match engine {
            "flite" => (cfg!(feature = "flite"), json!({ "text": "A line.", "voice": "rms" })),
            "piper" => (
                cfg!(all(feature = "piper", feature = "espeak")),
                json!({ "text": "A line.", "voice": "small" }),
            ),
            _ => (cfg!(feature = "espeak"), json!({ "text": "Eine Zeile.", "voice": "espeak-de" })),
        };
        if !built {
            eprintln!("SKIPPED: {engine} is not in this build");
            return true;
        }
        let (status, _) = self.put("engine-check", &sample).await;
        let heard = self.get("/v1/articles/engine-check/audio.mp3").await.status();
        let strict = std::env::var_os("LISTEN_TEST_STRICT").is_some_and(|strict| strict == "1");
        if status.is_success() && heard == StatusCode::SERVICE_UNAVAILABLE {
            assert!(!strict, "{engine} is not installed");
            eprintln!("SKIPPED: {engine} is not installed");
            return true;
        }
        assert_eq!(heard, 200, "{engine}");
        self.ready("engine-check").await;
        false
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(pid: u32, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
    assert!(sent.success(), "{pid} takes no SIG{name}");
}

/// The path of an address, whatever port it was on.
pub(crate) fn path_of(address: &str) -> &str {
    match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => address,
    }
}

/// Looks until there is something to see.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(started.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A string of a JSON value.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}"))
}

/// The immutable address of a manifest's finished audio: its path.
pub(crate) fn audio_of(manifest: &Value, ext: &str) -> String {
    let links = manifest["audio"].as_array().unwrap();
    let urls = links.iter().map(|link| path_of(text(link, "url")));
    let url =
        urls.into_iter().find(|url| url.ends_with(ext)).unwrap_or_else(|| panic!("no {ext}: {manifest}"));
    assert!(url.starts_with("/audio/"), "{url} is not finished audio");
    url.to_owned()
}
