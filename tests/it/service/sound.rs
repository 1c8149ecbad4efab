//! What listeners hear of finished articles, measured: loudness, peaks, joins, pauses, the start.

use std::path::Path;
use std::process::Command;

use listen::audio::{FRAME_SAMPLES, SAMPLE_RATE_HZ, loudness};
use serde_json::{Value, json};

use super::site::{Setup, Site, audio_of, text};
use crate::outside::{decoded, has};

/// Samples a millisecond.
const MS: usize = SAMPLE_RATE_HZ as usize / 1000;

/// Below this nobody hears anything: −60 dB of full scale.
const NOT_HEARD: u16 = 33;

/// Right before speech, below this nobody hears anything: −50 dB of full scale.
const COVERED: u16 = 104;

/// Below this a voice is not speaking (the house gate): −45 dB of full scale.
const NOT_SPEAKING: u16 = 184;

/// Pauses are whole frames: the nearest number of them.
const FRAME_MS: u64 = 24;

/// Sound that counts as silence before and after a pause: the end of a segment (46 ms and what fills
/// its last frame), what the gate leaves at both cuts (20 ms), and soft sounds at both ends.
const SOFT_MS: u64 = 46 + 24 + 2 * 20 + 120;

const ENGLISH: &str = "\
# The last light

The lamp was switched off on the third of May, and nobody came to see it. Nobody asked why. The keeper had packed her things long before. She left the key under a stone, as it had always been done.

## What came after

A school moved in that autumn. Eighty children learned in the rooms where the oil had been kept.

The tower stayed as it was, and only the stairs were given a new rail.

- Paint for the door.
- A new bell.

> It was never dark, she said.
";

const GERMAN: &str = "\
# Das letzte Licht

Am dritten Mai ging die Lampe aus. Niemand kam, um es zu sehen, und niemand fragte nach dem Grund. Die Wärterin hatte ihre Sachen schon lange gepackt. Den Schlüssel ließ sie unter einem Stein zurück, wie es immer gewesen war.

## Was danach kam

Im Herbst zog eine Schule ein. Achtzig Kinder lernten in den Räumen, in denen früher das Öl gelagert wurde. Der Turm blieb, wie er war, nur die Treppe bekam ein neues Geländer.

- Farbe für die Tür.
- Eine neue Glocke.

## Was bleibt

Heute steigen an jedem Sonntag Besucher hinauf und sehen über das Wasser. Manche fragen, warum das Licht nicht mehr brennt. Die Antwort ist einfach: Die Schiffe brauchen es nicht mehr, und der Strom war zu teuer geworden.
";

const CHINESE: &str = "\
# 渡口的最后一天

星期一早上，渡船最后一次离开码头。岸上站着很多人，没有人说话。船长在这条河上工作了三十年，他认识每一块石头。

## 后来

以后走桥就行了。票价一直是三元钱，十年没有变过。孩子们放学以后还是喜欢到河边来，看水，看鸟，看远处的山。

旧船停在岸边，门上挂着一把锁。有人说应该把它放进博物馆，也有人说让它留在这里更好。
";

#[tokio::test]
async fn english_sounds_as_designed() {
    sounds_as_designed("flite", &[("rms", "en", ENGLISH)]).await;
}

#[tokio::test]
async fn other_languages_sound_as_designed() {
    sounds_as_designed("espeak", &[("espeak-de", "de", GERMAN), ("espeak-cmn", "zh", CHINESE)]).await;
}

async fn sounds_as_designed(engine: &str, articles: &[(&str, &str, &str)]) {
    let site = Site::start().await;
    if site.skip_without(engine).await || !has("ffmpeg", &["-version"]) {
        return;
    }
    for (voice, lang, markdown) in articles {
        let body = json!({ "markdown": markdown, "voice": voice, "lang": lang });
        let (status, answer) = site.put(voice, &body).await;
        assert_eq!(status, 201, "{answer}");
        let manifest = site.ready(voice).await;
        assert!(
            manifest["sentences"].as_array().unwrap().iter().all(|s| s["state"] == "ready"),
            "{manifest}"
        );
        for ext in [".mp3", ".wav"] {
            let file = site.home().join(format!("{voice}{ext}"));
            std::fs::write(&file, site.bytes(&audio_of(&manifest, ext)).await).unwrap();
            let what = format!("{voice}{ext}");
            let samples = decoded(&file);
            assert_eq!(samples.len() as u64, manifest["duration_ms"].as_u64().unwrap() * MS as u64, "{what}");
            assert_loudness(&samples, &file, &what);
            assert_start(&samples, &what);
            assert_joins_and_pauses(&samples, &manifest, &what);
        }
    }
}

/// Several sentences of each voice, since the loudness of one varies.
const THREE_VOICES: &str = "\
The lamp was switched off on the third of May, and nobody came to see it. The keeper had packed her things long before. She left the key under a stone, as it had always been done. Nobody asked why it had to be that day.

- The door is painted again in the green of the old boats, and it closes without a sound.
- A new bell hangs where the old one was, and it is rung on Sundays and in fog.
- Eighty children learned in the rooms where the oil had been kept for the winter.
- Only the stairs were given a new rail, since the old one had come loose.

> It was never dark, she said, not even in the winter when the ships stayed in the harbour. We knew every name on the water. My father wrote them all into one book, and the book is still here. I would do it again, and I would do it for less.

The tower stayed as it was. Visitors climb it in the summer and look over the water for as long as they like. Some of them ask when the light will burn again, and the answer is always the same.
";

