//! Programs as voices: well-behaved ones, and all the ways in which one can fail.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use listen::engine::{Engines, ErrorKind, Lane, Voices};

use super::{Heard, Said, engines_with, request, say, write_voice};

/// A tenth of a second at 8000 Hz.
fn write_wav(path: &Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    (0..800i16).for_each(|i| writer.write_sample(i).unwrap());
    writer.finalize().unwrap();
}

/// Voices by name and command, each in a folder with `tone.wav`.
fn programs(commands: &[(&str, &str)]) -> (Engines, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (id, command) in commands {
        write_voice(folder.path(), id, "program", &format!("[program]\n{command}\n"));
        write_wav(&folder.path().join(id).join("tone.wav"));
    }
    (engines_with(folder.path(), &[]), folder)
}

/// A voice of one shell script, which has `"$1"` for an argument.
fn script(script: &str) -> String {
    let script = script.replace('{', "{{").replace('}', "}}");
    format!("command = [\"sh\", \"-c\", '''{script}''', \"sh\"]")
}

fn speak(engines: &Engines, voice: &str, text: &str) -> Said {
    say(engines, "program", Lane::Bulk, request(voice, text))
}

fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    let strict = std::env::var_os("LISTEN_TEST_STRICT").is_some_and(|strict| strict == "1");
    assert!(there || !strict, "{program} is not installed");
    if !there {
        eprintln!("SKIPPED: {program} is not installed");
    }
    there
}

#[test]
fn a_text_comes_by_stdin_or_as_one_argument_and_sound_by_stdout_or_in_a_file() {
    let (engines, folder) = programs(&[
        ("pipe", &script("cat > said.txt; cat tone.wav")),
        (
            "file",
            "command = [\"sh\", \"-c\", '''printf %s \"$2\" > said.txt; cat tone.wav > \"$1\"''', \"sh\", \"{out}\", \"{text}\"]",
        ),
        (
            "place",
            "command = [\"sh\", \"-c\", '''printf '%s|%s|%s' \"$1\" \"$2\" \"$3\" > said.txt; cat tone.wav''', \"sh\", \"{lang}\", \"{rate*200}\", \"{1/rate}\"]",
        ),
    ]);
    let said = |voice: &str| std::fs::read_to_string(folder.path().join(voice).join("said.txt")).unwrap();
    let text = "It's \"$(touch broken)\"; `ls` & more \u{201c}words\u{201d}.";
    for voice in ["pipe", "file", "place"] {
        let heard = speak(&engines, voice, text).unwrap();
        assert_eq!((heard.rate_hz, heard.samples.len()), (8_000, 800), "{voice}");
        assert_eq!(heard.samples[799], 799);
        assert!(!folder.path().join(voice).join("broken").exists(), "no shell has read the text");
    }
    assert_eq!(said("pipe").trim_end(), text);
    assert_eq!(said("file"), text);
    assert_eq!(said("place"), "en|200|1.000");
    let option = speak(&engines, "file", "-n is no option.").unwrap();
    assert_eq!(option.samples.len(), 800);
    assert_eq!(said("file"), " -n is no option.");
}

#[test]
fn a_program_that_fails_says_how() {
    let (engines, _folder) = programs(&[
        ("code", &script("printf 'no such \\007voice\\n' >&2; exit 3")),
        ("late", &script("cat tone.wav; echo 'but then' >&2; exit 4")),
        ("garbage", &script("yes '<html>'")),
        ("nothing", &script("true")),
        ("cut", &script("head -c 500 tone.wav")),
        ("killed", &script("kill -9 $$")),
        ("missing", "command = [\"listen-has-no-such-program\"]"),
        ("beside", "command = [\"./no-such-file\"]"),
    ]);
    for (voice, kind, words) in [
        ("code", ErrorKind::Failed, "ended with code 3: no such voice"),
        ("late", ErrorKind::Failed, "ended with code 4: but then"),
        ("garbage", ErrorKind::Failed, "no WAV"),
        ("nothing", ErrorKind::Failed, "before any sound"),
        ("cut", ErrorKind::Failed, "sh: "),
        ("killed", ErrorKind::Crashed, "signal 9"),
        ("missing", ErrorKind::Unavailable, "cannot start the program listen-has-no-such-program"),
        ("beside", ErrorKind::Unavailable, "cannot start the program ./no-such-file"),
    ] {
        let error = speak(&engines, voice, "A line.").map(|_| ()).unwrap_err();
        assert_eq!(error.kind, kind, "{voice}: {error}");
        assert!(error.message.contains(words), "{voice}: {error}");
    }
    let unknown = speak(&engines, "nobody", "A line.").map(|_| ()).unwrap_err();
    assert_eq!(unknown.kind, ErrorKind::Refused);
}

