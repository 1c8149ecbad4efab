use super::*;
use crate::article::Lang;

fn summary(id: &str, title: &str, state: State) -> Summary {
    Summary {
        id: id.parse().expect("an id"),
        title: Some(title.to_owned()),
        byline: Some("Ada Quill".to_owned()),
        url: None,
        lang: Lang::english(),
        published: None,
        state,
        revision: "0123456789abcdef".to_owned(),
        ready_revision: (state == State::Ready).then(|| "0123456789abcdef".to_owned()),
        words: 756,
        label: "🎧 5 min listen".to_owned(),
    }
}

fn speaker(id: &str, engine: &str) -> Speaker {
    Speaker {
        id: id.to_owned(),
        engine: engine.to_owned(),
        title: format!("Voice <{id}>"),
        lang: Lang::english(),
        sample: "It rained & \"rained\".".to_owned(),
    }
}

fn page(articles: Vec<Summary>, next: Option<&str>, needs_key: bool) -> String {
    let progress = vec![Some((3, 9)); articles.len()];
    let listing = Listing { articles, next: next.map(str::to_owned) };
    html(&Shown {
        public_url: "http://127.0.0.1:5478",
        publisher: "",
        listing: &listing,
        progress: &progress,
        first: true,
        needs_key,
        problems: &[],
        voices: &[speaker("rms", "flite")],
    })
}

#[test]
fn an_article_is_shown_with_the_player_and_plays_without_scripts() {
    let html = page(vec![summary("ferry", "The last ferry", State::Ready)], None, false);
    assert!(html.contains("<h3 id=\"title-ferry\" lang=\"en\" dir=\"ltr\">The last ferry</h3>"), "{html}");
    assert!(html.contains("<listen-player src=\"v1/articles/ferry\""), "{html}");
    assert!(html.contains("src=\"v1/articles/ferry/audio.mp3\""), "{html}");
    assert!(html.contains("preload=\"none\"") && html.contains("🎧 5 min listen"), "{html}");
    assert!(html.contains("<progress max=\"9\" value=\"3\"") && html.contains("3 of 9 sentences"), "{html}");
    assert!(!html.contains("Ada Quill"), "a visitor sees title, label and audio");
    assert!(!html.contains("<script>") && !html.contains("//cdn") && !html.contains("style="), "{html}");
}

#[test]
fn hostile_titles_addresses_and_cursors_stay_text() {
    let mut hostile = summary("a", "<img src=x onerror=1> & \"", State::Ready);
    hostile.url = Some("javascript:alert(1)".to_owned());
    let html = page(vec![hostile.clone()], Some("a\"&b c"), false);
    assert!(html.contains("&lt;img src=x onerror=1&gt; &amp;"), "{html}");
    assert!(html.contains("href=\"./?after=a%22%26b%20c\""), "{html}");
    assert!(!html.contains("<img") && !html.contains("javascript:"), "{html}");
    hostile.url = Some("https://a.example/?\"><script>".to_owned());
    let html = page(vec![hostile], None, false);
    assert!(html.contains("href=\"https://a.example/?&quot;&gt;&lt;script&gt;\""), "{html}");
}

#[test]
fn a_title_that_is_missing_is_the_id() {
    let mut bare = summary("2026-ferry", "  ", State::Ready);
    assert!(page(vec![bare.clone()], None, false).contains(">2026-ferry</h3>"));
    bare.title = None;
    assert!(page(vec![bare], None, false).contains(">2026-ferry</h3>"));
}

#[test]
fn what_cannot_play_has_no_player() {
    let players = |article: Summary| articles_of(&page(vec![article], None, false));
    let failed = summary("a", "t", State::Failed);
    assert_eq!(players(failed.clone()), 0);
    let older = Summary { ready_revision: Some("0".repeat(16)), ..failed };
    assert_eq!(players(older), 1);
    for state in [State::Queued, State::Rendering] {
        assert_eq!(players(summary("a", "t", state)), 1);
    }
}

/// Players in the list of articles; the ways to embed one show one more.
fn articles_of(html: &str) -> usize {
    html.matches("<listen-player src=").count()
}

#[test]
fn the_way_to_publish_fits_the_access_rules() {
    assert!(!page(Vec::new(), None, false).contains("Authorization"));
    let html = page(Vec::new(), None, true);
    assert!(html.contains("Bearer $LISTEN_API_KEY") && html.contains("Nothing here yet"), "{html}");
}

#[test]
fn what_is_missing_is_said_first() {
    let listing = Listing { articles: Vec::new(), next: None };
    let problems = ["libflite is not there: apt install <libflite1>".to_owned()];
    let html = html(&Shown {
        public_url: "http://127.0.0.1:5478",
        publisher: "Harbour & Gazette",
        listing: &listing,
        progress: &[],
        first: true,
        needs_key: false,
        problems: &problems,
        voices: &[],
    });
    let said = html.find("apt install &lt;libflite1&gt;").expect("the problem");
    assert!(said < html.find("id=\"articles\"").expect("the articles"), "{html}");
    assert!(html.contains("<h1>Harbour &amp; Gazette, read aloud.</h1>"), "{html}");
    assert!(html.contains("No voice can speak on this machine yet"), "{html}");
}

#[test]
fn few_voices_get_cards_and_many_a_list() {
    let few = panels::voices(&[speaker("rms", "flite"), speaker("slt", "flite")]);
    assert_eq!(few.matches("class=\"hear\"").count(), 2, "{few}");
    assert!(few.contains("data-sample=\"It rained &amp; &quot;rained&quot;.\""), "{few}");
    assert!(few.contains("Voice &lt;rms&gt;"), "{few}");
    let many: Vec<Speaker> = (0..100).map(|i| speaker(&format!("espeak-{i}"), "espeak")).collect();
    let many = panels::voices(&many);
    assert_eq!((many.matches("<option").count(), many.matches("class=\"hear\"").count()), (100, 0));
}

#[test]
fn what_is_copied_is_what_works() {
    let html = page(vec![summary("ferry", "The last ferry", State::Ready)], None, false);
    assert!(
        html.contains("&lt;listen-player src=&quot;http://127.0.0.1:5478/v1/articles/ferry&quot;&gt;"),
        "{html}"
    );
    let script = crate::http::player::entry();
    assert!(html.contains(&format!("src=&quot;http://127.0.0.1:5478{}&quot;", script.path)), "{html}");
    assert!(html.contains(&format!("integrity=&quot;{}&quot;", script.integrity)), "{html}");
    assert!(html.contains("<a class=\"ways\" href=\"embed/ferry/code\">"), "{html}");
    assert!(html.contains("href=&quot;http://127.0.0.1:5478/feeds/default.xml&quot;"), "{html}");
}
