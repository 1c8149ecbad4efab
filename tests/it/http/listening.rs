use futures::StreamExt;
use sha2::{Digest, Sha256};

use super::FERRY;
use crate::site::{Site, error_of, header, json_of};

#[tokio::test]
async fn finished_audio_is_what_its_manifest_says_in_every_form() {
    let site = Site::start().await;
    site.put_article("ferry", FERRY).await;
    let manifest = site.finished("ferry").await;
    for (i, extension, media_type) in [(0, "mp3", "audio/mpeg"), (1, "wav", "audio/wav")] {
        let link = &manifest["audio"][i];
        let answer = site.get(&format!("/v1/articles/ferry/audio.{extension}")).await;
        assert_eq!(header(&answer, "content-type"), media_type);
        assert_eq!(header(&answer, "content-length"), link["bytes"].to_string());
        assert_eq!(header(&answer, "accept-ranges"), "bytes");
        let tag = header(&answer, "etag");
        let whole = answer.bytes().await.expect("a body");
        assert_eq!(Some(whole.len() as u64), link["bytes"].as_u64());
        let url = link["url"].as_str().expect("an address").replace(&site.url, "");
        let immutable = site.get(&url).await;
        assert!(header(&immutable, "cache-control").contains("immutable"));
        assert_eq!(header(&immutable, "etag"), tag);
        assert_eq!(immutable.bytes().await.expect("a body"), whole);
        let part = site.get_with(&url, "range", "bytes=1000-1999").await;
        assert_eq!(part.status(), 206);
        assert_eq!(header(&part, "content-range"), format!("bytes 1000-1999/{}", whole.len()));
        assert_eq!(part.bytes().await.expect("a body"), whole[1000..2000]);
        let last = site.get_with(&url, "range", "bytes=-5").await;
        assert_eq!(last.bytes().await.expect("a body"), whole[whole.len() - 5..]);
        let outside = site.get_with(&url, "range", "bytes=999999999-").await;
        assert_eq!(error_of(outside).await, (416, "range_not_satisfiable".to_owned()));
        assert_eq!(site.get_with(&url, "if-none-match", &tag).await.status(), 304);
        assert_eq!(site.get_with(&url, "if-match", "\"other\"").await.status(), 412);
    }
    site.stop().await;
}

