use super::FERRY;
use crate::site::{Site, header, json_of};

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
    assert!(site.get("/docs").await.text().await.expect("a body").contains("/v1/articles/{id}"));
    let cover = site.get("/cover.png").await;
    assert_eq!(header(&cover, "content-type"), "image/png");
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
        "listen_plays_total 0",
    ] {
        assert!(text.lines().any(|l| l.starts_with(line)), "{line} is missing in:\n{text}");
    }
    assert!(!text.contains("nobody") && !text.contains("ferry"), "labels hold no addresses");
    site.stop().await;
}
