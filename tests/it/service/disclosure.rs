//! Whatever leaves with audio, or speaks for it, says that a machine reads.

use serde_json::Value;

use super::site::{Setup, Site, audio_of, text};
use super::words;
use crate::outside::{has, probed, python};

const NOTE: &str = "Read by an AI voice";

const ROUTER: &str = include_str!("../../../src/http/router.rs");

/// Every address under which the service has audio, from its own list of routes.
fn addresses(manifest: &Value) -> Vec<String> {
    let clip = text(&manifest["sentences"][0], "clip").to_owned();
    let audio: Vec<String> =
        manifest["audio"].as_array().unwrap().iter().map(|link| text(link, "url").to_owned()).collect();
    let routes = ROUTER.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let is_of_article = |route: &str| ["/audio.", "/clips/"].iter().any(|word| route.contains(word));
    let routes = routes.filter(|route| route.starts_with("/audio/") || is_of_article(route));
    routes
        .flat_map(|route| match route {
            "/audio/{file}" => audio.clone(),
            "/clips/{file}" => vec![clip.clone()],
            route => vec![route.replace("{id}", text(manifest, "id")).replace("{file}", "0.mp3")],
        })
        .collect()
}

#[tokio::test]
async fn every_answer_with_audio_carries_the_note() {
    let site = Site::start().await;
    let manifest = site.publish_ready("told", &words::article(1200, 4), "tone").await;
    let addresses = addresses(&manifest);
    assert!(addresses.len() >= 6, "{addresses:?}");
    let is_built = |address: &&String| cfg!(feature = "opus") || !address.ends_with(".opus");
    for address in addresses.iter().filter(is_built) {
        for (method, range) in
            [("GET", None), ("HEAD", None), ("GET", Some("bytes=0-1")), ("GET", Some("bytes=0-9,90-99"))]
        {
            let mut request = site.client.request(method.parse().unwrap(), site.url(address));
            if let Some(range) = range {
                request = request.header("range", range);
            }
            let answer = request.send().await.unwrap();
            let meant = if range.is_some() { 206 } else { 200 };
            assert_eq!(answer.status(), meant, "{method} {address} {range:?}");
            assert_eq!(answer.headers()["x-ai-generated"], NOTE, "{method} {address} {range:?}");
        }
    }
    let other = site.get("/v1/articles/told").await;
    assert!(!other.headers().contains_key("x-ai-generated"), "a manifest is no audio");
}

#[tokio::test]
async fn audio_in_the_making_carries_the_note() {
    let site = Setup::default().env("LISTEN_SPEECH__ARTICLES_AT_ONCE", 1).start().await;
    let blocker = "This !slow one keeps it busy for a good while, since there are so very many words in it that all \
                   of them are read in real time.";
    site.publish("blocker", blocker, "tone-flaky").await;
    site.publish("new", &words::article(1210, 3), "tone").await;
    for ext in ["mp3", "wav"] {
        let answer = site.get(&format!("/v1/articles/new/audio.{ext}")).await;
        assert!(!answer.headers().contains_key("content-length"), "{ext} is finished already");
        assert_eq!(answer.headers()["x-ai-generated"], NOTE, "{ext}");
        let bytes = answer.bytes().await.unwrap();
        let in_tag = bytes.windows(NOTE.len()).any(|run| run == NOTE.as_bytes());
        assert_eq!(in_tag, ext == "mp3", "a WAV's texts stand behind its samples");
    }
}

#[tokio::test]
async fn what_speaks_for_audio_says_it_too() {
    let site = Site::start().await;
    let manifest = site.publish_ready("told", &words::article(1220, 3), "tone").await;
    assert_eq!(manifest["ai"], NOTE);
    let get = async |path: &str| String::from_utf8(site.bytes(path).await.to_vec()).unwrap();
    let feed = get("/feeds/default.xml").await;
    let standard = "<podcast:txt purpose=\"ai-content\">true</podcast:txt>";
    assert_eq!(feed.matches(standard).count(), 2, "the channel and its one episode: {feed}");
    assert!(feed.contains(&format!("{NOTE}.")), "{feed}");
    let vtt = get(text(&manifest["links"], "vtt")).await;
    assert!(vtt.starts_with(&format!("WEBVTT\n\nNOTE {NOTE}\n\n")), "{vtt}");
    let page = get(text(&manifest["links"], "html")).await;
    assert!(page.contains(&format!("<footer><p>{NOTE}</p></footer>")), "{page}");
    let events = get(text(&manifest["links"], "events")).await;
    assert!(events.contains(&format!("\"ai\":\"{NOTE}\"")), "{events}");
}

