//! A site that has an article with a player in it: another origin than the service.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256, Sha384};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

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
}

/// Nobody gets more than so many bytes of `/broken.mp3`: 25 seconds of sound.
const SENT: usize = 200_000;

impl Host {
    /// A site whose pages load `script`, the text of the player of the service at `service`.
    pub(crate) async fn start(service: &str, script: String, sound: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let pages = Arc::new(Pages { service: service.to_owned(), script, sound });
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
        "/tampered.js" => ([(CONTENT_TYPE, "text/javascript")], pages.tampered()).into_response(),
        "/rangeless.mp3" => ([(CONTENT_TYPE, "audio/mpeg")], pages.sound.clone()).into_response(),
        "/broken.mp3" => pages.broken(&headers),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Pages {
    fn page(&self, wish: &HashMap<String, String>) -> Response {
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

    /// The start of the sound; what comes after it cannot be had.
    fn broken(&self, headers: &HeaderMap) -> Response {
        let all = self.sound.len();
        let from = headers
            .get(RANGE)
            .and_then(|range| range.to_str().ok())
            .and_then(|range| range.strip_prefix("bytes=")?.split('-').next()?.parse::<usize>().ok());
        let from = from.unwrap_or(0);
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
