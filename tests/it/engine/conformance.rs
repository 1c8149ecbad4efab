//! What every engine must do. A new one is done when it passes these.

mod rig;

use std::sync::mpsc;
use std::time::Duration;

use listen::article::Lang;
use listen::engine::{
    AudioSink, Engine, Engines, ErrorKind, Lane, Limits, MAX_TEXT_BYTES, ProcessEngine, Request, Stop,
    Voices, engine_info,
};

use super::{Heard, PATIENCE, Said, engines, request, say, skip_without};
use rig::{Given, Rig, Trouble, impatient};

/// Audio of one odd input, in seconds: a neural voice takes minutes for what it could say of some.
const ODD_AUDIO_S: u32 = 30;

/// An engine, a voice of it, and sentences that it says.
struct Subject {
    engine: &'static str,
    voice: &'static str,
    sentences: [&'static str; 4],
    /// What it is judged on: whether there is to be trouble.
    rig: fn(Given, bool) -> Rig,
}

const ENGLISH: [&str; 4] = [
    "The ferry left ten minutes early, so half of the choir missed it.",
    "Nobody had told the cook that \u{201c}dinner\u{201d} was for two hundred guests.",
    "It cost $5.50 \u{2014} don\u{2019}t ask why \u{2014} and the caf\u{e9} was closed.",
    "Very, very good!",
];

impl Subject {
    fn engines(&self, bulk_workers: usize) -> Option<Rig> {
        self.given(Given { bulk_workers, ..Given::default() })
    }

    fn given(&self, given: Given) -> Option<Rig> {
        let rig = (self.rig)(given, false);
        (!skip_without(&rig, self.engine)).then_some(rig)
    }

    fn promises_the_same(&self, engines: &Engines) -> bool {
        engines.describe(self.engine).unwrap().deterministic
    }

    fn say(&self, engines: &Engines, lane: Lane, text: &str) -> Said {
        say(engines, self.engine, lane, request(self.voice, text))
    }

    fn describes_itself_the_same_every_time(&self) {
        let Some(first) = self.engines(1) else { return };
        let one = first.describe(self.engine).unwrap();
        let two = self.engines(1).unwrap().describe(self.engine).unwrap();
        assert_eq!(one, two);
        assert_eq!(one.engine, self.engine);
        assert!(!one.revision.is_empty());
        assert!(one.voices.iter().any(|voice| voice.name == self.voice));
        assert!(one.voices.iter().all(|voice| !voice.langs.is_empty() || voice.name == "piqd"), "{one:?}");
    }

    fn says_a_sentence_the_same_whatever_came_before(&self) {
        let Some(engines) = self.engines(1) else { return };
        let forward: Vec<Heard> =
            self.sentences.iter().map(|text| self.say(&engines, Lane::Bulk, text).unwrap()).collect();
        assert!(self.promises_the_same(&engines));
        // Another worker process, other neighbours, another order.
        for (text, before) in self.sentences.iter().zip(&forward).rev() {
            let other_order = self.say(&engines, Lane::Listener, text).unwrap();
            assert!(before.samples == other_order.samples, "{text}");
            assert_eq!(before.marks, other_order.marks, "{text}");
        }
        let fresh = self.engines(2).unwrap();
        let alone = self.say(&fresh, Lane::Bulk, self.sentences[2]).unwrap();
        assert!(alone.samples == forward[2].samples);
    }

