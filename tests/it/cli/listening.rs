use serde_json::Value;

use super::Program;
#[cfg(feature = "flite")]
use crate::outside::has;

const HEADER_BYTES: u64 = 44;
const BYTES_PER_MS: u64 = 48;

/// Length of the `data` chunk of a WAV.
fn data_bytes(wav: &[u8]) -> u64 {
    assert_eq!((&wav[..4], &wav[36..40]), (b"RIFF".as_slice(), b"data".as_slice()));
    u64::from(u32::from_le_bytes(wav[40..44].try_into().unwrap()))
}

/// Puts a voice of the beeping engine into the folder that lies over the built-in voices.
fn own_voice(program: &Program, id: &str, lang: &str, gain_db: f64, rate: f64, words_per_minute: f64) {
    let toml = format!(
        "engine = \"tone\"\nname = \"tone\"\nlangs = [\"{lang}\"]\ntitle = \"T\"\nlicence = \"L\"\nsample = \"S.\"\n\
         gain_db = {gain_db:?}\nrate = {rate:?}\nwords_per_minute = {words_per_minute:?}\n"
    );
    let folder = program.path("voices").join(id);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("voice.toml"), toml).unwrap();
}

#[test]
fn an_article_becomes_wav_and_mp3_of_the_length_that_is_told() {
    let program = Program::new();
    let told = program.rendered("lamp.wav");
    let wav = std::fs::read(program.path("lamp.wav")).unwrap();
    assert_eq!(told["bytes"].as_u64().unwrap(), wav.len() as u64);
    assert_eq!(data_bytes(&wav), told["duration_ms"].as_u64().unwrap() * BYTES_PER_MS);
    assert!(wav.len() as u64 > HEADER_BYTES + data_bytes(&wav), "its tags stand behind the samples");
    assert_eq!((&told["title"], &told["voice"]), (&"The lamp at the weir".into(), &"tone".into()));
    assert_eq!((&told["sentences"], &told["skipped"]), (&6.into(), &0.into()));

    let as_mp3 = program.rendered("lamp.mp3");
    assert_eq!(as_mp3["duration_ms"], told["duration_ms"]);
    assert!(std::fs::read(program.path("lamp.mp3")).unwrap().starts_with(b"ID3"));
}

#[test]
fn an_article_becomes_flac_and_opus_of_the_length_that_is_told() {
    let program = Program::new();
    let wav = program.rendered("lamp.wav");
    let flac = program.rendered("lamp.flac");
    let file = std::fs::read(program.path("lamp.flac")).unwrap();
    assert_eq!((&flac["bytes"], &flac["duration_ms"]), (&file.len().into(), &wav["duration_ms"]));
    // RFC 9639 §8.2: the lowest 36 of these bits are the number of samples.
    let samples = u64::from_be_bytes(file[18..26].try_into().unwrap()) & ((1 << 36) - 1);
    assert_eq!((&file[..4], samples), (b"fLaC".as_slice(), wav["duration_ms"].as_u64().unwrap() * 24));
    let piped = program.run(&["render", "lamp.md", "-o", "-", "--format", "flac", "--voice", "tone"]);
    assert!(piped.assert_code(0).stdout == file, "the same bytes as in the file");

    let as_opus = ["render", "lamp.md", "-o", "lamp.opus", "--voice", "tone"];
    if cfg!(feature = "opus") {
        program.run(&as_opus).assert_code(0);
        assert!(std::fs::read(program.path("lamp.opus")).unwrap().starts_with(b"OggS"));
    } else {
        let ended = program.run(&as_opus).assert_code(1);
        assert!(ended.stderr.contains("mp3, wav, flac"), "{}", ended.stderr);
    }
}

#[test]
fn audio_on_standard_output_is_all_there_is_on_it() {
    let program = Program::new();
    program.rendered("lamp.wav");
    let file = std::fs::read(program.path("lamp.wav")).unwrap();
    let piped =
        program.run(&["render", "lamp.md", "-o", "-", "--format", "wav", "--voice", "tone", "--json"]);
    let piped = piped.assert_code(0);
    assert!(piped.stdout == file, "the same bytes as in the file");
    let told: Value = serde_json::from_str(&piped.stderr).unwrap();
    assert_eq!(told["bytes"], file.len());
}

