use serde_json::json;

use super::site::Setup;

#[tokio::test]
async fn the_key_of_a_private_feed_stands_in_no_log() {
    let private = Setup::default().env("LISTEN_LOG", "trace").env("LISTEN_FEEDS__MEMBERS__PRIVATE", true);
    let site = private.start().await;
    let (status, answer) =
        site.put("ferry", &json!({ "text": "The ferry left.", "voice": "tone", "feed": "members" })).await;
    assert_eq!(status, 201, "{answer}");
    let made = site.command(&["keys", "create", "ada", "--feed", "members"]).output().unwrap();
    let address = String::from_utf8(made.stdout).unwrap();
    let key = address.trim().split_once("key=").expect("a key in the feed's address").1;
    for (path, expected) in [
        (format!("/feeds/members.xml?key={key}"), 200),
        (format!("/feeds/members.xml?page=9&key={key}"), 404),
        (format!("/feeds/members.xml?key={key}&page=x"), 400),
        (format!("/feeds/members.xml?key={}", &key[..key.len() - 1]), 401),
        (format!("/v1/articles/ferry?key={key}"), 200),
        (format!("/v1/articles/ferry?rate=NaN&key={key}"), 400),
        (format!("/nothing?key={key}"), 404),
    ] {
        let answer = site.get(&path).await;
        assert_eq!(answer.status(), expected, "{path}");
        let told = answer.text().await.unwrap();
        assert!(expected == 200 || !told.contains(key), "an error repeats no key: {told}");
    }
    let log = site.log();
    assert!(log.contains("answered") && log.contains("DEBUG"), "it logs all there is: {log}");
    let secret = key.splitn(3, '_').nth(2).unwrap();
    assert!(!log.contains(&secret[..16]), "the key is in the log");
}
