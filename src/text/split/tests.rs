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
fn words_that_abbreviations_are_written_as_end_sentences() {
    check(
        "en",
        &[
            &["He left on the third of May.", "Nobody came."],
            &["She told me.", "Nobody else knew."],
            &["He fell ill.", "Doctors came.", "I'm told he was a good man.", "Everyone cried."],
            &["Did she?", "No.", "Nobody did."],
            &["It was up to the Fed.", "Rates fell."],
            &["They live in Portland, Me. Nobody asked."],
            &["It rose at 4:31 p.m. ET on Friday.", "Sales, est. 4.1m, fell."],
            &["Bake it for 10 min.", "Mix the rest."],
            &["She lives at No. Ten."],
            &["“He told me. Nobody cared,” she said."],
        ],
    );
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

/// Sentences of texts in languages that ICU splits well; each row is one text.
const BESIDE_ICU: &[(&str, &[&[&str]])] = &[
    (
        "pt",
        &[
            &["A comporta está fechada desde janeiro.", "Ninguém sabe quando reabre."],
            &["O Sr. Almeida chegou às 14.30 h.", "A Dra. Nunes já tinha saído."],
            &["«Vamos esperar», disse ele.", "Esperaram duas horas."],
            &["Custa R$ 3,50 por dia.", "É caro?", "Para alguns, sim!"],
            &["Mora na Av. da Liberdade, n.º 12, com o Prof. Reis.", "O rio passa ao lado."],
            &["Choveu... e depois parou.", "Saímos."],
            &["Segundo a pág. 5, a obra dura 10 semanas.", "Talvez mais."],
            &["— Vem comigo? — perguntou ela.", "Ele foi."],
        ],
    ),
    (
        "ru",
        &[
            &["Шлюз закрыт с января.", "Никто не знает, когда его откроют."],
            &["В 2024 г. ремонт стоил 5 млн руб. за створку.", "Денег нет."],
            &["А. С. Орлова осмотрела ворота.", "Она молчала."],
            &["«Подождём», — сказал он.", "Ждали долго."],
            &["Он живёт на ул. Садовой, д. 5.", "Река рядом."],
            &["Правда?", "Конечно!", "Ну… посмотрим."],
            &["Там растут дубы, липы и т. д.", "Весной шумно."],
            &["См. стр. 12.", "Там всё написано."],
        ],
    ),
    (
        "zh",
        &[
            &["水闸从一月起就关闭了。", "没有人知道什么时候重开。"],
            &["他说：“我们再等等。”", "大家等了两个小时。"],
            &["真的吗？", "当然！", "那就走吧……"],
            &["门票3.5元。", "不贵。"],
            &["《河上的人们。一部小说》出版了。", "我读过。"],
            &["今年（2024年。闰年）雨多。", "河水涨了。"],
        ],
    ),
    (
        "ja",
        &[
            &["水門は一月から閉じている。", "いつ開くかは誰も知らない。"],
            &["「待ちましょう。」と彼は言った。", "二時間待った。"],
            &["本当ですか？", "もちろん！", "では行きましょう…。"],
            &["料金は3.5ユーロだ。", "高くない。"],
            &["彼女は『川。そして人』を読んだ。", "泣いた。"],
            &["雨が降った（昨日のことだ。）ので休んだ。", "今日は晴れだ。"],
            &["「待ちましょう。」", "とても静かだった。"],
        ],
    ),
];

/// Sentence ends that were missed, and those that are none.
fn errors(text: &str, expected: &[&str], found: &[&str]) -> usize {
    let ends = |sentences: &[&str]| -> Vec<usize> {
        let solid = |s: &&str| s.chars().filter(|c| !c.is_whitespace()).count();
        sentences
            .iter()
            .map(solid)
            .scan(0, |end, n| {
                *end += n;
                Some(*end)
            })
            .collect()
    };
    let (wanted, got) = (ends(expected), ends(found));
    assert_eq!(wanted.last(), got.last(), "{text}");
    wanted.iter().filter(|end| !got.contains(end)).count()
        + got.iter().filter(|end| !wanted.contains(end)).count()
}

#[test]
fn other_scripts_and_languages_are_split_at_least_as_well_as_by_icu() {
    let icu = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
    for (code, cases) in BESIDE_ICU {
        let lang: Lang = code.parse().expect("a tag");
        let (mut ours, mut theirs) = (0, 0);
        for expected in *cases {
            let text = expected.join(if lang.is_unspaced() { "" } else { " " });
            let ends: Vec<usize> = icu.segment_str(&text).collect();
            let by_icu: Vec<&str> = ends.windows(2).map(|pair| text[pair[0]..pair[1]].trim()).collect();
            theirs += errors(&text, expected, &by_icu);
            ours += errors(&text, expected, &sentences(&text, &lang));
        }
        assert!(ours <= theirs, "{code}: {ours} errors, ICU {theirs}");
        assert!(ours <= 1, "{code}: {ours} errors");
    }
}
