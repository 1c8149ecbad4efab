use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::FERRY;
use crate::site::{Site, error_of, header, json_of};

/// A service with the ferry's article (seven sentences), and its revision.
async fn played(site: &Site) -> String {
    let (status, manifest) = site.put_article("ferry", FERRY).await;
    assert_eq!(status, 201, "{manifest}");
    assert_eq!(manifest["sentences"].as_array().map(Vec::len), Some(7), "{manifest}");
    assert_eq!(manifest["links"]["plays"], "/v1/articles/ferry/plays");
    manifest["revision"].as_str().expect("a revision").to_owned()
}

fn report(site: &Site, id: &str, form: &str) -> RequestBuilder {
    site.request("POST", &format!("/v1/articles/{id}/plays"))
        .header("content-type", "application/x-www-form-urlencoded;charset=UTF-8")
        .body(form.to_owned())
}

#[tokio::test]
async fn plays_become_figures_and_nothing_else_is_kept() {
    let site = Site::start().await;
    let revision = played(&site).await;
    for (heard, seconds, completed) in [("0-6", 20, true), ("0-2", 8, false), ("0,4-5", 7, false)] {
        let form = format!("revision={revision}&heard={heard}&seconds={seconds}&completed={completed}");
        let answer = report(&site, "ferry", &form).header("origin", "https://paper.example").send().await;
        let answer = answer.expect("an answer");
        assert_eq!(header(&answer, "access-control-allow-origin"), "*", "any page's player may report");
        assert!(header(&answer, "set-cookie").is_empty());
        assert_eq!(answer.status(), 204);
    }
    let (status, figures) = json_of(site.get("/v1/articles/ferry/figures").await).await;
    assert_eq!(status, 200, "{figures}");
    assert_eq!(
        (&figures["plays"], &figures["completed"], &figures["seconds"]),
        (&json!(3), &json!(1), &json!(35))
    );
    let column = |name: &str| -> Vec<u64> {
        let sentences = figures["sentences"].as_array().expect("sentences");
        sentences.iter().filter_map(|sentence| sentence[name].as_u64()).collect()
    };
    assert_eq!(column("heard"), [3, 2, 2, 1, 2, 2, 1]);
    assert_eq!(column("reached"), [3, 3, 3, 2, 2, 2, 1]);
    assert_eq!(figures["sentences"][1]["text"], "The ferry left at seven.");
    assert_eq!(figures["revisions"][0]["revision"], json!(revision));
    assert_eq!(figures["days"].as_array().map(Vec::len), Some(1));

    let (_, all) = json_of(site.get("/v1/figures").await).await;
    assert_eq!((&all["plays"], &all["articles"][0]["id"]), (&json!(3), &json!("ferry")));
    assert_eq!(all["articles"][0]["title"], "The last ferry");
    let metrics = site.get("/metrics").await.text().await.expect("a body");
    let plays = metrics.lines().find_map(|line| line.strip_prefix("listen_plays_total "));
    assert!(plays.and_then(|plays| plays.parse::<u64>().ok()).is_some_and(|plays| plays >= 3), "{metrics}");
    site.stop().await;
}

