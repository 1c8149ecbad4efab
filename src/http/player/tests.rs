use std::collections::BTreeSet;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};

use super::*;

/// What a page may cost before play, and in all, compressed.
const BEFORE_PLAY_MAX: usize = 4_850;
const ALL_MAX: usize = 13_800;

fn request(encoding: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(encoding))])
}

#[test]
fn the_player_is_small() {
    let sizes: Vec<_> = SCRIPTS.iter().map(|script| (script.path.as_str(), script.gzip.len())).collect();
    let all: usize = sizes.iter().map(|(_, size)| size).sum();
    assert!(sizes[0].1 <= BEFORE_PLAY_MAX, "before play: {sizes:?}");
    assert!(all <= ALL_MAX, "in all {all}: {sizes:?}");
}

#[test]
fn addresses_and_digests_are_of_what_is_served() {
    for script in SCRIPTS.iter() {
        let hash = hex::encode(Sha256::digest(&script.text));
        assert!(script.path.ends_with(&format!(".{}.js", &hash[..NAME_HEX])), "{}", script.path);
        let digest = BASE64_STANDARD.encode(Sha384::digest(&script.text));
        assert_eq!(script.integrity, format!("sha384-{digest}"), "{}", script.path);
    }
}

#[test]
fn the_entry_names_the_other_script_by_address_and_digest() {
    let [entry, desk] = &*SCRIPTS;
    let named = format!("{} {}", &desk.path[1..], desk.integrity);
    assert_eq!(entry.text.matches(&named).count(), 1, "{named}");
    assert!(!entry.text.contains(DESK_NAME), "the name was not replaced");
}

/// What stands in the first group of a pattern, wherever a text has it.
fn all(pattern: &str, text: &str) -> BTreeSet<String> {
    let pattern = regex::Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

#[test]
fn what_a_page_can_set_is_documented() {
    let docs = include_str!("../../../docs/player.md");
    let sources: String = SCRIPTS.iter().map(|script| sources::readable(script.name)).collect();
    let property = "(--listen-[a-z-]*[a-z])";
    let mut properties = all(property, &sources);
    // The sources put these together.
    properties.extend(["--listen-highlight", "--listen-highlight-word"].map(str::to_owned));
    assert_eq!(all(property, docs), properties);
    let attributes = all(r"player\.(?:get|has)Attribute\('([a-z-]+)'\)", &sources);
    assert!(attributes.len() > 5, "{attributes:?}");
    for attribute in attributes {
        assert!(docs.contains(&format!("`{attribute}`")), "docs/player.md does not name {attribute}");
    }
}

#[test]
fn what_was_written_can_be_read() {
    for script in SCRIPTS.iter() {
        let source = sources::readable(script.name);
        assert!(source.contains("// @ts-check") && source.contains("/**"));
        assert!(!script.text.contains("@ts-check") && !script.text.contains("/**"));
    }
}

#[test]
fn a_client_gets_the_form_it_takes() {
    let entry = entry();
    let answer = |headers: &HeaderMap| entry.answer(false, IMMUTABLE, &Method::GET, headers);
    let plain = answer(&HeaderMap::new());
    assert!(!plain.headers().contains_key(CONTENT_ENCODING));
    let packed = answer(&request("br;q=1.0, gzip;q=0.8"));
    assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(packed.headers()[CONTENT_TYPE], MEDIA_TYPE);
    assert_eq!(packed.headers()[VARY], "accept-encoding");
    assert!(packed.headers()[CACHE_CONTROL].to_str().is_ok_and(|cache| cache.contains("immutable")));
    let again = HeaderMap::from_iter([(IF_NONE_MATCH, packed.headers()[ETAG].clone())]);
    assert_eq!(answer(&again).status(), StatusCode::NOT_MODIFIED);
    for refused in ["gzip;q=0", "br", "identity", "x-gzip-not"] {
        assert!(!takes_gzip(&request(refused)), "{refused}");
    }
}
