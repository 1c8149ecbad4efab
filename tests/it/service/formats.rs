//! Formats that are coded as one of a finished article: once, kept in pieces, and made again when the
//! cache has lost them.

use std::fs::{self, File};
use std::io::Write as _;

use serde_json::Value;

use super::damage::files;
use super::site::{Setup, Site, audio_of, path_of, until};
use super::words;
use crate::tmpfs::Tmpfs;

/// The formats this build codes as one, and how their files begin.
const WHOLES: &[(&str, &[u8])] =
    if cfg!(feature = "opus") { &[("flac", b"fLaC"), ("opus", b"OggS")] } else { &[("flac", b"fLaC")] };

fn header(response: &reqwest::Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Status, code of the error, and whether it says when to come again.
async fn refusal(site: &Site, path: &str) -> (u16, String, bool) {
    let answer = site.get(path).await;
    let (status, again) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
    let body: Value = answer.json().await.unwrap();
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned(), again)
}

/// The address in a manifest, finished or not.
fn link(manifest: &Value, ext: &str) -> Option<(String, Option<u64>)> {
    let links = manifest["audio"].as_array().unwrap();
    let found = links.iter().find(|link| path_of(link["url"].as_str().unwrap()).ends_with(ext))?;
    Some((path_of(found["url"].as_str().unwrap()).to_owned(), found["bytes"].as_u64()))
}

#[tokio::test]
async fn a_finished_article_is_coded_once_and_outlives_the_cache() {
    let mut site = Site::start().await;
    let manifest = site.publish_ready("a", &words::article(300, 5), "tone").await;
    let made = site.syntheses().await;
    let mut published = Vec::new();
    for (ext, magic) in WHOLES {
        let address = format!("/v1/articles/a/audio.{ext}");
        assert_eq!(
            link(&manifest, &format!(".{ext}")),
            Some((address.clone(), None)),
            "coded when asked for"
        );
        let (one, two) = tokio::join!(site.get(&address), site.get(&address));
        assert_eq!(header(&one, "x-ai-generated"), "Read by an AI voice");
        assert_eq!(header(&one, "etag"), header(&two, "etag"));
        let (one, two) = (one.bytes().await.unwrap(), two.bytes().await.unwrap());
        assert!(one == two && one.starts_with(magic), "{ext}: {} and {} bytes", one.len(), two.len());
        let manifest = site.manifest("a").await;
        let lasting = audio_of(&manifest, &format!(".{ext}"));
        assert_eq!(link(&manifest, &format!(".{ext}")), Some((lasting.clone(), Some(one.len() as u64))));
        let answer = site.get(&lasting).await;
        assert!(header(&answer, "cache-control").contains("immutable"));
        assert!(answer.bytes().await.unwrap() == one);
        published.push((lasting, one));
    }
    assert_eq!(site.syntheses().await, made, "no sentence was said for it");

    // A damaged piece, then none at all, of it and of what it is made from.
    assert!(site.stop().await.success());
    for (ext, _) in WHOLES {
        let piece = files(&site.cache(), "blobs", ext).swap_remove(0);
        let mut bytes = fs::read(&piece).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&piece, bytes).unwrap();
    }
    site.start_again().await;
    for (address, bytes) in &published {
        assert!(site.bytes(address).await == *bytes, "{address} is healed");
    }
    assert_eq!(site.syntheses().await, 0.0);
    assert!(site.stop().await.success());
    fs::remove_dir_all(site.cache()).unwrap();
    site.start_again().await;
    for (address, bytes) in &published {
        let range = site.client.get(site.url(address)).header("range", "bytes=-1000").send().await.unwrap();
        assert_eq!(range.status(), 206);
        assert!(
            range.bytes().await.unwrap() == bytes[bytes.len() - 1000..],
            "{address}: its last bytes first"
        );
        assert!(site.bytes(address).await == *bytes, "{address} is made again");
    }
    assert_eq!(site.syntheses().await, 5.0, "each sentence once");

    let deleted =
        site.client.delete(site.url("/v1/articles/a")).header("x-listen", "1").send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    for (address, _) in &published {
        assert_eq!(site.get(address).await.status(), 410, "{address}");
    }
}