#[tokio::test]
async fn a_report_that_cannot_be_true_changes_nothing() {
    let site = Site::start().await;
    let revision = played(&site).await;
    let of = |rest: &str| format!("revision={revision}&{rest}");
    for (id, form, expected) in [
        ("ferry", of("heard=0-7&seconds=1"), (422, "bad_play")),
        ("ferry", of("heard=3-2&seconds=1"), (422, "bad_play")),
        ("ferry", of("heard=0-2,2-3&seconds=1"), (422, "bad_play")),
        ("ferry", of("heard=0&seconds=86401"), (422, "bad_play")),
        ("ferry", of("heard=0-4294967295&seconds=1"), (422, "bad_play")),
        ("ferry", of("heard=0;DROP TABLE plays&seconds=1"), (400, "bad_field")),
        ("ferry", of("heard=0&seconds=-1"), (400, "bad_field")),
        ("ferry", of("heard=0&seconds=1&visitor=7"), (400, "bad_field")),
        ("ferry", "revision=0000000000000000&heard=0&seconds=1".to_owned(), (404, "unknown_revision")),
        ("ferry", String::new(), (400, "bad_field")),
        ("nobody", of("heard=0&seconds=1"), (404, "unknown_article")),
        ("UPPER", of("heard=0&seconds=1"), (400, "bad_id")),
        ("ferry", of(&format!("heard={}&seconds=1", "0,".repeat(5000))), (413, "body_too_large")),
    ] {
        let answer = report(&site, id, &form).send().await.expect("an answer");
        let (status, code) = error_of(answer).await;
        let start: String = form.chars().take(80).collect();
        assert_eq!((status, code.as_str()), expected, "{id}: {start}");
    }
    let json = site.request("POST", "/v1/articles/ferry/plays").json(&json!({ "heard": "0" })).send().await;
    assert_eq!(error_of(json.expect("an answer")).await, (415, "content_type".to_owned()));
    let form = of("heard=0&seconds=1");
    for name in ["sec-gpc", "dnt"] {
        let answer = report(&site, "ferry", &form).header(name, "1").send().await.expect("an answer");
        assert_eq!(answer.status(), 204, "{name}: taken, and not counted");
    }
    let (_, figures) = json_of(site.get("/v1/articles/ferry/figures").await).await;
    assert_eq!((&figures["plays"], &figures["revisions"]), (&json!(0), &json!([])), "{figures}");
    let gone = site.request("DELETE", "/v1/articles/ferry").send().await.expect("an answer");
    assert_eq!(gone.status(), 204);
    assert_eq!(error_of(report(&site, "ferry", &form).send().await.expect("an answer")).await.0, 410);
    site.stop().await;
}

#[tokio::test]
async fn one_address_cannot_make_an_article_famous() {
    let site = Site::start().await;
    let form = format!("revision={}&heard=0&seconds=1", played(&site).await);
    let from = async |address: &str| -> u16 {
        let sent = report(&site, "ferry", &form).header("x-forwarded-for", address).send().await;
        sent.expect("an answer").status().as_u16()
    };
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(from("203.0.113.9").await);
    }
    assert_eq!(answers, [204, 204, 204, 204, 204, 204, 429, 429, 429, 429]);
    assert_eq!(from("203.0.113.10").await, 204, "another address");
    let (_, figures) = json_of(site.get("/v1/articles/ferry/figures").await).await;
    assert_eq!(figures["plays"], 7, "what is refused is not counted");
    site.stop().await;
}

#[tokio::test]
async fn many_reports_at_once_are_all_counted() {
    let site = Site::start().await;
    let form = format!("revision={}&heard=0-3&seconds=2", played(&site).await);
    let reports = (0..100).map(|_| report(&site, "ferry", &form).send());
    for answer in futures::future::join_all(reports).await {
        assert_eq!(answer.expect("an answer").status(), 204);
    }
    let (_, figures) = json_of(site.get("/v1/articles/ferry/figures").await).await;
    assert_eq!((&figures["plays"], &figures["sentences"][3]["reached"]), (&json!(100), &json!(100)));
    site.stop().await;
}

#[tokio::test]
async fn figures_are_the_publishers() {
    let site = Site::start_with_key().await;
    for path in ["/v1/figures", "/v1/articles/ferry/figures"] {
        let bare = site.get(path).await;
        assert!(header(&bare, "access-control-allow-origin").is_empty(), "{path}");
        assert_eq!(error_of(bare).await, (401, "missing_key".to_owned()), "{path}");
    }
    let overview = site.request("GET", "/v1/figures").bearer_auth("test-key").send().await;
    let (status, overview) = json_of(overview.expect("an answer")).await;
    assert_eq!((status, &overview["plays"], &overview["completion"]), (200, &json!(0), &json!(0.0)));
    assert_eq!(overview["articles"], Value::Array(Vec::new()));
    site.stop().await;
}
