//! Damaged and lost files of the cache: noticed, made again, and heard by nobody.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::Value;

use super::frames::audio_frames;
use super::site::{Setup, Site, audio_of, path_of, text};
use super::words;

/// Every file of the cache's `folder` that ends in `ext`, in order of their names.
pub(crate) fn files(cache: &Path, folder: &str, ext: &str) -> Vec<PathBuf> {
    let shards = fs::read_dir(cache.join(folder)).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = shards
        .flat_map(|shard| fs::read_dir(shard.path()).into_iter().flatten().flatten())
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|found| found == ext))
        .collect();
    files.sort();
    files
}

/// Flips one bit of a file, and keeps its length.
fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

/// Everything of an article that has an immutable address, and what is there.
async fn published(site: &Site, manifest: &Value) -> Vec<(String, Bytes)> {
    let clips = manifest["sentences"].as_array().unwrap().iter().map(|s| path_of(text(s, "clip")).to_owned());
    let addresses = [audio_of(manifest, ".mp3"), audio_of(manifest, ".wav")].into_iter().chain(clips);
    let mut all = Vec::new();
    for address in addresses {
        let bytes = site.bytes(&address).await;
        all.push((address, bytes));
    }
    all
}

async fn assert_same(site: &Site, published: &[(String, Bytes)], what: &str) {
    for (address, bytes) in published {
        assert!(site.bytes(address).await == *bytes, "{what}: {address} gives other bytes");
    }
}

async fn a_damaged_blob_is_healed(ext: &str, syntheses: f64) {
    let setup = Setup::default().env("LISTEN_LIMITS__MEMORY_BYTES", 0);
    let mut site = setup.start().await;
    let manifest = site.publish_ready("a", &words::article(200, 5), "tone").await;
    let before = published(&site, &manifest).await;
    let damaged = files(&site.cache(), "blobs", ext).swap_remove(0);
    let sound = fs::read(&damaged).unwrap();
    for under_service in [true, false] {
        if !under_service {
            assert!(site.stop().await.success());
        }
        flip(&damaged, sound.len() / 2);
        if !under_service {
            site.start_again().await;
        }
        let (bad, made) = (site.metric("listen_corrupt_blobs_total", &[]).await, site.syntheses().await);
        let what = format!("{ext}, under the running service: {under_service}");
        assert_same(&site, &before, &what).await;
        assert!(site.metric("listen_corrupt_blobs_total", &[]).await > bad, "{what}: not noticed");
        assert_eq!(site.syntheses().await - made, syntheses, "{what}");
        assert!(fs::read(&damaged).unwrap() == sound, "{what}: not healed on the disk");
        assert_same(&site, &before, &what).await;
        assert_eq!(site.syntheses().await - made, syntheses, "{what}: healed once is healed");
    }
}

#[tokio::test]
async fn a_damaged_clip_is_coded_again() {
    a_damaged_blob_is_healed("mp3", 0.0).await;
}

#[tokio::test]
async fn a_damaged_segment_is_said_again() {
    a_damaged_blob_is_healed("wav", 1.0).await;
}

#[tokio::test]
async fn a_whole_segment_that_is_damaged_is_said_again() {
    let mut site = Site::start().await;
    let manifest = site.publish_ready("a", &words::article(220, 5), "tone").await;
    let before = published(&site, &manifest).await;
    assert!(site.stop().await.success());
    for ext in ["mp3", "wav"] {
        for file in files(&site.cache(), "blobs", ext) {
            flip(&file, 600);
        }
    }
    site.start_again().await;
    assert_same(&site, &before, "all blobs damaged").await;
    assert_eq!(site.syntheses().await, 5.0);
}

/// Positions in a record at which a flipped bit is most likely to be believed.
fn tempting(record: &str) -> Vec<usize> {
    let digit_after = |name: &str| {
        let at = record.find(name).unwrap_or_else(|| panic!("no {name} in {record}")) + name.len();
        at + record[at..].find(|c: char| c.is_ascii_digit()).unwrap()
    };
    vec![
        digit_after("\"frames\":"),
        digit_after("\"s\":["),
        digit_after("\"t\":["),
        digit_after("\"wav\":{"),
        0,
    ]
}

#[tokio::test]
async fn a_damaged_record_is_never_believed() {
    let mut site = Site::start().await;
    let text = words::article(240, 5);
    let first = site.publish_ready("first", &text, "tone").await;
    let heard = site.bytes(&audio_of(&first, ".mp3")).await;
    assert!(site.stop().await.success());
    for (n, record) in files(&site.cache(), "segments-v1", "json").iter().enumerate() {
        let mut bytes = fs::read_to_string(record).unwrap().into_bytes();
        let at = tempting(std::str::from_utf8(&bytes).unwrap())[n];
        // A digit stays a digit: nothing but its value tells.
        bytes[at] = if bytes[at].is_ascii_digit() { b'0' + (bytes[at] - b'0' + 1) % 10 } else { b'?' };
        fs::write(record, bytes).unwrap();
    }
    site.start_again().await;
    let second = site.publish_ready("second", &text, "tone").await;
    assert_eq!(second["sentences"], first["sentences"]);
    assert!(audio_frames(&site.bytes(&audio_of(&second, ".mp3")).await) == audio_frames(&heard));
    assert_eq!(site.syntheses().await, 5.0, "every one of them was made again");
}

#[tokio::test]
async fn every_published_address_outlives_the_cache() {
    let mut site = Site::start().await;
    let old = site.publish_ready("a", &words::article(260, 6), "tone").await;
    let mut before = published(&site, &old).await;
    // Three sentences are only in the old revision.
    let new = site.publish_ready("a", &words::article(263, 6), "tone").await;
    before.extend(published(&site, &new).await);
    assert!(site.stop().await.success());
    fs::remove_dir_all(site.cache()).unwrap();
    site.start_again().await;
    assert_same(&site, &before, "without a cache").await;
    assert_eq!(site.syntheses().await, 9.0, "each sentence once");
    assert_eq!(site.manifest("a").await["state"], "ready");

    assert!(site.stop().await.success());
    fs::remove_dir_all(site.cache()).unwrap();
    site.start_again().await;
    for (address, bytes) in before.iter().rev() {
        assert!(site.bytes(address).await == *bytes, "asked for in another order: {address}");
    }
}

#[tokio::test]
async fn audio_of_a_native_voice_outlives_the_cache() {
    let mut site = Site::start().await;
    for (engine, voice, body) in [
        ("flite", "rms", "The tide was late. Two boats waited outside."),
        ("espeak", "espeak-de", "Die Fähre kam spät. Zwei Boote warteten draußen."),
    ] {
        if site.skip_without(engine).await {
            continue;
        }
        let manifest = site.publish_ready(engine, body, voice).await;
        let before = published(&site, &manifest).await;
        assert!(site.stop().await.success());
        fs::remove_dir_all(site.cache()).unwrap();
        site.start_again().await;
        assert_same(&site, &before, engine).await;
    }
}