#[tokio::test]
async fn what_is_coded_as_one_comes_when_the_article_is_finished() {
    let site = Site::start().await;
    let mut seen = 0;
    for attempt in 0..6 {
        let id = format!("night-{attempt}");
        let manifest = site.publish(&id, &words::article(2_000 + 400 * attempt, 300), "tone").await;
        if manifest["state"] == "ready" {
            continue;
        }
        assert_eq!(link(&manifest, ".flac"), None, "not before it can be");
        let file = ["audio.flac", "audio.mp3?kbps=48"][attempt % 2];
        let early = site.get(&format!("/v1/articles/{id}/{file}")).await;
        if early.status() == 200 {
            continue;
        }
        assert_eq!(early.status(), 409, "{file}");
        assert!(early.headers().contains_key("retry-after"));
        let body: Value = early.json().await.unwrap();
        assert_eq!(body["error"]["code"], "not_finished", "{file}");
        seen += 1;
        if seen == 2 {
            return;
        }
    }
    panic!("the audio was finished before it could be asked for, again and again");
}

#[tokio::test]
async fn only_formats_on_the_list_are_there() {
    let site = Setup::default()
        .env("LISTEN_RENDITIONS__FORMATS", "[\"mp3\"]")
        .env("LISTEN_RENDITIONS__MP3_KBPS", "[]")
        .start()
        .await;
    let manifest = site.publish_ready("a", "One sentence is enough.", "tone").await;
    assert_eq!(manifest["audio"].as_array().unwrap().len(), 1);
    assert_eq!(manifest["offers"]["formats"], serde_json::json!(["mp3"]));
    for file in ["wav", "opus", "flac", "mp3?kbps=48", "mp3?kbps=96", "mp3?kbps=0"] {
        let refused = refusal(&site, &format!("/v1/articles/a/audio.{file}")).await;
        assert_eq!(refused, (404, "not_offered".to_owned(), false), "{file}");
    }
    assert_eq!(site.get("/v1/articles/a/audio.mp3?kbps=64").await.status(), 200, "the house's own");
    assert_eq!(refusal(&site, "/v1/articles/never/audio.flac").await.1, "unknown_article");
}

#[tokio::test]
async fn a_full_disk_keeps_nobody_from_the_other_formats() {
    let Some(disk) = Tmpfs::mount(6 << 20) else { return };
    let site = Setup::default().cache(&disk.path().join("cache")).start().await;
    let manifest = site.publish_ready("a", &words::article(340, 6), "tone").await;
    let filler = disk.path().join("filler");
    let mut file = File::create(&filler).unwrap();
    while file.write_all(&[1; 4096]).is_ok() {}
    drop(file);
    assert_eq!(refusal(&site, "/v1/articles/a/audio.flac").await, (503, "cache".to_owned(), true));
    assert!(!site.bytes(&audio_of(&manifest, ".mp3")).await.is_empty());
    fs::remove_file(&filler).unwrap();
    let flac = until("there is room again", async || {
        let answer = site.get("/v1/articles/a/audio.flac").await;
        (answer.status() == 200).then_some(answer)
    })
    .await;
    assert!(flac.bytes().await.unwrap().starts_with(b"fLaC"));
}

/// Changes what the catalog of a stopped service holds.
async fn change(site: &Site, statement: &'static str) {
    let path = site.home().join("listen.db");
    let catalog = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    assert!(sqlx::query(statement).execute(&catalog).await.unwrap().rows_affected() > 0, "{statement}");
    catalog.close().await;
}

