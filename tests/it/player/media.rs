//! Readers who chose colours of their own or less motion, and those whose browser runs no scripts.

use serde_json::{Value, json};

use super::chrome::Tab;
use super::{site, with_chrome};

/// Plays, and says what can be seen of it.
const SEEN: &str = "(async () => {
    const player = document.querySelector('listen-player');
    const inside = selector => player.shadowRoot.querySelector(selector);
    await player.play();
    const style = selector => getComputedStyle(inside(selector));
    const seen = { border: style('.play').borderTopColor, ground: style('.play').backgroundColor,
                   line: style('.play svg').stroke };
    scrollTo(0, 1200);
    while (!inside('.bar').popover) await new Promise(done => setTimeout(done, 20));
    seen.moves = inside('.bar').getAnimations().length;
    player.pause();
    inside('.bar').classList.add('waiting');
    seen.waits = style('.play svg').animationName;
    return seen;
})()";

fn media(name: &str, value: &str) -> (&'static str, Value) {
    ("Emulation.setEmulatedMedia", json!({ "features": [{ "name": name, "value": value }] }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_readers_own_colours_and_wish_for_less_motion_are_kept_to() {
    let (site, host) = site().await;
    let url = format!("{}/page", host.url);
    let seen = with_chrome(move |chrome| {
        let mut seen = |media| chrome.open_with(&url, 1000, 800, &[media]).eval(SEEN);
        (
            seen(media("prefers-reduced-motion", "no-preference")),
            seen(media("prefers-reduced-motion", "reduce")),
            seen(media("forced-colors", "active")),
        )
    });
    if let Some((usual, still, forced)) = seen.await {
        assert_eq!((&usual["moves"], &usual["waits"]), (&json!(1), &json!("wait")), "what else would move");
        assert_eq!((&still["moves"], &still["waits"]), (&json!(0), &json!("none")));
        assert_eq!(usual["border"], "rgba(0, 0, 0, 0)", "the colour of the button is its edge");
        assert_ne!(forced["border"], usual["border"], "the button has an edge: {forced}");
        assert_ne!(forced["line"], forced["ground"], "what is on the button can be seen: {forced}");
        assert_ne!(forced["ground"], usual["ground"], "the reader's colours: {forced}");
    }
    site.stop().await;
}

/// The box of what a selector finds, from the browser itself: no script runs in the page.
fn is_seen(tab: &mut Tab<'_>, selector: &str) -> bool {
    let root = tab.ask("DOM.getDocument", json!({}))["root"]["nodeId"].clone();
    let node =
        tab.ask("DOM.querySelector", json!({ "nodeId": root, "selector": selector }))["nodeId"].clone();
    let quads = tab.ask("DOM.getContentQuads", json!({ "nodeId": node }))["quads"].clone();
    let corners: Vec<f64> = quads[0].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    corners.len() == 8 && corners[4] - corners[0] > 40.0 && corners[5] - corners[1] > 10.0
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_there_is_the_browsers_own_player_and_a_link() {
    let (site, host) = site().await;
    let (page, own) = (format!("{}/page", host.url), site.url.clone());
    let seen = with_chrome(move |chrome| {
        let off = [("Emulation.setScriptExecutionDisabled", json!({ "value": true }))];
        let mut seen =
            |url: &str, selector: &str| is_seen(&mut chrome.open_with(url, 1000, 800, &off), selector);
        [
            seen(&page, "listen-player > audio"),
            seen(&page, "listen-player > a"),
            seen(&own, "listen-player > audio"),
            seen(&format!("{own}/embed/lamp"), "listen-player > audio"),
        ]
    });
    if let Some(seen) = seen.await {
        assert_eq!(seen, [true; 4], "the player and the link of the page, the player of / and of /embed/");
    }
    let audio = site.get("/v1/articles/lamp/audio.mp3").await;
    assert_eq!(
        (audio.status().as_u16(), crate::site::header(&audio, "content-type")),
        (200, "audio/mpeg".to_owned())
    );
    site.stop().await;
}
