use super::Program;

const TOML: &str = "[[entry]]\nwritten = \"weir\"\nsay = \"ware\"\n";
const PAGE: &str = "# The lamp\n\nThe lamp at the weir is lit. Nobody minds.\n";

#[test]
fn a_file_of_pronunciations_is_used_by_flag_variable_and_configuration() {
    let program = Program::new();
    std::fs::write(program.path("lamp.md"), PAGE).unwrap();
    std::fs::write(program.path("names.toml"), TOML).unwrap();
    std::fs::write(program.path("names.json"), "{\"entries\":[{\"written\":\"weir\",\"say\":\"wear\"}]}")
        .unwrap();
    let spoken = |preview: serde_json::Value| preview["utterances"][1]["spoken"].as_str().unwrap().to_owned();
    let script = ["script", "lamp.md", "--json"];
    assert_eq!(spoken(program.run(&script).json()), "The lamp at the weir is lit.");
    let flag = program.run(&["script", "lamp.md", "--json", "--lexicon", "names.json"]).json();
    assert_eq!(spoken(flag), "The lamp at the wear is lit.");
    let variable = program.command(&script).env("LISTEN_LEXICON", "names.toml").output().unwrap();
    assert_eq!(spoken(super::Ended::from(variable).json()), "The lamp at the ware is lit.");
    std::fs::write(program.path("listen.toml"), "lexicon = \"names.toml\"\n").unwrap();
    assert_eq!(spoken(program.run(&script).json()), "The lamp at the ware is lit.");
    let shown = program.run(&["script", "lamp.md"]).assert_code(0).text();
    assert!(shown.contains("lexicon entry \"weir\""), "{shown}");
    assert!(!program.path("cache").exists() && !program.path("listen.db").exists(), "a script keeps nothing");
}

#[test]
fn a_respelling_changes_the_sound_of_its_sentence_and_no_other() {
    let program = Program::new();
    std::fs::write(program.path("lamp.md"), PAGE).unwrap();
    std::fs::write(program.path("names.toml"), TOML.replace("ware", "long long ware")).unwrap();
    let render = |extra: &[&str]| {
        let args = [&["render", "lamp.md", "-o", "a.wav", "--voice", "tone", "--json"], extra].concat();
        program.run(&args).json()["duration_ms"].as_u64().unwrap()
    };
    let plain = render(&[]);
    let records = || program.run(&["cache", "--json"]).json()["records"].as_u64().unwrap();
    assert_eq!(records(), 3);
    assert!(render(&["--lexicon", "names.toml"]) > plain);
    assert_eq!(records(), 4, "one sentence was made again");
}

#[test]
fn a_file_that_does_not_fit_is_named_with_the_place() {
    let program = Program::new();
    std::fs::write(program.path("lamp.md"), PAGE).unwrap();
    std::fs::write(program.path("bad.toml"), "[[entry]]\nwritten = \"a\"\nsays = \"b\"\n").unwrap();
    std::fs::write(program.path("idle.toml"), "[[entry]]\nwritten = \"a\"\n").unwrap();
    for (file, words) in [
        ("bad.toml", "lexicon bad.toml: the lexicon does not fit: unknown field `says`"),
        ("idle.toml", "entry 1 (\"a\"): it changes nothing"),
        ("none.toml", "lexicon none.toml: No such file"),
    ] {
        for command in ["script lamp.md", "render lamp.md -o a.mp3", "serve --bind 127.0.0.1:0"] {
            let args: Vec<&str> = command.split_whitespace().collect();
            let ended = program.command(&args).env("LISTEN_LEXICON", file).output().unwrap();
            let ended = super::Ended::from(ended).assert_code(1);
            assert!(ended.stderr.contains(words), "{command}: {}", ended.stderr);
        }
    }
}
