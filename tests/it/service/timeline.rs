//! One truth about time: manifest, transcript, audio and label agree.

use serde_json::{Value, json};

use super::frames::{FRAME_BYTES, audio_frames};
use super::site::{Setup, Site, text};

const FRAME_MS: u64 = 24;

/// Start and end of each cue in milliseconds, and its text.
fn cues(vtt: &str) -> Vec<(u64, u64, String)> {
    let ms = |clock: &str| {
        let (time, ms) = clock.split_once('.').unwrap();
        time.split(':').fold(0, |sum, part| sum * 60 + part.parse::<u64>().unwrap()) * 1000
            + ms.parse::<u64>().unwrap()
    };
    assert!(vtt.starts_with("WEBVTT\n"), "{vtt}");
    let blocks = vtt.split("\n\n").filter(|block| block.contains(" --> "));
    blocks
        .map(|block| {
            let mut lines = block.lines().skip_while(|line| !line.contains(" --> "));
            let (start, end) = lines.next().unwrap().split_once(" --> ").unwrap();
            (ms(start), ms(end), lines.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

fn unescaped(cue: &str) -> String {
    cue.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What must hold of every finished article.
pub(crate) async fn assert_times_agree(site: &Site, id: &str) -> Value {
    let manifest = site.ready(id).await;
    let sentences = manifest["sentences"].as_array().unwrap();
    let number =
        |sentence: &Value, name: &str| sentence[name].as_u64().unwrap_or_else(|| panic!("{sentence}"));
    let mut at = 0;
    for (i, sentence) in sentences.iter().enumerate() {
        assert_eq!(number(sentence, "i"), i as u64);
        assert_eq!(number(sentence, "start_frame"), at, "sentence {i} of {id}");
        at += number(sentence, "frames") + number(sentence, "pause_frames");
        words_are_inside(sentence);
    }
    assert_eq!(manifest["duration_ms"].as_u64(), Some(at * FRAME_MS));
    assert_eq!(manifest["duration_is_estimate"], false);

    let vtt = site.bytes(&format!("/v1/articles/{id}/transcript.vtt")).await;
    let cues = cues(std::str::from_utf8(&vtt).unwrap());
    let said: Vec<&Value> = sentences.iter().filter(|sentence| sentence["state"] == "ready").collect();
    assert_eq!(cues.len(), said.len());
    for (cue, sentence) in cues.iter().zip(said) {
        let start = number(sentence, "start_frame");
        assert_eq!(cue.0, start * FRAME_MS, "{sentence}");
        assert_eq!(cue.1, (start + number(sentence, "frames")) * FRAME_MS, "{sentence}");
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(letters(&unescaped(&cue.2)), letters(text(sentence, "text")));
    }

    let mp3 = site.bytes(&format!("/v1/articles/{id}/audio.mp3")).await;
    let heard = (audio_frames(&mp3).len() / FRAME_BYTES) as u64;
    assert!((at..at + 5).contains(&heard), "{heard} frames are served, {at} are on the timeline");
    let wav = site.bytes(&format!("/v1/articles/{id}/audio.wav")).await;
    let data = wav.windows(4).position(|four| four == b"data").expect("a data chunk") + 4;
    let samples = u64::from(u32::from_le_bytes(wav[data..data + 4].try_into().unwrap())) / 2;
    assert_eq!(samples, at * 576);
    manifest
}

/// `[offset, length, start_ms, end_ms]`: in the text (UTF-16), in its time, in order.
fn words_are_inside(sentence: &Value) {
    let units: Vec<u16> = text(sentence, "text").encode_utf16().collect();
    let last_ms = sentence["frames"].as_u64().unwrap() * FRAME_MS;
    let words = sentence["words"].as_array().cloned().unwrap_or_default();
    assert!(!words.is_empty() || sentence["state"] != "ready", "no words: {sentence}");
    let (mut text_end, mut time_end) = (0, 0);
    for word in &words {
        let [offset, length, start, end] = [0, 1, 2, 3].map(|i| word[i].as_u64().unwrap());
        assert!(
            length > 0 && offset >= text_end && offset + length <= units.len() as u64,
            "{word} in {sentence}"
        );
        let slice = &units[offset as usize..(offset + length) as usize];
        assert!(String::from_utf16(slice).is_ok_and(|said| !said.trim().is_empty()), "{word} in {sentence}");
        assert!(start >= time_end && start <= end && end <= last_ms, "{word} in {sentence}");
        (text_end, time_end) = (offset + length, start);
    }
}

#[tokio::test]
async fn manifest_transcript_and_audio_agree_to_the_frame() {
    let site = Site::start().await;
    let markdown = "# Fish & chips < 5 € 🐟\n\nThe “Näive” café 🎉 sold 12,345 portions — at $1.5bn. \
                    Dr. Ōe said: “a --> b & <i>no</i>”.\n\n## Then\n\n- One.\n- Two 🧑‍🚀 more.\n";
    for (engine, voice) in [("tone", "tone"), ("flite", "rms"), ("espeak", "espeak-en-us")] {
        if engine != "tone" && site.skip_without(engine).await {
            continue;
        }
        let (status, _) = site.put(voice, &json!({ "markdown": markdown, "voice": voice })).await;
        assert_eq!(status, 201);
        assert_times_agree(&site, voice).await;
    }
}

#[tokio::test]
async fn the_label_is_the_same_before_the_audio_is_there_and_after() {
    let site = Setup::default().env("LISTEN_SPEECH__ARTICLES_AT_ONCE", 1).start().await;
    let article = include_str!("../../../samples/night-ferry.md");
    for (engine, voice) in [("flite", "rms"), ("espeak", "espeak-en-us")] {
        if site.skip_without(engine).await {
            continue;
        }
        site.publish(&format!("blocker-{voice}"), "This !slow one keeps it busy.", "tone-flaky").await;
        let (_, before) = site.put(voice, &json!({ "markdown": article, "voice": voice })).await;
        assert_eq!(before["duration_is_estimate"], true, "{voice}: {before}");
        let after = site.ready(voice).await;
        assert_eq!(after["label"], before["label"], "{voice}: {} ms", after["duration_ms"]);
        assert!(text(&after, "label").starts_with("🎧 ") && text(&after, "label").ends_with(" min listen"));
        assert_eq!(after["read_minutes"], before["read_minutes"]);
    }
}