#[test]
fn a_program_that_does_not_stop_is_stopped_with_its_children() {
    let bounded = |text: &str| format!("{}\nlimits = {{ cpu_s = 1 }}", script(text));
    let (engines, folder) = programs(&[
        ("spins", &bounded("echo $$ > pid; while :; do :; done")),
        ("hangs", &bounded("sleep 1000 & echo $! > pid; wait")),
        (
            "endless",
            &bounded(
                "echo $$ > pid; head -c 44 tone.wav | sed 's/data..../data\\xff\\xff\\xff\\xff/'; cat /dev/zero",
            ),
        ),
    ]);
    for (voice, kind) in
        [("spins", ErrorKind::Crashed), ("hangs", ErrorKind::Crashed), ("endless", ErrorKind::Failed)]
    {
        let error = speak(&engines, voice, "A line.").map(|heard: Heard| heard.samples.len()).unwrap_err();
        assert!(error.kind == kind || voice == "endless", "{voice}: {error}");
        let pid = std::fs::read_to_string(folder.path().join(voice).join("pid")).unwrap();
        let mut lives = true;
        for _ in 0..200 {
            let process = Path::new("/proc").join(pid.trim()).join("stat");
            // A zombie of somebody else's is as good as gone.
            lives = std::fs::read_to_string(process).is_ok_and(|stat| !stat.contains(") Z "));
            if !lives {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(!lives || !cfg!(target_os = "linux"), "{voice} left {pid} behind");
    }
}

#[test]
fn its_version_is_part_of_what_makes_the_sound() {
    let (engines, folder) = programs(&[
        ("old", "command = [\"cat\", \"tone.wav\"]\nversion = [\"cat\", \"version.txt\"]"),
        ("gone", "command = [\"cat\", \"tone.wav\"]\nversion = [\"listen-has-no-such-program\"]"),
        ("plain", "command = [\"cat\", \"tone.wav\"]"),
    ]);
    std::fs::write(folder.path().join("old/version.txt"), "1.0").unwrap();
    let about = engines.describe("program").unwrap();
    assert!(about.can_speak("old") && about.can_speak("plain"), "{about:?}");
    let problem = about.voice("gone").unwrap().problem.clone().unwrap();
    assert!(problem.contains("no-such-program"), "{problem}");
    std::fs::write(folder.path().join("old/version.txt"), "1.1").unwrap();
    let newer = engines_with(folder.path(), &[]).describe("program").unwrap();
    assert_ne!(about.revision_of("old"), newer.revision_of("old"));
    assert_eq!(about.revision_of("plain"), newer.revision_of("plain"));
}

#[test]
fn a_voice_that_is_put_right_can_speak_without_a_restart() {
    let (engines, folder) =
        programs(&[("late", "command = [\"cat\", \"tone.wav\"]\nversion = [\"cat\", \"version.txt\"]")]);
    let can_speak = || engines.describe_for("program", "late").unwrap().can_speak("late");
    assert!(!can_speak());
    std::fs::write(folder.path().join("late/version.txt"), "1.0").unwrap();
    let since = std::time::Instant::now();
    while !can_speak() {
        assert!(since.elapsed() < super::PATIENCE, "it is never looked at again");
        std::thread::sleep(Duration::from_millis(50));
    }
    // What can speak is not asked again: nothing is looked for while sentences are said.
    std::fs::remove_file(folder.path().join("late/version.txt")).unwrap();
    assert!(can_speak());
}

#[test]
fn a_table_that_does_not_fit_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    for (table, word) in [
        ("[program]\ncommand = []", "list of words"),
        ("[program]\ncommand = [\"say\", \"{tekst}\"]", "{tekst}"),
        ("[program]\ncommand = [\"say\"]\ncolour = 1", "colour"),
        ("[program]\ncommand = [\"say\"]\nversion = [\"say\", \"{text}\"]", "version"),
        ("[openai]\nbase_url = \"x\"", "openai"),
        ("", "command"),
    ] {
        write_voice(folder.path(), "v", "program", table);
        let error = Voices::load(Some(folder.path())).map(|_| ()).expect_err(table);
        assert!(error.to_string().contains(word) && error.to_string().contains("line"), "{table}: {error}");
    }
}

#[test]
fn espeak_ng_and_flite_speak_as_programs() {
    let (engines, _folder) = programs(&[
        ("espeak", "command = [\"espeak-ng\", \"-v\", \"{lang}\", \"-s\", \"{rate*175}\", \"--stdin\", \"--stdout\"]\nversion = [\"espeak-ng\", \"--version\"]"),
        ("flite", "command = [\"flite\", \"-voice\", \"slt\", \"--setf\", \"duration_stretch={1/rate}\", \"-t\", \"{text}\", \"-o\", \"{out}\"]"),
    ].map(|(id, command)| (id, command)));
    for (program, voice, rate_hz) in [("espeak-ng", "espeak", 22_050), ("flite", "flite", 16_000)] {
        if !has(program) {
            continue;
        }
        let heard = speak(&engines, voice, "The ferry left ten minutes early.").unwrap();
        assert_eq!(heard.rate_hz, rate_hz, "{voice}");
        let seconds = heard.samples.len() as f64 / f64::from(rate_hz);
        assert!((1.0..5.0).contains(&seconds), "{voice}: {seconds} s");
        assert!(heard.samples.iter().any(|sample| sample.unsigned_abs() > 2_000), "{voice} is silent");
        let mut fast = request(voice, "The ferry left ten minutes early.");
        fast.rate = 1.6;
        let faster = say(&engines, "program", Lane::Listener, fast).unwrap();
        assert!(faster.samples.len() < heard.samples.len() * 9 / 10, "{voice}");
    }
}