    fn marks_words_in_order_inside_text_and_audio(&self) {
        let Some(engines) = self.engines(1) else { return };
        for text in self.sentences {
            let heard = self.say(&engines, Lane::Bulk, text).unwrap();
            for word in text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)) {
                let start = (word.as_ptr() as usize - text.as_ptr() as usize) as u32;
                let end = start + word.len() as u32;
                let marked = heard.marks.iter().any(|mark| mark.text.start < end && start < mark.text.end);
                assert!(marked, "{word} of {text}: {:?}", heard.marks);
            }
            for mark in &heard.marks {
                let word = &text[mark.text.start as usize..mark.text.end as usize];
                assert!(!word.trim().is_empty(), "{text}: {mark:?}");
                assert!(mark.audio.start < mark.audio.end, "{text}: {mark:?}");
                assert!(mark.audio.end <= heard.samples.len() as u64, "{text}: {mark:?}");
            }
            for pair in heard.marks.windows(2) {
                assert!(pair[0].text.end <= pair[1].text.start, "{text}: {pair:?}");
                assert!(pair[0].audio.end <= pair[1].audio.start, "{text}: {pair:?}");
            }
        }
    }

    /// Of an engine that promises no more: it says something, always.
    fn says_every_sentence(&self) {
        let Some(engines) = self.engines(1) else { return };
        assert!(!self.promises_the_same(&engines), "then it is to be proven");
        let marks = engines.describe(self.engine).unwrap().word_marks;
        for lane in [Lane::Bulk, Lane::Listener] {
            for text in self.sentences {
                let heard = self.say(&engines, lane, text).unwrap();
                assert!(heard.samples.len() > heard.rate_hz as usize / 2, "{text}");
                assert!(marks || heard.marks.is_empty(), "{text}: {:?}", heard.marks);
            }
        }
    }

    /// What dies or hangs in the middle of a sentence is replaced, and the next one sounds as ever.
    fn goes_on_after_trouble(&self) {
        let Some(calm) = self.engines(1) else { return };
        let good = self.say(&calm, Lane::Bulk, self.sentences[3]).unwrap();
        for trouble in [Trouble::Crash, Trouble::Hang] {
            let rig = (self.rig)(impatient(), true);
            if self.engine == "openai" {
                // What a server can do is asked once, and is not missed.
                self.say(&rig, Lane::Bulk, self.sentences[3]).unwrap();
            }
            rig.make(trouble, self.voice);
            let error = self.say(&rig, Lane::Bulk, self.sentences[0]).unwrap_err();
            let again = matches!(error.kind, ErrorKind::Crashed | ErrorKind::Failed | ErrorKind::Unavailable);
            assert!(again, "{trouble:?}: {error:?}");
            assert!(!error.message.contains(self.sentences[0]), "{error}");
            let after = self.say(&rig, Lane::Bulk, self.sentences[3]).unwrap();
            assert!(after.samples == good.samples, "{trouble:?}");
        }
    }

    fn hands_over_audio_while_it_is_made(&self) {
        let Some(engines) = self.engines(1) else { return };
        let heard = self.say(&engines, Lane::Bulk, self.sentences[0]).unwrap();
        assert!(heard.chunks > 5, "{} samples in {} chunks", heard.samples.len(), heard.chunks);
    }

    fn is_faster_at_a_higher_rate(&self) {
        let Some(engines) = self.engines(1) else { return };
        let length = |rate| {
            let request = Request { rate, ..request(self.voice, self.sentences[0]) };
            say(&engines, self.engine, Lane::Bulk, request).map(|heard| heard.samples.len() as f64)
        };
        let (slow, normal, fast) = (length(0.75).unwrap(), length(1.0).unwrap(), length(1.5).unwrap());
        assert!((1.15..1.6).contains(&(slow / normal)), "{slow} {normal}");
        assert!((1.25..1.75).contains(&(normal / fast)), "{normal} {fast}");
        for rate in [0.0, -1.0, f32::NAN, f32::INFINITY, 100.0] {
            assert_eq!(length(rate).unwrap_err().kind, ErrorKind::Refused, "{rate}");
        }
    }

    fn stops_when_no_more_is_wanted_and_goes_on_afterwards(&self) {
        struct Few(usize);
        impl AudioSink for Few {
            fn samples(&mut self, _: u32, _: &[i16]) -> Result<(), Stop> {
                self.0 = self.0.checked_sub(1).ok_or(Stop)?;
                Ok(())
            }
        }
        let Some(engines) = self.engines(1) else { return };
        let before = self.say(&engines, Lane::Bulk, self.sentences[0]).unwrap();
        for chunks in [0, 2] {
            let (answer, answered) = mpsc::channel();
            let request = request(self.voice, self.sentences[0]);
            let job = move |engine: &mut dyn Engine| {
                let _ = answer.send(engine.speak(&request, &mut Few(chunks)));
            };
            engines.submit(self.engine, Lane::Bulk, Box::new(job)).unwrap();
            let stopped = answered.recv_timeout(PATIENCE).unwrap();
            assert_eq!(stopped.unwrap_err().kind, ErrorKind::Stopped);
        }
        assert!(self.say(&engines, Lane::Bulk, self.sentences[0]).unwrap().samples == before.samples);
    }

    /// Whatever it does with them, the sentence after them sounds as ever.
    fn survives_odd_inputs(&self) {
        let given = Given { bulk_workers: 2, audio_limit_s: ODD_AUDIO_S, ..Given::default() };
        let Some(engines) = self.given(given) else { return };
        let good = self.say(&engines, Lane::Bulk, self.sentences[3]).unwrap();
        for (what, text) in odd_inputs() {
            let said = self.say(&engines, Lane::Bulk, &text);
            println!("{}: {what}: {:?}", self.engine, said.as_ref().map(|heard| heard.samples.len()));
            match &said {
                Ok(heard) => {
                    assert!(heard.samples.len() <= heard.rate_hz as usize * ODD_AUDIO_S as usize, "{what}")
                }
                Err(error) => assert!(
                    matches!(error.kind, ErrorKind::Refused | ErrorKind::Crashed | ErrorKind::Failed),
                    "{what}: {error:?}"
                ),
            }
            let after = self.say(&engines, Lane::Bulk, self.sentences[3]).unwrap();
            assert!(after.samples == good.samples, "{what}");
        }
    }

    fn refuses_a_voice_it_does_not_have(&self) {
        let Some(engines) = self.engines(1) else { return };
        for voice in ["nobody", "", "../rms", "a\nb", &"x".repeat(500)] {
            let error = say(&engines, self.engine, Lane::Bulk, request(voice, "Hello.")).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Refused, "{voice}");
        }
    }

    fn every_built_in_voice_of_it_says_its_sample(&self) {
        let Some(engines) = self.engines(2) else { return };
        let voices = super::voices();
        let known = engines.describe(self.engine).unwrap();
        let mut silent = Vec::new();
        let mut said = 0;
        for voice in voices.all().filter(|voice| voice.engine == self.engine) {
            assert!(known.voices.iter().any(|own| own.name == voice.name), "{} is not there", voice.id);
            let request = voice.request(voice.sample.as_str(), &voice.langs[0], 1.0);
            let heard = say(&engines, self.engine, Lane::Bulk, request).unwrap();
            let loudest = heard.samples.iter().map(|sample| sample.unsigned_abs()).max();
            if loudest < Some(1_000) || heard.samples.len() < heard.rate_hz as usize / 2 {
                silent.push((&voice.id, loudest, heard.samples.len()));
            }
            said += 1;
        }
        assert!(said > 0 && silent.is_empty(), "{silent:?}");
    }
}

