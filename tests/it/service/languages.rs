//! Articles in other languages than English, from the page to the transcript.

use serde_json::json;

use super::site::{Site, text};
use super::timeline::assert_times_agree;

struct Case {
    lang: &'static str,
    html: &'static str,
    title: &'static str,
    voice: &'static str,
    sentences: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        lang: "de",
        html: "<!doctype html><html lang=de><title>Der letzte Fährmann</title><body><article>\
               <h1>Der letzte Fährmann</h1><p>Am 3. Mai fuhr er z.&nbsp;B. um 6.30 Uhr los. Dr. Weiß \
               wartete schon am Ufer, wie jeden Tag.</p><p>„Es wird still“, sagte sie. Das Übersetzen \
               kostete 2,50 Euro und dauerte kaum zehn Minuten.</p></article></body></html>",
        title: "Der letzte Fährmann",
        voice: "espeak-de",
        sentences: &["Dr. Weiß wartete schon am Ufer, wie jeden Tag."],
    },
    Case {
        lang: "zh",
        html: "<!doctype html><html lang=zh-CN><title>渡口的最后一天</title><body><article>\
               <h1>渡口的最后一天</h1><p>星期一早上，渡船最后一次离开码头。岸上站着很多人，没有人说话。\
               </p><p>“以后走桥就行了。”船长说。票价一直是三元钱，十年没有变过。</p></article></body></html>",
        title: "渡口的最后一天",
        voice: "espeak-cmn",
        sentences: &["星期一早上，渡船最后一次离开码头。", "岸上站着很多人，没有人说话。"],
    },
    Case {
        lang: "ar",
        html: "<!doctype html><html lang=ar dir=rtl><title>آخر رحلة للعبّارة</title><body><article>\
               <h1>آخر رحلة للعبّارة</h1><p>غادرت العبّارة الميناء للمرة الأخيرة صباح يوم الاثنين. وقف الناس \
               على الشاطئ ولم يتكلم أحد.</p><p>هل يكفي الجسر الجديد؟ قال القبطان إن الأمر لا يهم.</p>\
               </article></body></html>",
        title: "آخر رحلة للعبّارة",
        voice: "espeak-ar",
        sentences: &["وقف الناس على الشاطئ ولم يتكلم أحد.", "هل يكفي الجسر الجديد؟"],
    },
];

#[tokio::test]
async fn a_page_in_another_language_is_split_spoken_and_written_down_in_it() {
    let site = Site::start().await;
    if site.skip_without("espeak").await {
        return;
    }
    for case in CASES {
        let (status, answer) = site.put(case.lang, &json!({ "html": case.html })).await;
        assert_eq!(status, 201, "{}: {answer}", case.lang);
        let manifest = assert_times_agree(&site, case.lang).await;
        assert!(text(&manifest, "lang").starts_with(case.lang), "{manifest}");
        assert_eq!(text(&manifest, "voice"), case.voice);
        assert_eq!(text(&manifest, "title"), case.title);
        let texts: Vec<&str> =
            manifest["sentences"].as_array().unwrap().iter().map(|s| text(s, "text")).collect();
        assert!((4..=8).contains(&texts.len()), "{texts:?}");
        for sentence in case.sentences {
            assert!(texts.contains(sentence), "{sentence} is no sentence of {texts:?}");
        }
        assert!(
            manifest["sentences"].as_array().unwrap().iter().all(|s| s["state"] == "ready"),
            "{manifest}"
        );
        let vtt = site.bytes(&format!("/v1/articles/{}/transcript.vtt", case.lang)).await;
        assert!(std::str::from_utf8(&vtt).unwrap().contains(case.sentences[0]));
        // Nobody reads faster than ten words a second, or slower than one in three.
        let (ms, words) = (manifest["duration_ms"].as_u64().unwrap(), manifest["words"].as_u64().unwrap());
        assert!((words * 100..words * 3000).contains(&ms), "{}: {words} words in {ms} ms", case.lang);
    }
}

#[tokio::test]
async fn a_language_is_found_in_plain_text_as_well() {
    let site = Site::start().await;
    if site.skip_without("espeak").await {
        return;
    }
    for (lang, body) in [
        ("de", "Am Montag wurde die neue Brücke eröffnet. Viele Menschen kamen, um sie sich anzusehen."),
        ("fr", "Le nouveau pont a été ouvert lundi matin. Beaucoup de gens sont venus pour le voir."),
        ("es", "El nuevo puente se abrió el lunes por la mañana. Mucha gente vino para verlo."),
        ("ru", "В понедельник утром открыли новый мост. Многие люди пришли посмотреть на него."),
    ] {
        let (status, answer) = site.put(lang, &json!({ "text": body })).await;
        assert_eq!(status, 201, "{answer}");
        let manifest = site.ready(lang).await;
        assert_eq!(text(&manifest, "lang"), lang);
        assert_eq!(text(&manifest, "voice"), format!("espeak-{lang}"));
    }
}
