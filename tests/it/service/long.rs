//! A long article, and what it costs in memory.

use std::fs;

use super::frames::{FRAME_BYTES, audio_frames};
use super::site::{Setup, Site};
use super::words;

/// Most that the service may have held at once: its memory tier (set to 16 MiB here), text, plan and
/// timeline of the article, and what the allocators keep.
const PEAK_BYTES_MAX: u64 = 256 << 20;

/// Of eight words each, more or less; no two are the same.
const SENTENCES: usize = 2500;

/// The most memory the service has held so far.
fn peak_bytes(site: &Site) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", site.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn twenty_thousand_words_take_bounded_memory() {
    let site = Setup::default().env("LISTEN_LIMITS__MEMORY_BYTES", 16 << 20).start().await;
    let article = words::article(1000, SENTENCES);
    let body = serde_json::json!({ "text": article, "voice": "tone", "rate": 2.0 });
    let (status, manifest) = site.put("long", &body).await;
    assert_eq!(status, 201, "{manifest}");
    let words = manifest["words"].as_u64().unwrap();
    assert!(words > 20_000, "{words}");
    let manifest = site.ready("long").await;
    assert_eq!(manifest["sentences"].as_array().unwrap().len(), SENTENCES);
    let mp3 = site.bytes("/v1/articles/long/audio.mp3").await;
    let frames = (audio_frames(&mp3).len() / FRAME_BYTES) as u64;
    assert!(frames * 24 >= manifest["duration_ms"].as_u64().unwrap());
    assert_eq!(site.syntheses().await, SENTENCES as f64);
    let peak = peak_bytes(&site);
    eprintln!(
        "{words} words: {} s of audio, {} bytes, peak {} MiB",
        frames * 24 / 1000,
        mp3.len(),
        peak >> 20
    );
    assert!(peak < PEAK_BYTES_MAX, "peak {} MiB", peak >> 20);
}
