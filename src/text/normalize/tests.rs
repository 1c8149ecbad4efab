use proptest::prelude::*;

use super::*;

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
