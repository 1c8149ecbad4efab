//! A site that has an article with a player in it: another origin than the service.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::{FutureExt as _, StreamExt as _, stream};
use sha2::{Digest as _, Sha256, Sha384};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const PAGE: &str = include_str!("../../player/page.html");
const FILES: [(&str, &str, &str); 5] = [
    ("/page.css", "text/css", include_str!("../../player/page.css")),
    ("/setup.js", "text/javascript", include_str!("../../player/setup.js")),
    ("/alignment.js", "text/javascript", include_str!("../../player/alignment.js")),
    ("/asserts.js", "text/javascript", include_str!("../../player/asserts.js")),
    ("/suite.js", "text/javascript", include_str!("../../player/suite.js")),
];

pub(crate) struct Host {
    pub(crate) url: String,
    serving: JoinHandle<()>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Pages {
    service: String,
    script: String,
    /// The finished article.
    sound: Vec<u8>,
    /// Cancelled when the page that was opened last loses its connection.
    lost: Mutex<CancellationToken>,
}

/// Nobody gets more than so many bytes of `/broken.mp3` and `/cut.mp3`: 25 seconds of sound.
const SENT: usize = 200_000;

impl Host {
    /// A site whose pages load `script`, the text of the player of the service at `service`.
    pub(crate) async fn start(service: &str, script: String, sound: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let pages = Arc::new(Pages { service: service.to_owned(), script, sound, lost: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(pages);
        let serving = tokio::spawn(async move {
            axum_serve(listener, router).await;
        });
        Self { url, serving }
    }
}

/// Serves one connection after the other's head, without the features of `axum::serve`.
async fn axum_serve(listener: TcpListener, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = hyper_util::service::TowerToHyperService::new(router.clone());
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(hyper_util::rt::TokioIo::new(stream), service),
        );
    }
}

async fn answer(
    State(pages): State<Arc<Pages>>,
    Query(wish): Query<HashMap<String, String>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    if let Some((_, media_type, text)) = FILES.iter().find(|(path, ..)| *path == uri.path()) {
        return ([(CONTENT_TYPE, *media_type)], *text).into_response();
    }
    match uri.path() {
        "/page" => pages.page(&wish),
        "/lose" => {
            pages.lost().cancel();
            StatusCode::NO_CONTENT.into_response()
        }
        "/tampered.js" => ([(CONTENT_TYPE, "text/javascript")], pages.tampered()).into_response(),
        "/rangeless.mp3" => ([(CONTENT_TYPE, "audio/mpeg")], pages.sound.clone()).into_response(),
        "/broken.mp3" => pages.broken(&headers),
        "/cut.mp3" => pages.cut(&headers),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Pages {
    fn lost(&self) -> MutexGuard<'_, CancellationToken> {
        self.lost.lock().expect("no panic")
    }

    fn page(&self, wish: &HashMap<String, String>) -> Response {
        *self.lost() = CancellationToken::new();
        let of = |name: &str| wish.get(name).map_or("", String::as_str);
        let (service, digest) = (&self.service, BASE64_STANDARD.encode(Sha384::digest(&self.script)));
        let hash = &hex::encode(Sha256::digest(&self.script))[..16];
        let script = match of("script") {
            "pinned" => format!(
                "<script type=module crossorigin integrity=\"sha384-{digest}\" \
                 src=\"{service}/p/listen-player.{hash}.js\"></script>"
            ),
            "wrong" => format!(
                "<script type=module crossorigin integrity=\"sha384-{}\" \
                 src=\"{service}/listen-player.js\"></script>",
                BASE64_STANDARD.encode(Sha384::digest("another"))
            ),
            "old" => format!(
                "<script type=module crossorigin src=\"{service}/p/listen-player.0123456789abcdef.js\"></script>"
            ),
            "tampered" => "<script type=module src=\"/tampered.js\"></script>".to_owned(),
            _ => format!("<script type=module src=\"{service}/listen-player.js\"></script>"),
        };
        let html = PAGE
            .replace("%SCRIPT%", &script)
            .replace("%SERVICE%", service)
            .replace("%ARTICLE%", wish.get("article").map_or("lamp", String::as_str))
            .replace("%ATTRIBUTES%", of("attributes"));
        let mut response = ([(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
        let blob = if of("csp") == "noblob" { "" } else { " blob:" };
        if !of("csp").is_empty() {
            let policy = format!(
                "default-src 'none'; script-src 'self' {service}; style-src 'self'; img-src data:; \
                 connect-src {service}; media-src {service}{blob}; \
                 require-trusted-types-for 'script'; trusted-types 'none'"
            );
            let policy = HeaderValue::try_from(policy).expect("ASCII");
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    /// The start of the sound, until the page loses the connection; after that nobody gets more. Without its
    /// tag: Chromium would read half a megabyte before it plays a file that has a picture.
    fn cut(&self, headers: &HeaderMap) -> Response {
        let sound = &self.sound[tag_bytes(&self.sound)..];
        let all = sound.len();
        let from = first_byte(headers).min(all);
        let head = [
            (CONTENT_TYPE, "audio/mpeg".to_owned()),
            (ACCEPT_RANGES, "bytes".to_owned()),
            (CONTENT_LENGTH, (all - from).to_string()),
            (CONTENT_RANGE, format!("bytes {from}-{}/{all}", all - 1)),
        ];
        let sent = Ok(sound[from.min(SENT)..SENT].to_vec());
        let lost = self.lost().clone().cancelled_owned();
        let lost = lost.map(|()| Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)));
        let body = stream::iter([sent]).chain(stream::once(lost));
        (StatusCode::PARTIAL_CONTENT, head, Body::from_stream(body)).into_response()
    }

    /// The start of the sound; what comes after it cannot be had.
    fn broken(&self, headers: &HeaderMap) -> Response {
        let all = self.sound.len();
        let from = first_byte(headers);
        if from >= SENT {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let head = [
            (CONTENT_TYPE, "audio/mpeg".to_owned()),
            (ACCEPT_RANGES, "bytes".to_owned()),
            (CONTENT_RANGE, format!("bytes {from}-{}/{all}", SENT - 1)),
        ];
        (StatusCode::PARTIAL_CONTENT, head, self.sound[from..SENT].to_vec()).into_response()
    }

    /// The player with wrong digests of its parts.
    fn tampered(&self) -> String {
        let moved = self.script.replace("\"p/", &format!("\"{}/p/", self.service));
        moved.replace(" sha384-", " sha384-AAAA")
    }
}

/// Where the range begins that a request asks for.
fn first_byte(headers: &HeaderMap) -> usize {
    let range = headers.get(RANGE).and_then(|range| range.to_str().ok());
    let first = range.and_then(|range| range.strip_prefix("bytes=")?.split('-').next()?.parse().ok());
    first.unwrap_or(0)
}

/// Length of the ID3v2 tag before the sound: four times seven bits (id3.org/id3v2.3.0 §3.1).
fn tag_bytes(sound: &[u8]) -> usize {
    10 + sound[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(*byte))
}
