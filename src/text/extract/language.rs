//! What language a text looks like.

use crate::article::{Block, Lang};

/// Text looked at; more does not change the answer.
const SAMPLE_CHARS_MAX: usize = 4_000;

/// The language of the blocks when it is beyond doubt, else English.
pub(super) fn of_blocks(blocks: &[Block]) -> Lang {
    let mut sample = String::new();
    for block in blocks {
        sample.push_str(&block.text);
        sample.push('\n');
        if sample.len() >= SAMPLE_CHARS_MAX {
            break;
        }
    }
    of_text(&sample).unwrap_or_else(Lang::english)
}

fn of_text(text: &str) -> Option<Lang> {
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    tag(info.lang()).parse().ok()
}

/// BCP 47 wants the shorter code of ISO 639 where there is one (RFC 5646 §2.2.1).
fn tag(lang: whatlang::Lang) -> &'static str {
    use whatlang::Lang as L;
    match lang {
        L::Epo => "eo",
        L::Eng => "en",
        L::Rus => "ru",
        L::Cmn => "zh",
        L::Spa => "es",
        L::Por => "pt",
        L::Ita => "it",
        L::Ben => "bn",
        L::Fra => "fr",
        L::Deu => "de",
        L::Ukr => "uk",
        L::Kat => "ka",
        L::Ara => "ar",
        L::Hin => "hi",
        L::Jpn => "ja",
        L::Heb => "he",
        L::Yid => "yi",
        L::Pol => "pl",
        L::Amh => "am",
        L::Jav => "jv",
        L::Kor => "ko",
        L::Nob => "nb",
        L::Dan => "da",
        L::Swe => "sv",
        L::Fin => "fi",
        L::Tur => "tr",
        L::Nld => "nl",
        L::Hun => "hu",
        L::Ces => "cs",
        L::Ell => "el",
        L::Bul => "bg",
        L::Bel => "be",
        L::Mar => "mr",
        L::Kan => "kn",
        L::Ron => "ro",
        L::Slv => "sl",
        L::Hrv => "hr",
        L::Srp => "sr",
        L::Mkd => "mk",
        L::Lit => "lt",
        L::Lav => "lv",
        L::Est => "et",
        L::Tam => "ta",
        L::Vie => "vi",
        L::Urd => "ur",
        L::Tha => "th",
        L::Guj => "gu",
        L::Uzb => "uz",
        L::Pan => "pa",
        L::Aze => "az",
        L::Ind => "id",
        L::Tel => "te",
        L::Pes => "fa",
        L::Mal => "ml",
        L::Ori => "or",
        L::Mya => "my",
        L::Nep => "ne",
        L::Sin => "si",
        L::Khm => "km",
        L::Tuk => "tk",
        L::Aka => "ak",
        L::Zul => "zu",
        L::Sna => "sn",
        L::Afr => "af",
        L::Lat => "la",
        L::Slk => "sk",
        L::Cat => "ca",
        L::Tgl => "tl",
        L::Hye => "hy",
        other => other.code(),
    }
}

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
    }
}
