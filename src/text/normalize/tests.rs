use proptest::prelude::*;

use super::*;
use crate::text::LexiconFile;

fn english(source: &str) -> Spoken {
    spoken(source, &Lang::english(), None)
}

fn check(source: &str, said: &Spoken) {
    let Spoken { spoken, map, .. } = said;
    assert!(!spoken.chars().any(char::is_control), "{source:?} → {spoken:?}");
    assert!(spoken.split(' ').all(|token| token.len() <= TOKEN_BYTES_MAX), "{source:?} → {spoken:?}");
    assert_eq!(spoken.split_whitespace().collect::<Vec<_>>().join(" "), *spoken, "folded");
    let (mut spoken_end, mut source_end) = (0, 0);
    for &[a, b, c, d] in map {
        let (a, b, c, d) = (a as usize, b as usize, c as usize, d as usize);
        assert!(spoken_end <= a && a < b && source_end <= c && c < d, "{source:?}: {map:?}");
        assert!(spoken[spoken_end..a].chars().all(|c| c == ' '), "{source:?}: a gap in {map:?}");
        assert!(spoken.get(a..b).is_some() && source.get(c..d).is_some(), "{source:?}: {map:?}");
        (spoken_end, source_end) = (b, d);
    }
    assert_eq!(spoken_end, spoken.len(), "{source:?}: the end is not mapped");
}

proptest! {
    #[test]
    fn every_text_gives_a_safe_text_and_a_map(source in any::<String>(), other in any::<bool>()) {
        let lang: Lang = if other { "de" } else { "en" }.parse().expect("a tag");
        check(&source, &spoken(&source, &lang, None));
    }

    #[test]
    fn so_does_text_that_looks_like_the_rules(source in "([$€£¥]?[0-9]{1,5}([.,:/ –-][0-9]{1,4}){0,3}|[A-Z]{1,5}|[a-z]{1,6}|[ .,'’%°#@&/+=()-]|km/h|th|st|am|p\\.m\\.|bn|Jan\\.?|Dr\\.|XIV|www\\.|https://|\u{1F3A7}|é){0,12}") {
        check(&source, &english(&source));
    }
}

#[test]
fn control_and_format_characters_are_gone() {
    assert_eq!(english("a\u{1}b\0c\u{200B}d\u{202E}e").spoken, "abcde");
    assert_eq!(english("one\ttwo\r\n three\u{A0}four").spoken, "one two three four");
}

#[test]
fn nothing_to_say_is_empty() {
    for source in ["", " ", "🎧", "🎧🎧 🙂", "…", "— —"] {
        let said = english(source);
        assert!(said.spoken.is_empty() && said.map.is_empty(), "{source}");
    }
}

#[test]
fn an_endless_abbreviation_loses_its_full_stops() {
    for pattern in ["a.", "é.", "x. ", "1."] {
        let said = spoken(&pattern.repeat(300), &"de".parse().expect("a tag"), None);
        assert!(said.spoken.matches('.').count() < 20, "{}", said.spoken);
    }
    assert_eq!(english("J. R. R. Tolkien wrote it.").spoken, "J R R Tolkien wrote it.");
}

#[test]
fn a_long_word_is_broken_where_it_may_be() {
    let word = "an-extremely-long-compound-that-goes-on-for-ever-and-ever-and-ever-more";
    assert_eq!(
        english(word).spoken,
        "an-extremely-long-compound-that- goes-on-for-ever-and-ever-and- ever-more"
    );
    let japanese = "これは長い文で空白がないので途中で分けられることになるがそれは漢字の前である。".repeat(2);
    let said = spoken(&japanese, &"ja".parse().expect("a tag"), None);
    assert!(said.spoken.contains(' ') && said.spoken.split(' ').all(|token| token.len() <= TOKEN_BYTES_MAX));
}

