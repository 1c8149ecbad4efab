//! A service that is killed again and again while it works loses nothing that it accepted.

use std::fs;

use listen::render::blobs_of_record;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::{Duration, sleep};

use super::damage::files;
use super::site::{Site, until};
use super::words;

const ARTICLES: usize = 8;
const KILLS: u64 = 5;
const SEED: u64 = 20_261_123;

/// Splitmix64: the same moments every time.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Articles that share some of their sentences, in all voices there are.
async fn bulk(site: &Site) -> Vec<(String, Value)> {
    let mut voices = vec!["tone"];
    for (engine, voice) in [("flite", "rms"), ("espeak", "espeak-en-us")] {
        if !site.skip_without(engine).await {
            voices.push(voice);
        }
    }
    (0..ARTICLES)
        .map(|n| {
            let voice = voices[n % voices.len()];
            (format!("bulk-{n}"), json!({ "text": words::article(500 + n * 7, 12), "voice": voice }))
        })
        .collect()
}

/// What a listener gets of every article: MP3 and WAV.
async fn audio_of_all(site: &Site, articles: &[(String, Value)]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (id, _) in articles {
        site.ready(id).await;
        for ext in ["mp3", "wav"] {
            all.push(site.bytes(&format!("/v1/articles/{id}/audio.{ext}")).await.to_vec());
        }
    }
    all
}

/// Every blob is what its name says, and every record's blobs are there.
fn assert_cache_is_sound(site: &Site) {
    let cache = site.cache();
    for ext in ["mp3", "wav"] {
        for blob in files(&cache, "blobs", ext) {
            let digest = hex::encode(Sha256::digest(fs::read(&blob).unwrap()));
            assert_eq!(blob.file_stem().unwrap().to_str(), Some(digest.as_str()), "{}", blob.display());
        }
    }
    let records = files(&cache, "segments-v1", "json");
    assert!(!records.is_empty());
    for record in records {
        let blobs = blobs_of_record(&fs::read(&record).unwrap());
        for blob in blobs.unwrap_or_else(|| panic!("{} cannot be read", record.display())) {
            let name = blob.digest.to_string();
            let file = cache.join("blobs").join(&name[..2]).join(format!("{name}.{}", blob.ext));
            assert!(file.is_file(), "{blob} of {} is not there", record.display());
        }
    }
}

#[tokio::test]
async fn what_was_accepted_is_finished_whenever_the_service_is_killed() {
    let calm = Site::start().await;
    let articles = bulk(&calm).await;
    for (id, body) in &articles {
        assert_eq!(calm.put(id, body).await.0, 201);
    }
    let expected = audio_of_all(&calm, &articles).await;

    let mut site = Site::start().await;
    let mut accepted = [false; ARTICLES];
    let mut state = SEED;
    for _ in 0..KILLS {
        let moment = Duration::from_millis(random(&mut state) % 250);
        let publishing = async {
            for (n, (id, body)) in articles.iter().enumerate() {
                if !accepted[n] {
                    let answer = site.put_request(id, body).send().await;
                    accepted[n] = answer.is_ok_and(|answer| answer.status().is_success());
                }
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = publishing => {}
            () = sleep(moment) => {}
        }
        site.kill();
        until("no worker is left", async || site.workers().is_empty().then_some(())).await;
        site.start_again().await;
    }
    for (n, (id, body)) in articles.iter().enumerate() {
        let (status, _) = site.put(id, body).await;
        assert!(status == 200 || !accepted[n], "{id} was accepted and then forgotten: {status}");
    }
    let heard = audio_of_all(&site, &articles).await;
    for (i, (heard, expected)) in heard.iter().zip(&expected).enumerate() {
        assert!(heard == expected, "audio {i} is not what an undisturbed service makes");
    }
    assert_cache_is_sound(&site);
    assert!(site.stop().await.success());
    until("no worker is left", async || site.workers().is_empty().then_some(())).await;
}