#[test]
fn an_unknown_voice_names_those_there_are() {
    let program = Program::new();
    std::fs::write(program.path("a.txt"), "One sentence.").unwrap();
    for command in ["render a.txt -o a.mp3 --voice nobody", "voices audition nobody", "voices check nobody"] {
        let args: Vec<&str> = command.split_whitespace().collect();
        let ended = program.run(&args).assert_code(1);
        assert!(
            ended.stderr.starts_with("listen: no voice \"nobody\"; there are rms, slt"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn voices_are_listed_by_language_for_people_and_for_programs() {
    let program = Program::new();
    let all = program.run(&["voices", "list", "--json"]).json();
    let german = program.run(&["voices", "--lang", "de", "--json"]).json();
    let ids = |list: &Value| -> Vec<String> {
        list["voices"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(ids(&all).len() > ids(&german).len());
    assert!(ids(&german).contains(&"tone".to_owned()) && !ids(&german).contains(&"rms".to_owned()));
    let tone = all["voices"].as_array().unwrap().iter().find(|voice| voice["id"] == "tone").unwrap();
    assert_eq!((&tone["installed"], &tone["engine"]), (&true.into(), &"tone".into()));
    for name in ["gain_db", "rate", "words_per_minute"] {
        assert!(tone[name].is_number(), "{name}: {tone}");
    }
    let engines = all["engines"].as_array().unwrap();
    assert!(engines.iter().all(|engine| engine["installed"].is_boolean() && engine["install"].is_string()));
    let shown = program.run(&["voices", "--lang", "de"]).assert_code(0).text();
    assert!(shown.starts_with("VOICE") && shown.contains("\ntone"), "{shown}");
}

#[test]
fn a_voice_is_heard_in_a_file_of_its_name() {
    let program = Program::new();
    let made = program.run(&["voices", "audition", "tone", "--json"]).json();
    let wav = std::fs::read(program.path("tone.wav")).unwrap();
    assert_eq!(data_bytes(&wav), made["duration_ms"].as_u64().unwrap() * BYTES_PER_MS);
    let short =
        program.run(&["voices", "audition", "tone", "-o", "hi.mp3", "--text", "Hi.", "--json"]).json();
    assert!(short["duration_ms"].as_u64().unwrap() < made["duration_ms"].as_u64().unwrap());
    assert!(program.path("hi.mp3").exists());
}

#[test]
fn a_voice_is_measured_and_judged_by_what_was_measured() {
    let program = Program::new();
    let ended = program.run(&["voices", "check", "tone", "--json"]);
    let found = ended.json_at_least();
    let number = |name: &str| found[name].as_f64().unwrap_or_else(|| panic!("{name}: {found}"));
    let fine =
        (number("loudness_lufs") + 16.0).abs() <= 1.0 && (number("words_per_minute") - 155.0).abs() <= 8.0;
    assert_eq!(found["problems"].as_array().unwrap().is_empty(), fine, "{found}");
    ended.assert_code(i32::from(!fine));
    assert!(number("true_peak_dbtp") <= -1.0, "{found}");
    assert!(number("real_time_factor") > 0.0 && number("longest_silence_ms") < 1_000.0, "{found}");
    assert_eq!((number("clipped_samples"), number("skipped")), (0.0, 0.0));

    // What it says voice.toml should have, makes it fit.
    let advice = &found["advice"];
    let value = |name: &str| advice[name].as_f64().unwrap();
    own_voice(&program, "fitted", "en", value("gain_db"), value("rate"), value("words_per_minute"));
    let again = program.run(&["voices", "check", "fitted", "--json"]).json();
    assert_eq!(again["problems"], Value::Array(Vec::new()), "{again}");
    assert!(!program.path("cache").exists(), "a check keeps nothing");
}

#[test]
fn a_voice_of_another_language_is_measured_on_a_text_of_its_own() {
    let program = Program::new();
    own_voice(&program, "beep-eo", "eo", 0.0, 1.0, 120.0);
    let ended = program.run(&["voices", "check", "beep-eo"]).assert_code(1);
    assert!(ended.stderr.contains("--text FILE"), "{}", ended.stderr);
    own_voice(&program, "beep", "de", 0.0, 1.0, 120.0);
    let built_in = program.run(&["voices", "check", "beep", "--json"]).json_at_least();
    assert!(built_in["words"].as_u64() > Some(60) && built_in["word_error_percent"].is_null(), "{built_in}");
    let text = "Am Wehr brennt jeden Abend eine Lampe.\n\nNiemand hat gesehen, wer sie anzündet.";
    let found = program.run_with(&["voices", "check", "beep", "--text", "-", "--json"], text).json_at_least();
    assert_eq!((&found["lang"], &found["target_words_per_minute"]), (&"de".into(), &120.0.into()));
    assert_eq!(found["words"], 13);
}

#[cfg(feature = "flite")]
#[test]
fn what_a_recognizer_hears_wrong_of_an_english_voice_is_counted() {
    if !has("flite", &["--help"]) || !has("python3", &["-c", "import pocketsphinx"]) {
        return;
    }
    let found = Program::new().run(&["voices", "check", "rms", "--json"]).json_at_least();
    let percent = found["word_error_percent"].as_f64().unwrap_or_else(|| panic!("{found}"));
    // What is heard of noise, or of another text, is wrong in most words.
    assert!(percent < 60.0, "{found}");
}

#[cfg(not(feature = "play"))]
#[test]
fn a_build_without_sound_says_what_to_do_instead() {
    let program = Program::new();
    let ended = program.run_with(&["play", "-"], "One sentence.").assert_code(1);
    assert!(ended.stderr.contains("listen render INPUT -o - --format wav | aplay"), "{}", ended.stderr);
}
