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
    for attempt in 0..3 {
        let id = format!("night-{attempt}");
        let manifest = site.publish(&id, &words::article(2_000 + 400 * attempt, 300), "tone").await;
        if manifest["state"] == "ready" {
            continue;
        }
        assert_eq!(link(&manifest, ".flac"), None, "not before it can be");
        let early = refusal(&site, &format!("/v1/articles/{id}/audio.flac")).await;
        if early.0 == 200 {
            continue;
        }
        assert_eq!(early, (409, "not_finished".to_owned(), true));
        return;
    }
    panic!("the audio was finished before it could be asked for, three times");
}

#[tokio::test]
async fn only_formats_on_the_list_are_there() {
    let site = Setup::default().env("LISTEN_RENDITIONS__FORMATS", "[\"mp3\"]").start().await;
    let manifest = site.publish_ready("a", "One sentence is enough.", "tone").await;
    assert_eq!(manifest["audio"].as_array().unwrap().len(), 1);
    assert_eq!(manifest["offers"]["formats"], serde_json::json!(["mp3"]));
    for ext in ["wav", "opus", "flac"] {
        let refused = refusal(&site, &format!("/v1/articles/a/audio.{ext}")).await;
        assert_eq!(refused, (404, "not_offered".to_owned(), false), "{ext}");
    }
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
