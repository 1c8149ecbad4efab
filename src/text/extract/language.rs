//! What language a text looks like.

use crate::article::{Block, Lang};

/// Text looked at; more does not change the answer.
const SAMPLE_BYTES_MAX: usize = 4_000;

/// Least text that can prove a page's own statement wrong, in characters.
const PROOF_CHARS_MIN: usize = 400;

/// Languages that are easily taken for one another: here the page knows better.
const ALIKE: [&[&str]; 7] = [
    &["da", "nb", "no", "nn", "sv"],
    &["hr", "sr", "bs", "sl", "mk", "bg"],
    &["cs", "sk", "pl"],
    &["es", "gl", "pt", "ca", "ast", "oc", "it"],
    &["id", "ms", "jv", "su"],
    &["ru", "uk", "be", "bg", "mk", "sr"],
    &["zh", "yue", "cmn", "ja"],
];

/// The language of the blocks: what the page states, unless its text is beyond doubt another one
/// (templates state the wrong one often enough); else what the text looks like when that is beyond
/// doubt; else English.
pub(super) fn of_page(stated: Option<Lang>, blocks: &[Block]) -> Lang {
    let mut sample = String::new();
    for block in blocks {
        sample.push_str(&block.text);
        sample.push('\n');
        if sample.len() >= SAMPLE_BYTES_MAX {
            break;
        }
    }
    let looks = of_text(&sample);
    match (stated, looks) {
        (Some(stated), Some(looks))
            if sample.chars().nth(PROOF_CHARS_MIN).is_some() && !alike(&stated, &looks) =>
        {
            looks
        }
        (Some(stated), _) => stated,
        (None, looks) => looks.unwrap_or_else(Lang::english),
    }
}

fn alike(a: &Lang, b: &Lang) -> bool {
    let (a, b) = (a.primary(), b.primary());
    let known = whatlang::Lang::all().iter().any(|lang| tag(*lang) == a);
    !known || a == b || ALIKE.iter().any(|group| group.contains(&a) && group.contains(&b))
}

/// The language that a text looks like beyond doubt.
pub(super) fn of_text(text: &str) -> Option<Lang> {
    let text = &text[..text.floor_char_boundary(SAMPLE_BYTES_MAX)];
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    tag(info.lang()).parse().ok()
}

/// The tag of a language: BCP 47 wants the shorter code of ISO 639 where there is one (RFC 5646
/// §2.2.1).
fn tag(lang: whatlang::Lang) -> &'static str {
    let code = lang.code();
    TAGS.iter().find(|(known, _)| *known == code).map_or(code, |(_, tag)| tag)
}

/// ISO 639-3 codes and their ISO 639-1 codes.
#[rustfmt::skip]
const TAGS: &[(&str, &str)] = &[
    ("cym", "cy"), ("epo", "eo"), ("eng", "en"), ("rus", "ru"), ("cmn", "zh"), ("spa", "es"), ("por", "pt"),
    ("ita", "it"), ("ben", "bn"), ("fra", "fr"), ("deu", "de"), ("ukr", "uk"), ("kat", "ka"),
    ("ara", "ar"), ("hin", "hi"), ("jpn", "ja"), ("heb", "he"), ("yid", "yi"), ("pol", "pl"),
    ("amh", "am"), ("jav", "jv"), ("kor", "ko"), ("nob", "nb"), ("dan", "da"), ("swe", "sv"),
    ("fin", "fi"), ("tur", "tr"), ("nld", "nl"), ("hun", "hu"), ("ces", "cs"), ("ell", "el"),
    ("bul", "bg"), ("bel", "be"), ("mar", "mr"), ("kan", "kn"), ("ron", "ro"), ("slv", "sl"),
    ("hrv", "hr"), ("srp", "sr"), ("mkd", "mk"), ("lit", "lt"), ("lav", "lv"), ("est", "et"),
    ("tam", "ta"), ("vie", "vi"), ("urd", "ur"), ("tha", "th"), ("guj", "gu"), ("uzb", "uz"),
    ("pan", "pa"), ("aze", "az"), ("ind", "id"), ("tel", "te"), ("pes", "fa"), ("mal", "ml"),
    ("ori", "or"), ("mya", "my"), ("nep", "ne"), ("sin", "si"), ("khm", "km"), ("tuk", "tk"),
    ("aka", "ak"), ("zul", "zu"), ("sna", "sn"), ("afr", "af"), ("lat", "la"), ("slk", "sk"),
    ("cat", "ca"), ("tgl", "tl"), ("hye", "hy"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_named_only_when_it_is_beyond_doubt() {
        let tag = |text: &str| of_text(text).map(String::from);
        assert_eq!(
            tag("Der Rat hat gestern beschlossen, dass die alte Brücke noch ein Jahr stehen bleibt."),
            Some("de".into())
        );
        assert_eq!(tag("我们昨天在北京见到了很多朋友。"), Some("zh".into()));
        assert_eq!(tag("OK"), None);
        assert!(whatlang::Lang::all().iter().all(|lang| super::tag(*lang).len() == 2));
    }

    #[test]
    fn the_page_is_believed_unless_its_text_proves_it_wrong() {
        let english = "The council met on Tuesday to talk about the harbour, and nobody could say when it would open again. ";
        let blocks = |times: usize| [Block::new(crate::article::BlockKind::Paragraph, english.repeat(times))];
        let lang = |stated: &str, times: usize| String::from(of_page(stated.parse().ok(), &blocks(times)));
        assert_eq!(lang("en-gb", 6), "en-gb");
        assert_eq!(lang("de", 6), "en");
        assert_eq!(lang("de", 1), "de", "too little text to tell");
        assert_eq!(lang("", 6), "en");
    }
}
