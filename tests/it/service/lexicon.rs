//! A changed lexicon: what is made again, and what is not.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::site::{Setup, Site, audio_of, text};

const TEXT: &str = "Siobhan rowed out.\n\nThe boat was old. Nobody called siobhans back, but Siobhan came.";

async fn put(site: &Site, toml: &str) -> Value {
    let request = site.client.put(site.url("/v1/lexicon")).header(CONTENT_TYPE, "application/toml");
    let response = request.body(toml.to_owned()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn clips(manifest: &Value) -> Vec<&str> {
    manifest["sentences"].as_array().unwrap().iter().map(|sentence| text(sentence, "clip")).collect()
}

#[tokio::test]
async fn exactly_the_sentences_that_are_said_otherwise_are_made_again() {
    let site = Site::start().await;
    let first = site.publish_ready("boat", TEXT, "tone").await;
    let shed = site.publish_ready("shed", "The shed is empty.", "tone").await;
    let made = site.syntheses().await;

    let change = put(&site, "[[entry]]\nwritten = \"Siobhan\"\nsay = \"Shivawn\"\n").await;
    let articles = json!({ "affected": 1, "searched": 2, "complete": true, "ids": ["boat"] });
    assert_eq!(change, json!({ "entries": 1, "articles": articles, "rebuild": "listen rebuild boat" }));
    assert_eq!(site.manifest("boat").await["revision"], first["revision"], "nothing changes by itself");

    let second = site.publish_ready("boat", TEXT, "tone").await;
    assert_ne!(second["revision"], first["revision"]);
    let changed: Vec<usize> = (0..3).filter(|i| clips(&first)[*i] != clips(&second)[*i]).collect();
    assert_eq!(changed, [0, 2]);
    assert_eq!(site.syntheses().await - made, 2.0);
    assert_eq!(second["sentences"][0]["text"], "Siobhan rowed out.", "the page's words stay");
    // What is said is another word, what is highlighted is the one on the page.
    let words = second["sentences"][0]["words"].as_array().unwrap();
    assert_eq!(words.iter().map(|word| (&word[0], &word[1])).next(), Some((&json!(0), &json!(7))));
    let again = site.publish_ready("shed", "The shed is empty.", "tone").await;
    assert_eq!(again["revision"], shed["revision"]);

    // Without the entry the old revision, with its audio, is back.
    let change = put(&site, "").await;
    assert_eq!((&change["entries"], &change["articles"]["affected"]), (&json!(0), &json!(1)));
    let back = site.publish_ready("boat", TEXT, "tone").await;
    assert_eq!((&back["revision"], audio_of(&back, ".mp3")), (&first["revision"], audio_of(&first, ".mp3")));
    assert_eq!(site.syntheses().await - made, 2.0);
}

#[tokio::test]
async fn rebuild_reads_stored_articles_by_the_lexicon_of_now() {
    let site = Site::start().await;
    let first = site.publish_ready("boat", TEXT, "tone").await;
    put(&site, "[[entry]]\nwritten = \"Siobhan\"\nsay = \"Shivawn\"\n").await;
    let rebuilt = site.command(&["rebuild", "--all", "--json"]).output().unwrap();
    let rebuilt: Value = serde_json::from_slice(&rebuilt.stdout).unwrap();
    assert_eq!(
        (&rebuilt["rebuilt"][0]["id"], &rebuilt["rebuilt"][0]["changed"]),
        (&json!("boat"), &json!(true))
    );
    let second = site.ready("boat").await;
    assert_ne!(second["revision"], first["revision"]);
    assert_eq!(clips(&first)[1], clips(&second)[1]);
    assert_ne!(clips(&first)[0], clips(&second)[0]);
}

/// A voice that is made of phonemes says the sound itself; the same entry leaves one of letters alone.
#[tokio::test]
async fn a_given_sound_is_said_by_the_voices_that_take_sounds() {
    let site = Setup::default().small_voice().start().await;
    if site.skip_without("piper").await {
        return;
    }
    let heard = async |id: &str| site.bytes(&format!("/v1/articles/{id}/audio.wav")).await;
    site.publish_ready("boat", TEXT, "small-even").await;
    site.publish_ready("beeps", TEXT, "tone").await;
    // espeak-ng says "Shivawn" as the entry says "Siobhan".
    site.publish_ready("meant", &TEXT.replace("Siobhan", "Shivawn"), "small-even").await;
    let (before, beeps, meant) = (heard("boat").await, heard("beeps").await, heard("meant").await);
    assert_ne!(before, meant);
    let made = site.syntheses().await;
    put(&site, "[[entry]]\nwritten = \"Siobhan\"\nipa = \"ʃˈɪvɔːn\"\n").await;
    let given = site.publish_ready("boat", TEXT, "small-even").await;
    site.publish_ready("beeps", TEXT, "tone").await;
    assert_eq!(site.syntheses().await - made, 2.0, "two sentences of the one article");
    let (after, still) = (heard("boat").await, heard("beeps").await);
    // Behind the samples the tags differ: they hold the text.
    let samples =
        |wav: &Bytes| wav.slice(44..44 + u32::from_le_bytes(wav[40..44].try_into().unwrap()) as usize);
    assert_eq!(samples(&after), samples(&meant));
    assert_eq!(samples(&still), samples(&beeps));
    assert_eq!(given["sentences"][0]["text"], "Siobhan rowed out.");
}