#[tokio::test]
async fn a_finished_mp3_can_be_had_without_its_tag() {
    let site = Site::start().await;
    site.put_article("ferry", FERRY).await;
    let manifest = site.finished("ferry").await;
    let links = manifest["audio"].as_array().expect("links");
    assert_eq!(links.iter().filter(|link| !link["untagged"].is_null()).count(), 1, "{links:?}");
    let path = |name: &str| links[0][name].as_str().expect("an address").replace(&site.url, "");
    let tagged = site.get(&path("url")).await.bytes().await.expect("a body");
    // An ID3v2 tag of the size that its header says, and nothing behind it but sound.
    let size = tagged[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
    let sound = &tagged[10 + size..];
    assert!(tagged.starts_with(b"ID3") && tagged.windows(4).any(|four| four == b"APIC"));
    // The first answer is made the long way, the second from what is at hand.
    for _ in 0..2 {
        let untagged = site.get(&path("untagged")).await;
        assert!(header(&untagged, "cache-control").contains("immutable"));
        assert_ne!(header(&untagged, "etag"), header(&site.get(&path("url")).await, "etag"));
        assert_eq!(untagged.bytes().await.expect("a body"), sound);
        let tag = header(&site.get(&path("untagged")).await, "etag");
        assert_eq!(site.get_with(&path("untagged"), "if-none-match", &tag).await.status(), 304);
        let part = site.get_with(&path("untagged"), "range", "bytes=1000-1999").await;
        assert_eq!(header(&part, "content-range"), format!("bytes 1000-1999/{}", sound.len()));
        assert_eq!(part.bytes().await.expect("a body"), sound[1000..2000]);
    }
    for wrong in [".untagged.wav", ".other.mp3", "..mp3"] {
        let answer = site.get(&path("url").replace(".mp3", wrong)).await;
        assert_eq!(error_of(answer).await, (400, "bad_digest".to_owned()), "{wrong}");
    }
    site.request("DELETE", "/v1/articles/ferry").send().await.expect("an answer");
    assert_eq!(site.get(&path("untagged")).await.status(), 410);
    site.stop().await;
}

#[tokio::test]
async fn heads_and_spliced_ranges_follow_rfc_9110() {
    let site = Site::start().await;
    site.put_article("ferry", FERRY).await;
    site.finished("ferry").await;
    let path = "/v1/articles/ferry/audio.mp3";
    let head = site.request("HEAD", path).header("range", "bytes=0-1").send().await.expect("an answer");
    assert_eq!(head.status(), 200, "§14.2: Range is for GET");
    let bytes: u64 = header(&head, "content-length").parse().expect("a number");
    assert!(bytes > 1000 && head.bytes().await.expect("no body").is_empty());
    let get = |if_range: &str| {
        site.request("GET", path).header("range", "bytes=0-1").header("if-range", if_range).send()
    };
    assert_eq!(get("\"of another revision\"").await.expect("an answer").status(), 200, "§13.1.5");
    let several = site.get_with(path, "range", "bytes=0-9,5000-5009").await;
    assert!(header(&several, "content-type").starts_with("multipart/byteranges; boundary="));
    let announced: usize = header(&several, "content-length").parse().expect("a number");
    assert_eq!(several.bytes().await.expect("a body").len(), announced);
    site.stop().await;
}

/// An article long enough that its audio is not there at once.
fn long() -> String {
    let mut text = String::from("# A long night\n\n");
    for i in 0..400 {
        text.push_str(&format!("Lamp number {i} was lit by the keeper and burned until the morning came. "));
    }
    text
}

#[tokio::test]
async fn audio_streams_while_it_is_made() {
    let site = Site::start().await;
    for attempt in 0..3 {
        let id = format!("night-{attempt}");
        // Another text each time, so that nothing of it is there already.
        site.put_article(&id, &long().replace("Lamp", &format!("Lantern {attempt}"))).await;
        let path = format!("/v1/articles/{id}/audio.mp3");
        let head = site.request("HEAD", &path).send().await.expect("an answer");
        let answer = site.get_with(&path, "range", "bytes=0-").await;
        if answer.headers().contains_key("content-length") {
            continue;
        }
        assert_eq!(answer.status(), 200, "Range is ignored");
        assert_eq!(header(&head, "accept-ranges"), "none");
        assert_eq!(header(&answer, "accept-ranges"), "none");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        let mut streamed = Vec::new();
        let mut chunks = answer.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            streamed.extend_from_slice(&chunk.expect("the whole stream"));
        }
        let manifest = site.finished(&id).await;
        let audio_bytes = manifest["duration_ms"].as_u64().expect("a duration") / 24 * 192;
        assert!(streamed.len() as u64 >= audio_bytes, "{} < {audio_bytes}", streamed.len());
        return site.stop().await;
    }
    panic!("the audio was finished before it could be asked for, three times");
}

#[tokio::test]
async fn a_clip_is_sent_to_the_address_of_its_bytes() {
    let site = Site::start().await;
    let (_, manifest) = site.put_article("ferry", FERRY).await;
    let rev = manifest["revision"].as_str().expect("a revision");
    for i in [3, 0] {
        let answer = site.get(&format!("/v1/articles/ferry/clips/{i}.mp3?rev={rev}")).await;
        assert_eq!(answer.status(), 307);
        assert_eq!(header(&answer, "cache-control"), "no-store");
        let location = header(&answer, "location");
        let sha = location.strip_prefix("/clips/").and_then(|rest| rest.strip_suffix(".mp3"));
        let clip = site.get(&location).await;
        assert!(header(&clip, "cache-control").contains("immutable"));
        assert_eq!(header(&clip, "x-ai-generated"), "Read by an AI voice");
        let bytes = clip.bytes().await.expect("a body");
        assert_eq!(Some(hex::encode(Sha256::digest(&bytes)).as_str()), sha);
        assert_eq!(bytes.len() % 192, 0, "whole frames");
        let part = site.get_with(&location, "range", "bytes=192-383").await;
        assert_eq!(part.bytes().await.expect("a body"), bytes[192..384]);
    }
    let stale = site.get("/v1/articles/ferry/clips/0.mp3?rev=0000000000000000").await;
    assert_eq!(error_of(stale).await, (409, "revision_changed".to_owned()));
    let beyond = site.get(&format!("/v1/articles/ferry/clips/99.mp3?rev={rev}")).await;
    assert_eq!(error_of(beyond).await.0, 404);
    let unknown = site.get(&format!("/clips/{}.mp3", "0".repeat(64))).await;
    assert_eq!(error_of(unknown).await.0, 404);
    site.stop().await;
}

