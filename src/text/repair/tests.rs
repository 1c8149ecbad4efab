use super::*;

fn repaired_text(text: &str) -> String {
    repair(text).text.into_owned()
}

#[test]
fn utf8_read_in_another_code_page_is_read_again() {
    for (broken, sound) in [
        ("Rain β€” then sun β€” then rain.", "Rain — then sun — then rain."),
        ("Itβ€™s over", "It’s over"),
        ("Itâ€™s â€œfineâ€\u{9d}, she said", "It’s “fine”, she said"),
        ("a cafÃ© in KÃ¶ln", "a café in Köln"),
        ("РџСЂРёРІРµС‚, РјРёСЂ", "Привет, мир"),
        ("the dayвЂ™s news", "the day’s news"),
        ("tÃƒÂ©lÃƒÂ©phone", "téléphone"),
        ("snow â\u{9d}„ and sun", "snow ❄ and sun"),
        ("r√©sum√©", "résumé"),
        ("Ã\u{a0} Paris", "à Paris"),
    ] {
        let repaired = repair(broken);
        assert_eq!(repaired.text, sound, "{broken}");
        assert!(!repaired.notes.is_empty(), "{broken}");
    }
}

#[test]
fn sound_text_stays_as_it_is() {
    for sound in [
        "She said: “No…” — and left.",
        "« Il a été fiancé… »",
        "«Voilà », dit-elle à son fiancé…”",
        "Η γιαγιά είπε: «Όχι…» – και έφυγε. Κόστος 5€.",
        "Він побачив вії, її очі й рік «Різдва» на Її фото.",
        "Ђурђевдан је био њихов празник — вђе.",
        "POTÍŽE S KŘÍŽEM, ŽE ÁNO… MŮŽE BÝT: CAFÉ”.",
        "Großer Spaß“, sagte er – „Ämter“ und ‚Ähren‘.",
        "SÃO PAULO, IRMÃ… MAÇÃ”",
        "Ở Việt Nam, người ta nói: “Đã đến lúc…”",
        "Zażółć gęślą jaźń; ŁÓDŹ, ŻÓŁW.",
        "hâlâ…” dedi. İstanbul’da ışık.",
        "(−1/2)! = √π ≈ 1.77, 3 Å—or 4 Å–5 Å",
        "│ ├── src │ └── lib ┤├ ╔═╗",
        "ﬁne ligatures, \"straight\" and ’curly’ quotes, 5 °C, m², ½",
        "我们说:“好…”——然后走了。 مرحبا بالعالم. שלום עולם.",
        "👩‍👩‍👧 می‌خواهم",
    ] {
        let repaired = repair(sound);
        assert_eq!(repaired.text, sound);
        assert_eq!(repaired.notes, Vec::new(), "{sound}");
    }
}

#[test]
fn what_cannot_be_seen_or_was_escaped_twice_goes() {
    assert_eq!(repaired_text("soft\u{AD}ly \u{200B}now\0\u{7}"), "softly now");
    assert_eq!(repaired_text("one\r\ntwo\rthree"), "one\ntwo\nthree");
    assert_eq!(repaired_text("Q&amp;A &#8212; &ldquo;go&rdquo; R&D; &bogus;"), "Q&A — “go” R&D; &bogus;");
    assert_eq!(repaired_text("\u{84}So\u{93}"), "„So“");
}

proptest::proptest! {
    #[test]
    fn no_mixture_of_signs_panics(text in "[ a-zÃÂâ€™œ“”…é«»βΒΓ°РСґѕ\u{80}-\u{9F}?\u{FFFD} ]{0,40}") {
        let once = repaired_text(&text);
        let _ = repaired_text(&once);
    }
}
