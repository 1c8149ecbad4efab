//! What axe-core says of the player, and of the service's own pages.

use serde_json::json;

use super::chrome::{Chrome, Tab, skipped};
use super::{ARTICLE, site, with_chrome};
use crate::site::Site;

/// axe-core, where ./test has put it.
fn source() -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/node/node_modules/axe-core/axe.min.js");
    let source = std::fs::read_to_string(path).ok();
    if source.is_none() {
        skipped("axe-core is not there: ./test puts it into target/node");
    }
    source
}

/// What is wrong in a part of a page, and whether it is wider than the window.
fn judge(tab: &mut Tab<'_>, axe: &str, part: &str) -> Vec<String> {
    tab.eval(&format!("{axe};undefined"));
    let run = format!(
        "axe.run({part}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ')))"
    );
    let found = tab.eval(&run);
    let mut found: Vec<_> = found.as_array().into_iter().flatten().map(ToString::to_string).collect();
    if tab.eval("document.documentElement.scrollWidth <= innerWidth") != true {
        found.push("it is wider than the window".to_owned());
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_light_dark_mini_and_on_a_phone() {
    let Some(axe) = source() else { return };
    let (site, host) = site().await;
    let url = host.url.clone();
    let found = with_chrome(move |chrome| {
        let mut found = Vec::new();
        for (query, width, scroll) in [("", 1000, 0), ("dark", 1000, 0), ("", 1000, 1200), ("", 360, 0)] {
            let mut tab = chrome.open(&format!("{url}/page?{query}"), width, 800);
            let playing = format!(
                "(async () => {{ const p = document.querySelector('listen-player'); await p.play();
                 scrollTo(0, {scroll}); await new Promise(done => setTimeout(done, 600)) }})()"
            );
            tab.eval(&playing);
            let wrong = judge(&mut tab, &axe, "'listen-player'");
            found.extend(wrong.iter().map(|wrong| format!("{query} {width} {scroll}: {wrong}")));
        }
        found
    });
    let found = found.await.unwrap_or_default();
    assert!(found.is_empty(), "{found:#?}");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_the_services_own_pages() {
    let Some(axe) = source() else { return };
    let site = Site::start().await;
    assert_eq!(site.put_article("lamp", ARTICLE).await.0, 201);
    site.finished("lamp").await;
    let url = site.url.clone();
    let found = with_chrome(move |chrome| {
        let mut found = Vec::new();
        for path in ["/", "/figures", "/docs", "/embed/lamp"] {
            for (scheme, width) in [("light", 1000), ("dark", 1000), ("light", 360)] {
                let mut tab = in_scheme(chrome, &format!("{url}{path}"), width, scheme);
                let wrong = judge(&mut tab, &axe, "document");
                found.extend(wrong.iter().map(|wrong| format!("{path} {scheme} {width}: {wrong}")));
            }
        }
        found
    });
    let found = found.await.unwrap_or_default();
    assert!(found.is_empty(), "{found:#?}");
    site.stop().await;
}

fn in_scheme<'a>(chrome: &'a mut Chrome, url: &str, width: u32, scheme: &str) -> Tab<'a> {
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    chrome.open_with(url, width, 800, &[("Emulation.setEmulatedMedia", media)])
}
