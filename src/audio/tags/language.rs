//! BCP 47 → ISO 639-2, which ID3v2.3 wants.

/// The three-letter code (ISO 639-2/T) of a language tag's primary subtag; `und` when it is unknown.
pub(super) fn iso_639_2(tag: &str) -> &str {
    let primary = tag.split(['-', '_']).next().unwrap_or("");
    if primary.len() == 3 && primary.bytes().all(|b| b.is_ascii_lowercase()) {
        return primary;
    }
    CODES.iter().find(|(two, _)| primary.eq_ignore_ascii_case(two)).map_or("und", |(_, three)| three)
}

/// The languages that voices of today's engines speak.
#[rustfmt::skip]
const CODES: [(&str, &str); 120] = [
    ("af", "afr"), ("am", "amh"), ("an", "arg"), ("ar", "ara"), ("as", "asm"), ("az", "aze"),
    ("ba", "bak"), ("be", "bel"), ("bg", "bul"), ("bn", "ben"), ("bo", "bod"), ("bs", "bos"),
    ("ca", "cat"), ("cs", "ces"), ("cv", "chv"), ("cy", "cym"), ("da", "dan"), ("de", "deu"),
    ("el", "ell"), ("en", "eng"), ("eo", "epo"), ("es", "spa"), ("et", "est"), ("eu", "eus"),
    ("fa", "fas"), ("fi", "fin"), ("fo", "fao"), ("fr", "fra"), ("fy", "fry"), ("ga", "gle"),
    ("gd", "gla"), ("gl", "glg"), ("gn", "grn"), ("gu", "guj"), ("ha", "hau"), ("he", "heb"),
    ("hi", "hin"), ("hr", "hrv"), ("ht", "hat"), ("hu", "hun"), ("hy", "hye"), ("ia", "ina"),
    ("id", "ind"), ("ig", "ibo"), ("io", "ido"), ("is", "isl"), ("it", "ita"), ("ja", "jpn"),
    ("jv", "jav"), ("ka", "kat"), ("kk", "kaz"), ("kl", "kal"), ("km", "khm"), ("kn", "kan"),
    ("ko", "kor"), ("ku", "kur"), ("ky", "kir"), ("la", "lat"), ("lb", "ltz"), ("lo", "lao"),
    ("lt", "lit"), ("lv", "lav"), ("mg", "mlg"), ("mi", "mri"), ("mk", "mkd"), ("ml", "mal"),
    ("mn", "mon"), ("mr", "mar"), ("ms", "msa"), ("mt", "mlt"), ("my", "mya"), ("nb", "nob"),
    ("ne", "nep"), ("nl", "nld"), ("nn", "nno"), ("no", "nor"), ("oc", "oci"), ("om", "orm"),
    ("or", "ori"), ("pa", "pan"), ("pl", "pol"), ("ps", "pus"), ("pt", "por"), ("qu", "que"),
    ("ro", "ron"), ("ru", "rus"), ("rw", "kin"), ("sa", "san"), ("sd", "snd"), ("si", "sin"),
    ("sk", "slk"), ("sl", "slv"), ("sm", "smo"), ("sn", "sna"), ("so", "som"), ("sq", "sqi"),
    ("sr", "srp"), ("su", "sun"), ("sv", "swe"), ("sw", "swa"), ("ta", "tam"), ("te", "tel"),
    ("tg", "tgk"), ("th", "tha"), ("ti", "tir"), ("tk", "tuk"), ("tl", "tgl"), ("tn", "tsn"),
    ("tr", "tur"), ("tt", "tat"), ("ug", "uig"), ("uk", "ukr"), ("ur", "urd"), ("uz", "uzb"),
    ("vi", "vie"), ("xh", "xho"), ("yi", "yid"), ("yo", "yor"), ("zh", "zho"), ("zu", "zul"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_three_letters() {
        for (tag, code) in [("en", "eng"), ("en-us", "eng"), ("pt_BR", "por"), ("DE", "deu"), ("zu", "zul")] {
            assert_eq!(iso_639_2(tag), code, "{tag}");
        }
        assert_eq!((iso_639_2("yue"), iso_639_2("xx"), iso_639_2("")), ("yue", "und", "und"));
    }
}
