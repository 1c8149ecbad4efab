//! A Chromium driven over its debugging pipe (`--remote-debugging-pipe`): JSON messages that end in
//! NUL. No driver and no Node.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longest wait for an answer; a loaded machine is slow.
const PATIENCE: Duration = Duration::from_secs(240);

/// Pause between two looks at a page that loads.
const LOOK: Duration = Duration::from_millis(20);

const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The pipe's two ends are file descriptors 3 and 4 of the browser.
const PIPE: &str = r#"exec "$@" 3<&0 4>&1 </dev/null >/dev/null"#;

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
];

pub(crate) struct Chrome {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    asked: u64,
    _profile: tempfile::TempDir,
}

impl Drop for Chrome {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A page that is open.
pub(crate) struct Tab<'a> {
    chrome: &'a mut Chrome,
    session: String,
}

impl Chrome {
    /// A browser with a profile of its own; none, loudly, where there is no Chromium.
    pub(crate) fn start() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path)
            .flat_map(|folder| PROGRAMS.map(|name| folder.join(name)))
            .find(|program| program.is_file());
        let Some(program) = program else {
            skipped("no Chromium (Debian package chromium) is installed");
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder");
        let mut process = Command::new("sh")
            .args(["-c", PIPE, "sh"])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--remote-debugging-pipe", "about:blank"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let to = process.stdin.take().expect("it is piped");
        let mut pipe = BufReader::new(process.stdout.take().expect("it is piped"));
        let (told, from) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while pipe.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else { break };
                if told.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        Some(Self { process, to, from, asked: 0, _profile: profile })
    }

    /// Opens a page of this size, and waits until it is loaded.
    pub(crate) fn open(&mut self, url: &str, width: u32, height: u32) -> Tab<'_> {
        self.open_with(url, width, height, &[])
    }

    /// The same, after some commands of the protocol.
    pub(crate) fn open_with(
        &mut self,
        url: &str,
        width: u32,
        height: u32,
        first: &[(&'static str, Value)],
    ) -> Tab<'_> {
        let target = self.ask(None, "Target.createTarget", json!({ "url": "about:blank" }));
        let id = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.ask(None, "Target.attachToTarget", id);
        let session = attached["sessionId"].as_str().expect("a session").to_owned();
        let mut tab = Tab { chrome: self, session };
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        tab.ask("Emulation.setDeviceMetricsOverride", size);
        for (method, params) in first {
            tab.ask(method, params.clone());
        }
        tab.ask("Page.navigate", json!({ "url": url }));
        // No promise: where scripts are off nothing would keep it.
        let began = Instant::now();
        while tab.eval("document.readyState") != "complete" || tab.eval("location.href") == "about:blank" {
            assert!(began.elapsed() < PATIENCE, "{url} is not loaded");
            std::thread::sleep(LOOK);
        }
        tab
    }

    fn ask(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let answer = self.from.recv_timeout(PATIENCE).expect("the browser answers in time");
            if answer["id"] == self.asked {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }
}

impl Tab<'_> {
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.chrome.ask(Some(&self.session), method, params)
    }

    /// What an expression gives, as after a press of a key; waits for it when it is a promise.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true,
                             "userGesture": true });
        let answer = self.ask("Runtime.evaluate", params);
        let thrown = &answer["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}: {thrown}");
        answer["result"]["value"].clone()
    }

    /// Presses a key: its name, and the text it types when it types one.
    pub(crate) fn press(&mut self, key: &str, code: u32, text: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let params = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                                 "text": text });
            self.ask("Input.dispatchKeyEvent", params);
        }
    }

    /// Runs groups of checks of `tests/player/suite.js`; each that failed, with the reason.
    pub(crate) fn run(&mut self, groups: &[&str]) -> Vec<String> {
        let names = json!(groups);
        let results = self.eval(&format!("import('/suite.js').then(suite => suite.run(...{names}))"));
        let results = results.as_array().cloned().unwrap_or_default();
        assert!(!results.is_empty(), "no checks in {groups:?}");
        let mut failed = Vec::new();
        for result in results {
            let (name, told, ms) = (&result[0], &result[1], &result[2]);
            if told != "ok" {
                failed.push(format!("{name}: {told}"));
            }
            eprintln!("  {} {name} ({ms} ms)", if told == "ok" { "ok" } else { "FAILED" });
        }
        failed
    }
}

/// Says that a check was left out, which is a failure where nothing may be.
pub(crate) fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
    assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|v| v != "1"), "SKIPPED: {why}");
}
