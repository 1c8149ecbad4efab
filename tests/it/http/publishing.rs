use super::FERRY;
use crate::site::{Site, error_of, header, json_of};

#[tokio::test]
async fn an_article_is_new_once_and_the_same_again_is_no_work() {
    let site = Site::start().await;
    let (status, first) = site.put_article("ferry", FERRY).await;
    assert_eq!(status, 201, "{first}");
    let finished = site.finished("ferry").await;
    assert_eq!(finished["ready_revision"], first["revision"]);
    let (status, again) = site.put_article("ferry", FERRY).await;
    assert_eq!((status, &again["revision"], &again["state"]), (200, &first["revision"], &"ready".into()));
    site.stop().await;
}

#[tokio::test]
async fn one_changed_sentence_is_one_new_clip_and_going_back_gives_the_old_address() {
    let site = Site::start().await;
    site.put_article("ferry", FERRY).await;
    let before = site.finished("ferry").await;
    let (status, _) = site.put_article("ferry", &FERRY.replace("at nine", "at ten")).await;
    assert_eq!(status, 200);
    let after = site.finished("ferry").await;
    assert_ne!(before["revision"], after["revision"]);
    let clips = |manifest: &serde_json::Value| -> Vec<String> {
        let sentences = manifest["sentences"].as_array().expect("sentences");
        sentences.iter().map(|sentence| sentence["clip"].as_str().expect("a clip").to_owned()).collect()
    };
    let (old, new) = (clips(&before), clips(&after));
    assert_eq!(old.len(), new.len());
    let changed: Vec<usize> = (0..old.len()).filter(|i| old[*i] != new[*i]).collect();
    assert_eq!(changed.len(), 1, "{old:?} {new:?}");
    let (_, back) = site.put_article("ferry", FERRY).await;
    assert_eq!(back["revision"], before["revision"]);
    assert_eq!(site.finished("ferry").await["audio"], before["audio"]);
    site.stop().await;
}

#[tokio::test]
async fn a_deleted_article_is_gone_at_all_its_addresses() {
    let site = Site::start().await;
    site.put_article("ferry", FERRY).await;
    let manifest = site.finished("ferry").await;
    let immutable = manifest["audio"][0]["url"].as_str().expect("an address").replace(&site.url, "");
    assert_eq!(site.get(&immutable).await.status(), 200);
    let answer = site.request("DELETE", "/v1/articles/ferry").send().await.expect("an answer");
    assert_eq!(answer.status(), 204);
    for path in [
        "/v1/articles/ferry",
        "/v1/articles/ferry/audio.mp3",
        "/v1/articles/ferry/transcript.vtt",
        &immutable,
    ] {
        assert_eq!(error_of(site.get(path).await).await.0, 410, "{path}");
    }
    assert!(!site.get("/feeds/default.xml").await.text().await.expect("XML").contains("<item>"));
    let unknown = site.request("DELETE", "/v1/articles/never").send().await.expect("an answer");
    assert_eq!(error_of(unknown).await.0, 404);
    site.stop().await;
}

#[tokio::test]
async fn articles_are_listed_and_found_by_the_address_of_their_page() {
    let site = Site::start().await;
    for i in 0..3 {
        let body = serde_json::json!({ "markdown": FERRY, "url": format!("https://paper.example/{i}") });
        let answer = site.request("PUT", &format!("/v1/articles/a{i}")).json(&body).send().await;
        assert_eq!(answer.expect("an answer").status(), 201);
    }
    let (status, first) = json_of(site.get("/v1/articles?limit=2").await).await;
    assert_eq!((status, first["articles"].as_array().map(Vec::len)), (200, Some(2)));
    let cursor = first["next"].as_str().expect("there is more");
    let (_, rest) = json_of(site.get(&format!("/v1/articles?limit=2&cursor={cursor}")).await).await;
    assert_eq!(rest["articles"].as_array().map(Vec::len), Some(1));
    assert!(rest.get("next").is_none(), "{rest}");
    let answer = site.get("/v1/articles?url=https%3A%2F%2Fpaper.example%2F1").await;
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    let (_, found) = json_of(answer).await;
    assert_eq!(found["articles"][0]["id"], "a1", "{found}");
    assert_eq!(error_of(site.get("/v1/articles?limit=0").await).await, (400, "bad_limit".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn a_preview_says_what_would_be_read_and_keeps_nothing() {
    let site = Site::start().await;
    let body = serde_json::json!({ "markdown": FERRY });
    let answer = site.request("POST", "/v1/preview").json(&body).send().await.expect("an answer");
    let (status, preview) = json_of(answer).await;
    assert_eq!((status, &preview["title"]), (200, &"The last ferry".into()));
    assert_eq!(preview["utterances"].as_array().map(Vec::len), Some(7), "{preview}");
    let (_, listing) = json_of(site.get("/v1/articles").await).await;
    assert_eq!(listing["articles"].as_array().map(Vec::len), Some(0));
    let body = serde_json::json!({ "url": "https://paper.example/" });
    let answer = site.request("POST", "/v1/articles").json(&body).send().await.expect("an answer");
    assert_eq!(error_of(answer).await, (501, "fetch_not_built".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn a_stop_ends_idle_connections_and_the_service() {
    let site = Site::start().await;
    assert_eq!(site.get("/healthz").await.status(), 200);
    let client = site.client.clone();
    let url = site.url.clone();
    site.stop().await;
    assert!(client.get(format!("{url}/healthz")).send().await.is_err(), "nobody listens any more");
}
