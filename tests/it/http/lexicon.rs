use reqwest::Response;
use serde_json::{Value, json};

use crate::site::{Site, error_of, header, json_of};

const TOML: &str = "[[entry]]\nwritten = \"Siobhan\"\nsay = \"Shivawn\"\n\n[[entry]]\nwritten = \"SQL\"\nspell = true\nlang = \"en\"\n";

async fn put(site: &Site, media_type: &str, body: impl Into<String>, if_match: Option<&str>) -> Response {
    let mut request = site.request("PUT", "/v1/lexicon").header("content-type", media_type);
    if let Some(tag) = if_match {
        request = request.header("if-match", tag);
    }
    request.body(body.into()).send().await.expect("an answer")
}

#[tokio::test]
async fn a_lexicon_is_read_and_written_as_json_and_as_toml() {
    let site = Site::start().await;
    let empty = site.get("/v1/lexicon").await;
    assert!(header(&empty, "etag").starts_with('"'), "a strong tag");
    assert!(header(&empty, "access-control-allow-origin").is_empty());
    assert_eq!(json_of(empty).await, (200, json!({ "entries": [] })));

    let change = put(&site, "application/toml", TOML, None).await;
    let tag = header(&change, "etag");
    assert_eq!(json_of(change).await.1["entries"], 2);
    let answer = site.get_with("/v1/lexicon", "accept-encoding", "gzip").await;
    assert_eq!((header(&answer, "etag"), header(&answer, "content-encoding")), (tag.clone(), String::new()));
    let (_, as_json) = json_of(answer).await;
    assert_eq!(as_json["entries"][1], json!({ "written": "SQL", "spell": true, "lang": "en" }));
    assert_eq!(site.get_with("/v1/lexicon", "if-none-match", &tag).await.status(), 304);

    let as_toml = site.get_with("/v1/lexicon", "accept", "application/toml").await;
    assert_eq!(header(&as_toml, "content-type"), "application/toml");
    assert_ne!(header(&as_toml, "etag"), tag, "other bytes, another strong tag");
    let toml = as_toml.text().await.expect("a body");
    for (media_type, body) in [("application/toml", toml), ("application/json", as_json.to_string())] {
        let same = put(&site, media_type, body, None).await;
        assert_eq!(header(&same, "etag"), tag, "what was got and put again is the same");
    }
    site.stop().await;
}

#[tokio::test]
async fn the_slower_of_two_editors_is_told() {
    let site = Site::start().await;
    let before = header(&site.get("/v1/lexicon").await, "etag");
    let first = put(&site, "application/toml", TOML, Some(&before)).await;
    assert_eq!(first.status(), 200);
    let now = header(&first, "etag");
    let late = put(&site, "application/json", r#"{"entries":[]}"#, Some(&before)).await;
    assert_eq!(error_of(late).await, (412, "lexicon_changed".to_owned()));
    assert_eq!(header(&site.get("/v1/lexicon").await, "etag"), now, "nothing was changed");
    let of_toml = header(&site.get_with("/v1/lexicon", "accept", "application/toml").await, "etag");
    for tag in [&now, &of_toml] {
        let same = put(&site, "application/toml", TOML, Some(tag)).await;
        assert_eq!(same.status(), 200, "{tag}");
    }
    let all_at_once = (0..8).map(|n| {
        let body = json!({ "entries": [{ "written": format!("w{n}"), "say": "x" }] }).to_string();
        put(&site, "application/json", body, Some(&now))
    });
    let done = futures::future::join_all(all_at_once).await;
    assert_eq!(done.iter().filter(|answer| answer.status() == 200).count(), 1, "one of them is the first");
    assert_eq!(done.iter().filter(|answer| answer.status() == 412).count(), 7);
    site.stop().await;
}

#[tokio::test]
async fn a_lexicon_that_does_not_fit_is_told_where_and_changes_nothing() {
    let site = Site::start().await;
    put(&site, "application/toml", TOML, None).await;
    for (media_type, body, status, code) in [
        ("application/toml", "[[entry]]\nwriten = \"a\"".to_owned(), 400, "bad_lexicon"),
        ("application/json", "[]".to_owned(), 400, "bad_lexicon"),
        ("application/json", r#"{"entries":[{"written":"a"}]}"#.to_owned(), 422, "bad_entry"),
        (
            "application/json",
            r#"{"entries":[{"written":"a","say":"b","spell":true}]}"#.to_owned(),
            422,
            "bad_entry",
        ),
        ("text/plain", TOML.to_owned(), 403, "keyless_content_type"),
        ("text/csv", TOML.to_owned(), 415, "content_type"),
        ("application/toml", "#".repeat(1_000_001), 413, "body_too_large"),
    ] {
        let shown: String = body.chars().take(60).collect();
        let answer = put(&site, media_type, body, None).await;
        assert_eq!(error_of(answer).await, (status, code.to_owned()), "{media_type} {shown}");
    }
    let (_, lexicon) = json_of(site.get("/v1/lexicon").await).await;
    assert_eq!(lexicon["entries"].as_array().map(Vec::len), Some(2));
    site.stop().await;
}

#[tokio::test]
async fn a_preview_shows_where_entries_hold_and_what_is_not_read() {
    let site = Site::start_with(|config| {
        let file = config.voices.with_file_name("names.toml");
        std::fs::write(&file, "[[entry]]\nwritten = \"Loire\"\nsay = \"Lwar\"\n[[entry]]\nwritten = \"SQL\"\nsay = \"sequel\"\n")
            .expect("a file");
        config.lexicon = Some(file);
    })
    .await;
    put(&site, "application/toml", TOML, None).await;
    let preview = async |body: Value| {
        json_of(site.request("POST", "/v1/preview").json(&body).send().await.expect("an answer")).await
    };
    let (status, shown) = preview(json!({ "text": "Siobhan runs SQL by the Loire." })).await;
    assert_eq!(status, 200, "{shown}");
    assert_eq!(
        shown["utterances"][0]["spoken"], "Shivawn runs S Q L by the Lwar.",
        "the one put goes before the file"
    );
    assert_eq!(shown["utterances"][0]["map"][0], json!([0, 7, 0, 7]));
    let note = json!({ "kind": "rewritten", "reason": "lexicon entry \"Siobhan\"", "text": "Siobhan" });
    assert!(shown["notes"].as_array().is_some_and(|notes| notes.contains(&note)), "{shown}");

    let (status, nothing) = preview(json!({ "text": "🎉🎉" })).await;
    assert_eq!((status, &nothing["utterances"]), (200, &json!([])));
    assert_eq!(nothing["notes"][0]["kind"], "dropped", "{nothing}");
    let (status, _) = preview(json!({ "text": "One.", "voice": "nobody" })).await;
    assert_eq!(status, 422);
    site.stop().await;
}
