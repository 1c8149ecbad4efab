//! The player in a real browser: on a page of another origin, with the service as it is and as it
//! misbehaves. Most checks are made by the page itself, in `tests/player/suite.js`.
#![allow(clippy::print_stderr, reason = "a skipped check says so")]

mod axe;
mod chrome;
mod host;
mod media;
mod soon;

use serde_json::{Value, json};

use crate::site::Site;
use chrome::Chrome;
use host::Host;

const ARTICLE: &str = include_str!("../player/article.md");

/// A page, what the service does there, and the groups of checks that are made on it.
type Page = (&'static str, &'static [&'static str]);

/// Where all audio is there.
const FINISHED: &[Page] = &[
    ("bare", &["lacking"]),
    ("", &["quiet", "sound"]),
    ("", &["look"]),
    ("script=pinned", &["quiet", "page", "faulty", "align"]),
    ("rangeless", &["rangeless"]),
    ("cut", &["cut"]),
    ("broken", &["broken"]),
    ("again", &["next"]),
];

/// Where audio is made while it is heard.
const UNMADE: &[Page] = &[
    ("unmade&random", &["unmade"]),
    ("unmade", &["sound"]),
    ("unmade&pitch", &["pitch"]),
    ("unmade&events", &["events"]),
    ("unmade&random&nomse", &["unmade"]),
    ("unmade&nomse", &["sound"]),
    ("csp=strict&script=pinned&unmade", &["policy"]),
    ("csp=noblob&unmade", &["policy"]),
];

async fn site() -> (Site, Host) {
    let site = Site::start().await;
    let older = json!({ "markdown": "It was told before, and now it is told again.",
                        "title": "An older story", "published": "2001-02-03" });
    let put = site.request("PUT", "/v1/articles/older").json(&older).send().await.expect("an answer");
    assert_eq!((put.status().as_u16(), site.put_article("lamp", ARTICLE).await.0), (201, 201));
    site.finished("older").await;
    site.finished("lamp").await;
    let sound = site.get("/v1/articles/lamp/audio.mp3").await.bytes().await.expect("a body");
    let host = host_of(&site, sound.to_vec()).await;
    (site, host)
}

async fn host_of(site: &Site, sound: Vec<u8>) -> Host {
    let script = site.get("/listen-player.js").await.text().await.expect("a script");
    Host::start(&site.url, script, sound).await
}

/// Runs blocking work with a browser beside the service.
async fn with_chrome<T: Send + 'static>(work: impl FnOnce(&mut Chrome) -> T + Send + 'static) -> Option<T> {
    let work = move || Chrome::start().map(|mut chrome| work(&mut chrome));
    tokio::task::spawn_blocking(work).await.expect("no panic")
}

/// How often a page may be opened until all of its checks hold.
const TRIES: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn it_plays_what_is_finished_and_changes_nothing() {
    plays_everywhere(FINISHED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_plays_what_is_made_while_it_is_heard() {
    plays_everywhere(UNMADE).await;
}

async fn plays_everywhere(pages: &'static [Page]) {
    let (site, host) = site().await;
    let url = host.url.clone();
    let failed = with_chrome(move |chrome| {
        let mut failed = Vec::new();
        for (query, groups) in pages {
            eprintln!("{query}:");
            // Sound is timed by the clock: a machine that was busy for a moment gets another chance.
            let mut failures = Vec::new();
            for _ in 0..TRIES {
                failures = chrome.open(&format!("{url}/page?{query}"), 1000, 800).run(groups);
                if failures.is_empty() {
                    break;
                }
                eprintln!("{query}: {failures:?}");
            }
            failed.extend(failures.into_iter().map(|failure| format!("{query}: {failure}")));
        }
        failed
    });
    let failed = failed.await.unwrap_or_default();
    assert!(failed.is_empty(), "{failed:#?}");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_it_should_be_is_not_run() {
    let (site, host) = site().await;
    let url = host.url.clone();
    let seen = with_chrome(move |chrome| {
        // Not the bytes that the page knows, and the player of another version of the service.
        let unknown = ["wrong", "old"].map(|script| {
            let mut tab = chrome.open(&format!("{url}/page?script={script}"), 1000, 800);
            let defined = tab.eval("!!customElements.get('listen-player')");
            (defined, tab.eval("document.querySelector('listen-player audio').checkVisibility()"))
        });
        let mut tab = chrome.open(&format!("{url}/page?script=tampered"), 1000, 800);
        let state = "(async () => { const p = document.querySelector('listen-player'); await p.load();
            await p.play(); return p.state })()";
        (unknown, tab.eval(state))
    });
    if let Some((unknown, tampered)) = seen.await {
        assert_eq!(
            unknown,
            [(); 2].map(|()| (json!(false), json!(true))),
            "the browser's own player is there"
        );
        assert_eq!(tampered, "failed");
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_screen_readers_reach_everything() {
    let (site, host) = site().await;
    let url = host.url.clone();
    with_chrome(move |chrome| {
        let mut tab = chrome.open(&format!("{url}/page"), 1000, 800);
        tab.eval("document.querySelector('listen-player').load().then(() => undefined)");
        let name = "document.activeElement.shadowRoot?.activeElement?.ariaLabel ?? ''";
        let focused = |tab: &mut chrome::Tab<'_>| tab.eval(name).as_str().unwrap_or_default().to_owned();
        tab.press("Tab", 9, "");
        tab.press("Tab", 9, "");
        assert_eq!(focused(&mut tab), "Play", "after the link before it");
        tab.press(" ", 32, " ");
        let playing = "new Promise(done => { const p = document.querySelector('listen-player');
            const look = () => p.state === 'playing' ? done(true) : setTimeout(look, 20); look() })";
        assert_eq!(tab.eval(playing), true);
        let mut walk = vec![focused(&mut tab)];
        for _ in 0..5 {
            tab.press("Tab", 9, "");
            walk.push(focused(&mut tab));
        }
        let wanted = ["Pause", "Back 15 seconds", "Position", "Forward 30 seconds", "Speed", "More"];
        assert_eq!(walk, wanted);
        let at = "document.querySelector('listen-player').currentTime";
        tab.press("k", 75, "k");
        let before = tab.eval(at).as_f64().unwrap_or_default();
        tab.press("ArrowRight", 39, "");
        let after = tab.eval(at).as_f64().unwrap_or_default();
        assert!((after - before - 30.0).abs() < 0.5, "{before} → {after}");
        tab.press("<", 188, "<");
        assert_eq!(tab.eval("document.querySelector('listen-player').playbackRate"), 0.75);
        assert_eq!(tree(&mut tab), TREE);
    })
    .await;
    site.stop().await;
}

/// What a screen reader is told of the player while it is paused.
const TREE: [&str; 7] = [
    "group: Listen to this article",
    "button: Play",
    "button: Back 15 seconds",
    "slider: Position",
    "button: Forward 30 seconds",
    "combobox: Speed",
    "button: More",
];

fn tree(tab: &mut chrome::Tab<'_>) -> Vec<String> {
    tab.ask("Accessibility.enable", json!({}));
    let tree = tab.ask("Accessibility.getFullAXTree", json!({}));
    let told = |node: &Value| {
        let (role, name) = (node["role"]["value"].as_str()?, node["name"]["value"].as_str()?);
        let kinds = ["group", "button", "slider", "combobox"];
        (node["ignored"] == false && kinds.contains(&role)).then(|| format!("{role}: {name}"))
    };
    tree["nodes"].as_array().into_iter().flatten().filter_map(told).collect()
}
