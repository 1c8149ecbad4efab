//! What other pages take: oEmbed, the player in a frame, JSON-LD, and what to paste.

use serde_json::{Value, json};

use super::FERRY;
use crate::site::{Site, error_of, header, json_of};

const PAGE: &str = "https://paper.example/ferry?id=3";

/// A service with a finished article whose headline wants out of every quote.
async fn with_ferry() -> Site {
    let site = Site::start_with(|config| config.embed_hosts = vec!["*.shop.example".to_owned()]).await;
    let body = json!({
        "markdown": FERRY, "url": PAGE, "byline": "Ada Quill", "published": "2026-01-02",
        "title": "\"The\" <last> ferry\u{7} & ]]></script>",
    });
    let put = site.request("PUT", "/v1/articles/ferry").json(&body).send().await.expect("an answer");
    assert_eq!(put.status(), 201);
    site.finished("ferry").await;
    site
}

fn question(url: &str, format: &str) -> String {
    let url = percent_encoding::utf8_percent_encode(url, percent_encoding::NON_ALPHANUMERIC);
    format!("/oembed?url={url}&format={format}")
}

#[tokio::test]
async fn oembed_answers_as_its_specification_says() {
    let site = with_ferry().await;
    let own = format!("{}/embed/ferry", site.url);
    for url in [
        PAGE,
        "https://PAPER.example:443/ferry?utm_source=x&id=3#top",
        &own,
        &format!("{}/v1/articles/ferry", site.url),
    ] {
        let answer = site.get(&question(url, "json")).await;
        assert_eq!(header(&answer, "content-type"), "application/json");
        let (status, rich) = json_of(answer).await;
        assert_eq!(status, 200, "{url}: {rich}");
        assert_eq!((&rich["type"], &rich["version"]), (&json!("rich"), &json!("1.0")));
        assert_eq!((&rich["width"], &rich["height"]), (&json!(600), &json!(160)));
        assert_eq!(rich["author_name"], "Ada Quill");
        assert_eq!(rich["provider_url"], format!("{}/", site.url));
        let html = rich["html"].as_str().expect("HTML");
        assert!(html.starts_with(&format!("<iframe src=\"{own}\" width=\"600\" height=\"160\"")), "{html}");
        assert!(html.ends_with("></iframe>") && html.matches('<').count() == 2, "{html}");
    }
    let small =
        site.get(&format!("/oembed?url={PAGE}&maxwidth=320&maxheight=90&format=json&unknown=1")).await;
    let small = json_of(small).await.1;
    assert_eq!((&small["width"], &small["height"]), (&json!(320), &json!(90)), "§2.2: must be respected");
    assert!(small["html"].as_str().is_some_and(|html| html.contains("width=\"320\" height=\"90\"")));
    for (query, status, code) in [
        ("url=https://paper.example/nobody", 404, "unknown_url"),
        ("url=https://paper.example/ferry%3Fid=3&format=yaml", 501, "format_not_offered"),
        ("format=json", 400, "no_url"),
        ("url=https://paper.example/ferry%3Fid=3&maxwidth=0", 400, "bad_size"),
        ("url=https://paper.example/ferry%3Fid=3&maxwidth=wide", 400, "bad_query"),
    ] {
        let answer = site.get(&format!("/oembed?{query}")).await;
        assert_eq!(error_of(answer).await, (status, code.to_owned()), "{query}");
    }
    let xml = site.get(&question(PAGE, "xml")).await;
    assert_eq!(header(&xml, "content-type"), "text/xml; charset=utf-8");
    let xml = xml.text().await.expect("a body");
    assert!(
        xml.starts_with(
            "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?><oembed><type>rich</type>"
        ),
        "{xml}"
    );
    assert!(
        xml.contains("&#x3C;last&#x3E; ferry &#x26; ]]&#x3E;&#x3C;/script&#x3E;</title>")
            && !xml.contains('\u{7}'),
        "{xml}"
    );
    site.stop().await;
}

