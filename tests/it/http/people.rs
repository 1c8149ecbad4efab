use serde_json::json;

use super::FERRY;
use crate::site::{Site, error_of, header, json_of};

#[tokio::test]
async fn the_page_shows_what_is_there_and_plays_it() {
    let site = Site::start().await;
    let empty = site.get("/").await.text().await.expect("a body");
    assert!(empty.contains("Nothing here yet") && empty.contains("curl -X PUT"), "{empty}");
    site.put_article("ferry", FERRY).await;
    let answer = site.get("/").await;
    assert!(header(&answer, "content-security-policy").starts_with("default-src 'none'"));
    let html = answer.text().await.expect("a body");
    assert!(html.contains("The last ferry</h3>"), "{html}");
    assert!(html.contains("<audio controls preload=\"none\""), "{html}");
    assert!(html.contains(&site.url), "the way to publish names the bound address: {html}");
    assert!(html.contains("<listen-player src=\"v1/articles/ferry\""), "{html}");
    let cover = site.get("/cover.png").await;
    assert_eq!(header(&cover, "content-type"), "image/png");
    site.stop().await;
}

#[tokio::test]
async fn documents_and_scripts_are_there_and_nothing_beside_them() {
    let site = Site::start().await;
    for path in ["/docs", "/docs/http", "/docs/config", "/docs/privacy"] {
        let answer = site.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let policy = header(&answer, "content-security-policy");
        assert!(policy.contains("script-src 'self'") && policy.contains("trusted-types 'none'"), "{policy}");
        assert!(answer.text().await.expect("a body").contains("<nav class=\"menu\""), "{path}");
    }
    let script = site.get("/page/front.js").await;
    assert_eq!(
        (script.status().as_u16(), header(&script, "content-type").as_str()),
        (200, "text/javascript; charset=utf-8")
    );
    for (path, code) in [
        ("/docs/nothing", "unknown_document"),
        ("/docs/..%2Fhttp", "unknown_document"),
        ("/page/front.css", "unknown_script"),
        ("/page/..%2f..%2fhttp.rs", "unknown_script"),
    ] {
        assert_eq!(error_of(site.get(path).await).await, (404, code.to_owned()), "{path}");
    }
    site.stop().await;
}

#[tokio::test]
async fn figures_are_shown_to_those_with_a_key() {
    let site = Site::start_with_key().await;
    let put = site.request("PUT", "/v1/articles/ferry").bearer_auth("test-key");
    let (_, manifest) =
        json_of(put.json(&json!({ "markdown": FERRY })).send().await.expect("an answer")).await;
    let form = [
        ("revision", manifest["revision"].as_str().expect("a revision")),
        ("heard", "0-2"),
        ("seconds", "9"),
        ("completed", "false"),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let report = site.request("POST", "/v1/articles/ferry/plays");
    let report = report.header("content-type", "application/x-www-form-urlencoded").body(body).send().await;
    assert_eq!(report.expect("an answer").status(), 204);
    for path in ["/figures", "/figures/ferry", "/figures/nobody"] {
        let bare = site.get(path).await;
        assert_eq!(
            (bare.status().as_u16(), header(&bare, "cache-control").as_str()),
            (401, "no-store"),
            "{path}"
        );
        let html = bare.text().await.expect("a body");
        assert!(html.contains("id=\"locked\"") && !html.contains("last ferry"), "{path}: {html}");
    }
    let shown = async |path: &str| -> String {
        let answer = site.request("GET", path).bearer_auth("test-key").send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.expect("a body")
    };
    let overview = shown("/figures").await;
    assert!(
        overview.contains("<a href=\"figures/ferry\" lang=\"en\" dir=\"auto\">The last ferry</a>"),
        "{overview}"
    );
    let article = shown("/figures/ferry").await;
    assert!(
        article.contains("<svg class=\"curve\"") && article.contains("It came back at nine."),
        "{article}"
    );
    let unknown = site.request("GET", "/figures/nobody").bearer_auth("test-key").send().await;
    assert_eq!(error_of(unknown.expect("an answer")).await, (404, "unknown_article".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn a_trial_is_heard_and_listed_nowhere() {
    let site = Site::start().await;
    let body = json!({ "text": "A line to try.", "trial": true });
    let put = site.request("PUT", "/v1/articles/tried").json(&body).send().await.expect("an answer");
    assert_eq!(put.status(), 201);
    site.finished("tried").await;
    assert_eq!(site.get("/v1/articles/tried/audio.mp3").await.status(), 200);
    for path in ["/", "/v1/articles", "/feeds/default.xml"] {
        let listed = site.get(path).await.text().await.expect("a body");
        assert!(!listed.contains("tried"), "{path}: {listed}");
    }
    site.stop().await;
}

#[tokio::test]
async fn operators_see_whether_it_works_and_what_it_did() {
    let site = Site::start().await;
    assert_eq!(site.get("/healthz").await.text().await.expect("a body"), "ok\n");
    let (status, ready) = json_of(site.get("/readyz").await).await;
    assert_eq!(status == 200, ready["ready"] == true, "{ready}");
    site.put_article("ferry", FERRY).await;
    site.finished("ferry").await;
    site.get("/nobody/knows/this/1").await;
    site.get("/nobody/knows/this/2").await;
    let text = site.get("/metrics").await.text().await.expect("a body");
    for line in [
        "listen_http_requests_total{route=\"/v1/articles/{id}\",status=\"201\"}",
        "listen_http_requests_total{route=\"unmatched\",status=\"404\"}",
        "listen_http_seconds_bucket{route=\"/v1/articles/{id}\"",
        "listen_syntheses_total{engine=\"tone\",outcome=\"ok\",purpose=\"article\"}",
        "listen_segment_requests_total{outcome=\"made\"}",
        "listen_queue_depth{priority=",
        "listen_plays_total ",
    ] {
        assert!(text.lines().any(|l| l.starts_with(line)), "{line} is missing in:\n{text}");
    }
    assert!(!text.contains("nobody") && !text.contains("ferry"), "labels hold no addresses");
    site.stop().await;
}
