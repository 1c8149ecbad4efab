//! What is refused, with which words, and that nothing of it is kept.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::site::{Setup, Site, text};

/// The error's code and message.
async fn error(response: Response, status: u16) -> (String, String) {
    assert_eq!(response.status(), StatusCode::from_u16(status).unwrap(), "{}", response.url());
    let error: Value = response.json().await.unwrap();
    (text(&error["error"], "code").to_owned(), text(&error["error"], "message").to_owned())
}

async fn send(site: &Site, content_type: &str, body: impl Into<reqwest::Body>) -> Response {
    let request = site.client.put(site.url("/v1/articles/bad")).header("X-Listen", "1");
    request.header(CONTENT_TYPE, content_type).body(body).send().await.unwrap()
}

/// The article was not taken, and nothing was made of it.
async fn assert_nothing_is_kept(site: &Site, after: &str) {
    assert_eq!(site.get("/v1/articles/bad").await.status(), 404, "after {after}");
    let list: Value = site.get("/v1/articles").await.json().await.unwrap();
    assert_eq!(list["articles"], json!([]), "after {after}");
    assert_eq!(site.syntheses().await, 0.0, "after {after}");
    assert_eq!(site.metric("listen_queue_depth", &[]).await, 0.0, "after {after}");
}

#[tokio::test]
async fn json_that_cannot_be_read_aloud_is_refused_in_words() {
    let site = Site::start().await;
    let cases = [
        (json!({}), 400, "no_body", "markdown"),
        (json!({ "text": "One.", "html": "<p>Two." }), 400, "several_bodies", "only one"),
        (json!({ "text": "One.", "colour": "red" }), 400, "bad_field", "colour"),
        (json!({ "text": 7 }), 400, "bad_field", "string"),
        (json!({ "text": "" }), 422, "nothing_to_read", "is empty"),
        (json!({ "text": " \n\t " }), 422, "nothing_to_read", "is empty"),
        (json!({ "text": "🎉🎉 🚀 …" }), 422, "nothing_to_read", "only symbols or emoji"),
        (
            json!({ "html": "<nav><a href=/>Home</a></nav><script>1</script>" }),
            422,
            "nothing_to_read",
            "preview",
        ),
        (json!({ "text": "One.", "voice": "nobody" }), 422, "unknown_voice", "rms"),
        (json!({ "text": "Dɔkta.", "lang": "qaa" }), 422, "unsupported_language", "qaa"),
        (json!({ "text": "One.", "lang": "not a tag!" }), 400, "bad_field", "lang"),
        (json!({ "text": "One.", "rate": 9.0 }), 422, "bad_rate", "0.5 to 2.0"),
        (json!({ "text": "One.", "feed": "nowhere" }), 422, "unknown_feed", "default"),
        (json!({ "text": "One.", "published": "yesterday" }), 422, "bad_date", "RFC 3339"),
        (json!({ "text": "One.", "url": "ftp://a.example/" }), 422, "bad_url", "http"),
        (json!({ "url": "https://a.example/" }), 501, "fetch_not_built", "html"),
    ];
    for (body, status, code, word) in cases {
        let (got, message) = error(site.put_request("bad", &body).send().await.unwrap(), status).await;
        assert_eq!(got, code, "{body}: {message}");
        assert!(message.contains(word), "{body}: no \"{word}\" in: {message}");
        assert_nothing_is_kept(&site, &body.to_string()).await;
    }
    for broken in ["{\"text\":\"a\"", "[]", "", "null", "{\"text\":\"\\ud800\"}"] {
        let (code, _) = error(send(&site, "application/json", broken).await, 400).await;
        assert!(code == "bad_json" || code == "bad_field", "{broken}: {code}");
    }
    assert_nothing_is_kept(&site, "broken JSON").await;
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused_with_the_place() {
    let site = Site::start().await;
    let (code, message) = error(send(&site, "text/html", &b"<p>One\0two"[..]).await, 400).await;
    assert_eq!(code, "bad_encoding", "{message}");
    assert!(message.contains('6'), "where: {message}");
    let (code, message) =
        error(send(&site, "text/plain", &b"A\x02\x03\x04\x05\x06\x07"[..]).await, 400).await;
    assert_eq!(code, "bad_encoding", "{message}");
    assert!(message.contains('1'), "where: {message}");
    assert_nothing_is_kept(&site, "binary").await;
}

#[tokio::test]
async fn text_is_read_in_its_charset_declared_or_not() {
    let site = Site::start().await;
    let cafe = b"Le caf\xe9 est ouvert toute l'ann\xe9e. L'\xe9t\xe9 aussi, dit-on \xe0 la r\xe9ception.";
    for (id, content_type) in [("declared", "text/plain; charset=iso-8859-1"), ("guessed", "text/plain")] {
        let url = site.url(&format!("/v1/articles/{id}"));
        let request = site.client.put(url).header("X-Listen", "1").header(CONTENT_TYPE, content_type);
        let response = request.body(&cafe[..]).send().await.unwrap();
        let (status, manifest) = (response.status(), response.json::<Value>().await.unwrap());
        assert_eq!(status, 201, "{id}: {manifest}");
        assert_eq!(manifest["sentences"][0]["text"], "Le café est ouvert toute l'année.", "{id}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_the_rest_is_not() {
    let site = Setup::default().env("LISTEN_LIMITS__BODY_BYTES", 2000).start().await;
    let (code, message) = error(send(&site, "text/plain", "A line. ".repeat(400)).await, 413).await;
    assert_eq!(code, "body_too_large");
    assert!(message.contains("2000"), "{message}");
    assert_nothing_is_kept(&site, "a large body").await;

    let site = Setup::default().env("LISTEN_LIMITS__ARTICLE_WORDS", 10).start().await;
    let (code, _) = error(send(&site, "text/plain", "One two three four. ".repeat(3)).await, 413).await;
    assert_eq!(code, "too_many_words");
    assert_nothing_is_kept(&site, "many words").await;
    assert_eq!(send(&site, "text/plain", "One two three four. Five.").await.status(), 201);
}

#[tokio::test]
async fn strangers_publish_nothing() {
    let body = json!({ "text": "One.", "voice": "tone" });
    let keyless = Site::start().await;
    let request = keyless.put_request("bad", &body).header(ORIGIN, "https://evil.example");
    assert_eq!(error(request.send().await.unwrap(), 403).await.0, "keyless_foreign_origin");
    assert_eq!(error(keyless.put_request("Bad Id", &body).send().await.unwrap(), 400).await.0, "bad_id");
    assert_nothing_is_kept(&keyless, "a stranger's page").await;

    let site = Setup::default().env("LISTEN_API_KEY", "a-key-of-ours").start().await;
    let bearer =
        |key: &str| site.put_request("bad", &body).header(AUTHORIZATION, format!("Bearer {key}")).send();
    assert_eq!(error(site.put_request("bad", &body).send().await.unwrap(), 401).await.0, "missing_key");
    assert_eq!(error(bearer("a-key-of-other").await.unwrap(), 401).await.0, "unknown_key");
    assert_eq!(site.get("/v1/articles/bad").await.status(), 404);
    assert_eq!(site.syntheses().await, 0.0);
    assert_eq!(bearer("a-key-of-ours").await.unwrap().status(), 201);
}