#[tokio::test]
async fn an_article_of_three_voices_keeps_one_loudness() {
    let site = Setup::default()
        .env("LISTEN_SPEECH__VOICE_BY_KIND__LIST_ITEM", "espeak-en-us")
        .env("LISTEN_SPEECH__VOICE_BY_KIND__QUOTE", "slt")
        .start()
        .await;
    if site.skip_without("flite").await || site.skip_without("espeak").await || !has("ffmpeg", &["-version"])
    {
        return;
    }
    let (status, answer) = site.put("three", &json!({ "markdown": THREE_VOICES, "voice": "rms" })).await;
    assert_eq!(status, 201, "{answer}");
    let manifest = site.ready("three").await;
    let file = site.home().join("three.wav");
    std::fs::write(&file, site.bytes(&audio_of(&manifest, ".wav")).await).unwrap();
    let samples = decoded(&file);
    assert_loudness(&samples, &file, "three voices");
    let sentences = manifest["sentences"].as_array().unwrap();
    for (voice, own) in [("rms", None), ("slt", Some("slt")), ("espeak-en-us", Some("espeak-en-us"))] {
        let theirs = sentences.iter().filter(|sentence| sentence["voice"].as_str() == own);
        let part: Vec<i16> = theirs
            .flat_map(|sentence| {
                let frame = |name: &str| sentence[name].as_u64().unwrap() as usize * FRAME_SAMPLES;
                samples[frame("start_frame")..frame("start_frame") + frame("frames")].iter().copied()
            })
            .collect();
        let seconds = part.len() as f64 / f64::from(SAMPLE_RATE_HZ);
        assert!(seconds > 10.0, "{voice} reads {seconds} s of {manifest}");
        let lufs = loudness::measure(&part).unwrap().integrated_lufs;
        eprintln!("{voice}: {lufs:.2} LUFS of {seconds:.1} s");
        assert!((lufs + 16.0).abs() <= 1.0, "{voice}: {lufs} LUFS");
    }
}

/// −16 LUFS ± 1 as `DualMono`, true peak at most −1 dBTP (ITU-R BS.1770-4), by two meters.
fn assert_loudness(samples: &[i16], file: &Path, what: &str) {
    let ours = loudness::measure(samples).unwrap();
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-hide_banner", "-nostats", "-i"]).arg(file);
    ffmpeg.args(["-map", "0:a", "-af", "ebur128=dualmono=true:peak=true", "-f", "null", "-"]);
    let said = ffmpeg.output().unwrap().stderr;
    let said = String::from_utf8_lossy(&said);
    let summary = said.split("Summary:").last().unwrap();
    let number = |name: &str| -> f64 {
        let line = summary.lines().find_map(|line| line.trim().strip_prefix(name)).expect(name);
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    let (theirs, their_peak) = (number("I:"), number("Peak:"));
    eprintln!(
        "{what}: {:.2} LUFS ({theirs}), {:.2} dBTP ({their_peak})",
        ours.integrated_lufs, ours.true_peak_dbtp
    );
    for (meter, lufs, peak) in
        [("ours", ours.integrated_lufs, ours.true_peak_dbtp), ("ffmpeg", theirs, their_peak)]
    {
        assert!((lufs + 16.0).abs() <= 1.0, "{what}, {meter}: {lufs} LUFS");
        assert!(peak <= -1.0, "{what}, {meter}: {peak} dBTP");
    }
}

/// The first words are there within 100 ms.
fn assert_start(samples: &[i16], what: &str) {
    let start = samples.iter().position(|sample| sample.unsigned_abs() > NOT_SPEAKING).unwrap() / MS;
    assert!(start <= 100, "{what} begins after {start} ms");
}

/// What the script asks for after a sentence, in milliseconds.
fn designed_ms(sentence: &Value, next: &Value) -> u64 {
    let kind = |sentence: &Value| text(sentence, "kind").to_owned();
    match (&*kind(sentence), &*kind(next)) {
        _ if sentence["block"] == next["block"] => 350,
        ("title", _) => 1000,
        (_, "heading") => 900,
        ("heading", _) => 600,
        _ => 650,
    }
}

/// At each join there is silence as long as designed, and nothing in it that could click.
fn assert_joins_and_pauses(samples: &[i16], manifest: &Value, what: &str) {
    let sentences = manifest["sentences"].as_array().unwrap();
    let frames = |sentence: &Value, name: &str| sentence[name].as_u64().unwrap() as usize;
    for pair in sentences.windows(2) {
        let place = format!("{what}, after “{}”", text(&pair[0], "text"));
        let end = (frames(&pair[0], "start_frame") + frames(&pair[0], "frames")) * FRAME_SAMPLES;
        let next = frames(&pair[1], "start_frame") * FRAME_SAMPLES;
        let designed = designed_ms(&pair[0], &pair[1]);
        let pause = (next - end) as u64 / MS as u64;
        assert!(pause.abs_diff(designed) <= FRAME_MS / 2, "{place}: {pause} ms for {designed}");

        // From one frame before the join, which is silence too. What MP3 lets sound ahead of a hard onset
        // stays in the frame before it, where the onset covers it.
        let (join, ahead) = samples[end - FRAME_SAMPLES..next].split_at(next - end);
        for (samples, most) in [(join, NOT_HEARD), (ahead, COVERED)] {
            let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
            let step = samples.windows(2).map(|two| two[0].abs_diff(two[1])).max().unwrap();
            assert!(loudest < most && step < most, "{place}: {loudest}, a step of {step}");
        }

        let soft = |sample: &&i16| sample.unsigned_abs() <= NOT_SPEAKING;
        let before = samples[..end].iter().rev().take_while(soft).count();
        let after = samples[next..].iter().take_while(soft).count();
        let heard = (before + after) as u64 / MS as u64 + pause;
        assert!((pause + 46..=pause + SOFT_MS).contains(&heard), "{place}: {heard} ms of silence");
    }
}
