//! Transcripts and chapters, read by other people's parsers: their times are the timeline's.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::site::{Setup, Site, text};
use crate::outside::{has, output, probed, python};

/// A title, headings, a long sentence, and what formats stumble over.
const ARTICLE: &str = "# Fish & chips <for> 5 € 🐟\n\nThe “Näive” café 🎉 sold portions at noon. He said: “a --> b & 1 < 2”.\n\n\
    ## The long way\n\nOn the morning of the ninth of May the old ferry left the quay for the last time, with flags on \
    every mast, a band on its upper deck that played far too loud, and some two hundred people who had all, each for \
    their own reason, wanted to be there when it ended.\n\n- One.\n- Two 🧑‍🚀 more.\n\n## 雨の朝\n\nIt rained.\n";

/// Cues as `[start_ms, end_ms, text]`.
const READ_VTT: &str = r#"
import json, sys, webvtt
ms = lambda t: t.hours * 3600000 + t.minutes * 60000 + t.seconds * 1000 + t.milliseconds
print(json.dumps([[ms(c.start_time), ms(c.end_time), c.text, c.raw_text] for c in webvtt.read(sys.argv[1])]))"#;

const READ_SRT: &str = r#"
import json, sys, pysrt
subs = pysrt.open(sys.argv[1], encoding="utf-8", error_handling=pysrt.ERROR_RAISE)
print(json.dumps([[s.start.ordinal, s.end.ordinal, s.text, s.index] for s in subs]))"#;

async fn article(site: &Site) -> Value {
    let (status, answer) = site.put("fish", &json!({ "markdown": ARTICLE, "voice": "tone" })).await;
    assert_eq!(status, 201, "{answer}");
    site.ready("fish").await
}

/// What is at one of an article's links, in a file.
async fn saved(site: &Site, path: &str, name: &str) -> (String, PathBuf) {
    let bytes = site.bytes(path).await;
    let file = site.home().join(name);
    std::fs::write(&file, &bytes).unwrap();
    (String::from_utf8(bytes.to_vec()).unwrap(), file)
}

/// `(start_ms, end_ms, text)` of each sentence that sounds.
fn sentences(manifest: &Value) -> Vec<(u64, u64, String)> {
    let of = |sentence: &Value, name: &str| sentence[name].as_u64().unwrap();
    let sentences = manifest["sentences"].as_array().unwrap().iter();
    sentences
        .map(|sentence| {
            let start = of(sentence, "start_frame");
            (start * 24, (start + of(sentence, "frames")) * 24, text(sentence, "text").to_owned())
        })
        .collect()
}

fn rows(read: &Value) -> Vec<(u64, u64, String)> {
    let rows = read.as_array().unwrap().iter();
    rows.map(|row| (row[0].as_u64().unwrap(), row[1].as_u64().unwrap(), row[2].as_str().unwrap().to_owned()))
        .collect()
}

