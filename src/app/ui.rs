//! What a player says, in the language of the article.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::article::Lang;

const TABLE: &str = include_str!("ui/strings.toml");

/// Tags that are read as another one of the table.
const ALIASES: &[(&str, &str)] = &[
    ("cmn", "zh"),
    ("in", "id"),
    ("iw", "he"),
    ("nn", "nb"),
    ("no", "nb"),
    ("zh-hk", "zh-hant"),
    ("zh-mo", "zh-hant"),
    ("zh-tw", "zh-hant"),
];

/// Texts of the player in one language. What stands in braces is put in by the player.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ui {
    listen: String,
    minutes: String,
    play: String,
    pause: String,
    back: String,
    forward: String,
    previous: String,
    next: String,
    position: String,
    of: String,
    speed: String,
    more: String,
    follow: String,
    share: String,
    copied: String,
    download: String,
    close: String,
    making: String,
    offline: String,
    failed: String,
    retry: String,
    upnext: String,
    ai: String,
}

static LANGUAGES: LazyLock<BTreeMap<String, Ui>> =
    LazyLock::new(|| toml::from_str(TABLE).expect("a test reads the table, which is part of the program"));

impl Ui {
    /// The texts for a language: of the whole tag, of its longest known beginning, or English.
    #[must_use]
    pub fn of(lang: &Lang) -> &'static Self {
        let mut tag = lang.as_str();
        loop {
            let alias = ALIASES.iter().find(|(other, _)| *other == tag).map(|(_, known)| *known);
            if let Some(ui) = LANGUAGES.get(alias.unwrap_or(tag)) {
                return ui;
            }
            match tag.rsplit_once('-') {
                Some((beginning, _)) => tag = beginning,
                None => return &LANGUAGES["en"],
            }
        }
    }

    /// The label of an article of so many minutes: "🎧 5 min listen" in its language.
    #[must_use]
    pub fn label(&self, minutes: u64) -> String {
        format!("🎧 {}", self.minutes.replace("{n}", &minutes.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::article::listen_label;

    fn lang(tag: &str) -> Lang {
        tag.parse().expect("a language tag")
    }

    fn texts(ui: &Ui) -> BTreeMap<String, String> {
        let value = serde_json::to_value(ui).expect("JSON");
        serde_json::from_value(value).expect("texts by their keys")
    }

    /// The names in braces.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_language_says_everything_with_the_same_places() {
        assert!(LANGUAGES.len() >= 15, "{}", LANGUAGES.len());
        let english = texts(&LANGUAGES["en"]);
        for (tag, ui) in LANGUAGES.iter() {
            assert_eq!(lang(tag).as_str(), tag, "tags are written as articles have them");
            let said = texts(ui);
            assert!(said.keys().eq(english.keys()), "{tag}");
            for (key, text) in &said {
                assert_eq!(places(text), places(&english[key]), "{tag}.{key}: {text}");
                assert_eq!(text.trim(), text, "{tag}.{key}");
                assert!(!text.is_empty() && text.chars().count() <= 60, "{tag}.{key} is for a small bar");
                assert!(!text.contains(['<', '&', '\n', '"']), "{tag}.{key} is plain text");
            }
            let bytes = serde_json::to_string(ui).expect("JSON").len();
            assert!(bytes <= 1300, "{tag}: {bytes} bytes go with every manifest");
        }
    }

    #[test]
    fn the_keys_are_those_of_the_player() {
        let source = include_str!("../player/strings.js");
        let known: BTreeSet<&str> = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("* @property {string} "))
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        let english = texts(&LANGUAGES["en"]);
        assert_eq!(english.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
        // What is said before the manifest is there, the player says in words of its own: the same ones.
        let early = source.lines().filter_map(|line| line.trim().strip_suffix("',")?.split_once(": '"));
        let early: BTreeMap<&str, &str> = early.collect();
        assert!(early.contains_key("play"), "{early:?}");
        for (key, text) in early {
            assert_eq!(english.get(key).map(String::as_str), Some(text), "{key}");
        }
    }

    #[test]
    fn a_language_is_found_by_its_tag_or_its_beginning() {
        let play = |tag: &str| Ui::of(&lang(tag)).play.as_str();
        for (tag, expected) in [
            ("en-gb", "Play"),
            ("de-at", "Abspielen"),
            ("nn", "Spill av"),
            ("no-no", "Spill av"),
            ("pt-br", "Reproduzir"),
            ("sw", "Play"),
            ("qaa", "Play"),
        ] {
            assert_eq!(play(tag), expected, "{tag}");
        }
        for (tag, expected) in [
            ("zh-tw", "zh-hant"),
            ("zh-hant-hk", "zh-hant"),
            ("zh-cn", "zh"),
            ("pt-pt", "pt-pt"),
            ("pt", "pt"),
        ] {
            assert_eq!(Ui::of(&lang(tag)), &LANGUAGES[expected], "{tag}");
        }
        let languages = ALIASES.iter().all(|(_, known)| LANGUAGES.contains_key(*known));
        assert!(languages, "an alias leads somewhere");
    }

    #[test]
    fn the_label_is_in_the_language_of_the_article() {
        assert_eq!(Ui::of(&Lang::english()).label(5), listen_label(5));
        assert_eq!(Ui::of(&lang("de")).label(5), "🎧 5 Min. hören");
        assert_eq!(Ui::of(&lang("ja")).label(12), "🎧 聴く時間 12分");
    }
}
