//! What the router itself decides, before any verb of the app runs.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::Response;
use tower::ServiceExt as _;

use super::*;
use crate::http::tests::site;

const REFERENCE: &str = include_str!("../../../docs/http.md");
const ROUTER: &str = include_str!("../router.rs");

async fn house() -> (Router, tempfile::TempDir) {
    let (site, folder) = site().await;
    (router(site), folder)
}

async fn ask(router: &Router, method: &str, uri: &str, lines: &[(&str, &str)]) -> (Response<()>, Bytes) {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let (head, body) = router.clone().oneshot(request).await.expect("an answer").into_parts();
    (Response::from_parts(head, ()), axum::body::to_bytes(body, 1 << 20).await.expect("a body"))
}

fn code(body: &[u8]) -> String {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    json["error"]["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_one_shape() {
    let (router, _folder) = house().await;
    for uri in
        ["/nothing", "/v1/speech", "/v1/articles/a/audio.aac", "/audio", "/v1/articles/a/", "//", "/%ff"]
    {
        let (head, body) = ask(&router, "GET", uri, &[]).await;
        assert_eq!((head.status().as_u16(), code(&body).as_str()), (404, "no_route"), "{uri}");
        assert!(!head.headers().contains_key("access-control-allow-origin"), "{uri}");
    }
    for (method, uri, allow) in [
        ("PATCH", "/v1/articles/a", "PUT,DELETE,GET,HEAD,OPTIONS"),
        ("POST", "/v1/articles/a/audio.mp3", "GET,HEAD,OPTIONS"),
        ("GET", "/v1/preview", "POST"),
        ("DELETE", "/metrics", "GET,HEAD"),
    ] {
        let (head, body) = ask(&router, method, uri, &[]).await;
        assert_eq!((head.status().as_u16(), code(&body).as_str()), (405, "method_not_allowed"), "{uri}");
        assert_eq!(head.headers()["allow"], allow, "RFC 9110 §15.5.6: {uri}");
    }
}

#[tokio::test]
async fn addresses_are_checked_before_anything_is_looked_up() {
    let (router, _folder) = house().await;
    let upper = "A".repeat(64);
    for (uri, status, expected) in [
        ("/v1/articles/UPPER", 400, "bad_id"),
        ("/v1/articles/-a/audio.mp3", 400, "bad_id"),
        (&format!("/v1/articles/{}", "x".repeat(129)), 400, "bad_id"),
        ("/v1/articles/%ff", 400, "bad_path"),
        ("/v1/articles/a?rate=fast", 400, "bad_query"),
        ("/v1/articles/a?rate=NaN", 400, "bad_rate"),
        ("/v1/articles/a/clips/x.mp3", 400, "bad_index"),
        ("/v1/articles/a/clips/1.wav", 404, "unknown_format"),
        (&format!("/clips/{upper}.mp3"), 400, "bad_digest"),
        ("/clips/..%2f..%2fetc%2fpasswd.mp3", 400, "bad_digest"),
        ("/audio/ab.mp3", 400, "bad_digest"),
        (&format!("/audio/{}.aac", "a".repeat(64)), 404, "unknown_format"),
        (&format!("/audio/{}.flac", "a".repeat(64)), 404, "unknown_rendition"),
        ("/feeds/none.xml", 404, "unknown_feed"),
        ("/feeds/default", 404, "unknown_feed"),
    ] {
        let (head, body) = ask(&router, "GET", uri, &[]).await;
        assert_eq!((head.status().as_u16(), code(&body).as_str()), (status, expected), "{uri}");
        assert_eq!(head.headers()["cache-control"], "no-store", "{uri}");
        assert_eq!(head.headers()["access-control-allow-origin"], "*", "a page may read why: {uri}");
    }
}

#[tokio::test]
async fn pages_may_ask_listeners_routes_and_no_others() {
    let (router, _folder) = house().await;
    let asks = [("origin", "https://paper.example"), ("access-control-request-method", "PUT")];
    let (head, _) = ask(&router, "OPTIONS", "/v1/articles/a", &asks).await;
    assert_eq!(head.status(), 204);
    assert_eq!(head.headers()["access-control-allow-methods"], "GET, HEAD, OPTIONS", "not PUT");
    for uri in ["/v1/preview", "/v1/articles"] {
        let (head, _) = ask(&router, "OPTIONS", uri, &asks).await;
        assert_eq!(head.status(), 405, "{uri}");
        assert!(!head.headers().contains_key("access-control-allow-origin"), "{uri}");
    }
    for (method, uri) in [("PUT", "/v1/articles/a"), ("DELETE", "/v1/articles/a"), ("POST", "/v1/preview")] {
        let (head, _) = ask(&router, method, uri, &asks).await;
        assert!(!head.headers().contains_key("access-control-allow-origin"), "{method} {uri}");
    }
}

#[tokio::test]
async fn every_answer_is_hardened_and_has_an_id() {
    let (router, _folder) = house().await;
    for uri in ["/healthz", "/nothing", "/docs", "/cover.png"] {
        let (head, _) = ask(&router, "GET", uri, &[("x-request-id", "mine")]).await;
        assert_eq!(head.headers()["x-content-type-options"], "nosniff", "{uri}");
        assert_eq!(head.headers()["x-request-id"], "mine", "{uri}");
        let policy = head.headers()["content-security-policy"].to_str().expect("ASCII");
        assert!(policy.starts_with("default-src 'none'"), "{uri}: {policy}");
    }
}

#[tokio::test]
async fn text_is_compressed_and_images_are_not() {
    let (router, _folder) = house().await;
    let gzip = [("accept-encoding", "gzip, br")];
    let (head, packed) = ask(&router, "GET", "/docs", &gzip).await;
    assert_eq!(head.headers()["content-encoding"], "gzip");
    let (plain, text) = ask(&router, "GET", "/docs", &[]).await;
    assert!(packed.len() < text.len() / 2);
    assert_eq!(plain.headers().get_all("vary").iter().count(), 1);
    let tag = plain.headers()["etag"].to_str().expect("ASCII");
    let (again, none) = ask(&router, "GET", "/docs", &[("if-none-match", tag)]).await;
    assert_eq!((again.status().as_u16(), none.len()), (304, 0));
    let (head, _) = ask(&router, "GET", "/cover.png", &gzip).await;
    assert!(!head.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    async fn panics() {
        panic!("a secret");
    }
    let router: Router =
        Router::new().route("/", get(panics)).layer(CatchPanicLayer::custom(error::panicked));
    let (head, body) = ask(&router, "GET", "/", &[]).await;
    assert_eq!((head.status().as_u16(), code(&body).as_str()), (500, "internal"));
    assert!(!String::from_utf8_lossy(&body).contains("secret"));
}

/// `METHOD /path` of every code span in the reference.
fn documented() -> Vec<(&'static str, &'static str)> {
    REFERENCE
        .split('`')
        .filter_map(|span| span.split_once(' '))
        .filter(|(method, path)| {
            ["GET", "PUT", "POST", "DELETE"].contains(method) && path.starts_with('/') && !path.contains(' ')
        })
        .collect()
}

#[tokio::test]
async fn every_documented_route_exists() {
    let (router, _folder) = house().await;
    let spans = documented();
    assert!(spans.len() >= 19, "{spans:?}");
    let digest = "a".repeat(64);
    for (method, pattern) in spans {
        let uri = [
            ("{id}", "a"),
            ("{i}", "0"),
            ("{digest}", &digest),
            ("{sha256}", &digest),
            ("{feed}", "default"),
            ("…", "x"),
        ]
        .iter()
        .fold(pattern.to_owned(), |uri, (name, value)| uri.replace(name, value));
        let (head, body) = ask(&router, method, &uri, &[("host", "localhost")]).await;
        assert!(!matches!(code(&body).as_str(), "no_route" | "method_not_allowed"), "{method} {uri}");
        assert_ne!(head.status(), 405, "{method} {uri}");
    }
}

#[test]
fn every_route_is_documented() {
    let paths: Vec<&str> = ROUTER
        .split(".route(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|path| path.trim_end_matches("{file}"))
        .collect();
    assert!(paths.len() >= 15, "{paths:?}");
    for path in paths {
        assert!(documented().iter().any(|(_, known)| known.starts_with(path)), "{path} is not documented");
    }
}