#[tokio::test]
async fn a_coder_that_fails_is_told_and_keeps_nothing() {
    let mut site = Site::start().await;
    let manifest = site.publish_ready("a", &words::article(360, 4), "tone").await;
    // A timeline that is longer than its sound: the coder is promised samples that never come.
    assert!(site.stop().await.success());
    const LONGER: &str = "UPDATE renditions SET timeline_json = json_set(timeline_json, '$.frames',
        json_extract(timeline_json, '$.frames') + 1) WHERE format = 'wav'";
    change(&site, LONGER).await;
    site.start_again().await;
    for (ext, _) in WHOLES {
        let address = format!("/v1/articles/a/audio.{ext}");
        assert_eq!(refusal(&site, &address).await, (500, "internal".to_owned(), false), "{ext}");
        let manifest = site.manifest("a").await;
        assert_eq!(link(&manifest, &format!(".{ext}")), Some((address, None)), "it is not recorded");
    }
    assert!(site.log().contains("samples came where"), "{}", site.log());
    assert!(!site.bytes(&audio_of(&manifest, ".mp3")).await.is_empty(), "the others are there");

    assert!(site.stop().await.success());
    const AS_IT_WAS: &str = "UPDATE renditions SET timeline_json = json_set(timeline_json, '$.frames',
        json_extract(timeline_json, '$.frames') - 1) WHERE format = 'wav'";
    change(&site, AS_IT_WAS).await;
    site.start_again().await;
    for (ext, magic) in WHOLES {
        assert!(site.bytes(&format!("/v1/articles/a/audio.{ext}")).await.starts_with(magic), "{ext}");
    }
}

#[tokio::test]
async fn an_mp3_that_sounds_otherwise_now_is_made_anew_once_and_gone_without_its_tag_too() {
    let mut site = Site::start().await;
    site.publish_ready("a", &words::article(60, 4), "tone").await;
    let now = audio_of(&site.manifest("a").await, ".mp3");
    // As if an engine of last year had said it, and the cache had lost what it said.
    assert!(site.stop().await.success());
    const OLDER: &str = "UPDATE renditions SET digest = 'aaaaaaaa' || substr(digest, 9), pieces_json = (
        SELECT json_group_array(CASE WHEN json_extract(value, '$.blob') IS NULL THEN json(value)
            ELSE json_set(value, '$.blob[0]', '00000000' || substr(json_extract(value, '$.blob[0]'), 9)) END)
        FROM json_each(pieces_json)) WHERE format = 'mp3'";
    change(&site, OLDER).await;
    site.start_again().await;
    let old = audio_of(&site.manifest("a").await, ".mp3");
    assert!(old.starts_with("/audio/aaaaaaaa"), "{old}");
    let untagged = old.replace(".mp3", ".untagged.mp3");
    assert_eq!(site.get(&untagged).await.status(), 410, "{untagged}");
    until("it is made anew", async || (audio_of(&site.manifest("a").await, ".mp3") == now).then_some(()))
        .await;
    for address in [&untagged, &old] {
        let answer = site.get(address).await;
        assert_eq!(answer.status(), 410, "{address}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"]["code"], "replaced", "{address}: {body}");
    }
}