fn odd_inputs() -> Vec<(&'static str, String)> {
    let repeated = |text: &str, times: usize| text.repeat(times);
    // A linear congruential generator (Knuth), so that every run has the same characters.
    let mut state = 0x5eed_u64;
    let random: String = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from_u32((state >> 40) as u32 % 0x11_0000).unwrap_or(' ')
    })
    .take(400)
    .collect();
    vec![
        ("nothing", String::new()),
        ("spaces", repeated(" \t\n", 50)),
        ("punctuation", "... !!! ??? --- ;:,".to_owned()),
        ("long token s'", repeated("s'", 70)),
        ("long token 's", repeated("'s", 100)),
        ("long token a.", repeated("a.", 100)),
        ("very long token a.", repeated("a.", 900)),
        ("10 kB of digits", repeated("1234567890", 1_000)),
        ("as many digits as are allowed", repeated("1", MAX_TEXT_BYTES)),
        ("100 kB without spaces", repeated("x", 100_000)),
        ("2 kB without spaces", repeated("x", MAX_TEXT_BYTES)),
        ("random characters", random),
        ("NUL", "before\0after".to_owned()),
        ("an espeak command", "Hello \u{1}+20S there".to_owned()),
        ("SSML", "<speak><break time=\"99999999s\"/><audio src=\"/etc/passwd\"/>hi</speak>".to_owned()),
        ("deep SSML", repeated("<p>", 600)),
        ("phoneme codes", "[[h@'loU]] there".to_owned()),
        ("other scripts", "北京 Москва القاهرة ירושלים 🎧 ok".to_owned()),
        ("combining marks", format!("a{}", repeated("\u{301}", 500))),
        ("direction marks", "\u{202e}right to left\u{202c} \u{200b}\u{feff}".to_owned()),
        ("format strings", "%s%s%n%d \\ $(reboot) `x` ; rm -rf".to_owned()),
    ]
}

