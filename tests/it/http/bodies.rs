use serde_json::json;

use crate::site::{Site, error_of, json_of};

#[tokio::test]
async fn a_body_that_does_not_fit_is_told_why() {
    let site = Site::start_with(|config| config.limits.body_bytes = 10_000).await;
    let put = |content_type: &'static str, body: Vec<u8>| {
        site.request("PUT", "/v1/articles/a").header("content-type", content_type).body(body).send()
    };
    for (content_type, body, expected) in [
        ("text/markdown", vec![b'a'; 10_001], (413, "body_too_large")),
        ("text/markdown", vec![b'a'; 3_000_000], (413, "body_too_large")),
        ("application/pdf", b"%PDF".to_vec(), (415, "content_type")),
        ("application/json", b"{".to_vec(), (400, "bad_json")),
        ("application/json", br#"{"markdown":"a","colour":1}"#.to_vec(), (400, "bad_field")),
        ("application/json", b"{}".to_vec(), (400, "no_body")),
        ("application/json", br#"{"markdown":"a","text":"b"}"#.to_vec(), (400, "several_bodies")),
        ("application/json", br#"{"url":"https://paper.example/"}"#.to_vec(), (501, "fetch_not_built")),
        ("application/json", br#"{"markdown":"Hello there.","rate":9}"#.to_vec(), (422, "bad_rate")),
        ("application/json", br#"{"markdown":"Hello there.","feed":"none"}"#.to_vec(), (422, "unknown_feed")),
        ("text/plain; charset=utf-8", vec![0; 100], (403, "keyless_content_type")),
        ("text/html", vec![0; 100], (400, "bad_encoding")),
    ] {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer = put(content_type, body).await.expect("an answer");
        let (status, code) = error_of(answer).await;
        assert_eq!((status, code.as_str()), expected, "{content_type} {shown}");
    }
    site.stop().await;
}

#[tokio::test]
async fn pages_come_as_html_text_or_json_in_their_own_encoding() {
    let site = Site::start().await;
    let page = "<html><head><title>Caf\u{e9}</title></head><body><article><h1>The caf\u{e9} opens</h1>\
                <p>The caf\u{e9} by the river opens at six. It closes when the last guest has gone home.</p>\
                <p>Nobody remembers who opened it, and nobody minds as long as the coffee is warm.</p>\
                </article></body></html>";
    let latin: Vec<u8> = page.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin 1")).collect();
    let put =
        site.request("PUT", "/v1/articles/latin").header("content-type", "text/html; charset=iso-8859-1");
    let (status, manifest) = json_of(put.body(latin).send().await.expect("an answer")).await;
    assert_eq!((status, &manifest["title"]), (201, &"The caf\u{e9} opens".into()), "{manifest}");
    let body = json!({ "html": page, "title": "Another title", "byline": "Ada Quill", "lang": "en" });
    let put = site.request("PUT", "/v1/articles/json").json(&body).send().await.expect("an answer");
    let (status, manifest) = json_of(put).await;
    assert_eq!((status, &manifest["title"]), (201, &"Another title".into()));
    assert_eq!(manifest["byline"], "Ada Quill");
    site.stop().await;
}