#[tokio::test]
async fn finished_audio_is_tagged_for_every_player() {
    const SCRIPT: &str = r#"
import json, sys, mutagen.mp3
file = mutagen.mp3.MP3(sys.argv[1])
tags, cover = file.tags, file.tags.getall("APIC")[0]
print(json.dumps({
    "version": file.tags.version, "size": file.tags.size, "title": str(tags["TIT2"]), "author": str(tags["TPE1"]),
    "album": str(tags["TALB"]), "date": str(tags["TDRC"]), "lang": str(tags["TLAN"]), "note": str(tags["TXXX:AI voice"]),
    "text": str(tags.getall("USLT")[0]), "cover": [cover.mime, cover.type, len(cover.data), cover.data[16:24].hex()],
    "chapters": [[c.start_time, c.end_time, str(c.sub_frames["TIT2"])] for c in tags.getall("CHAP")],
    "contents": tags.getall("CTOC")[0].child_element_ids, "length": file.info.length, "sketchy": file.info.sketchy,
}))"#;
    if !has("python3", &["-c", "import mutagen"]) || !has("ffprobe", &["-version"]) {
        return;
    }
    let site = Setup::default().env("LISTEN_PUBLISHER", "The Quay").start().await;
    let markdown = "# Rain over the harbour\n\nIt rained.\n\n## 雨の朝\n\nThen it rained again.\n";
    let body = serde_json::json!({
        "markdown": markdown, "voice": "tone", "byline": "M. Østergård", "published": "2026-11-22", "lang": "en"
    });
    assert_eq!(site.put("tagged", &body).await.0, 201);
    let manifest = site.ready("tagged").await;
    let save = async |ext: &str| {
        let file = site.home().join(format!("tagged.{ext}"));
        std::fs::write(&file, site.bytes(&audio_of(&manifest, ext)).await).unwrap();
        file
    };
    let (mp3, wav) = (save("mp3").await, save("wav").await);
    let read = python(SCRIPT, &mp3);
    assert_eq!(read["version"], serde_json::json!([2, 3, 0]));
    assert!(read["size"].as_u64().unwrap() <= 96 << 10);
    for (field, value) in [
        ("title", "Rain over the harbour"),
        ("author", "M. Østergård"),
        ("album", "The Quay"),
        ("date", "2026-11-22"),
        ("lang", "eng"),
        ("note", NOTE),
        ("text", "Rain over the harbour\n\nIt rained.\n\n雨の朝\n\nThen it rained again."),
    ] {
        assert_eq!(read[field], value, "{field}");
    }
    let heading = manifest["sentences"].as_array().unwrap().iter().find(|s| s["text"] == "雨の朝").unwrap();
    let (at, end) =
        (heading["start_frame"].as_u64().unwrap() * 24, manifest["duration_ms"].as_u64().unwrap());
    assert_eq!(read["chapters"], serde_json::json!([[0, at, "Rain over the harbour"], [at, end, "雨の朝"]]));
    assert_eq!(read["contents"], serde_json::json!(["c0", "c1"]));
    assert_eq!(read["sketchy"], false);
    assert!((read["length"].as_f64().unwrap() * 1000.0 - end as f64).abs() < 0.01, "{read}");
    // PNG, front cover, within 48 KiB and 500 pixels.
    let cover = &read["cover"];
    assert_eq!(
        (&cover[0], &cover[1], &cover[3]),
        (&"image/png".into(), &3.into(), &"000001f4000001f4".into())
    );
    assert!(cover[2].as_u64().unwrap() <= 48 << 10);

    let probed_mp3 = probed(&mp3);
    assert_eq!(probed_mp3["format"]["tags"]["AI voice"], NOTE);
    assert_eq!(probed_mp3["chapters"].as_array().unwrap().len(), 2);
    assert_eq!(probed_mp3["streams"][1]["disposition"]["attached_pic"], 1);
    let probed_wav = probed(&wav);
    let tags = &probed_wav["format"]["tags"];
    assert_eq!(
        (&tags["title"], &tags["artist"], &tags["comment"]),
        (&read["title"], &read["author"], &NOTE.into())
    );
}
