use serde_json::json;
use tokio::net::TcpListener;

use super::FERRY;
use crate::site::{Site, error_of, header, open};

const PUBLISHERS: [(&str, &str); 9] = [
    ("PUT", "/v1/articles/ferry"),
    ("DELETE", "/v1/articles/ferry"),
    ("POST", "/v1/articles"),
    ("POST", "/v1/preview"),
    ("GET", "/v1/articles"),
    ("GET", "/v1/lexicon"),
    ("PUT", "/v1/lexicon"),
    ("GET", "/v1/articles/ferry/figures"),
    ("GET", "/v1/figures"),
];

#[tokio::test]
async fn publishers_routes_need_a_valid_key() {
    let site = Site::start_with_key().await;
    for (method, path) in PUBLISHERS {
        let bare =
            site.request(method, path).json(&json!({"markdown": FERRY})).send().await.expect("an answer");
        assert!(header(&bare, "www-authenticate").starts_with("Bearer"), "{method} {path}");
        assert!(header(&bare, "access-control-allow-origin").is_empty(), "{method} {path}");
        assert_eq!(error_of(bare).await, (401, "missing_key".to_owned()), "{method} {path}");
        let wrong = site.request(method, path).bearer_auth("wrong").send().await.expect("an answer");
        assert_eq!(error_of(wrong).await, (401, "unknown_key".to_owned()), "{method} {path}");
    }
    let body = json!({ "markdown": FERRY });
    let put = site.request("PUT", "/v1/articles/ferry").bearer_auth("test-key").json(&body).send().await;
    assert_eq!(put.expect("an answer").status(), 201);
    let list = site.request("GET", "/v1/articles").bearer_auth("test-key").send().await;
    assert_eq!(list.expect("an answer").status(), 200);
    for path in
        ["/v1/articles/ferry", "/v1/articles?url=https://paper.example/", "/feeds/default.xml", "/", "/docs"]
    {
        assert_eq!(site.get(path).await.status(), 200, "anonymous: {path}");
    }
    site.stop().await;
}

#[tokio::test]
async fn without_a_key_only_programs_on_this_machine_publish() {
    let site = Site::start().await;
    let put = || site.request("PUT", "/v1/articles/ferry");
    let markdown = || put().header("content-type", "text/markdown").body(FERRY);
    for (request, code) in [
        (markdown().header("x-forwarded-for", "192.0.2.1"), "keyless_forwarded"),
        (markdown().header("forwarded", "for=192.0.2.1"), "keyless_forwarded"),
        (markdown().header("via", "1.1 proxy"), "keyless_forwarded"),
        (markdown().header("host", "rebound.example"), "keyless_foreign_host"),
        (markdown().header("origin", "https://paper.example"), "keyless_foreign_origin"),
        (put().header("content-type", "text/plain").body(FERRY), "keyless_content_type"),
        (put().body(FERRY), "keyless_content_type"),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(error_of(answer).await, (403, code.to_owned()));
    }
    let shown = markdown().bearer_auth("lk_revoked").send().await.expect("an answer");
    assert_eq!(error_of(shown).await, (401, "unknown_key".to_owned()), "a key that does not fit is no key");
    let plain = put().header("content-type", "text/plain").header("x-listen", "1").body(FERRY);
    assert_eq!(plain.send().await.expect("an answer").status(), 201);
    assert_eq!(markdown().send().await.expect("an answer").status(), 200);
    site.stop().await;
}

#[tokio::test]
async fn a_service_that_others_reach_does_not_start_without_a_key() {
    let (app, _folder) = open(|_| {}).await;
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
    let refused = listen::http::serve(app.clone(), listener, std::future::pending()).await;
    let words = refused.expect_err("it must not start").to_string();
    assert!(words.contains("listen keys create") && words.contains("127.0.0.1"), "{words}");
    app.shutdown().await;
}
