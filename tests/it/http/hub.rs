//! A WebSub hub, which is told of changes of public feeds.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::FERRY;
use crate::site::Site;

/// The next call of the hub, answered with a status.
async fn called(hub: &TcpListener, status: &str) -> String {
    let (mut connection, _) = hub.accept().await.expect("a call");
    let mut request = Vec::new();
    let whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length =
            head.to_lowercase().split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
        (body.len() >= length).then(|| text.clone())
    };
    loop {
        let mut part = [0; 4096];
        let read = connection.read(&mut part).await.expect("a request");
        assert!(read > 0, "a whole request");
        request.extend_from_slice(&part[..read]);
        if let Some(text) = whole(&request) {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            connection.write_all(answer.as_bytes()).await.expect("an answer");
            return text;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_is_told_of_a_new_episode_and_never_of_a_private_one() {
    let hub = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}/publish", hub.local_addr().expect("an address"));
    let site = Site::start_with(|config| {
        config.hub = Some(address.clone());
        let members = listen::config::Feed { private: true, ..Default::default() };
        config.feeds.insert("members".to_owned(), members);
    })
    .await;
    // The private one first: were it told, it would be the first call.
    let body = json!({ "markdown": FERRY, "feed": "members" });
    site.request("PUT", "/v1/articles/secret").json(&body).send().await.expect("an answer");
    site.finished("secret").await;
    site.put_article("ferry", FERRY).await;
    let call =
        tokio::time::timeout(std::time::Duration::from_secs(120), called(&hub, "204 No Content")).await;
    let call = call.expect("the hub is called");
    assert!(call.starts_with("POST /publish HTTP/1.1\r\n"), "{call}");
    assert!(call.to_lowercase().contains("content-type: application/x-www-form-urlencoded"), "{call}");
    let form = call.split_once("\r\n\r\n").expect("a body").1;
    assert!(form.contains("hub.mode=publish"), "{form}");
    let decoded = percent_encoding::percent_decode_str(form).decode_utf8().expect("UTF-8").into_owned();
    assert!(decoded.contains(&format!("hub.url={}/feeds/default.xml", site.url)), "{decoded}");
    let xml = site.get("/feeds/default.xml").await.text().await.expect("a body");
    assert!(xml.contains(&format!("<atom:link href=\"{address}\" rel=\"hub\"/>")), "{xml}");
    site.stop().await;
}
