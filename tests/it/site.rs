//! A running service in a folder of its own, on a free port, with the voice that beeps.

use std::time::Duration;

use listen::app::App;
use listen::config::{Config, Secret};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Most looks at a manifest before an article counts as stuck, and the pause between two.
const LOOKS_MAX: usize = 1200;
const LOOK_PAUSE: Duration = Duration::from_millis(50);

pub(crate) struct Site {
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) app: App,
    stop: oneshot::Sender<()>,
    served: JoinHandle<anyhow::Result<()>>,
    _folder: tempfile::TempDir,
}

impl Site {
    /// A service without a key, on loopback.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A service whose publisher's key is `test-key`.
    pub(crate) async fn start_with_key() -> Self {
        let key: Secret = serde_json::from_value(json!("test-key")).expect("a key");
        Self::start_with(|config| config.api_key = Some(key)).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let (app, folder) = open(change).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(listen::http::serve(app.clone(), listener, async {
            let _ = stopped.await;
        }));
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self { url, client, app, stop, served, _folder: folder }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request("GET", path).send().await.expect("an answer")
    }

    pub(crate) async fn get_with(&self, path: &str, name: &str, value: &str) -> Response {
        self.request("GET", path).header(name, value).send().await.expect("an answer")
    }

    /// Publishes Markdown, and gives the status and the manifest (or the error).
    pub(crate) async fn put_article(&self, id: &str, markdown: &str) -> (u16, Value) {
        let body = json!({ "markdown": markdown });
        let answer = self.request("PUT", &format!("/v1/articles/{id}")).json(&body).send().await;
        json_of(answer.expect("an answer")).await
    }

    /// Waits until an article's audio is finished, and gives its manifest.
    pub(crate) async fn finished(&self, id: &str) -> Value {
        for _ in 0..LOOKS_MAX {
            let (status, manifest) = json_of(self.get(&format!("/v1/articles/{id}")).await).await;
            assert_eq!(status, 200, "{manifest}");
            match manifest["state"].as_str() {
                Some("ready") => return manifest,
                Some("failed") => panic!("{id} failed: {manifest}"),
                _ => tokio::time::sleep(LOOK_PAUSE).await,
            }
        }
        panic!("{id} was not finished");
    }

    /// Stops the service as a signal would, and waits for its end.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        self.served.await.expect("no panic").expect("a clean end");
        self.app.shutdown().await;
    }
}

/// An app in a folder of its own, whose English voice beeps.
pub(crate) async fn open(change: impl FnOnce(&mut Config)) -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut config = Config {
        cache: path("cache"),
        db: format!("sqlite:{}", path("listen.db")),
        voices: path("voices").into(),
        ..Config::default()
    };
    config.speech.voice_by_lang.insert("en".to_owned(), "tone".to_owned());
    change(&mut config);
    let app = App::open(config, env!("CARGO_BIN_EXE_listen").into()).await.expect("an app");
    (app, folder)
}

/// Status and body of an answer that is JSON.
pub(crate) async fn json_of(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// Status of an answer, and the code of its error in the one shape.
pub(crate) async fn error_of(answer: Response) -> (u16, String) {
    let (status, json) = json_of(answer).await;
    let error = json["error"].as_object().unwrap_or_else(|| panic!("no error: {json}"));
    let keys: Vec<&str> = error.keys().map(String::as_str).collect();
    assert_eq!(keys, ["code", "message", "param", "type"], "the one shape");
    (status, error["code"].as_str().expect("a code").to_owned())
}

pub(crate) fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
