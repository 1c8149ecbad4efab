use super::*;

fn lang(tag: &str) -> Lang {
    tag.parse().unwrap()
}

#[test]
fn the_built_in_voices_load_and_answer_to_their_names() {
    let voices = Voices::load(None).unwrap();
    assert_eq!(voices.all().next().unwrap().id, "rms");
    for (asked, id) in [
        ("rms", "rms"),
        ("flite-rms", "rms"),
        (" SLT ", "slt"),
        ("espeak-de", "espeak-de"),
        ("espeak-zh", "espeak-cmn"),
        ("espeak-cmn", "espeak-cmn"),
        ("tone", "tone"),
    ] {
        assert_eq!(voices.get(asked).unwrap().id, id, "{asked}");
    }
    let unknown = voices.get("nobody").unwrap_err().to_string();
    assert!(
        unknown.contains("nobody") && unknown.contains("rms") && unknown.contains("espeak-ar"),
        "{unknown}"
    );
}

#[test]
fn a_language_finds_its_voice() {
    let voices = Voices::load(None).unwrap();
    for (tag, id) in [
        ("en", "rms"),
        ("en-gb", "rms"),
        ("de", "espeak-de"),
        ("de-at", "espeak-de"),
        ("zh", "espeak-cmn"),
        ("zh-tw", "espeak-cmn"),
        ("cmn", "espeak-cmn"),
        ("yue", "espeak-yue"),
        ("zh-yue", "espeak-yue"),
        ("pt", "espeak-pt"),
        ("pt-br", "espeak-pt-br"),
        ("no", "espeak-nb"),
        ("fr-ca", "espeak-fr"),
        ("es-mx", "espeak-es-419"),
        ("ar-eg", "espeak-ar"),
    ] {
        assert_eq!(voices.for_lang(&lang(tag)).unwrap().id, id, "{tag}");
    }
    assert_eq!(voices.for_lang(&lang("xx")).unwrap_err(), NoVoiceForLang(lang("xx")));
}

#[test]
fn a_fingerprint_differs_with_everything_that_makes_the_sound_and_nothing_else() {
    let voices = Voices::load(None).unwrap();
    let voice = Voice::clone(voices.get("rms").unwrap());
    let same = Voice { title: "x".into(), words_per_minute: 1.0, sample: "x".into(), ..voice.clone() };
    assert_eq!(same.fingerprint(), voice.fingerprint());
    for other in [
        Voice { engine: "x".into(), ..voice.clone() },
        Voice { name: "x".into(), ..voice.clone() },
        Voice { gain_db: voice.gain_db + 0.1, ..voice.clone() },
        Voice { rate: voice.rate + 0.01, ..voice.clone() },
    ] {
        assert_ne!(other.fingerprint(), voice.fingerprint());
    }
}

const MINE: &str = r#"engine = "tone"
name = "tone"
langs = ["en"]
gain_db = 1.5
rate = 1.25
words_per_minute = 150
title = "Mine"
licence = "none"
sample = "Hello."
"#;

fn load(folder: &str, text: &str) -> Result<Voices, VoiceError> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(folder)).unwrap();
    std::fs::write(dir.path().join(folder).join("voice.toml"), text).unwrap();
    std::fs::create_dir(dir.path().join("no-voice-here")).unwrap();
    Voices::load(Some(dir.path()))
}

#[test]
fn a_folder_adds_a_voice_or_replaces_a_built_in_one() {
    let voices = load("mine", MINE).unwrap();
    assert_eq!(voices.get("mine").unwrap().gain_db, 1.5);
    assert_eq!(voices.get("rms").unwrap().engine, "flite");
    let voices = load("rms", MINE).unwrap();
    assert_eq!(voices.get("rms").unwrap().engine, "tone");
    assert!(Voices::load(Some(Path::new("there/is/no/such/folder"))).is_ok());
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let table = format!("{MINE}[[voice]]\nid = \"a\"\n[[voice]]\nlangs = [\"de\"]\n");
    for (text, line, why) in [
        (MINE.replace("1.5", "\"loud\""), "line 4", "loud"),
        (MINE.replace("1.5", "99"), "line 4", "99"),
        (MINE.replace("1.25", "0"), "line 5", "pace"),
        (MINE.replace("\"tone\"\nname", "\"tune\"\nname"), "line 1", "no engine \"tune\""),
        (MINE.replace("[\"en\"]", "[\"english\"]"), "line 3", "language tag"),
        (MINE.replace("title", "titel"), "line 7", "titel"),
        (MINE.replace("gain_db = 1.5\n", ""), "line 1", "gain_db"),
        (MINE.replace("engine", "= engine"), "line 1", ""),
        (table, "line 12", "`id` is missing"),
        (format!("{MINE}\n[piper]\nmodel = \"x\"\n"), "line 11", "another engine"),
        (
            format!("{MINE}\n[[voice]]\nid = \"a\"\n[voice.openai]\nbase_url = \"x\"\n"),
            "line 13",
            "another engine",
        ),
        (format!("{MINE}\n[tone]\nx = 1\n"), "line 11", "tone"),
        (format!("{MINE}[[voice]]\nid = \"rms\"\n"), "", "already a voice \"rms\""),
    ] {
        let error = load("mine", &text).unwrap_err();
        let words = error.to_string();
        assert!(error.path.ends_with("mine/voice.toml"), "{words}");
        assert!(words.contains(line) && words.contains(why), "{line}, {why}: {words}");
    }
}

const NEURAL: &str = r#"engine = "piper"
langs = ["en"]
gain_db = 0
rate = 1
words_per_minute = 150
title = "Neural"
licence = "none"
sample = "Hello."

[piper]
model = "a.onnx"
"#;

#[test]
fn an_engine_s_own_table_is_its_voices_own() {
    let voices = load("neural", NEURAL).unwrap();
    let voice = voices.get("neural").unwrap();
    assert_eq!(voice.name, "neural", "the id is name enough");
    assert!(voice.settings.path("a.onnx").ends_with("neural/a.onnx"));
    let other = load("neural", &NEURAL.replace("a.onnx", "b.onnx")).unwrap();
    assert_ne!(other.get("neural").unwrap().fingerprint(), voice.fingerprint());
    let two =
        format!("{NEURAL}\n[[voice]]\nid = \"one\"\n[[voice]]\nid = \"two\"\n[voice.piper]\nspeaker = 1\n");
    let voices = load("neural", &two).unwrap();
    let table = |id: &str| voices.get(id).unwrap().settings.table.clone();
    assert_eq!((table("one").len(), table("two").len()), (1, 2));
    for (text, line, why) in [
        (NEURAL.replace("model", "modle"), "line 10", "modle"),
        (NEURAL.replace("[piper]\nmodel = \"a.onnx\"\n", ""), "line 1", "model"),
        (NEURAL.replace("\"a.onnx\"", "7"), "line 10", "string"),
        (two.replace("speaker = 1", "speaker = []"), "line 17", "[piper]"),
        (two.replace("engine", "name = \"same\"\nengine"), "", "another `name`"),
    ] {
        let error = load("neural", &text).unwrap_err().to_string();
        assert!(error.contains(line) && error.contains(why), "{line}, {why}: {error}");
    }
}
