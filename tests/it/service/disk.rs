//! A cache on a disk that is full.

use std::fs::{self, File};
use std::io::Write as _;

use serde_json::Value;

use super::frames::{audio_frames, sounds};
use super::site::{Setup, audio_of, text, until};
use super::words;
use crate::tmpfs::Tmpfs;

#[tokio::test]
async fn on_a_full_disk_what_is_there_is_served_and_the_rest_waits_for_room() {
    let Some(disk) = Tmpfs::mount(4 << 20) else { return };
    let cache = disk.path().join("cache");
    let site = Setup::default().cache(&cache).start().await;
    let old = site.publish_ready("old", &words::article(900, 4), "tone").await;
    let heard = site.bytes(&audio_of(&old, ".mp3")).await;

    let filler = disk.path().join("filler");
    let mut file = File::create(&filler).unwrap();
    while file.write_all(&[1; 4096]).is_ok() {}
    drop(file);
    site.publish("new", &words::article(920, 6), "tone").await;
    let first = site.bytes("/v1/articles/new/audio.mp3").await;
    assert!(sounds(audio_frames(&first)), "a listener hears it all the same");
    until("the store's failures are counted", async || {
        (site.metric("listen_store_errors_total", &[]).await > 0.0).then_some(())
    })
    .await;
    until("the log says why", async || site.log().contains("No space left").then_some(())).await;
    assert!(site.bytes(&audio_of(&old, ".mp3")).await == heard);
    let ready = site.get("/readyz").await;
    assert_eq!(ready.status(), 503);
    let problems = about_disks(ready.json().await.unwrap());
    assert!(problems.iter().any(|line| line.contains("make room")), "{problems:?}");
    assert_ne!(text(&site.manifest("new").await, "state"), "failed");
    assert!(site.manifest("new").await["ready_revision"].is_null());

    fs::remove_file(&filler).unwrap();
    until("room is seen again", async || {
        about_disks(site.get("/readyz").await.json().await.unwrap()).is_empty().then_some(())
    })
    .await;
    site.ready("new").await;
    let finished = site.bytes("/v1/articles/new/audio.mp3").await;
    assert!(audio_frames(&finished) == audio_frames(&first));
    assert!(fs::read_dir(&cache).unwrap().count() > 0);
}

/// The lines of `/readyz` that are about room on a disk. (An engine may be missing as well.)
fn about_disks(readiness: Value) -> Vec<String> {
    let problems = readiness["problems"].as_array().unwrap().iter();
    problems.map(|line| line.as_str().unwrap().to_owned()).filter(|line| line.contains("disk")).collect()
}