#[tokio::test]
async fn an_unknown_article_is_404_everywhere_and_a_manifest_is_sent_once() {
    let site = Site::start().await;
    for path in ["", "/audio.mp3", "/audio.wav", "/transcript.vtt", "/clips/0.mp3"] {
        assert_eq!(error_of(site.get(&format!("/v1/articles/never{path}")).await).await.0, 404, "{path}");
    }
    site.put_article("ferry", FERRY).await;
    site.finished("ferry").await;
    let answer = site.get("/v1/articles/ferry").await;
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    let tag = header(&answer, "etag");
    assert_eq!(site.get_with("/v1/articles/ferry", "if-none-match", &tag).await.status(), 304);
    let other = site.get("/v1/articles/ferry?voice=nobody").await;
    assert_eq!(error_of(other).await.0, 404, "not on the publisher's list");
    site.stop().await;
}

#[tokio::test]
async fn transcript_and_feed_fit_the_audio() {
    let site = Site::start().await;
    site.put_article("ferry", FERRY).await;
    let manifest = site.finished("ferry").await;
    let transcript = site.get("/v1/articles/ferry/transcript.vtt").await;
    assert_eq!(header(&transcript, "content-type"), "text/vtt; charset=utf-8");
    assert_eq!(header(&transcript, "access-control-allow-origin"), "*");
    let text = transcript.text().await.expect("a body");
    assert!(text.starts_with("WEBVTT") && text.contains("Nobody was on board."), "{text}");
    let feed = site.get("/feeds/default.xml").await;
    assert_eq!(header(&feed, "content-type"), "application/rss+xml; charset=utf-8");
    let tag = header(&feed, "etag");
    let xml = feed.text().await.expect("a body");
    let url = format!("{}{}", site.url, manifest["audio"][0]["url"].as_str().expect("an address"));
    let bytes = &manifest["audio"][0]["bytes"];
    assert!(
        xml.contains(&format!("<enclosure url=\"{url}\" length=\"{bytes}\" type=\"audio/mpeg\"/>")),
        "{xml}"
    );
    assert!(xml.contains("<guid isPermaLink=\"false\">listen:default:ferry</guid>"), "{xml}");
    // Its hashes are added when they are known; then it stays as it is.
    let mut tag = tag;
    let mut status = 0;
    for _ in 0..10 {
        let again = site.get_with("/feeds/default.xml", "if-none-match", &tag).await;
        status = again.status().as_u16();
        if status == 304 {
            break;
        }
        assert_ne!(header(&again, "etag"), tag, "a feed under its own tag is a 304");
        tag = header(&again, "etag");
    }
    assert_eq!(status, 304);
    assert_eq!(error_of(site.get("/feeds/none.xml").await).await, (404, "unknown_feed".to_owned()));
    site.stop().await;
}

/// The voice that articles get without any setting.
#[tokio::test]
async fn the_default_voice_speaks() {
    if crate::is_left_out("flite") {
        return eprintln!("SKIPPED: this build leaves flite out");
    }
    let site = Site::start_with(|config| config.speech.voice_by_lang.clear()).await;
    let (status, ready) = json_of(site.get("/readyz").await).await;
    if status != 200 {
        eprintln!("SKIPPED: {ready}");
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|v| v != "1"), "SKIPPED: {ready}");
        return site.stop().await;
    }
    site.put_article("ferry", FERRY).await;
    let manifest = site.finished("ferry").await;
    let spoken_ms = manifest["duration_ms"].as_u64().expect("a duration");
    assert!((6_000..30_000).contains(&spoken_ms), "27 words in {spoken_ms} ms");
    site.stop().await;
}
