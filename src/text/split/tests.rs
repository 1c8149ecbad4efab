use super::*;

fn english(text: &str) -> Vec<&str> {
    sentences(text, &Lang::english())
}

#[test]
fn plain_sentences_are_split() {
    assert_eq!(english("He left. She stayed."), ["He left.", "She stayed."]);
    assert_eq!(english("  "), [""; 0]);
}

fn check(lang: &str, cases: &[&[&str]]) {
    let lang: Lang = lang.parse().expect("a tag");
    for expected in cases {
        let text = expected.join(if lang.is_unspaced() { "" } else { " " });
        assert_eq!(sentences(&text, &lang), *expected);
    }
}

#[test]
fn abbreviations_initials_and_numbers_end_no_sentence() {
    check(
        "en",
        &[
            &["Dr. Ruiz met J. K. Lindqvist of Acme Inc. on Jan. 5.", "Nobody else came."],
            &["He lives in the U.S.", "The rest of us do not."],
            &["It opens at 9 a.m. on Mondays and costs 3.50 euros."],
            &["The U.S. Navy sent a ship."],
        ],
    );
    check("de", &[&["Am 17. Mai kam Dr. Weber mit z. B. drei Koffern.", "Danach ging er."]]);
    check("es", &[&["El Sr. Luis J. Ortega llegó tarde.", "Nadie lo vio."]]);
}

#[test]
fn quotations_and_asides_stay_with_their_sentence() {
    check(
        "en",
        &[
            &["“Will it rain? I hope not,” he said.", "It did."],
            &["“Stop!” she cried.", "He stopped."],
            &["‘We shall see. We always do,’ said the guard.", "They saw."],
            &["It rained (it often does.) and then it stopped."],
            &["He waited.", "(He was good at it.)", "Then he left."],
        ],
    );
}

#[test]
fn lists_inside_a_line_are_told_apart() {
    check(
        "en",
        &[
            &["1. Wash the apples", "2. Peel them", "3. Cook them"],
            &["a) tea", "b) coffee"],
            &["• Wash the apples", "• Peel them"],
            &["Turn to p. 55.", "Read it aloud."],
        ],
    );
}

#[test]
fn glued_sentences_addresses_and_faces() {
    assert_eq!(english("Go on.Then stop."), ["Go on.", "Then stop."]);
    assert_eq!(english("Was it you?yes it was."), ["Was it you?", "yes it was."]);
    check("en", &[&["See www.example.com for more.", "It is free :-)", "Really."]]);
}

#[test]
fn line_breaks_end_headings_and_not_prose() {
    assert_eq!(english("A heading\nThe text starts."), ["A heading", "The text starts."]);
    let wrapped =
        "The committee that met in the old town hall on\nMonday could not agree. It\nwill meet again.";
    assert_eq!(english(wrapped).len(), 2);
    assert_eq!(english("one\n\ntwo"), ["one", "two"]);
}

#[test]
fn chinese_and_japanese_need_no_spaces() {
    check("zh", &[&["今天下雨。", "我们看《走吧！朋友》。", "好吗？"]]);
    check("ja", &[&["雨が降った。", "「行こう。今すぐ」と言った。", "終わり。"]]);
}

#[test]
fn an_unknown_language_falls_back() {
    check("xx", &[&["One thing.", "Another thing."]]);
    check("el", &[&["Έβρεχε.", "Μετά σταμάτησε."]]);
}

proptest::proptest! {
    #[test]
    fn sentences_are_the_text(
        text in "([A-Za-z]{1,6}|[0-9]{1,3}|[.!?…;:,]{1,3}|[ \n]{1,2}|[\"“”‘’()«»]|U\\.S\\.|1\\.|\u{3002}|字|:-\\)|www\\.a\\.b){0,40}",
        lang in proptest::sample::select(vec!["en", "de", "fr", "ru", "it", "ja", "xx"]),
    ) {
        let found = sentences(&text, &lang.parse().expect("a tag"));
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        proptest::prop_assert_eq!(solid(&found.concat()), solid(&text));
        proptest::prop_assert!(found.iter().all(|s| !s.is_empty() && s.trim() == *s));
        let mut at = 0;
        for sentence in found {
            let start = text[at..].find(sentence);
            proptest::prop_assert!(start.is_some());
            at += start.unwrap_or(0) + sentence.len();
        }
    }
}

#[test]
fn german_quotation_marks_open_to_the_right() {
    check("de", &[&["Sie nickte.", "»Nimm dieses Buch«, sagte sie.", "»Danke!«"]]);
}