macro_rules! conformance {
    ($engine:ident, $voice:literal, $rig:expr; $($test:ident)*) => {
        conformance!($engine as $engine, $voice, $rig; $($test)*);
    };
    ($engine:ident as $name:ident, $voice:literal, $rig:expr; $($test:ident)*) => {
        mod $name {
            use super::*;

            const SUBJECT: Subject =
                Subject { engine: stringify!($engine), voice: $voice, sentences: ENGLISH, rig: $rig };

            #[test]
            fn describes_itself_the_same_every_time() {
                SUBJECT.describes_itself_the_same_every_time();
            }

            #[test]
            fn is_faster_at_a_higher_rate() {
                SUBJECT.is_faster_at_a_higher_rate();
            }

            #[test]
            fn hands_over_audio_while_it_is_made() {
                SUBJECT.hands_over_audio_while_it_is_made();
            }

            #[test]
            fn stops_when_no_more_is_wanted_and_goes_on_afterwards() {
                SUBJECT.stops_when_no_more_is_wanted_and_goes_on_afterwards();
            }

            #[test]
            fn survives_odd_inputs() {
                SUBJECT.survives_odd_inputs();
            }

            #[test]
            fn refuses_a_voice_it_does_not_have() {
                SUBJECT.refuses_a_voice_it_does_not_have();
            }

            $(#[test]
            fn $test() {
                SUBJECT.$test();
            })*
        }
    };
}

conformance!(tone, "tone", Rig::built_in;
    says_a_sentence_the_same_whatever_came_before
    marks_words_in_order_inside_text_and_audio
    every_built_in_voice_of_it_says_its_sample);
conformance!(flite, "rms", Rig::built_in;
    says_a_sentence_the_same_whatever_came_before
    marks_words_in_order_inside_text_and_audio
    every_built_in_voice_of_it_says_its_sample
    goes_on_after_trouble);
conformance!(espeak, "en-us", Rig::built_in;
    says_a_sentence_the_same_whatever_came_before
    marks_words_in_order_inside_text_and_audio
    every_built_in_voice_of_it_says_its_sample
    goes_on_after_trouble);
conformance!(piper, "small", Rig::built_in;
    says_a_sentence_the_same_whatever_came_before
    marks_words_in_order_inside_text_and_audio
    every_built_in_voice_of_it_says_its_sample
    goes_on_after_trouble);
#[cfg(feature = "ort")]
conformance!(piper as piper_in_onnxruntime, "small", Rig::onnxruntime;
    says_a_sentence_the_same_whatever_came_before
    marks_words_in_order_inside_text_and_audio
    every_built_in_voice_of_it_says_its_sample
    goes_on_after_trouble);
conformance!(openai, "cloud", Rig::openai;
    says_every_sentence
    marks_words_in_order_inside_text_and_audio
    goes_on_after_trouble);
conformance!(program, "hum", Rig::program;
    says_every_sentence
    goes_on_after_trouble);

#[test]
fn every_flite_voice_repeats_itself_and_streams() {
    for voice in ["slt", "awb", "kal16"] {
        let subject = Subject { engine: "flite", voice, sentences: ENGLISH, rig: Rig::built_in };
        subject.says_a_sentence_the_same_whatever_came_before();
        subject.hands_over_audio_while_it_is_made();
        subject.marks_words_in_order_inside_text_and_audio();
    }
}

/// Flite's worker says one sentence after another itself, without a process for each.
#[test]
fn every_ask_of_flite_has_its_own_processor_time() {
    if skip_without(&engines(1, 0), "flite") {
        return;
    }
    let limits = Limits { cpu: Duration::from_secs(1), cpu_per_byte: Duration::ZERO };
    let args = ["engine-worker", "flite"].map(Into::into).into();
    let mut flite = ProcessEngine::new("flite", env!("CARGO_BIN_EXE_listen").into(), args, limits);
    let mut say = |text: &str| {
        let mut heard = Heard::default();
        flite.speak(&request("rms", text), &mut heard).map(|_| heard.samples)
    };
    let good = say(ENGLISH[3]).unwrap();
    // A third of a second of processor time each.
    let long = ENGLISH[..3].join(" ").repeat(2);
    for _ in 0..10 {
        say(&long).unwrap();
    }
    let error = say(&"1234567890".repeat(1_000)).unwrap_err();
    assert!(error.kind == ErrorKind::Crashed && error.message.contains("processor time"), "{error}");
    assert_eq!(say(ENGLISH[3]).unwrap(), good);
}

