//! `listen script --json` and `POST /v1/preview` are two faces of one answer: what an editor sees at the
//! desk is what a program is told.

use std::path::Path;

use serde_json::Value;

use super::site::{Setup, Site};

/// A name whose sound the publisher's lexicon gives.
const LEXICON: &str = "[[entry]]\nwritten = \"Siobhan\"\nsay = \"Shivawn\"\n";

/// The text of a page with its menus, a slot, a damaged dash and what is put into words.
const DUMP: &str = "Home\nNews\nSport\n\nThe ferry that nobody sold\n\nBy Siobhan Lind · 3h ago · 4 min read\n\n\
    The ferry cost $1.5bn in 2019, Dr. Siobhan Lind said, and β€” as 21% of the town knew — it never sailed.\n\n\
    Advertisementsport_top_article_2\n\n\
    Nobody had asked for it, nobody paid for it, and on the third of May nobody came to see it towed away.\n\n\
    Discussion (2)\n\nJo Aldous: Lovely.\n";

struct Case {
    file: &'static str,
    body: String,
    format: &'static str,
    content_type: &'static str,
    /// Notes must name all of these kinds, so that empty answers cannot agree.
    kinds: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let case = |file, body, format, content_type, kinds| Case { file, body, format, content_type, kinds };
    vec![
        case("sample.md", read("samples/night-ferry.md"), "markdown", "text/markdown", &[]),
        case(
            "page.html",
            read("tests/fixtures/pages/cookies-and-teasers.html"),
            "html",
            "text/html",
            &["dropped"],
        ),
        case(
            "daily.html",
            read("tests/fixtures/pages/german-daily.html"),
            "html",
            "text/html; charset=utf-8",
            &["dropped"],
        ),
        case("dump.txt", DUMP.to_owned(), "text", "text/plain", &["dropped", "repaired", "rewritten"]),
        case("nothing.txt", "🎧\n".to_owned(), "text", "text/plain", &["dropped"]),
    ]
}

#[tokio::test]
async fn the_command_and_the_service_show_the_same_script() {
    let lexicon = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    std::fs::write(lexicon.path(), LEXICON).unwrap();
    let site =
        Setup::default().env("LISTEN_LEXICON", lexicon.path().display()).env("LISTEN_READ_BYLINE", true);
    let site = site.start().await;
    for case in cases() {
        std::fs::write(site.home().join(case.file), &case.body).unwrap();
        let (shown, told) = (by_command(&site, &case), by_service(&site, &case).await);
        assert_eq!(shown, told, "{}", case.file);
        let has = |kind: &str| shown["notes"].as_array().unwrap().iter().any(|note| note["kind"] == kind);
        assert!(case.kinds.iter().all(|kind| has(kind)), "{}: {}", case.file, shown["notes"]);
        let utterances = shown["utterances"].as_array().unwrap();
        assert_eq!(utterances.is_empty(), case.file == "nothing.txt", "{}", case.file);
        assert!(shown["label"].as_str().unwrap().starts_with('🎧'), "{}", shown["label"]);
        let spoken = shown.to_string();
        assert_eq!(spoken.contains("Shivawn"), case.file == "dump.txt", "the lexicon holds where it applies");
    }
}

/// What the command prints, without the name of what it read.
fn by_command(site: &Site, case: &Case) -> Value {
    let output = site.command(&["script", "--json", "--format", case.format, case.file]).output().unwrap();
    assert!(output.status.success(), "{}", site.log());
    without_input(serde_json::from_slice(&output.stdout).unwrap())
}

async fn by_service(site: &Site, case: &Case) -> Value {
    let request = site.client.post(site.url("/v1/preview")).header("X-Listen", "1");
    let request = request.header("Content-Type", case.content_type).body(case.body.clone());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    without_input(response.json().await.unwrap())
}

fn without_input(mut answer: Value) -> Value {
    assert!(answer.as_object_mut().unwrap().remove("input").is_some_and(|input| input.is_string()));
    answer
}