fn unescaped(cue: &str) -> String {
    cue.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A text without its white space: lines may end anywhere.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[tokio::test]
async fn every_parser_reads_the_sentences_at_their_times() {
    if !has("python3", &["-c", "import webvtt, pysrt"]) || !has("ffmpeg", &["-version"]) {
        return;
    }
    let site = Site::start().await;
    let manifest = article(&site).await;
    let meant = sentences(&manifest);
    let (_, vtt) = saved(&site, text(&manifest["links"], "vtt"), "fish.vtt").await;
    let read = rows(&python(READ_VTT, &vtt));
    assert_eq!(read.len(), meant.len());
    for (read, meant) in read.iter().zip(&meant) {
        assert_eq!((read.0, read.1), (meant.0, meant.1), "{meant:?}");
        assert_eq!(letters(&unescaped(&read.2)), letters(&meant.2));
        assert!(read.2.lines().all(|line| unescaped(line).chars().count() <= 65), "{read:?}");
    }

    let (_, timed) = saved(&site, "/v1/articles/fish/transcript.vtt?words=1", "words.vtt").await;
    let timed = python(READ_VTT, &timed);
    let mut stamps = 0;
    for (cue, meant) in timed.as_array().unwrap().iter().zip(&meant) {
        assert_eq!((cue[0].as_u64(), cue[1].as_u64()), (Some(meant.0), Some(meant.1)));
        assert_eq!(letters(&unescaped(cue[2].as_str().unwrap())), letters(&meant.2), "{cue}");
        let times: Vec<u64> = cue[3].as_str().unwrap().split('<').filter_map(stamp_ms).collect();
        let inside = times.iter().all(|time| (meant.0 + 1..meant.1).contains(time));
        assert!(inside && times.is_sorted_by(|a, b| a < b), "{cue}");
        stamps += times.len();
    }
    let words: usize = manifest["sentences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["words"].as_array().unwrap().len() - 1)
        .sum();
    assert_eq!(stamps, words, "every word after the first");

    let (_, srt) = saved(&site, text(&manifest["links"], "srt"), "fish.srt").await;
    let read = rows(&python(READ_SRT, &srt));
    assert!(read.iter().all(|cue| cue.2.lines().count() <= 2), "{read:?}");
    assert!(read.iter().flat_map(|cue| cue.2.lines()).all(|line| line.chars().count() <= 32), "{read:?}");
    for (start, end, text) in &meant {
        let cues: Vec<_> = read.iter().filter(|cue| cue.0 >= *start && cue.1 <= *end).collect();
        assert_eq!((cues[0].0, cues[cues.len() - 1].1), (*start, *end), "{text}");
        assert!(cues.windows(2).all(|pair| pair[0].1 == pair[1].0), "{cues:?}");
        let said: String = cues.iter().map(|cue| letters(&cue.2)).collect();
        assert_eq!(said, letters(text).replace("-->", "→"));
    }
    // ffmpeg reads both, and finds as many cues in them.
    for (file, cues) in [(&vtt, meant.len()), (&srt, read.len())] {
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "warning", "-xerror", "-i"]).arg(file).args(["-f", "srt", "-"]);
        let read = String::from_utf8(output(&mut ffmpeg)).unwrap();
        let is_time = |line: &&str| line.starts_with("00:") && line.contains(" --> ");
        assert_eq!(read.lines().filter(is_time).count(), cues, "{file:?}: {read}");
    }
}

fn stamp_ms(tag: &str) -> Option<u64> {
    let (clock, _) = tag.split_once('>')?;
    let (time, ms) = clock.split_once('.')?;
    let seconds = time.split(':').try_fold(0, |sum, part| Some(sum * 60 + part.parse::<u64>().ok()?))?;
    Some(seconds * 1000 + ms.parse::<u64>().ok()?)
}

#[tokio::test]
async fn podcast_transcripts_and_chapters_have_the_same_times() {
    let site = Site::start().await;
    let manifest = article(&site).await;
    let meant = sentences(&manifest);
    let links = &manifest["links"];
    let get = async |path: &str| -> Value { serde_json::from_slice(&site.bytes(path).await).unwrap() };
    let ms = |seconds: &Value| (seconds.as_f64().unwrap() * 1000.0).round() as u64;
    let segments = |json: &Value| -> Vec<(u64, u64, String)> {
        assert_eq!(json["version"], "1.0.0");
        let segments = json["segments"].as_array().unwrap().iter();
        segments.map(|s| (ms(&s["startTime"]), ms(&s["endTime"]), text(s, "body").to_owned())).collect()
    };
    assert_eq!(segments(&get(text(links, "json")).await), meant);
    let words = segments(&get("/v1/articles/fish/transcript.json?words=1").await);
    let said: String = words.iter().map(|word| letters(&word.2)).collect();
    assert_eq!(said, meant.iter().map(|sentence| letters(&sentence.2)).collect::<String>());
    let first = &manifest["sentences"][0]["words"][1];
    assert_eq!((words[1].0, words[1].1), (first[2].as_u64().unwrap(), first[3].as_u64().unwrap()));

    let chapters = get(text(links, "chapters")).await;
    assert_eq!((&chapters["version"], &chapters["title"]), (&"1.2.0".into(), &manifest["title"]));
    let chapters = chapters["chapters"].as_array().unwrap();
    let starts: Vec<u64> = chapters.iter().map(|chapter| ms(&chapter["startTime"])).collect();
    let headings = meant.iter().filter(|sentence| ["The long way", "雨の朝"].contains(&&*sentence.2));
    let starts_meant: Vec<u64> = std::iter::once(0).chain(headings.map(|sentence| sentence.0)).collect();
    assert_eq!(starts, starts_meant);
    assert_eq!(ms(&chapters[2]["endTime"]), manifest["duration_ms"].as_u64().unwrap());
    if has("ffprobe", &["-version"]) {
        let file = site.home().join("fish.mp3");
        std::fs::write(&file, site.bytes("/v1/articles/fish/audio.mp3").await).unwrap();
        let tagged = probed(&file);
        let tagged = tagged["chapters"].as_array().unwrap();
        assert_eq!(tagged.len(), chapters.len());
        for (tagged, chapter) in tagged.iter().zip(chapters) {
            let start: f64 = tagged["start_time"].as_str().unwrap().parse().unwrap();
            assert_eq!((start * 1000.0).round() as u64, ms(&chapter["startTime"]));
            assert_eq!(tagged["tags"]["title"], chapter["title"]);
        }
    }

    let page = String::from_utf8(site.bytes(text(links, "html")).await.to_vec()).unwrap();
    let long = &meant.iter().find(|sentence| sentence.2.starts_with("On the morning")).unwrap();
    let span = format!(
        "<span data-start=\"{:.3}\" data-end=\"{:.3}\">{}</span>",
        long.0 as f64 / 1000.0,
        long.1 as f64 / 1000.0,
        long.2
    );
    assert!(page.contains(&span), "{span} is not in {page}");
    assert!(page.contains("“a --&gt; b &amp; 1 &lt; 2”"), "{page}");
}

