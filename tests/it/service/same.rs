//! The same article twice, in two fresh caches: the same bytes.

use std::fs;
use std::process::Stdio;

use super::frames::audio_frames;
use super::site::{Setup, Site};

const ARTICLE: &str = "# The last light keeper\n\nOn 3 May 1958 the lamp was switched off. It cost $1.5bn.\n\n\
                       ## What came after\n\n- A school moved in.\n- The tower stayed.\n\n> It was never dark, she said.\n";

/// What `listen render` makes of the article, in a cache that is not there yet.
fn rendered(site: &Site, ext: &str, voice: &str, run: &str) -> Vec<u8> {
    let (page, cache) = (site.home().join("page.md"), site.home().join(format!("cache-{voice}-{ext}-{run}")));
    fs::write(&page, ARTICLE).unwrap();
    let output = format!("{run}.{ext}");
    let done = site
        .command(&["render", "page.md", "-o", &output, "--voice", voice, "--cache", cache.to_str().unwrap()])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success(), "{}", site.log());
    fs::read(site.home().join(output)).unwrap()
}

#[tokio::test]
async fn two_runs_into_two_fresh_caches_give_the_same_bytes() {
    let start = || Setup::default().small_voice().start();
    let (one, two) = (start().await, start().await);
    for (engine, voice) in
        [("tone", "tone"), ("flite", "rms"), ("espeak", "espeak-en-us"), ("piper", "small")]
    {
        if engine != "tone" && one.skip_without(engine).await {
            continue;
        }
        let body = serde_json::json!({ "markdown": ARTICLE, "voice": voice });
        for site in [&one, &two] {
            assert!(site.put("same", &body).await.0.is_success(), "{voice}");
            site.ready("same").await;
        }
        for ext in ["mp3", "wav"] {
            let path = format!("/v1/articles/same/audio.{ext}");
            let served = site_bytes(&one, &path).await;
            assert!(served == site_bytes(&two, &path).await, "{voice}.{ext}: two services differ");
            let file = rendered(&one, ext, voice, "one");
            assert!(file == rendered(&two, ext, voice, "two"), "{voice}.{ext}: two renders differ");
            if ext == "mp3" {
                assert!(audio_frames(&file) == audio_frames(&served), "{voice}: render and serve differ");
            }
        }
    }
}

async fn site_bytes(site: &Site, path: &str) -> Vec<u8> {
    site.bytes(path).await.to_vec()
}
