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

fn page(articles: Vec<Summary>, next: Option<&str>, needs_key: bool) -> String {
    let listing = Listing { articles, next: next.map(str::to_owned) };
    html(&Shown {
        public_url: "http://127.0.0.1:5478",
        publisher: "",
        listing: &listing,
        first: true,
        needs_key,
    })
}

#[test]
fn an_article_is_shown_with_a_plain_player() {
    let html = page(vec![summary("ferry", "The last ferry", State::Ready)], None, false);
    assert!(html.contains("<h3 id=\"title-ferry\" lang=\"en\" dir=\"ltr\">The last ferry</h3>"), "{html}");
    assert!(html.contains("src=\"v1/articles/ferry/audio.mp3\""), "{html}");
    assert!(html.contains("preload=\"none\"") && html.contains("🎧 5 min listen"), "{html}");
    assert!(!html.contains("Ada Quill"), "a visitor sees title, label and audio");
    assert!(!html.contains("<script") && !html.contains("//cdn"), "{html}");
}

#[test]
fn hostile_titles_and_cursors_stay_text() {
    let html = page(vec![summary("a", "<img src=x onerror=1> & \"", State::Ready)], Some("a\"&b c"), false);
    assert!(html.contains("&lt;img src=x onerror=1&gt; &amp;"), "{html}");
    assert!(html.contains("href=\"./?after=a%22%26b%20c\""), "{html}");
    assert!(!html.contains("<img"), "{html}");
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
    let failed = summary("a", "t", State::Failed);
    assert!(!page(vec![failed.clone()], None, false).contains("<audio"));
    let older = Summary { ready_revision: Some("0".repeat(16)), ..failed };
    assert!(page(vec![older], None, false).contains("<audio"));
    for state in [State::Queued, State::Rendering] {
        assert!(page(vec![summary("a", "t", state)], None, false).contains("<audio"));
    }
}

#[test]
fn the_way_to_publish_fits_the_access_rules() {
    assert!(!page(Vec::new(), None, false).contains("Authorization"));
    let html = page(Vec::new(), None, true);
    assert!(html.contains("Bearer $LISTEN_API_KEY") && html.contains("Nothing here yet"), "{html}");
}

/// Writes pages for the eye when `LISTEN_PAGE_DIR` names a folder; otherwise only renders them.
#[test]
fn sample_pages_render() {
    let mut arabic = summary("harbour-ar", "العبّارة الأخيرة تغادر الميناء", State::Queued);
    arabic.lang = "ar".parse().expect("a language");
    let articles = vec![
        summary("last-ferry", "The last ferry leaves the old harbour on Sunday", State::Ready),
        summary(
            "long-headline",
            "Council votes after a nine-hour session to keep the market hall, the tram depot and \
             Donaudampfschifffahrtsgesellschaftskapitänswitwenrente out of private hands",
            State::Rendering,
        ),
        arabic,
        summary("broken", "A page that no voice could say", State::Failed),
    ];
    let full = page(articles, Some("cursor"), false);
    let empty = page(Vec::new(), None, true);
    assert!(full.ends_with("</html>\n") && empty.ends_with("</html>\n"));
    if let Some(folder) = std::env::var_os("LISTEN_PAGE_DIR") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::write(folder.join("full.html"), full).expect("a file");
        std::fs::write(folder.join("empty.html"), empty).expect("a file");
    }
}