#[tokio::test]
async fn they_are_answered_as_documents_of_their_kind_once_there_is_audio() {
    let site = Setup::default().env("LISTEN_SPEECH__ARTICLES_AT_ONCE", 1).start().await;
    site.publish("blocker", "This !slow one keeps it busy for some time.", "tone-flaky").await;
    let (_, waiting) = site.put("fish", &json!({ "markdown": ARTICLE, "voice": "tone" })).await;
    let kinds = [
        ("vtt", "text/vtt; charset=utf-8"),
        ("srt", "application/x-subrip; charset=utf-8"),
        ("json", "application/json"),
        ("html", "text/html; charset=utf-8"),
        ("chapters", "application/json+chapters"),
    ];
    for (link, _) in kinds {
        let early = site.get(text(&waiting["links"], link)).await;
        assert_eq!(
            (early.status(), &early.headers()["retry-after"]),
            (409.try_into().unwrap(), &"5".parse().unwrap())
        );
        let error: Value = early.json().await.unwrap();
        assert_eq!(error["error"]["code"], "not_finished", "{link}");
    }
    let manifest = site.ready("fish").await;
    for (link, kind) in kinds {
        let path = text(&manifest["links"], link);
        let request = site.client.get(site.url(path)).header("accept-encoding", "gzip");
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()["content-type"]),
            (200.try_into().unwrap(), &kind.parse().unwrap())
        );
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "{link}");
        assert_eq!(answer.headers()["content-encoding"], "gzip", "{link}");
        let tag = &answer.headers()["etag"];
        let again = site.client.get(site.url(path)).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), 304, "{link}");
        let other = site.get(&format!("{path}?voice=nobody")).await;
        assert_eq!(other.status(), 404, "{link}: not on the publisher's list");
    }
    let odd = site.get("/v1/articles/fish/transcript.vtt?words=yes").await;
    assert_eq!(odd.status(), 400);
}

#[tokio::test]
async fn the_command_line_writes_the_same_transcripts() {
    let site = Site::start().await;
    article(&site).await;
    std::fs::write(site.home().join("fish.md"), ARTICLE).unwrap();
    for ext in ["vtt", "srt"] {
        let (audio, times) = (format!("{ext}.mp3"), format!("cli.{ext}"));
        let args = ["render", "fish.md", "-o", &audio, "--voice", "tone", "--timeline", &times];
        let mut command = site.command(&args);
        assert!(command.stdout(std::process::Stdio::null()).status().unwrap().success(), "{}", site.log());
        let written = std::fs::read_to_string(site.home().join(times)).unwrap();
        let served = site.bytes(&format!("/v1/articles/fish/transcript.{ext}")).await;
        assert_eq!(written.as_bytes(), &served[..], "{ext}");
    }
}
