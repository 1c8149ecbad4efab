//! What a hostile page may hold: the whole way from article to script stays bounded and safe.

use super::*;
use crate::text::{TOKEN_BYTES_MAX, UTTERANCE_CHARS_MAX};

fn check(name: &str, text: &str, lang: &str) {
    let mut article = Article::empty(lang.parse().expect("a tag"));
    article.blocks.push(Block::new(BlockKind::Paragraph, text));
    let script = script(&article, &ScriptOptions::default());
    let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let said: usize = script.utterances.iter().map(|utterance| solid(&utterance.source)).sum();
    assert!(said <= solid(text), "{name}: more than there was");
    for utterance in &script.utterances {
        assert!(utterance.source.chars().count() <= UTTERANCE_CHARS_MAX, "{name}: an utterance too long");
        assert!(!utterance.spoken.chars().any(char::is_control), "{name}: a control character");
        assert!(
            utterance.spoken.split(' ').all(|token| token.len() <= TOKEN_BYTES_MAX),
            "{name}: a token too long"
        );
        for &[a, b, c, d] in &utterance.map {
            assert!(utterance.spoken.get(a as usize..b as usize).is_some(), "{name}: a bad row");
            assert!(utterance.source.get(c as usize..d as usize).is_some(), "{name}: a bad row");
        }
    }
    assert!(script.notes.len() <= NOTES_MAX, "{name}: too many notes");
}

#[test]
fn repeated_patterns_are_cut_and_broken() {
    for pattern in [
        "a",
        "1",
        "s'",
        "'s",
        "a.",
        "A.B.",
        "(",
        "\"",
        "“",
        "‘a",
        "$1,",
        "1/2/",
        "1,000,",
        "-",
        "--",
        ".",
        "..a",
        "@",
        "http://",
        "www.",
        "1:",
        "1:00-",
        "£",
        "I",
        "X.",
        "é",
        "字",
        "字。",
        "ا",
        "🎧",
        "a\u{301}",
        "\u{202E}",
        "\0",
        "<a>",
        "1. ",
        "a) ",
        "• ",
        "? ",
        "?a",
        "\" ",
        "a-",
        "No.",
        "Dr. ",
        "Mr.",
        "U.S. ",
        "x1",
        "#",
        "&",
        "+1 (",
        "https://a.b/",
    ] {
        for lang in ["en", "de", "zh"] {
            check(pattern, &pattern.repeat(100_000 / pattern.len()), lang);
        }
    }
}

#[test]
fn megabytes_of_one_thing_take_no_longer_than_they_must() {
    for pattern in ["7", "w", "7.", "\"x.\" ", "1-", "(a. "] {
        check(pattern, &pattern.repeat(2_000_000 / pattern.len()), "en");
    }
}

#[test]
fn mixed_scripts_and_nested_quotes_are_said() {
    let text = "He said «she told “me ‘it is » over” now» and שלום مرحبا 你好。こんにちは！ Ну да… ok? 🎧 (one (two [three]).";
    check("mixed", &text.repeat(500), "en");
    check("zalgo", &format!("z{}lgo text.", "\u{300}\u{301}\u{302}".repeat(20_000)), "en");
}

#[test]
fn emoji_alone_are_no_utterance() {
    let mut article = Article::empty(Lang::english());
    article.blocks.push(Block::new(BlockKind::Paragraph, "🎧 👨‍👩‍👧 🇬🇷 ✨"));
    assert!(script(&article, &ScriptOptions::default()).utterances.is_empty());
}