#[tokio::test]
async fn what_is_coded_otherwise_now_is_gone_and_names_its_new_address() {
    let mut site = Site::start().await;
    site.publish_ready("a", &words::article(370, 4), "tone").await;
    let mut coded = Vec::new();
    for (ext, _) in WHOLES {
        coded.push((*ext, site.bytes(&format!("/v1/articles/a/audio.{ext}")).await));
    }
    // As if a coder of last year had made them: other bytes, under another address, lost since.
    assert!(site.stop().await.success());
    const OLDER: &str = "UPDATE renditions SET
        digest = 'aaaaaaaa' || substr(digest, 9),
        pieces_json = replace(pieces_json, '\"blob\":[\"', '\"blob\":[\"00')
        WHERE format IN ('flac', 'opus')";
    const AS_LONG: &str = "UPDATE renditions SET pieces_json = (
        SELECT json_group_array(CASE WHEN json_extract(value, '$.blob') IS NULL THEN json(value)
            ELSE json_set(value, '$.blob[0]', substr(json_extract(value, '$.blob[0]'), 1, 64)) END)
        FROM json_each(pieces_json)) WHERE format IN ('flac', 'opus')";
    change(&site, OLDER).await;
    change(&site, AS_LONG).await;
    site.start_again().await;
    for (ext, bytes) in coded {
        let old = site.manifest("a").await;
        let old = audio_of(&old, &format!(".{ext}"));
        assert!(old.starts_with("/audio/aaaaaaaa"), "{old}");
        // The second time it is known without coding.
        for _ in 0..2 {
            let answer = site.get(&old).await;
            assert_eq!(answer.status(), 410, "{old}");
            let body: Value = answer.json().await.unwrap();
            assert_eq!(body["error"]["code"], "replaced", "{body}");
            let new = audio_of(&site.manifest("a").await, &format!(".{ext}"));
            assert!(body["error"]["message"].as_str().unwrap().contains(&new), "{body} names {new}");
            assert!(site.bytes(&new).await == bytes, "{new}");
        }
    }
}

/// At another bit rate there are the same sentences, frame for frame, and a house of that bit rate makes
/// the same bytes.
#[tokio::test]
async fn an_mp3_at_another_bit_rate_is_made_when_it_is_asked_for() {
    let site = Site::start().await;
    let own = site.publish_ready("a", &words::article(390, 5), "tone").await;
    assert_eq!(own["offers"]["mp3_kbps"], serde_json::json!([64, 48, 96]));
    let made = site.syntheses().await;
    let house = Setup::default().env("LISTEN_SPEECH__MP3_KBPS", 48).start().await;
    house.publish_ready("a", &words::article(390, 5), "tone").await;
    let low = site.bytes("/v1/articles/a/audio.mp3?kbps=48").await;
    assert!(low == house.bytes("/v1/articles/a/audio.mp3").await);
    assert!(
        house.bytes("/v1/articles/a/audio.mp3?kbps=64").await == site.bytes(&audio_of(&own, ".mp3")).await
    );
    let high = site.bytes("/v1/articles/a/audio.mp3?kbps=96").await;
    // Behind tag and Info frame, of which the size does not depend on the bit rate.
    let head = |mp3: &[u8]| 10 + mp3[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(*byte)) + 192;
    assert_eq!(high.len() - head(&high), 2 * (low.len() - head(&low)));
    assert_eq!(site.syntheses().await, made, "no sentence was said for it");

    let answer = site.get("/v1/articles/a/audio.mp3?kbps=48").await;
    let tag = header(&answer, "etag");
    let lasting = format!("/audio/{}.mp3", tag.trim_matches('"'));
    assert!(site.bytes(&lasting).await == low);
    let manifest = site.manifest("a").await;
    let links: Vec<(u64, String)> = manifest["audio"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|link| Some((link["kbps"].as_u64()?, path_of(link["url"].as_str()?).to_owned())))
        .collect();
    assert_eq!((links.len(), &links[0]), (2, &(48, lasting.clone())));
    assert_eq!(audio_of(&manifest, ".mp3"), audio_of(&own, ".mp3"), "the house's own comes first");
    let feed = String::from_utf8(site.bytes("/feeds/default.xml").await.to_vec()).unwrap();
    assert!(feed.contains(&lasting), "an alternateEnclosure: {feed}");

    // Its clips are lost, and made again.
    let mut site = site;
    assert!(site.stop().await.success());
    fs::remove_dir_all(site.cache()).unwrap();
    site.start_again().await;
    assert!(site.bytes(&lasting).await == low, "it is made again");
    assert_eq!(
        refusal(&site, "/v1/articles/a/audio.mp3?kbps=56").await,
        (404, "not_offered".to_owned(), false)
    );
    assert_eq!(refusal(&site, "/v1/articles/a/audio.mp3?kbps=x").await, (400, "bad_query".to_owned(), false));
}