#[test]
fn the_lexicon_goes_before_the_rules() {
    let lexicon = lexicon(
        "[[entry]]\nwritten = \"Nguyen\"\nsay = \"Win\"\n[[entry]]\nwritten = \"COP28\"\nsay = \"the summit\"\n",
    );
    let said = spoken("Nguyen's COP28 plan", &Lang::english(), Some(&lexicon));
    assert_eq!(said.spoken, "Win's the summit plan");
    assert_eq!(said.map, [[0, 3, 0, 6], [3, 5, 6, 8], [6, 16, 9, 14], [17, 21, 15, 19]]);
    let notes: Vec<(&str, &str)> = said.notes.iter().map(|n| (n.reason.as_str(), n.text.as_str())).collect();
    assert_eq!(notes, [("lexicon entry \"Nguyen\"", "Nguyen"), ("lexicon entry \"COP28\"", "COP28")]);
}

#[test]
fn a_sound_lies_where_its_words_are_said() {
    let lexicon = lexicon(
        "[[entry]]\nwritten = \"Nguyen\"\nsay = \"Win\"\nipa = \"wɪn\"\n\
         [[entry]]\nwritten = \"Loire Valley\"\nipa = \"lwɑːr ˈvæli\"\n[[entry]]\nwritten = \"SQL\"\nspell = true\n",
    );
    let said = spoken("5 of Nguyen's SQL, Loire  Valley.", &Lang::english(), Some(&lexicon));
    assert_eq!(said.spoken, "five of Win's S Q L, Loire Valley.");
    let sounds: Vec<(&str, &str)> = said
        .sounds
        .iter()
        .map(|sound| (&said.spoken[sound.text.start as usize..sound.text.end as usize], sound.ipa.as_str()))
        .collect();
    assert_eq!(sounds, [("Win", "wɪn"), ("Loire Valley", "lwɑːr ˈvæli")]);
    assert!(
        said.notes.iter().any(|note| note.text == "Loire  Valley"),
        "an editor is told: {:?}",
        said.notes
    );
    assert_eq!(spoken("Nguyen", &Lang::english(), None).sounds, []);
}

#[test]
fn an_entry_is_for_whole_words_of_its_language() {
    let lexicon = lexicon(
        "[[entry]]\nwritten = \"Loire\"\nsay = \"Lwar\"\nlang = \"en\"\n\
         [[entry]]\nwritten = \"#\"\nsay = \"number\"\n[[entry]]\nwritten = \"重庆\"\nsay = \"崇庆\"\n",
    );
    let said = |text: &str, lang: &str| {
        let lang: Lang = lang.parse().expect("a tag");
        let said = spoken(text, &lang, Some(&lexicon));
        assert_eq!(
            mentions(text, &lang, &lexicon),
            said.spoken != spoken(text, &lang, None).spoken,
            "{text}"
        );
        said.spoken
    };
    assert_eq!(said("Loire-side, the Loires, (Loire).", "en-gb"), "Lwar-side, the Loires, (Lwar).");
    assert_eq!(said("An der Loire.", "de"), "An der Loire.");
    assert_eq!(said("Platz #5, C#.", "de"), "Platz number 5, C#.");
    assert_eq!(said("我们在重庆的桥上。", "zh"), "我们在崇庆的桥上。");
}

fn lexicon(toml: &str) -> Lexicon {
    Lexicon::new(toml::from_str::<LexiconFile>(toml).expect("a lexicon").entry)
}

#[test]
fn each_rewritten_token_is_told_with_its_place() {
    let said = english("It cost $5, he said.");
    assert_eq!(said.spoken, "It cost five dollars, he said.");
    assert_eq!(said.map[2..4], [[8, 20, 8, 10], [20, 21, 10, 11]]);
    let notes: Vec<(&str, &str)> = said.notes.iter().map(|n| (n.reason.as_str(), n.text.as_str())).collect();
    assert_eq!(notes, [("money", "$5")]);
}

#[test]
fn other_languages_keep_their_numbers_and_lose_their_emoji() {
    let said = spoken("Costa 5 € 🎉 il 3. maggio.", &"it".parse().expect("a tag"), None);
    assert_eq!(said.spoken, "Costa 5 € il 3. maggio.");
    assert_eq!(said.notes.len(), 1);
}
