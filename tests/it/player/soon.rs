//! How soon sound comes of an article of which nothing is made, by a real voice. A loaded machine is
//! slow in everything, so what is measured is held against what the same steps cost at that moment;
//! `benches/player.py` measures the times themselves.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::chrome::skipped;
use super::{host_of, with_chrome};
use crate::site::Site;

/// From the press to the sound of an article of which nothing is made, and from a jump into what is not
/// made to its sound.
const PRESS_MAX: Duration = Duration::from_millis(300);
const JUMP_MAX: Duration = Duration::from_millis(500);

/// On a loaded machine: so many times what the service took just then for a sentence that is not made, and
/// the browser for one that is.
const TIMES_MAX: u32 = 3;

/// Articles that are tried until both were soon enough; the first one only starts the browser's sound. What
/// waits where it need not is late in each.
const ARTICLES: usize = 9;

/// Sentences of an article, and those that are jumped to: nobody has made them by then.
const SENTENCES: usize = 240;
const FAR: usize = 180;
const FARTHER: usize = 230;

fn story(number: usize) -> String {
    (0..SENTENCES).fold(String::new(), |mut text, i| {
        let _ =
            write!(text, "In story {number} the boat of day {i} left the landing stage at noon sharp.\n\n");
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_comes_soon_where_nothing_is_made() {
    if crate::is_left_out("flite") {
        return eprintln!("not looked at: this build leaves flite out");
    }
    let site = Site::start_with(|config| config.speech.voice_by_lang.clear()).await;
    let readiness = site.app.readiness().await;
    if !readiness.ready {
        skipped(&readiness.problems.join("; "));
        return site.stop().await;
    }
    let host = host_of(&site, Vec::new()).await;
    let (url, service) = (host.url.clone(), site.url.clone());
    let runtime = tokio::runtime::Handle::current();
    let late = with_chrome(move |chrome| {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut late = String::new();
        let (mut pressed, mut jumped) = (false, false);
        for number in 0..ARTICLES {
            let article = format!("{service}/v1/articles/story-{number}");
            let text = serde_json::json!({ "text": story(number) });
            // The page is there, and so is the player, before the article is published.
            let put = runtime.block_on(client.put(&article).json(&text).send()).expect("an answer");
            assert_eq!(put.status(), 201);
            let began = Instant::now();
            let clip = runtime.block_on(client.get(format!("{article}/clips/{FARTHER}.mp3")).send());
            let made = runtime.block_on(clip.expect("an answer").bytes()).expect("a body");
            assert!(!made.is_empty());
            let service = began.elapsed();
            let mut tab = chrome.open(&format!("{url}/page?article=story-{number}"), 1000, 800);
            let mut soon = |act: &str, i: usize| {
                let ms = tab.eval(&format!(
                    "import('/suite.js').then(async suite => {{
                        const player = document.querySelector('listen-player');
                        await player.load();
                        return suite.soon(() => {act}, {i});
                    }})"
                ));
                Duration::from_secs_f64(ms.as_f64().expect("milliseconds") / 1000.0)
            };
            let press = soon("player.shadowRoot.querySelector('.play').click()", 0);
            let jump = soon(&format!("player.seekSentence({FAR})"), FAR);
            let back = soon("player.seekSentence(0)", 0);
            let measured = format!("press {press:?}, jump {jump:?}; service {service:?}, browser {back:?}");
            eprintln!("{measured}");
            if number > 0 {
                let loaded = (service + back) * TIMES_MAX;
                pressed |= press <= PRESS_MAX.max(loaded);
                jumped |= jump <= JUMP_MAX.max(loaded);
                let _ = writeln!(late, "{measured}");
            }
            if pressed && jumped {
                return String::new();
            }
        }
        late
    });
    let late = late.await.unwrap_or_default();
    assert!(late.is_empty(), "never soon:\n{late}");
    site.stop().await;
}