#[test]
fn espeak_speaks_the_languages_of_the_world() {
    let engines = engines(1, 0);
    if skip_without(&engines, "espeak") {
        return;
    }
    let voices = Voices::load(None).unwrap();
    for (tag, text) in [
        ("de", "Der Zug nach Köln fährt um acht."),
        ("fr", "Le train de huit heures part à l\u{2019}heure."),
        ("zh", "我们明天坐火车去北京。"),
        ("ar", "يغادر القطار في الثامنة"),
        ("ru", "Поезд отходит в восемь часов."),
        ("hi", "गाड़ी आठ बजे चलती है।"),
    ] {
        let lang: Lang = tag.parse().unwrap();
        let voice = voices.for_lang(&lang).unwrap();
        let heard = say(&engines, "espeak", Lane::Bulk, voice.request(text, &lang, 1.0)).unwrap();
        let seconds = heard.samples.len() as f64 / f64::from(heard.rate_hz);
        assert!((1.0..8.0).contains(&seconds), "{tag}: {seconds} s");
        assert!(heard.marks.len() > 3, "{tag}: {:?}", heard.marks);
    }
}

#[test]
fn espeak_gives_phonemes_and_the_others_say_they_do_not() {
    let engines = engines(1, 0);
    let phonemes = |engine: &str, text: &'static str, tag: &'static str| {
        let (answer, answered) = mpsc::channel();
        let job = move |engine: &mut dyn Engine| {
            let _ = answer.send(engine.phonemes(text, &tag.parse().unwrap()));
        };
        engines.submit(engine, Lane::Bulk, Box::new(job)).unwrap();
        let clauses = answered.recv_timeout(PATIENCE).unwrap()?;
        for clause in &clauses {
            assert!(text.get(clause.text.start as usize..clause.text.end as usize).is_some(), "{clause:?}");
        }
        let said: Vec<String> = clauses.into_iter().map(|clause| clause.phonemes).collect();
        Ok::<_, listen::engine::EngineError>(said.join(" "))
    };
    assert_eq!(phonemes("tone", "Hello.", "en").unwrap_err().kind, ErrorKind::Refused);
    if skip_without(&engines, "espeak") {
        return;
    }
    let english = phonemes("espeak", "Hello, world.", "en-us").unwrap();
    assert_eq!(english, "həlˈoʊ, wˈɜːld.");
    let asked = phonemes("espeak", "“Is it (so late)?” he asked — twice: really!", "en-us").unwrap();
    let marks: String = asked.chars().filter(|c| ",.:;?!".contains(*c)).collect();
    assert_eq!(marks, "?;:!", "{asked}");
    let german = phonemes("espeak", "Größe", "de-at").unwrap();
    assert!(german.contains("ɡɾˈøːsə") || german.contains("ɡʁˈøːsə"), "{german}");
    let mandarin = phonemes("espeak", "我们", "zh").unwrap();
    assert!(!mandarin.contains("(en)"), "pinyin read as English: {mandarin}");
    assert_eq!(phonemes("espeak", "x", "xx").unwrap_err().kind, ErrorKind::Refused);
}

#[test]
fn flite_speaks_english_alone_and_its_entry_says_how_to_get_it() {
    let engines = engines(1, 0);
    assert!(engine_info("flite").unwrap().install.contains("apt install libflite1"));
    assert!(engine_info("espeak").unwrap().install.contains("apt install libespeak-ng1"));
    if skip_without(&engines, "flite") {
        return;
    }
    let german = Request { lang: "de".parse().unwrap(), ..request("rms", "Guten Tag.") };
    assert_eq!(say(&engines, "flite", Lane::Bulk, german).unwrap_err().kind, ErrorKind::Refused);
}