#[tokio::test]
async fn the_embed_page_is_strict_and_for_the_articles_own_site() {
    let site = with_ferry().await;
    let answer = site.get("/embed/ferry").await;
    let policy = header(&answer, "content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'self' https://paper.example *.shop.example"), "{policy}");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; style-src 'sha256-")
            && !policy.contains("unsafe"),
        "{policy}"
    );
    let html = answer.text().await.expect("a body");
    for part in [
        "<link rel=\"canonical\" href=\"https://paper.example/ferry?id=3\">",
        "<listen-player src=\"../v1/articles/ferry\"",
        "<audio controls preload=\"none\" src=\"../v1/articles/ferry/audio.mp3\"></audio>",
        "type=\"application/json+oembed\"",
        "type=\"text/xml+oembed\"",
        "Read by an AI voice",
    ] {
        assert!(html.contains(part), "{part} is missing in:\n{html}");
    }
    assert!(!html.contains("<last>") && html.matches("</script>").count() == 1, "a headline is text: {html}");
    // The discovery link answers.
    let at = html.find("application/json+oembed").expect("it is there");
    let href =
        html[at..].split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an address");
    let href = href.replace("&amp;", "&");
    let (status, rich) = json_of(site.get(href.strip_prefix(&site.url).expect("ours")).await).await;
    assert_eq!((status, &rich["type"]), (200, &json!("rich")), "{rich}");
    assert_eq!(error_of(site.get("/embed/nobody").await).await, (404, "unknown_article".to_owned()));
    site.request("DELETE", "/v1/articles/ferry").send().await.expect("an answer");
    assert_eq!(error_of(site.get("/embed/ferry").await).await, (410, "deleted".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn what_is_to_be_pasted_is_whole_and_leads_where_it_says() {
    let site = with_ferry().await;
    let answer = site.get("/v1/articles/ferry/jsonld").await;
    assert_eq!(header(&answer, "content-type"), "application/ld+json");
    let text = answer.text().await.expect("a body");
    assert!(!text.contains(['<', '>', '&']), "it cannot leave a script element: {text}");
    let ld: Value = serde_json::from_str(&text).expect("JSON");
    let manifest = site.finished("ferry").await;
    assert_eq!((&ld["@context"], &ld["@type"]), (&json!("https://schema.org"), &json!("AudioObject")));
    assert_eq!(ld["contentUrl"], format!("{}/v1/articles/ferry/audio.mp3", site.url));
    assert_eq!(ld["encodingFormat"], "audio/mpeg");
    assert_eq!(ld["contentSize"], manifest["audio"][0]["bytes"].to_string());
    assert!(
        ld["duration"].as_str().is_some_and(|duration| duration.starts_with("PT") && duration.ends_with('S'))
    );
    assert!(ld["uploadDate"].as_str().is_some_and(|date| date.parse::<jiff::Timestamp>().is_ok()));
    assert_eq!(ld["associatedArticle"]["url"], PAGE);
    assert_eq!(ld["associatedArticle"]["datePublished"], "2026-01-02");
    assert!(
        ld["transcript"]
            .as_str()
            .is_some_and(|text| text.contains("Nobody was on board.\n\nWhat came after")),
        "{ld}"
    );
    let caption = ld["caption"]["contentUrl"].as_str().and_then(|url| url.strip_prefix(&site.url));
    assert_eq!(site.get(caption.expect("ours")).await.status(), 200);

    let html = site.get("/embed/ferry/code").await.text().await.expect("a body");
    for part in [
        "&lt;listen-player src=",
        "&lt;iframe src=",
        "&lt;audio controls preload=",
        "property=&quot;og:audio&quot;",
        "property=&quot;og:audio:type&quot; content=&quot;audio/mpeg&quot;",
        "application/rss+xml",
        "application/json+oembed",
        "&lt;script type=&quot;application/ld+json&quot;&gt;",
    ] {
        assert!(html.contains(part), "{part} is missing in:\n{html}");
    }
    assert_eq!(html.matches("<script").count(), 0, "it only shows them");
    site.stop().await;
}

/// An article that is still being made can be embedded already.
#[tokio::test]
async fn an_article_without_audio_yet_is_described_as_far_as_it_is_known() {
    let site = Site::start_with(|config| config.speech.articles_at_once = 0).await;
    site.put_article("ferry", FERRY).await;
    assert_eq!(site.get("/embed/ferry").await.status(), 200);
    let (status, ld) = json_of(site.get("/v1/articles/ferry/jsonld").await).await;
    assert_eq!((status, &ld["duration"], &ld["uploadDate"]), (200, &Value::Null, &Value::Null), "{ld}");
    assert_eq!(json_of(site.get(&format!("/oembed?url={}/embed/ferry", site.url)).await).await.0, 200);
    site.stop().await;
}
